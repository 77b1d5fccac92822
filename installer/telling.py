"""What the installer says: one line per step, and a problem with its remedy."""

import sys
import time


class Trouble(Exception):
    """Something the installer cannot mend: what the problem is, and what remedies it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class Line:
    """One line of progress: rewritten in place on a terminal, told every ten seconds elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._terminal = sys.stderr.isatty()
        self._width = 0
        self._start = time.time()
        self._told = time.time()
        self._write(what + " ...")

    def say(self, how_far: str) -> None:
        """Show how far the step is."""
        if self._terminal or time.time() - self._told > 10:
            self._told = time.time()
            self._write(f"{self._what} ... {how_far}")

    def done(self, result: str = "done") -> None:
        """Close the line with its result and the time the step took."""
        self._write(f"{self._what}: {result} ({time.time() - self._start:.0f} s)")
        if self._terminal:
            sys.stderr.write("\n")

    def _write(self, text: str) -> None:
        if self._terminal:
            sys.stderr.write("\r" + text[:110].ljust(self._width))
            self._width = min(len(text), 110)
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()


def tell(trouble: Trouble) -> None:
    """Write a problem and its remedy where errors go."""
    sys.stderr.write(f"\nproblem: {trouble.problem}\nremedy: {trouble.remedy}\n")


def notice(text: str) -> None:
    """Write one line that stops nothing."""
    sys.stderr.write(f"notice: {text}\n")
    sys.stderr.flush()
