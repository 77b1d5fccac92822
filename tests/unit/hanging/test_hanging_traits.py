"""What a series is, found out from its header by tables: plane, kernel, contrast, weighting, view, side."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.hanging.cases_to_hang import (
    AXIAL,
    CLASSES,
    CORONAL,
    SAGITTAL,
    every_stack,
    film,
    hung,
    shown,
    study,
    volume,
)

from readingroom.base.errors import ReaderError
from readingroom.hanging.tables import plain, tables_of, usual_tables
from readingroom.hanging.traits import SET_NAMES, STUDY_NAMES, Traits, sets_of, study_traits
from readingroom.record.study import Cosines, Series
from readingroom.settings.places import resources


def traits_of(series: Series, description: str = "") -> Traits:
    """The first display set of a study with this one series."""
    made = study("1", description, series)
    return sets_of(made, every_stack(made), usual_tables())[0]


@pytest.mark.parametrize(("orientation", "plane"), [(AXIAL, "axial"), (CORONAL, "coronal"), (SAGITTAL, "sagittal")])
def test_the_plane_is_that_of_the_orientation_whatever_the_words_say(orientation: Cosines, plane: str) -> None:
    assert traits_of(volume("1.1", "MR", "sag T2", orientation=orientation))["plane"] == plane


def test_between_two_planes_an_image_is_oblique() -> None:
    leant = (1.0, 0.0, 0.0, 0.0, 0.70711, 0.70711)
    assert traits_of(volume("1.1", "MR", "T2", 1, leant))["plane"] == "oblique"


def test_without_orientation_the_words_say_the_plane() -> None:
    assert traits_of(volume("1.1", "MR", "T2 TSE cor", orientation=None))["plane"] == "coronal"
    assert traits_of(volume("1.1", "MR", "T2 TSE", orientation=None))["plane"] == "unknown"


@pytest.mark.parametrize(
    ("description", "kernel", "study_words", "wanted"),
    [
        ("Thorax 2.5", "Br40", "CT Thorax", "soft"),
        ("Thorax 2.5", "Bl64", "CT Thorax", "lung"),
        ("Head 4.5", "Hr38", "CT Head", "soft"),
        ("Head 4.5", "Hr64", "CT Head", "bone"),
        ("Chest", "B60f", "CT chest", "lung"),
        ("Knee", "B60f", "CT knee", "bone"),
        ("Chest", "LUNG", "CT chest", "lung"),
        ("Spine", "BONEPLUS", "CT spine", "bone"),
        ("Abdomen", "STANDARD", "CT abdomen", "soft"),
        ("Abdomen", "FC08", "CT abdomen", "soft"),
        ("Chest", "FC51", "CT chest", "lung"),
        ("Chest", "B60f\\2", "CT chest", "lung"),
        ("Abdomen", "Br40d\\3", "CT abdomen", "soft"),
        ("Chest", "Bl57d\\3", "CT chest", "lung"),
        ("Head", "J40s", "CT head", "soft"),
        ("Head", "UB", "CT head", "soft"),
        ("Lung 1.0", "", "CT chest", "lung"),
        ("Bone 1.0", "", "CT pelvis", "bone"),
        ("Axial 1.0", "", "CT pelvis", "unknown"),
        ("Lung screening", "Br40", "CT chest", "soft"),
    ],
)
def test_the_kernel_is_known_by_its_makers_name_or_by_words(
    description: str, kernel: str, study_words: str, wanted: str
) -> None:
    assert traits_of(volume("1.1", "CT", description, 3, kernel=kernel), study_words)["kernel"] == wanted


@pytest.mark.parametrize(
    ("description", "facts", "study_words", "wanted"),
    [
        ("Abdomen PV 5.0", (), "", True),
        ("Non contrast head", (), "", False),
        ("Head", (("ContrastBolusAgent", "Omnipaque 300"),), "", True),
        ("Head without", (("ContrastBolusAgent", "Omnipaque 300"),), "", False),
        ("Head", (), "CT head", "unknown"),
        ("Thorax 2.5", (), "CT Thorax with contrast", True),
        ("T1 C+", (), "", True),
        ("Ax T1+C", (), "", True),
        ("Body 5.0 CE", (), "", True),
        ("Thorax native", (), "", False),
        ("T1 pre contrast", (), "", False),
    ],
)
def test_contrast_is_said_by_words_or_by_the_agent(
    description: str, facts: tuple[tuple[str, str], ...], study_words: str, wanted: object
) -> None:
    assert traits_of(volume("1.1", "CT", description, 3, facts=facts), study_words)["contrast"] == wanted


@pytest.mark.parametrize(
    ("description", "phase"),
    [
        ("Liver arterial", "arterial"), ("Abdomen PV 5.0", "portal"), ("Delayed 5min", "delayed"),
        ("Pre contrast", "precontrast"), ("Abdomen", "unknown"), ("nephrographic", "nephrographic"),
    ],
)  # fmt: skip
def test_the_phase_is_said_by_words(description: str, phase: str) -> None:
    assert traits_of(volume("1.1", "CT", description, 3))["phase"] == phase


@pytest.mark.parametrize(
    ("description", "weight"),
    [
        ("T1 SE sag", "t1"), ("t1_fl2d_sag", "t1"), ("ADNI_Sag3D MPRAGE", "t1"), ("T2 TSE ax obl", "t2"),
        ("FLAIR cor obl", "flair"), ("t2_flair_tra", "flair"), ("DWI EPI b0 b1000", "dwi"), ("ep2d_diff_tra_ADC", "adc"),
        ("Ax SWAN", "swi"), ("TOF circle of Willis", "mra"), ("STIR sag", "stir"), ("PD FS cor", "pd"),
        ("T2* GRE", "t2s"), ("ep2d_perf", "perfusion"), ("dyn VIBE", "dce"), ("fcMRI", "fmri"), ("Ax 3D SPACE", "t2"),
        ("t2_spc_da-fl_sag_p2_iso", "flair"), ("sT1W_3D_TFE", "t1"), ("T2W_TSE", "t2"), ("dSSh_DWI", "dwi"),
        ("ep2d_diff_b1000_TRACEW", "dwi"), ("Ax T2 FLAIR", "flair"), ("ADC (10^-6 mm²/s)", "adc"), ("T1+C", "t1"),
        ("pd_tse_fs_cor", "pd"), ("t2_tirm_sag", "stir"), ("SWI_Images", "swi"), ("Ax T2*", "t2s"),
    ],
)  # fmt: skip
def test_the_weighting_is_read_from_the_usual_words(description: str, weight: str) -> None:
    assert traits_of(volume("1.1", "MR", description, 3))["mr_weight"] == weight


@pytest.mark.parametrize(
    ("times", "weight"),
    [
        ({"RepetitionTime": "520", "EchoTime": "9.2"}, "t1"),
        ({"RepetitionTime": "4800", "EchoTime": "98"}, "t2"),
        ({"RepetitionTime": "3000", "EchoTime": "30"}, "pd"),
        ({"RepetitionTime": "9000", "EchoTime": "112", "InversionTime": "2500"}, "flair"),
        ({"RepetitionTime": "5000", "EchoTime": "60", "InversionTime": "160"}, "stir"),
        ({"RepetitionTime": "2300", "EchoTime": "3", "InversionTime": "900"}, "t1"),
        ({}, "unknown"),
    ],
)
def test_without_words_the_times_of_the_sequence_say_the_weighting(times: dict[str, str], weight: str) -> None:
    series = volume("1.1", "MR", "Series 4", 3, facts=tuple(times.items()))
    assert traits_of(series)["mr_weight"] == weight


def test_a_frame_type_says_the_weighting_where_words_do_not() -> None:
    assert traits_of(volume("1.1", "MR", "7", 3, image_type=("DERIVED", "PRIMARY", "ADC")))["mr_weight"] == "adc"


def test_a_ct_has_no_weighting() -> None:
    assert traits_of(volume("1.1", "CT", "T1 vertebra", 3))["mr_weight"] == "unknown"


def test_the_b_value_is_the_headers_or_the_only_one_that_is_named() -> None:
    assert traits_of(volume("1.1", "MR", "DWI", 3, marks=(("b_value", "1000"),)))["b_value"] == 1000
    assert traits_of(volume("1.1", "MR", "DWI b800", 3))["b_value"] == 800
    assert traits_of(volume("1.1", "MR", "DWI b0 b1000", 3))["b_value"] is None


@pytest.mark.parametrize(
    ("description", "options", "fatsat"),
    [("T2 FS sag", "", True), ("PD SPAIR cor", "", True), ("T2 sag", "PFP\\FS", True), ("T2 sag", "PFP", False)],
)
def test_fat_suppression_is_said_by_words_or_options(description: str, options: str, fatsat: bool) -> None:
    facts = (("ScanOptions", options),) if options else ()
    assert traits_of(volume("1.1", "MR", description, 3, facts=facts))["fatsat"] is fatsat


@pytest.mark.parametrize(
    "words", ["Topogram 0.6", "Scout", "FAST LOCALIZER", "3-plane loc", "Surview", "T/S/C RF FAST PILOT"]
)
def test_a_localizer_is_known_by_its_words(words: str) -> None:
    assert traits_of(volume("1.1", "CT", words, 1))["is_localizer"] is True


def test_a_localizer_is_known_by_its_image_type() -> None:
    series = volume("1.1", "CT", "Head", 1, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
    assert traits_of(series)["is_localizer"] is True


@pytest.mark.parametrize(
    ("view", "description", "short", "projection"),
    [
        ("PA", "", "PA", "frontal"), ("AP", "", "AP", "frontal"), ("LL", "", "LL", "lateral"),
        ("", "Chest lateral", "LAT", "lateral"), ("LATERAL", "", "LAT", "lateral"), ("", "Chest", "unknown", "unknown"),
        ("", "Ankle mortise", "OBL", "unknown"), ("postero-anterior", "", "PA", "frontal"),
    ],
)  # fmt: skip
def test_a_view_has_one_short_name(view: str, description: str, short: str, projection: str) -> None:
    found = traits_of(film("1.1", "DX", description, view))
    assert (found["view"], found["projection"]) == (short, projection)


@pytest.mark.parametrize(
    ("view", "side", "description", "wanted"),
    [
        ("CC", "R", "", ("R", "CC")), ("MLO", "L", "", ("L", "MLO")), ("cranio-caudal", "L", "", ("L", "CC")),
        ("medio-lateral oblique", "R", "", ("R", "MLO")), ("", "", "R MLO", ("R", "MLO")), ("", "", "LCC", ("L", "CC")),
        ("ML", "R", "", ("R", "ML")),
    ],
)  # fmt: skip
def test_a_mammograms_side_and_view(view: str, side: str, description: str, wanted: tuple[str, str]) -> None:
    found = traits_of(film("1.1", "MG", description, view, side))
    assert (found["laterality"], found["view"]) == wanted


def test_what_changes_a_breasts_view_is_read_from_codes() -> None:
    found = traits_of(film("1.1", "MG", "", "CC", "R", view_modifiers=("399163009", "Magnification")))
    assert found["view_modifier"] == ("magnification",)


def test_raw_mammograms_are_known_by_their_class() -> None:
    raw = film("1.1", "MG", "", "CC", "R", sop_class="1.2.840.10008.5.1.4.1.1.1.2.1")
    assert traits_of(raw)["PresentationIntentType"] == "FOR PROCESSING"


def test_the_region_of_a_series_is_its_own_before_the_studys() -> None:
    made = study("1", "CT chest abdomen", volume("1.1", "CT", "Thorax lung", 3), volume("1.2", "CT", "axial", 3))
    chest, other = sets_of(made, every_stack(made), usual_tables())
    assert chest["body_region"] == ("chest",)
    assert set(other["body_region"]) == {"chest", "abdomen"}  # type: ignore[arg-type]


def test_a_place_finer_than_a_region_is_known_by_words_and_parts() -> None:
    assert study_traits(study("1", "MR Lumbar spine"), usual_tables())["site"] == ("spine_l",)
    by_part = study("1", "", volume("1.1", "MR", "T2", 3, body_part="CSPINE"))
    assert study_traits(by_part, usual_tables())["site"] == ("spine_c",)


def test_every_name_that_a_rule_may_ask_for_is_answered_and_no_other() -> None:
    made = study("1", "CT", volume("1.1", "CT", "x", 3), film("1.2", "MG", "R CC"))
    for found in (*sets_of(made, every_stack(made), usual_tables()), study_traits(made, usual_tables())):
        for name in SET_NAMES | STUDY_NAMES:
            assert isinstance(found[name], str | float | bool | tuple | None), name
        assert found["NoSuchName"] is None


def test_words_are_read_without_case_accents_and_underscores() -> None:
    assert plain("T2_Tse (Schädel),  AX") == "t2 tse schadel ax"


def test_a_broken_table_is_said(tmp_path: Path) -> None:
    path = tmp_path / "hanging-attributes.toml"
    whole = (resources() / "hanging-attributes.toml").read_text("utf-8")
    for text in ("", whole.replace("least_cosine = 0.766", ""), whole.replace('"fs", "fat', '"(", "fat'), "x = ["):
        path.write_text(text, "utf-8")
        with pytest.raises(ReaderError, match="cannot be used"):
            tables_of(path)


def test_an_examination_of_raw_films_only_hangs_as_the_same_films_for_reading() -> None:
    for modality, words, ready, raw in (
        ("DX", "Abdomen", CLASSES["DX"], f"{CLASSES['DX']}.1"), ("MG", "Mammogram", CLASSES["MG"], f"{CLASSES['MG']}.1")
    ):  # fmt: skip
        views = (("CC", "R"), ("CC", "L"), ("MLO", "R"), ("MLO", "L")) if modality == "MG" else (("AP", ""),)
        hangings = []
        for sop_class in (ready, raw):
            films = (
                film(f"1.{n}", modality, f"{view} {side}", view, side, sop_class=sop_class)
                for n, (view, side) in enumerate(views, 1)
            )
            hangings.append(hung(study("1", words, *films)))
        sibling, found = hangings
        assert found.matched is not None and sibling.matched is not None
        assert found.matched.protocol.id == sibling.matched.protocol.id
        assert shown(found) == shown(sibling) and not found.waiting


def test_a_raw_film_waits_behind_one_for_reading_even_of_the_same_series() -> None:
    both = film("1.1", "DX", "Chest", "PA", facts=(("PresentationIntentType", "FOR PROCESSING"),))
    raw = replace(both.instances[0], sop_uid="1.1.9", sop_class=f"{CLASSES['DX']}.1", number=0)
    made = study("1", "Chest", replace(both, instances=(raw, *both.instances)))
    sets = {
        str(s.id): one["PresentationIntentType"]
        for s, one in zip(every_stack(made), sets_of(made, every_stack(made), usual_tables()), strict=True)
    }
    assert sorted(map(str, sets.values())) == ["FOR PRESENTATION", "FOR PROCESSING"]
    hanging = hung(made)
    assert hanging.shown is not None and hanging.matched is not None
    assert [one.stack.frames[0].sop_uid for one in hanging.shown.placed if one.stack] == ["1.1.1"]
    assert [one.stack.frames[0].sop_uid for one in hanging.waiting] == ["1.1.9"], "and it has a stage of its own"
    assert "stage" in hanging.waiting[0].why
