"""Where the windows of benchmarks are shown: the display that is there, a virtual one, or none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SCREEN = "1920x1400x24"


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """Environment variables for a process with windows.

    Without a display, a virtual one of its own (Xvfb) where it is installed: only there does a finished image travel to
    a screen, as the design's goals count it. Else windows are drawn into memory only, and no such goal is stated.
    """
    named = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if named or not sys.platform.startswith("linux"):
        yield {}
        return
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    reading, writing = os.pipe()
    words = [xvfb, "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    # A session of its own: an interrupt at the terminal must not take the display before the windows.
    server = subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"} if number else {"QT_QPA_PLATFORM": "offscreen"}
    finally:
        server.terminate()
        server.wait()
