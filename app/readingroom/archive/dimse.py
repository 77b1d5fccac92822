"""The DIMSE door: C-ECHO, C-FIND, C-GET or C-MOVE, and C-STORE (PS3.4 A, B, C) of one archive without DICOMweb."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from readingroom.archive.dimse_find import (
    REQUIRED_KEYS,
    SERIES_KEYS,
    STUDY_KEYS,
    Layered,
    NotUnderstood,
    found_by,
    identifier,
    image_identifier,
    questions,
)
from readingroom.archive.dimse_line import (
    COMMITMENT,
    FIND,
    GET,
    MOVE,
    VERIFICATION,
    DimseLine,
    NotOffered,
    offered,
    status_of,
)
from readingroom.archive.dimse_receive import Committed, OwnPort
from readingroom.archive.dimse_retrieve import Retrieval, not_here
from readingroom.archive.dimse_store import Sent, commitment, sent_by
from readingroom.archive.equal import difference
from readingroom.archive.header import identity_of, tags_of
from readingroom.archive.held import Held, tell_enough
from readingroom.archive.match import matches, tidy
from readingroom.archive.stow import batches, reason
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.from_dicom import row_of, study_of
from readingroom.record.search import Query, Received, StoreAnswer, StudyRow
from readingroom.record.study import Study
from readingroom.record.tags import Tags, text, whole
from readingroom.settings.sections import ArchiveSettings

_SAFE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_KEPT = "It is kept here and sent again."


class Dimse:
    """One archive behind DIMSE; own: this desk's port, shared by doors of the same title and port.

    get: whether C-GET is tried before C-MOVE.
    """

    def __init__(self, settings: ArchiveSettings, own: OwnPort | None = None, get: bool = True) -> None:
        self._settings = settings
        self.line = DimseLine(settings)
        self._own = own or OwnPort(settings)
        self._retrieval = Retrieval(self.line, self._own, get)
        self._held = Held()
        self._classes: dict[str, tuple[str, ...]] = {}

    @property
    def name(self) -> str:
        """The archive's name as the reader knows it."""
        return self._settings.name

    def echo(self) -> None:
        """C-ECHO (PS3.4 A); ReaderError where the archive does not answer it."""
        with self.line.associated(offered([VERIFICATION])) as association:
            status = status_of(association.send_c_echo())
        if status != 0x0000:
            raise (
                self.line.late()
                if status is None
                else ReaderError(f"{self.name} answers that it is not well (status {status:04X}).", "Tell its owner.")
            )

    def services(self) -> frozenset[str]:
        """Which of C-FIND, C-GET, C-MOVE and Storage Commitment it offers, by SOP Class UID."""
        return self.line.accepted(offered([VERIFICATION, FIND, GET, MOVE, COMMITMENT]))

    def search(self, query: Query) -> tuple[StudyRow, ...]:
        """Studies that match; every row is checked again, for archives match in their own ways."""
        asked = tidy(query)
        found: dict[tuple[str, str], StudyRow] = {}

        def enough() -> bool:
            return 0 < asked.limit <= len(found)

        with self.line.associated(offered([FIND])) as association:
            for given in questions(asked):
                for tags in self._studies(association, given, enough):
                    row = row_of(tags, self.name, self._settings.issuer)
                    if row is not None and matches(row, asked):
                        found.setdefault((row.study_uid, repr(row.patient)), row)
                if enough():
                    break
        rows = tuple(found.values())
        return rows[: asked.limit] if asked.limit else rows

    def study(self, study_uid: str) -> Study:
        """The study by C-FIND at image level; a series whose answers tell too little is retrieved for its headers.

        What is retrieved so is held for the next call that asks for it. What is not its patient's is set aside.
        """
        _checked(study_uid)
        headers: list[Tags] = []
        counts: dict[str, int] = {}
        wanting: list[str] = []
        with self.line.associated(offered([FIND]), patient=True) as association:
            given = {"StudyInstanceUID": study_uid}
            (above, *others) = [*self._studies(association, given)] or [Layered()]
            series = list(found_by(self.line, association, identifier("SERIES", SERIES_KEYS, given)))
            for one in series:
                uid = text(one, 0x0020000E)
                images = list(found_by(self.line, association, image_identifier(study_uid, uid)))
                counts[uid] = max(whole(one, 0x00201209) or 0, len(images))
                self._classes[uid] = tuple(dict.fromkeys(filter(None, (text(i, 0x00080016) for i in images))))
                # Under two patients only the object itself says whose it is.
                layers = [Layered(i, one) if others else Layered(i, one, above) for i in images]
                if len(images) == counts[uid] and tell_enough(layers):
                    headers += layers
                else:
                    wanting.append(uid)
        for uid in wanting:
            headers += self._retrieved_headers(study_uid, uid)
        if not headers:
            raise not_here(self.name)
        study = study_of(study_uid, headers, (self.name,), self._settings.issuer, counts)
        # The archive counts the study twice, as a whole and by series: what one of them misses is missing.
        counted = whole(above, 0x00201208) if not others else None
        return replace(study, expected=max(sum(counts.values()), counted or 0) or study.expected)

    def series_objects(self, study_uid: str, series_uid: str, ticket: Ticket) -> Iterator[Received]:
        """Every object of a series as one stream; a stream cut short raises ReaderError after what did arrive."""
        _checked(study_uid, series_uid)
        held = self._held.taken(series_uid)
        if held:
            for received in held:
                ticket.checkpoint()
                yield received
            return
        yield from self._retrieved(study_uid, series_uid, "", ticket)

    def object(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Received:
        """One object as it is stored, in whatever transfer syntax."""
        _checked(study_uid, series_uid, sop_uid)
        held = self._held.one(series_uid, sop_uid)
        if held is not None:
            return held
        came = list(self._retrieved(study_uid, series_uid, sop_uid, ticket))
        found = next((one for one in came if one.sop_uid == sop_uid), None)
        if found is None:
            raise ReaderError(f"{self.name} sent no such object.", "Ask its owner whether the object is still there.")
        return found

    def store(self, part10s: Sequence[bytes]) -> tuple[StoreAnswer, ...]:
        """Store objects; verified where the archive gives the object back equal, and does not refuse to commit to it.

        Where nothing can be retrieved from it, its commitment (PS3.4 J) counts. ReaderError only where nothing was
        sent; once a batch is out, each object has its own answer.
        """
        if not self._settings.store:
            raise ReaderError(f"{self.name} takes no reports.", "Choose another archive, or set store = true for it.")
        answers: list[StoreAnswer] = []
        for batch in batches(part10s):
            try:
                sent = sent_by(self.line, batch)
            except ReaderError as error:
                if not answers:
                    raise
                answers += [StoreAnswer(identity_of(p).sop_uid, False, error.problem, error.remedy) for p in batch]
                continue
            answers += self._answers(sent)
        return tuple(answers)

    def close(self) -> None:
        """Abort what is still open, and stop listening."""
        self.line.close()
        self._own.close()
        self._held = Held()

    def _studies(
        self, association: Any, given: dict[str, str], enough: Callable[[], bool] = lambda: False
    ) -> Iterator[Tags]:
        """Study-level answers; an archive that refuses the keys is asked for those that it must know."""
        try:
            yield from found_by(self.line, association, identifier("STUDY", STUDY_KEYS, given), enough)
        except NotUnderstood as refused:
            if not refused.of_the_keys:
                raise
            few = {key: value for key, value in given.items() if key in REQUIRED_KEYS}
            yield from found_by(self.line, association, identifier("STUDY", REQUIRED_KEYS, few), enough)

    def _retrieved(self, study_uid: str, series_uid: str, sop_uid: str, ticket: Ticket) -> Iterator[Received]:
        """What comes; where nothing does, whether the archive lists it at all decides what is said."""
        kinds = self._kinds(study_uid, series_uid)
        nothing = True
        try:
            for received in self._retrieval.objects(study_uid, series_uid, sop_uid, kinds, ticket):
                nothing = False
                yield received
        except ReaderError as error:
            if nothing and not self._images(study_uid, series_uid, sop_uid):
                raise not_here(self.name) from error
            raise

    def _images(self, study_uid: str, series_uid: str, sop_uid: str = "") -> list[Tags]:
        given = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series_uid}
        given |= {"SOPInstanceUID": sop_uid} if sop_uid else {}
        asked = identifier("IMAGE", ("SOPInstanceUID", "SOPClassUID"), given)
        with self.line.associated(offered([FIND])) as association:
            return list(found_by(self.line, association, asked))

    def _kinds(self, study_uid: str, series_uid: str) -> tuple[str, ...]:
        """The SOP classes of a series, asked for once; () where the archive does not tell."""
        known = self._classes.get(series_uid)
        if known is None:
            found = [text(tags, 0x00080016) for tags in self._images(study_uid, series_uid)]
            known = self._classes[series_uid] = tuple(dict.fromkeys(filter(None, found)))
        return known

    def _retrieved_headers(self, study_uid: str, series_uid: str) -> list[Tags]:
        headers: list[Tags] = []
        for received in self._retrieved(study_uid, series_uid, "", Ticket()):
            self._held.hold(received)
            headers.append(tags_of(BytesIO(received.part10)))
        return headers

    def _answers(self, sent: Sequence[Sent]) -> list[StoreAnswer]:
        """What became of each object of a batch: promised, read back, compared."""
        taken = [one for one in sent if not one.problem]
        promised = commitment(self.line, self._own, taken) if taken and self._own.is_open else None
        back: dict[str, Received] = {}
        trouble: dict[str, ReaderError] = {}
        for series in dict.fromkeys((one.named.study_uid, one.named.series_uid) for one in taken):
            mine = [one for one in taken if (one.named.study_uid, one.named.series_uid) == series]
            self._classes.pop(series[1], None)
            kinds = tuple(dict.fromkeys(one.sop_class for one in mine))
            uids = "\\".join(one.named.sop_uid for one in mine)
            try:
                for received in self._retrieval.objects(*series, uids, kinds, Ticket()):
                    back[received.sop_uid] = received
            except ReaderError as error:
                trouble |= {one.named.sop_uid: error for one in mine}
        return [
            self._answer(one, promised, back.get(one.named.sop_uid), trouble.get(one.named.sop_uid)) for one in sent
        ]

    def _answer(
        self, sent: Sent, promised: Committed | None, back: Received | None, trouble: ReaderError | None
    ) -> StoreAnswer:
        uid = sent.named.sop_uid
        if sent.problem:
            return StoreAnswer(uid, False, f"{self.name} did not store it: {sent.problem}.", _KEPT)
        if promised is not None and uid in promised.refused:
            why = reason(promised.refused[uid])
            return StoreAnswer(uid, False, f"{self.name} does not commit itself to keep it: {why}.", _KEPT)
        if back is None and isinstance(trouble, NotOffered):
            kept = promised is not None and uid in promised.kept
            return StoreAnswer(uid, True) if kept else StoreAnswer(uid, False, trouble.problem, trouble.remedy)
        if back is None:
            said = f" {trouble.problem}" if trouble else ""
            problem = f"{self.name} said that it stored it and does not give it back.{said}"
            return StoreAnswer(uid, False, problem, _KEPT)
        changed = difference(sent.part10, back.part10)
        if changed:
            problem = f"{self.name} gives back something else than was sent: {changed}."
            return StoreAnswer(uid, False, problem, "Tell its owner; the object here is the true one.")
        return StoreAnswer(uid, True)


def _checked(*uids: str) -> None:
    if not all(_SAFE.fullmatch(uid) for uid in uids):
        raise ReaderError("This is not a DICOM identifier.", "Copy the Study Instance UID as it stands in the list.")
