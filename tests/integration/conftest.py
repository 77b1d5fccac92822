"""A real archive for a session of tests."""

from collections.abc import Iterator

import pytest
from tests.fakes.orthanc import OrthancServer, free_port, orthanc_is_here


@pytest.fixture(scope="session")
def running_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancServer]:
    """One Orthanc for all tests of the session."""
    if reason := orthanc_is_here():
        pytest.skip(reason)
    with OrthancServer(tmp_path_factory.mktemp("orthanc")) as server:
        yield server


@pytest.fixture
def orthanc(running_orthanc: OrthancServer) -> OrthancServer:
    """An Orthanc that holds nothing."""
    running_orthanc.empty()
    return running_orthanc


@pytest.fixture(scope="session")
def guarded_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancServer]:
    """One Orthanc that asks for a password."""
    if reason := orthanc_is_here():
        pytest.skip(reason)
    with OrthancServer(tmp_path_factory.mktemp("orthanc-guarded"), password="a long secret") as server:
        yield server


@pytest.fixture(scope="session")
def desk_port() -> int:
    """The port at which the desk of the DIMSE tests receives."""
    return free_port()


@pytest.fixture(scope="session")
def running_dimse_orthanc(tmp_path_factory: pytest.TempPathFactory, desk_port: int) -> Iterator[OrthancServer]:
    """One Orthanc that answers DIMSE, and knows two desks: one with a port, one without."""
    if reason := orthanc_is_here():
        pytest.skip(reason)
    desks = {"READINGROOM": desk_port, "NOPORT": desk_port}
    with OrthancServer(tmp_path_factory.mktemp("orthanc-dimse"), desks=desks) as server:
        yield server


@pytest.fixture
def dimse_orthanc(running_dimse_orthanc: OrthancServer) -> OrthancServer:
    """An Orthanc that answers DIMSE and holds nothing."""
    running_dimse_orthanc.empty()
    return running_dimse_orthanc
