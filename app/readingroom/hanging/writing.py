"""A hanging protocol as the YAML that `hanging.reading` reads: what is captured, edited or imported is written like by hand."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from readingroom.hanging.protocol import (
    CURRENT,
    Layout,
    Port,
    PriorRole,
    Protocol,
    Rule,
    Scalar,
    Selector,
    Stage,
    WantedSet,
    Window,
)

SCHEMA = "hanging-protocol/1"
_UNITS = (("y", 365.25), ("mo", 30.44), ("w", 7.0))
_WIDTH = 118


def text_of(protocol: Protocol) -> str:
    """The protocol as YAML 1.2 text, one line for each display set, viewport and stage where it fits."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel declares it as None
    out = StringIO()
    yaml.dump(document_of(protocol), out)
    return out.getvalue()


def document_of(protocol: Protocol) -> dict[str, Any]:
    """The protocol as the mappings and lists of its file; level and source are where it lies, and not in it."""
    document: dict[str, Any] = {"schema": SCHEMA, "id": protocol.id, "name": protocol.name}
    document |= _given(description=protocol.description, author=protocol.author, priority=protocol.priority)
    if not protocol.enabled:
        document["enabled"] = False
    document["applies_to"] = {"require": []} | _selector(protocol.applies_to)
    if protocol.priors:
        document["priors"] = [_role(one) for one in protocol.priors]
    document["display_sets"] = _sets(protocol.sets)
    document["viewports"] = {one.id: _port(one) for one in protocol.ports}
    document["stages"] = [_stage(one) for one in protocol.stages]
    return document


def days_as_age(days: float) -> str:
    """An age as protocols write it: the largest unit of which it is a whole number, else whole days."""
    for unit, length in _UNITS:
        count = days / length
        if count >= 1 and abs(count - round(count)) < 1e-6:
            return f"{round(count)}{unit}"
    return f"{round(days)}d"


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _plain(value: Scalar) -> Scalar:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rule(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {"attr": rule.attr}
    if len(rule.any_of) == 1:
        found["is"] = _plain(rule.any_of[0])
    elif rule.any_of:
        found["any_of"] = [_plain(one) for one in rule.any_of]
    if rule.none_of:
        found["none_of"] = [_plain(one) for one in rule.none_of]
    found |= _given(contains=rule.contains, regex=rule.regex.pattern if rule.regex else "", code=list(rule.codes))
    limits = {"gt": rule.gt, "ge": rule.ge, "lt": rule.lt, "le": rule.le}
    found |= {name: _plain(limit) for name, limit in limits.items() if limit is not None}
    if rule.present is not None:
        found["present"] = rule.present
    return found | _given(weight=rule.weight)


def _selector(selector: Selector) -> dict[str, Any]:
    parts = {"require": selector.require, "exclude": selector.exclude, "score": selector.score}
    return {name: [_rule(one) for one in rules] for name, rules in parts.items() if rules}


def _role(role: PriorRole) -> dict[str, Any]:
    found: dict[str, Any] = {"id": role.id}
    if role.role == "nth":
        found["nth"] = role.nth
    else:
        found["role"] = role.role
    if role.role == "nearest":
        found["age"] = days_as_age(role.age_days)
    if role.between_days is not None:
        found["between"] = [days_as_age(age) for age in role.between_days]
    return found | _given(require=[_rule(one) for one in role.require])


def _sets(wanted: tuple[WantedSet, ...]) -> dict[str, Any]:
    """Display sets; one with the rules of an earlier one is written as like it."""
    found: dict[str, Any] = {}
    own: list[WantedSet] = []
    for one in wanted:
        entry: dict[str, Any] = _given(**{"from": one.source if one.source != CURRENT else ""})
        same = next((x.id for x in own if (x.selector, x.min_images) == (one.selector, one.min_images)), None)
        if same is not None:
            entry["like"] = same
        else:
            own.append(one)
            entry |= _selector(one.selector)
        entry |= _given(sort=[f"{'-' if falling else '+'}{name}" for name, falling in one.sort])
        if one.pick != 1:
            entry["pick"] = one.pick
        if one.min_images != 1 and same is None:
            entry["min_images"] = one.min_images
        if one.read_in:
            entry["read_in"] = list(one.read_in)
        found[one.id] = entry
    return found


def _port(port: Port) -> dict[str, Any]:
    found: dict[str, Any] = {"show": port.show[0]} | _given(**{"or": list(port.show[1:])})
    if port.window is not None:
        found["window"] = _window(port.window)
    found |= _given(invert=port.invert, chest_wall=port.chest_wall, rotate=port.rotation, mirror=port.mirror)
    if port.zoom is not None:
        found["zoom"] = _plain(port.zoom)
    if port.part is not None:
        found["part"] = [_plain(round(edge, 4)) for edge in port.part]
    if port.start != "middle":
        found["start"] = port.start
    found |= _given(label=port.label, keep_empty=port.keep_empty, repeat=port.repeat)
    return found | _given(sync=list(port.sync))


def _window(window: Window) -> str | Mapping[str, Scalar]:
    return window.name or {"center": _plain(window.centre), "width": _plain(window.width)}


def _stage(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = {"id": stage.id} | _given(name=stage.name if stage.name != stage.id else "")
    found |= _given(needs=list(stage.needs), fill_unmatched=stage.fill_unmatched, always=stage.always)
    found |= _given(tool=stage.tool, text=stage.text)
    return found | {"layouts": [_layout(one) for one in stage.layouts]}


def _layout(layout: Layout) -> dict[str, Any]:
    screens = [
        _given(role=screen.role if screen.role != "any" else "") | {"areas": [" ".join(row) for row in screen.grid]}
        for screen in layout.screens
    ]
    return ({} if layout.turns else {"turn": False}) | {"screens": screens}
