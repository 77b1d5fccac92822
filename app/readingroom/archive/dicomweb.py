"""The DICOMweb door: QIDO-RS, WADO-RS and STOW-RS (PS3.18 10) of one archive."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import Any

from readingroom.archive.ahead import read_ahead
from readingroom.archive.dialect import MULTIPART, SINGLE, dialect_of, learnt
from readingroom.archive.equal import difference
from readingroom.archive.header import identity_of
from readingroom.archive.line import Line, Refused, checked_media
from readingroom.archive.link import Link
from readingroom.archive.match import matches, qido, tidy
from readingroom.archive.meter import LineBook
from readingroom.archive.middle import middle_of
from readingroom.archive.multipart import Malformed, Part, Truncated, parameters, parts
from readingroom.archive.stow import admitted, batches, body_of
from readingroom.base.errors import Cancelled, ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.from_dicom import row_of, study_of
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import Study
from readingroom.record.tags import JsonTags, text, whole
from readingroom.settings.sections import ArchiveSettings

PIXELS = MULTIPART
_NOT_THERE = (404, 410)
JPEG_LS = "1.2.840.10008.1.2.4.80"
_PACKED = f'multipart/related; type="application/dicom"; transfer-syntax={JPEG_LS}'
_NOT_OFFERED = frozenset({400, 404, 405, 406, 415, 500, 501})
PREVIEW_QUALITY = 30
_TOO_MANY = frozenset({400, 413})
_FEWEST = 100
_PIECE = 1024 * 1024
_OTHER_FORM = frozenset({400, 406, 415})
"""Statuses of an archive that may send a single object alone though it does not send it as one part of many."""
_SAFE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


class DicomWeb:
    """One archive behind DICOMweb; can: what probing it showed."""

    def __init__(
        self,
        settings: ArchiveSettings,
        secret: str | None = None,
        renew: Callable[[], str | None] | None = None,
        can: Mapping[str, Any] | None = None,
        book: LineBook | None = None,
    ) -> None:
        self._settings = settings
        self.line = Line(settings, secret, renew, book)
        self.dialect = learnt(dialect_of(settings), can or {})
        self._one_object = self.dialect.one_object
        self._most_rows = self.dialect.page
        self._longest = 0
        self._counted: dict[str, int] = {}
        self._cut_short = False

    @property
    def name(self) -> str:
        """The archive's name as the reader knows it."""
        return self._settings.name

    @property
    def link(self) -> Link:
        """How fast the line to it is."""
        return self.line.link

    @property
    def left_bytes(self) -> int | None:
        """Bytes that may still come over its line this month; None where it is not metered."""
        return self.line.meter.left_bytes

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader must know of the answers so far."""
        if not self._cut_short:
            return ()
        return (
            f"{self.name} shows no more than {self.dialect.most} studies: there may be others. Search more narrowly.",
        )

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        """Studies that match; every row is checked again, for archives ignore what they do not understand."""
        asked = tidy(query)
        found: dict[tuple[str, str], StudyRow] = {}
        for elements in self._pages("studies", qido(asked, self.dialect)):
            row = row_of(JsonTags(elements), self.name, self._settings.issuer)
            if row is not None and matches(row, asked):
                found.setdefault((row.study_uid, repr(row.patient)), row)
                if asked.limit and len(found) >= asked.limit:
                    break
        rows = tuple(found.values())
        self._count(rows)
        return rows

    def study(self, study_uid: str) -> Study:
        """The study by its metadata, with the archive's own count per series; what is not its patient's is set aside."""
        _checked(study_uid)
        asked = self._metadata_meanwhile(study_uid)
        counts = self._series_counts(study_uid)
        headers = self._metadata(study_uid, asked, counts)
        tags = [JsonTags(header) for header in headers]
        study = study_of(study_uid, tags, (self.name,), self._settings.issuer, counts)
        whole_study = sum(counts.values()) if counts else study.expected or 0
        # The archive counts the study twice, in its list and by series: what one of them misses is missing.
        return replace(study, expected=max(whole_study, self._counted.get(study_uid, 0)) or None)

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        """Every object of a series as one stream; a stream cut short raises ReaderError after what did arrive."""
        _checked(study_uid, series_uid)
        if not self.dialect.series_stream:
            raise ReaderError(f"{self.name} sends no series as a whole.", "Its objects are asked for one by one.")
        stream = self._received(f"studies/{study_uid}/series/{series_uid}", ticket)
        for received in read_ahead(stream, lambda one: len(one.part10)):
            ticket.checkpoint()
            yield received

    def middle(self, study_uid: str, ticket: Ticket) -> Received | None:
        """The middle image of the longest stack of slices; None where it cannot be told which that is."""
        _checked(study_uid)
        found = middle_of(study_uid, lambda path, query: self.line.get_json(path, query)[0])
        return self.object(study_uid, *found, ticket) if found is not None else None

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        """One object as it is stored, in whatever transfer syntax."""
        _checked(study_uid, series_uid, sop_uid)
        path = _path(study_uid, series_uid, sop_uid)
        try:
            return self._object(path, sop_uid, self._one_object, ticket)
        except Refused as refused:
            if refused.status not in _OTHER_FORM or self._one_object == SINGLE:
                raise
            found = self._object(path, sop_uid, SINGLE, ticket)
        self._one_object = SINGLE
        return found

    def packed(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received | None:
        """One object transcoded to JPEG-LS lossless, for a slow line; None where the archive does not offer that.

        Whether what comes is without loss is for the caller to prove.
        """
        _checked(study_uid, series_uid, sop_uid)
        try:
            found = self._object(_path(study_uid, series_uid, sop_uid), sop_uid, _PACKED, ticket)
        except Refused as refused:
            if refused.status in _NOT_OFFERED:
                return None
            raise
        return replace(found, transcoded=True) if found.transfer_syntax == JPEG_LS else None

    def preview(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> bytes | None:
        """An image as a small lossy JPEG through a window of the archive's choice; None where it is not offered."""
        _checked(study_uid, series_uid, sop_uid)
        path = f"{_path(study_uid, series_uid, sop_uid)}/rendered?quality={PREVIEW_QUALITY}"
        try:
            return self.line.get_whole(path, "image/jpeg", ticket)
        except Refused as refused:
            if refused.status in _NOT_OFFERED:
                return None
            raise

    def _object(self, path: str, sop_uid: str, accept: str, ticket: Ticket) -> Received:
        found = next((one for one in self._received(path, ticket, accept) if one.sop_uid == sop_uid), None)
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

    def _count(self, rows: Sequence[StudyRow]) -> None:
        """Remember how many objects the list says that each study has, where it speaks of one patient."""
        uids = Counter(row.study_uid for row in rows)
        self._counted |= {row.study_uid: row.instances or 0 if uids[row.study_uid] == 1 else 0 for row in rows}

    def close(self) -> None:
        """Close every open connection."""
        self.line.close()

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Every row over all pages; ends at a short page, and where an archive repeats itself."""
        seen: set[str] = set()
        offset = 0
        most = min(self.dialect.page, self._most_rows)
        while True:
            page = {**query, "limit": str(most), "offset": str(offset)}
            try:
                rows, headers = self.line.get_json(path, page)
            except Refused as refused:
                if refused.status not in _TOO_MANY or offset or most <= _FEWEST:
                    raise
                # An archive may refuse a limit above its own instead of answering fewer rows.
                most = self._most_rows = max(_FEWEST, most * 2 // 5)
                continue
            fresh = {key: row for row in rows if (key := repr(row)) not in seen}
            seen |= fresh.keys()
            yield from fresh.values()
            offset += len(rows)
            # A Warning says that the archive cut the answer short of the limit (PS3.18 8.3.4.4). Some cut it and say
            # nothing: a short page is the last one where longer ones have come.
            known = path != "studies" or "StudyInstanceUID" in query or len(rows) < self._longest
            short = len(rows) < most and "299" not in headers.get("Warning", "") and known
            self._longest = max(self._longest, len(rows))
            self._cut_short |= 0 < self.dialect.most <= offset
            if not fresh or len(rows) > most or short or self._cut_short:
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

    def _metadata_meanwhile(self, study_uid: str) -> "Future[list[dict[str, Any]]]":
        """Ask for the metadata on a thread of its own: on a slow line each question costs its way there and back."""
        asked: Future[list[dict[str, Any]]] = Future()

        def ask() -> None:
            try:
                asked.set_result(self.line.get_json(f"studies/{study_uid}/metadata", {}, patient=True)[0])
            except Exception as error:  # noqa: BLE001  (raised where the answer is looked at)
                asked.set_exception(error)

        threading.Thread(target=ask, name=f"metadata-{self.name}", daemon=True).start()
        return asked

    def _metadata(
        self, study_uid: str, asked: "Future[list[dict[str, Any]]]", counts: Mapping[str, int]
    ) -> list[dict[str, Any]]:
        try:
            headers = asked.result()
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

    def _received(self, path: str, ticket: Ticket, accept: str = PIXELS) -> Iterator[Received]:
        try:
            answer = self.line.get_stream(path, accept, ticket)
        except Refused as refused:
            absent = refused.status in _NOT_THERE and accept in (MULTIPART, SINGLE)
            raise (_not_here(self.name) if absent else refused) from refused
        with answer:
            count = 0
            for part10 in self._bodies(answer, ticket):
                named = identity_of(part10, self._settings.issuer)
                count += 1
                yield Received(
                    named.study_uid, named.series_uid, named.sop_uid, part10, named.patient, named.transfer_syntax
                )
            if not count:
                raise ReaderError(f"{self.name} sent an empty answer.", "Try again, or ask another archive.")

    def _bodies(self, answer: Any, ticket: Ticket) -> Iterator[bytes]:
        """The objects of an answer: one that is an object itself, or parts of many."""
        if parameters(answer.headers.get("Content-Type", ""))[0] == "application/dicom":
            yield self._alone(answer, ticket)
            return
        media = checked_media(self.name, answer, "multipart/related")
        if not media.get("boundary"):
            raise ReaderError(f"{self.name} sent pixels without saying where each object ends.", _TELL)
        for part in self._parts(answer, media["boundary"], ticket):
            yield part.body

    def _alone(self, answer: Any, ticket: Ticket) -> bytes:
        """The body of an answer that is one object; ReaderError where it ends before its Content-Length."""
        pieces: list[bytes] = []
        began = perf_counter()
        try:
            while piece := answer.raw.read(_PIECE):
                ticket.checkpoint()
                pieces.append(piece)
        except Cancelled:
            raise
        except Exception as error:
            raise self.line.said(error) from error
        self.line.saw(sum(map(len, pieces)), perf_counter() - began)
        return b"".join(pieces)

    def _parts(self, answer: Any, boundary: str, ticket: Ticket) -> Iterator[Part]:
        """Parts off the wire; closing the answer closes the socket, so leaving costs the archive nothing more."""
        began = perf_counter()
        # What waits for bytes of a line that stands still looks at no ticket.
        stop = ticket.when_cancelled(lambda: _hang_up(answer))
        try:
            for part in parts(answer.raw, boundary, ticket.checkpoint):
                self.line.saw(len(part.body), perf_counter() - began)
                yield part
                ticket.checkpoint()
                began = perf_counter()
        except (Cancelled, ReaderError, GeneratorExit):
            raise
        except Truncated as cut:
            ticket.checkpoint()
            raise ReaderError(
                f"The answer of {self.name} broke off after {cut.parts} object{'' if cut.parts == 1 else 's'}.",
                "What arrived is kept; the rest is asked for again.",
            ) from cut
        except Malformed as error:
            raise ReaderError(f"{self.name} sent an answer that cannot be taken apart ({error}).", _TELL) from error
        except Exception as error:
            ticket.checkpoint()
            raise self.line.said(error) from error
        finally:
            stop()

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


def _path(study_uid: str, series_uid: str, sop_uid: str) -> str:
    return f"studies/{study_uid}/series/{series_uid}/instances/{sop_uid}"


def _hang_up(answer: Any) -> None:
    """Stop listening: whoever reads the answer on another thread finds its end at once."""
    with suppress(OSError, ValueError, AttributeError):
        answer.raw.shutdown()


def _not_here(name: str) -> ReaderError:
    return ReaderError(f"{name} does not have this study.", "Search again, or ask another archive.")


def _checked(*uids: str) -> None:
    # Some archives hold identifiers with letters (PS3.5 9.1 forbids them); what could leave the path is refused.
    if not all(_SAFE.fullmatch(uid) for uid in uids):
        raise ReaderError("This is not a DICOM identifier.", "Copy the Study Instance UID as it stands in the list.")
