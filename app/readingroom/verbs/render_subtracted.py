"""render --subtract: a contrast frame without its mask (digital subtraction angiography)."""

import argparse
import re
from dataclasses import dataclass, replace
from math import isfinite

from readingroom.base.errors import ReaderError
from readingroom.display.presentation_state import PresentationState
from readingroom.pixels.decode import decode
from readingroom.pixels.frame import Frame
from readingroom.pixels.subtraction import (
    MOST_SHIFT_PX,
    Subtraction,
    domain_of,
    domain_words,
    frames_needed,
    proposed,
    subtracted,
)
from readingroom.verbs.front import Answer

_BY_HEADER = ""
_REMEDY = "Name mask frames, e.g. --subtract 1 or --subtract 1,2,3."


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What was subtracted, and in which space."""

    how: Subtraction
    domain: str
    words: str


def declare(parser: argparse.ArgumentParser) -> None:
    """The mask and its shift."""
    parser.add_argument(
        "--subtract",
        nargs="?",
        const=_BY_HEADER,
        metavar="MASK",
        help="mask frames, e.g. 1 or 1,2,3 (default: the file's own)",
    )
    parser.add_argument("--shift", metavar="X,Y", help="pixels by which the mask is moved right and down, parts too")


def without_mask(
    options: argparse.Namespace, part10: bytes | memoryview, frame: Frame, state: PresentationState | None
) -> tuple[Frame, PresentationState | None, TakenOff | None]:
    """The frame and the state as they go on, and what was taken off; nothing where nobody asks for a subtraction."""
    of_state = state is not None and state.masking.item_for(frame.facts.ref.frame, frame.facts.frames) is not None
    if options.subtract is None and not of_state:
        if options.shift:
            raise ReaderError("Nothing is subtracted, so there is no mask to be moved.", "Add --subtract.")
        return frame, state, None
    how = _how(options, frame, state)
    others = {n: decode(part10, n) for n in frames_needed(how, frame.facts)}
    shown = frame
    if state is not None and state.modality is not None and state.modality.table is not None:
        # The state's own table leads into the space in which frames are subtracted (PS3.4 N.2.1).
        shown = Frame(frame.stored, replace(frame.facts, modality_lut=state.modality.table))
    made = subtracted(shown, others, how)
    seen_by = replace(state, modality=None) if state is not None else None
    return made, seen_by, TakenOff(how, domain_of(shown.facts), domain_words(shown.facts))


def said_in(answer: Answer, of: TakenOff | None) -> Answer:
    """The answer with what was subtracted."""
    if of is None:
        return answer
    down, right = of.how.shift_px
    said = {
        "masks": list(of.how.masks), "averaged": of.how.averaged, "shift": [right, down], "domain": of.domain,
        "source": of.how.source, "visibility": of.how.visibility, "caption": of.how.words,
    }  # fmt: skip
    lines = (*answer.lines, f"{of.how.words} ({of.how.source}; {of.words})")
    return replace(answer, fields={**answer.fields, "subtraction": said}, lines=lines)


def _how(options: argparse.Namespace, frame: Frame, state: PresentationState | None) -> Subtraction:
    found = proposed(frame.facts, state.masking, "the presentation state") if state is not None else None
    found = found or proposed(frame.facts)
    if options.subtract:
        base = found or Subtraction(())
        how = Subtraction(_masks(options.subtract), base.shift_px, base.averaged, "the command line")
    elif found is None:
        raise ReaderError(f"The file names no mask for frame {frame.facts.ref.frame}.", _REMEDY)
    else:
        how = found
    if options.shift:
        right, down = _shift(options.shift)
        how = replace(how, shift_px=(down, right))
    return how


def _masks(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[1-9]\d{0,6}(,[1-9]\d{0,6}){0,99}", text):
        raise ReaderError(f"“{text}” names no mask frames.", _REMEDY)
    return tuple(dict.fromkeys(int(part) for part in text.split(",")))


def _shift(text: str) -> tuple[float, float]:
    remedy = "Write pixels right and down, e.g. --shift 0.5,-1.25."
    try:
        right, down = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ReaderError(f"“{text}” is no shift of a mask.", remedy) from error
    if not (isfinite(right) and isfinite(down) and max(abs(right), abs(down)) <= MOST_SHIFT_PX):
        raise ReaderError(f"“{text}” is no shift of a mask.", remedy)
    return right, down
