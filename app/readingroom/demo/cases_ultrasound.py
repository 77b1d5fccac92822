"""Ultrasound of the abdomen: a still with regions in cm, s and cm/s, and a cine of one breath."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from readingroom.demo.patients import FAIRWEATHER, NORTHGATE
from readingroom.demo.pen import Case, StudyPen, Truth, coded, item
from readingroom.demo.ultrasound import (
    APEX_PX,
    CM_PER_PX,
    COLUMNS,
    ROWS,
    STONE_CM,
    Fan,
    Scene,
    doppler_strip,
    stone_on_screen,
)

_FRAMES, _FRAME_MS = 40, 50.0
_STRIP = (60, 430, 740, 590)  # x0, y0, x1, y1 of the trace on the Doppler still
_SECONDS, _VELOCITY = 4.0, 0.90


def _region(box: tuple[int, int, int, int], spatial: int, kind: int, units: tuple[int, int],
            deltas: tuple[float, float], reference: tuple[int, int] | None = None) -> Dataset:  # fmt: skip
    """One region of the screen (PS3.3 C.8.5.5): units 3 cm, 4 seconds, 7 cm/s."""
    made = item(
        RegionSpatialFormat=spatial, RegionDataType=kind, RegionFlags=0, RegionLocationMinX0=box[0],
        RegionLocationMinY0=box[1], RegionLocationMaxX1=box[2], RegionLocationMaxY1=box[3],
        PhysicalUnitsXDirection=units[0], PhysicalUnitsYDirection=units[1], PhysicalDeltaX=deltas[0],
        PhysicalDeltaY=deltas[1],
    )  # fmt: skip
    if reference is not None:
        made.ReferencePixelX0, made.ReferencePixelY0 = reference
        made.ReferencePixelPhysicalValueX, made.ReferencePixelPhysicalValueY = 0.0, 0.0
    return made


def _tissue(box: tuple[int, int, int, int]) -> Dataset:
    apex = (round(APEX_PX[0]) - box[0], round(APEX_PX[1]) - box[1])
    return _region(box, 1, 1, (3, 3), (CM_PER_PX, CM_PER_PX), apex)


def _shared(description: str) -> dict[str, Any]:
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"], "PatientOrientation": "",
        "BurnedInAnnotation": "NO", "LossyImageCompression": "00", "TransducerType": "CURVED LINEAR",
        "TransducerData": ["C5-1", "", ""], "UltrasoundColorDataPresent": 0, "MechanicalIndex": "1.1",
        "BoneThermalIndex": "0.9", "SoftTissueThermalIndex": "0.4", "DepthOfScanField": "156",
        "AnatomicRegionSequence": [coded("818983003", "SCT", "Abdomen")], "ProtocolName": description,
    }  # fmt: skip


def _stone_truth(sop_uid: str) -> Truth:
    x, y = stone_on_screen()
    half = STONE_CM / 2 / CM_PER_PX
    return {
        "diameter_mm": STONE_CM * 10, "sop_uid": sop_uid, "centre_image": [x, y],
        "diameter_image": [[x - half, y], [x + half, y]],
    }  # fmt: skip


def make_stills(pen: StudyPen) -> Truth:
    """A B-mode still in grey, and a duplex still in RGB with a trace in seconds and cm/s."""
    fan, scene = Fan.curved(), Scene(81)
    picture = fan.shown(scene.beams(0.0))
    series = pen.begin(1, "US", UltrasoundImageStorage, "Abdomen stills", **_shared("Abdomen"))
    still = series.write(
        picture, 8, SequenceOfUltrasoundRegions=[_tissue((0, 0, COLUMNS - 1, ROWS - 1))], WindowCenter="128",
        WindowWidth="256",
    )  # fmt: skip
    duplex = series.write(
        _duplex(fan.shown(scene.beams(0.3))), 8,
        ImageType=["ORIGINAL", "PRIMARY", "ABDOMINAL", "0019"], UltrasoundColorDataPresent=1,
        SequenceOfUltrasoundRegions=[
            _tissue((0, 0, COLUMNS - 1, _STRIP[1] - 6)),
            _region(_STRIP, 3, 3, (4, 7), (_SECONDS / (_STRIP[2] - _STRIP[0]), -_VELOCITY), (0, _baseline())),
        ],
    )  # fmt: skip
    return {
        "stone": _stone_truth(still), "cm_per_px": CM_PER_PX, "still_sop_uid": still, "duplex_sop_uid": duplex,
        "trace": {"box": list(_STRIP), "seconds": _SECONDS, "cm_per_s_per_px": _VELOCITY},
    }  # fmt: skip


def _baseline() -> int:
    return int((_STRIP[3] - _STRIP[1]) * 0.75)


def _duplex(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colour = np.repeat(picture[..., None], 3, axis=2)
    colour[_STRIP[1] - 6 :] = 0
    columns, rows = _STRIP[2] - _STRIP[0], _STRIP[3] - _STRIP[1]
    colour[_STRIP[1] : _STRIP[3], _STRIP[0] : _STRIP[2]] = doppler_strip(columns, rows, 82, _SECONDS, _VELOCITY)[
        ..., None
    ]
    x, y = np.arange(COLUMNS)[None, :] - 505, np.arange(ROWS)[:, None] - 235
    flow = np.exp(-(((y + 0.22 * x) / 7.5) ** 2)) * (np.abs(x) < 62) * (colour.max(axis=2) < 200)
    lit = flow > 0.35
    colour[lit, 0] = np.clip(90 + 165 * flow[lit], 0, 255).astype(np.uint8)
    colour[lit, 1] = (110 * flow[lit] ** 3).astype(np.uint8)
    colour[lit, 2] = 10
    return colour


def make_cine(pen: StudyPen) -> Truth:
    """Forty frames over two seconds: the liver slides with the breath, the stone with it."""
    fan, scene = Fan.curved(), Scene(81)
    frames = []
    for n in range(_FRAMES):
        pen.tally.look()
        frames.append(fan.shown(scene.beams(0.55 * np.sin(2 * np.pi * n / _FRAMES))))
    series = pen.begin(1, "US", UltrasoundMultiFrameImageStorage, "Abdomen cine", **_shared("Abdomen cine"))
    sop_uid = series.write(
        np.stack(frames), 8, NumberOfFrames=_FRAMES, FrameTime=f"{_FRAME_MS}", CineRate=20,
        RecommendedDisplayFrameRate=20, FrameIncrementPointer=0x00181063, StartTrim=1, StopTrim=_FRAMES,
        PreferredPlaybackSequencing=0, EffectiveDuration=f"{_FRAMES * _FRAME_MS / 1000}", WindowCenter="128",
        WindowWidth="256", SequenceOfUltrasoundRegions=[_tissue((0, 0, COLUMNS - 1, ROWS - 1))],
    )  # fmt: skip
    return {"frames": _FRAMES, "frame_ms": _FRAME_MS, "sop_uid": sop_uid, "stone_frame_1": _stone_truth(sop_uid)}


CASES = (
    Case(
        "us-abdomen", FAIRWEATHER, NORTHGATE, date(2026, 11, 24), "111508", "US", "US Abdomen", "ABDOMEN",
        "NG26112400448", "Okafor^Daniel^^Dr", ("Sonata", "Clarity 7", "NGUS3"), 2, make_stills,
    ),
    Case(
        "us-cine", FAIRWEATHER, NORTHGATE, date(2026, 11, 24), "112640", "US", "US Abdomen, breathing", "ABDOMEN",
        "NG26112400449", "Okafor^Daniel^^Dr", ("Sonata", "Clarity 7", "NGUS3"), 1, make_cine,
    ),
)  # fmt: skip
