"""Plug-ins: found without running them, kept from harming the reader."""

import sys
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.measure.refused import Refused
from readingroom.pixels.frame import FrameFacts, SpacingTags
from readingroom.plugin.host import Host
from readingroom.record.study import FrameRef

MANIFEST = """id = "{id}"
title = "{id} title"
api = 1
[[measurement]]
id = "{id}"
title = "Twice"
make = "made:twice"
points = [1]
"""
SOUND = """from readingroom.plugin.api import Basis, Refused, Value

def twice(points, facts):
    if points[0][0] < 1:
        raise Refused("Too far left.", "Go right.")
    return (Value("Twice", 2 * points[0][0], "px"),), Basis("px", "px", "test")
"""
PLUGINS = Path(__file__).resolve().parents[3] / "plugins"


def facts(modality: str = "DX", view: str = "PA", orientation: tuple[str, ...] = ("L", "F")) -> FrameFacts:
    return FrameFacts(
        FrameRef("1", "1.1", "1.1.1"), "1.2.840.10008.5.1.4.1.1.1.1", modality, "1.2.840.10008.1.2.1", 1, 3000, 2500,
        "MONOCHROME2", 16, 12, False, spacing=SpacingTags(imager_spacing=(0.15, 0.15)), view=view,
        patient_orientation=orientation,
    )  # fmt: skip


def plugin(folder: Path, name: str, code: str = SOUND, manifest: str = MANIFEST) -> Path:
    package = folder / name / name
    package.mkdir(parents=True)
    (folder / name / "plugin.toml").write_text(manifest.format(id=name), encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "made.py").write_text(code, encoding="utf-8")
    return package


@pytest.fixture(autouse=True)
def forgotten() -> object:
    yield
    for name in [name for name in sys.modules if name.startswith("readingroom_plugin_")]:
        del sys.modules[name]


def test_a_plugin_is_found_at_start_and_imported_only_when_used(tmp_path: Path) -> None:
    plugin(tmp_path, "sound")
    host = Host(tmp_path)
    assert [(m.id, m.title) for m in host.measurements()] == [("sound", "Twice")]
    assert not any(name.startswith("readingroom_plugin_") for name in sys.modules)
    values, basis = host.measurement("sound").evaluate([(4.0, 4.0)], facts())
    assert (values[0].value, basis.unit) == (8.0, "px")


def test_a_folder_that_is_not_there_has_no_plugins(tmp_path: Path) -> None:
    host = Host(tmp_path / "nowhere")
    assert (host.measurements(), host.notices()) == ((), ())
    with pytest.raises(ReaderError, match="No plug-in"):
        host.measurement("any")


def test_a_refusal_is_the_plugins_right_and_does_not_switch_it_off(tmp_path: Path) -> None:
    plugin(tmp_path, "sound")
    host = Host(tmp_path)
    with pytest.raises(Refused, match="Too far left"):
        host.measurement("sound").evaluate([(0.5, 4.0)], facts())
    assert host.notices() == ()
    assert host.measurements()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('no engine')", "no engine"),
        ("import sys\nsys.exit(3)", "SystemExit"),
        ("def twice(points, facts):\n    return 1 / 0", "ZeroDivisionError"),
        ("def twice(points, facts):\n    return 5", "TypeError"),
        ("def other(points, facts):\n    return 5", "twice"),
        ("def twice(points", "SyntaxError"),
        ("from readingroom.session import desk", "readingroom.session"),
        ("import readingroom.archive.open", "readingroom.archive.open"),
        (SOUND.replace("2 * points[0][0]", "float('nan')"), "number"),
    ],
)
def test_a_plugin_that_breaks_is_switched_off_with_a_notice_and_no_other_suffers(
    tmp_path: Path, code: str, words: str
) -> None:
    plugin(tmp_path, "broken", code)
    plugin(tmp_path, "sound")
    host = Host(tmp_path)
    tool = host.measurement("broken")
    for _ in range(2):
        with pytest.raises(ReaderError, match=words):
            tool.evaluate([(4.0, 4.0)], facts())
    assert [m.id for m in host.measurements()] == ["sound"]
    (notice,) = host.notices()
    assert "switched off" in notice.problem
    with pytest.raises(ReaderError, match="switched off"):
        host.measurement("broken")
    assert host.measurement("sound").evaluate([(4.0, 4.0)], facts())[0][0].value == 8.0


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("id = ", "cannot be read"),
        (MANIFEST.replace("api = 1", "api = 2"), "api 2"),
        (MANIFEST.replace("api = 1", ""), "api"),
        (MANIFEST.replace("points = [1]", "points = 1"), "points"),
        (MANIFEST.replace("made:twice", "../made:twice"), "make"),
        (MANIFEST + "[[tool]]\n", "tool"),
        (MANIFEST.replace('title = "Twice"', ""), "title"),
        (MANIFEST.replace("api = 1", 'api = 1\npackage = "elsewhere"'), "elsewhere"),
        (MANIFEST + MANIFEST[MANIFEST.index("[[") :], "taken"),
    ],
)
def test_a_broken_manifest_is_named_and_hinders_no_other(tmp_path: Path, manifest: str, words: str) -> None:
    plugin(tmp_path, "broken", SOUND, manifest)
    plugin(tmp_path, "sound")
    host = Host(tmp_path)
    assert [m.id for m in host.measurements()] == ["sound"]
    (notice,) = host.notices()
    assert words in notice.problem
    assert "broken" in notice.problem


def test_points_are_counted_and_lie_on_the_image(tmp_path: Path) -> None:
    plugin(tmp_path, "sound")
    tool = Host(tmp_path).measurement("sound")
    for points in ([], [(1.0, 1.0), (2.0, 2.0)], [(9999.0, 1.0)], [(float("nan"), 1.0)]):
        with pytest.raises(Refused):
            tool.evaluate(points, facts())


HEART_AND_THORAX = [(800.0, 1500.0), (1800.0, 1500.0), (300.0, 1800.0), (2300.0, 1800.0)]
HALVES = [
    (1200.0, 1400.0), (800.0, 1400.0), (1200.0, 1600.0), (1800.0, 1600.0),
    (1200.0, 1800.0), (300.0, 1800.0), (1200.0, 1800.0), (2300.0, 1800.0),
]  # fmt: skip


@pytest.mark.parametrize("points", [HEART_AND_THORAX, HALVES])
def test_a_heart_of_150_in_a_thorax_of_300_has_the_ratio_one_half(points: list[tuple[float, float]]) -> None:
    host = Host(PLUGINS)
    assert host.notices() == ()
    values, basis = host.measurement("cardiothoracic_ratio").evaluate(points, facts())
    assert values[0].concept == "Cardiothoracic ratio"
    assert values[0].value == pytest.approx(0.5)
    assert values[0].plus_minus is not None
    assert 0 < values[0].plus_minus < 0.001
    assert [value.value for value in values[1:]] == pytest.approx([150.0, 300.0])
    assert "erect PA" in basis.text
    assert not basis.certain


def test_an_ap_view_says_that_the_heart_looks_larger() -> None:
    _, basis = Host(PLUGINS).measurement("cardiothoracic_ratio").evaluate(HEART_AND_THORAX, facts(view="AP"))
    assert "AP, the heart looks larger" in basis.text


@pytest.mark.parametrize(
    "lateral",
    [
        facts(view="LL"),
        facts(view="LATERAL"),
        facts(view="", orientation=("A", "F")),
        facts("CT", ""),
        facts(view="RAO"),
    ],
)
def test_a_view_that_is_not_frontal_is_refused(lateral: FrameFacts) -> None:
    with pytest.raises(Refused):
        Host(PLUGINS).measurement("cardiothoracic_ratio").evaluate(HEART_AND_THORAX, lateral)


@pytest.mark.parametrize(
    "points",
    [
        [*HEART_AND_THORAX[2:], *HEART_AND_THORAX[:2]],
        [(800.0, 1500.0), (800.0, 1500.0), *HEART_AND_THORAX[2:]],
        [(800.0, 1500.0), (1500.0, 2200.0), *HEART_AND_THORAX[2:]],
        [HALVES[1], HALVES[0], *HALVES[2:]],
        HEART_AND_THORAX[:3],
    ],
)
def test_a_drawing_that_gives_no_true_ratio_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(Refused):
        Host(PLUGINS).measurement("cardiothoracic_ratio").evaluate(points, facts())
