"""A shelf for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.studies import KEY, Clock

from readingroom.cache.shelf import Shelf


@pytest.fixture
def open_shelves() -> Iterator[list[Shelf]]:
    shelves: list[Shelf] = []
    yield shelves
    for one in shelves:
        one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, open_shelves: list[Shelf], clock: Clock) -> Shelf:
    open_shelves.append(Shelf(tmp_path, KEY, clock=clock))
    return open_shelves[-1]
