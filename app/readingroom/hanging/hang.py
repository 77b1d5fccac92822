"""Which stack hangs in which viewport, and why: pure, explained, and nothing is ever unreachable."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.display.words import day
from readingroom.hanging.breasts import MAMMOGRAPHY, extent_mm, head_of, is_magnified, one_scale
from readingroom.hanging.choosing import Matched, Rejected, matched, ranked
from readingroom.hanging.library import Protocols, usual_protocols
from readingroom.hanging.placing import (
    MOST_ON_A_MONITOR,
    Area,
    Board,
    HungStage,
    Monitor,
    Placed,
    for_images,
    placed_stage,
    plain_stage,
)
from readingroom.hanging.protocol import CURRENT, Protocol
from readingroom.hanging.roles import earlier_of
from readingroom.hanging.showing import NOTHING_MORE, missing_words, shown_view
from readingroom.hanging.tables import Tables, usual_tables
from readingroom.hanging.traits import Traits, sets_of, study_traits
from readingroom.pixels.encoded import class_name
from readingroom.record.study import Study

EVERYTHING_ELSE = "everything-else"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stack that is not on the glass in the stage that is shown, and where it is instead."""

    stack: Stack
    why: str


@dataclass(frozen=True, slots=True)
class Hanging:
    """Every stage of a case, which of them is shown, and all that explains it.

    matched: the protocol with what it found, None where none can be used. rejected: the other protocols and why.
    views: one for each viewport of every monitor, in the order of reading; boards: how each monitor divides among them,
    as many as were given; empty: what is missing in each viewport, in words, "" where something hangs.
    """

    stages: tuple[HungStage, ...]
    waiting: tuple[Waiting, ...]
    reasons: tuple[str, ...]
    rejected: tuple[Rejected, ...] = ()
    matched: Matched | None = None
    stage: int = 0
    views: tuple[ViewState, ...] = (ViewState(),)
    boards: tuple[Board, ...] = (Board(),)
    empty: tuple[str, ...] = ()

    @property
    def layout(self) -> tuple[int, int]:
        """Rows and columns of the first monitor."""
        return self.boards[0].layout

    @property
    def areas(self) -> tuple[Area, ...]:
        """What each viewport of the first monitor takes of its grid, () where each takes one cell."""
        return self.boards[0].areas

    @property
    def shown(self) -> HungStage | None:
        """The stage that is shown, None where there is no image."""
        return self.stages[self.stage] if self.stages else None

    @property
    def tiles(self) -> tuple[ViewState, ...]:
        """One view for each viewport, monitor by monitor."""
        return self.views

    @property
    def read_in(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The ids of stacks of the current study that the protocol wants seen in certain windows, with their classes."""
        found: dict[str, tuple[str, ...]] = {}
        for pick in self.matched.picks.values() if self.matched is not None else ():
            if pick.stack is not None and pick.wanted.read_in and pick.wanted.source == CURRENT:
                found[pick.stack.id] = (*found.get(pick.stack.id, ()), *pick.wanted.read_in)
        return tuple((stack_id, tuple(dict.fromkeys(windows))) for stack_id, windows in found.items())

    @property
    def unhung(self) -> tuple[str, ...]:
        """The ids of the stacks that wait."""
        return tuple(one.stack.id for one in self.waiting)


def hang(
    study: Study, stacks: Sequence[Stack], priors: Sequence[Study] = (), protocols: Protocols | None = None,
    monitors: Sequence[Monitor] = (Monitor(),), protocol_id: str = "", stage: int = 0,
) -> Hanging:  # fmt: skip
    """Hang a study with its opened priors by the protocol that fits it best, or by the one that is named.

    stacks: of the study and of the priors. stage: which one is shown, from 0, held to those that there are. ReaderError
    where the named protocol does not exist.
    """
    tables = usual_tables()
    by_study: dict[str, list[Stack]] = {}
    for stack in stacks:
        by_study.setdefault(stack.study_uid, []).append(stack)
    sets = _sets_for(by_study, tables)
    earlier, strangers = earlier_of(study, priors, tables)
    spare = _in_order(sets(study))
    ordinary = [stack for stack, rank in spare if rank == 0]
    fit = partial(matched, study=study_traits(study, tables), sets=sets, earlier=earlier, tables=tables)
    best = _best(protocols or usual_protocols(), study_traits(study, tables), fit, ordinary, monitors, protocol_id)
    stages = [*best.stages, *_everything_else(best.stages, [stack for stack, _ in spare], monitors)]
    at = max(0, min(stage, len(stages) - 1))
    waiting = _waiting((study, *priors), stacks, stages, at, frozenset(strangers))
    reasons = _reasons(best.matched, stages, at)
    hanging = Hanging(tuple(stages), waiting, reasons, best.rejected, best.matched, at)
    if not stages:
        return replace(hanging, boards=(Board(),) * len(monitors), views=(ViewState(),) * len(monitors))
    return _with_views(hanging, (study, *priors), len(monitors))


@dataclass(frozen=True, slots=True)
class _Best:
    matched: Matched | None
    stages: tuple[HungStage, ...]
    rejected: tuple[Rejected, ...]


def _best(
    library: Protocols, traits: Traits, fit: Callable[[Protocol, int], Matched], spare: Sequence[Stack],
    monitors: Sequence[Monitor], protocol_id: str,
) -> _Best:  # fmt: skip
    """The best protocol of which a stage can be shown; the named one whatever of it can be."""
    candidates, rejected = ranked(library.usable, traits)
    if protocol_id:
        named = library.named(protocol_id)
        candidates = [pair for pair in candidates if pair[1].id == named.id] or [(0, named)]
    for number, (score, protocol) in enumerate(candidates):
        found = fit(protocol, score)
        stages = _stages(found, spare, monitors)
        if stages or protocol_id:
            rejected += [Rejected(other.id, _worse(score, points)) for points, other in candidates[number + 1 :]]
            return _Best(found, tuple(stages), tuple(rejected))
        rejected.append(Rejected(protocol.id, f"none of its stages can be shown: no {_missing(found)}"))
    return _Best(None, (), tuple(rejected))


def _sets_for(by_study: Mapping[str, Sequence[Stack]], tables: Tables) -> Callable[[Study], Sequence[Traits]]:
    found: dict[str, Sequence[Traits]] = {}

    def sets(study: Study) -> Sequence[Traits]:
        if study.uid not in found:
            found[study.uid] = sets_of(study, by_study.get(study.uid, ()), tables)
        return found[study.uid]

    return sets


def _in_order(sets: Sequence[Traits]) -> list[tuple[Stack, int]]:
    """The images of a study in the order in which they are looked through: what is made from others and localizers last."""
    ranks = []
    for one in sets:
        stack = one.subject
        if isinstance(stack, Stack) and stack.is_read:
            later = (one["is_raw_beside_ready"], one["is_capture"], one["is_localizer"])
            rank = 3 if later[2] else 2 if later[1] else 1 if later[0] else 0
            ranks.append((stack, rank))
    return sorted(ranks, key=lambda pair: pair[1])


def _stages(found: Matched, spare: Sequence[Stack], monitors: Sequence[Monitor]) -> list[HungStage]:
    """The stages that can be shown, without those that show nothing that an earlier one does not."""
    stages: list[HungStage] = []
    for stage in found.protocol.stages:
        hung = placed_stage(found.protocol, stage, found.picks, spare, monitors)
        if hung is not None and (stage.always or not any(hung.wanted() <= other.shows() for other in stages)):
            stages.append(hung)
    return stages


def _everything_else(
    stages: Sequence[HungStage], stacks: Sequence[Stack], monitors: Sequence[Monitor]
) -> Iterator[HungStage]:
    """What hangs in no stage, page by page, so that nothing stays unseen."""
    hung = {stack_id for stage in stages for stack_id, _ in stage.shows()}
    left = [stack for stack in stacks if stack.id not in hung]
    size = MOST_ON_A_MONITOR * len(for_images(left, monitors))
    pages = [left[n : n + size] for n in range(0, len(left), size)]
    for number, page in enumerate(pages, 1):
        of = f" {number} of {len(pages)}" if len(pages) > 1 else ""
        name = f"Everything else{of}" if stages else f"Every series{of}"
        suffix = f"-{number}" if len(pages) > 1 else ""
        yield plain_stage(f"{EVERYTHING_ELSE}{suffix}", name, page, monitors)


def _waiting(
    studies: Sequence[Study], stacks: Sequence[Stack], stages: Sequence[HungStage], at: int, strangers: frozenset[str]
) -> tuple[Waiting, ...]:
    homes: dict[str, str] = {}
    for stage in (*stages[at : at + 1], *stages):
        for stack_id, _ in stage.shows():
            homes.setdefault(stack_id, stage.name)
    on_glass = {stack_id for stage in stages[at : at + 1] for stack_id, _ in stage.shows()}
    found, homes_of = [], {study.uid: study for study in studies}
    for stack in stacks:
        if stack.id in on_glass:
            continue
        if stack.study_uid in strangers:
            why = "it belongs to a study that is not proven to be this patient's"
        elif stack.id in homes:
            why = f"it hangs in the stage “{homes[stack.id]}”"
        else:
            why = _in_tray(stack, homes_of.get(stack.study_uid), studies[0])
        found.append(Waiting(stack, why))
    return tuple(found)


def _in_tray(stack: Stack, home: Study | None, current: Study) -> str:
    """Why a stack of a study hangs in no stage of the one that is read."""
    if stack.kind == "document":
        head = head_of(stack, home)
        is_picture = head is not None and "Image" in class_name(head.sop_class)
        return (
            "an image that no viewport can show: it opens from the tray"
            if is_picture
            else "a document: it opens from the tray"
        )
    if stack.kind == "segmentation":
        return "a segmentation: it is laid over its images"
    if home is None or home.uid == current.uid:
        return "in the tray"
    later = home.date is not None and current.date is not None and home.date > current.date
    return f"of {'a later' if later else 'an earlier'} examination: in the tray"


def _worse(best: int, score: int) -> str:
    return (
        f"score {score}, below {best}"
        if score < best
        else f"score {score} as well, but of lower level, priority or detail"
    )


def _missing(found: Matched) -> str:
    needs = dict.fromkeys(need for stage in found.protocol.stages for need in stage.needs)
    return " or ".join(name for name in needs if found.picks[name].stack is None) or "image"


def _reasons(found: Matched | None, stages: Sequence[HungStage], at: int) -> tuple[str, ...]:
    if not stages:
        return ("no images in this study",)
    shown = stages[at]
    where = f"stage {at + 1} of {len(stages)}: {shown.name}"
    if found is None:
        return ("no protocol can be used: every series in its order", where)
    protocol = found.protocol
    by = f"{protocol.name} ({protocol.id}, {protocol.level}, score {found.score})"
    rules = tuple(rule.words for rule in protocol.applies_to.require)
    priors = tuple(
        f"{role.id}: {found.roles[role.id].description or 'examination'} of {day(found.roles[role.id].date)}"
        for role in protocol.priors
        if role.id in found.roles
    )
    return (by, *rules, *priors, where)


def _with_views(hanging: Hanging, studies: Sequence[Study], monitors: int) -> Hanging:
    """The hanging with the views of every monitor; one on which nothing hangs has one empty viewport."""
    shown = hanging.shown
    if shown is None:
        return hanging
    every = views_of(shown, studies)
    views: list[ViewState] = []
    boards: list[Board] = []
    empty: list[str] = []
    for number in range(monitors):
        here = [n for n, one in enumerate(shown.placed) if one.monitor == number]
        areas = tuple(shown.placed[n].area for n in here)
        grid = shown.grids[number] if number < len(shown.grids) else (1, 1)
        spans = any(area[2:] != (1, 1) for area in areas)
        boards.append(Board(grid, areas if spans else ()))
        spare = boards[-1].count - len(here)
        views += [every[n] for n in here] + [ViewState()] * spare
        empty += ["" if (one := shown.placed[n]).stack is not None else missing_words(one.port) for n in here]
        empty += ["" if here else NOTHING_MORE] * spare
    return replace(hanging, views=tuple(views), boards=tuple(boards), empty=tuple(empty))


def views_of(shown: HungStage, studies: Sequence[Study]) -> tuple[ViewState, ...]:
    """Every viewport of a stage, on all monitors, as the glass shows it first; mammograms on one scale."""
    views = [view_of(one, studies) for one in shown.placed]
    return on_one_scale([one.stack for one in shown.placed], views, studies)


def view_of(placed: Placed, studies: Sequence[Study]) -> ViewState:
    """One viewport as the glass shows it first, whatever the scale of others."""
    stack = placed.stack
    if stack is None:
        return ViewState()
    return shown_view(placed.port, stack, head_of(stack, home_of(stack, studies)))


def home_of(stack: Stack, studies: Sequence[Study]) -> Study | None:
    """The study that a stack is of."""
    return next((study for study in studies if study.uid == stack.study_uid), None)


def on_one_scale(
    stacks: Sequence[Stack | None], views: Sequence[ViewState], studies: Sequence[Study]
) -> tuple[ViewState, ...]:
    """The views with one scale in millimetres for all mammograms among them, those of priors and other detectors too.

    A spot or magnification view keeps a scale of its own: it was made to be larger. One without a size stays fitted.
    """
    found: dict[int, tuple[float, float]] = {}
    for number, (stack, view) in enumerate(zip(stacks, views, strict=True)):
        if stack is None or stack.modality != MAMMOGRAPHY:
            continue
        head = head_of(stack, home_of(stack, studies))
        extent = extent_mm(view, stack, head)
        if extent is not None and not is_magnified(head):
            found[number] = extent
    scale = one_scale(list(found.values()))
    return tuple(replace(view, fit_mm=scale) if n in found else view for n, view in enumerate(views))
