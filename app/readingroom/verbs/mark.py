"""readingroom mark: key images of one examination, with the reason and a note, as a Key Object Selection."""

import argparse
from datetime import datetime
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.display.key_objects import key_selection
from readingroom.pixels.encoded import header
from readingroom.reporting.key_selection import TITLES, Marked, key_selection_object
from readingroom.settings.load import load
from readingroom.settings.places import Profile
from readingroom.verbs.files import bytes_of, written
from readingroom.verbs.front import Answer


def declare(parser: argparse.ArgumentParser) -> None:
    """FILE… with frames, why, and where to."""
    parser.epilog = "a frame of several is named behind its file: cine.dcm#12"
    parser.add_argument("files", nargs="+", metavar="FILE[#N]", help="the images, in their order")
    parser.add_argument("--title", default="of-interest", choices=tuple(TITLES), help="why they are kept")
    parser.add_argument("--note", default="", help="what is to be seen, in your words")
    parser.add_argument("--state", metavar="PR.dcm", help="a presentation state that they are seen through")
    parser.add_argument("--out", required=True, metavar="KO.dcm", help="the selection's file")


def run(options: argparse.Namespace, profile: Profile) -> Answer:
    """Read the headers, write, and read back what others will."""
    state = _state(Path(options.state)) if options.state else None
    marked = [_marked(word, state) for word in options.files]
    part10 = key_selection_object(
        marked, options.title, options.note, load(profile).reader, datetime.now().astimezone()
    )
    written(Path(options.out), lambda path: _save(path, part10))
    selection = key_selection(header(part10))
    images = [{"sop_uid": target.sop_uid, "frames": list(target.frames)} for target in selection.targets]
    fields = {
        "out": options.out, "sop_uid": selection.sop_uid, "title": selection.title, "note": selection.reason,
        "images": images,
    }  # fmt: skip
    return Answer(fields, (f"written to {options.out}", f"{selection.words} ({len(images)} images)"))


def _marked(word: str, state: tuple[str, str, str] | None) -> Marked:
    name, hash_, number = word.rpartition("#")
    numbered = bool(hash_) and number.isdigit()
    return Marked(header(bytes_of(Path(name if numbered else word))), int(number) if numbered else 1, state)


def _state(path: Path) -> tuple[str, str, str]:
    found = header(bytes_of(path))
    named = tuple(str(found.get(keyword, "")) for keyword in ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID"))
    if str(found.get("Modality", "")) != "PR" or not all(named):
        raise ReaderError(f"{path} is no presentation state.", "Name one, or leave out --state.")
    return named[0], named[1], named[2]


def _save(path: Path, part10: bytes) -> None:
    path.write_bytes(part10)
