"""A hanging protocol as a DICOM Hanging Protocol object (PS3.3 A.44, C.23), and each thing that the standard cannot carry."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from readingroom.base.uid import new_uid
from readingroom.hanging.dicom_terms import (
    DIGEST,
    DOCUMENT,
    HANGING_PROTOCOL_STORAGE,
    KEYWORDS,
    LEVELS,
    PLANES,
    PRIVATE_CREATOR,
    PRIVATE_GROUP,
    VOI_TYPES,
)
from readingroom.hanging.placing import EMPTY
from readingroom.hanging.protocol import Layout, Port, PriorRole, Protocol, Rule, Stage, WantedSet
from readingroom.hanging.relevance import usual_relevance
from readingroom.hanging.writing import text_of

Box = tuple[float, float, float, float]
"""Left, top, right, bottom on the glass of all screens, from 0 to 1, from the lower left corner (PS3.3 C.23.2.1.1)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The object, and what it loses for those who know the standard only."""

    dataset: Any
    warnings: tuple[str, ...]


def exported(protocol: Protocol, at: datetime, creator: str = "", screens: int = 1) -> Exported:
    """The object of a protocol for so many screens; the whole of it goes along in our private block.

    warnings: what the standard attributes cannot say. creator: who made it, "" for the program.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    work = _Work(protocol, screens)
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = HANGING_PROTOCOL_STORAGE, new_uid()
    work.define(dataset, at, creator)
    dataset.ImageSetsSequence = [work.image_set(number, one) for number, one in enumerate(protocol.sets, 1)]
    work.environ(dataset)
    dataset.DisplaySetsSequence = list(work.display_sets())
    keeps = any(port.keep_empty for port in protocol.ports)
    dataset.PartialDataDisplayHandling = "MAINTAIN_LAYOUT" if keeps else "ADAPT_LAYOUT"
    work.scrolling(dataset)
    digest = digest_of(dataset)
    block = dataset.private_block(PRIVATE_GROUP, PRIVATE_CREATOR, create=True)
    block.add_new(DOCUMENT, "UT", text_of(protocol))
    block.add_new(DIGEST, "LO", digest)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = HANGING_PROTOCOL_STORAGE
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return Exported(dataset, tuple(dict.fromkeys(work.lost)))


def digest_of(dataset: Any) -> str:
    """Of all standard attributes of the module groups: what another program changes makes our private block stale."""
    public = {key: value for key, value in dataset.to_json_dict().items() if key.startswith("0072")}
    return hashlib.sha256(json.dumps(public, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class _Work:
    """One export under way: what was lost so far."""

    protocol: Protocol
    screens: int
    lost: list[str] = field(default_factory=list)
    filters: dict[str, list[Any]] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)

    def define(self, dataset: Any, at: datetime, creator: str) -> None:
        """Hanging Protocol Definition (PS3.3 C.23.1)."""
        from pydicom.dataset import Dataset

        protocol = self.protocol
        if len(protocol.name) > 16:
            self.lost.append(f"The name is cut to 16 letters; the description keeps “{protocol.name}”.")
        dataset.HangingProtocolName = protocol.name[:16].strip()
        dataset.HangingProtocolDescription = protocol.name[:64]
        dataset.HangingProtocolLevel = LEVELS[protocol.level]
        dataset.HangingProtocolCreator = creator or "Reading Room"
        dataset.HangingProtocolCreationDateTime = at.strftime("%Y%m%d%H%M%S")
        dataset.HangingProtocolUserIdentificationCodeSequence = []
        dataset.NumberOfPriorsReferenced = len(protocol.priors)
        named = [
            str(value) for rule in protocol.applies_to.require if rule.attr == "modalities" for value in rule.any_of
        ]
        items = []
        for modality in dict.fromkeys(named or ["OT"]):
            item = Dataset()
            item.Modality = modality
            item.ProcedureCodeSequence, item.ReasonForRequestedProcedureCodeSequence = [], []
            items.append(item)
        dataset.HangingProtocolDefinitionSequence = items
        if not named:
            self.lost.append("It is for every modality; the definition names OT.")
        applies = protocol.applies_to
        for rule in applies.require:
            if rule.attr not in ("modalities", "body_region"):
                self.lost.append(f"For which examinations: {rule.words}.")
        self.lost += [f"For which examinations not: {rule.words}." for rule in applies.exclude]
        if applies.score or protocol.priority:
            self.lost.append("Weights and priority by which it is chosen among others.")

    def image_set(self, number: int, wanted: WantedSet) -> Any:
        """One display set of ours as an image set (PS3.3 C.23.1.1), what selectors cannot say as filters or as lost."""
        from pydicom.dataset import Dataset

        item, when = Dataset(), Dataset()
        regions = [rule for rule in self.protocol.applies_to.require if rule.attr == "body_region"]
        selectors = [made for rule in regions if (made := self._selector(rule)) is not None]
        for rule in wanted.selector.require:
            made = self._selector(rule)
            if made is not None:
                selectors.append(made)
            elif not self._filtered(wanted.id, rule, excluded=False):
                self.lost.append(f"{wanted.id}: {rule.words}.")
        for rule in wanted.selector.exclude:
            if not self._filtered(wanted.id, rule, excluded=True):
                self.lost.append(f"{wanted.id}: not {rule.words}.")
        if wanted.selector.score or wanted.pick > 1 or wanted.sort or wanted.min_images > 1:
            self.lost.append(f"{wanted.id}: which of several series that fit is the best.")
        if not selectors:
            named = self.protocol.applies_to.require
            main = next((rule for rule in named if rule.attr == "modalities"), Rule("Modality", any_of=("OT",)))
            selectors.append(_selected("Modality", "CS", [str(one) for one in main.any_of]))
        item.ImageSetSelectorSequence = selectors
        when.ImageSetNumber, when.ImageSetLabel = number, wanted.id[:64]
        role = next((one for one in self.protocol.priors if one.id == wanted.source), None)
        self._timed(when, role)
        item.TimeBasedImageSetsSequence = [when]
        return item

    def _timed(self, when: Any, role: PriorRole | None) -> None:
        if role is None:
            when.ImageSetSelectorCategory = "RELATIVE_TIME"
            when.RelativeTime, when.RelativeTimeUnits = [0, 0], "DAYS"
            return
        nth = role.nth if role.role == "nth" else -1
        when.ImageSetSelectorCategory, when.AbstractPriorValue = "ABSTRACT_PRIOR", [nth, nth]
        if role.role in ("nearest", "baseline"):
            self.lost.append(f"The prior {role.id} is the {role.role} one; the object asks for the oldest.")
        if role.require or role.between_days:
            self.lost.append(f"What the prior {role.id} must be beside its place in time.")

    def _selector(self, rule: Rule) -> Any | None:
        """A rule of values as an Image Set Selector, None where the standard has none."""
        if not rule.any_of or rule != Rule(rule.attr, any_of=rule.any_of) or "=current" in rule.any_of:
            return None
        values = [str(one) for one in rule.any_of if isinstance(one, str)]
        keyword = KEYWORDS.get(rule.attr, rule.attr)
        if rule.attr == "body_region":
            known = [one for one in usual_relevance().regions if one.name in values]
            values = sorted({part for one in known for part in one.parts})
        vr = _vr(keyword)
        if vr not in ("CS", "LO", "SH") or not values or len(values) < len(rule.any_of):
            return None
        return _selected(keyword, vr, values)

    def _filtered(self, set_id: str, rule: Rule, excluded: bool) -> bool:
        """A rule as a filter operation (PS3.3 C.23.3.1.3); whether it could be.

        By planes only: readers of these objects are not of one mind about filters by an attribute's value or presence.
        """
        made = list(self._filters(rule, excluded))
        self.filters.setdefault(set_id, []).extend(made)
        return bool(made)

    def _filters(self, rule: Rule, excluded: bool) -> Iterator[Any]:
        from pydicom.dataset import Dataset

        values, no = rule.any_of or rule.none_of, excluded is not bool(rule.none_of)
        item = Dataset()
        if rule.attr == "plane" and values and all(one in PLANES for one in values):
            item.FilterByCategory, item.SelectorAttributeVR = "IMAGE_PLANE", "CS"
            item.SelectorCSValue = [PLANES[str(one)] for one in values]
            item.FilterByOperator = "NOT_MEMBER_OF" if no else "MEMBER_OF"
            yield item

    def environ(self, dataset: Any) -> None:
        """Hanging Protocol Environment (PS3.3 C.23.2)."""
        from pydicom.dataset import Dataset

        dataset.NumberOfScreens = self.screens
        items = []
        for number in range(self.screens):
            item = Dataset()
            item.NumberOfVerticalPixels, item.NumberOfHorizontalPixels = 1024, 1024
            item.DisplayEnvironmentSpatialPosition = [number / self.screens, 1.0, (number + 1) / self.screens, 0.0]
            item.ScreenMinimumGrayscaleBitDepth = 8
            items.append(item)
        dataset.NominalScreenDefinitionSequence = items

    def display_sets(self) -> Iterator[Any]:
        """Hanging Protocol Display (PS3.3 C.23.3): each viewport of each stage."""
        number = 0
        for group, stage in enumerate(self.protocol.stages, 1):
            layout = self._layout(stage)
            for place, port_id, box in _boxes(layout, self.screens):
                number += 1
                yield self._display_set(number, group, stage if place == 0 else None, port_id, box)
            self._lost_of(stage)

    def _layout(self, stage: Stage) -> Layout:
        fitting = [one for one in stage.layouts if len(one.screens) <= self.screens]
        chosen = max(fitting, key=lambda one: len(one.screens))
        if len(stage.layouts) > 1:
            self.lost.append(f"{stage.name}: its layout for other numbers of screens than {self.screens}.")
        return chosen

    def _lost_of(self, stage: Stage) -> None:
        said = {"text": stage.text, "tool": stage.tool, "rule that empty viewports are filled": stage.fill_unmatched}
        self.lost += [f"{stage.name}: its {name}." for name, value in said.items() if value]
        if stage.needs:
            self.lost.append(f"{stage.name}: that it is left out without {', '.join(stage.needs)}.")

    def _display_set(self, number: int, group: int, opens: Stage | None, port_id: str, box: Box) -> Any:
        from pydicom.dataset import Dataset

        port, item, place = self.protocol.port(port_id), Dataset(), Dataset()
        item.DisplaySetNumber, item.DisplaySetPresentationGroup = number, group
        if opens is not None:
            item.DisplaySetPresentationGroupDescription = opens.name[:64]
        item.DisplaySetLabel = (port.label or port.id)[:64]
        item.ImageSetNumber = next(n for n, one in enumerate(self.protocol.sets, 1) if one.id == port.show[0])
        place.ImageBoxNumber, place.ImageBoxLayoutType = 1, "STACK"
        place.DisplayEnvironmentSpatialPosition = list(box)
        item.ImageBoxesSequence = [place]
        item.FilterOperationsSequence = list(self.filters.get(port.show[0], ()))
        item.SortingOperationsSequence = []
        if port.window is not None and port.window.name in VOI_TYPES:
            item.VOIType = VOI_TYPES[port.window.name]
        if port.invert:
            item.ShowGrayscaleInverted = "YES"
        if port.chest_wall:
            item.DisplaySetHorizontalJustification = port.chest_wall.upper()
        self._lost_of_port(port)
        for group_name in port.sync:
            if group_name.startswith("scroll:"):
                self.groups.setdefault(f"{group}{group_name}", []).append(number)
            else:
                self.lost.append(f"{port.id}: that it is joined with others ({group_name}).")
        return item

    def _lost_of_port(self, port: Port) -> None:
        if port.window is not None and port.window.name not in VOI_TYPES:
            self.lost.append(
                f"{port.id}: its window {port.window.name or f'{port.window.centre:g}/{port.window.width:g}'}."
            )
        if len(port.show) > 1:
            self.lost.append(f"{port.id}: what it shows where {port.show[0]} is missing.")
        if port.rotation or port.mirror or port.zoom is not None or port.part is not None or port.start != "middle":
            self.lost.append(f"{port.id}: how it is turned, magnified, and at which image it begins.")

    def scrolling(self, dataset: Any) -> None:
        """Viewports that scroll together (PS3.3 C.23.3.2)."""
        from pydicom.dataset import Dataset

        items = []
        for numbers in self.groups.values():
            if len(numbers) > 1:
                item = Dataset()
                item.DisplaySetScrollingGroup = numbers
                items.append(item)
        if items:
            dataset.SynchronizedScrollingSequence = items


def _boxes(layout: Layout, screens: int) -> Iterator[tuple[int, str, Box]]:
    """Every viewport of a layout with its place on the glass of all screens, row by row; a single grid fills it all."""
    count, parts = 0, max(len(layout.screens), 1)
    shares: Sequence[tuple[float, float]] = [(n / parts, (n + 1) / parts) for n in range(parts)]
    for screen, (left, right) in zip(layout.screens, shares, strict=True):
        rows, columns = len(screen.grid), len(screen.grid[0])
        wide, high = (right - left) / columns, 1.0 / rows
        for name in dict.fromkeys(name for row in screen.grid for name in row):
            if name == EMPTY:
                continue
            cells = [(r, c) for r, row in enumerate(screen.grid) for c, cell in enumerate(row) if cell == name]
            top, bottom = min(r for r, _ in cells), max(r for r, _ in cells) + 1
            first, last = min(c for _, c in cells), max(c for _, c in cells) + 1
            yield count, name, (left + first * wide, 1.0 - top * high, left + last * wide, 1.0 - bottom * high)
            count += 1


def _selected(keyword: str, vr: str, values: list[str]) -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ImageSetSelectorUsageFlag = "MATCH" if keyword == "BodyPartExamined" else "NO_MATCH"
    item.SelectorAttribute, item.SelectorAttributeVR = _tag(keyword), vr
    item.SelectorValueNumber = 0 if keyword == "ImageType" else 1
    setattr(item, f"Selector{vr}Value", values)
    return item


def _tag(keyword: str) -> int:
    from pydicom.datadict import tag_for_keyword

    return int(tag_for_keyword(keyword))


def _vr(keyword: str) -> str:
    from pydicom.datadict import dictionary_VR, tag_for_keyword

    tag = tag_for_keyword(keyword)
    return str(dictionary_VR(tag)) if tag is not None else ""
