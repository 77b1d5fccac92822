"""Where things lie on the disk: a profile's files, and the resources that travel with the program."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Profile:
    """One folder with everything that belongs to one desk: settings, cache, journal, outbox, audit, log."""

    folder: Path

    @property
    def settings(self) -> Path:
        """settings.toml."""
        return self.folder / "settings.toml"

    @property
    def cache(self) -> Path:
        """The encrypted packs and their index."""
        return self.folder / "cache"

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.folder / "journal.sqlite"

    @property
    def outbox(self) -> Path:
        """The outbox's database."""
        return self.folder / "outbox.sqlite"

    @property
    def audit(self) -> Path:
        """The audit trail."""
        return self.folder / "audit.log"

    @property
    def hanging(self) -> Path:
        """The reader's own hanging protocols."""
        return self.folder / "hanging"

    @property
    def keys(self) -> Path:
        """The reader's own keys and mouse."""
        return self.folder / "keys.toml"

    @property
    def volume_presets(self) -> Path:
        """The reader's own presets for renderings."""
        return self.folder / "volume-presets.toml"

    @property
    def archives(self) -> Path:
        """What the archives can do, as they were last asked."""
        return self.folder / "archives.json"

    @property
    def lines(self) -> Path:
        """What the line to each archive carried this month, and how fast it last was."""
        return self.folder / "lines.jsonl"

    @property
    def log(self) -> Path:
        """The program's log, free of patients."""
        return self.folder / "readingroom.log"


def profile_at(folder: str | None, demo: bool = False) -> Profile:
    """The profile named on the command line, else by READINGROOM_PROFILE, else the platform's own folder."""
    named = folder or os.environ.get("READINGROOM_PROFILE")
    if named:
        return Profile(Path(named).expanduser().absolute())
    import platformdirs

    base = Path(platformdirs.user_data_dir("readingroom", appauthor=False))
    return Profile(base / ("demo" if demo else "desk"))


def resources() -> Path:
    """The resources folder: hanging protocols, templates, theme, manual."""
    return _beside_the_package("resources")


def plugins() -> Path:
    """The folder of first-party plug-ins."""
    return _beside_the_package("plugins")


def _beside_the_package(name: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    inside = package / name
    return inside if inside.is_dir() else package.parents[1] / name
