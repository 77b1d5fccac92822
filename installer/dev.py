"""Two commands for a fresh machine with any Python 3: `dev.py run` and `dev.py test`.

run [arguments]   make ready, then start Reading Room; without arguments on the demo region
test [arguments]  make ready, then run the checks and the tests (`--fast`, or any argument of pytest)
check             say what this machine has and what it lacks; changes nothing
lock              resolve the dependencies anew into installer/*.lock (needs the network)
"""

import os
import subprocess
import sys
from typing import Dict, List, Optional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import environment
import libraries
import pythons
from telling import Trouble, notice, tell

OPTIONS_WITH_VALUE = ("--profile",)
WITH_A_WINDOW = (None, "open")


def verb_of(arguments: List[str]) -> Optional[str]:
    """The verb in a readingroom command line; None for the workstation itself."""
    rest = iter(arguments)
    for word in rest:
        if word in ("-h", "--help", "--version"):
            return "help"
        if word in OPTIONS_WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def without_screen(variables: Dict[str, str]) -> bool:
    """Whether no window could be shown here."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return libraries.on_linux() and not any(variables.get(name) for name in screens)


def run(arguments: List[str]) -> int:
    """Make ready and start Reading Room, on the demo region where no arguments are given."""
    window = verb_of(arguments) in WITH_A_WINDOW
    if window and without_screen(dict(os.environ)):
        raise Trouble(
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "Start it in a desktop session or through ssh -X; to try it without a screen: "
            "apt-get install xvfb, then xvfb-run -a python3 installer/dev.py run",
        )
    environment.foresee("run")
    libraries.ensure(screen=window and os.environ.get("QT_QPA_PLATFORM") not in ("offscreen", "minimal"))
    environment.ensure("run")
    return start([environment.COMMAND, *(arguments or ["--demo"])])


def test(arguments: List[str]) -> int:
    """Make ready and run every check and test."""
    environment.foresee("test")
    libraries.ensure(screen=False)
    libraries.ensure_for_tests()
    environment.ensure("test")
    os.chdir(environment.ROOT)
    return start([environment.PYTHON, "-m", "tests", *arguments])


def check(arguments: List[str]) -> int:
    """Say what this machine has and what it lacks."""
    lines = []
    try:
        python = pythons.find()
        lines.append(("Python", f"{python.words} ({python.path})"))
    except Trouble as trouble:
        lines.append(("Python", f"{trouble.problem} {trouble.remedy}"))
    for purpose in ("run", "test"):
        state = "ready" if environment.is_ready(purpose) else "to be made"
        lines.append((".venv to " + purpose, state))
    missing = [what for what, _ in libraries.lacking(screen=True)]
    lines.append(("for Qt and VTK", "lacking " + ", ".join(missing) if missing else "all there"))
    missing = [what for what, _, _ in libraries.lacking_for_tests()]
    lines.append(("for the tests", "lacking " + ", ".join(missing) if missing else "all there"))
    lines.append(("screen", "none" if without_screen(dict(os.environ)) else "there"))
    for name, found in lines:
        print(f"{name:15} {found}")
    return 0


def lock(arguments: List[str]) -> int:
    """Resolve the dependencies anew."""
    environment.ensure("test")
    return start([environment.PYTHON, os.path.join(environment.ROOT, "installer", "lock.py")])


def start(command: List[str]) -> int:
    """Become the command where the system can, so that signals and exit codes are its own."""
    variables = environment.clean_environment()
    sys.stdout.flush()
    sys.stderr.flush()
    if pythons.WINDOWS:
        return subprocess.call(command, env=variables)
    os.execve(command[0], command, variables)


VERBS = {"run": run, "test": test, "check": check, "lock": lock}


def main(arguments: List[str]) -> int:
    """Exit code: the started program's own; 2 with problem and remedy; 130 interrupted."""
    if not arguments or arguments[0] not in VERBS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        return VERBS[arguments[0]](arguments[1:])
    except Trouble as trouble:
        tell(trouble)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        notice("interrupted; run the same line again and it goes on.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
