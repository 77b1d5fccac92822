"""What a header says about the world: unit of values, size of pixels, ultrasound regions, tracer dose."""

from pydicom.dataset import Dataset

from readingroom.pixels.attributes import Attributes, between, held, item, items, number, pair, text, texts, whole
from readingroom.pixels.frame import SpacingTags, SuvTags, UltrasoundRegion
from readingroom.pixels.lookup import FunctionalGroups

CT_CLASSES = frozenset(
    {"1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"}
)  # fmt: skip
_RESCALE_UNITS = {
    "OD": "OD", "MGML": "mg/ml", "Z_EFF": "Zeff", "ED": "10²³ e/ml", "EDW": "e density", "PCT": "%", "MG/ML": "mg/ml",
}  # fmt: skip
_PET_UNITS = {
    "BQML": "Bq/ml",
    "CNTS": "counts",
    "GML": "g/ml",
    "CM2ML": "cm2/ml",
    "CPS": "counts/s",
    "PCNT": "%",
    "MLMINML": "ml/min/ml",
}


def unit_of(dataset: Attributes, groups: FunctionalGroups, kind: str, given: bool) -> str:
    """The unit of modality values, "" where the header gives none that may be believed.

    HU for CT images whose rescale is of type HU or, where the type is missing, implied (PS3.3 C.8.2.1.1.2); never for
    localisers, whose pixels are projections, and never for other objects that merely say CT.
    """
    modality = text(dataset, "Modality")
    if kind == "DOSE":
        return "Gy" if text(dataset, "DoseUnits").upper() == "GY" else ""
    if modality == "PT":
        return _PET_UNITS.get(text(dataset, "Units").upper(), "")
    if kind == "HU" or (not kind and given and text(dataset, "SOPClassUID") in CT_CLASSES):
        return "" if not given or modality != "CT" or _is_projection(dataset, groups) else "HU"
    return _RESCALE_UNITS.get(kind, "")


def _is_projection(dataset: Attributes, groups: FunctionalGroups) -> bool:
    """Whether an image or, among others of an enhanced CT, this frame of it is a localiser (PS3.3 C.8.15.3.1)."""
    frame_type = groups.group("CTImageFrameTypeSequence")
    return is_localizer(dataset) or (frame_type is not None and is_localizer(frame_type, "FrameType"))


def is_localizer(dataset: Attributes, keyword: str = "ImageType") -> bool:
    """Whether value 3 of an image or frame type says LOCALIZER (PS3.3 C.8.2.1.1.1)."""
    return any(part.upper() in ("LOCALIZER", "SCOUT", "TOPOGRAM") for part in texts(dataset, keyword)[2:])


def spacing_of(dataset: Attributes, groups: FunctionalGroups) -> SpacingTags:
    """Everything the header says about the size of a pixel, in mm (between rows, between columns)."""
    measures = groups.place("PixelMeasuresSequence")
    detector = groups.place("FramePixelDataPropertiesSequence")
    aspect = pair(dataset, "PixelAspectRatio")
    return SpacingTags(
        pixel_spacing=pair(measures, "PixelSpacing"),
        imager_spacing=pair(detector, "ImagerPixelSpacing") or pair(dataset, "ImagerPixelSpacing"),
        nominal_scanned=pair(dataset, "NominalScannedPixelSpacing"),
        calibration_type=text(dataset, "PixelSpacingCalibrationType").upper(),
        calibration_description=text(dataset, "PixelSpacingCalibrationDescription"),
        magnification=_positive(dataset, "EstimatedRadiographicMagnificationFactor"),
        source_to_detector_mm=_positive(dataset, "DistanceSourceToDetector"),
        source_to_patient_mm=_positive(dataset, "DistanceSourceToPatient"),
        aspect_ratio=aspect,
    )


def _positive(dataset: Attributes, keyword: str) -> float | None:
    value = number(dataset, keyword)
    return value if value is not None and value > 0 else None


def regions_of(dataset: Attributes, per_frame: Attributes | None) -> tuple[UltrasoundRegion, ...]:
    """The calibrated regions of an ultrasound frame (PS3.3 C.8.5.5); regions without bounds or deltas are left out.

    per_frame: the frame's own functional groups, whose regions go before those of the whole object.
    """
    own = items(per_frame, "SequenceOfUltrasoundRegions") if per_frame is not None else ()
    found = []
    for region in own or items(dataset, "SequenceOfUltrasoundRegions"):
        bounds = [number(region, f"RegionLocation{name}") for name in ("MinX0", "MinY0", "MaxX1", "MaxY1")]
        deltas = [number(region, f"PhysicalDelta{axis}") for axis in "XY"]
        if None in bounds or None in deltas:
            continue
        x0, y0, x1, y1 = (int(bound or 0) for bound in bounds)
        found.append(
            UltrasoundRegion(
                x0, y0, x1, y1,
                whole(region, "PhysicalUnitsXDirection"), whole(region, "PhysicalUnitsYDirection"),
                deltas[0] or 0.0, deltas[1] or 0.0,
                whole(region, "RegionSpatialFormat"), whole(region, "RegionDataType"),
                _reference(region, "X", x0), _reference(region, "Y", y0),
                number(region, "ReferencePixelPhysicalValueX") or 0.0, number(region, "ReferencePixelPhysicalValueY") or 0.0,
            )
        )  # fmt: skip
    return tuple(found)


def _reference(region: Attributes, axis: str, start: int) -> int | None:
    """The image column or row of the reference pixel, which the header counts from the region's corner."""
    place = number(region, f"ReferencePixel{axis}0")
    return None if place is None else start + int(place)


def suv_of(dataset: Attributes) -> SuvTags:
    """What a standardised uptake value needs (PS3.3 C.8.9.1, C.8.9.2), as the header has it."""
    tracer = item(dataset, "RadiopharmaceuticalInformationSequence")
    tracer = Dataset() if tracer is None else tracer
    return SuvTags(
        units=text(dataset, "Units").upper(),
        suv_type=text(dataset, "SUVType").upper(),
        corrected=tuple(part.upper() for part in texts(dataset, "CorrectedImage")),
        decay_correction=text(dataset, "DecayCorrection").upper(),
        weight_kg=number(dataset, "PatientWeight"),
        height_m=number(dataset, "PatientSize"),
        sex=text(dataset, "PatientSex"),
        dose_bq=number(tracer, "RadionuclideTotalDose"),
        half_life_s=number(tracer, "RadionuclideHalfLife"),
        injected_at=text(tracer, "RadiopharmaceuticalStartDateTime"),
        injected_time=text(tracer, "RadiopharmaceuticalStartTime"),
        series_date=text(dataset, "SeriesDate"),
        series_time=text(dataset, "SeriesTime"),
        acquired_date=text(dataset, "AcquisitionDate"),
        acquired_time=text(dataset, "AcquisitionTime"),
        private=_private(dataset),
    )


def _private(dataset: Attributes) -> tuple[tuple[str, float | str], ...]:
    """Philips' SUV and activity factors and GE's scan time, whose private creators are checked."""
    found: list[tuple[str, float | str]] = []
    for group, creator, element, name in (
        (0x7053, "Philips PET Private Group", 0x00, "7053,1000"),
        (0x7053, "Philips PET Private Group", 0x09, "7053,1009"),
        (0x0009, "GEMS_PETD_01", 0x0D, "0009,100D"),
    ):
        value = _private_text(dataset, group, creator, element)
        if not value:
            continue
        try:
            found.append((name, value if group == 0x0009 else float(value)))
        except ValueError:
            continue
    return tuple(found)


def _private_text(dataset: Attributes, group: int, creator: str, element: int) -> str:
    for owner in between(dataset, group << 16 | 0x10, group << 16 | 0xFF):
        if _plain(held(dataset, owner)).upper() == creator.upper():
            return _plain(held(dataset, group << 16 | (owner & 0xFF) << 8 | element))
    return ""


def _plain(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("latin-1").strip(" \0")
    return str(value if value is not None else "").strip(" \0")
