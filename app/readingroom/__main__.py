"""The front door: python -m readingroom, and the readingroom command."""

import sys


def main() -> int:
    """Run the command line and answer with its exit code."""
    from readingroom.verbs.front import main as front

    return front()


if __name__ == "__main__":
    sys.exit(main())
