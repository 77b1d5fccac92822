"""The signature: who answers for a report, when, and what was waived to give it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readingroom.base.errors import ReaderError
from readingroom.base.uid import new_uid
from readingroom.reporting.check import NOTE, CaseView, Concern, check
from readingroom.reporting.draft import Draft
from readingroom.reporting.template import Template
from readingroom.settings.sections import ReaderSettings


class NotSigned(ReaderError):
    """A signature that was refused; concerns are what must be mended or waived first."""

    def __init__(self, concerns: tuple[Concern, ...]) -> None:
        self.concerns = concerns
        first = " ".join(concern.text for concern in concerns[:3])
        more = f" And {len(concerns) - 3} more." if len(concerns) > 3 else ""
        waivable = all(concern.waivable for concern in concerns)
        remedy = "Correct the report, or waive each concern with a reason." if waivable else "Correct the report."
        super().__init__(f"This report cannot be signed yet. {first}{more}", remedy)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed report and the UID it will be stored under.

    waived: (rule, reason) of each concern that was let pass. noted: what was said and stopped nothing.
    """

    draft: Draft
    template: Template
    reader: ReaderSettings
    at: datetime
    waived: tuple[tuple[str, str], ...] = ()
    sop_uid: str = ""
    noted: tuple[Concern, ...] = ()


def sign(
    draft: Draft,
    template: Template,
    case: CaseView,
    reader: ReaderSettings,
    at: datetime,
    waived: Mapping[str, str] | None = None,
) -> Signed:
    """The draft signed by a reader, or NotSigned with every concern that neither was mended nor may be let pass.

    waived: rule → reason; a reason must say something. ReaderError where the reader has no name or the draft is signed.
    """
    if draft.state != "draft":
        raise ReaderError("This report is signed already.", "Write an addendum.")
    if not reader.name.strip("^ ="):
        raise ReaderError("Nobody is named to sign.", "Set [reader] name in settings.toml, or give --reader.")
    reasons = {rule: reason.strip() for rule, reason in (waived or {}).items() if reason.strip()}
    concerns = check(draft, template, case)
    open_ones = tuple(c for c in concerns if c.severity != NOTE and not (c.waivable and c.rule in reasons))
    if open_ones:
        raise NotSigned(open_ones)
    passed = {concern.rule for concern in concerns}
    kept = tuple((rule, reason) for rule, reason in reasons.items() if rule in passed)
    noted = tuple(c for c in concerns if c.severity == NOTE and c.rule not in reasons)
    return Signed(draft, template, reader, at, kept, new_uid(), noted)
