"""What these tests read of the whole repository does not stay in memory for those that come after them."""

from collections.abc import Iterator

import pytest

from tests.architecture.sources import sources


@pytest.fixture(scope="package", autouse=True)
def forgotten() -> Iterator[None]:
    """Some million nodes of syntax trees make every collection of garbage in later tests a second long."""
    yield
    sources.cache_clear()
