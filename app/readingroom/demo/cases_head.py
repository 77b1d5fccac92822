"""CT of the head with a bleed, and MR of the brain in four oblique sequences of one frame of reference."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import MRImageStorage
from scipy import ndimage

from readingroom.demo.head import Head, Lesion, head_images
from readingroom.demo.patients import EASTMERE, MUELLER, NORTHGATE, OYELARAN, stable_uid
from readingroom.demo.pen import Case, SeriesPen, StudyPen, Truth, coded
from readingroom.demo.scanner import BONE, BRAIN, Position, Reconstruction, ct_series, ellipse_mean, scan
from readingroom.demo.shapes import Sheet
from readingroom.demo.texture import Field, Floats, Noise

Matrix = NDArray[np.float64]

CT_VALUES: dict[str, float] = {
    "air": -1000, "skin": 38, "fat": -88, "muscle": 56, "bone": 1180, "marrow": 480, "csf": 7, "grey": 38,
    "white": 28.5, "nucleus": 38.5, "pallidum": 40, "stem": 31, "plexus": 62, "dura": 52, "sinus": 56, "vessel": 45,
    "mucosa": 40, "sclera": 45, "vitreous": 8, "lens": 72, "bleed": 66, "oedema": 20, "lesion": 25,
}  # fmt: skip
_TISSUES = tuple(CT_VALUES)
T1: dict[str, float] = dict(zip(_TISSUES, (8, 420, 1050, 330, 25, 620, 120, 400, 610, 450, 540, 570, 260, 260, 170, 50, 340, 220, 110, 280,
                         0, 0, 330), strict=True))  # fmt: skip
T2: dict[str, float] = dict(zip(_TISSUES, (8, 260, 640, 170, 25, 290, 1240, 590, 400, 500, 360, 430, 680, 110, 70, 40, 760, 180, 1230, 160,
                         0, 0, 880), strict=True))  # fmt: skip
FLAIR: dict[str, float] = dict(zip(_TISSUES, (8, 240, 560, 200, 22, 280, 55, 520, 400, 480, 380, 430, 300, 130, 90, 50, 560, 160, 60, 130,
                            0, 0, 860), strict=True))  # fmt: skip
B0: dict[str, float] = dict(zip(_TISSUES, (5, 60, 70, 90, 12, 30, 1100, 560, 400, 480, 320, 430, 600, 60, 40, 30, 300, 90, 1100, 120,
                         0, 0, 760), strict=True))  # fmt: skip
B1000: dict[str, float] = dict(zip(_TISSUES, (5, 20, 25, 35, 8, 12, 45, 250, 225, 235, 170, 235, 150, 30, 20, 15, 90, 40, 60, 50,
                            0, 0, 300), strict=True))  # fmt: skip

_BLEED = (-30.0, -3.0, 7.0)  # head mm: right basal ganglia
_HEAD_POSITION = Position(512, 0.4492, (-114.8, -113.2), (2.4, -21.0, 645.0))
_HEAD_STEP = 4.5


def _bleed_head() -> Head:
    return Head(
        21,
        (
            Lesion("oedema", _BLEED, (22, 25, 18), 2.0), Lesion("bleed", _BLEED, (16, 19, 13), 1.5),
            Lesion("bleed", (-24, 40, 0), (3.2, 5, 2.4), 0.8),
        ),
    )  # fmt: skip


def _holder(sheet: Sheet) -> None:
    x, y = sheet.xs[None, :], sheet.ys[:, None]
    radius = np.hypot(x, y - 4.0)
    for inner, value in ((108.0, -880.0), (107.0, -560.0)):
        ring = np.maximum(np.abs(radius - inner - 2.5) - (3.0 if value < -800 else 0.8), 24.0 - y)
        sheet.blend(sheet.cover(ring.astype(np.float32)) * (sheet.values < -900), value)


def make_head(pen: StudyPen) -> Truth:
    """Brain and bone kernel from one acquisition; a bleed in the right basal ganglia, some of it in the ventricle."""
    head, position = _bleed_head(), _HEAD_POSITION
    keywords: dict[str, Any] = {"PatientPosition": "HFS", "CTDIvol": 52.0, "ScanOptions": "AXIAL MODE",
                                "CTDIPhantomTypeCodeSequence": [coded("113690", "DCM", "IEC Head Dosimetry Phantom")]}  # fmt: skip
    brain = ct_series(pen, 2, "Head 4.5 Hr38", BRAIN, position, _HEAD_STEP, **keywords)
    bone = ct_series(pen, 3, "Head 4.5 Hr64", BONE, position, _HEAD_STEP, **keywords)
    x, y = np.meshgrid(position.xs, position.ys)
    planes = [_BLEED[2] + _HEAD_STEP * n for n in range(16, -18, -1)]
    middle = 16
    kept = Reconstruction(BRAIN, position, 41, keep=middle)

    def plane(z: float) -> Sheet:
        sheet = Sheet.empty(position.xs, position.ys, z, -1000.0)
        sheet.values = head_images(head, x, y, np.full_like(x, z), sheet.soft_mm * 1.3, (CT_VALUES,))[0]
        _holder(sheet)
        return sheet

    scan(planes, position, ((brain, kept), (bone, Reconstruction(BONE, position, 42))), plane)
    centre = position.image(_BLEED[0], _BLEED[1])
    wide, tall = 8.0 / position.spacing_mm, 10.0 / position.spacing_mm
    mean, deviation, count = ellipse_mean(kept.kept.astype(np.float64) - 1024, centre, wide, tall)
    return {
        "bleed": {
            "hu": CT_VALUES["bleed"], "side": "right", "place": "basal ganglia",
            "centre_lps_mm": list(position.lps(*_BLEED)), "diameters_mm": [32, 38, 26],
            "series_uid": brain.uid, "sop_uid": brain.sop_uids[middle], "instance_number": middle + 1,
            "centre_image": list(centre),
            "ellipse_image": [
                [centre[0], centre[1] - tall], [centre[0], centre[1] + tall], [centre[0] - wide, centre[1]],
                [centre[0] + wide, centre[1]],
            ],
            "ellipse_mean_hu": mean, "ellipse_sd_hu": deviation, "ellipse_pixels": count,
        }
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PulseSequence:
    """One MR sequence: plane, turn (degrees about x, y, z), size, spacing, slices, gap to the next, signal tables."""

    number: int
    description: str
    plane: str
    turn: tuple[float, float, float]
    size: int
    spacing_mm: float
    slices: int
    thick_mm: float
    step_mm: float
    tables: tuple[dict[str, float], ...]
    noise: float
    window: tuple[int, int]
    header: dict[str, Any]


_PLANES = {  # rows run along the first vector, columns down the second, slices along the third
    "ax": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "sag": ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
    "cor": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
}  # fmt: skip


def turned(plane: str, degrees: tuple[float, float, float]) -> Matrix:
    """Rows of unit vectors: along a row, down a column, from slice to slice; double oblique."""
    a, b, c = np.radians(degrees)
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(np.array(_PLANES[plane], float) @ (rz @ ry @ rx).T)


_SPIN = {"ScanningSequence": "SE", "SequenceVariant": "SK", "ScanOptions": "", "MRAcquisitionType": "2D"}
_SEQUENCES = (
    PulseSequence(2, "T1 SE sag", "sag", (4.0, -3.0, 5.5), 256, 0.9375, 25, 5.0, 6.0, (T1,), 13.0, (420, 900),
              {**_SPIN, "RepetitionTime": "520", "EchoTime": "9.2", "EchoTrainLength": "1", "FlipAngle": "90"}),
    PulseSequence(3, "T2 TSE ax obl", "ax", (-13.0, 3.0, 4.0), 384, 0.5990, 27, 4.5, 5.4, (T2,), 17.0, (560, 1150),
              {**_SPIN, "RepetitionTime": "4800", "EchoTime": "98", "EchoTrainLength": "15", "FlipAngle": "150"}),
    PulseSequence(4, "FLAIR cor obl", "cor", (16.0, 3.5, 3.0), 320, 0.71875, 29, 5.0, 6.0, (FLAIR,), 14.0, (390, 800),
              {**_SPIN, "ScanningSequence": ["SE", "IR"], "RepetitionTime": "9000", "EchoTime": "112",
               "InversionTime": "2500", "EchoTrainLength": "16", "FlipAngle": "150"}),
    PulseSequence(5, "DWI EPI ax obl b0 b1000", "ax", (-15.0, -4.0, 5.0), 192, 1.1979, 24, 5.0, 6.0, (B0, B1000), 11.0,
              (200, 420), {**_SPIN, "ScanningSequence": "EP", "RepetitionTime": "5400", "EchoTime": "84",
                           "EchoTrainLength": "96", "FlipAngle": "90"}),
)  # fmt: skip
_MR_OFFSET = np.array([3.2, -14.5, 22.8])
_PLAQUES = (
    ((18, -30, 22), (3.2, 7.5, 4.0)), ((-20, 22, 26), (3.0, 6.5, 3.5)), ((23, 10, 24), (2.6, 5.0, 2.8)),
    ((-24, -8, 25), (2.4, 5.5, 3.0)), ((34, -34, 20), (3.0, 3.4, 3.0)), ((-16, -44, 12), (3.0, 4.5, 3.4)),
)  # fmt: skip


def _begin(pen: StudyPen, sequence: PulseSequence, axes: Matrix) -> SeriesPen:
    size, spacing = sequence.size, sequence.spacing_mm
    return pen.begin(
        sequence.number, "MR", MRImageStorage, sequence.description,
        FrameOfReferenceUID=stable_uid("frame", pen.case.key), PositionReferenceIndicator="",
        ImageType=["ORIGINAL", "PRIMARY", "M"], SliceThickness=f"{sequence.thick_mm}",
        SpacingBetweenSlices=f"{sequence.step_mm}", PatientPosition="HFS", MagneticFieldStrength="3",
        ImagingFrequency="123.2", ImagedNucleus="1H", NumberOfAverages="1", PercentSampling="100",
        PercentPhaseFieldOfView="100", PixelBandwidth="220", SAR="0.9", dBdt="0", TransmitCoilName="Body",
        ReceiveCoilName="Head 32", InPlanePhaseEncodingDirection="COL", AcquisitionNumber="1",
        AcquisitionMatrix=[0, size, size, 0], PixelSpacing=[f"{spacing}", f"{spacing}"],
        ImageOrientationPatient=[f"{v:.10f}"[:16] for v in (*axes[0], *axes[1])],
        WindowCenter=str(sequence.window[0]), WindowWidth=str(sequence.window[1]), BurnedInAnnotation="NO",
        LossyImageCompression="00", **sequence.header,
    )  # fmt: skip


def _write_sequence(pen: StudyPen, head: Head, sequence: PulseSequence, seed: int) -> Truth:
    axes = turned(sequence.plane, sequence.turn)
    size, spacing = sequence.size, sequence.spacing_mm
    across = (np.arange(size) - (size - 1) / 2) * spacing
    noise = Noise(seed, (size, size), 0.55)
    coil = Field(seed, 70.0, (-160, -160, -160), (160, 160, 160))
    series = _begin(pen, sequence, axes)
    middle = np.array([0.0, 4.0, 4.0 if sequence.plane == "ax" else -8.0])
    planes: list[tuple[Matrix, list[Floats]]] = []
    for n in range(sequence.slices):
        centre = middle + axes[2] * (n - (sequence.slices - 1) / 2) * sequence.step_mm
        place = centre[:, None, None] + axes[0][:, None, None] * across + axes[1][:, None, None] * across[:, None]
        x, y, z = place.astype(np.float32)
        shade = 1.0 + 0.09 * coil.at(x, y, z)
        images = head_images(head, x, y, z, spacing * 1.25, sequence.tables)
        planes.append((place[:, 0, 0] + _MR_OFFSET, [ndimage.gaussian_filter(i, 0.45) * shade for i in images]))
    for b_value, table in zip((0, 1000), range(len(sequence.tables)), strict=False):
        more: dict[str, Any] = {"DiffusionBValue": float(b_value)} if len(sequence.tables) > 1 else {}
        if len(sequence.tables) > 1 and b_value == 0:
            more |= {"WindowCenter": "540", "WindowWidth": "1200"}
        for corner, images in planes:
            grainy = np.hypot(images[table] + sequence.noise * noise.next(), sequence.noise * noise.next())
            series.write(
                np.clip(np.rint(grainy), 0, 4095).astype(np.uint16), 12,
                ImagePositionPatient=[f"{v:.4f}" for v in corner], SliceLocation=f"{corner @ axes[2]:.4f}", **more,
            )  # fmt: skip
    return {
        "series_uid": series.uid, "plane": sequence.plane, "normal": [float(v) for v in axes[2]],
        "step_mm": sequence.step_mm,
    }  # fmt: skip


def make_brain(pen: StudyPen) -> Truth:
    """Sagittal T1, axial T2, coronal FLAIR and axial diffusion, all oblique, all in one frame of reference."""
    head = Head(5, tuple(Lesion("lesion", centre, radii, 0.5) for centre, radii in _PLAQUES))
    written = [_write_sequence(pen, head, sequence, 60 + n) for n, sequence in enumerate(_SEQUENCES)]
    return {
        "sequences": written,
        "lesions": [
            {"centre_lps_mm": [float(v) for v in np.array(centre) + _MR_OFFSET], "radii_mm": list(radii)}
            for centre, radii in _PLAQUES
        ],
    }


CASES = (
    Case(
        "head-bleed", OYELARAN, NORTHGATE, date(2026, 11, 24), "061422", "CT", "CT Head", "HEAD", "NG26112400402",
        "Sandoval^Iris^^Dr", ("Arden Imaging", "Helix 128", "NGCT01"), 68, make_head,
    ),
    Case(
        "mr-brain", MUELLER, EASTMERE, date(2026, 11, 23), "103005", "MR", "MR Brain", "BRAIN", "EM26112300118",
        "Quill^Benedict^^Dr", ("Corvus Medical", "Lodestone 3T", "EMMR1"), 129, make_brain,
    ),
)  # fmt: skip
