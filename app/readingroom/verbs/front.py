"""The front of the readingroom command: one parser, one way to answer, one way to refuse."""

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from readingroom import __version__
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.log import LOG
from readingroom.settings.places import Profile, profile_at

VERBS: dict[str, str] = {
    "open": "a study in the workstation that is open, or in one that is started",
    "archives": "probe every configured archive: reachable, how fast, what it can do",
    "search": "ask all archives at once; the answer says who did not answer",
    "priors": "the patient's earlier examinations over all archives, with the reasons for their rank",
    "fetch": "bring a study into the cache, resuming what is there",
    "import": "bring a folder, disc or USB stick into the cache",
    "export": "a study to a folder, disc or ISO image, or as a de-identified teaching case",
    "info": "display sets, geometry, pixel facts and what may be measured",
    "render": "one frame through the display pipeline to a PNG",
    "mpr": "one plane through a volume, thin or a slab",
    "volume": "a rendering of a volume in three dimensions",
    "measure": "a measurement with its numbers, error bar and basis",
    "sr": "measurements to and from DICOM SR (TID 1500)",
    "lesions": "lesions of one patient over time: growth, doubling time, RECIST sums",
    "keep": "a view with what was measured on it, as a presentation state",
    "mark": "key images with their reason, as a key object selection",
    "hang": "which protocol a case gets, which image hangs where, and why",
    "report": "write, check, sign and show a report",
    "outbox": "what is signed and not yet stored, and why",
    "cache": "what the cache holds and its health",
    "audit": "the hash-chained audit trail",
    "demo": "write the demo region to a folder or store it in an archive",
    "monitors": "each monitor's calibration and its check, what was measured on it, and test patterns",
    "doctor": "what is right on this desk, what is not, and what to do",
    "bench": "the project's own benchmarks beside their limits",
    "keys": "every command with its keys and the mouse; key maps checked, brought in and taken along",
    "settings": "the settings file's schema and where it lies",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb found: fields for --json, lines for a reader, and the exit code (0 done, 1 in part)."""

    fields: dict[str, Any]
    lines: tuple[str, ...] = ()
    code: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; exit codes 0 done, 1 in part, 2 refused, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    quieten()
    as_json = "--json" in words
    try:
        verb = _verb_named(words)
        if verb is None:
            return _open_or_help(words)
        options = _parser(verb).parse_intermixed_args(words)
        profile = profile_at(options.profile)
        answer: Answer = _room(verb).run(options, profile)
        return _say(answer, as_json)
    except ReaderError as error:
        return _refuse(error.problem, error.remedy, as_json)
    except (KeyboardInterrupt, Cancelled):
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001  (the last line of defence: said, logged, never a traceback)
        LOG.exception("defect")
        return _refuse(f"Reading Room made a mistake ({type(error).__name__}: {error}).", "Please report it.", as_json)


def quieten() -> None:
    """Keep libraries' remarks on odd headers off the terminal: what a reader must know, our own words say."""
    warnings.filterwarnings("ignore", module="pydicom")
    warnings.filterwarnings("ignore", module="highdicom")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def _verb_named(words: Sequence[str]) -> str | None:
    takes_value = False
    for word in words:
        if takes_value:
            takes_value = False
        elif word == "--profile":
            takes_value = True
        elif not word.startswith("-"):
            if word not in VERBS:
                raise ReaderError(f"There is no verb “{word}”.", f"Use one of: {', '.join(VERBS)}.")
            return word
    return None


def _room(verb: str) -> Any:
    return import_module(f"readingroom.verbs.{'import_' if verb == 'import' else verb}")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise ReaderError(f"{message[:1].upper()}{message[1:]}.", f"See: {self.prog} --help")


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"readingroom {verb}", description=VERBS[verb], allow_abbrev=False)
    parser.add_argument("verb", choices=[verb], metavar=verb, help=argparse.SUPPRESS)
    parser.add_argument("--profile", metavar="DIR", help="settings, cache, journal (default: the platform's folder)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    _room(verb).declare(parser)
    return parser


def _open_or_help(words: Sequence[str]) -> int:
    parser = _Parser(prog="readingroom", description="The desk where a region's examinations are read.")
    parser.add_argument("--profile", metavar="DIR", help="settings, cache, journal (default: the platform's folder)")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--demo", action="store_true", help="open on the embedded demo region, in its own profile")
    parser.add_argument("--version", action="version", version=f"Reading Room {__version__}")
    parser.epilog = "verbs: " + "; ".join(f"{name} – {text}" for name, text in VERBS.items())
    options = parser.parse_args(words)
    from readingroom.main import open_workstation

    profile: Profile = profile_at(options.profile, demo=options.demo)
    return open_workstation(profile, demo=options.demo)


def _refuse(problem: str, remedy: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"problem": problem, "remedy": remedy}, ensure_ascii=False))
    print(f"problem: {problem}\nremedy: {remedy}", file=sys.stderr)
    return 2


def _say(answer: Answer, as_json: bool) -> int:
    if as_json:
        print(json.dumps(answer.fields, ensure_ascii=False, indent=1, default=str, allow_nan=False))
    else:
        for line in answer.lines:
            print(line)
    return answer.code
