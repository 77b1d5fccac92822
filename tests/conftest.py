"""What every test shares: the repository, the demo region, and a guard."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from tests.guard import Guard

REPO = Path(__file__).resolve().parent.parent
CACHE = Path(platformdirs.user_cache_dir("readingroom-tests", appauthor=False))
A_DAY_S = 86400.0


@pytest.fixture(scope="session")
def repo() -> Path:
    """The folder of the repository."""
    return REPO


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real DICOM files, which lies beside the repository and does not travel with it."""
    folder = REPO.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real DICOM files are not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the profile or the keyring of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READINGROOM_PROFILE", str(tmp_path_factory.mktemp("profile")))
        if "PYTHON_KEYRING_BACKEND" not in os.environ:
            patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield


@pytest.fixture(autouse=True)
def guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread, QTimer or QThread running, or during which Qt warned."""
    folders = request.path.relative_to(REPO).parts
    with Guard(watch_timers="qtbot" in request.fixturenames or bool({"ui", "stories"} & set(folders))) as watch:
        yield
        faults = watch.faults()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def region_key() -> str:
    """A name for the demo region as the present code writes it."""
    digest = hashlib.sha256()
    for path in sorted((REPO / "app" / "readingroom" / "demo").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def demo_region() -> Path:
    """The whole demo region, written once for each state of its code and kept between runs. Read it; copy to change."""
    from readingroom.demo.region import write_region

    folder = CACHE / f"region-{region_key()}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob("region-*"):
            if time.time() - old.stat().st_mtime > A_DAY_S:
                shutil.rmtree(old, ignore_errors=True)
        unfinished = CACHE / f"region-unfinished-{os.getpid()}"
        write_region(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            # Another run was faster; its region is the same.
            shutil.rmtree(unfinished)
    return folder
