"""Finding a command by a few letters: what was used last comes first, then what fits best."""

from collections.abc import Sequence

from readingroom.session.commands.registry import Command

_BEGINS_WORD, _FOLLOWS, _ANYWHERE, _WHOLE = 8, 5, 1, 20


def found(asked: str, commands: Sequence[Command], last_used: Sequence[str]) -> tuple[Command, ...]:
    """The commands in whose title, id or explanation the letters stand in this order, best first; all where none is asked."""
    recent = {name: len(last_used) - n for n, name in enumerate(last_used)}
    scored = [(fit(asked, command), command) for command in commands]
    fitting = [(score, command) for score, command in scored if score is not None]
    fitting.sort(key=lambda pair: (-pair[0], -recent.get(pair[1].id, 0)))
    return tuple(command for _, command in fitting)


def fit(asked: str, command: Command) -> int | None:
    """How well letters fit a command; None where they do not stand in it."""
    words = asked.casefold().split()
    if not words:
        return 0
    scores = [max(_fits(word, command), default=None) for word in words]
    return sum(score for score in scores if score is not None) if None not in scores else None


def _fits(word: str, command: Command) -> list[int]:
    places = ((command.title, 3), (command.id, 2), (command.group, 1), (command.says, 1))
    found = [(one, weight) for text, weight in places if (one := _score(word, text.casefold())) is not None]
    return [score * weight for score, weight in found]


def _score(word: str, text: str) -> int | None:
    at = text.find(word)
    if at >= 0:
        begins = at == 0 or not text[at - 1].isalnum()
        return _WHOLE + len(word) * (_BEGINS_WORD if begins else _FOLLOWS)
    score, last = 0, -2
    for letter in word:
        at = text.find(letter, last + 1 if last >= 0 else 0)
        if at < 0:
            return None
        begins = at == 0 or not text[at - 1].isalnum()
        score += _FOLLOWS if at == last + 1 else _BEGINS_WORD if begins else _ANYWHERE
        last = at
    return score
