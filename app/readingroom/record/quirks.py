"""What makers wrote in their own elements before the standard had a place for it; each read only under its owner's name."""

from readingroom.record.tags import Tags, number, text, texts

_GE_OFFSET = 1_000_000_000


def maker_b_value(tags: Tags) -> float | None:
    """The diffusion b-value in s/mm² where only the maker's private element has it, or None.

    Siemens (0019,xx0C), GE (0043,xx39) with its offset of 1e9, Philips (2001,xx03).
    """
    for block in (0x10, 0x11):
        low = block << 8
        owner = text(tags, 0x00190000 | block)
        if owner == "SIEMENS MR HEADER":
            return number(tags, 0x00190000 | low | 0x0C)
        owner = text(tags, 0x00430000 | block)
        if owner == "GEMS_PARM_01":
            return _ge(texts(tags, 0x00430000 | low | 0x39))
        owner = text(tags, 0x20010000 | block)
        if owner.upper() == "PHILIPS IMAGING DD 001":
            return number(tags, 0x20010000 | low | 0x03)
    return None


def _ge(values: tuple[str, ...]) -> float | None:
    parts = values[0].split("\\") if values else []
    if not parts or not parts[0].isdecimal():
        return None
    return float(int(parts[0]) % _GE_OFFSET if int(parts[0]) >= _GE_OFFSET else int(parts[0]))
