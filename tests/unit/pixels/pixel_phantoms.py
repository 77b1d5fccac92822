"""Stored objects with known pixels, made in memory."""

from io import BytesIO
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def header_for(pixels: NDArray[Any], frames: int = 1, **attributes: Any) -> Dataset:
    """A CT-like header for pixels of shape ([frames,] rows, columns[, 3])."""
    colour = pixels.ndim == (4 if frames > 1 else 3) and pixels.shape[-1] == 3
    shape = pixels.shape[1:] if frames > 1 else pixels.shape
    bits = 8 * pixels.dtype.itemsize
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = CT_IMAGE, generate_uid(entropy_srcs=["object"])
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    dataset.Modality = "CT"
    dataset.Rows, dataset.Columns = shape[0], shape[1]
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if colour:
        dataset.PlanarConfiguration = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def stored(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The object as Part 10 bytes."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def native(pixels: NDArray[Any], frames: int = 1, syntax: str = ExplicitVRLittleEndian, **attributes: Any) -> bytes:
    """An uncompressed object, little endian."""
    dataset = header_for(pixels, frames, **attributes)
    dataset.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    dataset["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"
    return stored(dataset, syntax)


def compressed(
    pixels: NDArray[Any], streams: list[bytes], syntax: str, offsets: bool = True, **attributes: Any
) -> bytes:
    """An object whose frames are these streams, one fragment each."""
    dataset = header_for(pixels, len(streams), **attributes)
    dataset.PixelData = encapsulate(streams, has_bot=offsets)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return stored(dataset, syntax)
