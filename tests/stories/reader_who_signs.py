"""A workstation in a process of its own, whose reader signs the one study of one archive and is then killed, or waits.

python -m tests.stories.reader_who_signs PROFILE URL (sign | wait)
"""

import sys
from pathlib import Path

from tests.fakes.objects import STUDY
from tests.fakes.windows import Windows

from readingroom.session import reporting_desk
from readingroom.settings.sections import ArchiveSettings


def main(profile: str, url: str, what: str) -> None:
    """Sign, and live until killed; or start again and leave when nothing waits in the outbox any more."""
    with Windows(Path(profile), (ArchiveSettings("Web", "dicomweb", url=url, timeout_s=5.0),)) as glass:
        glass.show()
        if what == "sign":
            glass.open_whole(STUDY)
            reporting_desk.write(glass.desk, "impression", "No nodule.")
            for concern in reporting_desk.concerns(glass.desk):
                if concern.rule == "placeholder":
                    reporting_desk.write(glass.desk, concern.where, "CT of the chest.")
            waived = {concern.rule: "for the test" for concern in reporting_desk.concerns(glass.desk)}
            glass.wait(lambda: glass.desk.keeper.is_safe)
            reporting_desk.sign_now(glass.desk, waived)
            glass.rest(120.0)
        glass.wait(lambda: glass.desk.case is not None and glass.desk.case.draft is not None)
        glass.wait(lambda: glass.desk.case.draft.state == "stored")  # type: ignore[union-attr]
        assert glass.desk.outgoing.waiting == () and glass.raised == []


if __name__ == "__main__":
    main(*sys.argv[1:])
