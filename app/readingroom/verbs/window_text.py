"""A window as it is written on a command line."""

from math import isfinite

from readingroom.base.errors import ReaderError
from readingroom.pixels.frame import Voi
from readingroom.pixels.lookup import FUNCTIONS, window


def window_of(text: str) -> Voi:
    """The window written as "centre,width" or "centre,width,function"; ReaderError where it is none (PS3.3 C.11.2.1)."""
    parts = [part.strip() for part in text.split(",")]
    remedy = "Write centre and width, e.g. --window 40,400 or --window -600,1500,sigmoid."
    if len(parts) not in (2, 3):
        raise ReaderError(f"“{text}” is no window.", remedy)
    try:
        centre, width = float(parts[0]), float(parts[1])
    except ValueError as error:
        raise ReaderError(f"“{text}” is no window.", remedy) from error
    function = parts[2].upper() if len(parts) == 3 else "LINEAR"
    if function not in FUNCTIONS or not (isfinite(centre) and isfinite(width)):
        raise ReaderError(f"“{text}” is no window.", remedy)
    if function == "LINEAR" and 0 < width < 1:
        raise ReaderError("A linear window has a width of 1 or more.", "Use linear_exact for narrower ones.")
    voi = window(centre, width, function, "command line", [])
    if voi is None:
        raise ReaderError("A window has a width above 0.", remedy)
    return voi
