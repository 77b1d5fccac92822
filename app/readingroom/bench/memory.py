"""How much memory this process holds."""

import os
from pathlib import Path


def resident_mb() -> float:
    """Resident megabytes of this process; 0 where the system does not tell (only Linux does, here)."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if told.exists() else 0.0
