"""The panels beside the images."""
