"""What a reader arranged, as a protocol: its viewports with the rules that would find the same series elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.breasts import hung_breast
from readingroom.hanging.choosing import picked, ranked
from readingroom.hanging.library import Protocols
from readingroom.hanging.placing import EMPTY, Area, Monitor
from readingroom.hanging.proposing import for_prior, for_set, for_study, name_for
from readingroom.hanging.protocol import CURRENT, Layout, Port, PriorRole, Protocol, Screen, Stage, WantedSet
from readingroom.hanging.roles import Earlier, earlier_of, roles_of
from readingroom.hanging.showing import named_window
from readingroom.hanging.tables import Tables, usual_tables
from readingroom.hanging.traits import Traits, sets_of, study_traits
from readingroom.record.study import Instance, Study

MOST_PICKED = 50
MOST_LINES = 4
LONGEST_NAME = 64
TOOLS = ("scroll", "window", "zoom", "pan", "magnifier", "length", "ellipse", "probe")
SORT = (("SeriesNumber", False),)


@dataclass(frozen=True, slots=True)
class SeenPort:
    """One viewport as a reader sees it; part: left, top, right, bottom as shares of the image, None where all of it fits."""

    monitor: int
    area: Area
    view: ViewState
    part: tuple[float, float, float, float] | None = None
    sync: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees: the case, and on each monitor a grid (rows, columns) with its viewports."""

    study: Study
    stacks: tuple[Stack, ...]
    priors: tuple[Study, ...]
    grids: tuple[tuple[int, int], ...]
    ports: tuple[SeenPort, ...]
    monitors: tuple[Monitor, ...] = (Monitor(),)
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """A protocol of what was seen, and what of it no protocol can say."""

    protocol: Protocol
    notes: tuple[str, ...]


def captured(
    seen: Seen, protocol_id: str, name: str, library: Protocols, base: Protocol | None = None, stage: int | None = None,
    stage_name: str = "", text: str = "",
) -> Captured:  # fmt: skip
    """The protocol that hangs what is seen, with rules proposed that would hang its like.

    base: a protocol whose other stages are kept; stage: the number (from 0) of the one that this replaces, None to add it
    as a further one. stage_name: the protocol's where it is "". text: what the reader is told on coming to the stage.
    """
    tables = usual_tables()
    study = study_traits(seen.study, tables)
    work = _Work(seen, study, tables, base)
    ports = work.ports()
    current = [s for one in seen.ports if (s := work.stack(one)) is not None and s.study_uid == seen.study.uid]
    found, _ = ranked(library.usable, study)
    applies = base.applies_to if base is not None and base.level == "user" else None
    applies = applies or for_study(study, current, found[0][0] if found else 0)
    made = work.stages(text, stage_name or name)
    kept = list(base.stages) if base is not None else []
    at = len(kept) if stage is None or not 0 <= stage < len(kept) else stage
    stages = [*kept[:at], *made, *kept[at + 1 :]]
    protocol = Protocol(
        id=protocol_id, name=name[:LONGEST_NAME], applies_to=applies,
        sets=(*(base.sets if base else ()), *work.sets), ports=(*(base.ports if base else ()), *ports),
        stages=tuple(_each_once(stages)), priors=(*(base.priors if base else ()), *work.roles), level="user",
        priority=base.priority if base is not None else 0, description=base.description if base is not None else "",
    )  # fmt: skip
    return Captured(without_unused(protocol), tuple(dict.fromkeys(work.notes)))


def without_unused(protocol: Protocol) -> Protocol:
    """A protocol without viewports that no stage has, display sets that nothing shows and priors that none comes from."""
    placed = {n for s in protocol.stages for x in s.layouts for screen in x.screens for row in screen.grid for n in row}
    ports = tuple(port for port in protocol.ports if port.id in placed)
    shown = {name for port in ports for name in port.show} | {need for s in protocol.stages for need in s.needs}
    sets = tuple(one for one in protocol.sets if one.id in shown)
    sources = {one.source for one in sets}
    return replace(protocol, ports=ports, sets=sets, priors=tuple(r for r in protocol.priors if r.id in sources))


def _each_once(stages: Sequence[Stage]) -> Iterator[Stage]:
    taken: set[str] = set()
    for stage in stages:
        name, number = stage.id, 2
        while name in taken:
            name, number = f"{stage.id}_{number}", number + 1
        taken.add(name)
        yield replace(stage, id=name)


@dataclass(slots=True)
class _Work:
    """One capture under way: what was proposed so far, and what must be said."""

    seen: Seen
    study: Traits
    tables: Tables
    base: Protocol | None
    sets: list[WantedSet] = field(default_factory=list)
    roles: list[PriorRole] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    _by_stack: dict[str, WantedSet] = field(default_factory=dict)
    _traits: dict[str, tuple[Traits, ...]] = field(default_factory=dict)

    def stack(self, one: SeenPort) -> Stack | None:
        """What a viewport shows."""
        return next((s for s in self.seen.stacks if s.id == one.view.stack_id), None) if one.view.stack_id else None

    def ports(self) -> list[Port]:
        """A viewport of the protocol for each that shows something, in the order of reading."""
        found: list[Port] = []
        shown: set[tuple[str, object]] = set()
        base = {port.id for port in self.base.ports} if self.base is not None else set()
        for number, one in enumerate(self.seen.ports):
            stack = self.stack(one)
            wanted = self._wanted(stack) if stack is not None else None
            if stack is None or wanted is None:
                continue
            name, more = wanted.id, 2
            while name in base or name in self.names.values():
                name, more = f"{wanted.id}_{more}", more + 1
            self.names[number] = name
            port = self._port(name, wanted.id, one, stack)
            again = (stack.id, port.window) in shown
            shown.add((stack.id, port.window))
            found.append(replace(port, repeat=again))
        return found

    def _wanted(self, stack: Stack) -> WantedSet | None:
        """The display set that stands for a stack, proposed where there is none yet; None where no rule can find it."""
        if stack.id in self._by_stack:
            return self._by_stack[stack.id]
        study = next((s for s in (self.seen.study, *self.seen.priors) if s.uid == stack.study_uid), None)
        beside = self._beside(study) if study is not None else ()
        one = next((x for x in beside if isinstance(x.subject, Stack) and x.subject.id == stack.id), None)
        source = CURRENT if stack.study_uid == self.seen.study.uid else self._role(study, stack)
        if one is None or not source or not stack.is_read:
            what = stack.description or stack.modality
            self.notes.append(f"{what}: no rule can find it in another examination; its viewport stays empty.")
            return None
        wanted = self._found_as(stack, one, beside, source)
        if wanted is None:
            self.notes.append(f"{stack.description or stack.modality}: more than {MOST_PICKED} series are like it.")
            return None
        self.sets.append(wanted)
        self._by_stack[stack.id] = wanted
        return wanted

    def _found_as(self, stack: Stack, one: Traits, beside: Sequence[Traits], source: str) -> WantedSet | None:
        taken = [x.id for x in (*self.sets, *(self.base.sets if self.base else ()))]
        name = name_for(one, taken, "" if source == CURRENT else source)
        if source != CURRENT:
            # A prior is compared with what is current: by the same rules where they find it.
            for other in self.sets:
                if other.source == CURRENT:
                    like = replace(other, id=name, source=source)
                    if picked(like, beside, self.study).stack is stack:
                        return like
        wanted = WantedSet(name, source, for_set(one, beside), sort=SORT)
        for number in range(1, min(len(beside), MOST_PICKED) + 1):
            there = replace(wanted, pick=number)
            if picked(there, beside, self.study).stack is stack:
                return there
        return None

    def _beside(self, study: Study) -> tuple[Traits, ...]:
        if study.uid not in self._traits:
            own = [stack for stack in self.seen.stacks if stack.study_uid == study.uid]
            self._traits[study.uid] = sets_of(study, own, self.tables)
        return self._traits[study.uid]

    def _role(self, prior: Study | None, stack: Stack) -> str:
        """The role that a prior has, proposed where none has it; "" where it is not proven to be this patient's."""
        earlier, _ = earlier_of(self.seen.study, self.seen.priors, self.tables)
        if prior is None or prior.uid not in {one.study.uid for one in earlier}:
            return ""
        known = (*(self.base.priors if self.base is not None else ()), *self.roles)
        held = roles_of(known, self.study, earlier, self.tables)
        role = next((name for name, study in held.items() if study.uid == prior.uid), "")
        return role or self._new_role(prior, stack, earlier, known)

    def _new_role(self, prior: Study, stack: Stack, earlier: tuple[Earlier, ...], known: tuple[PriorRole, ...]) -> str:
        names = {one.id for one in known}
        for nth in range(1, len(earlier) + 1):
            name = next(n for n in (f"prior{nth}", *(f"prior{nth}_{m}" for m in range(2, 99))) if n not in names)
            shared = self.study["body_region"] if _shares(self.study, prior, self.tables) else ()
            role = for_prior(name, stack.modality, shared, nth, oldest=False)
            held = roles_of((*known, role), self.study, earlier, self.tables)
            if name in held and held[name].uid == prior.uid:
                self.roles.append(role)
                return name
        return ""

    def _port(self, name: str, show: str, one: SeenPort, stack: Stack) -> Port:
        view = one.view
        window = named_window(view, stack.modality)
        what = stack.description or stack.modality
        if view.voi is not None and window is None:
            self.notes.append(f"{what}: its window is not kept: {_why_no_window(stack)}.")
        if view.presentation:
            self.notes.append(f"{what}: the presentation state is of this image alone and is not kept.")
        wall = self._chest_wall(stack, view)
        if wall and one.part is None:
            port = Port(name, (show,), window, view.inverted, wall)
        else:
            port = Port(name, (show,), window, view.inverted, rotation=view.rotation, mirror=view.flipped)
        last = len(stack.frames) - 1
        start = "first" if view.index == 0 and last > 0 else "last" if view.index == last and last > 0 else "middle"
        if stack.kind != "stack":
            start = "middle"
        zoom = view.zoom if one.part is None else None
        return replace(port, start=start, zoom=zoom, part=one.part, sync=one.sync)

    def _chest_wall(self, stack: Stack, view: ViewState) -> str:
        """The side on which a breast's chest wall is seen, where its header says so."""
        if stack.modality != "MG" or not stack.frames:
            return ""
        head: Instance | None = None
        for study in (self.seen.study, *self.seen.priors):
            head = head or next((i for i in study.instances() if i.sop_uid == stack.frames[0].sop_uid), None)
        for side in ("left", "right"):
            hung = hung_breast(ViewState(), stack, head, side)
            if hung.anchor and (hung.rotation, hung.flipped) == (view.rotation, view.flipped):
                return side
        return ""

    def stages(self, text: str, name: str) -> list[Stage]:
        """The stage as it is seen; and what a desk with one monitor sees of it: side by side, else monitor by monitor."""
        name = name[:LONGEST_NAME] or "Captured"
        tool = self.seen.tool if self.seen.tool in TOOLS and self.seen.tool != "scroll" else ""
        screens = tuple(Screen(self._grid(number)) for number in range(len(self.seen.grids)))
        as_seen = Layout(screens, self._may_turn())
        if len(screens) == 1:
            return [Stage("captured", name, (as_seen,), tool=tool, text=text, always=True)]
        together = _side_by_side(screens)
        narrow = Layout((together or screens[0],))
        found = [Stage("captured", name, (as_seen, narrow), tool=tool, text=text, always=True)]
        for number, screen in enumerate(screens[1:] if together is None else (), 2):
            words = f"{name[: LONGEST_NAME - 12]}: monitor {number}"
            found.append(Stage(f"captured_{number}", words, (Layout((screen,)),), tool=tool, text=text))
        return found

    def _grid(self, monitor: int) -> tuple[tuple[str, ...], ...]:
        rows, columns = self.seen.grids[monitor]
        cells = [[EMPTY] * columns for _ in range(rows)]
        for number, one in enumerate(self.seen.ports):
            if one.monitor != monitor or number not in self.names:
                continue
            r, c, height, width = one.area
            for y in range(r, min(r + height, rows)):
                for x in range(c, min(c + width, columns)):
                    cells[y][x] = self.names[number]
        return tuple(tuple(row) for row in cells)

    def _may_turn(self) -> bool:
        """Whether the row or column is the one that the shape of the monitor would have given anyway."""
        for (rows, columns), monitor in zip(self.seen.grids, self.seen.monitors, strict=False):
            if (rows == 1 and columns > 1 and monitor.is_upright) or (
                columns == 1 and rows > 1 and not monitor.is_upright
            ):
                return False
        return True


def _side_by_side(screens: Sequence[Screen]) -> Screen | None:
    """Several monitors' grids as one, where they are equally high and not too wide together."""
    if len({len(screen.grid) for screen in screens}) > 1 or sum(len(one.grid[0]) for one in screens) > MOST_LINES:
        return None
    return Screen(tuple(tuple(n for one in screens for n in one.grid[row]) for row in range(len(screens[0].grid))))


def _shares(study: Traits, prior: Study, tables: Tables) -> bool:
    """Whether two examinations have a region in common."""
    now, then = study["body_region"], study_traits(prior, tables)["body_region"]
    return isinstance(now, tuple) and isinstance(then, tuple) and bool(set(now) & set(then))


def _why_no_window(stack: Stack) -> str:
    if stack.modality == "CT":
        return "it is no window by numbers"
    return f"numbers of {stack.modality} mean nothing in another examination"
