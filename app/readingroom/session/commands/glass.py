"""Commands that a window does itself: declared here like every other, bound to the window's own functions by their ids."""

from readingroom.session.commands.registry import (
    CAPTURE,
    DOCUMENT,
    EVERYWHERE,
    FUSION,
    LESIONS,
    MEASURED,
    MPR,
    PATTERNS,
    PHOTOMETER,
    TAGS,
    WHY,
    WORKLIST,
    Command,
)


def _in(room: str, group: str, *rows: tuple[str, str, tuple[str, ...], str]) -> tuple[Command, ...]:
    """Commands of one window that need no open case: (id, title, keys, what it does)."""
    return tuple(Command(name, title, None, keys, group, False, room, says) for name, title, keys, says in rows)


FUSION_KEYS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("fusion.fainter", "Less of what is laid over", ("[",), "A tenth less of its colours."),
    ("fusion.stronger", "More of what is laid over", ("]",), "A tenth more of its colours."),
    ("fusion.palette", "Next palette", ("/",), "Of what is laid over."),
    ("fusion.threshold", "Next threshold", ("Shift+H",), "Below it nothing is laid over."),
    ("fusion.brighter", "Brighter colours", (";",), "The window of what is laid over ends lower."),
    ("fusion.darker", "Darker colours", ("'",), "The window of what is laid over ends higher."),
)
"""What every window with a fusion has."""

READING_GLASS: tuple[Command, ...] = (
    Command("window.worklist", "Worklist", None, ("Ctrl+L",), "Case", False, says="Back to the worklist."),
    Command("window.export", "Export…", None, ("Ctrl+E",), "Case", says="The open case to a folder or a disc."),
    Command("window.outbox", "Outbox", None, ("Ctrl+Shift+O",), "Case", False, says="Signed and not yet confirmed."),
    Command("window.cine", "Play", None, ("Space",), says="Run through the images, or stop."),
    Command("window.images", "Back to the images", None, ("Esc",), "View", False, says="Keys act on the images again."),
    Command("window.tags", "Tags of the image", None, ("Ctrl+T",), says="Everything that the object says."),
    Command("window.mpr", "Planes through the volume (MPR)", None, ("D",)),
    Command(
        "window.six",
        "PET-CT in six panes",
        None,
        ("Alt+D",),
        says="CT, PET and both at one place, and the PET's rotating MIP.",
    ),
    Command(
        "window.walk", "Next field, one to one", None, ("N",), says="Walk through the magnified image, all together."
    ),
    Command("window.walk-back", "Field before", None, ("Shift+N",), says="Walk back."),
    Command("window.patterns", "Test patterns", None, ("Ctrl+Shift+P",), "View", False),
    Command("window.measure-monitor", "Measure this monitor", None, ("Ctrl+Shift+M",), "View", False),
    Command("window.timeline", "The patient's timeline", None, ("F6",)),
    Command("window.why", "Why this layout?", None, ("F7",), "Layout"),
    Command(
        "window.capture", "Capture this layout…", None, ("F8",), "Layout", False, says="As a protocol of your own."
    ),
    Command("window.report", "Write the report", None, ("F4",), "Report"),
    Command("window.report-panel", "Report panel", None, ("F3",), "Report", False, says="Show or hide it."),
    Command("window.tray", "Series tray", None, ("F2",), "View", False, says="Show or hide it."),
    Command(
        "window.lesions",
        "Lesions over time",
        None,
        ("F9",),
        says="Every lesion with its priors, growth and RECIST sums.",
    ),
    Command(
        "window.star",
        "Key image",
        None,
        ("Shift+I",),
        says="Star the image with a reason and a note, or take the star back.",
    ),
    Command(
        "window.keep-view",
        "Keep this view…",
        None,
        ("Shift+Y",),
        says="Window, area and measurements, to be seen alike anywhere.",
    ),
    Command(
        "window.values",
        "Values of the measurement",
        None,
        ("Shift+P",),
        says="Where its numbers come from; the histogram of a region, the profile of a line.",
    ),
    Command(
        "window.table",
        "Measurements as a table…",
        None,
        ("Ctrl+Shift+E",),
        says="What the list shows as CSV, one row for each value.",
    ),
    Command("window.monitors", "Monitors…", None, (), "View", False, says="What each monitor is for."),
    Command("window.sign", "Sign", None, ("Ctrl+Return",), "Report", says="Check, then sign."),
    *(Command(name, title, None, keys, says=says) for name, title, keys, says in FUSION_KEYS),
    *(
        Command(f"preset.{n}", f"Window preset {n}", None, (str(n),), "Presets", says="Of the modality that is shown.")
        for n in range(1, 10)
    ),
)
"""The reading window's own."""

OTHER_GLASS: tuple[Command, ...] = (
    *_in(
        EVERYWHERE, "Help",
        ("window.palette", "Find a command…", ("Ctrl+K",), "Type a few letters of what is to be done."),
        ("window.keys", "Keys and mouse…", ("Ctrl+Shift+K",), "Other keys for any command; key maps in and out."),
        ("window.help", "Keys of this window", ("F1",), "Every command with its keys."),
    ),
    *_in(
        WORKLIST, "Worklist",
        ("list.open", "Open the examination", ("Return", "Enter"), ""),
        ("list.refresh", "Refresh", ("F5",), "Ask all archives again."),
        ("list.filter", "Filter", ("Ctrl+F",), "Type what is looked for."),
        ("list.all", "Show everything", ("Esc",), "Empty the filter."),
        ("list.import", "Import…", ("Ctrl+I",), "A folder, a disc or a ZIP file onto this desk."),
        ("list.export", "Export…", ("Ctrl+E",), "The chosen examination to a folder or a disc."),
        ("list.outbox", "Outbox", ("Ctrl+Shift+O",), "Signed and not yet confirmed."),
    ),
    Command("list.images", "Back to the open case", None, ("Ctrl+L",), "Worklist", room=WORKLIST),
    *_in(
        MPR, "Planes",
        ("mpr.next", "One plane on", ("Down",), ""),
        ("mpr.previous", "One plane back", ("Up",), ""),
        ("mpr.ten-on", "Ten planes on", ("PgDown",), ""),
        ("mpr.ten-back", "Ten planes back", ("PgUp",), ""),
        ("mpr.invert", "Invert", ("I",), ""),
        ("mpr.thicker", "Next slab thickness", ("T",), ""),
        ("mpr.thinner", "Slab thickness before", ("Shift+T",), ""),
        ("mpr.mode", "Next projection", ("P",), "MIP, MinIP, mean."),
        ("mpr.mode-back", "Projection before", ("Shift+P",), ""),
        ("mpr.tool.planes", "Move the planes", ("S",), "The left button moves and turns them."),
        ("mpr.tool.length", "Length", ("M",), ""),
        ("mpr.tool.bidirectional", "Two diameters", ("Shift+D",), ""),
        ("mpr.tool.angle", "Angle", ("A",), ""),
        ("mpr.tool.ellipse", "Ellipse ROI", ("E",), ""),
        ("mpr.tool.circle", "Circle ROI", ("Shift+E",), ""),
        ("mpr.tool.rectangle", "Rectangle ROI", ("K",), ""),
        ("mpr.tool.polygon", "Polygon ROI", ("Shift+U",), "A click for each point; Enter ends it."),
        ("mpr.tool.freehand", "Freehand ROI", ("U",), ""),
        ("mpr.tool.probe", "Probe", ("Q",), ""),
        ("mpr.end", "End the outline", ("Return",), ""),
        ("mpr.undo", "Undo", ("Ctrl+Z",), ""),
        ("mpr.redo", "Redo", ("Ctrl+Y", "Ctrl+Shift+Z"), ""),
        ("mpr.delete", "Delete measurement", ("Del",), ""),
        ("mpr.own-window", "The images' own window", ("0",), ""),
        *((f"mpr.preset.{n}", f"Window preset {n}", (str(n),), "") for n in range(1, 10)),
        ("mpr.fuse", "Lay another series over", ("Ctrl+F",), "PET, SPECT, MR or CT of the same space in colours."),
        *((f"mpr.{name}", title, keys, says) for name, title, keys, says in FUSION_KEYS),
        ("mpr.reset", "As at first", ("Backspace",), ""),
        ("mpr.close", "Close the planes", ("Esc",), ""),
    ),
    *_in(
        FUSION, "PET-CT",
        ("six.next", "One plane on", ("Down",), "Of the pane under the pointer, else across the patient."),
        ("six.previous", "One plane back", ("Up",), ""),
        ("six.ten-on", "Ten planes on", ("PgDown",), ""),
        ("six.ten-back", "Ten planes back", ("PgUp",), ""),
        ("six.turn", "Turn the projection", ("Right",), ""),
        ("six.turn-back", "Turn the projection back", ("Left",), ""),
        ("six.play", "Rotate the projection", ("Space",), "Or stop it."),
        *((f"six.{name}", title, keys, says) for name, title, keys, says in FUSION_KEYS),
        ("six.close", "Close", ("Esc",), ""),
    ),
    *_in(
        TAGS, "Tags",
        ("tags.search", "Search", ("Ctrl+F",), "By number, keyword, name or value."),
        ("tags.next-hit", "Next that was found", ("F3",), ""),
        ("tags.previous", "Object before", ("Alt+Left",), ""),
        ("tags.next", "Next object", ("Alt+Right",), ""),
        ("tags.differs", "Only what differs", ("Ctrl+D",), "From the object before."),
        ("tags.copy", "Copy the row", ("Ctrl+C",), ""),
        ("tags.close", "Empty the search, then close", ("Esc",), ""),
    ),
    *_in(
        DOCUMENT, "Document",
        ("document.previous", "Document before", ("Alt+Left",), ""),
        ("document.next", "Next document", ("Alt+Right",), ""),
        ("document.on-images", "Show on images", ("Shift+M",), "The measurements of the report, or hide them."),
        ("document.save", "Save as…", ("Ctrl+S",), "What the document carries."),
        ("document.tags", "Tags", ("Ctrl+T",), "Everything that the object says."),
        ("document.page-back", "Page back", ("PgUp", "Left"), ""),
        ("document.page-on", "Page on", ("PgDown", "Right"), ""),
        ("document.first-page", "First page", ("Home",), ""),
        ("document.last-page", "Last page", ("End",), ""),
        ("document.smaller", "Smaller", ("-", "Ctrl+-"), ""),
        ("document.larger", "Larger", ("+", "=", "Ctrl++"), ""),
        ("document.whole-page", "As wide as the window", ("0", "Ctrl+0"), ""),
        ("document.close", "Close the document", ("Esc",), ""),
    ),
    *_in(
        PATTERNS, "Patterns",
        ("patterns.next", "Next pattern", ("Right", "Down", "Space"), ""),
        ("patterns.previous", "Pattern before", ("Left", "Up"), ""),
        ("patterns.calibrated", "With or without the monitor's table", ("C",), ""),
        ("patterns.words", "Words", ("T",), "Show or hide them."),
        ("patterns.monitor", "Next monitor", ("M",), ""),
        ("patterns.close", "Close the patterns", ("Esc",), ""),
    ),
    *_in(
        PHOTOMETER, "Measuring",
        ("photometer.keep", "Keep the number", ("Return", "Enter"), ""),
        ("photometer.back", "Go back", ("Backspace",), ""),
        ("photometer.stop", "Stop without keeping anything", ("Esc",), ""),
    ),
    *_in(
        LESIONS, "Lesions",
        ("lesions.target", "Target lesion", ("Space",), "Marked for the sums of RECIST 1.1, or not."),
        ("lesions.follow", "Follow this lesion", ("F",), "The next measurement that is drawn is of it."),
        ("lesions.go", "To its image", ("Return", "Enter"), ""),
        ("lesions.close", "Close", ("Esc",), ""),
    ),
    *_in(MEASURED, "Values", ("measured.close", "Close", ("Esc",), "")),
    *_in(WHY, "Why", ("why.close", "Close", ("Esc",), "")),
    *_in(
        CAPTURE, "Capture",
        ("capture.save", "Save the protocol", ("Ctrl+S",), ""),
        ("capture.undo", "Undo", ("Ctrl+Z",), "The last edit, or the last change of a file."),
        ("capture.close", "Close", ("Esc",), ""),
    ),
)  # fmt: skip
"""Those of every other window."""
