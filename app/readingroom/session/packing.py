"""Objects packed without loss for a slow line, believed only after the archive was seen to pack rightly.

What comes so is kept as it came: the same identifiers, the same pixels, in JPEG-LS where the archive stores them plain.
"""

from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.search import Received
from readingroom.session.ports import Distant

PLAIN = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"})
"""Transfer syntaxes in which nothing is compressed (PS3.5 10): only these are worth packing anew."""
RATIO = 0.45
"""Share of the bytes that JPEG-LS leaves of CT, MR and X-ray images, about."""


def prove_job(archive: Distant, stored: Received, ticket: Ticket) -> bool:
    """Whether an archive packs without loss: one object, as it is stored and packed, has equal pixels and meaning.

    False where it does not pack at all. ReaderError, to be said, where its packed copy differs.
    """
    packed = archive.packed(stored.study_uid, stored.series_uid, stored.sop_uid, ticket)
    if packed is None:
        return False
    difference = unlike_stored(stored.part10, packed.part10)
    if difference:
        raise ReaderError(
            f"{archive.name} changes images when it compresses them for a slow line ({difference}).",
            "They are fetched as they are stored, which takes longer. Tell its owner.",
        )
    return True


def unlike_stored(stored: bytes, packed: bytes) -> str:
    """What differs between an object and its packed copy, in words; "" where every pixel and its meaning are equal."""
    import numpy as np

    from readingroom.pixels.decode import decode

    before, after = decode(stored), decode(packed)
    if after.facts.lossy != before.facts.lossy or after.facts.quality != before.facts.quality:
        return "it says that information was lost"
    if before.stored.dtype != after.stored.dtype or not np.array_equal(before.stored, after.stored):
        return "the pixels differ"
    told = [
        name
        for name in (
            "ref",
            "rows",
            "columns",
            "frames",
            "slope",
            "intercept",
            "signed",
            "bits_stored",
            "padding",
            "unit",
        )
        if getattr(before.facts, name) != getattr(after.facts, name)
    ]
    return f"{told[0]} differs" if told else ""
