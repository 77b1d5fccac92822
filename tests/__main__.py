"""`python -m tests`: style, contracts, types, then every test; `--fast` leaves out integration and stories.

The first step that fails ends the run. Any other argument goes to pytest.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
SLOW = ("tests/integration", "tests/stories")
INSTALLER = sorted(str(path.relative_to(REPO)) for path in (REPO / "installer").glob("*.py"))


def program(name: str) -> str:
    """The program of that name beside this Python."""
    found = shutil.which(name, path=str(Path(PYTHON).parent))
    if found is None:
        sys.exit(f"problem: {name} is not in .venv.\nremedy: Run python3 installer/dev.py test.")
    return found


def checks() -> list[tuple[str, list[str]]]:
    """What is checked before a test runs: (name, command)."""
    return [
        ("ruff check", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
        ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("import contracts", [program("lint-imports"), "--no-logo"]),
        ("mypy strict", [PYTHON, "-m", "mypy", "--no-error-summary"]),
        ("mypy strict, installer", [PYTHON, "-m", "mypy", "--strict", "--no-error-summary", *INSTALLER]),
    ]


def run(name: str, command: list[str], variables: dict[str, str]) -> int:
    """Run one step: its name and time on one line, all it said where it failed."""
    start = time.monotonic()
    answer = subprocess.run(
        command, cwd=REPO, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    verdict = "ok" if answer.returncode == 0 else "FAILED"
    print(f"{name:24} {verdict:6} {time.monotonic() - start:6.1f} s", flush=True)
    if answer.returncode != 0:
        sys.stdout.buffer.write(answer.stdout)
        sys.stdout.flush()
    return answer.returncode


def main(arguments: list[str]) -> int:
    """The exit code of the first step that failed; pytest has the last word."""
    variables = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "MYPYPATH": "installer"}
    steps = checks()
    for position, (name, command) in enumerate(steps):
        code = run(name, command, variables)
        if code != 0:
            left = [later for later, _ in steps[position + 1 :]] + ["the tests"]
            print(f"\n{name} failed; not run: {', '.join(left)}")
            return code
    skipped = [f"--ignore={folder}" for folder in SLOW] if "--fast" in arguments else []
    rest = [argument for argument in arguments if argument != "--fast"]
    print("the tests", flush=True)
    command = [PYTHON, "-m", "pytest", "--durations=10", "--durations-min=5", *skipped, *rest]
    try:
        return subprocess.run(command, cwd=REPO, env=variables, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
