"""What was written for others, to a folder or a disc."""

from dataclasses import dataclass

FOLDER, DISC, ISO = "folder", "disc", "iso"
KINDS = (FOLDER, DISC, ISO)
"""A plain folder; a folder with a disc's directory (DICOMDIR); such a disc as an ISO 9660 image."""


@dataclass(frozen=True, slots=True)
class Written:
    """What lies at the target now, in files relative to it (or within the image), and what is to be said of it."""

    files: tuple[str, ...]
    warnings: tuple[str, ...] = ()
