"""What a reader is told when something cannot be done."""


class ReaderError(Exception):
    """A failure in the reader's words: what the problem is, and what remedies it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}"


class Cancelled(Exception):
    """The reader left: work that was on its way is dropped without a word."""
