"""readingroom keep: a view of one frame, with what was measured on it, as a presentation state for any viewer."""

import argparse
from datetime import datetime
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.display.presentation_state import presentation_state
from readingroom.display.view import ViewState
from readingroom.pixels.decode import decode
from readingroom.pixels.encoded import header
from readingroom.pixels.frame import Frame
from readingroom.record.finding import Measurement
from readingroom.reporting.presentation_object import Seen, presentation_object
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, written
from readingroom.verbs.front import Answer
from readingroom.verbs.measurement_file import read_drawn
from readingroom.verbs.render import chosen_voi, declare_seen
from readingroom.verbs.sr import measured

Area = tuple[float, float, float, float]


def declare(parser: argparse.ArgumentParser) -> None:
    """FILE, how it is seen, what is drawn on it, and where to."""
    parser.add_argument("file", metavar="FILE", help="a DICOM image")
    declare_seen(parser)
    parser.add_argument("--rotate", type=int, default=0, choices=(0, 90, 180, 270), help="degrees clockwise")
    parser.add_argument("--flip", action="store_true", help="mirrored left to right, after the turn")
    parser.add_argument("--area", metavar="L,T,R,B", help="the part that is shown, in image coordinates")
    parser.add_argument("--measurements", metavar="M.json", help="what is drawn on it, as for sr write")
    parser.add_argument("--label", default="VIEW", help="a short name in capitals, 16 characters")
    parser.add_argument("--description", default="", help="what it shows")
    parser.add_argument("--out", required=True, metavar="PR.dcm", help="the state's file")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Decode, measure, write; the state is read back before it is said to be there."""
    raw = bytes_of(Path(options.file))
    frame = decode(raw, options.frame)
    reader, at = load(profile).reader, datetime.now().astimezone()
    view = ViewState(rotation=options.rotate, flipped=options.flip, inverted=options.invert)
    seen = Seen(
        header(raw), frame.facts, view, None if frame.is_colour else chosen_voi(options, frame),
        _area(options.area) if options.area else None, _drawn(options, raw, frame, reader.name, at),
    )  # fmt: skip
    part10 = presentation_object([seen], options.label, options.description, reader, at)
    written(Path(options.out), lambda path: _save(path, part10))
    state = presentation_state(header(part10))
    fields = {
        "out": options.out, "sop_uid": state.sop_uid, "kind": state.kind, "label": state.label,
        "graphics": len(state.shapes), "texts": len(state.texts),
    }  # fmt: skip
    said = f"{state.label}, {state.kind}: {len(state.shapes)} graphics, {len(state.texts)} texts"
    return Answer(fields, (f"written to {options.out}", said))


def _drawn(options: argparse.Namespace, raw: bytes, frame: Frame, author: str, at: datetime) -> tuple[Measurement, ...]:
    if not options.measurements:
        return ()
    here = [one for one in read_drawn(Path(options.measurements)) if one.frame == frame.facts.ref.frame]
    if not here:
        raise ReaderError(f"{options.measurements} holds no measurement on frame {options.frame}.", "Name its frame.")
    return tuple(measured(raw, one, author, at) for one in here)


def _area(text: str) -> Area:
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError:
        left, top, right, bottom = 0.0, 0.0, 0.0, 0.0
    if not (left < right and top < bottom and max(map(abs, (left, top, right, bottom))) < 1e6):
        raise ReaderError(f"“{text}” is no area.", "Write left,top,right,bottom in image coordinates: 10,20,300,280.")
    return left, top, right, bottom


def _save(path: Path, part10: bytes) -> None:
    path.write_bytes(part10)
