"""A DICOM Hanging Protocol object (PS3.3 C.23), anybody's, as a protocol of ours, and each thing of it that is not taken over."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.hanging.capturing import without_unused
from readingroom.hanging.dicom_boxes import Box, layouts_of
from readingroom.hanging.dicom_terms import (
    DAYS,
    DIGEST,
    DOCUMENT,
    HANGING_PROTOCOL_STORAGE,
    LIMIT_NAMES,
    NAMES,
    NUMBER_NAMES,
    PLANE_NAMES,
    PRIVATE_CREATOR,
    PRIVATE_GROUP,
    WINDOWS,
)
from readingroom.hanging.dicom_writing import digest_of
from readingroom.hanging.library import protocol_in
from readingroom.hanging.own import fresh_id
from readingroom.hanging.protocol import CURRENT, Port, PriorRole, Protocol, Rule, Selector, Stage, WantedSet, Window
from readingroom.hanging.regions import regions_of
from readingroom.hanging.traits import SET_NAMES

_ASIDE = {
    "BlendingOperationType": "images laid over each other", "PseudoColorType": "false colours",
    "ReformattingOperationType": "reformatting (D makes planes)", "ThreeDRenderingType": "3D rendering",
    "DisplaySetPatientOrientation": "the patient's orientation on the glass", "ShowImageTrueSizeFlag": "true size",
}  # fmt: skip

_CODE = re.compile(r"[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Imported:
    """A protocol for the reader's own, and what of the object it does not do."""

    protocol: Protocol
    warnings: tuple[str, ...]


def imported(dataset: Any, taken: tuple[str, ...] = (), standard_only: bool = False) -> Imported:
    """The protocol of a Hanging Protocol object; ReaderError where it is none, or asks for nothing that can be shown.

    taken: ids that there are. standard_only: our own private block is not read. Where it is, nothing is lost, unless
    another program changed the object since.
    """
    if str(dataset.get("SOPClassUID", "")) != HANGING_PROTOCOL_STORAGE:
        raise ReaderError("This object is no hanging protocol.", "Choose one of SOP class Hanging Protocol Storage.")
    warnings: list[str] = []
    if not standard_only:
        own = _own(dataset, warnings)
        if own is not None:
            return Imported(replace(own, id=fresh_id(own.id, taken), level="user", source=""), tuple(warnings))
    try:
        protocol = _Work(dataset, warnings).protocol(taken)
    except (AttributeError, TypeError, ValueError, IndexError, KeyError) as error:
        problem = f"This hanging protocol object is damaged or not whole ({type(error).__name__}: {error})."
        raise ReaderError(problem, "Ask its maker for a valid one; dciodvfy says what is wrong with it.") from error
    if not protocol.sets or not protocol.stages:
        raise ReaderError("This hanging protocol shows no image set.", "Nothing of it can be hung.")
    return Imported(without_unused(protocol), tuple(dict.fromkeys(warnings)))


def _own(dataset: Any, warnings: list[str]) -> Protocol | None:
    """The protocol in our private block, None where there is none or the object was changed since."""
    try:
        block = dataset.private_block(PRIVATE_GROUP, PRIVATE_CREATOR)
        text, digest = str(block[DOCUMENT].value), str(block[DIGEST].value)
    except KeyError:
        return None
    if digest != digest_of(dataset):
        warnings.append("Another program changed this object: what it says in standard attributes counts.")
        return None
    return protocol_in(text, "user")


@dataclass(slots=True)
class _Work:
    """One import under way."""

    dataset: Any
    lost: list[str]
    roles: dict[str, PriorRole] = field(default_factory=dict)
    image_sets: dict[int, WantedSet] = field(default_factory=dict)
    sets: dict[str, WantedSet] = field(default_factory=dict)
    ports: list[Port] = field(default_factory=list)

    def protocol(self, taken: tuple[str, ...]) -> Protocol:
        """Everything, piece by piece."""
        dataset = self.dataset
        name = (
            str(dataset.get("HangingProtocolDescription", "") or dataset.get("HangingProtocolName", "")) or "Imported"
        )
        applies = self._applies()
        for item in dataset.get("ImageSetsSequence") or ():
            self._image_sets(item)
        stages = tuple(self._stages())
        if dataset.get("NavigationIndicatorSequence"):
            self.lost.append("Navigation indicators.")
        return Protocol(
            id=fresh_id(str(dataset.get("HangingProtocolName", "")) or name, taken), name=name[:64], applies_to=applies,
            sets=tuple(self.sets.values()), ports=tuple(self.ports), stages=stages, priors=tuple(self.roles.values()),
            level="user", author=str(dataset.get("HangingProtocolCreator", "")),
        )  # fmt: skip

    def _applies(self) -> Selector:
        items = list(self.dataset.get("HangingProtocolDefinitionSequence") or ())
        modalities = tuple(dict.fromkeys(str(one.Modality) for one in items if one.get("Modality")))
        coded = [code for one in items for code in one.get("AnatomicRegionSequence") or ()]
        regions = regions_of(
            [str(code.get("CodeMeaning", "")) for code in coded], (), [str(code.get("CodeValue", "")) for code in coded]
        )
        if coded and not regions:
            self.lost.append(f"The region {', '.join(str(code.get('CodeMeaning', '')) for code in coded)}.")
        found = (code for one in items for code in one.get("ProcedureCodeSequence") or ())
        named = [f"{c.get('CodingSchemeDesignator', '')}:{c.get('CodeValue', '')}" for c in found]
        codes = tuple(dict.fromkeys(code for code in named if _CODE.fullmatch(code)))
        self.lost += [f"The procedure code {code}." for code in named if code not in codes]
        if any(one.get("ReasonForRequestedProcedureCodeSequence") for one in items):
            self.lost.append("The reasons for the procedure: not asked for here.")
        if codes:
            self.lost.append(f"The procedure codes {', '.join(codes)} weigh 60 and are not required.")
        require = [Rule("modalities", any_of=modalities)] if modalities else []
        require += [Rule("body_region", any_of=regions)] if regions else []
        score = [Rule("modalities", any_of=modalities, weight=25)] if modalities else []
        score += [Rule("ProcedureCodeSequence", codes=codes, weight=60)] if codes else []
        return Selector(tuple(require), (), tuple(score))

    def _image_sets(self, item: Any) -> None:
        rules = [rule for one in item.get("ImageSetSelectorSequence") or () if (rule := self._rule(one)) is not None]
        for when in item.get("TimeBasedImageSetsSequence") or ():
            number = int(when.ImageSetNumber)
            wanted = WantedSet(
                f"set_{number}", self._source(when), Selector(tuple(rules)), sort=(("SeriesNumber", False),)
            )
            self.image_sets[number] = wanted

    def _rule(self, one: Any) -> Rule | None:
        """A selector or a filter as a rule, None where ours know no such attribute."""
        from pydicom.datadict import keyword_for_tag

        keyword = keyword_for_tag(one.SelectorAttribute) if one.get("SelectorAttribute") is not None else ""
        values = _values(one)
        operator = str(one.get("FilterByOperator", "MEMBER_OF"))
        unlike = operator == "NOT_MEMBER_OF"
        if one.get("FilterByCategory") == "IMAGE_PLANE":
            planes = tuple(PLANE_NAMES[value] for value in values if value in PLANE_NAMES)
            return _like("plane", planes, unlike) if planes else None
        if keyword == "ContrastBolusAgent" and one.get("FilterByAttributePresence"):
            return Rule("contrast", any_of=(one.FilterByAttributePresence == "PRESENT",))
        if keyword == "ImageType" and "LOCALIZER" in values:
            return Rule("is_localizer", any_of=(not unlike,))
        if keyword in ("BodyPartExamined", "AnatomicRegionSequence"):
            coded = keyword == "AnatomicRegionSequence"
            regions = regions_of(values, (), values) if coded else regions_of((), values)
            if regions:
                return _like("body_region", regions, unlike)
        if keyword in NUMBER_NAMES and operator in LIMIT_NAMES and values:
            return _limit(NUMBER_NAMES[keyword], LIMIT_NAMES[operator], float(values[0]))
        name = NAMES.get(keyword, keyword)
        if name in SET_NAMES and values:
            return _like(name, values, unlike)
        self.lost.append(
            f"A rule about {keyword or one.get('SelectorAttribute', 'an attribute')}: nothing here asks for it."
        )
        return None

    def _source(self, when: Any) -> str:
        if when.get("ImageSetSelectorCategory") == "ABSTRACT_PRIOR":
            if when.get("AbstractPriorValue") is None:
                self.lost.append("A prior that a code names is taken for the baseline.")
                return self._role(PriorRole("baseline", "baseline"))
            first, *rest = (int(value) for value in _several(when.AbstractPriorValue))
            if rest and rest[0] not in (first, -1):
                self.lost.append(f"Priors {first} to {rest[0]}: the first of them hangs.")
            return self._role(
                PriorRole("oldest", "oldest") if first < 0 else PriorRole(f"prior{first}", nth=max(1, first))
            )
        ages = [float(value) for value in _several(when.get("RelativeTime") or (0, 0))]
        if not any(ages):
            return CURRENT
        days = sorted(age * DAYS.get(str(when.get("RelativeTimeUnits", "DAYS")), 1.0) for age in ages)
        return self._role(
            PriorRole(
                f"aged_{round(days[0])}_{round(days[-1])}", between_days=(float(round(days[0])), float(round(days[-1])))
            )
        )

    def _role(self, role: PriorRole) -> str:
        return self.roles.setdefault(role.id, role).id

    def _stages(self) -> Iterator[Stage]:
        groups: dict[int, list[Any]] = {}
        for one in self.dataset.get("DisplaySetsSequence") or ():
            groups.setdefault(int(one.get("DisplaySetPresentationGroup", 1)), []).append(one)
        scrolling = self._scrolling()
        for number, items in sorted(groups.items()):
            boxes: list[tuple[str, Box]] = []
            for item in items:
                boxes += self._viewports(item, scrolling)
            if not boxes:
                continue
            name = next(
                (
                    str(one.DisplaySetPresentationGroupDescription)
                    for one in items
                    if one.get("DisplaySetPresentationGroupDescription")
                ),
                f"Stage {number}",
            )
            for more, layouts in enumerate(layouts_of(boxes, self._screens(), self.lost, name)):
                words = name if not more else f"{name[:50]}: monitor {more + 1}"
                yield Stage(f"stage_{number}" + (f"_{more + 1}" if more else ""), words[:64], layouts, always=not more)

    def _scrolling(self) -> Mapping[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        for n, group in enumerate(self.dataset.get("SynchronizedScrollingSequence") or (), 1):
            for number in _several(group.get("DisplaySetScrollingGroup") or ()):
                found[int(number)] = (*found.get(int(number), ()), f"scroll:group_{n}")
        return found

    def _screens(self) -> list[Box]:
        found = []
        for one in self.dataset.get("NominalScreenDefinitionSequence") or ():
            place = [float(edge) for edge in one.get("DisplayEnvironmentSpatialPosition") or (0, 1, 1, 0)]
            found.append((place[0], place[1], place[2], place[3]))
        return found or [(0.0, 1.0, 1.0, 0.0)]

    def _viewports(self, item: Any, scrolling: Mapping[int, tuple[str, ...]]) -> list[tuple[str, Box]]:
        """The viewports of a display set: one for each of its image boxes."""
        number, wanted = int(item.DisplaySetNumber), self._wanted(item)
        if wanted is None:
            return []
        self._said(item)
        found: list[tuple[str, Box]] = []
        boxes = list(item.get("ImageBoxesSequence") or ())
        if len(boxes) > 1:
            self.lost.append(f"Display set {number}: each of its {len(boxes)} boxes shows the same series.")
        for n, box in enumerate(boxes):
            name = f"view_{number}" + (f"_{n + 1}" if n else "")
            place = [float(edge) for edge in box.get("DisplayEnvironmentSpatialPosition") or (0, 1, 1, 0)]
            kind = str(box.get("ImageBoxLayoutType", "STACK"))
            if kind not in ("STACK", "SINGLE", "CINE"):
                self.lost.append(f"Boxes of kind {kind} are viewports with one image.")
            self.ports.append(self._port(name, wanted, item, scrolling.get(number, ())))
            found.append((name, (place[0], place[1], place[2], place[3])))
        return found

    def _wanted(self, item: Any) -> WantedSet | None:
        """The image set of a display set, narrowed by its filters."""
        base = self.image_sets.get(int(item.get("ImageSetNumber", 0)))
        if base is None:
            self.lost.append(
                f"Display set {item.DisplaySetNumber}: there is no image set {item.get('ImageSetNumber')}."
            )
            return None
        filters = [rule for one in item.get("FilterOperationsSequence") or () if (rule := self._rule(one)) is not None]
        require = tuple(dict.fromkeys((*base.selector.require, *filters)))
        same = next(
            (one for one in self.sets.values() if (one.source, one.selector.require) == (base.source, require)), None
        )
        if same is not None:
            return same
        name, more = base.id, 2
        while name in self.sets:
            name, more = f"{base.id}_{more}", more + 1
        self.sets[name] = replace(base, id=name, selector=Selector(require))
        return self.sets[name]

    def _said(self, item: Any) -> None:
        for keyword, words in _ASIDE.items():
            if item.get(keyword) not in (None, "", "NO"):
                self.lost.append(f"{words[:1].upper()}{words[1:]}.")
        for one in item.get("SortingOperationsSequence") or ():
            if one.get("SortByCategory") != "ALONG_AXIS" or one.get("SortingDirection") != "INCREASING":
                what = one.get("SortByCategory") or one.get("SelectorAttribute")
                self.lost.append(
                    f"Images sorted by {what}, {one.get('SortingDirection', '')}: they hang in their places in the patient."
                )

    def _port(self, name: str, wanted: WantedSet, item: Any, sync: tuple[str, ...]) -> Port:
        term = str(item.get("VOIType", ""))
        if term and term not in WINDOWS:
            self.lost.append(f"The window {term}.")
        side = str(item.get("DisplaySetHorizontalJustification", "")).lower()
        again = any(port.show == (wanted.id,) for port in self.ports)
        return Port(
            name, (wanted.id,), Window(WINDOWS[term]) if term in WINDOWS else None,
            str(item.get("ShowGrayscaleInverted", "")) == "YES", side if side in ("left", "right") else "",
            label=str(item.get("DisplaySetLabel", ""))[:40],
            keep_empty=str(self.dataset.get("PartialDataDisplayHandling", "")) == "MAINTAIN_LAYOUT", repeat=again, sync=sync,
        )  # fmt: skip


def _like(name: str, values: tuple[str, ...], unlike: bool) -> Rule:
    return Rule(name, none_of=values) if unlike else Rule(name, any_of=values)


def _limit(name: str, limit: str, number: float) -> Rule:
    at = {word: number if word == limit else None for word in ("gt", "ge", "lt", "le")}
    return Rule(name, gt=at["gt"], ge=at["ge"], lt=at["lt"], le=at["le"])


def _values(one: Any) -> tuple[str, ...]:
    """The values of a selector, whatever their representation (PS3.3 C.23.4.1); of codes, value and meaning."""
    vr = str(one.get("SelectorAttributeVR", ""))
    if vr == "SQ":
        return tuple(
            str(code.get(part, ""))
            for code in one.get("SelectorCodeSequenceValue") or ()
            for part in ("CodeValue", "CodeMeaning")
        )
    return tuple(str(value) for value in _several(one.get(f"Selector{vr}Value")) if str(value))


def _several(value: Any) -> tuple[Any, ...]:
    from pydicom.multival import MultiValue

    if value is None:
        return ()
    return tuple(value) if isinstance(value, MultiValue | list | tuple) else (value,)
