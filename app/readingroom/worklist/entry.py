"""One line of the worklist: an examination and where its report stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from readingroom.record.search import StudyRow

UNREAD, DRAFT, SENDING, SIGNED, FAILED = "unread", "draft", "sending", "signed", "failed"
PRIORITIES = ("STAT", "HIGH", "URGENT", "MEDIUM", "ROUTINE", "LOW", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A study with the state of its report at this desk; folded: everything of it that can be searched, "" if not made."""

    row: StudyRow
    state: str = UNREAD
    folded: str = field(default="", compare=False, repr=False)

    @property
    def when(self) -> datetime:
        """Date and time of the study for ordering; an undated one counts as oldest."""
        from datetime import time

        if self.row.date is None:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.combine(self.row.date, self.row.time or time(0), UTC)


def urgency(entry: Entry) -> int:
    """Rank of the priority, 0 most urgent; an unknown word ranks as routine."""
    word = entry.row.priority.upper()
    return PRIORITIES.index(word) if word in PRIORITIES else PRIORITIES.index("ROUTINE")


def reading_order(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What to read first: unsigned before signed, urgent before routine, then the newest first."""
    done = {SIGNED, SENDING}
    return tuple(
        sorted(entries, key=lambda e: (e.state in done, urgency(e), -e.when.timestamp() if e.row.date else 0.0))
    )
