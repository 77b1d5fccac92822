"""The real Orthanc of the tests: the one that the benchmarks start."""

from readingroom.bench.orthanc import OrthancServer, free_port, orthanc_is_here

__all__ = ["OrthancServer", "free_port", "orthanc_is_here"]
