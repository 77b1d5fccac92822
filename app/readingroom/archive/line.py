"""The line to one DICOMweb archive: one request at a time, every failure said with the archive's name and a remedy."""

import gzip
import json
import random
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from readingroom.archive.credentials import Credential, signing
from readingroom.archive.link import Link
from readingroom.archive.meter import LineBook, Meter
from readingroom.archive.multipart import parameters
from readingroom.archive.token import token_life_s
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.settings.sections import ArchiveSettings

JSON = "application/dicom+json"
_ATTEMPTS = 3
_BUSY = frozenset({429, 502, 503, 504})
_ADDRESS = "Give its DICOMweb root, e.g. https://pacs.example/dicom-web."
_SLICE_S = 0.1
_LONGER = 4.0
"""A study's metadata or pixels may take so many times the limit of a search before their first byte."""


class Refused(ReaderError):
    """The archive answered, and not with what was asked; status: of HTTP."""

    def __init__(self, problem: str, remedy: str, status: int) -> None:
        super().__init__(problem, remedy)
        self.status = status


class Line:
    """HTTP to one archive. Safe to use from several threads: nothing is kept between requests but open connections."""

    def __init__(
        self,
        settings: ArchiveSettings,
        secret: str | None,
        renew: Callable[[], str | None] | None = None,
        book: LineBook | None = None,
    ) -> None:
        self.name = settings.name
        self.limit_s = settings.timeout_s
        self.meter = Meter(settings, book)
        self.link = Link(self.meter.speed_before)
        self._settings = settings
        self._root = settings.url.rstrip("/")
        self._credential = Credential(settings, secret, renew)
        self._signed: tuple[str | None, Any] | None = None
        self._session: Any = None

    @property
    def root(self) -> str:
        """The DICOMweb root, without a slash at its end."""
        return self._root

    @property
    def token_life_s(self) -> float | None:
        """Seconds for which the sign-in lasts, as far as its token says; None for other ways to sign in."""
        return token_life_s(self._credential.secret) if self._settings.auth == "bearer" else None

    def get_json(self, path: str, query: Mapping[str, str], patient: bool = False) -> tuple[list[Any], Any]:
        """The parsed list and the answer's headers; [] for 204. patient: wait longer than a search may."""
        headers = {"Accept": JSON, "Accept-Encoding": "gzip"}
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self._ask("GET", _with(path, query), headers=headers, stream=True, patient=patient)
            with answer:
                if answer.status_code == 204:
                    return [], answer.headers
                try:
                    return self._parsed(answer), answer.headers
                except _Cut as cut:
                    if attempt == _ATTEMPTS:
                        raise cut.error from cut
            time.sleep(_pause_s(attempt))
        raise AssertionError("unreachable")

    def get_whole(self, path: str, accept: str, ticket: Ticket) -> bytes:
        """A small answer that is neither JSON nor multipart, in one piece."""
        with self.get_stream(path, accept, ticket) as answer:
            body = self._whole(answer)
        self.meter.count(len(body), self._speed)
        return body

    def saw(self, size: int, seconds: float) -> None:
        """So many bytes came in so many seconds."""
        self.link.saw(size, seconds)
        self.meter.count(size, self._speed)

    def _speed(self) -> float | None:
        return self.link.measured

    def get_stream(self, path: str, accept: str, ticket: Ticket) -> Any:
        """An answer whose body is still on the wire, never compressed by HTTP: compressing pixels costs tenfold."""
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        answer = self._ask("GET", path, headers=headers, stream=True, patient=True, ticket=ticket)
        answer.raw.decode_content = True
        return answer

    def post(self, path: str, body: bytes, content_type: str) -> tuple[int, Any]:
        """Status and parsed JSON body (None where it is none) of a POST; it is sent once and never repeated."""
        headers = {"Accept": JSON, "Content-Type": content_type}
        secret = self._credential.secret
        answer = self._once("POST", path, data=body, headers=headers, patient=True, allow_redirects=False)
        if answer.status_code == 401 and self._credential.renewed(secret):
            # Refused before it was looked at: this is not sending twice.
            answer.close()
            answer = self._once("POST", path, data=body, headers=headers, patient=True, allow_redirects=False)
        with answer:
            try:
                return answer.status_code, json.loads(self._whole(answer))
            except ValueError:
                return answer.status_code, None

    def tried(self, path: str, accept: str) -> tuple[int, bytes]:
        """Status and first bytes of the body of a GET; the rest is left on the wire: what a probe asks."""
        import requests

        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        with self._once("GET", path, headers=headers, stream=True) as answer:
            try:
                return int(answer.status_code), bytes(next(iter(answer.iter_content(2048)), b""))
            except (requests.RequestException, OSError) as error:
                raise self.said(error) from error

    def said(self, error: Exception) -> ReaderError:
        """What an exception of requests or the socket means, in words."""
        return _in_words(error, self.name, self._root, self.limit_s)

    def close(self) -> None:
        """Close every open connection, and keep what the line carried."""
        self.meter.write(self.link.measured)
        if self._session is not None:
            self._session.close()

    def _ask(self, method: str, path: str, patient: bool = False, ticket: Ticket | None = None, **request: Any) -> Any:
        """An answer of 2xx to an idempotent request, tried again while the archive is busy or cuts the line."""
        give_up = time.monotonic() + self.limit_s * (_LONGER if patient else 1.0)
        attempt, asked_again = 1, False
        while True:
            if ticket is not None:
                ticket.checkpoint()
            secret, last = self._credential.secret, attempt == _ATTEMPTS
            try:
                answer = self._once(method, path, patient=patient, **request)
            except _Cut as cut:
                if last:
                    raise cut.error from cut
                wait_s = _pause_s(attempt)
            else:
                if 200 <= answer.status_code < 300:
                    return answer
                if answer.status_code == 401 and not asked_again and self._credential.renewed(secret):
                    asked_again = True
                    answer.close()
                    continue
                if answer.status_code not in _BUSY or last:
                    raise self._refusal(answer)
                told_s = _retry_after_s(answer.headers)
                wait_s = told_s if told_s is not None else _pause_s(attempt)
                if time.monotonic() + wait_s > give_up:
                    raise self._refusal(answer)
                answer.close()
            attempt += 1
            _wait(wait_s, ticket)

    def _once(self, method: str, path: str, patient: bool = False, **request: Any) -> Any:
        import requests

        read_s = self.limit_s * (_LONGER if patient else 1.0)
        try:
            session = self._open()
            limits = (self.limit_s, read_s)
            return session.request(method, f"{self._root}/{path}", timeout=limits, auth=self._signing(), **request)
        except requests.RequestException as error:
            trouble = self.said(error)
            if method == "GET" and _was_cut(error):
                raise _Cut(trouble) from error
            raise trouble from error
        except (ValueError, OSError) as error:
            raise self.said(error) from error

    def _signing(self) -> Any:
        """How the next request is signed, made anew only where the secret is another."""
        secret, held = self._credential.secret, self._signed
        if held is None or held[0] != secret:
            self._signed = held = (secret, signing(self._settings, secret))
        return held[1]

    def _open(self) -> Any:
        if self._session is not None:
            return self._session
        import os

        import requests
        from requests.adapters import HTTPAdapter
        from requests.utils import get_environ_proxies

        if not _place(self._root):
            raise ReaderError(f"{self.name} has no usable address: “{self._root}”.", _ADDRESS)
        session = requests.Session()
        session.trust_env = False
        session.proxies = dict(get_environ_proxies(self._root))
        session.verify = (os.environ.get("REQUESTS_CA_BUNDLE") or True) if self._settings.verify_tls else False
        session.headers["User-Agent"] = "ReadingRoom"
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=18))
        self._session = session
        return session

    def _parsed(self, answer: Any) -> list[Any]:
        kind, _ = parameters(answer.headers.get("Content-Type", ""))
        body = self._unpacked(answer)
        try:
            found = json.loads(body) if body.strip() else []
        except ValueError as error:
            raise ReaderError(
                f"{self.name} answered with {kind or 'something'} that is not DICOM JSON.",
                "Check that the address is its DICOMweb root.",
            ) from error
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise ReaderError(
                f"{self.name} answered with JSON that is not a list of DICOM objects.",
                "Check that the address is its DICOMweb root.",
            )
        return found

    def _unpacked(self, answer: Any) -> bytes:
        """The body of an answer that may be packed; what came over the line, and in which time, tells its speed."""
        import urllib3

        began = time.perf_counter()
        try:
            packed = bytes(answer.raw.read(decode_content=False))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _Cut(self.said(error)) from error
        self.saw(len(packed), time.perf_counter() - began)
        try:
            match answer.headers.get("Content-Encoding", "").strip().lower():
                case "gzip" | "x-gzip":
                    return gzip.decompress(packed)
                case "deflate":
                    return zlib.decompress(packed)
        except (OSError, EOFError, zlib.error) as error:
            raise _Cut(ReaderError(f"The answer of {self.name} came damaged.", "Try again.")) from error
        return packed

    def _whole(self, answer: Any) -> bytes:
        import requests

        try:
            return bytes(answer.content)
        except (requests.RequestException, OSError) as error:
            raise self.said(error) from error

    def _refusal(self, answer: Any) -> Refused:
        with answer:
            return Refused(*_status_in_words(self.name, answer.status_code, _details(answer)), answer.status_code)


def _with(path: str, query: Mapping[str, str]) -> str:
    # Wildcards, commas and colons stand unescaped: they may (RFC 3986 3.4), and some archives do not undo the escape.
    pairs = (f"{key}={quote(value, safe='*?,:/@')}" for key, value in query.items())
    return f"{path}?{'&'.join(pairs)}" if query else path


class _Cut(Exception):
    """The line broke before an answer came: an idempotent request may be sent again."""

    def __init__(self, error: ReaderError) -> None:
        super().__init__(str(error))
        self.error = error


def checked_media(name: str, answer: Any, wanted: str) -> dict[str, str]:
    """The parameters of an answer's Content-Type; ReaderError where it is not `wanted`."""
    kind, found = parameters(answer.headers.get("Content-Type", ""))
    if kind != wanted:
        raise ReaderError(
            f"{name} sent {kind or 'no content type'} where {wanted} was asked.",
            "Check that the address is its DICOMweb root, and that no gateway answers in its place.",
        )
    return found


def _was_cut(error: Exception) -> bool:
    import requests

    if isinstance(error, requests.Timeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return False
    words = str(error)
    return isinstance(error, requests.ConnectionError) and "NewConnection" not in words and "Resolution" not in words


def _place(root: str) -> str:
    """Machine and port of a usable address, else ""; a name and password written into it are left out."""
    try:
        parts = urlsplit(root)
        return parts.netloc.rpartition("@")[2] if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def _pause_s(attempt: int) -> float:
    """Longer after each attempt, and never twice the same, so that many desks do not knock at once."""
    return 0.1 * 2.0**attempt * random.uniform(0.5, 1.5)


def _wait(seconds: float, ticket: Ticket | None) -> None:
    """Sleep, and wake at once where the reader leaves."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if ticket is not None:
            ticket.checkpoint()
        time.sleep(min(left, _SLICE_S))


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After, said as a number or as a date (RFC 9110 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _details(answer: Any) -> str:
    """What the archive says itself, one line, where it says it in JSON."""
    import requests

    try:
        said = json.loads(next(iter(answer.iter_content(16 * 1024)), b""))
    except (ValueError, OSError, requests.RequestException):
        return ""
    words = (
        (said.get(key) for key in ("Details", "Message", "message", "errorMessage")) if isinstance(said, dict) else ()
    )
    return " ".join(str(next(filter(None, words), "")).split())[:200]


def _status_in_words(name: str, status: int, details: str) -> tuple[str, str]:
    said = f" It says: {details}." if details else ""
    known: dict[int, tuple[str, str]] = {
        401: ("did not accept the sign-in", "Check the user name and the secret kept for it."),
        403: ("does not allow this reader to do this", "Ask its owner for the right to read and store."),
        404: ("does not have it, or has no DICOMweb at this address", "Check the address, or ask another archive."),
        406: ("cannot send it in a form that was asked for", "Ask its owner which transfer syntaxes it sends."),
        429: ("is asked too often", "Try again in a minute."),
        503: ("is busy", "Try again in a minute."),
    }
    words, remedy = known.get(status, ("refused", "Report this to its owner; nothing was lost."))
    if status >= 500 and status != 503:
        words, remedy = "has a fault of its own", "Try again, or tell its owner."
    return f"{name} {words} (HTTP {status}).{said}", remedy


def _in_words(error: Exception, name: str, root: str, limit_s: float) -> ReaderError:
    import requests

    if isinstance(error, ReaderError):
        return error
    words = repr(error)
    place = _place(root) or root
    kinds: tuple[tuple[bool, str, str], ...] = (
        (
            isinstance(error, requests.exceptions.SSLError),
            "has a certificate that is not trusted",
            "Ask its owner for the trust's certificate, and install it.",
        ),
        (
            isinstance(error, requests.Timeout) or "imed out" in words,
            f"did not answer within {limit_s:g} s",
            "Check the network, or allow it more time (timeout_s).",
        ),
        (
            "NameResolution" in words or "getaddrinfo" in words,
            f"was not found: no machine is called {place}",
            "Check the address and the network.",
        ),
        ("refused" in words, f"is down: nothing answers at {place}", "Check that it runs, and the address."),
        (
            isinstance(error, requests.exceptions.InvalidURL | ValueError),
            f"has no usable address: “{root}”",
            _ADDRESS,
        ),
    )
    for fits, problem, remedy in kinds:
        if fits:
            return ReaderError(f"{name} {problem}.", remedy)
    return ReaderError(f"The line to {name} broke ({type(error).__name__}).", "Check the network and try again.")
