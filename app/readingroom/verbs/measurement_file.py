"""Measurements written as JSON on the command line: drawn by hand or by a program, computed here anew."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.record.finding import ImagePoint

Code = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One measurement as a file describes it: sop_uid "" leaves the image open; field names a field of the report."""

    tool: str
    points: tuple[ImagePoint, ...]
    sop_uid: str = ""
    frame: int = 1
    label: str = ""
    tracking_uid: str = ""
    field: str = ""
    finding: Code | None = None
    site: Code | None = None
    calibrate: str = ""


def read_drawn(path: Path) -> tuple[Drawn, ...]:
    """The measurements of a JSON file: a list, or an object with `measurements` or `groups`.

    Each has `tool` and `points` ([[x, y], …] or "x,y x,y"), and may have `sop_uid` (or `file`), `frame`, `label`,
    `tracking_uid`, `field`, `finding` and `site` ([code, scheme, meaning]) and `calibrate` ("x,y x,y MM").
    ReaderError naming what is wrong.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReaderError(f"{path} cannot be read ({error.strerror or error}).", "Check its name.") from error
    except (ValueError, RecursionError) as error:
        raise ReaderError(f"{path} is not JSON ({error}).", "Write a list of measurements.") from error
    if isinstance(found, dict):
        found = found.get("measurements", found.get("groups", [found]))
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ReaderError(f"{path} holds no measurements.", 'Write [{"tool": "length", "points": [[x, y], [x, y]]}].')
    return tuple(_drawn(path, n, one) for n, one in enumerate(found, 1))


def _drawn(path: Path, number: int, one: Mapping[str, Any]) -> Drawn:
    frame = one.get("frame", 1)
    place = frame if isinstance(frame, dict) else {}
    try:
        return Drawn(
            tool=str(one["tool"]),
            points=_points(one["points"]),
            sop_uid=str(one.get("sop_uid") or place.get("sop_uid") or _sop_uid(one.get("file") or one.get("path"))),
            frame=_whole(place.get("frame", 1) if place else frame),
            label=str(one.get("label") or ""),
            tracking_uid=str(one.get("tracking_uid") or ""),
            field=str(one.get("field") or ""),
            finding=_code(one.get("finding")),
            site=_code(one.get("site")),
            calibrate=str(one.get("calibrate") or ""),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ReaderError(
            f"Measurement {number} of {path} cannot be read ({error!r}).",
            'Give each a "tool" and "points", e.g. {"tool": "length", "points": [[10.5, 20.5], [30.5, 20.5]]}.',
        ) from error


def _whole(written: Any) -> int:
    """A frame number; null is the first."""
    number = 1 if written is None else int(written)
    if number < 1 or number != float(1 if written is None else written):
        raise ValueError("frames are counted 1, 2, 3, …")
    return number


def _code(written: Any) -> Code | None:
    if not written:
        return None
    value, scheme, meaning = (str(part).strip() for part in written)
    if not (value and scheme and meaning):
        raise ValueError("a code is [code, scheme, meaning]")
    return value, scheme, meaning


def _points(written: Any) -> tuple[ImagePoint, ...]:
    pairs = [pair.split(",") for pair in written.split()] if isinstance(written, str) else written
    return tuple((float(x), float(y)) for x, y in pairs)


def _sop_uid(file: Any) -> str:
    if not file:
        return ""
    from readingroom.pixels.encoded import header

    try:
        return str(header(Path(str(file)).read_bytes()).get("SOPInstanceUID", ""))
    except OSError as error:
        raise ReaderError(f"{file} cannot be read ({error.strerror or error}).", "Check its name.") from error
