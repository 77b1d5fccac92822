"""Every tag of an object is a row: what it says, what is wrong with it, and where it lies."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian
from tests.fakes.objects import as_part10, ct_slice

from readingroom.base.errors import ReaderError
from readingroom.display.tag_rows import TagList, TagRow, tags_of
from readingroom.display.tag_search import NOT_THERE, differing, found, narrowed, searchable


def some(**changes: object) -> Dataset:
    """A small object of no image."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66", "1.2.3"
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def tags(ds: Dataset) -> TagList:
    return tags_of(as_part10(ds))


def row(listed: TagList, path: str) -> TagRow:
    return next(one for one in listed.rows if one.path == path)


def shown(listed: TagList, text: str) -> list[str]:
    there = searchable(listed)
    return [listed.rows[at].path for at in found(there, text).shown]


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def nested() -> Dataset:
    inner = Dataset()
    inner.PatientOrientation = ["L", "P"]
    inner.AnatomicRegionSequence = Sequence([code("39607008", "Lung"), code("80891009", "Heart")])
    return some(ReferencedSeriesSequence=Sequence([inner]), Rows=512)


def test_an_element_is_said_with_number_keyword_name_kind_and_count() -> None:
    one = row(tags_of(ct_slice(3)), "0008,0008")
    assert (one.number, one.keyword, one.name, one.vr, one.count) == ("0008,0008", "ImageType", "Image Type", "CS", 3)
    assert one.value == "ORIGINAL\\PRIMARY\\AXIAL" and not one.private and one.problem == ""


def test_the_file_meta_information_is_listed_and_an_identifier_has_its_name() -> None:
    assert row(tags_of(ct_slice(1)), "0002,0010").value == "1.2.840.10008.1.2.1 (Explicit VR Little Endian)"


def test_pixels_are_so_many_bytes() -> None:
    one = row(tags_of(ct_slice(1)), "7FE0,0010")
    assert (one.value, one.length, one.name) == ("512 bytes", 512, "Pixel Data")


def test_compressed_pixels_are_bytes_in_fragments_and_what_follows_them_is_listed() -> None:
    pixels = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff" + encapsulate([b"\xff\xd8abcd", b"\xff\xd8efgh"])
    end, padding = b"\xfe\xff\xdd\xe0\0\0\0\0", b"\xfc\xff\xfc\xffOB\0\0\2\0\0\0\0\0"
    listed = tags_of(as_part10(some()) + pixels + end + padding)
    assert row(listed, "7FE0,0010").value == "12 bytes compressed, in 2 fragments"
    assert row(listed, "FFFC,FFFC").length == 2


def test_sequences_are_nested_and_an_item_of_codes_says_its_meaning() -> None:
    listed = tags(nested())
    assert row(listed, "0008,1115").value == "1 item"
    assert row(listed, "0008,1115[1].0008,2218").count == 2
    assert row(listed, "0008,1115[1].0008,2218[2]").value == "Heart"
    deep = row(listed, "0008,1115[1].0008,2218[2].0008,0100")
    assert (deep.value, deep.depth) == ("80891009", 4)


def test_a_list_knows_what_lies_in_what() -> None:
    listed = tags(nested())
    at = {one.path: number for number, one in enumerate(listed.rows)}
    assert listed.parents[at["0008,1115[1].0020,0020"]] == at["0008,1115[1]"]
    assert listed.parents[at["0008,1115"]] == -1
    assert listed.rows[listed.ends[at["0008,1115"]]].path == "0028,0010"


def test_private_tags_have_their_creator_and_the_name_that_is_known() -> None:
    ds = some()
    ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "1000")
    ds.private_block(0x0021, "NOBODY KNOWS", create=True).add_new(0x01, "LO", "x")
    listed = tags(ds)
    known, unknown = row(listed, "0019,100C"), row(listed, "0021,1001")
    assert known.private and known.creator == "SIEMENS MR HEADER" and "B_value" in known.name and known.value == "1000"
    assert (unknown.name, unknown.creator) == ("Private tag", "NOBODY KNOWS")
    assert row(listed, "0021,0010").name == "Private Creator"


def test_implicit_and_big_endian_objects_say_the_same() -> None:
    for syntax, implicit, little in ((ImplicitVRLittleEndian, True, True), (ExplicitVRBigEndian, False, False)):
        ds = nested()
        ds.SmallestImagePixelValue, ds.PixelRepresentation = -5, 1
        ds["SmallestImagePixelValue"].VR = "SS"
        as_part10(ds)
        ds.file_meta.TransferSyntaxUID = syntax
        out = BytesIO()
        ds.save_as(out, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
        listed = tags_of(out.getvalue())
        assert row(listed, "0028,0010").value == "512" and row(listed, "0028,0106").value == "-5"
        assert row(listed, "0008,1115[1].0008,2218[1]").value == "Lung"


def test_names_are_read_in_the_character_set_that_the_object_states() -> None:
    assert (
        row(tags(some(SpecificCharacterSet="ISO_IR 144", PatientName="Люкceмбypг")), "0010,0010").value == "Люкceмбypг"
    )
    korean = some(SpecificCharacterSet=["", "ISO 2022 IR 149"], PatientName="Hong^Gildong=洪^吉洞")
    one = row(tags(korean), "0010,0010")
    assert one.value == "Hong^Gildong=洪^吉洞" and one.problem == ""


def test_a_character_set_within_an_item_holds_for_that_item_only() -> None:
    item = Dataset()
    item.SpecificCharacterSet, item.PatientName = "ISO_IR 144", "Иван"
    listed = tags(some(SpecificCharacterSet="ISO_IR 100", PatientComments="é", OtherPatientIDsSequence=[item]))
    assert row(listed, "0010,1002[1].0010,0010").value == "Иван" and row(listed, "0010,4000").value == "é"


def test_bytes_outside_the_character_set_are_shown_and_said() -> None:
    part10 = as_part10(some(SpecificCharacterSet="ISO_IR 192", PatientName="Reed^Anna")).replace(b"Anna", b"A\xffn\xe9")
    one = row(tags_of(part10), "0010,0010")
    assert "character set" in one.problem and "41 FF 6E E9" in one.problem and one.value.startswith("Reed^A")


def test_a_number_that_is_none_is_shown_as_it_is_and_said() -> None:
    part10 = as_part10(some(SliceThickness="2.50")).replace(b"2.50", b"2,50")
    one = row(tags_of(part10), "0018,0050")
    assert one.value == "2,50" and "no number" in one.problem


def test_values_that_are_empty_are_counted() -> None:
    one = row(tags(some(ImageType=["", "", ""])), "0008,0008")
    assert (one.value, one.count) == ("\\\\", 3)


def test_values_of_unknown_kind_are_little_endian_in_a_big_endian_object() -> None:
    ds = some()
    ds.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x12, "UN", b"\x0f\0\2\0\4\0")
    as_part10(ds)
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    out = BytesIO()
    ds.save_as(out, implicit_vr=False, little_endian=False, enforce_file_format=True)
    assert row(tags_of(out.getvalue()), "0043,1012").value == "15\\2\\4"


@pytest.mark.realdata
def test_every_broken_file_is_listed_or_refused_in_words(real_files: Path) -> None:
    listed = 0
    for file in sorted(path for path in (real_files / "broken").iterdir() if path.is_file()):
        try:
            listed += bool(tags_of(file.read_bytes()).rows)
        except ReaderError as error:
            assert error.problem and error.remedy
    assert listed > 10


def test_binary_numbers_of_a_wrong_length_are_raw_bytes_with_the_problem() -> None:
    part10 = as_part10(some(Rows=0x4142)).replace(b"US\x02\x00BA", b"US\x01\x00B")
    one = row(tags_of(part10), "0028,0010")
    assert one.value == "42" and "no whole number" in one.problem


def test_huge_values_are_shortened_and_their_true_length_is_said() -> None:
    listed = tags(some(TextValue="a" * 100_000, RedPaletteColorLookupTableData=b"\1" * 4096, DataPointColumns=1))
    one = row(listed, "0040,A160")
    assert len(one.value) < 500 and "(100,000 bytes in all)" in one.value
    assert row(listed, "0028,1201").value == "4,096 bytes"


def test_what_moves_a_cursor_or_turns_writing_round_is_never_in_a_row() -> None:
    wild = "one\r\ntwo\x1b[31m\u202eevil"
    value = row(tags(some(SpecificCharacterSet="ISO_IR 192", PatientComments=wild)), "0010,4000").value
    assert value.startswith("one ↵ two") and "\x1b" not in value and "\u202e" not in value


def test_a_value_cut_short_is_a_row_that_says_so() -> None:
    part10 = as_part10(some(TextValue="a" * 200))
    one = row(tags_of(part10[:-50]), "0040,A160")
    assert one.problem == "The file stops here: 150 of 200 bytes are there."


def test_more_rows_than_anyone_reads_are_cut_and_that_is_said() -> None:
    listed = tags_of(ct_slice(1), most=10)
    assert listed.cut and len(listed.rows) == 10


def test_a_tag_is_found_by_either_way_of_writing_its_number() -> None:
    listed = tags_of(ct_slice(1))
    for text in ("0028,0010", "00280010", "(0028,0010)", "rows", "ROWS 16"):
        assert shown(listed, text) == ["0028,0010"], text


def test_a_match_is_shown_within_what_it_lies_in_whatever_its_case_and_accents() -> None:
    ds = nested()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ReferencedSeriesSequence[0].AnatomicRegionSequence[1].CodeMeaning = "Cœur gauché"
    listed = tags(ds)
    path = "0008,1115[1].0008,2218[2]"
    found_paths = shown(listed, "GAUCHE")
    assert found_paths[:4] == ["0008,1115", "0008,1115[1]", "0008,1115[1].0008,2218", path]
    assert "0028,0010" not in found_paths and f"{path[:-3]}[1]" not in found_paths


def test_what_lies_in_a_sequence_that_matches_is_shown() -> None:
    assert "0008,1115[1].0008,2218[2].0008,0100" in shown(tags(nested()), "AnatomicRegionSequence")


def test_nothing_typed_shows_all_and_nothing_found_shows_nothing() -> None:
    listed = tags_of(ct_slice(1))
    assert len(shown(listed, "  ")) == len(listed.rows) and shown(listed, "no such tag") == []
    assert narrowed(listed, ()).rows == ()


def test_two_slices_differ_in_number_position_and_identifiers_only() -> None:
    other = differing(tags_of(ct_slice(2)), tags_of(ct_slice(1)))
    assert [one.path for one in other.rows] == ["0002,0003", "0008,0018", "0020,0013", "0020,0032"]
    assert (other.rows[-1].value, other.rows[-1].before) == ("0.0\\0.0\\5.0", "0.0\\0.0\\2.5")


def test_what_is_only_in_one_of_two_objects_is_a_difference_in_its_place() -> None:
    before, after = nested(), nested()
    del after.ReferencedSeriesSequence[0].AnatomicRegionSequence[1].CodeMeaning
    after.Columns = 4
    other = differing(tags(after), tags(before))
    assert [one.path for one in other.rows] == [
        "0008,1115", "0008,1115[1]", "0008,1115[1].0008,2218", "0008,1115[1].0008,2218[2]",
        "0008,1115[1].0008,2218[2].0008,0104", "0028,0011",
    ]  # fmt: skip
    assert (other.rows[4].value, other.rows[4].before) == (NOT_THERE, "Heart")
    assert (other.rows[5].value, other.rows[5].before) == ("4", NOT_THERE)


def test_equal_objects_do_not_differ() -> None:
    assert differing(tags(nested()), tags(nested())).rows == ()


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_object_is_listed_or_refused_in_words(seed: int) -> None:
    chance = random.Random(seed)
    ds = nested()
    ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "1000")
    bytes_ = bytearray(chance.choice((ct_slice(1), as_part10(ds))))
    for _ in range(chance.randint(1, 30)):
        bytes_[chance.randrange(132, len(bytes_))] = chance.randrange(256)
    if chance.random() < 0.3:
        del bytes_[chance.randrange(140, len(bytes_)) :]
    try:
        listed = tags_of(bytes(bytes_))
    except ReaderError as error:
        assert error.problem and error.remedy
        return
    for one, parent, end in zip(listed.rows, listed.parents, listed.ends, strict=True):
        assert one.value.isprintable() and one.problem.isprintable() and one.path and len(one.value) < 700
        assert end <= len(listed.rows) and (parent == -1) == (one.depth == 0)
    assert found(searchable(listed), "0028,0010").hits is not None
