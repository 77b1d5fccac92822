"""The settings as typed sections; each field's meaning is its metadata, from which the schema is printed."""

from dataclasses import dataclass, field

ARCHIVE_KINDS = ("dicomweb", "dimse", "folder")
PRODUCTS = ("", "orthanc", "dcm4chee", "google", "azure", "aws")
AUTH_KINDS = ("none", "basic", "bearer")
ENGINES = ("auto", "cpu", "gpu")
MONITOR_ROLES = ("diagnostic", "colour", "report", "projector", "other")


class Luminance(tuple[tuple[int, float], ...]):
    """Measured (driving level 0 to 255, cd/m²), by rising level."""

    __slots__ = ()


def _meaning(text: str) -> dict[str, str]:
    return {"meaning": text}


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """One [[archive]] table: where a trust's archive is and how it is asked."""

    name: str = field(metadata=_meaning("The archive's name as readers know it; unique."))
    kind: str = field(metadata=_meaning("dicomweb, dimse or folder."))
    trust: str = field(default="", metadata=_meaning("The trust that owns the archive."))
    url: str = field(default="", metadata=_meaning("DICOMweb root, e.g. https://pacs.example/dicom-web."))
    path: str = field(default="", metadata=_meaning("Folder of DICOM files, for kind folder."))
    issuer: str = field(default="", metadata=_meaning("Issuer of its patient identifiers where objects name none."))
    auth: str = field(
        default="none",
        metadata=_meaning("none, basic or bearer; the secret lies in the keyring, never here."),
    )
    user: str = field(default="", metadata=_meaning("User name for basic."))
    timeout_s: float = field(
        default=8.0, metadata=_meaning("Seconds after which a silent archive is said to be silent.")
    )
    month_gb: float = field(
        default=0.0,
        metadata=_meaning(
            "Gigabytes a month that may come over its line, where that is metered; 0 = any. Once they are spent, nothing is"
            " fetched ahead and no previews are; the open case is never held back."
        ),
    )
    verify_tls: bool = field(default=True, metadata=_meaning("Whether its certificate must be valid."))
    store: bool = field(default=True, metadata=_meaning("Whether reports may be stored here."))
    product: str = field(
        default="", metadata=_meaning("orthanc, dcm4chee, google, azure or aws where its address does not show it.")
    )
    host: str = field(default="", metadata=_meaning("Machine of the archive, for kind dimse."))
    port: int = field(default=104, metadata=_meaning("Its DICOM port, for kind dimse; 2762 is usual with TLS."))
    aet: str = field(default="", metadata=_meaning("The archive's application entity title, for kind dimse."))
    own_aet: str = field(default="READINGROOM", metadata=_meaning("This desk's title, as the archive knows it."))
    own_port: int = field(
        default=0, metadata=_meaning("Port at which this desk receives what it asked to be moved; 0 = none.")
    )
    tls: bool = field(default=False, metadata=_meaning("Whether kind dimse speaks TLS (PS3.15 B)."))
    ca_file: str = field(default="", metadata=_meaning("PEM file of the authority that signed its certificate."))
    client_cert: str = field(
        default="", metadata=_meaning("PEM file of this desk's own certificate, where one is asked.")
    )
    client_key: str = field(default="", metadata=_meaning("PEM file of that certificate's private key."))


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """[reader]: who reads at this desk."""

    name: str = field(default="", metadata=_meaning("DICOM person name, e.g. Okafor^Ada^^Dr."))
    registration: str = field(default="", metadata=_meaning("Registration number, e.g. GMC 7 digits."))
    organisation: str = field(default="", metadata=_meaning("Organisation named in reports."))


@dataclass(frozen=True, slots=True)
class DiskSettings:
    """[disk]: the cache on this desk."""

    budget_gb: float = field(default=40.0, metadata=_meaning("Most gigabytes that the cache may hold."))
    keep_free_gb: float = field(default=2.0, metadata=_meaning("Gigabytes of the disk always left free."))


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """[display]: how images are drawn."""

    engine: str = field(default="auto", metadata=_meaning("auto, cpu or gpu."))
    frame_memory_mb: int = field(default=2048, metadata=_meaning("Megabytes of decoded frames kept in memory."))
    volume_memory_mb: int = field(
        default=0,
        metadata=_meaning(
            "Megabytes that all volumes together may take; larger ones are made coarser. 0 = half of what is free."
        ),
    )


@dataclass(frozen=True, slots=True)
class WorklistSettings:
    """[worklist]: what the list shows at start."""

    days: int = field(default=30, metadata=_meaning("Examinations of the last so many days; 0 = all."))
    refresh_s: float = field(default=60.0, metadata=_meaning("Seconds between quiet refreshes; 0 = never."))
    next_cases: int = field(
        default=2, metadata=_meaning("Next unread cases brought with their prior while the line is free; 0 = none.")
    )


@dataclass(frozen=True, slots=True)
class HangingSettings:
    """[hanging]: where the site's hanging protocols lie; the reader's own are in the profile's folder hanging."""

    site: str = field(
        default="", metadata=_meaning("Folder of the site's hanging protocols (*.yaml), over those of the program.")
    )


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """One [[monitor]] table: which monitor, what was measured on it, and when. A key left empty is not compared."""

    name: str = field(metadata=_meaning("The monitor's name as readers know it; unique."))
    manufacturer: str = field(default="", metadata=_meaning("As the monitor tells it: readingroom monitors."))
    model: str = field(default="", metadata=_meaning("As the monitor tells it."))
    serial: str = field(default="", metadata=_meaning("As the monitor tells it; without it two alike stay unknown."))
    screen: str = field(default="", metadata=_meaning("The socket as the system names it, e.g. DP-1."))
    role: str = field(
        default="diagnostic",
        metadata=_meaning(
            "diagnostic (images), colour (colour images and panels), report (worklist and panels), projector or other (nothing)."
        ),
    )
    luminance: Luminance = field(
        default=Luminance(),
        metadata=_meaning("Measured luminance, e.g. [[0, 0.8], [15, 1.3], … [255, 410]]: every 5, or every 15 levels."),
    )
    ambient_cd_m2: float = field(
        default=0.0, metadata=_meaning("The room's light on the switched-off screen; 0 where luminance holds it.")
    )
    checked: str = field(default="", metadata=_meaning("Day of the last check, e.g. 2026-11-24."))
    valid_days: int = field(default=365, metadata=_meaning("For so many days a check is valid."))
    pitch_mm: float = field(
        default=0.0,
        metadata=_meaning("Millimetres from pixel to pixel, measured with a ruler; 0 = as the monitor says."),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a profile."""

    archives: tuple[ArchiveSettings, ...] = field(default=(), metadata=_meaning("[[archive]] tables, nearest first."))
    reader: ReaderSettings = field(default_factory=ReaderSettings)
    disk: DiskSettings = field(default_factory=DiskSettings)
    display: DisplaySettings = field(default_factory=DisplaySettings)
    worklist: WorklistSettings = field(default_factory=WorklistSettings)
    hanging: HangingSettings = field(default_factory=HangingSettings)
    monitors: tuple[MonitorSettings, ...] = field(
        default=(), metadata=_meaning("[[monitor]] tables: luminance, last check and pixel pitch of each monitor.")
    )
    keys: tuple[tuple[str, tuple[str, ...]], ...] = field(
        default=(), metadata=_meaning('[keys] command-id = ["Ctrl+Z"]: the reader\'s own keys.')
    )
