"""One examination from the list to a signed report in the archive, through a death in the middle."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
TRUSTS = ("northgate", "eastmere")


def read(profile: Path, archives: list[dict[str, Any]], truth: Path, what: str, out: Path) -> int:
    words = [sys.executable, "-m", "tests.stories.nodule_reader"]
    paths = os.pathsep.join((str(REPO), str(REPO / "app"), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [*words, str(profile), json.dumps(archives), str(truth), what, str(out)],
        cwd=REPO, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": paths}, timeout=150,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr[-3000:]
    return done.returncode


def folders(region: Path, to: Path) -> list[dict[str, Any]]:
    """The two trusts of the nodule as folder archives that may be written to."""
    archives = []
    for trust in TRUSTS:
        (to / trust).mkdir(parents=True)
        for case in ("chest-nodule-current", "chest-nodule-prior"):
            if (region / trust / case).is_dir():
                shutil.copytree(region / trust / case, to / trust / case)
        archives.append({"name": trust, "kind": "folder", "path": str(to / trust), "issuer": "NHS"})
    return archives


def reports(folder: Path) -> list[str]:
    """What another toolkit reads in everything that was stored."""
    stored = sorted((folder / "stored").rglob("*.dcm"))
    words = ["dsrdump", "+Pl"]
    return [subprocess.run([*words, str(p)], capture_output=True, text=True, check=True).stdout for p in stored]


def test_a_reader_who_is_killed_goes_on_where_he_was_and_the_report_is_in_the_archive(
    tmp_path: Path, demo_region: Path
) -> None:
    archives = folders(demo_region, tmp_path / "region")
    truth = demo_region / "truth.json"
    profile, before, after = tmp_path / "profile", tmp_path / "before.json", tmp_path / "after.json"
    assert read(profile, archives, truth, "begin", before) == -signal.SIGKILL
    left = json.loads(before.read_text("utf-8"))
    assert left["lengths"][0] == pytest.approx(9.8, abs=0.2)
    read(profile, archives, truth, "finish", after)
    found = json.loads(after.read_text("utf-8"))
    assert {name: found[name] for name in left} == left
    assert (found["state"], found["chip"]) == ("stored", "Stored (verified)"), found["said"]
    assert len(list((tmp_path / "region" / "northgate" / "stored").rglob("*.dcm"))) == 2
    if shutil.which("dsrdump"):
        words = "\n".join(reports(tmp_path / "region" / "northgate"))
        assert "VERIFIED" in words and "half a sentence is whole now." in words
        lengths = [float(number) for number in re.findall(r'"Length"\)="([0-9.]+)"', words)]
        assert lengths and all(length == pytest.approx(left["lengths"][0], abs=0.05) for length in lengths)
