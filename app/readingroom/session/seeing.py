"""What stands between the frames of a case and the glass: masks that are taken off, series that are laid over."""

from dataclasses import replace

from readingroom.display.compose import Shown
from readingroom.display.stack import Stack
from readingroom.display.view import ViewState
from readingroom.pixels.frame import Frame
from readingroom.pixels.preview import is_preview
from readingroom.session.case import Case
from readingroom.session.desk import Desk
from readingroom.session.fusing import Fusing, over_now
from readingroom.session.subtracting import Subtractions


class Seeing:
    """Fusions and subtractions of one desk, shared by all viewports."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.fusing, self.subtractions = Fusing(desk), Subtractions(desk)

    def seen(
        self, view: ViewState, stack: Stack | None, frame: Frame | None, shown: Shown
    ) -> tuple[Frame | None, Shown]:
        """A frame as it is looked at, and what belongs on it with what is said of that."""
        if frame is None or stack is None or is_preview(frame):
            return frame, shown
        frame, said = self.subtractions.seen(view, frame)
        state = shown.presentation
        if said and state is not None and state.modality is not None:
            # The state's way from stored to modality values was gone before the mask was taken off.
            shown = replace(shown, presentation=replace(state, modality=None))
        if view.over:
            laid_over, waits = self.fusing.laid(stack, view.over)
            shown, said = replace(shown, fused=laid_over), (*said, *waits)
        return frame, replace(shown, notes=(*said, *shown.notes)) if said else shown

    def difference(self, case: Case | None, tile: int, frame: Frame) -> Frame:
        """A frame without its mask where it is looked at so, for windows that are dragged."""
        return self.subtractions.seen(case.tiles[tile], frame)[0] if case is not None else frame

    def change(self, step: str) -> None:
        """Lay what is over the active viewport in another way, by a command's id."""
        if self._desk.case is not None:
            self.fusing.step(over_now(self._desk.case), step)
