"""A screen for programs that draw: the one there is, or an X server of our own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """An environment in which Qt finds OpenGL: the one there is, else an X server of our own."""
    environment = dict(os.environ)
    if not sys.platform.startswith("linux") or environment.get("DISPLAY"):
        yield environment
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed, and there is no display")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start here")
        yield {**environment, "DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait(10)
