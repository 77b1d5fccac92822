"""What the header of one frame says about its pixels, gathered once: functional groups first, then the top level."""

from typing import Any

from pydicom.dataset import Dataset

from readingroom.geometry.plane import Plane, plane_of
from readingroom.pixels.attributes import Attributes, item, items, number, numbers, pair, text, texts, whole
from readingroom.pixels.frame import FrameFacts
from readingroom.pixels.graphics import overlays_of, shutter_of
from readingroom.pixels.lookup import modality_of, presentation_table_of, vois_of
from readingroom.pixels.masking import MASKING, SUBTRACTED, masking_of
from readingroom.pixels.physics import regions_of, spacing_of, suv_of, unit_of
from readingroom.record.detectors import NM_IMAGE
from readingroom.record.places import places_of
from readingroom.record.study import Cosines, FrameRef, Vector
from readingroom.record.tags import DatasetTags

LOSSY_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{tail}" for tail in ("50", "51", "53", "55", "81", "91", "93", "112", "203")
)
"""Transfer syntaxes that may lose information (PS3.5 10, A.4); 91, 93 and 203 may not, but only the sender knows."""


def facts_of(dataset: Attributes, frame: int = 1) -> FrameFacts:
    """The facts of one frame (from 1) of a header; values that make no sense are absent and named in warnings."""
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    return facts_with(dataset, frame, per_frame[frame - 1] if 0 < frame <= len(per_frame) else None)


def facts_with(dataset: Attributes, frame: int, per_frame: Attributes | None) -> FrameFacts:
    """facts_of for a header whose per-frame functional groups item was already found."""
    warnings: list[str] = []
    groups = Groups(dataset, per_frame)
    rows, columns, allocated = (whole(dataset, word) for word in ("Rows", "Columns", "BitsAllocated"))
    signed = whole(dataset, "PixelRepresentation") == 1
    modality = modality_of(dataset, groups, warnings)
    lossy, quality = _quality(dataset)
    return FrameFacts(
        ref=FrameRef(
            text(dataset, "StudyInstanceUID"), text(dataset, "SeriesInstanceUID"), text(dataset, "SOPInstanceUID"), frame
        ),
        sop_class=text(dataset, "SOPClassUID"), modality=text(dataset, "Modality"),
        transfer_syntax=_transfer_syntax(dataset),
        frames=max(1, whole(dataset, "NumberOfFrames", 1)),
        rows=rows, columns=columns,
        photometric=text(dataset, "PhotometricInterpretation").upper(),
        bits_allocated=allocated or 8, bits_stored=whole(dataset, "BitsStored", allocated or 8),
        signed=signed,
        slope=modality.slope, intercept=modality.intercept, modality_lut=modality.table,
        unit=unit_of(dataset, groups, modality.kind, modality.given),
        vois=vois_of(dataset, groups, modality, signed, warnings),
        inverse=_inverse(dataset),
        presentation_lut=presentation_table_of(dataset),
        pixel_presentation=_pixel_presentation(dataset, groups),
        padding=_padding(dataset, signed),
        plane=_plane(dataset, groups, per_frame is None, frame, rows, columns),
        spacing=spacing_of(dataset, groups),
        regions=regions_of(dataset, per_frame),
        suv=suv_of(dataset) if text(dataset, "Modality") == "PT" else None,
        overlays=overlays_of(dataset, frame),
        shutter=shutter_of(dataset, groups),
        patient_orientation=texts(dataset, "PatientOrientation"),
        laterality=_laterality(dataset, groups),
        view=_view(dataset),
        frame_time_ms=_frame_time(dataset),
        lossy=lossy, quality=quality,
        warnings=tuple(warnings),
        extra=_extra(dataset, groups, per_frame),
    )  # fmt: skip


class Groups:
    """The functional groups of one frame (PS3.3 C.7.6.16): the frame's own item goes before the shared one."""

    def __init__(self, dataset: Attributes, per_frame: Attributes | None) -> None:
        self._places = [place for place in (per_frame, item(dataset, "SharedFunctionalGroupsSequence")) if place]
        self.top = dataset

    def group(self, sequence: str) -> Attributes | None:
        """The first item of a functional group macro, or None."""
        return next((found for place in self._places if (found := item(place, sequence)) is not None), None)

    def place(self, sequence: str) -> Attributes:
        """The functional group's item, or the top level of the header where there is none."""
        found = self.group(sequence)
        return self.top if found is None else found


def _transfer_syntax(dataset: Attributes) -> str:
    meta = getattr(dataset, "file_meta", None)
    return (text(meta, "TransferSyntaxUID") if meta is not None else "") or text(dataset, "AvailableTransferSyntaxUID")


def _inverse(dataset: Attributes) -> bool:
    """MONOCHROME1 and presentation LUT shape INVERSE both say: low values are white (PS3.3 C.7.6.3.1.2, C.11.6)."""
    photometric = text(dataset, "PhotometricInterpretation").upper()
    return photometric == "MONOCHROME1" or (
        photometric in ("MONOCHROME2", "") and text(dataset, "PresentationLUTShape").upper() == "INVERSE"
    )


def _pixel_presentation(dataset: Attributes, groups: Groups) -> str:
    """COLOR, MONOCHROME, MIXED or TRUE_COLOR of the frame, else of the object (PS3.3 C.8.16.2)."""
    for sequence in ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence", "PETFrameTypeSequence"):
        found = groups.group(sequence)
        if found is not None and (said := text(found, "PixelPresentation").upper()):
            return said
    return text(dataset, "PixelPresentation").upper()


def _padding(dataset: Attributes, signed: bool) -> tuple[int, int] | None:
    """The inclusive range of padding values, given in either order (PS3.3 C.7.5.1.1.2)."""
    value = number(dataset, "PixelPaddingValue")
    if value is None:
        return None
    limit = number(dataset, "PixelPaddingRangeLimit", value)
    assert limit is not None
    bits = max(8, whole(dataset, "BitsAllocated", 16))
    ends = sorted(_as_stored(int(end), bits, signed) for end in (value, limit))
    return ends[0], ends[1]


def _as_stored(value: int, bits: int, signed: bool) -> int:
    """A stored value whose VR contradicts the pixels' sign, as the pixels would hold it."""
    if signed and value >= 1 << (bits - 1):
        return value - (1 << bits)
    return value + (1 << bits) if not signed and value < 0 else value


def _plane(dataset: Attributes, groups: Groups, is_classic: bool, frame: int, rows: int, columns: int) -> Plane | None:
    if "MOSAIC" in (part.upper() for part in texts(dataset, "ImageType")):
        # A mosaic tiles many slices in one image; its position is that of none of them.
        return None
    frames = max(1, whole(dataset, "NumberOfFrames", 1))
    if is_classic and (frames > 1 or text(dataset, "SOPClassUID") == NM_IMAGE):
        places = places_of(DatasetTags(dataset if isinstance(dataset, Dataset) else dataset.dataset()), frames)
        place = places[frame - 1] if 0 < frame <= len(places) else places[0]
        return plane_of(place.position_mm, place.orientation, place.spacing_mm, rows, columns)
    position = _vector(groups.place("PlanePositionSequence"), "ImagePositionPatient")
    orientation = numbers(groups.place("PlaneOrientationSequence"), "ImageOrientationPatient")
    cosines: Cosines | None = None
    if len(orientation) == 6:
        cosines = (orientation[0], orientation[1], orientation[2], orientation[3], orientation[4], orientation[5])
    return plane_of(position, cosines, pair(groups.place("PixelMeasuresSequence"), "PixelSpacing"), rows, columns)


def _vector(dataset: Attributes, keyword: str) -> Vector | None:
    found = numbers(dataset, keyword)
    return (found[0], found[1], found[2]) if len(found) == 3 else None


def _laterality(dataset: Attributes, groups: Groups) -> str:
    anatomy = groups.group("FrameAnatomySequence")
    return (
        (text(anatomy, "FrameLaterality") if anatomy is not None else "")
        or text(dataset, "ImageLaterality")
        or text(dataset, "Laterality")
    )


def _view(dataset: Attributes) -> str:
    if position := text(dataset, "ViewPosition"):
        return position
    code = item(dataset, "ViewCodeSequence")
    return text(code, "CodeMeaning") if code is not None else ""


def _frame_time(dataset: Attributes) -> float | None:
    """Milliseconds from one frame to the next (PS3.3 C.7.6.5), else from the rate that is recommended or was used."""
    if (time := number(dataset, "FrameTime")) and time > 0:
        return time
    steps = [step for step in numbers(dataset, "FrameTimeVector")[1:] if step > 0]
    if steps:
        return sum(steps) / len(steps)
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        if (rate := number(dataset, keyword)) and rate > 0:
            return 1000.0 / rate
    return None


def _quality(dataset: Attributes) -> tuple[bool, str]:
    """Whether information was ever lost, and the badge that says so (PS3.3 C.7.6.1.1.5): "LOSSY 19:1"."""
    derived = any(text(code, "CodeValue") == "113040" for code in items(dataset, "DerivationCodeSequence"))
    if not (text(dataset, "LossyImageCompression") == "01" or _transfer_syntax(dataset) in LOSSY_SYNTAXES or derived):
        return False, ""
    ratios = [f"{ratio:.3g}:1" for ratio in numbers(dataset, "LossyImageCompressionRatio") if ratio > 0]
    return True, " ".join(["LOSSY", *[" + ".join(ratios)]]).strip()


def _extra(dataset: Attributes, groups: Groups, own: Attributes | None) -> tuple[tuple[str, Any], ...]:
    found: list[tuple[str, Any]] = []
    if (low := number(dataset, "FloatPixelPaddingValue")) is not None:
        high = number(dataset, "FloatPixelPaddingRangeLimit", low)
        found.append(("float_padding", (min(low, high or low), max(low, high or low))))
    if methods := texts(dataset, "LossyImageCompressionMethod"):
        found.append(("lossy_method", " + ".join(methods)))
    if text(dataset, "Modality") in SUBTRACTED:
        relationship = text(groups.place("FramePixelDataPropertiesSequence"), "PixelIntensityRelationship")
        found.append((MASKING, masking_of(dataset, own, relationship)))
    return tuple(found)
