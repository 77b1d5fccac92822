"""A decoder that would stop the whole program while it works, run in a process of its own."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import readingroom

MOST_S = 120.0
_CHILD = "from readingroom.pixels.apart import child; child()"


def decoded_apart(decoder: str, encoded: bytes | memoryview, colour_transform: int) -> NDArray[Any]:
    """The samples that a decoder of pylibjpeg ("libjpeg", "openjpeg") answers for a stream.

    It holds the interpreter for the whole image, a second and more for a radiograph, and may end the process on damaged
    bytes: so it has its own. RuntimeError where it gives no samples.
    """
    own = str(Path(readingroom.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH", ""))))
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _CHILD, decoder, str(colour_transform)], input=encoded, capture_output=True,
            timeout=MOST_S, check=False, env={**os.environ, "PYTHONPATH": paths},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"no answer after {MOST_S:.0f} s") from error
    if answer.returncode:
        last = answer.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise RuntimeError(last[0] if last else f"it ended with {answer.returncode}")
    return np.asarray(np.load(BytesIO(answer.stdout), allow_pickle=False))


def child() -> None:
    """In the other process: a stream on standard input, its samples on standard output."""
    decoder, colour_transform = sys.argv[1], int(sys.argv[2])
    samples = decoded_here(decoder, sys.stdin.buffer.read(), colour_transform)
    out = BytesIO()
    np.save(out, samples, allow_pickle=False)
    sys.stdout.buffer.write(out.getbuffer())


def decoded_here(decoder: str, encoded: bytes | memoryview, colour_transform: int) -> NDArray[Any]:
    """The same in this process: for what is so small that it takes a moment."""
    if decoder == "libjpeg":
        import libjpeg

        return np.asarray(libjpeg.decode(bytes(encoded), colour_transform=colour_transform))
    import openjpeg

    return np.asarray(openjpeg.decode(bytes(encoded)))
