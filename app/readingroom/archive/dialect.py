"""How the archives of different makers are to be asked, as data out of their documentation: resources/archives.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.places import resources
from readingroom.settings.sections import ArchiveSettings

MULTIPART = 'multipart/related; type="application/dicom"; transfer-syntax=*'
SINGLE = "application/dicom; transfer-syntax=*"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one make of archive is asked; the defaults are what PS3.18 lets one expect.

    page: rows asked for at once; most: rows that paging reaches, 0 = all. keys: what studies are searched by, () = any.
    """

    product: str = ""
    name: str = ""
    address: str = ""
    source: str = ""
    page: int = 500
    most: int = 0
    wildcards: bool = True
    fuzzy: bool = False
    keys: tuple[str, ...] = ()
    study_metadata: bool = True
    series_stream: bool = True
    single_part: bool = False
    transfer_syntaxes: tuple[str, ...] = ()
    same_uid: str = ""
    token_minutes: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def one_object(self) -> str:
        """The Accept header for a single object."""
        return SINGLE if self.single_part else MULTIPART


def dialects() -> tuple[Dialect, ...]:
    """Every make of archive that is known; ReaderError where the file that says so is damaged."""
    path = resources() / "archives.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))["archive"]
        return tuple(_dialect(table) for table in tables)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReaderError(f"{path} cannot be used: {error}.", "Install Reading Room again.") from error


def dialect_of(settings: ArchiveSettings) -> Dialect:
    """The make of an archive by its settings: `product`, else its address, else what the standard says."""
    known = dialects()
    if settings.product:
        return next((one for one in known if one.product == settings.product), Dialect())
    return next((one for one in known if one.address and re.search(one.address, _with_slash(settings.url))), Dialect())


def learnt(dialect: Dialect, can: Mapping[str, Any]) -> Dialect:
    """A dialect with what probing this very archive showed: its limit of rows, and the form in which objects come."""
    rows = (can.get("most_rows") or {}).get("rows") or dialect.page
    forms = can.get("object_forms") or ()
    return replace(
        dialect,
        page=min(dialect.page, rows),
        single_part=dialect.single_part or ("single part" in forms and "multipart" not in forms),
        series_stream=dialect.series_stream and can.get("series_stream") is not False,
    )


def _dialect(table: dict[str, Any]) -> Dialect:
    names = {setting.name for setting in fields(Dialect)}
    if unknown := table.keys() - names:
        raise KeyError(", ".join(sorted(unknown)))
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    return Dialect(**values)


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
