"""What one viewport shows and how, as a value: change makes a new one."""

from dataclasses import dataclass, replace

from readingroom.pixels.frame import Voi
from readingroom.pixels.subtraction import Subtraction


@dataclass(frozen=True, slots=True)
class ViewState:
    """One viewport's view of a stack.

    index: position in the stack, from 0. zoom: screen pixels per image pixel along the finer-spaced axis, None = fit.
    pan: shift of the image centre in screen pixels. rotation: clockwise degrees 0/90/180/270, applied first; then
    flip (mirror left-right on the glass). voi: None = the image's own first window. voi_name says where it came from.
    presentation: SOP Instance UID of the presentation state it is seen through, "" for none. area: left, top, right,
    bottom in image coordinates of what fit shows and pan counts from, None = the whole image. upright: rotation and
    mirror with which it was hung. anchor: "left" or "right" where the image's own edge lies on that edge of the glass,
    so that pan counts from there. fit_mm: (width, height) in the patient that fit shows, so that images of several
    detectors have one scale. together: what it shares with other viewports, e.g. "zoom:breast". counterpart: id of the
    stack that flickers with this one. subtraction: the mask that is taken off, None for
    none. over: the stack whose voxels are laid over in colours, "" for none.
    """

    stack_id: str = ""
    index: int = 0
    zoom: float | None = None
    pan: tuple[float, float] = (0.0, 0.0)
    rotation: int = 0
    flipped: bool = False
    voi: Voi | None = None
    voi_name: str = ""
    inverted: bool = False
    smooth: bool = True
    presentation: str = ""
    area: tuple[float, float, float, float] | None = None
    upright: tuple[int, bool] = (0, False)
    anchor: str = ""
    fit_mm: tuple[float, float] | None = None
    together: tuple[str, ...] = ()
    counterpart: str = ""
    subtraction: Subtraction | None = None
    over: str = ""

    def at(self, index: int, count: int) -> "ViewState":
        """The view at another position, held inside 0..count-1."""
        return replace(self, index=max(0, min(index, count - 1)) if count > 0 else 0)

    def step(self, by: int, count: int) -> "ViewState":
        """The view some images on or back."""
        return self.at(self.index + by, count)

    def windowed(self, centre: float, width: float, function: str = "LINEAR", name: str = "") -> "ViewState":
        """The view with a window in modality units; width is held at 1 or more for LINEAR (PS3.3 C.11.2.1.2)."""
        least = 1.0 if function == "LINEAR" else 1e-6
        return replace(self, voi=Voi(centre, max(least, width), function), voi_name=name)

    def zoomed(self, zoom: float | None) -> "ViewState":
        """The view at another magnification, None to fit; 0.02 to 64."""
        return replace(self, zoom=None if zoom is None else max(0.02, min(64.0, zoom)))

    @property
    def is_upright(self) -> bool:
        """Whether it is turned and mirrored as it was hung."""
        return (self.rotation, self.flipped) == self.upright

    def in_group(self, what: str) -> str:
        """The name of the group with which it shares "zoom", "pan" or "window"; "" for none."""
        return next((name for kind, _, name in (one.partition(":") for one in self.together) if kind == what), "")

    def turned(self, degrees: int) -> "ViewState":
        """The view rotated further clockwise by a multiple of 90 degrees as seen on the glass."""
        return replace(self, rotation=(self.rotation + (-degrees if self.flipped else degrees)) % 360)

    def mirrored(self) -> "ViewState":
        """The view mirrored left to right on the glass."""
        return replace(self, flipped=not self.flipped)

    def upside_down(self) -> "ViewState":
        """The view mirrored top to bottom on the glass: a mirror and half a turn."""
        return replace(self, flipped=not self.flipped, rotation=(self.rotation + 180) % 360)

    def fitted(self) -> "ViewState":
        """The view as it was hung: fit, no pan, the turn and the mirror of its hanging, own window."""
        return replace(
            self, zoom=None, pan=(0.0, 0.0), rotation=self.upright[0], flipped=self.upright[1], inverted=False, voi=None, voi_name="",
            presentation="", area=None, subtraction=None,
        )  # fmt: skip
