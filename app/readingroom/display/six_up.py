"""Six panes of a PET-CT: CT, PET and both across the patient, PET and both from the front, and the PET seen through."""

from dataclasses import replace

import numpy as np

from readingroom.display import fusion, words
from readingroom.display.fusion import Overlaid
from readingroom.display.mpr import MprView, Said, fitted_zoom, pane_picture, rotated
from readingroom.display.picture import Badge, HandleGraphic, Picture
from readingroom.display.tables import Tables
from readingroom.geometry.lattice import Lattice
from readingroom.pixels.frame import Frame, Voi
from readingroom.pixels.voxels import Voxels

SIX = (
    ("ct-axial", "axial"), ("pet-axial", "axial"), ("fused-axial", "axial"),
    ("pet-coronal", "coronal"), ("fused-coronal", "coronal"), ("pet-mip", "coronal"),
)  # fmt: skip
"""Panes in the order of reading, three in a row, each with the plane that it shows."""
TURN_DEG = 10.0
"""From one view of the rotating projection to the next."""


def six_picture(
    name: str, view: MprView, turned_deg: float, base: tuple[Voxels, Frame], laid_over: Overlaid, pattern: Frame,
    size: tuple[int, int], tables: Tables, said: tuple[Said, Said], draft: bool, ratio: float = 1.0,
) -> Picture:  # fmt: skip
    """One of the six panes. base: the CT with a frame of its words; pattern: of the PET's. said: of the CT, of the PET.

    All have one scale and one place in the patient; the PET is black on white in its own unit's window.
    """
    pane, voxels = dict(SIX)[name], base[0]
    view = replace(view, zoom=view.zoom or fitted_zoom(voxels.lattice, *size))
    if name.startswith("pet"):
        picture = _pet(name, view, turned_deg, laid_over, pattern, size, tables, said[1], draft, ratio)
    else:
        picture = pane_picture(view, pane, voxels, base[1], size, tables, said[0], draft, ratio)
    if name.startswith("fused"):
        picture = fusion.over_pane(picture, laid_over, view, pane, voxels.lattice, size, draft)
    # Planes are not turned here: lines without grips.
    return replace(picture, graphics=tuple(one for one in picture.graphics if not isinstance(one, HandleGraphic)))


def _pet(
    name: str, view: MprView, turned_deg: float, laid_over: Overlaid, pattern: Frame, size: tuple[int, int],
    tables: Tables, said: Said, draft: bool, ratio: float,
) -> Picture:  # fmt: skip
    over, how = laid_over.over, laid_over.how
    pane, through = dict(SIX)[name], name == "pet-mip"
    voi = Voi(how.voi.centre / over.factor, how.voi.width / over.factor, how.voi.function)
    seen = replace(view, voi=voi, voi_name="", inverted=True, slab_mm=0.0)
    if through:
        seen = replace(rotated(seen, "axial", turned_deg), slab_mm=through_mm(over.voxels.lattice), mode="max")
        seen = replace(seen, point_mm=middle_mm(over.voxels.lattice))
    said = replace(said, notes=(*said.notes, *over.notes))
    picture = pane_picture(seen, pane, over.voxels, pattern, size, tables, said, draft, ratio)
    # Black on white is how uptake is read, not what was done to the image: no badge says so.
    badges = tuple(badge for badge in picture.words.badges if badge.text not in ("INV", "OBLIQUE"))
    shown = replace(picture.words, badges=badges, bottom_right=(words.window(how.voi, "", over.unit),))
    if not through:
        return replace(picture, words=shown)
    turned = Badge(f"MIP of the whole PET, turned {turned_deg % 360:.0f}°")
    return replace(
        picture, graphics=(), words=replace(shown, badges=(*badges, turned), bottom_left=("Projection: no depth",))
    )


def through_mm(lattice: Lattice) -> float:
    """A slab that holds the whole volume whichever way it is turned."""
    corners = lattice.corners()
    return float(np.linalg.norm(corners.max(axis=0) - corners.min(axis=0)))


def middle_mm(lattice: Lattice) -> tuple[float, float, float]:
    """The middle of a volume, LPS."""
    x, y, z = (float(part) for part in lattice.corners().mean(axis=0))
    return x, y, z
