"""Fonts for printed reports: the one that comes with the PDF writer, and for letters it lacks those of this machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from struct import error
from typing import Any

_WIDE = (
    "DejaVuSans", "NotoSans-Regular", "arialuni", "segoeui", "DroidSansFallback", "wqy-microhei", "wqy-zenhei",
    "msyh", "msgothic", "malgun", "simsun", "PingFang", "Hiragino", "Arial Unicode",
)  # fmt: skip
_MOST_FILES = 60


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One font: its name in the document and the code points it can draw."""

    name: str
    letters: frozenset[int]
    font: Any


class Faces:
    """The fonts of one document; a font of the machine is opened only for a letter that those before it lack.

    folders: where fonts lie; default: the platform's. missing: letters that no font has, in the order they came.
    """

    def __init__(self, folders: tuple[Path, ...] | None = None) -> None:
        import reportlab

        bundled = Path(reportlab.__file__).parent / "fonts"
        self._plain, self._bold = _face(bundled / "Vera.ttf"), _face(bundled / "VeraBd.ttf")
        self._folders = _folders() if folders is None else folders
        self._files: tuple[Path, ...] | None = None
        self._opened: dict[Path, Face | None] = {}
        self.missing: list[str] = []

    def written(self, text: str) -> str:
        """The text with [U+6F22] for each letter that no font here has."""
        return "".join(letter if self._of(letter, False) else f"[U+{ord(letter):04X}]" for letter in text)

    def runs(self, text: str, bold: bool) -> Iterator[tuple[Face, str]]:
        """The text in pieces of one font each."""
        face, piece = self._plain, ""
        for letter in text:
            wanted = self._of(letter, bold) or self._plain
            if wanted is not face and piece:
                yield face, piece
                piece = ""
            face, piece = wanted, piece + letter
        if piece:
            yield face, piece

    def width(self, text: str, bold: bool, size_pt: float) -> float:
        """How wide a text is, in points."""
        return sum(float(face.font.stringWidth(piece, size_pt)) for face, piece in self.runs(text, bold))

    def _of(self, letter: str, bold: bool) -> Face | None:
        code = ord(letter)
        for face in (self._bold, self._plain) if bold else (self._plain,):
            if code in face.letters:
                return face
        if letter in self.missing:
            return None
        found = next((face for face in self._machine() if code in face.letters), None)
        if found is None:
            self.missing.append(letter)
        return found

    def _machine(self) -> Iterator[Face]:
        """The machine's fonts, those already open first."""
        yield from (face for face in self._opened.values() if face is not None)
        if self._files is None:
            self._files = _files(self._folders)
        for path in self._files:
            if path not in self._opened:
                self._opened[path] = _opened(path)
                face = self._opened[path]
                if face is not None:
                    yield face


def _face(path: Path) -> Face:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    name = f"{path.stem}-{sha256(str(path).encode()).hexdigest()[:8]}"
    font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph), font)


def _opened(path: Path) -> Face | None:
    """A font of the machine; None where it is none that a PDF can hold (PostScript outlines, a broken file)."""
    from reportlab.pdfbase.ttfonts import TTFError

    try:
        return _face(path)
    except (TTFError, OSError, ValueError, KeyError, IndexError, error):
        return None


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    return (
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts", windows,
        home / "AppData/Local/Microsoft/Windows/Fonts", Path("/System/Library/Fonts"), Path("/Library/Fonts"),
    )  # fmt: skip


def _files(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Font files below the folders: those with many scripts first, then others, and never so many that it takes long."""
    found = sorted(
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in (".ttf", ".ttc")
    )
    wide = {name.casefold(): n for n, name in enumerate(_WIDE)}
    rank = {path: next((n for name, n in wide.items() if path.stem.casefold().startswith(name)), 99) for path in found}
    return tuple(sorted(found, key=lambda path: rank[path])[:_MOST_FILES])
