"""What each monitor of a desk shows, and that no window ever lies where no monitor is."""

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.monitors import filed, place

from readingroom.display.desk_plan import Place, Rect, held, planned
from readingroom.display.monitors import Screen
from readingroom.settings.sections import MONITOR_ROLES

ROLES = filed(A1="diagnostic", A2="diagnostic", C1="colour", R1="report", P1="projector")
LEFT, RIGHT = place("A1", 0, 1536, 2048), place("A2", 1536, 1536, 2048)


@st.composite
def desks(draw: st.DrawFn) -> tuple[Place, ...]:
    """One to five monitors side by side, of any size and scale, some below the top of others."""
    places, left = [], draw(st.integers(-4000, 4000))
    for number in range(draw(st.integers(1, 5))):
        width, height = draw(st.integers(640, 4096)), draw(st.integers(480, 4096))
        room = Rect(left, draw(st.integers(-500, 500)), width, height)
        serial = draw(st.sampled_from(("A1", "A2", "C1", "R1", "P1", f"X{number}")))
        screen = Screen(f"DP-{number}", "Test", serial, serial, width, height)
        places.append(Place(screen, room, draw(st.sampled_from((1.0, 1.25, 2.0))), number == 0))
        left += width
    return tuple(places)


def numbers(*places: Place) -> tuple[int, tuple[int, ...]]:
    """Home and images of a desk."""
    plan = planned(places, ROLES)
    return plan.home, plan.images


def test_a_diagnostic_pair_has_the_images_and_the_report_monitor_the_panels() -> None:
    assert numbers(place("R1", -1920, 1920, 1080), LEFT, RIGHT) == (0, (1, 2))


def test_a_pair_alone_has_both_and_one_monitor_has_everything() -> None:
    assert numbers(LEFT, RIGHT) == (0, (0, 1)) and numbers(LEFT) == (0, (0,))
    assert numbers(place("X", 0, 1920, 1080)) == (0, (0,)) and numbers(place("R1", 0, 1920, 1080)) == (0, (0,))


def test_a_colour_monitor_has_panels_and_colour_images() -> None:
    assert numbers(LEFT, RIGHT, place("C1", 3072, 1920, 1080)) == (2, (0, 1, 2))


def test_a_projector_shows_nothing_of_a_patient_beside_any_other_monitor() -> None:
    assert numbers(place("P1", -1920, 1920, 1080, primary=True), LEFT) == (1, (1,))
    assert numbers(place("P1", 0, 1920, 1080)) == (0, (0,))


def test_of_monitors_without_a_role_the_large_or_the_upright_ones_are_read_on() -> None:
    laptop, large = place("X1", 0, 1366, 768, primary=True), place("X2", 1366, 2560, 1440)
    assert numbers(laptop, large) == (0, (1,))
    assert numbers(place("X1", 0, 1536, 2048, primary=True), place("X2", 1536, 1536, 2048)) == (0, (0, 1))
    assert numbers(place("X1", 0, 1920, 1080, primary=True), place("X2", 1920, 1920, 1080)) == (0, (1,))


@given(desks())
def test_every_desk_has_one_home_and_images_on_monitors_that_are_there(places: tuple[Place, ...]) -> None:
    plan = planned(places, ROLES)
    assert 0 <= plan.home < len(places) and plan.images and len(set(plan.images)) == len(plan.images)
    assert all(0 <= n < len(places) for n in plan.images)
    assert [places[n].room.left for n in plan.images] == sorted(places[n].room.left for n in plan.images)


@given(desks(), st.integers(-9000, 9000), st.integers(-9000, 9000), st.integers(80, 5000), st.integers(80, 5000))
def test_no_window_lies_off_screen(places: tuple[Place, ...], left: int, top: int, width: int, height: int) -> None:
    there = held(Rect(left, top, width, height), places)
    inside = [one for one in places if there.overlap(one.room) == there.width * there.height]
    assert inside and there.width > 0 and there.height > 0
    assert held(there, places) == there


def test_roles_that_the_settings_know_are_those_that_the_plan_knows() -> None:
    assert set(MONITOR_ROLES) == {"diagnostic", "colour", "report", "projector", "other"}
