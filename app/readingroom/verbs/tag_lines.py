"""readingroom info --tags: the tags of an object for a terminal and for --json."""

from typing import Any

from readingroom.display.tag_rows import TagList, TagRow, tags_of
from readingroom.display.tag_search import found, narrowed, searchable

MOST_TAGS = 200_000
"""Most rows of one answer: a folder of thousands of objects holds more than a machine can keep."""
_NAME_WIDTH = 44


class TagAsk:
    """What is asked of every object: its tags, or those that match; and how many rows the answer may still take."""

    def __init__(self, text: str | None) -> None:
        self._text = text
        self.left = MOST_TAGS

    @property
    def wanted(self) -> bool:
        """Whether tags are asked for at all."""
        return self._text is not None

    def fields(self, part10: bytes) -> dict[str, Any]:
        """The `tags` field of an object, and a note where not all of them are in it; {} where none are asked for."""
        if self._text is None:
            return {}
        tags = tags_of(part10, most=max(1, self.left))
        if self._text.strip():
            tags = _matching(tags, self._text)
        rows = tags.rows[: self.left]
        self.left -= len(rows)
        cut = {"tags_cut": True} if tags.cut or len(rows) < len(tags.rows) else {}
        return {"tags": [_fields(row) for row in rows]} | cut


def _matching(tags: TagList, text: str) -> TagList:
    within = searchable(tags)
    return narrowed(tags, found(within, text).shown)


def _fields(row: TagRow) -> dict[str, Any]:
    return {
        "path": row.path, "depth": row.depth, "tag": "" if row.is_item else row.number, "keyword": row.keyword,
        "name": row.name, "vr": row.vr, "vm": row.count, "value": row.value, "length": row.length,
        "private": row.private, "creator": row.creator, "problem": row.problem,
    }  # fmt: skip


def tag_lines(objects: list[dict[str, Any]]) -> list[str]:
    """The tags of objects as lines of a tree; of many objects, of those in which something matches."""
    asked = [one for one in objects if "tags" in one]
    lines: list[str] = []
    for one in asked:
        if one["tags"] or len(asked) == 1:
            lines += ["", f"{one.get('path') or one['sop_uid']}: {one['class_name']}"]
        lines += [_line(tag) for tag in one["tags"]]
    return [*lines, *(["no tag matches"] if asked and not any(one["tags"] for one in asked) else [])]


def _line(tag: dict[str, Any]) -> str:
    name = f"{tag['name']} ({tag['creator']})" if tag["creator"] else tag["name"]
    room = max(12, _NAME_WIDTH - 2 * tag["depth"])
    shown = name if len(name) <= room else f"{name[: room - 1]}…"
    problem = f"  [{tag['problem']}]" if tag["problem"] else ""
    head = f"({tag['tag']}) {tag['vr']:<2} {shown:<{room}}" if tag["tag"] else f"{shown:<{room + 15}}"
    return f"{'  ' * (tag['depth'] + 1)}{head} {tag['value']}{problem}".rstrip()
