"""The directory of a disc: every object's record and place, made by pydicom's FileSet (PS3.3 F, PS3.10 8)."""

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from readingroom.base.errors import ReaderError

_WITHOUT_VALUE = (("StudyDate", "19000101"), ("StudyTime", "000000"), ("StudyID", "1"), ("PatientID", "UNKNOWN"))
"""What a record must have (PS3.3 F.5, type 1) and an object need not: stands in the directory only."""
_NEEDED = (
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "PatientName", "PatientID",
    "StudyDate", "StudyTime", "StudyID", "StudyDescription", "AccessionNumber", "SeriesNumber", "InstanceNumber",
    "SpecificCharacterSet", "CompletionFlag", "VerificationFlag", "VerificationDateTime", "ContentDate", "ContentTime",
    "ConceptNameCodeSequence", "ContentLabel", "ContentDescription", "ContentCreatorName", "PresentationCreationDate",
    "PresentationCreationTime", "DocumentTitle", "MIMETypeOfEncapsulatedDocument", "ReferencedSeriesSequence",
    "StructureSetLabel", "StructureSetDate", "StructureSetTime", "RTPlanLabel", "RTPlanDate", "RTPlanTime",
    "DoseSummationType", "BlendingSequence", "HL7InstanceIdentifier", "ImageType", "Rows", "Columns",
)  # fmt: skip


class Directory:
    """The records of one disc; the objects themselves lie elsewhere until `write` says where each belongs.

    stage: a folder of the target for what is not finished: patients' names must not lie in the system's temporary folder,
    where they would stay when the program is killed.
    """

    def __init__(self, stage: Path) -> None:
        from pydicom.fileset import FileSet

        self._set = FileSet()
        # pydicom offers no other way to say where its staged headers lie.
        self._set._stage["t"].cleanup()
        self._set._stage["t"] = TemporaryDirectory(dir=stage, prefix="directory-")
        self._set._stage["path"] = Path(self._set._stage["t"].name)
        self._set.ID = "DICOM"
        self._series: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._set.clear()
        self._set._stage["t"].cleanup()

    def folder_name(self, header: Any) -> str:
        """The place of an object in a plain folder: series by series in the order in which they come."""
        series = str(header.SeriesInstanceUID)
        number = self._series.setdefault(series, len(self._series) + 1)
        count = self._counts[series] = self._counts.get(series, 0) + 1
        return f"SE{number:06d}/IM{count:06d}.dcm"

    def add(self, header: Any, number: int) -> str:
        """Take an object into the directory; why it could not be, in words, or ""."""
        from pydicom.dataset import Dataset

        small = Dataset()
        for keyword in _NEEDED:
            if keyword in header:
                small[keyword] = header[keyword]
        for keyword, value in (*_WITHOUT_VALUE, ("SeriesNumber", "1"), ("InstanceNumber", str(number))):
            if small.get(keyword) in (None, ""):
                setattr(small, keyword, value)
        small.file_meta = header.file_meta
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._set.add(small)
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            return f"An object of kind {header.SOPClassUID.name} is on the disc and not in its directory: {error}."
        return ""

    def write(self, folder: Path) -> dict[str, str]:
        """Write DICOMDIR; where each object belongs, by SOP Instance UID, relative to the folder with "/" between."""
        logging.getLogger("pydicom").setLevel(logging.CRITICAL)
        try:
            self._set.write(folder)
        except ValueError as error:
            raise ReaderError(f"The disc's directory could not be made: {error}.", "Export without it.") from error
        return {str(one.SOPInstanceUID): Path(one.path).relative_to(folder).as_posix() for one in self._set}
