"""Which image is asked for before the study is described: the middle of the longest stack, or none."""

from collections.abc import Mapping
from typing import Any

import pytest

from readingroom.archive.middle import middle_of


def row(**values: Any) -> dict[str, Any]:
    tags = {"series": "0020000E", "modality": "00080060", "count": "00201209", "sop": "00080018", "number": "00200013"}
    return {tags[name]: {"vr": "UN", "Value": [value]} for name, value in values.items()}


class Archive:
    """Answers of QIDO-RS by path; numbers: whether it searches by InstanceNumber."""

    def __init__(self, *series: dict[str, Any], numbers: bool = True) -> None:
        self.series, self.numbers = series, numbers
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def rows(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        self.asked.append((path, query))
        if path == "studies/1.2/series":
            return list(self.series)
        number = int(query["InstanceNumber"]) if self.numbers else 1
        return [row(sop=f"1.2.9.{number}", number=number)]


def test_the_middle_of_the_longest_stack_is_asked_for_by_its_number() -> None:
    archive = Archive(
        row(series="1.2.1", modality="CT", count=2),
        row(series="1.2.2", modality="CT", count=301),
        row(series="1.2.3", modality="SR", count=900),
        row(series="1.2.4", modality="MR", count=301),
    )
    assert middle_of("1.2", archive.rows) == ("1.2.2", "1.2.9.151")
    assert archive.asked[-1] == ("studies/1.2/series/1.2.2/instances", {"InstanceNumber": "151", "limit": "1"})


@pytest.mark.parametrize(
    "series",
    [
        (),
        (row(series="1.2.1", modality="DX", count=40),),
        (row(series="1.2.1", modality="CT", count=9),),
        (row(series="1.2.1", modality="CT"),),
        (row(modality="CT", count=300),),
    ],
)
def test_where_no_stack_stands_out_no_image_is_asked_for(series: tuple[dict[str, Any], ...]) -> None:
    archive = Archive(*series)
    assert middle_of("1.2", archive.rows) is None and len(archive.asked) == 1


def test_an_archive_that_does_not_search_by_number_is_not_believed() -> None:
    archive = Archive(row(series="1.2.1", modality="CT", count=300), numbers=False)
    assert middle_of("1.2", archive.rows) is None
