"""A window with its commands: its own, and those that every window has."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QWidget

from readingroom.session.desk import Desk
from readingroom.ui.key_editor import show_keys
from readingroom.ui.key_help import show_help
from readingroom.ui.keys import CommandActions, Does
from readingroom.ui.palette import show_palette


def commanded(window: QWidget, desk: Desk, room: str, own: Mapping[str, Does]) -> CommandActions:
    """The commands of a room on its window; own: what the window itself does, by the id of the command."""
    actions = CommandActions(window, desk, room, own)
    actions.bind("window.palette", partial(show_palette, actions))
    actions.bind("window.keys", partial(show_keys, actions))
    actions.bind("window.help", partial(show_help, actions))
    return actions
