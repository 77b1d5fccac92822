"""Doors to the archives: DICOMweb and folders behind one port, and many archives as one region. Owns the network."""
