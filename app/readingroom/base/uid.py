"""DICOM unique identifiers."""

import re
import uuid

_SHAPE = re.compile(r"^[0-9]+(\.[0-9]+)*$")


def new_uid() -> str:
    """A new UID under the UUID-derived root 2.25 (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def is_uid(text: str) -> bool:
    """Whether text has the shape of a UID: digits and dots, at most 64 characters (PS3.5 9.1)."""
    return 0 < len(text) <= 64 and bool(_SHAPE.match(text))
