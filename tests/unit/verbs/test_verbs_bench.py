"""The project's figures: each beside its limit, and what cannot be measured is said."""

import json

import pytest

from readingroom.verbs.front import main


def test_every_figure_stands_beside_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "journal", "--runs", "1", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["results"]
    assert found["name"] == "journal-write" and found["runs"] == 20
    assert found["ratio"] == pytest.approx(found["value"] / found["limit"], rel=0.05)


def test_decoding_is_measured_beside_the_bare_codec(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "decode", "--runs", "1", "--json"]) == 0
    names = {one["name"] for one in json.loads(capsys.readouterr().out)["results"]}
    assert {"decode-uncompressed", "decode-jpeg-ls", "decode-jpeg2000", "decode-htj2k"} <= names


def test_an_unknown_benchmark_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "warp"]) == 2
    assert "wire" in capsys.readouterr().err


def test_the_list_names_what_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--list"]) == 0
    assert "beside curl" in capsys.readouterr().out
