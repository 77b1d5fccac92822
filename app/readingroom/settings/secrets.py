"""The keeper of secrets: archive passwords and the desk key, in the system's keyring or, said aloud, in a key file."""

import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol

from readingroom.base.errors import ReaderError
from readingroom.settings.file_lock import FileLock
from readingroom.settings.places import Profile
from readingroom.settings.private_file import write_private
from readingroom.settings.seal import Seal, Unsealable, new_key

SERVICE = "readingroom"
PASSPHRASE_VARIABLE = "READINGROOM_PASSPHRASE"
# scrypt cost: 2**15 blocks of 1 kB, 32 MB and about a tenth of a second (RFC 7914 section 2).
SCRYPT_COST = 2**15

WHERE_WORDS = {
    "keyring": "the system's keyring",
    "file": "a key file, protected only by file permissions",
    "passphrase": f"nowhere: made from the passphrase in {PASSPHRASE_VARIABLE}",
}


class Vault(Protocol):
    """A keyring, as the keyring library's back ends are."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret."""
        ...


def system_vault(patience_s: float = 5.0) -> Vault | None:
    """The system's keyring, or None where there is none that keeps anything safe or it does not answer in time."""

    def choose() -> Vault | None:
        import keyring

        found: Any = keyring.get_keyring()
        # Back ends below 1 are the library's own "none" and stores without protection.
        return found if found.priority >= 1 else None

    try:
        chosen: Vault | None = _within(patience_s, choose)
    except ReaderError:
        return None
    return chosen


def open_secrets(profile: Profile) -> "Secrets":
    """The secrets of a profile, with the system's keyring where there is one."""
    return Secrets(profile, system_vault())


def archive_secret(archive: str) -> str:
    """The name under which an archive's password or token is kept."""
    return f"archive/{archive}"


class Secrets:
    """The secrets of one profile; a vault of None means that no keyring is to be used.

    The desk key seals everything else on this disk. What made it is written in desk.key of the profile, so that a day
    without the keyring is told and does not make a second key.
    """

    def __init__(self, profile: Profile, vault: Vault | None, patience_s: float = 15.0) -> None:
        self._card_path = profile.folder / "desk.key"
        self._sealed_path = profile.folder / "secrets.sealed"
        self._lock = FileLock(profile.folder / "desk.key.lock")
        self._vault = vault
        self._patience_s = patience_s
        self._key: bytes | None = None
        self._turn = threading.RLock()

    def desk_key(self) -> bytes:
        """The 32-byte key of this desk, made at the first call ever; ReaderError where it is kept out of reach."""
        with self._turn:
            if self._key is None:
                card = self._card()
                if card is None:
                    with self._lock:
                        card = self._card() or self._make()
                self._key = self._key_from(card)
            return self._key

    def where(self) -> str:
        """Where the desk key is kept, in words; makes the key where there is none yet."""
        self.desk_key()
        card = self._card() or {}
        return WHERE_WORDS[card["where"]]

    @property
    def is_bare(self) -> bool:
        """Whether the desk key lies in a file that only its permissions protect."""
        return bool(self._kept()["where"] == "file")

    def get(self, name: str) -> str | None:
        """The secret of that name, or None."""
        card = self._kept()
        vault = self._vault
        if card["where"] == "keyring" and vault is not None:
            return self._ask(lambda: vault.get_password(SERVICE, f"{card['id']}/{name}"))
        sealed = self._sealed().get(name)
        if sealed is None:
            return None
        try:
            return self._seal().open(bytes.fromhex(sealed), name.encode()).decode()
        except (Unsealable, ValueError) as error:
            raise ReaderError(
                f"The secret “{name}” in {self._sealed_path} is damaged.",
                f"Give it again: readingroom settings --secret “{name}”.",
            ) from error

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under a name, in place of an older one."""
        card = self._kept()
        vault = self._vault
        if card["where"] == "keyring" and vault is not None:
            self._ask(lambda: vault.set_password(SERVICE, f"{card['id']}/{name}", secret))
            return
        self._change_sealed(name, self._seal().seal(secret.encode(), name.encode()).hex())

    def delete(self, name: str) -> None:
        """Forget a secret; nothing where there is none."""
        card = self._kept()
        vault = self._vault
        if card["where"] == "keyring" and vault is not None:
            if self.get(name) is not None:
                self._ask(lambda: vault.delete_password(SERVICE, f"{card['id']}/{name}"))
            return
        self._change_sealed(name, None)

    def _kept(self) -> dict[str, Any]:
        self.desk_key()
        card = self._card()
        assert card is not None
        return card

    def _card(self) -> dict[str, Any] | None:
        try:
            card = json.loads(self._card_path.read_bytes())
            if card["where"] not in WHERE_WORDS or not isinstance(card["id"], str):
                raise ValueError("not a key card")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReaderError(
                f"{self._card_path} cannot be read; without it this desk's cache and drafts stay closed.",
                "Bring it back from a backup, or move the whole profile folder away to begin anew.",
            ) from error
        return dict(card)

    def _make(self) -> dict[str, Any]:
        name = secrets.token_hex(8)
        passphrase = os.environ.get(PASSPHRASE_VARIABLE)
        card: dict[str, Any] = {"id": name}
        if passphrase:
            salt = secrets.token_bytes(16)
            key = _from_passphrase(passphrase, salt)
            card |= {"where": "passphrase", "salt": salt.hex()}
        else:
            key = new_key()
            kept = self._vault is not None and self._kept_by_vault(name, key)
            card |= {"where": "keyring"} if kept else {"where": "file", "key": key.hex()}
        card["check"] = _check(key)
        write_private(self._card_path, json.dumps(card).encode())
        return card

    def _kept_by_vault(self, name: str, key: bytes) -> bool:
        vault = self._vault
        assert vault is not None
        try:
            self._ask(lambda: vault.set_password(SERVICE, f"{name}/desk key", key.hex()))
            return self._ask(lambda: vault.get_password(SERVICE, f"{name}/desk key")) == key.hex()
        except ReaderError:
            return False

    def _key_from(self, card: dict[str, Any]) -> bytes:
        try:
            key = self._recalled(card)
        except (ValueError, KeyError, TypeError) as error:
            raise self._out_of_reach(card) from error
        if not hmac.compare_digest(_check(key), str(card.get("check"))):
            raise self._out_of_reach(card)
        return key

    def _recalled(self, card: dict[str, Any]) -> bytes:
        if card["where"] == "file":
            return bytes.fromhex(card["key"])
        if card["where"] == "passphrase":
            passphrase = os.environ[PASSPHRASE_VARIABLE]
            return _from_passphrase(passphrase, bytes.fromhex(card["salt"]))
        vault = self._vault
        if vault is None:
            raise KeyError("keyring")
        return bytes.fromhex(self._ask(lambda: vault.get_password(SERVICE, f"{card['id']}/desk key")) or "")

    def _out_of_reach(self, card: dict[str, Any]) -> ReaderError:
        if card["where"] == "passphrase":
            return ReaderError(
                "This desk is closed with a passphrase, and it was not given or is not the right one.",
                f"Set {PASSPHRASE_VARIABLE} to the passphrase and start again.",
            )
        if card["where"] == "keyring":
            return ReaderError(
                "This desk's key lies in the system's keyring, which does not give it.",
                "Log in to the desktop session where the desk was first opened, unlock the keyring and start again.",
            )
        return ReaderError(
            f"{self._card_path} is damaged; without it this desk's cache and drafts stay closed.",
            "Bring it back from a backup, or move the whole profile folder away to begin anew.",
        )

    def _seal(self) -> Seal:
        return Seal(self.desk_key(), "secrets")

    def _sealed(self) -> dict[str, str]:
        try:
            return {str(name): str(sealed) for name, sealed in json.loads(self._sealed_path.read_bytes()).items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            raise ReaderError(
                f"{self._sealed_path} cannot be read.",
                "Move it away and give the archives' passwords again with: readingroom settings --secret NAME.",
            ) from error

    def _change_sealed(self, name: str, sealed: str | None) -> None:
        with self._turn, self._lock:
            kept = {other: value for other, value in self._sealed().items() if other != name}
            if sealed is not None:
                kept[name] = sealed
            write_private(self._sealed_path, json.dumps(kept).encode())

    def _ask[T](self, question: Callable[[], T]) -> T:
        return _within(self._patience_s, question)


def _check(key: bytes) -> str:
    return hmac.new(key, b"readingroom desk key", hashlib.sha256).hexdigest()


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=SCRYPT_COST, r=8, p=1, maxmem=2**26, dklen=32)


def _within[T](patience_s: float, question: Callable[[], T]) -> T:
    """The keyring's answer; ReaderError where it fails or is silent, as it is behind a message bus that nobody serves."""
    answers: list[T] = []
    failures: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(question())
        except Exception as error:  # noqa: BLE001  (back ends raise what their systems raise; it is told below)
            failures.append(error)

    thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(patience_s)
    if answers:
        return answers[0]
    reason = type(failures[0]).__name__ if failures else f"no answer in {patience_s:g} s"
    raise ReaderError(
        f"The system's keyring failed ({reason}).", "Unlock it, or start without one (desk key in a file)."
    )
