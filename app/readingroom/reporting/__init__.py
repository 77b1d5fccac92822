"""From findings to a signed report: templates, drafts, checks, signatures and the DICOM SR that carries them."""
