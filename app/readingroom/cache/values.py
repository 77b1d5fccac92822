"""Record values to and from plain JSON: every field by its name, defaults left out, so that old shelves stay readable."""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


def to_plain(value: Any) -> Any:
    """A frozen value as JSON knows it: dataclasses as objects without their defaults, tuples as lists, dates as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: to_plain(getattr(value, name))
            for name, default in _defaults(type(value))
            if getattr(value, name) != default
        }
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value


def from_plain[T](kind: type[T], plain: Any) -> T:
    """The value again; fields that are not known any more are left out. ValueError or TypeError where it does not fit."""
    hashable: Any = kind
    value: T = _reader(hashable)(plain)
    return value


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.name, field.default_factory() if field.default_factory is not MISSING else field.default)
        for field in fields(kind)
    )


@cache
def _reader(kind: Any) -> Reader:
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_reader(kind)
    origin = get_origin(kind)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin in (Union, types.UnionType):
        (inner,) = (part for part in get_args(kind) if part is not types.NoneType)
        read = _reader(inner)
        return lambda plain: None if plain is None else read(plain)
    if kind in (date, time):
        return lambda plain: kind.fromisoformat(plain)
    if kind is float:
        return float
    return lambda plain: plain


def _dataclass_reader(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return lambda plain: kind(**{name: readers[name](part) for name, part in plain.items() if name in readers})


def _tuple_reader(parts: tuple[Any, ...]) -> Reader:
    if len(parts) == 2 and parts[1] is Ellipsis:
        one = _reader(parts[0])
        return lambda plain: tuple([one(part) for part in plain])
    each = [_reader(part) for part in parts]
    return lambda plain: tuple([read(part) for read, part in zip(each, plain, strict=True)])
