"""What a reader arranged, captured: it hangs the same examination the same way, and its like, with other identifiers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.hanging.cases_to_hang import CORONAL, SAGITTAL, ct, every_stack, film, study, volume

from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.hanging.capturing import Captured, Seen, SeenPort, captured
from readingroom.hanging.hang import Hanging, hang
from readingroom.hanging.library import Protocols, protocols, read_protocol, usual_protocols
from readingroom.hanging.placing import Monitor
from readingroom.hanging.protocol import Protocol
from readingroom.hanging.writing import text_of
from readingroom.record.study import Series, Study
from readingroom.settings.places import resources

WIDE = Monitor(1920, 1200)


def again(one: Study) -> Study:
    """Another examination of the same kind: every identifier is another, the series come in the same order."""

    def renamed(series: Series) -> Series:
        uid = f"9.{series.uid}"
        instances = tuple(
            replace(i, study_uid=f"9.{one.uid}", series_uid=uid, sop_uid=f"9.{i.sop_uid}") for i in series.instances
        )
        return replace(series, uid=uid, instances=instances)

    return replace(one, uid=f"9.{one.uid}", series=tuple(renamed(series) for series in one.series))


def seen(
    grid: tuple[int, int], tiles: Sequence[tuple[str, ViewState]], current: Study, *priors: Study, **more: object
) -> Seen:
    """What a reader sees who hung these: (description, view) row by row, "" for an empty place."""
    stacks = every_stack(current, *priors)
    ports = []
    for number, (words, view) in enumerate(tiles):
        stack = next((one for one in stacks if words and one.description.startswith(words)), None)
        area = (number // grid[1], number % grid[1], 1, 1)
        ports.append(SeenPort(0, area, replace(view, stack_id=stack.id if stack else "")))
    return Seen(current, stacks, priors, (grid,), tuple(ports), (WIDE,), **more)  # type: ignore[arg-type]


def hung_by(found: Captured, folder: Path, current: Study, *priors: Study, **more: object) -> Hanging:
    """An examination hung by what was captured, written and read again, among the protocols that travel."""
    (folder / "own.yaml").write_text(text_of(found.protocol), encoding="utf-8")
    own = read_protocol(folder / "own.yaml", "user")
    assert replace(own, source="") == found.protocol
    library = Protocols((*usual_protocols().usable, own))
    return hang(current, every_stack(current, *priors), priors, library, (WIDE,), **more)  # type: ignore[arg-type]


def arrangement(hanging: Hanging, *studies: Study) -> list[tuple[object, ...]]:
    """What hangs where and how, without identifiers: the description stands for the series, with whose it is."""
    stacks = {stack.id: (n, stack.description) for n, one in enumerate(studies) for stack in every_stack(one)}
    return [
        (stacks.get(v.stack_id, ""), v.voi, v.voi_name, v.inverted, v.rotation, v.flipped, v.zoom, v.area)
        for v in hanging.tiles
    ]


def brain(uid: str, day: date = date(2026, 11, 24)) -> Study:
    """An MR of the brain as many departments make it."""
    return study(
        uid, "MRI brain with contrast", volume(f"{uid}.1", "MR", "localizer", 3), volume(f"{uid}.2", "MR", "T2 tra"),
        volume(f"{uid}.3", "MR", "FLAIR cor", orientation=CORONAL), volume(f"{uid}.4", "MR", "T1 sag", orientation=SAGITTAL),
        volume(f"{uid}.5", "MR", "T1 tra"), volume(f"{uid}.6", "MR", "T1 tra +C"), volume(f"{uid}.7", "MR", "T1 cor +C", orientation=CORONAL),
        day=day,
    )  # fmt: skip


CHEST = ct("1", "CT chest", ("Lung 1.0", "Bl64"), ("Chest 3.0", "Br40"), ("Bone 2.0", "Br64"))
BEFORE = ct("2", "CT thorax", ("Lung old", "Bl64"), ("Chest old", "Br40"), day=date(2025, 1, 1))
KNEES = study(
    "1", "XR both knees", film("1.1", "DX", "LAT L", "LATERAL", "L"), film("1.2", "DX", "AP L", "AP", "L"),
    film("1.3", "DX", "LAT R", "LATERAL", "R"), film("1.4", "DX", "AP R", "AP", "R"),
)  # fmt: skip
LUNG = ViewState().windowed(-600, 1500, name="Lung")
PLAIN = ViewState()
CASES = {
    "one series alone": seen((1, 1), [("Bone", PLAIN)], CHEST),
    "kernels the other way round": seen((1, 2), [("Lung", LUNG), ("Chest", PLAIN.windowed(50, 350))], CHEST),
    "an empty place": seen((2, 2), [("Lung", LUNG), ("Bone", PLAIN), ("Chest", PLAIN), ("", PLAIN)], CHEST),
    "upside down and inverted": seen((1, 2), [("Lung", replace(PLAIN, inverted=True)), ("Bone", PLAIN.upside_down())], CHEST),
    "turned and one to one": seen((1, 2), [("Lung", PLAIN.turned(90).zoomed(1.0)), ("Bone", PLAIN.turned(270).mirrored())], CHEST),
    "one series in two windows": seen((2, 1), [("Chest", LUNG), ("Chest", PLAIN.windowed(40, 400))], CHEST),
    "one series twice": seen((1, 2), [("Chest", PLAIN), ("Chest", PLAIN)], CHEST),
    "beside the prior": seen((1, 2), [("Lung 1", LUNG), ("Lung old", LUNG)], CHEST, BEFORE),
    "the prior alone left": seen((1, 2), [("Chest old", PLAIN), ("Bone", PLAIN)], CHEST, BEFORE),
    "brain": seen((2, 3), [("T1 cor +C", PLAIN), ("T2", PLAIN), ("FLAIR", PLAIN), ("T1 tra +C", PLAIN), ("T1 tra", PLAIN), ("T1 sag", PLAIN)], brain("1")),
    "brain with a localizer": seen((1, 2), [("localizer", PLAIN), ("T2", PLAIN)], brain("1")),
    "left knee first": seen((2, 2), [("AP L", PLAIN), ("AP R", PLAIN), ("LAT L", PLAIN), ("LAT R", PLAIN)], KNEES),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_captured_hangs_the_same_examination_in_the_same_way(name: str, tmp_path: Path) -> None:
    now = CASES[name]
    hanging = hung_by(captured(now, "mine", "Mine", usual_protocols()), tmp_path, now.study, *now.priors)
    assert hanging.matched is not None and hanging.matched.protocol.id == "mine"
    assert [view.stack_id for view in hanging.tiles] == [one.view.stack_id for one in now.ports]
    wanted = [replace(one.view, index=0, pan=(0.0, 0.0)) for one in now.ports]
    assert [replace(view, index=0) for view in hanging.tiles] == wanted


@pytest.mark.parametrize("name", CASES)
def test_what_is_captured_hangs_its_like_in_the_same_way(name: str, tmp_path: Path) -> None:
    now = CASES[name]
    found = captured(now, "mine", "Mine", usual_protocols())
    here = hung_by(found, tmp_path, now.study, *now.priors)
    sibling, priors = again(now.study), tuple(again(one) for one in now.priors)
    there = hung_by(found, tmp_path, sibling, *priors)
    assert there.matched is not None and there.matched.protocol.id == "mine" and there.layout == here.layout
    assert arrangement(there, sibling, *priors) == arrangement(here, now.study, *now.priors)


def test_a_part_of_the_image_comes_back_on_a_matrix_of_another_size(tmp_path: Path) -> None:
    now = seen((1, 1), [("Chest", PLAIN)], CHEST)
    now = replace(now, ports=(replace(now.ports[0], part=(0.25, 0.25, 0.75, 0.5)),))
    found = captured(now, "mine", "Mine", usual_protocols())
    other = ct("7", "CT chest", ("Chest 3.0", "Br40"))
    instances = tuple(replace(i, rows=512, columns=512) for i in other.series[0].instances)
    other = replace(other, series=(replace(other.series[0], instances=instances),))
    assert hung_by(found, tmp_path, CHEST).tiles[0].area == (64.0, 64.0, 192.0, 128.0)
    assert hung_by(found, tmp_path, other).tiles[0].area == (128.0, 128.0, 384.0, 256.0)


def test_a_viewport_that_spans_is_captured_with_its_area(tmp_path: Path) -> None:
    now = seen((2, 2), [("Chest", PLAIN), ("Lung", LUNG), ("Bone", PLAIN)], CHEST)
    areas = ((0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1))
    ports = tuple(replace(one, area=area) for one, area in zip(now.ports, areas, strict=True))
    hanging = hung_by(captured(replace(now, ports=ports), "mine", "Mine", usual_protocols()), tmp_path, CHEST)
    assert hanging.areas == areas and [one.stack_id for one in hanging.tiles] == [one.view.stack_id for one in ports]


def test_two_monitors_are_captured_and_one_alone_still_has_a_layout(tmp_path: Path) -> None:
    now = seen((1, 1), [("Chest", PLAIN), ("Lung", LUNG)], CHEST)
    ports = (now.ports[0], replace(now.ports[1], monitor=1, area=(0, 0, 1, 1)))
    found = captured(
        replace(now, grids=((1, 1), (1, 1)), ports=ports, monitors=(WIDE, WIDE)), "mine", "Mine", usual_protocols()
    )
    (tmp_path / "own.yaml").write_text(text_of(found.protocol), encoding="utf-8")
    own = Protocols((read_protocol(tmp_path / "own.yaml", "user"),))
    two = hang(CHEST, every_stack(CHEST), (), own, (WIDE, WIDE)).shown
    one = hang(CHEST, every_stack(CHEST), (), own, (WIDE,)).shown
    assert two is not None and one is not None
    assert [(p.monitor, p.stack.description) for p in two.placed if p.stack] == [(0, "Chest 3.0"), (1, "Lung 1.0")]
    assert [p.stack.description for p in one.placed if p.stack] == ["Chest 3.0", "Lung 1.0"]


def test_the_other_stages_of_the_protocol_are_kept_where_the_reader_wants_them(tmp_path: Path) -> None:
    now = seen((1, 2), [("Bone", PLAIN), ("Lung", LUNG)], CHEST)
    base = usual_protocols().named("ct-chest")
    hanging = hung_by(captured(now, "mine", "Mine", usual_protocols(), base, 1), tmp_path, CHEST)
    assert hanging.stages[0].name == "Mine" and "Planes" not in [one.name for one in hanging.stages]
    with_prior = hung_by(captured(now, "mine", "Mine", usual_protocols(), base, 1), tmp_path, CHEST, BEFORE)
    assert [one.name for one in with_prior.stages][:3] == ["Mediastinum and prior", "Mine", "Lungs and prior"]


def test_a_second_stage_is_added_to_what_was_captured_first(tmp_path: Path) -> None:
    first = captured(seen((1, 1), [("Chest", PLAIN)], CHEST), "mine", "Soft", usual_protocols()).protocol
    now = seen((1, 2), [("Chest", PLAIN), ("Lung", LUNG)], CHEST)
    found = captured(now, "mine", "Soft", usual_protocols(), first, stage_name="Both", text="Nodules?")
    hanging = hung_by(found, tmp_path, CHEST)
    assert [one.name for one in hanging.stages[:2]] == ["Soft", "Both"]
    assert [stage.text for stage in found.protocol.stages] == ["", "Nodules?"]
    assert len(hung_by(found, tmp_path, CHEST, stage=1).tiles) == 2


def test_an_mr_window_in_numbers_is_not_kept_and_that_is_said() -> None:
    now = seen((1, 1), [("T2", PLAIN.windowed(300, 600))], brain("1"))
    found = captured(now, "mine", "Mine", usual_protocols())
    assert found.protocol.ports[0].window is None and "numbers of MR mean nothing" in found.notes[0]


def test_a_captured_layout_never_takes_another_region() -> None:
    found = captured(CASES["kernels the other way round"], "mine", "Mine", usual_protocols())
    library = Protocols((*usual_protocols().usable, found.protocol))
    for other in (ct("5", "CT chest abdomen pelvis", ("Soft", "Br40")), ct("6", "CT head", ("Brain", "Hr40"))):
        hanging = hang(other, every_stack(other), (), library)
        assert hanging.matched is not None and hanging.matched.protocol.id != "mine"


def test_a_segmentation_or_a_stranger_is_left_out_and_said() -> None:
    stranger = replace(BEFORE, patient=replace(BEFORE.patient, id="1", name="Other^Man"))
    stacks: tuple[Stack, ...] = every_stack(CHEST, stranger)
    ports = tuple(
        SeenPort(0, (0, n, 1, 1), ViewState(stack_id=stack.id)) for n, stack in enumerate((stacks[0], stacks[-1]))
    )
    found = captured(Seen(CHEST, stacks, (stranger,), ((1, 2),), ports, (WIDE,)), "mine", "Mine", usual_protocols())
    assert len(found.protocol.ports) == 1 and "its viewport stays empty" in found.notes[0]


def test_what_is_put_out_of_use_hides_what_it_would_have_replaced(tmp_path: Path) -> None:
    off = replace(usual_protocols().named("ct-chest"), enabled=False)
    (tmp_path / "ct-chest.yaml").write_text(text_of(off), encoding="utf-8")
    found = protocols(((resources() / "hanging", "shipped"), (tmp_path, "user")))
    assert "ct-chest" not in [one.id for one in found.usable] and [one.id for one in found.disabled] == ["ct-chest"]


@pytest.mark.parametrize("shipped", usual_protocols().usable, ids=lambda one: one.id)
def test_every_protocol_that_travels_is_written_as_it_was_read(shipped: Protocol, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(text_of(shipped), encoding="utf-8")
    assert replace(read_protocol(tmp_path / "again.yaml", "shipped"), source=shipped.source) == shipped
