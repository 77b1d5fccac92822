"""Small studies for the contact sheets: headers of the tests' examinations, images that say what they are and which side is which.

Every image carries its series, its number and the patient's side in its pixels, so that a wrong or a mirrored one is seen.
"""

import sys
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.unit.hanging.cases_to_hang import CORONAL, SAGITTAL
from tests.unit.hanging.rarer_examinations import ENDOSCOPE, RARER, RT_DOSE
from tests.unit.hanging.usual_examinations import EXAMINATIONS, TOMO

from readingroom.record.study import Instance, Series, Study

MOST_SLICES, SPAN_MM, SIDE = 9, 240.0, 160
"""Slices of a series at most, the width of its field and the way from its first slice to its last, and its pixels across."""

ROOT = "1.2.826.0.1.3680043.10.1561"
AIR, BODY, ORGAN, LESION, BONE, LUNG, INK = range(7)
GREYS: dict[str, tuple[int, ...]] = {
    "CT": (-1000, 40, 90, 20, 700, -820, 1300), "MR": (0, 350, 520, 900, 60, 120, 1000),
    "PT": (0, 900, 2600, 14000, 700, 400, 9000), "NM": (0, 60, 120, 240, 180, 30, 250),
}  # fmt: skip
FILM = (60, 1700, 2100, 2500, 3000, 900, 4000)
COLOUR_CLASSES = ("ES", "XC", "OP", "GM")
PRIORS = {"mammography": 2, "xr-chest": 2, "everything": 0}


@dataclass(frozen=True, slots=True)
class Sheet:
    """An examination on disk: what of the table it is, and the protocol that it is to hang by."""

    name: str
    protocol: str
    study_uid: str


def uid(*words: object) -> str:
    """An identifier that is the same at every making."""
    text = "/".join(map(str, words)).encode()
    return f"{ROOT}.{zlib.crc32(text)}.{zlib.adler32(text)}"


def write_studies(folder: Path) -> tuple[Sheet, ...]:
    """Every examination of the tests with its priors, each of its own patient, below a folder."""
    made = []
    for number, (name, (study, protocol, _)) in enumerate({**EXAMINATIONS, **RARER}.items(), 1):
        made.append(Sheet(name, protocol, uid(name, 0)))
        for years in range(PRIORS.get(protocol, 1) + 1):
            _write_study(folder / f"{number:02d}-{years}", name, number, study, years)
    return tuple(made)


def _write_study(folder: Path, name: str, patient: int, study: Study, years: int) -> None:
    folder.mkdir(parents=True)
    day = date(2026 - years, 11, 23 - years)
    shared = Dataset()
    shared.SpecificCharacterSet = "ISO_IR 192"
    shared.PatientName, shared.PatientID = (
        f"Sheet{patient:02d}^{name.split(',')[0].title().replace(' ', '')}",
        f"S{patient:03d}",
    )
    shared.PatientBirthDate, shared.PatientSex, shared.PatientWeight = f"19{30 + patient}0402", "F", "70"
    shared.StudyInstanceUID, shared.StudyID, shared.AccessionNumber = uid(name, years), "1", f"A{patient:03d}{years}"
    shared.StudyDate, shared.StudyTime, shared.StudyDescription = f"{day:%Y%m%d}", "090000", study.description
    for series in study.series:
        for count, dataset in enumerate(_objects(series, name, years), 1):
            dataset.update(shared)
            dataset.SeriesDate = dataset.ContentDate = dataset.AcquisitionDate = shared.StudyDate
            _save(dataset, folder / f"{series.number:03d}-{count:03d}.dcm")


def _objects(series: Series, name: str, years: int) -> Iterator[Dataset]:
    """The objects of a series, at most MOST_SLICES of them."""
    kept = series.instances[:MOST_SLICES]
    for n, instance in enumerate(kept):
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = instance.sop_class, uid(name, years, series.number, n)
        ds.Modality, ds.SeriesNumber, ds.SeriesDescription = series.modality, series.number, series.description
        ds.SeriesInstanceUID, ds.InstanceNumber = uid(name, years, series.number), n + 1
        ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = f"09{(series.number or 0) % 60:02d}00"
        if series.body_part:
            ds.BodyPartExamined = series.body_part
        if series.kernel:
            ds.ConvolutionKernel = series.kernel.split("\\")
        for keyword, value in series.facts:
            setattr(ds, keyword, value.split("\\") if "\\" in value else value)
        if instance.image_type:
            ds.ImageType = list(instance.image_type)
        if instance.is_image:
            _with_pixels(ds, series, instance, (n, len(kept)), years)
            ds.FrameOfReferenceUID = uid(name, years, "frame")
        yield ds


def _with_pixels(ds: Dataset, series: Series, instance: Instance, at: tuple[int, int], years: int) -> None:
    place = instance.place(1)
    if place.orientation is not None and place.position_mm is not None:
        _slice(ds, series, instance, at, years)
    elif series.modality in ("DX", "CR", "MG", "PX", "RTIMAGE") and instance.frames == 1:
        _film(ds, series, instance, years)
    else:
        _loop(ds, series, instance, at, years)


def _slice(ds: Dataset, series: Series, instance: Instance, at: tuple[int, int], years: int) -> None:
    """One slice of a volume of SPAN_MM each way about the origin."""
    place = instance.place(1)
    n, count = at
    pixel, step = SPAN_MM / SIDE, SPAN_MM / max(2, count)
    depth = (n - (count - 1) / 2) * step
    row, down = np.array(place.orientation[:3]), np.array(place.orientation[3:])  # type: ignore[index]
    corner = -(row + down) * (SPAN_MM - pixel) / 2 + np.abs(np.cross(row, down)) * depth
    ds.ImagePositionPatient = [f"{value:.3f}" for value in corner]
    ds.ImageOrientationPatient = [f"{value:.1f}" for value in (*row, *down)]
    ds.PixelSpacing, ds.SliceThickness = [f"{pixel:.3f}"] * 2, f"{step:.2f}"
    b_value = dict(place.marks).get("b_value")
    if b_value:
        ds.DiffusionBValue = float(b_value)
    plane = {CORONAL: "coronal", SAGITTAL: "sagittal"}.get(place.orientation, "axial")  # type: ignore[arg-type]
    tissue = _body(plane, depth, _lungs(series))
    words = (series.description or "(no words)", f"{n + 1}/{count}{_then(years)}")
    tissue = _written(tissue, words, "A" if plane == "sagittal" else "R")
    greys = np.array(GREYS.get(series.modality, GREYS["MR"]))[tissue]
    if series.modality == "CT":
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
        ds.WindowCenter, ds.WindowWidth = "40", "400"
        greys = greys + 1024
    elif series.modality == "PT":
        _as_activity(ds)
    elif series.modality == "MR" and "adc" not in series.description.lower():
        ds.WindowCenter, ds.WindowWidth = "500", "1000"
    _put(ds, greys.astype(np.uint16), 16 if series.modality == "PT" else 12)


def _lungs(series: Series) -> bool:
    words = f"{series.description} {series.kernel}".lower()
    return any(word in words for word in ("lung", "thora", "long", "pulm", "paren", "médi", "ctpa", "wb", "tórax"))


def _as_activity(ds: Dataset) -> None:
    """Activity of a tracer, with all that an uptake value needs."""
    ds.Units, ds.DecayCorrection, ds.RescaleSlope, ds.RescaleIntercept = "BQML", "START", "1", "0"
    ds.CorrectedImage = ds.get("CorrectedImage", ["DECY", "ATTN"])
    tracer = Dataset()
    tracer.RadiopharmaceuticalStartTime, tracer.RadionuclideTotalDose = "080000", "350000000"
    tracer.RadionuclideHalfLife, tracer.Radiopharmaceutical = "6586.2", "FDG"
    ds.RadiopharmaceuticalInformationSequence = [tracer]


def _grid(rows: int, columns: int) -> tuple[Any, Any]:
    """y and x of each pixel, -1 to 1 over the longer side."""
    longest = max(rows, columns)
    y, x = np.mgrid[:rows, :columns].astype(float)
    return (y * 2 + 1 - rows) / longest, (x * 2 + 1 - columns) / longest


def _inside(y: Any, x: Any, at: tuple[float, float], size: tuple[float, float]) -> Any:
    return ((y - at[0]) / size[0]) ** 2 + ((x - at[1]) / size[1]) ** 2 < 1


def _body(plane: str, depth_mm: float, lungs: bool) -> Any:
    """Tissues of one plane: a trunk with its liver on the patient's right, a spine behind, a lesion on the left."""
    y, x = _grid(SIDE, SIDE)
    tissue = np.full((SIDE, SIDE), AIR)
    small = max(0.3, 1 - (depth_mm / 160) ** 2)
    if plane == "axial":
        tissue[_inside(y, x, (0, 0), (0.6, 0.82))] = BODY
        for side in (-0.36, 0.36) if lungs else ():
            tissue[_inside(y, x, (-0.05, side), (0.34, 0.26))] = LUNG
        tissue[_inside(y, x, (-0.1, -0.4), (0.3 * small, 0.28 * small))] = ORGAN
        tissue[_inside(y, x, (0.4, 0), (0.12, 0.12))] = BONE
        tissue[_inside(y, x, (0.02, 0.4), (0.08 * small, 0.08 * small))] = LESION
    elif plane == "coronal":
        tissue[_inside(y, x, (0, 0), (0.95, 0.72 * small))] = BODY
        tissue[_inside(y, x, (0.1, -0.34), (0.24 * small, 0.28 * small))] = ORGAN
        tissue[(abs(x) < 0.07) & (abs(y) < 0.85 * small)] = BONE
        tissue[_inside(y, x, (0.1, 0.36), (0.08, 0.08))] = LESION
    else:
        tissue[_inside(y, x, (0, 0), (0.95, 0.55 * small))] = BODY
        tissue[(abs(x - 0.3 * small) < 0.08) & (abs(y) < 0.8) & ((y * 10 % 1) > 0.2)] = BONE
        tissue[_inside(y, x, (0.1, -0.15), (0.2, 0.16))] = ORGAN
    return tissue


def _then(years: int) -> str:
    return f"  {years} y ago" if years else ""


def _written(tissue: Any, words: tuple[str, ...], side: str, left: int = 4) -> Any:
    """Words above, and the letter of a side: of that which the left edge of the image is on, where left is small."""
    from PIL import Image, ImageDraw, ImageFont

    rows, columns = tissue.shape
    page = Image.new("L", (columns, rows))
    pen = ImageDraw.Draw(page)
    pen.fontmode = "1"
    font = ImageFont.load_default(size=12)
    for line, text in enumerate(words):
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        pen.text((columns // 8, rows // 8 + 12 * line), plain[:24], fill=255, font=font)
    if side:
        pen.text((left, rows // 2 + 12), side, fill=255, font=ImageFont.load_default(size=22))
    written = tissue.copy()
    written[np.asarray(page) > 0] = INK
    return written


def _film(ds: Dataset, series: Series, instance: Instance, years: int) -> None:
    """A projection, upright; a breast has its chest wall where the detector has it: right breasts at the right."""
    rows, columns = (180, 260) if series.modality == "PX" else (220, 176)
    y, x = _grid(rows, columns)
    tissue = np.full((rows, columns), AIR)
    side, view = instance.laterality, instance.view
    if series.modality == "MG":
        tissue = _breast(y, x, side, view)
        ds.PatientOrientation = (
            ["P", "L" if view == "CC" else "FL"] if side == "R" else ["A", "R" if view == "CC" else "FR"]
        )
        ds.PresentationIntentType, ds.ImageType = "FOR PRESENTATION", ["ORIGINAL", "PRIMARY"]
    else:
        tissue[_inside(y, x, (0, 0), (0.9, 0.65))] = BODY
        for middle in (-0.3, 0.3) if view != "LL" else (0.0,):
            tissue[_inside(y, x, (-0.1, middle), (0.55, 0.24))] = LUNG
        tissue[abs(x) < 0.06] = BONE
        tissue[_inside(y, x, (0.25, 0.16), (0.25, 0.22))] = ORGAN
    if side:
        ds.ImageLaterality = side
    if view:
        ds.ViewPosition = view
    ds.ImagerPixelSpacing = ["1.2", "1.2"]
    words = (series.description, f"{view} {_then(years)}".strip())
    # The letter of lead lies beside the breast, away from the chest wall.
    left = columns - 26 if series.modality == "MG" and side == "L" else 4
    inked = _written(tissue, words, side or "R", left)
    ds.WindowCenter, ds.WindowWidth = "2048", "4096"
    _put(ds, np.array(FILM)[inked].astype(np.uint16), 12)


def _breast(y: Any, x: Any, side: str, view: str) -> Any:
    """A breast on its chest wall: the right one's at the right edge; an oblique view has the muscle above."""
    wall = x.max() if side == "R" else x.min()
    away = abs(x - wall)
    tissue = np.where((away / 1.1) ** 2 + (y / 0.8) ** 2 < 1, BODY, AIR)
    tissue[(away / 0.7) ** 2 + ((y + 0.1) / 0.4) ** 2 < 1] = ORGAN
    if view == "MLO":
        tissue[(away + (y + 1) * 0.5 < 0.6) & (y < 0.2)] = LESION
    return tissue


def _loop(ds: Dataset, series: Series, instance: Instance, at: tuple[int, int], years: int) -> None:
    """Frames without a place: a loop, a run, a picture of a camera, a scan of the whole body."""
    frames = min(instance.frames, 6)
    rows, columns = (240, 100) if series.description.startswith("WB") else (150, 200)
    if instance.sop_class == RT_DOSE:
        rows = columns = SIDE
    pictures = [_picture(series, rows, columns, frame, frames, at, years) for frame in range(frames)]
    whole = np.stack(pictures) if frames > 1 else pictures[0]
    if series.modality in COLOUR_CLASSES or instance.sop_class == ENDOSCOPE:
        whole = np.stack([whole, whole // 2, whole // 3], axis=-1)
    if frames > 1:
        ds.NumberOfFrames = frames
        _of_many(ds, series, instance, frames)
    _put(ds, whole.astype(np.uint8), 8)


def _of_many(ds: Dataset, series: Series, instance: Instance, frames: int) -> None:
    if instance.sop_class == RT_DOSE:
        step = SPAN_MM / frames
        first = [-SPAN_MM / 2 + 0.75, -SPAN_MM / 2 + 0.75, -SPAN_MM / 2 + step / 2]
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [f"{v:.2f}" for v in first], [1, 0, 0, 0, 1, 0]
        ds.PixelSpacing, ds.GridFrameOffsetVector = ["1.5", "1.5"], [f"{n * step:.3f}" for n in range(frames)]
        ds.DoseUnits, ds.DoseType, ds.DoseSummationType, ds.DoseGridScaling = "GY", "PHYSICAL", "PLAN", "0.2"
    elif instance.sop_class == TOMO:
        side, view = series.description.split()[:2]
        ds.ImageLaterality, ds.ViewPosition = side, view
        ds.PatientOrientation = ["P", "L"] if side == "R" else ["A", "R"]
    elif instance.frame_time_ms:
        ds.FrameTime = "40"


def _picture(series: Series, rows: int, columns: int, frame: int, frames: int, at: tuple[int, int], years: int) -> Any:
    y, x = _grid(rows, columns)
    tissue = np.full((rows, columns), AIR)
    if series.modality == "MG":
        side, view = series.description.split()[:2]
        tissue = _breast(y, x, side, view)
    elif series.modality == "US":
        tissue[(abs(x) < (y + 0.9) * 0.6) & (np.hypot(y + 0.9, x) < 1.5)] = BODY
        tissue[_inside(y, x, (0.2, -0.1), (0.2 + 0.01 * frame, 0.2))] = AIR
    elif series.modality == "XA":
        tissue[:] = ORGAN
        tissue[abs(x - 0.4 * np.sin(4 * y)) < 0.03 + 0.004 * frame] = AIR
    else:
        tissue[_inside(y, x, (0, 0), (0.92, 0.92 * min(1, columns / rows)))] = BODY
        tissue[_inside(y, x, (-0.1, -0.2), (0.2, 0.16 * min(1, columns / rows)))] = LESION
        tissue[abs(x) < 0.04] = BONE
    count = f"frame {frame + 1}/{frames}" if frames > 1 else f"{at[0] + 1}/{at[1]}"
    inked = _written(tissue, (series.description or series.modality, f"{count}{_then(years)}"), "")
    return np.array(GREYS["NM"])[inked]


def _put(ds: Dataset, pixels: Any, bits: int) -> None:
    colour = pixels.shape[-1] == 3
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    ds.BitsAllocated = pixels.dtype.itemsize * 8
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, 0
    raw = np.ascontiguousarray(pixels).tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"


def _save(ds: Dataset, path: Path) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, f"{ROOT}.1"
    ds.file_meta = meta
    ds.save_as(path, enforce_file_format=True)
