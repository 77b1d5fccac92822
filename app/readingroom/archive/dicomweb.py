"""The DICOMweb door: QIDO-RS, WADO-RS and STOW-RS (PS3.18 10) of one archive."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from readingroom.archive.equal import difference
from readingroom.archive.header import identity_of
from readingroom.archive.line import Line, Refused, checked_media
from readingroom.archive.link import Link
from readingroom.archive.match import matches, qido, tidy
from readingroom.archive.multipart import Malformed, Part, Truncated, parts
from readingroom.archive.stow import admitted, batches, body_of
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.from_dicom import row_of, study_of
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import Study
from readingroom.record.tags import JsonTags, text, whole
from readingroom.settings.sections import ArchiveSettings

PAGE = 500
PIXELS = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_NOT_THERE = (404, 410)
_SAFE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


class DicomWeb:
    """One archive behind DICOMweb."""

    def __init__(self, settings: ArchiveSettings, secret: str | None = None) -> None:
        self._settings = settings
        self.line = Line(settings, secret)
        self.link = Link()

    @property
    def name(self) -> str:
        """The archive's name as the reader knows it."""
        return self._settings.name

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        """Studies that match; every row is checked again, for archives ignore what they do not understand."""
        asked = tidy(query)
        found: dict[tuple[str, str], StudyRow] = {}
        for elements in self._pages("studies", qido(asked)):
            row = row_of(JsonTags(elements), self.name, self._settings.issuer)
            if row is not None and matches(row, asked):
                found.setdefault((row.study_uid, repr(row.patient)), row)
                if asked.limit and len(found) >= asked.limit:
                    break
        return tuple(found.values())

    def study(self, study_uid: str) -> Study:
        """The study by its metadata, with the archive's own count per series; what is not its patient's is set aside."""
        _checked(study_uid)
        counts = self._series_counts(study_uid)
        headers = self._metadata(study_uid, counts)
        tags = [JsonTags(header) for header in headers]
        study = study_of(study_uid, tags, (self.name,), self._settings.issuer, counts)
        whole_study = sum(counts.values()) if counts else study.expected
        return replace(study, expected=whole_study)

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        """Every object of a series as one stream; a stream cut short raises ReaderError after what did arrive."""
        _checked(study_uid, series_uid)
        yield from self._received(f"studies/{study_uid}/series/{series_uid}", ticket)

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        """One object as it is stored, in whatever transfer syntax."""
        _checked(study_uid, series_uid, sop_uid)
        stream = self._received(f"studies/{study_uid}/series/{series_uid}/instances/{sop_uid}", ticket)
        found = next((one for one in stream if one.sop_uid == sop_uid), None)
        if found is None:
            raise ReaderError(f"{self.name} sent no such object.", "Ask its owner whether the object is still there.")
        return found

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        """Store objects; verified only where the archive lists the object and gives it back equal.

        ReaderError only where nothing was sent; once a batch is out, each object has its own answer.
        """
        if not self._settings.store:
            raise ReaderError(f"{self.name} takes no reports.", "Choose another archive, or set store = true for it.")
        answers: list[StoreAnswer] = []
        for batch in batches(part10s):
            answers += self._store_batch(batch)
        return tuple(answers)

    def close(self) -> None:
        """Close every open connection."""
        self.line.close()

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Every row over all pages; ends at a short page, and where an archive repeats itself."""
        seen: set[str] = set()
        offset = 0
        while True:
            page = {**query, "limit": str(PAGE), "offset": str(offset)}
            rows, headers = self.line.get_json(path, page)
            fresh = {key: row for row in rows if (key := repr(row)) not in seen}
            seen |= fresh.keys()
            yield from fresh.values()
            offset += len(rows)
            # A Warning says that the archive cut the answer short of the limit (PS3.18 8.3.4.4).
            if not fresh or len(rows) > PAGE or (len(rows) < PAGE and "299" not in headers.get("Warning", "")):
                return

    def _series_counts(self, study_uid: str) -> dict[str, int]:
        fields = {"includefield": "SeriesInstanceUID,Modality,NumberOfSeriesRelatedInstances"}
        try:
            rows = [JsonTags(row) for row in self._pages(f"studies/{study_uid}/series", fields)]
        except Refused as refused:
            if refused.status in _NOT_THERE:
                return {}
            raise
        counted = ((text(row, 0x0020000E), whole(row, 0x00201209)) for row in rows)
        return {uid: count for uid, count in counted if uid and count is not None}

    def _metadata(self, study_uid: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
        try:
            headers, _ = self.line.get_json(f"studies/{study_uid}/metadata", {}, patient=True)
        except Refused as refused:
            if refused.status not in (*_NOT_THERE, 400, 501) or not counts:
                if refused.status in _NOT_THERE:
                    raise _not_here(self.name) from refused
                raise
            # Some archives give metadata series by series only.
            paths = [f"studies/{study_uid}/series/{uid}/metadata" for uid in counts]
            headers = [header for path in paths for header in self.line.get_json(path, {}, patient=True)[0]]
        if not headers:
            raise _not_here(self.name)
        return headers

    def _received(self, path: str, ticket: Ticket) -> Iterator[Received]:
        try:
            answer = self.line.get_stream(path, PIXELS, ticket)
        except Refused as refused:
            raise (_not_here(self.name) if refused.status in _NOT_THERE else refused) from refused
        with answer:
            media = checked_media(self.name, answer, "multipart/related")
            if not media.get("boundary"):
                raise ReaderError(f"{self.name} sent pixels without saying where each object ends.", _TELL)
            count = 0
            for part in self._parts(answer, media["boundary"], ticket):
                named = identity_of(part.body, self._settings.issuer)
                count += 1
                yield Received(named.study_uid, named.series_uid, named.sop_uid, part.body, named.patient)
            if not count:
                raise ReaderError(f"{self.name} sent an empty answer.", "Try again, or ask another archive.")

    def _parts(self, answer: Any, boundary: str, ticket: Ticket) -> Iterator[Part]:
        """Parts off the wire; closing the answer closes the socket, so leaving costs the archive nothing more."""
        began = perf_counter()
        try:
            for part in parts(answer.raw, boundary, ticket.checkpoint):
                self.link.saw(len(part.body), perf_counter() - began)
                yield part
                ticket.checkpoint()
                began = perf_counter()
        except (Cancelled, ReaderError, GeneratorExit):
            raise
        except Truncated as cut:
            raise ReaderError(
                f"The answer of {self.name} broke off after {cut.parts} object{'' if cut.parts == 1 else 's'}.",
                "What arrived is kept; the rest is asked for again.",
            ) from cut
        except Malformed as error:
            raise ReaderError(f"{self.name} sent an answer that cannot be taken apart ({error}).", _TELL) from error
        except Exception as error:
            raise self.line.said(error) from error

    def _store_batch(self, batch: Sequence[bytes]) -> list[StoreAnswer]:
        names = [identity_of(part10) for part10 in batch]
        body, media = body_of(batch)
        try:
            status, said = self.line.post("studies", body, media)
        except ReaderError as error:
            return [StoreAnswer(n.sop_uid, False, error.problem, error.remedy) for n in names]
        found = admitted(said)
        answers = []
        for named, part10 in zip(names, batch, strict=True):
            problem = "" if named.sop_uid in found.listed else _why_not(found.refused.get(named.sop_uid), status)
            if problem:
                answers.append(StoreAnswer(named.sop_uid, False, f"{self.name} did not store it: {problem}.", _KEPT))
            else:
                answers.append(self._read_back(named.study_uid, named.series_uid, named.sop_uid, part10))
        return answers

    def _read_back(self, study_uid: str, series_uid: str, sop_uid: str, sent: bytes) -> StoreAnswer:
        try:
            returned = self.object(study_uid, series_uid, sop_uid, Ticket())
        except ReaderError as error:
            problem = f"{self.name} said that it stored it and does not give it back. {error.problem}"
            return StoreAnswer(sop_uid, False, problem, _KEPT)
        changed = difference(sent, returned.part10)
        if changed:
            problem = f"{self.name} gives back something else than was sent: {changed}."
            return StoreAnswer(sop_uid, False, problem, "Tell its owner; the object here is the true one.")
        return StoreAnswer(sop_uid, True)


_TELL = "Tell its owner: its DICOMweb does not follow the standard."
_KEPT = "It is kept here and sent again."


def _why_not(refused: str | None, status: int) -> str:
    if refused:
        return refused
    return "its answer does not list it" if 200 <= status < 300 else f"it answered HTTP {status}"


def _not_here(name: str) -> ReaderError:
    return ReaderError(f"{name} does not have this study.", "Search again, or ask another archive.")


def _checked(*uids: str) -> None:
    # Some archives hold identifiers with letters (PS3.5 9.1 forbids them); what could leave the path is refused.
    if not all(_SAFE.fullmatch(uid) for uid in uids):
        raise ReaderError("This is not a DICOM identifier.", "Copy the Study Instance UID as it stands in the list.")
