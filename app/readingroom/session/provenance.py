"""Why a number may be believed: basis, calibration, plane, pixels and error bar of a measurement, in words."""

from readingroom.display import words
from readingroom.measure.calibration import UserCalibration
from readingroom.pixels.frame import Frame
from readingroom.record.finding import InSpace, Measurement
from readingroom.record.patient import display_name
from readingroom.session.desk import Desk
from readingroom.session.measuring import NAMES

Card = tuple[tuple[str, str], ...]


def provenance(desk: Desk, one: Measurement) -> Card:
    """The card of a measurement of the open case or of a report: (what, words), in the order in which it is read."""
    case = desk.case
    calibration = case.calibration_of(one.frame) if case is not None else None
    return provenance_of(one, desk.frame(one.frame), calibration)


def provenance_of(one: Measurement, frame: Frame | None, calibration: UserCalibration | None = None) -> Card:
    """The card, from the measurement, the decoded frame (None while it is not here) and the reader's own scale."""
    found = [
        ("Tool", NAMES.get(one.tool, one.tool.title())),
        *((value.concept, words.amount(value)) for value in one.values),
        ("Basis", one.basis.text if one.basis.certain else f"{one.basis.text} – not certain"),
        ("Calibration", _calibration(calibration) if calibration is not None else one.basis.source),
        ("Plane", _plane(one.space)),
        ("Pixels", _pixels(one, frame)),
        ("±", _error(one)),
        ("Finding", one.finding[2] if one.finding else ""),
        ("Site", one.site[2] if one.site else ""),
        ("By", display_name(one.author) if one.author else "not said"),
        ("On", words.moment(one.at.date(), one.at.time()) if one.at is not None else "not said"),
        ("Lesion", one.tracking_uid or "no identity"),
    ]
    return tuple(line for line in found if line[1])


def _calibration(drawn: UserCalibration) -> str:
    what = "a ball" if drawn.what == "sphere" else "a line"
    return f"by the reader, {what} of {drawn.mm:g} mm"


def _plane(space: InSpace | None) -> str:
    if space is None:
        return "the image as it was acquired, nothing interpolated"
    thick = f"slab of {space.slab_mm:.1f} mm ({space.mode})" if space.slab_mm else "thin plane"
    normal = ", ".join(f"{part:+.2f}" for part in _across(space))
    return f"{thick} through the volume, interpolated between voxels, normal {normal} (LPS)"


def _across(space: InSpace) -> tuple[float, float, float]:
    (a, b, c), (d, e, f) = space.row, space.column
    return b * f - c * e, c * d - a * f, a * e - b * d


def _pixels(one: Measurement, frame: Frame | None) -> str:
    if one.space is not None:
        return f"voxels of the series, nearest image {one.frame.sop_uid}"
    numbered = f", frame {one.frame.frame}" if one.frame.frame > 1 else ""
    if frame is None:
        return f"{one.frame.sop_uid}{numbered}: not at this desk now" if one.frame.sop_uid else "no image is named"
    quality = frame.facts.quality or "no lossy compression"
    kind = "stored values through the modality transform" if frame.facts.unit else "stored values"
    return f"{kind}, {quality}, {one.frame.sop_uid}{numbered}"


def _error(one: Measurement) -> str:
    if not one.values:
        return ""
    if any(value.plus_minus is not None for value in one.values):
        return "from half a pixel at each click and from the scale"
    return "none can be told"
