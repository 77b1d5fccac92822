"""What can be measured: each benchmark with its figures, and which of them a name stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

from readingroom.base.errors import ReaderError

SYNTAXES = (
    "uncompressed", "deflated", "rle", "jpeg-8", "jpeg-12", "jpeg-lossless", "jpeg-ls", "jpeg2000", "jpeg2000-lossy",
    "htj2k",
)  # fmt: skip
LAYOUTS = ((1, 1), (2, 2), (3, 3))


@dataclass(frozen=True, slots=True)
class Bench:
    """One benchmark. room: the module of this package that runs it; figures: the names of its results.

    on_glass: whether it opens windows.
    """

    name: str
    says: str
    room: str
    figures: tuple[str, ...]
    on_glass: bool = False


def _scroll(shape: str, says: str, *more: str) -> Bench:
    layouts = tuple(f"scroll-{shape}-{rows}x{columns}" for rows, columns in LAYOUTS)
    return Bench(f"scroll-{shape}", says, "glass", (*layouts, f"again-{shape}-1x1", *more), on_glass=True)


BENCHES = (
    Bench("start", "from nothing to a usable worklist, beside an empty window", "start", ("start",), True),
    Bench("wire", "click to first image, whole series and all decoded from Orthanc, beside curl of the same bytes", "wire",
          ("first-image", "whole-series", "all-decoded", "stall", "whole-study", "whole-study-shelf"), True),
    Bench("line", "the same over 20 Mbit/s and 40 ms: first slice, previews, all of it, a jump", "line",
          ("line-first-image", "line-previews", "line-complete", "line-jump"), True),
    _scroll("512", "frame times of 512×512 beside a bare blit in the same layout", "window-512-1x1"),
    _scroll("2048", "frame times of 2048×2048 beside a bare blit"),
    _scroll("3000x2500", "frame times of 3000×2500 beside a bare blit"),
    Bench("memory", "growth of this program by 300 decoded images, beside their bytes", "memory", ("memory",), True),
    Bench("cache-reopen", "300 images from the encrypted shelf, beside the design's limit", "disk", ("cache-reopen",)),
    Bench("journal-write", "one durable write of a draft, beside a display refresh", "disk", ("journal-write",)),
    Bench("index-100000", "what this desk holds of the last days out of 100 000 studies, beside the design's limit",
          "lists", ("index-100000",)),
    Bench("worklist-20000", "a keystroke and a page in 20 000 rows, beside a display refresh", "lists",
          ("worklist-20000-filter", "worklist-20000-scroll"), True),
    Bench("measurements-500", "500 measurements on a case: list, drawing, drag, undo, journal, beside a display refresh",
          "measurements", tuple(f"measurements-500-{part}" for part in ("list", "draw", "drag", "undo", "journal")), True),
    Bench("mpr", "three planes through 512×512×600, thin, oblique and as a slab, beside the bare filter", "planes",
          ("mpr-drag", "mpr-drag-oblique", "mpr-slab-draft", "mpr-slab-full", "mpr-memory")),
    Bench("solid", "a CT of 512×512×300 in three dimensions, in haste and at rest, beside the design's limits", "solid",
          ("solid-draft", "solid-full", "solid-first", "solid-memory")),
    Bench("fusion", "three planes of a CT under a PET of its own grid, beside the bare filter on both", "fusion",
          ("fusion-drag", "fusion-slab-draft", "fusion-memory")),
    Bench("hang", "a protocol chosen and hung for 100 series and 30 priors, beside the design's limit", "hanging", ("hang",)),
    Bench("stage-change", "the key of the next stage to its pixels with everything in memory, beside two refreshes", "stages",
          ("stage-change",), True),
    Bench("decode", "512×512 in each transfer syntax, beside the bare codec and beside pydicom", "decoding",
          tuple(f"{kind}-{syntax}" for syntax in SYNTAXES for kind in ("decode", "library"))),
    Bench("large-decode", "2048×2048 in each transfer syntax, beside the bare codec", "decoding",
          tuple(f"large-decode-{syntax}" for syntax in SYNTAXES)),
    Bench("two-threads", "decoding on two threads, beside one", "decoding",
          tuple(f"two-threads-{size}{syntax}" for size in ("", "large-") for syntax in SYNTAXES)),
)  # fmt: skip


def bench_named(name: str) -> Bench:
    """The benchmark of exactly that name."""
    return next(bench for bench in BENCHES if bench.name == name)


def chosen(names: Sequence[str]) -> tuple[tuple[Bench, frozenset[str]], ...]:
    """The benchmarks to run, each with the figures asked for; all without names.

    A name is a benchmark's, a figure's, or how several of them begin (scroll, decode). ReaderError for any other.
    """
    for name in names:
        if not any(_figures(bench, name) for bench in BENCHES):
            known = ", ".join(bench.name for bench in BENCHES)
            raise ReaderError(f"There is no benchmark “{name}”.", f"Use some of: {known}; readingroom bench --list.")
    found = (
        (bench, frozenset(figure for name in names or [bench.name] for figure in _figures(bench, name)))
        for bench in BENCHES
    )
    return tuple((bench, figures) for bench, figures in found if figures)


def _figures(bench: Bench, name: str) -> tuple[str, ...]:
    if bench.name == name or bench.name.startswith(f"{name}-"):
        return bench.figures
    return tuple(figure for figure in bench.figures if figure == name or figure.startswith(f"{name}-"))
