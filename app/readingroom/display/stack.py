"""What can hang in one viewport: a study's series split into stacks, each in the order in which it is scrolled."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readingroom.display.object_kinds import is_picture, kind_name
from readingroom.display.segmentation import SEGMENTATION_CLASSES
from readingroom.display.set_rules import SetRules, usual_rules
from readingroom.geometry.grid import StackGeometry, normal_of, parallel, stack_geometry
from readingroom.geometry.lattice import Lattice, lattice_of
from readingroom.geometry.plane import Plane, dot, plane_of
from readingroom.pixels.encoded import class_name
from readingroom.record.study import FramePlace, FrameRef, Instance, Series, Study, Vector

SAME_POSITION_MM = 0.01
MOST_JITTER_MM = 0.05
"""Positions that are one may differ by so much where slices are that much farther apart: each time is placed anew."""
JITTER = 0.1
"""Of the distance from frame to frame, so much may be jitter."""
MOST_SETS_BY_MARK = 2
"""A mark may make at most one set for so many positions, or as many as frames share a position: more explain nothing."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One display set: frames and their places in scrolling order, along the normal where positions allow.

    kind: "stack", "cine" (moves in time), "localizer", "single" (one projection), "segmentation" (marks that are laid over
    images), "document" (nothing to show as image).
    expected: frames that should be there, None where the archive did not say or it cannot be told for this part of a
    series. note: what a reader must know about completeness and geometry, "" when nothing.
    """

    id: str
    study_uid: str
    series_uid: str
    modality: str
    description: str
    kind: str
    frames: tuple[FrameRef, ...]
    places: tuple[FramePlace, ...]
    rows: int
    columns: int
    geometry: StackGeometry
    expected: int | None = None
    frame_of_reference_uid: str = ""
    frame_time_ms: float | None = None
    note: str = ""

    @property
    def is_image(self) -> bool:
        """Whether a viewport can show it."""
        return self.kind != "document"

    @property
    def is_read(self) -> bool:
        """Whether it is an image of the patient: hung unasked, and to be viewed before a report is signed."""
        return self.is_image and self.kind != "segmentation"

    def plane(self, index: int) -> Plane | None:
        """The plane of a frame (index from 0), or None where the header does not place it."""
        if not 0 <= index < len(self.places):
            return None
        place = self.places[index]
        return plane_of(place.position_mm, place.orientation, place.spacing_mm, self.rows, self.columns)

    def lattice(self) -> Lattice:
        """The grid of its voxels; ReaderError where no honest volume exists, with the reason."""
        absent = max(0, (self.expected or 0) - len(self.frames))
        return lattice_of(self.places, self.rows, self.columns, absent)

    def nearest(self, point_mm: Vector) -> int:
        """Index of the frame whose plane lies nearest to a patient point along the normal; 0 where none is placed."""
        best, least = 0, float("inf")
        for index, place in enumerate(self.places):
            if place.position_mm is None or place.orientation is None:
                continue
            normal = normal_of(place.orientation)
            distance = abs(dot(point_mm, normal) - dot(place.position_mm, normal))
            if distance < least - 1e-9:
                best, least = index, distance
        return best

    def index_of(self, ref: FrameRef) -> int | None:
        """Where a frame is in this stack (from 0), or None."""
        return self.frames.index(ref) if ref in self.frames else None


@dataclass(frozen=True, slots=True)
class _Shot:
    """One frame with its object: what is sorted and split."""

    ref: FrameRef
    place: FramePlace
    of: Instance
    is_localizer: bool

    @property
    def order(self) -> tuple[float, str, str, int]:
        return (
            float("inf") if self.of.number is None else self.of.number,
            self.of.content_time,
            self.ref.sop_uid,
            self.ref.frame,
        )

    def mark(self, name: str) -> str:
        return next((value for key, value in self.place.marks if key == name), "")


def stacks(study: Study, rules: SetRules | None = None) -> tuple[Stack, ...]:
    """Every frame and every document of a study, each in exactly one stack, series by series.

    Views that are read together whatever their series come in the order of reading, each in the place of another.
    rules: those that travel with the program where None.
    """
    rules = rules or usual_rules()
    found = [stack for series in study.series for stack in series_stacks(study.uid, series, rules)]
    views = {instance.sop_uid: (instance.view, instance.laterality) for instance in study.instances()}
    for modality in rules.read_across_series:
        _read_in_order(found, modality, views, rules)
    return tuple(found)


def series_stacks(study_uid: str, series: Series, rules: SetRules | None = None) -> tuple[Stack, ...]:
    """The stacks of one series, in the order of their first images; projections in the order of reading."""
    rules = rules or usual_rules()
    placed = [_stack(study_uid, series, kind, shots, name) for kind, shots, name in _sets(series, rules)]
    placed.sort(key=lambda pair: pair[0])
    found = _in_spaces(list(_counted([stack for _, stack in placed], series)))
    views = {instance.sop_uid: (instance.view, instance.laterality) for instance in series.instances}
    _read_in_order(found, series.modality, views, rules)
    return tuple(found)


def _read_in_order(found: list[Stack], modality: str, views: Mapping[str, tuple[str, str]], rules: SetRules) -> None:
    """Put the single projections of a modality, in place, into the order in which they are read; all else stays where it is."""
    places = [n for n, stack in enumerate(found) if stack.kind == "single" and stack.modality == modality]
    ordered = sorted((found[n] for n in places), key=lambda stack: rules.reading_rank(*views[stack.frames[0].sop_uid]))
    for place, stack in zip(places, ordered, strict=True):
        found[place] = stack


def _sets(series: Series, rules: SetRules) -> Iterator[tuple[str, list[_Shot], str]]:
    """Kind, frames in order, and what tells the set from its siblings."""
    once = {instance.sop_uid: instance for instance in series.instances}
    for name, documents in _grouped([i for i in once.values() if not is_picture(i)], lambda i: i.sop_class).items():
        yield "document", [shot for i in documents for shot in _shots(i, rules)], class_name(name)
    loose: list[_Shot] = []
    for instance in once.values():
        if not is_picture(instance):
            continue
        if instance.sop_class in SEGMENTATION_CLASSES:
            yield "segmentation", _shots(instance, rules), "segmentation"
        elif instance.frames > 1:
            yield from _of_multi_frame(series, instance, rules)
        elif series.modality in rules.projections and not rules.is_localizer(instance.image_type):
            yield (
                "single",
                _shots(instance, rules),
                " ".join(part for part in (instance.laterality, instance.view) if part),
            )
        else:
            loose.extend(_shots(instance, rules))
    yield from _of_slices(loose, "stack", rules)


def _of_multi_frame(series: Series, instance: Instance, rules: SetRules) -> Iterator[tuple[str, list[_Shot], str]]:
    shots = _shots(instance, rules)
    placed = all(shot.place.position_mm is not None for shot in shots)
    if placed and series.modality not in rules.never_by_position:
        yield from _of_slices(shots, "stack", rules)
    else:
        moves = series.modality in rules.moving or instance.frame_time_ms is not None
        yield "cine" if moves else "stack", shots, ""


def _shots(instance: Instance, rules: SetRules) -> list[_Shot]:
    localizer = rules.is_localizer(instance.image_type)
    mosaic = "MOSAIC" in (part.upper() for part in instance.image_type)
    found = []
    for ref in instance.frame_refs():
        place = instance.place(ref.frame)
        # A mosaic tiles many slices in one image: its position is that of none of them.
        found.append(_Shot(ref, replace(place, position_mm=None) if mosaic else place, instance, localizer))
    return found


def _of_slices(shots: Sequence[_Shot], kind: str, rules: SetRules) -> Iterator[tuple[str, list[_Shot], str]]:
    """Frames of equal size, orientation and purpose together; those at one position told apart."""
    for group in _alike(shots, rules.least_turning):
        here = "localizer" if group[0].is_localizer else kind
        unplaced = group[0].place.position_mm is None or group[0].place.orientation is None
        if unplaced or not _same_kind(group[0], group[-1]):
            yield here, sorted(group, key=lambda shot: shot.order), ""
            continue
        for part, name in _told_apart(group, rules):
            yield here, part, name


def _alike(shots: Sequence[_Shot], least_turning: int) -> list[list[_Shot]]:
    groups: list[list[_Shot]] = []
    for shot in shots:
        home = next((group for group in groups if _same_kind(group[0], shot)), None)
        if home is None:
            groups.append([shot])
        else:
            home.append(shot)
    return _turning_together(groups, least_turning)


def _turning_together(groups: list[list[_Shot]], least: int) -> list[list[_Shot]]:
    """Many images each of its own orientation are one rotating view (a radial MIP), not as many stacks."""
    alone = [group for group in groups if len(group) == 1]
    whirl: dict[tuple[int, int, bool], list[_Shot]] = _grouped(
        [group[0] for group in alone if group[0].place.orientation is not None],
        lambda shot: (shot.of.rows, shot.of.columns, shot.is_localizer),
    )
    together = [shots for shots in whirl.values() if len(shots) >= least]
    merged = {id(shot) for shots in together for shot in shots}
    return [group for group in groups if id(group[0]) not in merged or len(group) > 1] + together


def _same_kind(one: _Shot, other: _Shot) -> bool:
    if (one.of.rows, one.of.columns) != (other.of.rows, other.of.columns):
        return False
    if one.is_localizer != other.is_localizer:
        return False
    spaces = {one.of.frame_of_reference_uid, other.of.frame_of_reference_uid} - {""}
    if len(spaces) > 1:
        # What no place can be compared with is no slice of the same stack.
        return False
    if (one.place.position_mm is None) != (other.place.position_mm is None):
        return False
    a, b = one.place.orientation, other.place.orientation
    return parallel(a, b) if a is not None and b is not None else a is b


def _told_apart(group: list[_Shot], rules: SetRules) -> list[tuple[list[_Shot], str]]:
    """Sets in which no two frames share a position, split by what differs between those that do."""
    parts: list[tuple[list[_Shot], str]] = [(group, "")]
    for mark, _ in rules.marks:
        split: list[tuple[list[_Shot], str]] = []
        for part, name in parts:
            sets = _by_mark(part, mark)
            for value, members in sets.items():
                said = _said(rules.word(mark), value, list(sets))
                split.append((members, name if len(members) == len(part) else f"{name}, {said}".lstrip(", ")))
        parts = split
    return [found for part, name in parts for found in _by_turn(part, name)]


def _said(word: str, value: str, values: Sequence[str]) -> str:
    """What tells one set from its siblings, in words: "b 1000", or the part of ImageType that the others lack."""
    if not value:
        return f"no {word}"
    if word != "image type":
        return f"{word} {value}"
    common = set.intersection(*(set(other.split("\\")) for other in values))
    return " ".join(word for word in value.split("\\") if word not in common) or value


def _by_mark(part: list[_Shot], mark: str) -> dict[str, list[_Shot]]:
    values = {shot.mark(mark) for shot in part}
    if len(values) == 1:
        return {"": part}
    positions = _at_positions(part)
    most = max(len(here) for here in positions)
    if most == 1 or len(positions) == 1:
        return {"": part}
    explains = any(len({shot.mark(mark) for shot in here}) > 1 for here in positions)
    if not explains or len(values) > max(most, len(positions) // MOST_SETS_BY_MARK):
        return {"": part}
    return _grouped(sorted(part, key=lambda shot: shot.order), lambda shot: shot.mark(mark))


def _by_turn(part: list[_Shot], name: str) -> list[tuple[list[_Shot], str]]:
    """The first frame of every position, then the second, and so on; frames all at one position stay together."""
    positions = _at_positions(part)
    most = max(len(here) for here in positions)
    if most == 1 or len(positions) == 1:
        return [([shot for here in positions for shot in here], name)]
    turns = []
    for turn in range(most):
        members = [here[turn] for here in positions if turn < len(here)]
        turns.append((members, f"{name}, {turn + 1} of {most}".lstrip(", ")))
    return turns


def _at_positions(part: Sequence[_Shot]) -> list[list[_Shot]]:
    """Frames along the normal, those at one position together in the order of their numbers."""
    assert part[0].place.orientation is not None
    normal = normal_of(part[0].place.orientation)

    def depth(shot: _Shot) -> float:
        return dot(shot.place.position_mm or (0.0, 0.0, 0.0), normal)

    ordered = sorted(part, key=lambda s: (depth(s), s.order))
    apart = (depth(ordered[-1]) - depth(ordered[0])) / max(1, len(ordered) - 1)
    same = min(MOST_JITTER_MM, max(SAME_POSITION_MM, JITTER * apart))
    positions: list[list[_Shot]] = []
    for shot in ordered:
        if positions and depth(shot) - depth(positions[-1][0]) <= same:
            positions[-1].append(shot)
        else:
            positions.append([shot])
    for here in positions:
        here.sort(key=lambda shot: shot.order)
    return positions


def _named(description: str, name: str) -> str:
    """The series' description with what tells this set apart, where the description does not say it already."""
    said = set(description.casefold().replace("-", " ").split())
    if not name or (description and set(name.casefold().split()) <= said):
        return description
    return f"{description}, {name}" if description else name


def _stack(
    study_uid: str, series: Series, kind: str, shots: list[_Shot], name: str
) -> tuple[tuple[float, str, str, int], Stack]:
    first = min(shots, key=lambda shot: shot.order)
    places = tuple(shot.place for shot in shots)
    spatial = kind not in ("document", "single", "cine", "segmentation")
    geometry = stack_geometry(places, first.of.rows, first.of.columns) if spatial else StackGeometry(False)
    stack = Stack(
        id=f"{series.uid}/{first.ref.sop_uid}/{first.ref.frame}",
        study_uid=study_uid,
        series_uid=series.uid,
        modality=series.modality,
        description=name
        if kind == "document"
        else _named(_named(series.description, kind_name(first.of, series.description)), name),
        kind=kind,
        frames=tuple(shot.ref for shot in shots),
        places=places,
        rows=first.of.rows,
        columns=first.of.columns,
        geometry=geometry,
        frame_of_reference_uid=first.of.frame_of_reference_uid or series.frame_of_reference_uid,
        frame_time_ms=first.of.frame_time_ms,
        note=geometry.note if len(shots) > 1 and geometry.note != "no positions" else "",
    )
    return first.order, stack


def _counted(found: list[Stack], series: Series) -> Iterator[Stack]:
    """The stacks with what should be there: objects that are missing can be laid to a stack only where there is one."""
    missing = 0 if series.expected is None else series.expected - len(series.instances)
    for stack in found:
        if series.expected is None:
            yield stack
        elif missing <= 0:
            yield replace(stack, expected=len(stack.frames))
        elif len(found) == 1:
            yield replace(stack, expected=len(stack.frames) + missing, note=_with(stack.note, f"{missing} not here"))
        else:
            yield replace(stack, note=_with(stack.note, f"{missing} images of this series are not here"))


def _in_spaces(found: list[Stack]) -> list[Stack]:
    """The stacks, those of a series with several frames of reference saying so."""
    spaces = {stack.frame_of_reference_uid for stack in found if stack.kind == "stack"} - {""}
    if len(spaces) < 2:
        return found
    said = f"one of {len(spaces)} frames of reference in this series"
    return [replace(one, note=_with(one.note, said)) if one.kind == "stack" else one for one in found]


def _with(note: str, more: str) -> str:
    return f"{note}; {more}" if note else more


def _grouped[K, T](things: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups
