"""A Spatial Registration object read as a value: how frames of reference lie to each other."""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from readingroom.base.errors import ReaderError
from readingroom.geometry.joined import Registration
from readingroom.pixels.attributes import item, items, numbers, text
from readingroom.record.tags import DatasetTags, day

SPATIAL_REGISTRATION = "1.2.840.10008.5.1.4.1.1.66.1"
_IDENTITY = np.eye(4)


def registration(dataset: Dataset) -> Registration:
    """The registration of a Spatial Registration object (PS3.3 C.20.2); ReaderError where it is none that can be used.

    Its own frame of reference is joined too. Several matrices of one frame are multiplied in their order (C.20.2.1.1).
    """
    if text(dataset, "SOPClassUID") != SPATIAL_REGISTRATION:
        raise ReaderError("This object is no spatial registration.", "Name a Spatial Registration object.")
    found: dict[str, NDArray[np.float64]] = {}
    for one in items(dataset, "RegistrationSequence"):
        uid = text(one, "FrameOfReferenceUID")
        matrix = _matrix(one)
        if uid and matrix is not None:
            found.setdefault(uid, matrix)
    own = text(dataset, "FrameOfReferenceUID")
    if own:
        found.setdefault(own, _IDENTITY)
    if len(found) < 2:
        raise ReaderError("The spatial registration joins no two frames of reference.", "It is left out.")
    by = text(dataset, "ContentCreatorName") or text(dataset, "ManufacturerModelName") or text(dataset, "Manufacturer")
    return Registration(
        text(dataset, "SOPInstanceUID"),
        day(DatasetTags(dataset), 0x00080023),
        tuple(found.items()),
        by.replace("^", " "),
    )


def _matrix(one: Dataset) -> NDArray[np.float64] | None:
    """The product of an item's matrices; None where one is no invertible 4 x 4 with a last row of 0, 0, 0, 1."""
    registered = item(one, "MatrixRegistrationSequence")
    parts = items(registered, "MatrixSequence") if registered is not None else ()
    made = _IDENTITY
    for part in parts:
        given = numbers(part, "FrameOfReferenceTransformationMatrix")
        if len(given) != 16:
            return None
        matrix = np.array(given).reshape(4, 4)
        if np.abs(matrix[3] - _IDENTITY[3]).max() > 1e-6 or abs(np.linalg.det(matrix[:3, :3])) < 1e-6:
            return None
        made = made @ matrix
    return made if parts else None
