"""What an archive's administrator could change so that reading from it is whole, safe and fast; each with its reason."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from readingroom.archive.dialect import dialect_of
from readingroom.archive.profile import Probe
from readingroom.settings.sections import ArchiveSettings

_SLOW_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that is not as it could be, and what to change."""

    problem: str
    change: str


def advice(found: Probe, settings: ArchiveSettings) -> tuple[Advice, ...]:
    """Everything worth telling, what hides examinations first."""
    if not found.ok:
        return (Advice(found.problem, found.remedy),)
    kinds = {"dicomweb": _web, "dimse": _dimse, "folder": _folder}
    said = [*kinds[settings.kind](found.can, settings)]
    if found.ms > _SLOW_MS:
        said.append(
            Advice(
                f"A search for one examination takes {found.ms / 1000:.1f} s.",
                "Look at its database and the way there: a reader waits this long for every list.",
            )
        )
    known = dialect_of(settings).remarks if settings.kind == "dicomweb" else ()
    return (*said, *(Advice(remark, f"Known of it: {dialect_of(settings).source}") for remark in known))


def _web(can: Mapping[str, Any], settings: ArchiveSettings) -> Iterator[Advice]:
    yield from _searches(can)
    yield from _pixels(can)
    yield from _safety(settings)


def _searches(can: Mapping[str, Any]) -> Iterator[Advice]:
    if can.get("filters") is False:
        yield Advice(
            "A search for one PatientID answers other patients too.",
            "Have it match PatientID (PS3.18 8.3.4.1); until then every search brings its whole list.",
        )
    for field in can.get("fields_missing", ()):
        yield Advice(
            f"{field} is not returned by a search.", f"Have it return {field} at study level (PS3.18 10.6.3.3)."
        )
    for field in can.get("fields_only_if_asked", ()):
        yield Advice(
            f"{field} is returned only where includefield names it.",
            "Return it by default: other viewers show lists without it.",
        )
    if can.get("paging") is False:
        yield Advice("limit and offset are ignored.", "Support them (PS3.18 8.3.4.4): long lists come whole each time.")
    most = can.get("most_rows")
    if most and not most["said"]:
        yield Advice(
            f"A search ends at {most['rows']} rows without saying that there are more.",
            "Send Warning: 299 with the rest (PS3.18 8.3.4.4), or raise the limit: examinations stay unseen.",
        )
    if most and most["said"]:
        yield Advice(
            f"At most {most['rows'] or 'less than 100'} rows come at once.",
            "Raise the limit if lists are long and slow.",
        )
    if can.get("metadata_gzip") is False:
        yield Advice(
            "Metadata are sent uncompressed.",
            "Compress application/dicom+json (gzip): 300 slices then cost 15 kB, not 1.4 MB. Never compress pixels.",
        )


def _pixels(can: Mapping[str, Any]) -> Iterator[Advice]:
    for words, status in can.get("transfer_syntax_faults", {}).items():
        yield Advice(
            f"It answers {status} when asked for {words}.",
            "Install that codec, or answer 406 (PS3.18 8.7.8), so that nobody takes it for a fault.",
        )
    offered = can.get("transfer_syntaxes")
    if offered is not None and not any("lossless" in words for words in offered):
        yield Advice(
            "It compresses nothing without loss.",
            "Offer JPEG-LS lossless (1.2.840.10008.1.2.4.80): on a slow line a study then comes in 40 % of the time.",
        )
    if can.get("series_stream") is False:
        yield Advice(
            "A series does not come as one answer.", "Offer it (PS3.18 10.4): object by object is 4 times slower."
        )
    if can.get("object_forms") and "multipart" not in can["object_forms"]:
        yield Advice(
            "A single object is refused as multipart/related.",
            "Support it (PS3.18 10.4.4): every client asks for that.",
        )
    if can.get("study_metadata") is False:
        yield Advice("Metadata come series by series only.", "Offer them for a study (PS3.18 10.4): it opens sooner.")
    if can.get("rendered") is False:
        yield Advice(
            "It renders no previews.", "Offer /rendered (PS3.18 10.4.1.1.3): slow lines show something sooner."
        )
    if str(can.get("bulk_data", "")).startswith("elsewhere"):
        yield Advice(
            "Its metadata point to bulk data at an address that is not the one it is reached by.",
            "Tell it its public root, or have the proxy send Forwarded headers (RFC 7239).",
        )


def _safety(settings: ArchiveSettings) -> Iterator[Advice]:
    if urlsplit(settings.url).scheme == "http" and not _is_loopback(urlsplit(settings.url).hostname or ""):
        yield Advice("Patients' data cross the network unencrypted (http).", "Put it behind TLS (https).")
    if urlsplit(settings.url).scheme == "https" and not settings.verify_tls:
        yield Advice(
            "Its certificate is not checked by this desk.",
            "Give it a certificate that is trusted; set verify_tls = true.",
        )
    if settings.auth == "none" and not _is_loopback(urlsplit(settings.url).hostname or ""):
        yield Advice(
            "It asks nobody to sign in.", "Require Basic or a bearer token: anybody in the network can read it."
        )


def _dimse(can: Mapping[str, Any], settings: ArchiveSettings) -> Iterator[Advice]:
    if not can["find"]:
        yield Advice("It answers no C-FIND.", "Allow this desk's title to query (Study Root, PS3.4 C).")
    if not can["get"] and not (can["move"] and settings.own_port):
        yield Advice(
            "Nothing can be retrieved from it.",
            "Offer C-GET, or register this desk's title, address and own_port as a C-MOVE destination.",
        )
    elif not can["get"]:
        yield Advice("It offers no C-GET.", "Offer it: C-MOVE needs this desk's address registered and its port open.")
    if not can["commitment"]:
        yield Advice(
            "It offers no storage commitment.",
            "Offer it (PS3.4 J). Until then stored reports are read back, which proves the same and takes longer.",
        )
    if not settings.tls and not _is_loopback(settings.host):
        yield Advice("Patients' data cross the network unencrypted.", "Offer TLS (PS3.15 B.12), and set tls = true.")


def _folder(can: Mapping[str, Any], settings: ArchiveSettings) -> Iterator[Advice]:
    if can["unread_files"]:
        yield Advice(f"{can['unread_files']} files are no readable DICOM objects.", "Ask who made it for a whole copy.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
