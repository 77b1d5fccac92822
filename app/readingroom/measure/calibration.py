"""Which millimetre may be believed: the size of a pixel, and the words that must go with every number."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite

from readingroom.measure.refused import Refused
from readingroom.pixels.frame import FrameFacts, SpacingTags, UltrasoundRegion
from readingroom.record.finding import Basis, ImagePoint

Pair = tuple[float, float]

PROJECTIONS = frozenset({"CR", "DX", "DR", "MG", "XA", "RF", "IO", "PX", "RG"})
TOMOGRAPHIC = frozenset({"CT", "MR", "PT", "NM"})
_TOMOGRAPHIC_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.13.1.1",  # X-Ray 3D Angiographic
        "1.2.840.10008.5.1.4.1.1.13.1.2",  # X-Ray 3D Craniofacial
        "1.2.840.10008.5.1.4.1.1.13.1.3",  # Breast Tomosynthesis
    }
)
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_CENTIMETRES = 3
_REGION_UNITS = {
    0: "no unit", 1: "per cent", 2: "decibels", 3: "centimetres", 4: "seconds", 5: "hertz", 6: "decibels per second",
    7: "centimetres per second", 8: "square centimetres", 9: "square centimetres per second",
    10: "cubic centimetres", 11: "cubic centimetres per second", 12: "degrees",
}  # fmt: skip
PX_TEXT = "px: no pixel spacing"


@dataclass(frozen=True, slots=True)
class UserCalibration:
    """A line of known length, or the diameter of a ball of known size, that the reader drew: two points and millimetres.

    what: "line" or "sphere". By a ball only what lies as far from the detector as the ball is true.
    """

    start: ImagePoint
    end: ImagePoint
    mm: float
    what: str = "line"

    @classmethod
    def parse(cls, text: str) -> "UserCalibration":
        """The calibration written as "x,y x,y MM [line|sphere]", e.g. "10.5,20 110.5,20 50"; Refused where it is none."""
        words = text.split()
        try:
            (x0, y0), (x1, y1) = ([float(part) for part in word.split(",")] for word in words[:2])
            whole = len(words) == 3 or (len(words) == 4 and words[3] in ("line", "sphere"))
            found = cls((x0, y0), (x1, y1), float(words[2]), *words[3:]) if whole else None
        except (ValueError, IndexError):
            found = None
        if found is None or not all(map(isfinite, (*found.start, *found.end, found.mm))):
            raise Refused(
                f"“{text}” is not a calibration line.",
                'Write two points and millimetres: "x,y x,y MM", e.g. "10,20 110,20 50"; "sphere" after it for a ball.',
            )
        return found


@dataclass(frozen=True, slots=True)
class Spacing:
    """The size of a pixel and why it is believed.

    row_mm: between rows; column_mm: between columns (PS3.3 10.7.1.3), both None where only pixels may be counted.
    aspect: height of a pixel over its width. relative_error: of the scale itself, from the reader's calibration line.
    """

    row_mm: float | None
    column_mm: float | None
    basis: Basis
    aspect: float = 1.0
    relative_error: float = 0.0

    @property
    def scale(self) -> Pair:
        """(row, column) size of a pixel in basis.unit; in pixels, the unit is the width of a pixel."""
        if self.row_mm is None or self.column_mm is None:
            return self.aspect, 1.0
        return self.row_mm, self.column_mm


def basis_of(
    facts: FrameFacts, points: Sequence[ImagePoint] | None = None, user: UserCalibration | None = None
) -> Basis:
    """Why a millimetre on this frame may be believed; Refused as spacing_of."""
    return spacing_of(facts, points, user).basis


def spacing_of(
    facts: FrameFacts, points: Sequence[ImagePoint] | None = None, user: UserCalibration | None = None
) -> Spacing:
    """The size of a pixel where these points lie, by what the header may be believed to say (PS3.3 10.7.1, C.8.5.5).

    The reader's own line comes first, then ultrasound regions, then the modality's rule. Without points, an ultrasound
    frame answers for its regions if they agree. Refused where points lie in no region, in two, or on an axis that is
    no length. Never guesses: what is left is counted in pixels.
    """
    if user is not None:
        return _by_user(facts.spacing, user)
    if facts.regions:
        return _by_region(facts.regions, points)
    tags = facts.spacing
    if facts.sop_class == _SECONDARY_CAPTURE or facts.sop_class.startswith(_SECONDARY_CAPTURE + "."):
        return _as_stated(tags, "secondary capture")
    if facts.modality in PROJECTIONS and facts.sop_class not in _TOMOGRAPHIC_CLASSES:
        return _projection(facts.modality, tags)
    stated = _believable(tags.pixel_spacing)
    if stated and (facts.modality in TOMOGRAPHIC or facts.plane is not None or facts.sop_class in _TOMOGRAPHIC_CLASSES):
        return _millimetres(stated, "mm", "PixelSpacing")
    return _as_stated(tags, "as stated")


def projection_spacing(modality: str, tags: SpacingTags) -> Spacing:
    """The size of a pixel of a projection radiograph by its header alone (PS3.3 10.7.1.3), in pixels where it is silent."""
    return _projection(modality, tags)


def _projection(modality: str, tags: SpacingTags) -> Spacing:
    pixel, imager = _believable(tags.pixel_spacing), _believable(tags.imager_spacing)
    method = tags.calibration_type.strip()
    if pixel and not (imager and _same(pixel, imager)):
        if method:
            return _millimetres(pixel, f"mm (calibrated: {method})", "PixelSpacing")
        if imager:
            return _millimetres(pixel, "mm (calibrated, method unknown)", "PixelSpacing", certain=False)
        return _millimetres(pixel, "mm at detector", "PixelSpacing")
    if imager is None:
        return _as_stated(tags, "as stated")
    if tags.magnification is not None and isfinite(tags.magnification) and 1.0 <= tags.magnification < 20.0:
        text = f"mm (estimated: magnification {tags.magnification:g})"
        return _millimetres(
            _divided(imager, tags.magnification), text, "EstimatedRadiographicMagnificationFactor", certain=False
        )
    detector, patient = tags.source_to_detector_mm, tags.source_to_patient_mm
    # Only here is the distance to the patient the one to the isocentre (PS3.3 C.8.7.5); in DX it is the table top.
    if modality in ("XA", "RF") and detector and patient and isfinite(detector) and 0 < patient <= detector:
        ratio = detector / patient
        if ratio < 20.0:
            text = "mm (estimated: source distances)"
            return _millimetres(_divided(imager, ratio), text, "DistanceSourceToPatient", certain=False)
    return _millimetres(imager, "mm at detector", "ImagerPixelSpacing")


def _as_stated(tags: SpacingTags, words: str) -> Spacing:
    pixel = _believable(tags.pixel_spacing)
    if pixel and tags.calibration_type.strip():
        return _millimetres(pixel, f"mm (calibrated: {tags.calibration_type.strip()})", "PixelSpacing")
    if pixel:
        return _millimetres(pixel, f"mm ({words})", "PixelSpacing", certain=False)
    nominal = _believable(tags.nominal_scanned)
    if nominal:
        return _millimetres(nominal, "mm on the scanned original", "NominalScannedPixelSpacing", certain=False)
    imager = _believable(tags.imager_spacing)
    if imager:
        return _millimetres(imager, "mm at detector", "ImagerPixelSpacing")
    return _pixels(_aspect(tags))


def _by_region(regions: Sequence[UltrasoundRegion], points: Sequence[ImagePoint] | None) -> Spacing:
    if points is None:
        lengths = [r for r in regions if _is_length(r)]
        agreed = bool(lengths) and all(_same(_deltas_mm(r), _deltas_mm(lengths[0])) for r in lengths)
        if agreed:
            return _millimetres(_deltas_mm(lengths[0]), "mm (ultrasound region)", "SequenceOfUltrasoundRegions")
        return _pixels(1.0, "px: the ultrasound regions are measured one by one")
    inside = [r for r in regions if all(_holds(r, point) for point in points)]
    if not inside:
        raise Refused(
            "The points do not lie in one ultrasound region.",
            "Measure inside one calibrated region, or calibrate with a line of known length.",
        )
    if any(_is_length(r) for r in inside):
        # A region without any unit is a grey bar or a logo laid over the scan: it contradicts nothing.
        inside = [r for r in inside if (r.unit_x, r.unit_y) != (0, 0)]
    wrong = next((r for r in inside if not _is_length(r)), None)
    if wrong is not None:
        axis, unit = ("down", wrong.unit_y) if wrong.unit_x == _CENTIMETRES else ("across", wrong.unit_x)
        raise Refused(
            f"The ultrasound region shows {_REGION_UNITS.get(unit, f'unit {unit}')} {axis}, so no length can be measured.",
            "Measure in a region whose two axes are centimetres.",
        )
    if not all(_same(_deltas_mm(r), _deltas_mm(inside[0])) for r in inside):
        raise Refused(
            "Two ultrasound regions overlap here and disagree on the size of a pixel.",
            "Measure where only one of them lies, or calibrate with a line of known length.",
        )
    return _millimetres(_deltas_mm(inside[0]), "mm (ultrasound region)", "SequenceOfUltrasoundRegions")


def _by_user(tags: SpacingTags, user: UserCalibration) -> Spacing:
    aspect = _aspect(tags)
    across, down = user.end[0] - user.start[0], user.end[1] - user.start[1]
    pixels = hypot(across, down * aspect)
    if not (isfinite(user.mm) and 0 < user.mm <= 10_000.0 and isfinite(pixels) and pixels >= 2.0):
        raise Refused(
            "The calibration line is too short or its length is no length.",
            "Draw it over at least two pixels and give its millimetres.",
        )
    column = user.mm / pixels
    basis = Basis("mm", f"mm (user, {user.what}={user.mm:g} mm)", "user")
    # Half a pixel at each end of the line (see measure.uncertainty) becomes an error of the scale.
    return Spacing(column * aspect, column, basis, aspect, relative_error=0.5 * 2**0.5 / pixels)


def _millimetres(pair: Pair, text: str, source: str, certain: bool = True) -> Spacing:
    return Spacing(pair[0], pair[1], Basis("mm", text, source, certain), pair[0] / pair[1])


def _pixels(aspect: float, text: str = PX_TEXT) -> Spacing:
    return Spacing(None, None, Basis("px", text, "none"), aspect)


def _aspect(tags: SpacingTags) -> float:
    for pair in (tags.pixel_spacing, tags.imager_spacing, tags.nominal_scanned):
        spacing = _believable(pair)
        if spacing:
            return spacing[0] / spacing[1]
    ratio = tags.aspect_ratio
    if ratio and all(isfinite(side) and side > 0 for side in ratio) and 0.01 <= ratio[0] / ratio[1] <= 100:
        return ratio[0] / ratio[1]
    return 1.0


def _believable(pair: Pair | None) -> Pair | None:
    return pair if pair and all(isfinite(side) and 1e-5 <= side <= 1000.0 for side in pair) else None


def _divided(pair: Pair, by: float) -> Pair:
    return pair[0] / by, pair[1] / by


def _same(one: Pair, other: Pair) -> bool:
    return all(abs(a - b) <= 1e-3 * max(a, b) for a, b in zip(one, other, strict=True))


def _holds(region: UltrasoundRegion, point: ImagePoint) -> bool:
    return region.x0 <= point[0] <= region.x1 + 1 and region.y0 <= point[1] <= region.y1 + 1


def _is_length(region: UltrasoundRegion) -> bool:
    return (
        region.unit_x == region.unit_y == _CENTIMETRES
        and _believable((abs(region.delta_y) * 10, abs(region.delta_x) * 10)) is not None
    )


def _deltas_mm(region: UltrasoundRegion) -> Pair:
    return abs(region.delta_y) * 10, abs(region.delta_x) * 10
