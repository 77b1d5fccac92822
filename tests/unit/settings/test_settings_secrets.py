"""The keeper of secrets: with a keyring, without one, and with one that fails."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from readingroom.base.errors import ReaderError
from readingroom.settings.places import Profile
from readingroom.settings.secrets import PASSPHRASE_VARIABLE, Secrets, system_vault


class Vault:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class ForgetfulVault(Vault):
    """A keyring that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class SilentVault(Vault):
    """A keyring behind a message bus that nobody serves, until the end of the test."""

    def __init__(self, end: threading.Event) -> None:
        super().__init__()
        self.end = end

    def set_password(self, service: str, username: str, password: str) -> None:
        self.end.wait(30)
        raise OSError


@pytest.fixture
def end() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


@pytest.fixture(autouse=True)
def no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_desk_key_is_made_once_and_lies_in_the_keyring(tmp_path: Path) -> None:
    vault = Vault()
    key = Secrets(Profile(tmp_path), vault).desk_key()
    assert len(key) == 32
    assert Secrets(Profile(tmp_path), vault).desk_key() == key
    assert key.hex().encode() not in files(tmp_path)
    assert Secrets(Profile(tmp_path), vault).where() == "the system's keyring"


def test_without_a_keyring_a_private_file_keeps_the_key_and_says_so(tmp_path: Path) -> None:
    secrets = Secrets(Profile(tmp_path), None)
    key = secrets.desk_key()
    assert secrets.where() == "a key file, protected only by file permissions"
    assert (tmp_path / "desk.key").stat().st_mode & 0o077 == 0
    assert Secrets(Profile(tmp_path), None).desk_key() == key


def test_a_day_without_the_keyring_is_told_and_makes_no_second_key(tmp_path: Path) -> None:
    vault = Vault()
    key = Secrets(Profile(tmp_path), vault).desk_key()
    for other in (None, Vault()):
        with pytest.raises(ReaderError, match="keyring") as told:
            Secrets(Profile(tmp_path), other).desk_key()
        assert "unlock" in told.value.remedy
    assert Secrets(Profile(tmp_path), vault).desk_key() == key


def test_a_keyring_that_keeps_nothing_is_not_trusted(tmp_path: Path) -> None:
    secrets = Secrets(Profile(tmp_path), ForgetfulVault())
    assert "key file" in secrets.where()
    assert Secrets(Profile(tmp_path), None).desk_key() == secrets.desk_key()


def test_a_silent_keyring_does_not_hold_the_reader_up(tmp_path: Path, end: threading.Event) -> None:
    assert "key file" in Secrets(Profile(tmp_path), SilentVault(end), patience_s=0.05).where()


def test_the_library_without_a_back_end_counts_as_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail, null

    for backend in (fail.Keyring(), null.Keyring()):
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        assert system_vault() is None


def test_a_passphrase_closes_the_desk_and_only_the_same_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "three lungs of glass")
    key = Secrets(Profile(tmp_path), None).desk_key()
    assert Secrets(Profile(tmp_path), None).desk_key() == key
    assert key.hex().encode() not in files(tmp_path)
    for wrong in ("three lungs of grass", None):
        if wrong is None:
            monkeypatch.delenv(PASSPHRASE_VARIABLE)
        else:
            monkeypatch.setenv(PASSPHRASE_VARIABLE, wrong)
        with pytest.raises(ReaderError, match="passphrase"):
            Secrets(Profile(tmp_path), None).desk_key()


@pytest.mark.parametrize("with_keyring", [True, False])
def test_a_password_is_kept_changed_and_forgotten_and_never_in_plain(tmp_path: Path, with_keyring: bool) -> None:
    vault = Vault() if with_keyring else None
    secrets = Secrets(Profile(tmp_path), vault)
    assert secrets.get("archive/North") is None
    secrets.set("archive/North", "hunter2")
    secrets.set("archive/North", "correct horse")
    secrets.set("archive/South", "other")
    assert Secrets(Profile(tmp_path), vault).get("archive/North") == "correct horse"
    assert b"horse" not in files(tmp_path)
    secrets.delete("archive/North")
    secrets.delete("archive/North")
    assert secrets.get("archive/North") is None
    assert secrets.get("archive/South") == "other"


def test_a_sealed_password_moved_under_another_name_is_refused(tmp_path: Path) -> None:
    secrets = Secrets(Profile(tmp_path), None)
    secrets.set("archive/North", "hunter2")
    path = tmp_path / "secrets.sealed"
    path.write_text(json.dumps({"archive/South": json.loads(path.read_text())["archive/North"]}))
    with pytest.raises(ReaderError, match="damaged"):
        secrets.get("archive/South")


def test_a_damaged_key_card_is_told_and_left_alone(tmp_path: Path) -> None:
    Secrets(Profile(tmp_path), None).desk_key()
    card = tmp_path / "desk.key"
    whole = card.read_bytes()
    for damaged in (b"", b"[]", b"{}", whole[:-30], whole.replace(b'"key": "', b'"key": "00'), b'{"where": "file"}'):
        card.write_bytes(damaged)
        with pytest.raises(ReaderError):
            Secrets(Profile(tmp_path), None).desk_key()
        assert card.read_bytes() == damaged


def test_two_threads_that_open_a_new_desk_get_one_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(Secrets(Profile(tmp_path), None).desk_key())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 6
    assert len(set(keys)) == 1
