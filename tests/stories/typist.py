"""A reader in a process of its own who types one long sentence until somebody pulls the plug.

python -m tests.stories.typist PROFILE FOLDER STUDY_UID FOUND TYPED

FOUND: what stood in the report when the desk opened. TYPED: one line "seconds letters" after every key.
"""

import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest
from tests.fakes.windows import Windows

from readingroom.settings.sections import ArchiveSettings

SENTENCE = " ".join(f"word{number}" for number in range(4000))


def main(profile: str, folder: str, study_uid: str, found: str, typed: str) -> None:
    """Open the case or find it open, say what is there, and type on."""
    with Windows(Path(profile), (ArchiveSettings("North", "folder", path=folder),)) as glass:
        glass.show()
        if Path(typed).exists():
            glass.wait(lambda: glass.desk.case is not None and glass.desk.case.study.uid == study_uid)
        else:
            glass.open_whole(study_uid)
        panel = glass.station.reading.report
        editor = panel.editors["impression"].editor
        panel.go_to_field("impression")
        here = panel.editors["impression"].text()
        Path(found).with_suffix(".part").write_text(here, encoding="utf-8")
        Path(found).with_suffix(".part").rename(found)
        with Path(typed).open("w", encoding="utf-8") as log:
            for number in range(len(here), len(SENTENCE)):
                QTest.keyClicks(editor, SENTENCE[number])
                log.write(f"{time.time()} {number + 1}\n")
                log.flush()
                glass.rest(0.015)


if __name__ == "__main__":
    main(*sys.argv[1:])
