"""Makes .venv from the lock, keeps it, and makes it anew when it is broken, half-made or has moved."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from typing import Any, Dict, Iterator, List, Optional

import pythons
from telling import Line, Trouble, notice

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if pythons.WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if pythons.WINDOWS else "python")
COMMAND = os.path.join(BIN, "readingroom.exe" if pythons.WINDOWS else "readingroom")
STAMP = os.path.join(VENV, "readingroom-stamp.json")
HALF_MADE = os.path.join(VENV, "readingroom-half-made")
LOCKS = {
    "run": os.path.join(ROOT, "installer", "requirements.lock"),
    "test": os.path.join(ROOT, "installer", "requirements-dev.lock"),
}
# Settings of the user's shell that would lead pip or Python away from .venv.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")
PROBE = "import numpy, PySide6.QtWidgets, vtkmodules.vtkRenderingOpenGL2, readingroom"


def clean_environment() -> Dict[str, str]:
    """The shell's environment without what would lead pip or Python away from .venv."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def installed_part_of_pyproject() -> str:
    """The lines of pyproject.toml that decide what is installed."""
    kept = []
    keeping = False
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("["):
                keeping = line.startswith(("[build-system", "[project", "[tool.setuptools"))
            if keeping:
                kept.append(line)
    return "".join(kept)


def wanted(purpose: str) -> str:
    """A fingerprint of what .venv must hold for the purpose, and of where it lies."""
    digest = hashlib.sha256(installed_part_of_pyproject().encode())
    with open(LOCKS[purpose], "rb") as lock:
        digest.update(lock.read())
    digest.update(ROOT.encode())
    return digest.hexdigest()


def read_stamp() -> Optional[Dict[str, Any]]:
    """What .venv was made of; None where it was not finished, or not by this script."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def is_ready(purpose: str) -> bool:
    """Whether .venv is whole, where it was made, and holds what the purpose needs."""
    stamp = read_stamp()
    if stamp is None or os.path.exists(HALF_MADE) or not os.path.exists(COMMAND):
        return False
    if wanted(purpose) not in stamp.get("holds", ()):
        return False
    return stamp.get("python") == running_version()


def running_version() -> Optional[List[int]]:
    """The version that .venv's own Python says it is; None where it does not start."""
    question = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [PYTHON, "-I", "-S", "-c", question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
            timeout=20,
        )
        return [int(word) for word in answer.stdout.split()] if answer.returncode == 0 else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def why_anew() -> Optional[str]:
    """Why .venv cannot be kept and must be made anew; None where it can be kept."""
    if not os.path.exists(VENV):
        return "there is none yet"
    if os.path.exists(HALF_MADE):
        return "its making was interrupted"
    version = running_version()
    if version is None:
        return "its Python does not start"
    if tuple(version) not in pythons.SUPPORTED:
        return "its Python is {}.{}".format(*version)
    stamp = read_stamp()
    if stamp is not None and stamp.get("root") != ROOT:
        return "the folder has moved"
    if stamp is not None and stamp.get("python") != version:
        return "its Python has changed"
    return None


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Keep a second start from making the same .venv at the same time; it waits."""
    path = os.path.join(ROOT, ".venv.lock")
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise Trouble(f"Cannot write in {ROOT}: {error.strerror}.", "Clone it where you may write.") from error
    with os.fdopen(descriptor, "r+") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                notice("another start is making .venv; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure(purpose: str) -> None:
    """Have a whole .venv for the purpose ("run" or "test"); does nothing where it is ready."""
    if is_ready(purpose):
        return
    try:
        with only_one():
            if not is_ready(purpose):
                make(purpose)
    except OSError as error:
        remedy = "Close Reading Room, free some space or correct the folder's rights, then run this again."
        raise Trouble(f"The .venv could not be made: {error}.", remedy) from error


def foresee(purpose: str) -> None:
    """Say at once, before anything is installed, where no Python here can make the .venv."""
    if not is_ready(purpose) and why_anew() is not None:
        pythons.find()


def make(purpose: str) -> None:
    """Make or renew .venv; until the stamp is written, an interruption leaves it marked as half-made."""
    why = why_anew()
    if why is not None:
        python = pythons.find()
        if os.path.exists(VENV):
            notice(f"making .venv anew: {why}.")
            # First, so that what an interruption leaves does not start and is not taken for whole.
            if os.path.lexists(PYTHON):
                os.remove(PYTHON)
            shutil.rmtree(VENV)
        os.mkdir(VENV)
    with open(HALF_MADE, "w"):
        pass
    if why is not None:
        line = Line(f"[1/4] Python {python.words} makes .venv")
        call([python.path, "-m", "venv", VENV], "The .venv could not be made", "Check that python -m venv works.")
        line.done(python.path)
    install(LOCKS[purpose])
    compile_bytecode()
    probe()
    held = [wanted(purpose)]
    if purpose == "test":
        held.append(wanted("run"))
    with open(STAMP, "w", encoding="utf-8") as file:
        json.dump({"holds": held, "python": running_version(), "root": ROOT}, file)
    os.remove(HALF_MADE)


def call(command: List[str], problem: str, remedy: str) -> None:
    """Run a command in silence, or Trouble with its last words."""
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    if answer.returncode != 0:
        last = " / ".join(answer.stdout.strip().splitlines()[-3:]) or f"exit {answer.returncode}"
        raise Trouble(f"{problem}: {last}.", remedy)


def pip(*arguments: str) -> List[str]:
    """The pip command line that asks nothing and compiles nothing."""
    return [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-compile", *arguments]


def install(lock: str) -> None:
    """Install the locked wheels, checked by their hashes, then this package in place."""
    with open(lock, encoding="utf-8") as lines:
        total = sum(1 for line in lines if line[:1].isalnum())
    line = Line(f"[2/4] Installing {total} locked packages (some 450 MB the first time)")
    process = subprocess.Popen(
        pip("--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "-r", lock),
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    )
    errors: List[str] = []
    seen = 0
    for words in process.stdout or ():
        if words.startswith("ERROR: "):
            errors.append(words[len("ERROR: ") :].strip())
        elif words.startswith(("Collecting ", "Requirement already satisfied", "Ignoring ")):
            seen += 1
            line.say("{}/{} {}".format(min(seen, total), total, words.strip().split(" (")[0].split("==")[0]))
        elif words.startswith("Installing collected"):
            line.say("unpacking")
    if process.wait() != 0:
        line.done("failed")
        remedy = f"Check the network and the disk ({ROOT}), then run this again; what was fetched is kept."
        raise Trouble("The locked packages could not be installed: {}.".format(" / ".join(errors[:3])), remedy)
    in_place = pip("--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT)
    call(in_place, "Reading Room itself could not be installed", "Remove .venv and run this again.")
    line.done()


def compile_bytecode() -> None:
    """Compile every module once, on all cores: the first start is three times as fast."""
    line = Line("[3/4] Compiling bytecode")
    folders = [os.path.join(ROOT, "app"), *site_packages()]
    # Some packages carry files for other Pythons that do not compile here; they are never imported. Where the system
    # allows no second process, the first command fails as a whole and the second does it alone.
    for cores in ("0", "1"):
        command = [PYTHON, "-W", "ignore", "-m", "compileall", "-qq", "-j", cores, *folders]
        if subprocess.call(command, env=clean_environment(), stderr=subprocess.DEVNULL) == 0:
            break
    line.done()


def site_packages() -> List[str]:
    """Where .venv keeps its packages."""
    question = "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))"
    answer = subprocess.check_output([PYTHON, "-I", "-c", question], universal_newlines=True)
    return sorted(set(answer.split("\n")) - {""})


def probe() -> None:
    """Have Qt, VTK and the package itself load once, so that a machine that cannot load them says so here."""
    line = Line("[4/4] Loading Qt and VTK once")
    if pythons.WINDOWS:
        remedy = "Install the Microsoft Visual C++ Redistributable: winget install -e --id Microsoft.VCRedist.2015+.x64"
    else:
        remedy = "Install the library it names, then run this again."
    call([PYTHON, "-c", PROBE], "What was installed does not load on this machine", remedy)
    line.done()
