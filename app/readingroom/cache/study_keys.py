"""The study keys in use: unwrapped once, made where a study is new, asked for again where another process changed them."""

import threading
from dataclasses import dataclass

from readingroom.base.errors import ReaderError
from readingroom.cache.crypt import StudyKeys
from readingroom.cache.index import Index
from readingroom.settings.seal import Seal, Unsealable


@dataclass(frozen=True, slots=True)
class StudyKey:
    """One study's key as it lies wrapped in the index, and the seal that it makes."""

    wrapped: bytes
    seal: Seal


class KeyRing:
    """Keys by study mark; used from any thread."""

    def __init__(self, marks: StudyKeys, index: Index) -> None:
        self._marks = marks
        self._index = index
        self._keys: dict[bytes, StudyKey] = {}
        self._turn = threading.Lock()

    def key(self, study: bytes) -> StudyKey | None:
        """The key of a study, or None where the study is not on the shelf; ReaderError where it is damaged."""
        with self._turn:
            key = self._keys.get(study)
            if key is None:
                wrapped = self._index.wrapped(study)
                if wrapped is None:
                    return None
                key = self._keys[study] = self._unwrapped(study, wrapped)
            return key

    def key_or_new(self, study: bytes, now_s: float) -> StudyKey:
        """The key of a study, made where the study is not on the shelf yet."""
        key = self.key(study)
        if key is not None:
            return key
        wrapped = self._index.begin(study, self._marks.new_wrapped(study), now_s)
        with self._turn:
            key = self._keys[study] = self._unwrapped(study, wrapped)
            return key

    def in_force(self, study: bytes, key: StudyKey) -> bool:
        """Whether this is still the study's key as far as this process knows."""
        with self._turn:
            known = self._keys.get(study)
            return known is not None and known.wrapped == key.wrapped

    def still_kept(self, study: bytes, key: StudyKey) -> bool:
        """Whether this is still the study's key on the disk; forgotten here where it is not."""
        kept = self._index.wrapped(study) == key.wrapped
        if not kept:
            self.forget(study)
        return kept

    def forget(self, study: bytes) -> None:
        """Ask the index again next time."""
        with self._turn:
            self._keys.pop(study, None)

    def opened(self, study: bytes, sealed: bytes, about: bytes) -> bytes:
        """Opened with the study's key, or Unsealable; tried again where another process made the key anew."""
        key = self.key(study)
        if key is None:
            raise Unsealable
        try:
            return key.seal.open(sealed, about)
        except Unsealable:
            if self.still_kept(study, key):
                raise
            fresh = self.key(study)
            if fresh is None:
                raise
            return fresh.seal.open(sealed, about)

    def _unwrapped(self, study: bytes, wrapped: bytes) -> StudyKey:
        try:
            return StudyKey(wrapped, self._marks.unwrapped(wrapped, study))
        except Unsealable as error:
            raise ReaderError(
                "The key of this study is damaged on this desk.",
                "Wipe the study with: readingroom cache --wipe STUDY_UID, and fetch it again.",
            ) from error
