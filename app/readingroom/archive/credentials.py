"""How a door signs in: nothing, Basic (RFC 7617) or a bearer token (RFC 6750). The secret never enters a message."""

import threading
from collections.abc import Callable
from typing import Any

from readingroom.base.errors import ReaderError
from readingroom.settings.sections import ArchiveSettings


class Credential:
    """The secret of one archive, and where a newer one is found when the archive takes the old one no more.

    Used from several threads: who finds that another thread renewed it already goes on with that.
    """

    def __init__(
        self, settings: ArchiveSettings, secret: str | None, renew: Callable[[], str | None] | None = None
    ) -> None:  # fmt: skip
        self._settings, self._renew = settings, renew
        self._lock = threading.Lock()
        self.secret = secret

    def renewed(self, refused: str | None) -> bool:
        """Whether there is another secret than the one that was refused."""
        if self._settings.auth == "none" or self._renew is None:
            return False
        with self._lock:
            if self.secret == refused:
                self.secret = self._renew() or self.secret
            return self.secret != refused


def signing(settings: ArchiveSettings, secret: str | None) -> Any:
    """The requests auth object of an archive; ReaderError where the settings ask for a secret that is not kept."""
    from requests.auth import AuthBase, HTTPBasicAuth

    class Signed(AuthBase):
        """Signs with a bearer token, or not at all; either keeps requests from looking for a .netrc file."""

        def __call__(self, request: Any) -> Any:
            if settings.auth == "bearer":
                request.headers["Authorization"] = f"Bearer {secret}"
            return request

    if settings.auth == "none":
        return Signed()
    if settings.auth not in ("basic", "bearer"):
        raise ReaderError(f"{settings.name} asks for sign-in by “{settings.auth}”.", "Use none, basic or bearer.")
    if not secret:
        raise ReaderError(
            f"No secret is kept for {settings.name}.", f"Keep one: readingroom settings --secret {settings.name}"
        )
    return HTTPBasicAuth(settings.user.encode(), secret.encode()) if settings.auth == "basic" else Signed()
