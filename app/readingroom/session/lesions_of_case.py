"""The lesions of the open case: the reader's own measurements and those of reports, paired over the examinations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from readingroom.base.errors import ReaderError
from readingroom.display import words
from readingroom.display.camera import finer_mm
from readingroom.display.compose import window_of
from readingroom.display.stack import Stack
from readingroom.display.tables import Tables
from readingroom.display.view import ViewState
from readingroom.measure.growth import Growth
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import Frame, Voi
from readingroom.record.finding import Measurement
from readingroom.record.study import FrameRef
from readingroom.reporting.lesion_words import grown, sum_words
from readingroom.reporting.lesions import Lesion, Sight, lesions, response
from readingroom.reporting.sr_measurements_read import SrContent, to_measurements
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.measurement_list import is_numbered, place_name
from readingroom.session.reported import image_in

FIELD_MM = 60.0
"""How much of the patient every picture of a lesion shows, so that all have one scale."""


def lesions_of(case: Case, contents: Sequence[SrContent]) -> tuple[Lesion, ...]:
    """Lesions by tracking UID, as reporting.lesions pairs them; what an examination without a date measured is left out.

    A report's number of a lesion that the reader measures on the same examination is left to the reader's own.
    """
    own = {(one.frame.study_uid, one.tracking_uid) for one in case.measurements}
    found = [(one.frame.study_uid, one, None) for one in case.measurements if one.values]
    sights = [Sight(on, uid, one) for uid, one, at in found if (on := _day(case, uid, at or one.at)) is not None]
    for content in contents:
        for one in to_measurements(content):
            on = _day(case, content.study_uid, content.at)
            if on is not None and one.values and (content.study_uid, one.tracking_uid) not in own:
                sights.append(Sight(on, content.study_uid, one))
    return lesions(sights)


def _day(case: Case, study_uid: str, at: object) -> date | None:
    study = case.study_of(study_uid)
    if study is not None and study.date is not None:
        return study.date
    return at.date() if hasattr(at, "date") else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One lesion at one examination: its size and the change since the one before; certain: larger than the error."""

    size: str = ""
    change: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class PassportRow:
    """One lesion as a row: its name, a cell for each day of the table, and whether it is a target."""

    lesion: Lesion
    name: str
    cells: tuple[Cell, ...]
    target: bool


@dataclass(frozen=True, slots=True)
class Passport:
    """The table: its days, its rows, what the targets sum up to on each day, and why that cannot be told."""

    days: tuple[date, ...]
    rows: tuple[PassportRow, ...]
    sums: tuple[tuple[date, str], ...] = ()
    problem: str = ""


def passport(case: Case, contents: Sequence[SrContent]) -> Passport:
    """Everything that the window of lesions says, with the numbers of readingroom lesions."""
    found = lesions_of(case, contents)
    days = tuple(sorted({sight.on for lesion in found for sight in lesion.sights}))
    rows = tuple(
        PassportRow(one, _name(one), _cells(one, days), one.tracking_uid in case.targets) for one in found
    )  # fmt: skip
    targets = [row.lesion for row in rows if row.target]
    if not targets:
        return Passport(days, rows)
    try:
        sums = tuple(
            (day, f"{sum_words(total)}  {score.category if score else 'baseline'}")
            for day, total, score in response(targets)
        )
    except ReaderError as error:
        return Passport(days, rows, (), f"{error.problem} {error.remedy}")
    return Passport(days, rows, sums)


def _name(lesion: Lesion) -> str:
    newest = lesion.sights[-1].measurement
    return lesion.label if lesion.label and not is_numbered(newest) else place_name(newest, None, None)


def _cells(lesion: Lesion, days: Sequence[date]) -> tuple[Cell, ...]:
    steps: tuple[Growth | None, ...] = (None, *lesion.growth())
    made: dict[date, Cell] = {}
    for sight, size, growth in zip(lesion.sights, lesion.sizes, steps, strict=True):
        said = words.amount(size) if size is not None else "not measured"
        made[sight.on] = Cell(said, grown(growth).strip(), growth is None or growth.certain)
    return tuple(made.get(day, Cell()) for day in days)


def toggle_target(desk: Desk, tracking_uid: str) -> None:
    """Mark a lesion as a target of RECIST, or not, in one undoable step."""
    case = desk.case
    if case is None:
        return
    held = tracking_uid in case.targets
    targets = tuple(uid for uid in case.targets if uid != tracking_uid) if held else (*case.targets, tracking_uid)
    desk.change(replace(case, targets=targets), "Target lesion")


@dataclass(frozen=True, slots=True, eq=False)
class LesionPicture:
    """One sight as a picture: what it is of, how it is seen, and its frame; problem: why there is none.

    scaled: whether it shows FIELD_MM; where no millimetre is known it shows the whole image.
    """

    sight: Sight
    stack: Stack | None = None
    view: ViewState | None = None
    scaled: bool = True
    frame: Frame | None = None
    problem: str = ""


def pictures_of(desk: Desk, lesion: Lesion) -> tuple[LesionPicture, ...]:
    """The sights of a lesion, FIELD_MM of the patient about it, all in the window of the newest that is here."""
    found = [_picture(desk, sight) for sight in lesion.sights]
    newest = next((one for one in reversed(found) if one.frame is not None), None)
    voi = window_of(newest.view, newest.frame, Tables()) if newest and newest.view and newest.frame else None
    return tuple(_windowed(one, voi, newest) for one in found)


def _windowed(one: LesionPicture, voi: Voi | None, newest: LesionPicture | None) -> LesionPicture:
    alike = (
        newest is not None and newest.stack is not None and one.stack is not None
        and one.stack.modality == newest.stack.modality
    )  # fmt: skip
    if one.view is None or voi is None or voi.table is not None or not alike:
        return one
    return replace(one, view=replace(one.view, voi=voi))


def _picture(desk: Desk, sight: Sight) -> LesionPicture:
    case, ref = desk.case, sight.measurement.frame
    place = image_in(case, ref.sop_uid, ref.frame) if case is not None else None
    if place is None:
        return LesionPicture(sight, problem="its examination is not open")
    stack, index = place
    frame = _frame(desk, stack.frames[index])
    if frame is None:
        return LesionPicture(
            sight, problem="on its way" if desk.loader.is_here(stack.frames[index]) else "not at this desk"
        )
    centre = _centre(sight.measurement, stack, index)
    shown = next((view for view in case.tiles if view.stack_id == stack.id), None) if case is not None else None
    view = ViewState(stack_id=stack.id, index=index, voi=shown.voi if shown is not None else None)
    if not _has_scale(frame):
        return LesionPicture(sight, stack, view, False, frame)
    about = (centre[0] - 1, centre[1] - 1, centre[0] + 1, centre[1] + 1)
    return LesionPicture(sight, stack, replace(view, fit_mm=(FIELD_MM, FIELD_MM), area=about), True, frame)


def _has_scale(frame: Frame) -> bool:
    try:
        return finer_mm(frame.facts) is not None
    except Refused:
        return False


def _frame(desk: Desk, ref: FrameRef) -> Frame | None:
    return desk.frame(ref) or desk.documents.frame(ref)


def _centre(one: Measurement, stack: Stack, index: int) -> tuple[float, float]:
    points = list(one.points)
    plane = stack.plane(index)
    if one.space is not None and plane is not None:
        points = [plane.to_image(point) for point in one.space.points_mm]
    if not points:
        return stack.columns / 2, stack.rows / 2
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    return (left + right) / 2, (top + bottom) / 2
