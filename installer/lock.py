"""Writes the two locks from pyproject.toml: every platform's wheels, each by its hash, from no named index."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ROOT / "installer"
OLDEST_PYTHON = "3.12"


def resolver(folder: Path) -> Path:
    """The resolver, installed into a folder of its own so that it is no part of what is locked."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return programs / "uv"


def compile_lock(uv: Path, lock: Path, groups: list[str], within: Path | None) -> None:
    """Resolve for Linux, Windows and macOS at once; `within` pins what another lock has already pinned."""
    # Wheels that only this machine knows must not reach the lock.
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    command: list[str | Path] = [uv, "pip", "compile", "pyproject.toml", "--no-config", "--universal", "--no-build"]
    command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--custom-compile-command", "python3 installer/dev.py lock", "--quiet", "--output-file", lock]
    command += [word for group in groups for word in ("--group", group)]
    command += ["--constraint", within] if within is not None else []
    subprocess.run(command, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)
    text = lock.read_text(encoding="utf-8")
    if "://" in text or "file:" in text:
        sys.exit(f"problem: {lock.name} names a place on the network or on this disk.\nremedy: look at its lines.")


def main() -> None:
    """Write both locks beside this file."""
    runtime = INSTALLER / "requirements.lock"
    with tempfile.TemporaryDirectory() as folder:
        uv = resolver(Path(folder))
        for lock in (runtime, INSTALLER / "requirements-dev.lock"):
            lock.unlink(missing_ok=True)
        compile_lock(uv, runtime, ["build"], None)
        compile_lock(uv, INSTALLER / "requirements-dev.lock", ["build", "dev"], runtime.relative_to(ROOT))


if __name__ == "__main__":
    main()
