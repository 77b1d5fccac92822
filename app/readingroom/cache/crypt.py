"""Keys of the shelf: one per study, wrapped by the desk key; losing the wrapped key shreds the study."""

from readingroom.settings.seal import Seal, new_key


class StudyKeys:
    """Makes, wraps and unwraps study keys, and marks what stands in the index in place of UIDs."""

    def __init__(self, desk_key: bytes) -> None:
        self.seal = Seal(desk_key, "shelf")

    def study_mark(self, study_uid: str) -> bytes:
        """What stands for a study in the index."""
        return self.seal.mark("study", study_uid)

    def series_mark(self, study_uid: str, series_uid: str) -> bytes:
        """What stands for a series of a study in the index."""
        return self.seal.mark("series", study_uid, series_uid)

    def object_mark(self, sop_uid: str) -> bytes:
        """What stands for an object in the index, whatever study it is in."""
        return self.seal.mark("object", sop_uid)

    def new_wrapped(self, study_mark: bytes) -> bytes:
        """A new study key, wrapped for the index."""
        return self.seal.seal(new_key(), b"study key" + study_mark)

    def unwrapped(self, wrapped: bytes, study_mark: bytes) -> Seal:
        """The seal of one study, or Unsealable."""
        return Seal(self.seal.open(wrapped, b"study key" + study_mark), "study")
