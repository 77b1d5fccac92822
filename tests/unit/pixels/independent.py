"""Pictures and arrays by other people's programs: dcmtk's dcmj2pnm, and pydicom's rescale, window and palette."""

import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, apply_rescale, apply_windowing, get_decoder

RLE_LOSSLESS, EXPLICIT_LITTLE = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1"


def by_dcmtk(path: Path, via: str, frame: int, options: str, folder: Path) -> NDArray[np.uint8]:
    """dcmj2pnm's picture of a frame without overlays; what it cannot unpack is unpacked first, as the record says."""
    source = path
    if via == "dcmdjpls + dcmj2pnm":
        source = folder / "unpacked.dcm"
        subprocess.run(["dcmdjpls", path, source], capture_output=True, check=True)
    elif via.startswith(("gdcmconv", "dcmdjpls failed")):
        source = folder / "unpacked.dcm"
        _unpacked(path).save_as(source)
    picture = folder / "picture.pnm"
    subprocess.run(
        ["dcmj2pnm", "-O", *options.split(), "+F", str(frame), source, picture], capture_output=True, check=True
    )
    return np.asarray(Image.open(picture))


def _unpacked(path: Path) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path, force=True)
        syntax = dataset.file_meta.TransferSyntaxUID
        plugin = "pylibjpeg" if syntax.is_encapsulated and syntax != RLE_LOSSLESS else ""
        if syntax.is_encapsulated:
            dataset.decompress(decoding_plugin=plugin, generate_instance_uid=False)
        else:
            dataset["PixelData"].VR = "OW"
            dataset.file_meta.TransferSyntaxUID = EXPLICIT_LITTLE
    return dataset


def stored_by_pydicom(path: Path, frame: int) -> tuple[Dataset, NDArray[Any]]:
    """The header and one frame (from 1) of stored values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path, force=True)
        array, _ = get_decoder(dataset.file_meta.TransferSyntaxUID).as_array(dataset, index=frame - 1)
    return dataset, array


def by_pydicom(path: Path, frame: int, stored: NDArray[Any] | None = None) -> NDArray[np.float64]:
    """Grey 0 to 255 by pydicom's rescale and window of the frame's own functional groups; RGB where a palette adds it.

    stored: values in place of those that pydicom decodes, where two decoders may differ.
    """
    dataset, array = stored_by_pydicom(path, frame)
    array = array if stored is None else stored
    if array.ndim == 3:
        return array.astype(np.float64)
    place = _own(dataset, frame)
    values = apply_rescale(array, place)
    shown = apply_windowing(values, place, index=0)
    ends = np.array([0.0, 2.0**place.BitsStored - 1])
    if place.PixelRepresentation:
        ends -= 2.0 ** (place.BitsStored - 1)
    ends = ends * float(place.get("RescaleSlope", 1)) + float(place.get("RescaleIntercept", 0))
    grey = (shown - ends[0]) / (ends[1] - ends[0]) * 255.0
    is_coloured = dataset.get("PixelPresentation") in ("COLOR", "MIXED")
    if not is_coloured or "RedPaletteColorLookupTableDescriptor" not in dataset:
        return np.asarray(grey)
    rgb = np.repeat(grey[..., None], 3, axis=-1)
    del dataset.PixelPresentation  # with which pydicom declines to apply a palette
    coloured = array >= dataset.RedPaletteColorLookupTableDescriptor[1]
    rgb[coloured] = (apply_color_lut(array, dataset) >> 8)[coloured]
    return rgb


def _own(dataset: Dataset, frame: int) -> Dataset:
    """Everything that decides about grey, from the frame's group, the shared group, or the header."""
    found = Dataset()
    for keyword in ("PhotometricInterpretation", "BitsStored", "PixelRepresentation", "BitsAllocated"):
        setattr(found, keyword, dataset[keyword].value)
    groups = [dataset]
    groups += list(dataset.get("SharedFunctionalGroupsSequence", []))[:1]
    groups += list(dataset.get("PerFrameFunctionalGroupsSequence", []))[frame - 1 : frame]
    for group in groups:
        for place in (group, *_first(group, "PixelValueTransformationSequence"), *_first(group, "FrameVOILUTSequence")):
            for keyword in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "VOILUTFunction"):
                if keyword in place:
                    setattr(found, keyword, place[keyword].value)
    if float(np.atleast_1d(found.WindowWidth)[0]) < 1:
        # pydicom refuses what C.11.2.1.2.1 forbids; C.11.2.1.3 allows it.
        found.VOILUTFunction = "LINEAR_EXACT"
    return found


def _first(group: Dataset, sequence: str) -> list[Dataset]:
    return list(group.get(sequence, []))[:1]
