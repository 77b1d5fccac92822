"""How much memory a volume may take: what the settings allow, and what the system has left."""

import sys

MOST_SHARE = 0.5
"""Of the memory that is free, volumes may take this much."""


def volume_budget(setting_mb: int, taken_bytes: int = 0) -> int | None:
    """Bytes that one more volume may take; None where neither the settings nor the system names a limit.

    setting_mb: the most that all volumes may take together, 0 for half of what is free. taken_bytes: by those open now.
    """
    free = free_bytes()
    limits = [] if free is None else [int(MOST_SHARE * free)]
    limits += [max(0, (setting_mb << 20) - taken_bytes)] if setting_mb else []
    return min(limits, default=None)


def free_bytes() -> int | None:
    """What the system says is available; None where it does not say."""
    if sys.platform == "win32":
        return _free_on_windows()
    found = [one for one in (_free_on_linux(), _left_to_the_group()) if one is not None]
    return min(found, default=None)


def _free_on_linux() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _left_to_the_group() -> int | None:
    """Where the program runs in a group with a limit of its own (a container), what of it is left."""
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as most, \
                open("/sys/fs/cgroup/memory.current", encoding="ascii") as now:  # fmt: skip
            return max(0, int(most.read()) - int(now.read()))
    except (OSError, ValueError):
        return None


def _free_on_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)] + [
            (f"bytes_{n}", ctypes.c_uint64) for n in range(7)
        ]

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (there is no such name to check elsewhere)
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.bytes_1)
