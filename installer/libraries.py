"""The parts of the operating system that Qt, VTK and the tests need, and how to get them on Debian."""

import ctypes
import glob
import os
import shutil
import subprocess
import sys
from typing import List, Sequence, Tuple

from telling import Line, Trouble, notice

# What the Qt and VTK wheels ask of the loader beyond the C library: (shared object, Debian package).
CORE = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libfreetype.so.6", "libfreetype6"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgthread-2.0.so.0", "libglib2.0-0"),
    ("libX11.so.6", "libx11-6"),
    ("libz.so.1", "zlib1g"),
    ("libzstd.so.1", "libzstd1"),
    ("libstdc++.so.6", "libstdc++6"),
)
# What a window on an X11 or Wayland screen asks besides.
SCREEN = (
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-glx.so.0", "libxcb-glx0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render.so.0", "libxcb-render0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-util.so.1", "libxcb-util1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libwayland-cursor.so.0", "libwayland-cursor0"),
    ("libwayland-egl.so.1", "libwayland-egl1"),
    ("libXcursor.so.1", "libxcursor1"),
)
# What only tests need: (program or file pattern, Debian package, what is skipped without it).
FOR_TESTS = (
    ("Orthanc", "orthanc", "tests against a real archive"),
    ("/usr/share/orthanc/plugins/libOrthancDicomWeb*", "orthanc-dicomweb", "tests against a real archive"),
    ("dsrdump", "dcmtk", "tests that read our objects with another toolkit"),
    ("Xvfb", "xvfb", "tests on an X11 screen"),
    ("xauth", "xauth", "tests on an X11 screen"),
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def on_linux() -> bool:
    """Whether this machine runs Linux; elsewhere the wheels bring all they need."""
    return sys.platform.startswith("linux")


def loads(shared_object: str) -> bool:
    """Whether the loader finds the shared object."""
    try:
        ctypes.CDLL(shared_object)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether a scalable font is where fontconfig looks."""
    for folder in FONT_FOLDERS:
        for _, _, names in os.walk(os.path.expanduser(folder), followlinks=True):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc")) for name in names):
                return True
    return False


def lacking(screen: bool) -> List[Tuple[str, str]]:
    """(what is missing, its Debian package), in order; with the window's own libraries where screen is true."""
    if not on_linux():
        return []
    wanted = CORE + SCREEN if screen else CORE
    missing = [(what, package) for what, package in wanted if not loads(what)]
    if not has_font():
        missing += [("a font", "fonts-inter"), ("a font", "fonts-dejavu-core")]
    return missing


def lacking_for_tests() -> List[Tuple[str, str, str]]:
    """(what is missing, its Debian package, what is skipped without it)."""
    if not on_linux():
        return []
    screen = [(what, package, "tests on an X11 screen") for what, package in SCREEN if not loads(what)]
    return screen + [row for row in FOR_TESTS if not present(row[0])]


def present(program: str) -> bool:
    """Whether a program is on PATH or among the system's own, or a file matches the pattern."""
    if program.startswith("/"):
        return bool(glob.glob(program))
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/local/bin"])
    return shutil.which(program, path=path) is not None


def may_install() -> bool:
    """Whether this is root on a Debian."""
    return on_linux() and shutil.which("apt-get") is not None and os.geteuid() == 0


def line_to_run(packages: Sequence[str]) -> str:
    """The one line that installs the packages on a Debian."""
    return "sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(unique(packages))


def unique(words: Sequence[str]) -> List[str]:
    """The words once each, in order."""
    return list(dict.fromkeys(words))


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages as root, or Trouble with the last words of apt-get."""
    names = unique(packages)
    line = Line("Installing {} from Debian".format(" ".join(names)))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        answer = subprocess.run(
            ["apt-get", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )
        if answer.returncode != 0:
            line.done("failed")
            last = " / ".join(answer.stdout.strip().splitlines()[-2:])
            raise Trouble(f"apt-get {command[0]} failed: {last}", "Run it by hand: " + line_to_run(names))
    line.done()


def ensure(screen: bool) -> None:
    """Have what Qt and VTK need: installed as root on Debian, else Trouble with the one line to run."""
    missing = lacking(screen)
    if missing and may_install():
        apt_install([package for _, package in missing])
        missing = lacking(screen)
    if not missing:
        return
    names = ", ".join(what for what, _ in missing)
    if shutil.which("apt-get"):
        remedy = "Run: " + line_to_run([package for _, package in missing])
    else:
        remedy = "Install these with your distribution's package tool, then run this again."
    raise Trouble(f"Qt and VTK need what this machine does not have: {names}.", remedy)


def ensure_for_tests() -> None:
    """Have what the tests need besides; what cannot be installed is told, and its tests skip."""
    missing = lacking_for_tests()
    if missing and may_install():
        try:
            apt_install([package for _, package, _ in missing])
        except Trouble as trouble:
            notice(f"{trouble.problem} {trouble.remedy}")
        missing = lacking_for_tests()
    for what, _, skipped in missing:
        notice(f"{what} is not installed: {skipped} are skipped.")
    if missing and shutil.which("apt-get"):
        notice("to run them too: " + line_to_run([package for _, package, _ in missing]))
