"""The project's figures: each beside its limit, and what cannot be measured is said."""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from readingroom.base.errors import ReaderError
from readingroom.bench import apart
from readingroom.bench.catalogue import BENCHES, bench_named, chosen
from readingroom.bench.result import Result, result
from readingroom.bench.stage import Stage
from readingroom.record.study import FrameRef
from readingroom.session.frames import FrameBook
from readingroom.verbs.front import main


def test_every_figure_stands_beside_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "journal-write", "--runs", "1", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["results"]
    assert found["name"] == "journal-write" and found["runs"] == 20 and found["unit"] == "ms"
    assert found["ratio"] == pytest.approx(found["value"] / found["limit"], rel=0.05)
    assert found["spread"][0] <= found["value"] <= found["spread"][1]
    assert found["peer"] == "one display refresh"


def test_decoding_is_measured_beside_the_bare_codec_in_every_transfer_syntax(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "decode", "--runs", "1", "--json"]) == 0
    names = [one["name"] for one in json.loads(capsys.readouterr().out)["results"]]
    assert names == list(bench_named("decode").figures)


def test_one_figure_may_be_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "decode-rle", "--runs", "1", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["results"]] == ["decode-rle"]


def test_every_benchmark_gives_the_figures_it_lists_from_the_real_windows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["bench", "scroll-512", "--runs", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["results"]
    assert {one["name"].removesuffix("-gpu") for one in found} == set(bench_named("scroll-512").figures)
    assert all(one["goal"] is None and "offscreen" in one["peer"] for one in found)


def test_a_name_stands_for_a_benchmark_a_figure_or_all_that_begin_so() -> None:
    assert [bench.name for bench, _ in chosen(["scroll"])] == ["scroll-512", "scroll-2048", "scroll-3000x2500"]
    ((bench, figures),) = chosen(["window-512-1x1"])
    assert (bench.name, figures) == ("scroll-512", {"window-512-1x1"})
    assert [bench for bench, _ in chosen([])] == list(BENCHES)


def test_an_unknown_benchmark_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "warp"]) == 2
    assert "wire" in capsys.readouterr().err


def test_no_runs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "decode", "--runs", "0"]) == 2
    assert "--runs takes 1 to 100" in capsys.readouterr().err


def test_the_list_names_what_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--list"]) == 0
    said = capsys.readouterr().out
    assert "beside curl" in said and "scroll-3000x2500-3x3" in said


def test_what_cannot_be_measured_is_said_with_a_reason_and_the_rest_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["bench", "wire", "journal-write", "--runs", "1"]) == 1
    said = capsys.readouterr().out
    assert "not run: wire: The wire cannot be measured:" in said and "Install" in said
    assert "journal-write" in said


def test_a_benchmark_that_dies_is_a_reason_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", "raise SystemExit('the lights went out')")
    with pytest.raises(ReaderError, match="the lights went out"):
        apart.run_apart(bench_named("journal-write"), 1, {})


def test_a_benchmark_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", "import time; time.sleep(600)")
    monkeypatch.setattr(apart, "MOST_S", 0.5)
    with pytest.raises(ReaderError, match="took more than"):
        apart.run_apart(bench_named("journal-write"), 1, {})


def test_the_median_counts_and_a_limit_of_nothing_gives_no_ratio() -> None:
    assert result("x", [9.0, 1.0, 2.0], "ms", 4.0, "a peer").ratio == 0.5
    assert Result("x", 1.0, "ms", 0.0, 1, "nothing").ratio is None


@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_what_a_benchmark_started_ends_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started = tmp_path / "started"
    monkeypatch.setattr(
        apart,
        "CHILD",
        "import subprocess, sys, time\n"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(started)!r}, 'w').write(str(one.pid))\n"
        "raise SystemExit('gone')",
    )
    with pytest.raises(ReaderError, match="gone"):
        apart.run_apart(bench_named("journal-write"), 1, {})
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_an_image_that_cannot_be_decoded_is_no_figure() -> None:
    book, ref = FrameBook(1 << 20), FrameRef("2.25.1", "2.25.2", "2.25.3")
    case = SimpleNamespace(stacks=(SimpleNamespace(frames=(ref,)),))
    stage: Any = SimpleNamespace(desk=SimpleNamespace(case=case, book=book))
    assert not Stage.all_decoded(stage)
    book.fail(ref, ReaderError("The image is damaged.", "Ask for it again."))
    with pytest.raises(ReaderError, match="damaged"):
        Stage.all_decoded(stage)
