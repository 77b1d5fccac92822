"""A photometer's readings as a CSV file: driving level and luminance."""

import math
import re
from pathlib import Path

from readingroom.base.errors import ReaderError
from readingroom.settings.sections import Luminance
from readingroom.verbs.files import bytes_of

MOST_BYTES = 1 << 20


def read_luminance(path: Path) -> Luminance:
    """(level 0 to 255, cd/m²) of each row, by rising level; ReaderError with the row that cannot be used.

    Columns are parted by comma, semicolon, tab or blanks; with semicolons or tabs a comma is a decimal one. A first row
    of words and rows that begin with # are passed over.
    """
    raw = bytes_of(path)
    remedy = "Write two columns: level (0 to 255), luminance (cd/m²)."
    if len(raw) > MOST_BYTES:
        raise ReaderError(f"{path} is too large for a luminance file.", remedy)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReaderError(f"{path} is no text (byte {error.start}).", remedy) from error
    found: dict[int, float] = {}
    words_may_come = True
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        row = _row(line)
        if row is None and words_may_come and not any(mark.isdigit() for mark in line[:1]):
            words_may_come = False
            continue
        words_may_come = False
        if row is None:
            raise ReaderError(f"{path}, row {number}: “{line.strip()[:60]}” is no level with its luminance.", remedy)
        if row[0] in found:
            raise ReaderError(f"{path}, row {number}: level {row[0]} was given before.", "Give each level once.")
        found[row[0]] = row[1]
    if len(found) < 2 or min(found) != 0 or max(found) != 255:
        raise ReaderError(f"{path} does not go from level 0 (black) to level 255 (white).", remedy)
    return Luminance(sorted(found.items()))


def _row(line: str) -> tuple[int, float] | None:
    decimal_comma = ";" in line or "\t" in line
    cells = [cell for cell in re.split(r"[;\t]+" if decimal_comma else r"[,\s]+", line.strip()) if cell.strip()]
    if len(cells) != 2:
        return None
    try:
        level, luminance = (float(cell.strip().replace(",", ".") if decimal_comma else cell) for cell in cells)
    except ValueError:
        return None
    whole = math.isfinite(level) and level == round(level) and 0 <= level <= 255
    return (round(level), luminance) if whole and math.isfinite(luminance) and luminance >= 0 else None
