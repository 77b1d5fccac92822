"""kill -9 in the middle of a fetch: what was on the shelf stays there and is never asked for again, the rest comes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.fakes.dicomweb_faults import FaultyArchive
from tests.fakes.objects import SERIES, STUDY
from tests.fakes.phantom import slices

from readingroom.bench.slow_line import Pace, SlowLine
from readingroom.cache.shelf import open_shelf
from readingroom.settings.load import load, save
from readingroom.settings.places import Profile
from readingroom.settings.secrets import open_secrets
from readingroom.settings.sections import ArchiveSettings, DiskSettings, Settings

REPO = Path(__file__).resolve().parents[2]
N, SIZE = 60, 128
LINE = Pace(400e3, 400e3, 0.0)


def _fetch(profile: Profile) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "readingroom", "fetch", STUDY, "--profile", str(profile.folder)]
    paths = os.pathsep.join((str(REPO), str(REPO / "app"), os.environ.get("PYTHONPATH", "")))
    return subprocess.Popen(words, cwd=REPO, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.DEVNULL)


def _kept(profile: Profile) -> dict[str, bytes]:
    key = open_secrets(profile).desk_key()
    with closing(open_shelf(profile.cache, key, load(profile).disk)) as shelf:
        return {uid: shelf.get(uid, STUDY) or b"" for uid in shelf.sop_uids(STUDY)}


def test_what_was_kept_before_the_kill_is_not_asked_for_again_and_in_the_end_every_byte_is_the_archives(
    tmp_path: Path,
) -> None:
    profile = Profile(tmp_path / "desk")
    with FaultyArchive(slices(N, size=SIZE)) as archive:
        port = int(archive.url.split(":")[2].split("/")[0])
        with SlowLine(port, LINE) as line:
            url = f"http://127.0.0.1:{line.port}/dicom-web"
            disk = DiskSettings(keep_free_gb=0.0)
            save(profile, Settings((ArchiveSettings("RM3", "dicomweb", url=url),), disk=disk))
            open_secrets(profile).desk_key()
            first = _fetch(profile)
            try:
                end = time.monotonic() + 60
                while len(kept := _kept(profile)) < 4 and time.monotonic() < end and first.poll() is None:
                    time.sleep(0.05)
            finally:
                first.send_signal(signal.SIGKILL)
                first.wait()
            kept = _kept(profile)
            assert 4 <= len(kept) < N
            archive.asked.clear()
            assert _fetch(profile).wait(60) == 0
    assert _kept(profile) == archive.objects
    again = [uid for uid in kept if any(path.endswith(f"/{uid}") for _, path, _ in archive.asked)]
    assert again == [] and not any(path.endswith(f"/series/{SERIES}") for _, path, _ in archive.asked)
    assert sum("/instances/" in path for _, path, _ in archive.asked) == N - len(kept)
