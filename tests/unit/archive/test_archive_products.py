"""Archives of five makers in the shapes that they document: every study is found, every object comes."""

import pytest
from tests.fakes.objects import SERIES, STUDY, ct_series, ct_slice
from tests.fakes.products import Product, limits_asked

from readingroom.archive.dialect import Dialect, dialect_of, dialects
from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.match import qido, tidy
from readingroom.base.errors import ReaderError
from readingroom.base.jobs import Ticket
from readingroom.record.search import Query
from readingroom.settings.sections import PRODUCTS, ArchiveSettings


def _door(server: Product, product: str = "") -> DicomWeb:
    return DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url, product=product, timeout_s=5))


def _studies(count: int) -> list[bytes]:
    return [ct_slice(1, study=f"1.2.3.{n}", series=f"1.2.3.{n}.1", name=f"Reed^Anna{n}") for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("url", "product"),
    [
        ("https://healthcare.googleapis.com/v1/projects/p/locations/l/datasets/d/dicomStores/s/dicomWeb", "google"),
        ("https://trust-imaging.dicom.azurehealthcareapis.com/v2", "azure"),
        ("https://dicom-medical-imaging.eu-west-2.amazonaws.com/datastore/abc", "aws"),
        ("https://pacs.trust.example:8443/dcm4chee-arc/aets/DCM4CHEE/rs", "dcm4chee"),
        ("https://pacs.example/dicom-web", ""),
        ("https://healthcare.googleapis.com.example/dicom-web", ""),
    ],
)
def test_an_archive_is_known_by_its_address(url: str, product: str) -> None:
    assert dialect_of(ArchiveSettings("RM3", "dicomweb", url=url)).product == product


def test_every_known_make_says_where_it_is_documented_and_can_be_named_in_the_settings() -> None:
    assert {one.product for one in dialects()} == set(PRODUCTS) - {""}
    assert all(one.source.startswith("https://") and one.name for one in dialects())


def test_a_word_is_asked_as_its_beginning_where_wildcards_do_not_match() -> None:
    azure = next(one for one in dialects() if one.product == "azure")
    asked = qido(tidy(Query(name="Müller", description="chest", patient_id="99*", modality="CT")), azure)
    assert asked.pop("includefield")
    assert asked == {"PatientName": "M", "fuzzymatching": "true", "ModalitiesInStudy": "CT"}
    assert "PatientName" not in qido(tidy(Query(name="reed")), Dialect(wildcards=False))


@pytest.mark.parametrize("product", ["google", "azure"])
@pytest.mark.parametrize(
    "query", [Query(name="anna reed"), Query(name="Reed"), Query(patient_id="9990000018"), Query(description="chest"),
              Query(modality="CT", accession="A1")],
)  # fmt: skip
def test_a_study_is_found_where_few_keys_and_only_whole_words_match(product: str, query: Query) -> None:
    with Product(product, ct_series(2)) as server:
        assert [row.study_uid for row in _door(server, product).search(query)] == [STUDY]


def test_azure_is_never_asked_for_more_than_it_gives_and_every_page_is_read() -> None:
    with Product("azure", _studies(230)) as server:
        assert len(_door(server, "azure").search(Query())) == 230
        assert set(limits_asked(server)) == {200}


@pytest.mark.parametrize("product", ["dcm4chee", "silent"])
@pytest.mark.parametrize("cap", [33, 50])
def test_an_archive_that_cuts_its_answers_short_with_or_without_a_word_hides_no_study(product: str, cap: int) -> None:
    with Product(product, _studies(120), cap) as server:
        door = _door(server)
        assert len(door.search(Query())) == 120
        asked = len(server.asked)
        assert len(door.search(Query(patient_id="9990000018", study_uid="1.2.3.7"))) == 1
        assert len(server.asked) == asked + 1, "a short answer is the last one where longer ones have come"


def test_an_archive_that_shows_only_so_many_studies_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with Product("aws", _studies(30)) as server:
        door = _door(server, "aws")
        door.dialect = Dialect(page=10, most=20)
        assert len(door.search(Query())) == 20
        assert "there may be others" in door.remarks[0]


def test_aws_gives_metadata_by_series_and_objects_alone() -> None:
    part10s = ct_series(3)
    with Product("aws", part10s) as server:
        door = _door(server, "aws")
        study = door.study(STUDY)
        assert (study.expected, len(list(study.instances()))) == (3, 3)
        with pytest.raises(ReaderError, match="sends no series as a whole"):
            list(door.series_objects(STUDY, SERIES, Ticket()))
        assert door.object(STUDY, SERIES, f"{SERIES}.2", Ticket()).part10 == part10s[1]
        with pytest.raises(ReaderError, match="does not have"):
            door.object(STUDY, SERIES, f"{SERIES}.9", Ticket())


def test_an_archive_that_sends_single_objects_alone_is_asked_so_from_the_second_on() -> None:
    part10s = ct_series(3)
    with Product("alone", part10s) as server:
        door = _door(server)
        assert door.object(STUDY, SERIES, f"{SERIES}.1", Ticket()).part10 == part10s[0]
        asked = len(server.asked)
        assert door.object(STUDY, SERIES, f"{SERIES}.2", Ticket()).part10 == part10s[1]
        assert len(server.asked) == asked + 1


def test_a_study_that_the_list_counts_larger_than_its_series_lacks_something() -> None:
    with Product("usual", ct_series(5)) as server:
        door = _door(server)
        assert door.search(Query())[0].instances == 5
        del server.objects[f"{SERIES}.4"]
        study = door.study(STUDY)
        assert (study.expected, len(list(study.instances()))) == (5, 4)
        door.search(Query())
        assert door.study(STUDY).expected == 4
