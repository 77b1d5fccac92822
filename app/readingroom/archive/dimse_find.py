"""C-FIND (PS3.4 C.4.1): how the question is put, and the answers of three levels read as one header."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from time import monotonic
from typing import Any

from readingroom.archive.dimse_line import FIND, DimseLine, is_pending, status_of
from readingroom.archive.match import qido
from readingroom.base.errors import ReaderError
from readingroom.record.from_dicom import WANTED
from readingroom.record.search import Query
from readingroom.record.tags import DatasetTags, Tags

STUDY_KEYS = (
    "StudyInstanceUID", "PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyDate",
    "StudyTime", "AccessionNumber", "StudyID", "StudyDescription", "ModalitiesInStudy", "ReferringPhysicianName",
    "InstitutionName", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
)  # fmt: skip
REQUIRED_KEYS = (
    "StudyInstanceUID", "PatientID", "PatientName", "StudyDate", "StudyTime", "AccessionNumber", "StudyID",
    "ModalitiesInStudy",
)  # fmt: skip
"""What every archive must answer (PS3.4 C.6.2.1.2), for those that refuse what they do not know."""
SERIES_KEYS = (
    "SeriesInstanceUID", "SeriesNumber", "Modality", "SeriesDescription", "BodyPartExamined", "Laterality",
    "ProtocolName", "NumberOfSeriesRelatedInstances",
)  # fmt: skip
_CANCELLED = 0xFE00
_IDENTIFIER_REFUSED = (0xA900, 0xC000)
_PATIENCE_AFTER_CANCEL = 200
_IMAGE_KEYS = frozenset({*(tag for tag in WANTED if not tag >> 16 & 1), 0x00280004, 0x00280100, 0x00280103}) - {
    0x00020010,
    0x00080005,
    0x00080061,
}


class Layered:
    """A header put together from answers of several levels: the first that has a value gives it."""

    __slots__ = ("_layers",)

    def __init__(self, *layers: Tags) -> None:
        self._layers = layers

    def values(self, tag: int) -> tuple[Any, ...]:
        """Every value, of the first layer that has any."""
        return next((found for layer in self._layers if (found := layer.values(tag))), ())

    def items(self, tag: int) -> tuple[Tags, ...]:
        """The items of a sequence, of the first layer that has any."""
        return next((found for layer in self._layers if (found := layer.items(tag))), ())


def questions(query: Query) -> list[dict[str, str]]:
    """The identifiers that find what a tidy query looks for, by keyword: one for each modality and spelling.

    C-FIND matches letters as they are written (PS3.4 C.2.2.2.1), so a word is asked as typed, in capitals and with a
    capital; `match.matches` checks every answer.
    """
    asked = qido(query)
    del asked["includefield"]
    modalities = [one for one in asked.pop("ModalitiesInStudy", "").split(",") if one] or [""]
    worded = "PatientName" if "PatientName" in asked else "StudyDescription"
    if worded == "PatientName":
        asked.pop("StudyDescription", None)
    if "StudyInstanceUID" in asked:
        asked["StudyInstanceUID"] = asked["StudyInstanceUID"].replace(",", "\\")
    words = asked.pop(worded, "")
    spellings = list(dict.fromkeys([words, words.upper(), words.title()]))
    found = []
    for modality, spelling in product(modalities, spellings):
        more = {"ModalitiesInStudy": modality, worded: spelling}
        found.append(asked | {key: value for key, value in more.items() if value})
    return found


def identifier(level: str, keys: Sequence[str] = (), given: Mapping[str, str] | None = None) -> Any:
    """A C-FIND, C-GET or C-MOVE identifier: the keys to be answered left empty, the given ones matched."""
    from pydicom import Dataset

    found = Dataset()
    found.QueryRetrieveLevel = level
    for key in keys:
        setattr(found, key, None)
    for key, value in (given or {}).items():
        setattr(found, key, value.split("\\") if "\\" in value else value)
    return found


def image_identifier(study_uid: str, series_uid: str) -> Any:
    """A question for every object of a series, with all that a viewport needs of its header."""
    from pydicom.datadict import dictionary_VR

    found = identifier("IMAGE", (), {})
    for tag in sorted(_IMAGE_KEYS):
        with suppress(KeyError):
            found.add_new(tag, dictionary_VR(tag), None)
    found.StudyInstanceUID, found.SeriesInstanceUID = study_uid, series_uid
    return found


def found_by(
    line: DimseLine, association: Any, asked: Any, enough: Callable[[], bool] = lambda: False
) -> Iterator[Tags]:
    """The answers to one question; cancelled (PS3.7 9.3.2.3) when there are enough. ReaderError on failure."""
    unwanted = 0
    heard = monotonic()
    for answer, row in association.send_c_find(asked, FIND, msg_id=1):
        status = status_of(answer)
        if status is None:
            raise line.late() if monotonic() - heard >= association.dimse_timeout else line.broke_off()
        heard = monotonic()
        if is_pending(status) and unwanted:
            unwanted += 1
            if unwanted > _PATIENCE_AFTER_CANCEL:
                association.abort()
                return
        elif is_pending(status):
            if row is not None:
                yield DatasetTags(row)
            if enough():
                unwanted = 1
                association.send_c_cancel(1, query_model=FIND)
        elif status not in (0x0000, _CANCELLED):
            raise NotUnderstood(line.name, status, str(answer.get("ErrorComment", "")))


class NotUnderstood(ReaderError):
    """The archive refused the question; status: of DIMSE."""

    def __init__(self, name: str, status: int, comment: str) -> None:
        said = f" It says: {comment.strip()}." if comment.strip() else ""
        super().__init__(
            f"{name} refused the question (status {status:04X}).{said}",
            "Tell its owner which question it refuses; nothing was lost.",
        )
        self.status = status

    @property
    def of_the_keys(self) -> bool:
        """Whether fewer keys may be understood."""
        return self.status in _IDENTIFIER_REFUSED or self.status & 0xF000 == 0xC000
