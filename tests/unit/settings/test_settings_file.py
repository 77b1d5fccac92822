"""settings.toml: what it may hold, and what is said when it holds something else."""

from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.settings.load import as_toml, load, parse, save, write_default
from readingroom.settings.places import Profile
from readingroom.settings.schema import current, schema, schema_lines
from readingroom.settings.sections import (
    ArchiveSettings,
    DiskSettings,
    Luminance,
    MonitorSettings,
    ReaderSettings,
    Settings,
)


def refused(text: str, folder: Path) -> ReaderError:
    with pytest.raises(ReaderError) as told:
        parse(text, folder / "settings.toml")
    assert str(folder / "settings.toml") in told.value.problem
    assert told.value.remedy
    return told.value


def test_a_desk_without_a_settings_file_reads_with_the_defaults(tmp_path: Path) -> None:
    assert load(Profile(tmp_path)) == Settings()


def test_what_was_saved_is_loaded_again(tmp_path: Path) -> None:
    folder = str(tmp_path / 'a\\b "quoted" é\n')
    settings = Settings(
        archives=(
            ArchiveSettings("North", "dicomweb", url="https://pacs.example/dicom-web", auth="basic", user="reader"),
            ArchiveSettings("Disc", "folder", path=folder, store=False, timeout_s=2.5),
        ),
        reader=ReaderSettings(name="Okafor^Ada^^Dr.", registration="1234567"),
        disk=DiskSettings(budget_gb=12.0),
        monitors=(
            MonitorSettings(
                "Left",
                "EIZO",
                "RX350",
                "123",
                luminance=Luminance(((0, 0.8), (255, 410.0))),
                ambient_cd_m2=0.1,
                checked="2026-11-01",
                valid_days=90,
                pitch_mm=0.2115,
            ),
            MonitorSettings("Report", screen="DP-2", role="report"),
        ),
        keys=(("case.undo", ("Ctrl+Z", "Backspace")),),
    )
    save(Profile(tmp_path), settings)
    assert load(Profile(tmp_path)) == settings


def test_the_settings_file_of_another_is_closed_to_others(tmp_path: Path) -> None:
    save(Profile(tmp_path), Settings())
    assert (tmp_path / "settings.toml").stat().st_mode & 0o077 == 0


def test_a_default_is_written_once_and_never_over_what_a_reader_wrote(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    first = write_default(profile, [ArchiveSettings("One", "folder", path=str(tmp_path / "one"))])
    again = write_default(profile, [ArchiveSettings("Two", "folder", path=str(tmp_path / "two"))])
    assert [archive.name for archive in again.archives] == ["One"]
    assert first == again


def test_a_misspelt_key_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    told = refused('[[archive]]\nname = "N"\nkind = "folder"\npaht = "/x"\n', tmp_path)
    assert "[[archive]] number 1" in told.problem
    assert "paht" in told.problem
    assert told.remedy == "Did you mean path?"


def test_an_unknown_table_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    assert refused("[readers]\n", tmp_path).remedy == "Did you mean reader?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[disk]\nbudget_gb = "40"\n', ("[disk]", "budget_gb", "a number, at least 0.1", "'40'")),
        ("[disk]\nbudget_gb = true\n", ("budget_gb", "a number")),
        ("[disk]\nbudget_gb = nan\n", ("budget_gb", "a number")),
        ("[disk]\nkeep_free_gb = -1\n", ("keep_free_gb", "at least 0")),
        ("[worklist]\ndays = 1.5\n", ("[worklist]", "days", "a whole number")),
        ('[display]\nengine = "vulkan"\n', ("engine", '"auto", "cpu", "gpu"')),
        ('[[archive]]\nname = "N"\nkind = "ftp"\n', ("kind", '"dicomweb", "dimse", "folder"')),
        ('[[archive]]\nname = "N"\nkind = "dimse"\n', ("host is missing",)),
        ('[[archive]]\nkind = "folder"\npath = "x"\n', ("name is missing",)),
        ('[[archive]]\nname = " "\nkind = "folder"\npath = "x"\n', ("name is empty",)),
        ('[[archive]]\nname = "N"\nkind = "folder"\n', ("path is missing",)),
        ('[[archive]]\nname = "N"\nkind = "dicomweb"\nurl = "pacs.example"\n', ("url", "https://")),
        ('[[archive]]\nname = "N"\nkind = "dicomweb"\nurl = "http://h:port/x"\n', ("url",)),
        ('[archive]\nname = "N"\n', ("not a list of tables",)),
        ("reader = 1\n", ("reader is not a table",)),
        ("keys = 1\n", ("keys is not a table",)),
        ("[keys]\nundo = 7\n", ("[keys]", "undo", "list of texts")),
        ("[reader\n", ("not valid TOML", "line 1")),
    ],
)
def test_a_wrong_value_is_refused_with_its_table_key_and_expected_type(
    text: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    told = refused(text, tmp_path)
    for word in words:
        assert word in told.problem


def test_two_archives_may_not_share_a_name(tmp_path: Path) -> None:
    one = '[[archive]]\nname = "N"\nkind = "folder"\npath = "x"\n'
    assert "number 2" in refused(one + one, tmp_path).problem


def test_a_password_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = refused('[[archive]]\nname = "N"\nkind = "dicomweb"\nurl = "https://me:hunter2@pacs/x"\n', tmp_path)
    assert "hunter2" not in str(told)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b'[reader]\nname = "M\xfcller"\n')
    with pytest.raises(ReaderError, match="UTF-8"):
        load(Profile(tmp_path))


def test_a_byte_order_mark_from_a_windows_editor_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b'\xef\xbb\xbf[reader]\nname = "A^B"\n')
    assert load(Profile(tmp_path)).reader.name == "A^B"


def test_an_archive_folder_is_taken_from_beside_the_settings_file(tmp_path: Path) -> None:
    settings = parse('[[archive]]\nname = "N"\nkind = "folder"\npath = "discs/a"\n', tmp_path / "settings.toml")
    assert settings.archives[0].path == str(tmp_path / "discs" / "a")


def test_keys_may_be_written_dotted_or_quoted(tmp_path: Path) -> None:
    settings = parse('[keys]\ncase.undo = "Ctrl+Z"\n"view.bone" = ["3", "B"]\n', tmp_path / "s")
    assert settings.keys == (("case.undo", ("Ctrl+Z",)), ("view.bone", ("3", "B")))


def test_the_schema_names_every_key_with_type_default_and_meaning() -> None:
    by_name = {(key.table, key.name): key for key in schema()}
    assert by_name["[[archive]]", "name"].required
    assert by_name["[disk]", "budget_gb"].default == 40.0
    assert by_name["[display]", "engine"].type == "auto | cpu | gpu"
    assert all(key.meaning for key in schema())
    text = "\n".join(schema_lines())
    assert all(key.name in text and key.meaning in text for key in schema())


def test_the_settings_in_force_are_told_with_their_defaults() -> None:
    assert current(Settings())["worklist"]["days"] == 30
    assert as_toml(Settings()) == ""


def test_a_day_needs_no_quotes(tmp_path: Path) -> None:
    text = '[[monitor]]\nname = "L"\nscreen = "DP-1"\nchecked = 2026-11-01\n'
    assert parse(text, tmp_path / "settings.toml").monitors[0].checked == "2026-11-01"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = " "\nscreen = "D"\n', ("name is empty",)),
        ('name = "L"\n', ("which monitor it is",)),
        (
            'name = "L"\nscreen = "D"\nrole = "reading"\n',
            ("role", '"diagnostic", "colour", "report", "projector", "other"'),
        ),
        ('name = "L"\nscreen = "D"\nchecked = "yesterday"\n', ("checked must be a day", "yesterday")),
        ('name = "L"\nscreen = "D"\nvalid_days = 0\n', ("valid_days", "at least 1")),
        ('name = "L"\nscreen = "D"\npitch_mm = 25.4\n', ("25.4 mm cannot be",)),
        ('name = "L"\nscreen = "D"\nluminance = "bright"\n', ("luminance must be a list of",)),
        ('name = "L"\nscreen = "D"\nluminance = [[0, 1.0], [256, 9.0]]\n', ("level 256",)),
        ('name = "L"\nscreen = "D"\nluminance = [[0, 1.0], [255, -9.0]]\n', ("-9.0 cd/m²",)),
        ('name = "L"\nscreen = "D"\nluminance = [[0, 1.0], [200, 9.0]]\n', ("from level 0 to level 255",)),
        ('name = "L"\nscreen = "D"\nluminance = [[0, 1.0], [9, 2], [9, 3], [255, 9]]\n', ("do not rise",)),
        ('name = "L"\nscreen = "D"\n[[monitor]]\nname = "L"\nscreen = "E"\n', ("“L” is taken",)),
        ('name = "L"\nscreen = "D"\n[[monitor]]\nname = "M"\nscreen = "D"\n', ("the same monitor",)),
    ],
)
def test_a_monitor_that_cannot_be_is_refused_with_the_table_and_the_key(
    text: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    told = refused("[[monitor]]\n" + text, tmp_path)
    assert all(word in told.problem for word in ("[[monitor]] number", *words)), told.problem
