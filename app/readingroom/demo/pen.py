"""Writing objects: what every object of a study and of a series has in common, and the file it becomes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from readingroom.base.jobs import Progress
from readingroom.demo.patients import Person, Trust, stable_uid

IMPLEMENTATION_UID = stable_uid("implementation", "demo", 1)
Truth = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One study to make: whose, where, when, what, how many objects, and what makes it."""

    key: str
    person: Person
    trust: Trust
    day: date
    time: str
    modality: str
    description: str
    body_part: str
    accession: str
    referrer: str
    station: tuple[str, str, str]
    objects: int
    make: "Callable[[StudyPen], Truth]"

    @property
    def study_uid(self) -> str:
        """The Study Instance UID, the same at every making."""
        return stable_uid("study", self.key)


@dataclass(slots=True)
class Tally:
    """How many objects are written of how many, told to whoever shows a bar; stops where it is told to."""

    total: int
    progress: Callable[[Progress], None] | None = None
    checkpoint: Callable[[], None] | None = None
    done: int = 0

    def wrote(self, text: str) -> None:
        """One more object; may raise Cancelled."""
        self.done += 1
        if self.progress is not None:
            self.progress(Progress(self.done, self.total, "objects", text))
        self.look()

    def look(self) -> None:
        """Raise Cancelled if the making was called off."""
        if self.checkpoint is not None:
            self.checkpoint()


def coded(value: str, scheme: str, meaning: str) -> Dataset:
    """A code sequence item (PS3.3 Table 8.8-1)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def item(**keywords: Any) -> Dataset:
    """A sequence item from keywords."""
    made = Dataset()
    for keyword, value in keywords.items():
        setattr(made, keyword, value)
    return made


@dataclass(slots=True)
class StudyPen:
    """Writes the objects of one study under folder/<trust>/<case>/."""

    case: Case
    folder: Path
    tally: Tally
    series: "list[SeriesPen]" = field(default_factory=list)

    def begin(
        self, number: int, modality: str, sop_class: str, description: str, syntax: str = ExplicitVRLittleEndian,
        **shared: Any,
    ) -> "SeriesPen":  # fmt: skip
        """A new series; shared keywords go into each of its objects."""
        made = SeriesPen(self, number, modality, sop_class, description, syntax, shared)
        self.series.append(made)
        return made

    def identity(self) -> Dataset:
        """Patient, General Study and Equipment modules (PS3.3 C.7.1.1, C.7.2.1, C.7.5.1)."""
        case, ds = self.case, Dataset()
        person = case.person
        ds.SpecificCharacterSet = "ISO_IR 100" if person.name.isascii() else "ISO_IR 192"
        ds.PatientName, ds.PatientID, ds.IssuerOfPatientID = person.name, person.nhs, "NHS"
        ds.TypeOfPatientID = "TEXT"
        ds.OtherPatientIDsSequence = [
            item(
                PatientID=person.local_id(case.trust), IssuerOfPatientID=case.trust.issuer, TypeOfPatientID="TEXT"
            )
        ]  # fmt: skip
        ds.PatientBirthDate, ds.PatientSex = person.birth.strftime("%Y%m%d"), person.sex
        ds.PatientAge = person.age_string(case.day)
        ds.PatientWeight, ds.PatientSize = f"{person.weight_kg:.1f}", f"{person.height_m:.2f}"
        ds.PatientComments = "Invented person, computed images"
        ds.StudyInstanceUID, ds.StudyID = case.study_uid, case.accession[-6:]
        ds.StudyDate, ds.StudyTime = case.day.strftime("%Y%m%d"), case.time
        ds.AccessionNumber, ds.StudyDescription = case.accession, case.description
        ds.IssuerOfAccessionNumberSequence = [item(LocalNamespaceEntityID=case.trust.issuer)]
        ds.ReferringPhysicianName = case.referrer
        ds.InstitutionName, ds.InstitutionalDepartmentName = case.trust.name, "Radiology"
        ds.Manufacturer, ds.ManufacturerModelName, ds.StationName = case.station
        ds.DeviceSerialNumber, ds.SoftwareVersions = f"RR{sum(map(ord, case.station[2])):05d}", "1.0"
        return ds


@dataclass(slots=True)
class SeriesPen:
    """Writes the objects of one series and remembers their UIDs in order."""

    study: StudyPen
    number: int
    modality: str
    sop_class: str
    description: str
    syntax: str
    shared: dict[str, Any]
    sop_uids: list[str] = field(default_factory=list)

    @property
    def uid(self) -> str:
        """The Series Instance UID."""
        return stable_uid("series", self.study.case.key, self.number)

    @property
    def folder(self) -> str:
        """The series' folder relative to the region's."""
        return f"{self.study.case.trust.folder}/{self.study.case.key}/SE{self.number:04d}"

    def _dataset(self, instance: int) -> Dataset:
        case, ds = self.study.case, self.study.identity()
        ds.SOPClassUID = self.sop_class
        ds.SOPInstanceUID = stable_uid("object", case.key, self.number, instance)
        ds.Modality, ds.SeriesInstanceUID, ds.SeriesNumber = self.modality, self.uid, self.number
        ds.SeriesDescription = self.description
        ds.SeriesDate, ds.SeriesTime = ds.StudyDate, _later(case.time, 60 * self.number)
        ds.ContentDate, ds.ContentTime = ds.StudyDate, _later(case.time, 60 * self.number + instance)
        ds.AcquisitionDate, ds.AcquisitionTime = ds.StudyDate, ds.ContentTime
        ds.BodyPartExamined, ds.ProtocolName = case.body_part, case.description
        ds.PerformedProcedureStepDescription = case.description
        ds.PerformedProcedureStepID = f"P{case.accession[-6:]}"
        ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = ds.StudyDate, case.time
        ds.RequestAttributesSequence = [
            item(
                RequestedProcedureID=case.accession[-8:], RequestedProcedureDescription=case.description,
                ScheduledProcedureStepID=f"S{case.accession[-6:]}",
                ScheduledProcedureStepDescription=case.description,
            )
        ]  # fmt: skip
        ds.InstanceNumber = instance
        return ds

    def write(self, pixels: np.ndarray, bits_stored: int, **keywords: Any) -> str:
        """One object from its pixels; answers its SOP Instance UID.

        pixels: uint8 or uint16, shape ([frames,] rows, columns[, 3]). Keywords go into the object; None leaves one out.
        """
        instance = len(self.sop_uids) + 1
        ds = self._dataset(instance)
        colour = pixels.ndim >= 3 and pixels.shape[-1] == 3
        ds.SamplesPerPixel = 3 if colour else 1
        ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
        if colour:
            ds.PlanarConfiguration = 0
        ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
        ds.BitsAllocated = pixels.dtype.itemsize * 8
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits_stored, bits_stored - 1, 0
        for keyword, value in {**self.shared, **keywords}.items():
            if value is not None:
                setattr(ds, keyword, value)
        self._save(ds, pixels, instance)
        self.sop_uids.append(str(ds.SOPInstanceUID))
        self.study.tally.wrote(f"{self.study.case.description}, {self.study.case.trust.name}")
        return str(ds.SOPInstanceUID)

    def _save(self, ds: Dataset, pixels: np.ndarray, instance: int) -> None:
        path = self.study.folder / self.folder / f"IM{instance:04d}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
        meta.TransferSyntaxUID, meta.ImplementationClassUID = self.syntax, IMPLEMENTATION_UID
        meta.ImplementationVersionName = "READINGROOM_DEMO"
        ds.file_meta = meta
        if self.syntax == ExplicitVRLittleEndian:
            raw = np.ascontiguousarray(pixels).tobytes()
            ds.PixelData = raw + b"\0" * (len(raw) % 2)
        else:
            frames = pixels if "NumberOfFrames" in ds and ds.NumberOfFrames > 1 else pixels[None]
            ds.PixelData = encapsulate([_encoded(frame, self.syntax, int(ds.BitsStored)) for frame in frames])
        ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 or self.syntax != ExplicitVRLittleEndian else "OW"
        ds.save_as(path, enforce_file_format=True)

    def summary(self) -> Truth:
        """The series as the truth file tells it."""
        return {
            "series_uid": self.uid, "number": self.number, "modality": self.modality,
            "description": self.description, "folder": self.folder, "objects": len(self.sop_uids),
            "transfer_syntax": str(self.syntax), "sop_uids": list(self.sop_uids),
        }  # fmt: skip


def _encoded(frame: np.ndarray, syntax: str, bits: int) -> bytes:
    import imagecodecs

    plain = np.ascontiguousarray(frame)
    if syntax == JPEGLSLossless:
        return bytes(imagecodecs.jpegls_encode(plain))
    if syntax == JPEG2000Lossless:
        return bytes(imagecodecs.jpeg2k_encode(plain, codecformat="j2k", reversible=True, level=0, bitspersample=bits))
    if syntax == RLELossless:
        return _packed(plain)
    raise ValueError(syntax)


def _packed(frame: np.ndarray) -> bytes:
    """One 16-bit frame as RLE segments, high bytes first (PS3.5 G.2 to G.5)."""
    import imagecodecs

    halves = np.ascontiguousarray(frame.astype(">u2")).view(np.uint8).reshape(*frame.shape, 2)
    segments = []
    for half in range(2):
        rows = (bytes(imagecodecs.packbits_encode(row.tobytes())) for row in np.ascontiguousarray(halves[..., half]))
        segment = b"".join(rows)
        segments.append(segment + b"\0" * (len(segment) % 2))
    header = np.zeros(16, "<u4")
    header[:3] = 2, 64, 64 + len(segments[0])
    return header.tobytes() + b"".join(segments)


def _later(time: str, seconds: int) -> str:
    start = timedelta(hours=int(time[:2]), minutes=int(time[2:4]), seconds=int(time[4:6]) + seconds)
    whole = int(start.total_seconds()) % 86400
    return f"{whole // 3600:02d}{whole // 60 % 60:02d}{whole % 60:02d}"
