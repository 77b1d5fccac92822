"""Finds a Python that can carry Reading Room, wherever this machine keeps its Pythons."""

import glob
import os
import shutil
import subprocess
import sys
from typing import Dict, Iterator, List, Optional, Tuple

from telling import Trouble

# In order of preference: developed on 3.13. The lock has wheels for these and no others.
SUPPORTED = ((3, 13), (3, 12))
WINDOWS = os.name == "nt"

# Said by each candidate about itself: version, 64 bits, a final release with the GIL, able to make a .venv.
QUESTION = (
    "import sys, sysconfig\n"
    "try:\n"
    "    import venv, ensurepip\n"
    "    able = 1\n"
    "except ImportError:\n"
    "    able = 0\n"
    "sound = sys.maxsize > 2**32 and sys.version_info[3] == 'final'\n"
    "sound = sound and not sysconfig.get_config_var('Py_GIL_DISABLED')\n"
    "sound = sound and sys.implementation.name == 'cpython'\n"
    "print(sys.version_info[0], sys.version_info[1], sys.version_info[2], int(bool(sound)), able, sys.executable)\n"
)


class Python:
    """One interpreter: its version, whether it is sound, and whether it can make a .venv."""

    def __init__(self, version: Tuple[int, int, int], sound: bool, able: bool, path: str) -> None:
        self.version = version
        self.sound = sound
        self.able = able
        self.path = path

    @property
    def minor(self) -> Tuple[int, int]:
        """Its major and minor version."""
        return self.version[:2]

    @property
    def words(self) -> str:
        """Its version in dots."""
        return ".".join(str(part) for part in self.version)


def ask(command: List[str]) -> Optional[Python]:
    """What the interpreter says about itself; None where it does not answer."""
    try:
        answer = subprocess.run(
            [*command, "-E", "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            universal_newlines=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.stdout.strip().split(" ", 5)
    if answer.returncode != 0 or len(words) != 6:
        return None
    version = (int(words[0]), int(words[1]), int(words[2]))
    return Python(version, words[3] == "1", words[4] == "1", words[5])


def in_folders(minor: Tuple[int, int]) -> Iterator[str]:
    """Interpreters kept in folders of their own: pyenv, uv, the installers for Windows."""
    home = os.path.expanduser("~")
    name = "{}.{}".format(*minor)
    if WINDOWS:
        local = os.environ.get("LOCALAPPDATA", os.path.join(home, "AppData", "Local"))
        roaming = os.environ.get("APPDATA", os.path.join(home, "AppData", "Roaming"))
        programs = os.environ.get("PROGRAMFILES", "C:\\Program Files")
        pyenv = os.environ.get("PYENV_ROOT") or os.environ.get("PYENV") or os.path.join(home, ".pyenv", "pyenv-win")
        flat = "Python{}{}".format(*minor)
        patterns = [
            os.path.join(local, "Programs", "Python", flat, "python.exe"),
            os.path.join(programs, flat, "python.exe"),
            os.path.join(pyenv, "versions", name + ".*", "python.exe"),
            os.path.join(roaming, "uv", "python", "cpython-" + name + ".*", "python.exe"),
        ]
    else:
        pyenv = os.environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
        uv = os.environ.get("UV_PYTHON_INSTALL_DIR") or os.path.join(home, ".local", "share", "uv", "python")
        patterns = [
            os.path.join(pyenv, "versions", name + ".*", "bin", "python" + name),
            os.path.join(uv, "cpython-" + name + ".*", "bin", "python" + name),
            os.path.join(home, ".local", "bin", "python" + name),
            os.path.join("/usr/local/bin", "python" + name),
            os.path.join("/opt/homebrew/bin", "python" + name),
        ]
    for pattern in patterns:
        yield from sorted(glob.glob(pattern), key=patch_number, reverse=True)


def patch_number(path: str) -> int:
    """The third number of a version in a path, so that 3.13.10 is newer than 3.13.9."""
    for part in path.replace("-", os.sep).split(os.sep):
        numbers = part.split(".")
        if len(numbers) == 3 and all(number.isdigit() for number in numbers):
            return int(numbers[2])
    return 0


def candidates(minor: Tuple[int, int]) -> Iterator[List[str]]:
    """Commands that may start a Python of this version, the likeliest first."""
    if sys.version_info[:2] == minor:
        yield [getattr(sys, "_base_executable", sys.executable)]
    name = "{}.{}".format(*minor)
    if WINDOWS and shutil.which("py"):
        yield ["py", "-" + name]
    on_path = shutil.which("python" + name)
    if on_path:
        yield [on_path]
    for path in in_folders(minor):
        yield [path]


def find() -> Python:
    """The best Python on this machine, or Trouble that names what to install."""
    unable: Dict[str, Python] = {}
    for minor in SUPPORTED:
        for command in candidates(minor):
            python = ask(command)
            if python is None or python.minor != minor or not python.sound:
                continue
            if python.able:
                return python
            unable[python.path] = python
    for python in unable.values():
        raise Trouble(
            f"Python {python.words} is here ({python.path}), but it cannot make a .venv.",
            "Install its venv part: sudo apt-get install -y python{}.{}-venv".format(*python.minor),
        )
    raise Trouble(
        "Reading Room needs Python 3.13 or 3.12 (64 bits); the one that runs this is {}.{}.{}, and neither PATH nor "
        "pyenv has another.".format(*sys.version_info[:3]),
        remedy(),
    )


def remedy() -> str:
    """The line that installs Python 3.13 on this machine."""
    if WINDOWS:
        return "Install it, then run this again: winget install -e --id Python.Python.3.13"
    if sys.platform == "darwin":
        return "Install it, then run this again: brew install python@3.13"
    pyenv = shutil.which("pyenv") or os.path.join(os.path.expanduser("~"), ".pyenv", "bin", "pyenv")
    if os.path.exists(pyenv):
        return f"Install it with your pyenv, then run this again: {pyenv} install 3.13"
    return (
        "Install it, then run this again. Debian 13: sudo apt-get install -y python3.13-venv. Debian 12 and others, "
        "without root: curl -LsSf https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv python install 3.13"
    )
