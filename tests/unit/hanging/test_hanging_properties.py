"""What holds of every case that can be thought of: order of rules and protocols, reach, one patient, one answer."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hanging.cases_to_hang import (
    ADA,
    AXIAL,
    BEN,
    CLASSES,
    CORONAL,
    SAGITTAL,
    every_stack,
    film,
    study,
    volume,
)

from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.library import Protocols, usual_protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.protocol import Protocol, Selector
from readingroom.record.study import Series, Study

WORDS = (
    "", "axial", "Lung 1.0", "Bone", "T1 sag", "T2 ax FS", "FLAIR", "DWI b1000", "ADC", "Topogram", "Dose report", "MIP",
    "R CC", "L MLO", "Chest PA", "lateral", "PET AC", "Abdomen PV", "arterial", "Ö̈ 漢",
)  # fmt: skip
STUDIES = (
    "",
    "CT chest",
    "CT head stroke",
    "CT abdomen pelvis",
    "MRI brain",
    "MRI knee left",
    "XR chest",
    "Mammogram",
    "PET-CT",
)
BOUND = settings(max_examples=60, deadline=None)


@st.composite
def series(draw: st.DrawFn, uid: str) -> Series:
    """Any series: of slices, of one film, a document or a segmentation."""
    modality = draw(st.sampled_from(tuple(CLASSES)))
    words = draw(st.sampled_from(WORDS))
    if modality in ("DX", "MG"):
        return film(
            uid, modality, words, draw(st.sampled_from(("", "PA", "LL", "CC", "MLO"))), draw(st.sampled_from("LR"))
        )
    if modality == "SR":
        made = film(uid, modality, words)
        return replace(made, instances=(replace(made.instances[0], rows=0, columns=0),))
    plane = draw(st.sampled_from((AXIAL, CORONAL, SAGITTAL, None)))
    kernel = draw(st.sampled_from(("", "Br40", "Bl64", "Hr64")))
    return volume(uid, modality, words, draw(st.integers(1, 4)), plane, kernel=kernel)


@st.composite
def any_study(draw: st.DrawFn, uid: str) -> Study:
    """A study of up to nine series."""
    made = [draw(series(f"{uid}.{n}")) for n in range(1, draw(st.integers(0, 9)) + 1)]
    day = draw(st.one_of(st.none(), st.dates(date(2015, 1, 1), date(2026, 11, 24))))
    return study(uid, draw(st.sampled_from(STUDIES)), *made, day=day, who=draw(st.sampled_from((ADA, ADA, ADA, BEN))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Study, tuple[Study, ...], tuple[Monitor, ...]]:
    """A study, what is handed in as its priors, and monitors."""
    priors = tuple(draw(any_study(str(n))) for n in range(2, draw(st.integers(0, 3)) + 2))
    monitors = draw(
        st.lists(
            st.sampled_from((Monitor(), Monitor(1536, 2048), Monitor(1920, 1080), Monitor(role="colour"))),
            min_size=1,
            max_size=3,
        )
    )
    return replace(draw(any_study("1")), patient=ADA), priors, tuple(monitors)


def hung(
    case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]], protocols: Protocols | None = None, stage: int = 0
) -> Hanging:
    """The case hung."""
    current, priors, monitors = case
    return hang(current, every_stack(current, *priors), priors, protocols, monitors, stage=stage)


def turned_round(protocol: Protocol) -> Protocol:
    """The protocol with every list of rules, of display sets and of viewports the other way round."""

    def turned(one: Selector) -> Selector:
        return Selector(one.require[::-1], one.exclude[::-1], one.score[::-1])

    return replace(
        protocol,
        applies_to=turned(protocol.applies_to),
        sets=tuple(replace(one, selector=turned(one.selector)) for one in protocol.sets[::-1]),
        ports=protocol.ports[::-1],
        priors=tuple(replace(one, require=one.require[::-1]) for one in protocol.priors[::-1]),
    )


@BOUND
@given(cases())
def test_the_order_of_rules_and_of_protocols_changes_nothing(
    case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]],
) -> None:
    usual = usual_protocols()
    other = Protocols(tuple(turned_round(one) for one in usual.usable[::-1]))
    one, two = hung(case, usual), hung(case, other)
    assert one.views == two.views and one.layout == two.layout
    assert [stage.shows() for stage in one.stages] == [stage.shows() for stage in two.stages]


@BOUND
@given(cases())
def test_the_same_case_always_hangs_the_same(case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]]) -> None:
    assert hung(case).views == hung(case).views


@BOUND
@given(cases())
def test_every_image_of_the_study_hangs_in_a_stage_and_every_display_set_is_on_the_glass_or_waits_with_a_reason(
    case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]],
) -> None:
    current, priors, _ = case
    hanging = hung(case)
    everything = every_stack(current, *priors)
    staged = {stack_id for stage in hanging.stages for stack_id, _ in stage.shows()}
    assert {s.id for s in everything if s.study_uid == current.uid and s.is_read} <= staged
    on_glass = {stack_id for stack_id, _ in hanging.shown.shows()} if hanging.shown else set()
    assert on_glass | set(hanging.unhung) == {stack.id for stack in everything}
    assert not on_glass & set(hanging.unhung) and all(one.why for one in hanging.waiting)


@BOUND
@given(cases())
def test_no_viewport_of_any_stage_shows_another_patient_or_a_document(
    case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]],
) -> None:
    current, priors, _ = case
    patients = {one.uid: one.patient for one in (current, *priors)}
    for stage in hung(case).stages:
        for placed in stage.placed:
            if placed.stack is not None:
                assert patients[placed.stack.study_uid] == current.patient and placed.stack.is_read


@BOUND
@given(cases())
def test_viewports_lie_in_their_grid_and_cover_no_other(
    case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]],
) -> None:
    for stage in hung(case).stages:
        taken: set[tuple[int, int, int]] = set()
        for placed in stage.placed:
            rows, columns = stage.grids[placed.monitor]
            top, left, height, width = placed.area
            cells = {(placed.monitor, r, c) for r in range(top, top + height) for c in range(left, left + width)}
            assert cells and top + height <= rows <= 4 and left + width <= columns <= 4 and not cells & taken
            taken |= cells


@BOUND
@given(cases(), st.integers(-3, 30))
def test_any_stage_may_be_asked_for(case: tuple[Study, tuple[Study, ...], tuple[Monitor, ...]], stage: int) -> None:
    hanging = hung(case, stage=stage)
    assert len(hanging.tiles) == sum(board.count for board in hanging.boards)
    assert len(hanging.boards) == len(case[2])
    assert 0 <= hanging.stage < max(1, len(hanging.stages))
