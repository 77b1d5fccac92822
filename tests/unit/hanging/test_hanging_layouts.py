"""Where images hang: layouts that a radiologist would accept, for every usual examination, current and prior."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from tests.unit.hanging.cases_to_hang import (
    BEN,
    CORONAL,
    SAGITTAL,
    ct,
    every_stack,
    film,
    hung,
    shown,
    study,
    volume,
)

from readingroom.hanging.explaining import as_text, explanation
from readingroom.hanging.hang import hang
from readingroom.hanging.library import Protocols, protocols
from readingroom.hanging.placing import Monitor
from readingroom.record.study import Series, Study

UPRIGHT, WIDE = Monitor(1536, 2048), Monitor(1920, 1200)


def mammogram(uid: str, *views: tuple[str, str], day: date = date(2026, 11, 24)) -> Study:
    """A study with a film for each (side, view)."""
    made = (film(f"{uid}.{n}", "MG", f"{s} {v}", v, s) for n, (s, v) in enumerate(views, 1))
    return study(uid, "Mammogram", *made, day=day)


FOUR = (("R", "MLO"), ("L", "CC"), ("R", "CC"), ("L", "MLO"))


def test_a_mammogram_hangs_right_beside_left_and_cc_above_mlo_whatever_its_order() -> None:
    assert shown(hung(mammogram("1", *FOUR))) == ["R CC", "L CC", "R MLO", "L MLO"]


def test_breasts_hang_back_to_back() -> None:
    right = film("1.1", "MG", "R CC", "CC", "R", patient_orientation=("A", "R"))
    left = film("1.2", "MG", "L CC", "CC", "L", patient_orientation=("A", "L"))
    current = study("1", "Mammogram", right, left)
    hanging = hung(current)
    # Both are stored with the lateral side down: the right one takes half a turn, the left one is put upside down.
    assert [(view.rotation, view.flipped, view.anchor) for view in hanging.tiles] == [
        (180, False, "right"),
        (180, True, "left"),
    ]


def test_a_missing_view_leaves_its_place_empty_and_moves_no_other() -> None:
    assert shown(hung(mammogram("1", ("R", "CC"), ("L", "CC"), ("L", "MLO")))) == ["R CC", "L CC", "-", "L MLO"]


def test_one_breast_hangs_as_a_pair() -> None:
    hanging = hung(mammogram("1", ("L", "MLO"), ("L", "CC")))
    assert (hanging.layout, shown(hanging)) == ((1, 2), ["L CC", "L MLO"])


def test_spot_views_and_raw_images_take_no_standard_place() -> None:
    spot = film("1.5", "MG", "spot", "CC", "R", view_modifiers=("399055006", "Spot Compression"))
    raw = film("1.6", "MG", "raw", "CC", "R", sop_class="1.2.840.10008.5.1.4.1.1.1.2.1")
    current = mammogram("1", *FOUR)
    hanging = hung(replace(current, series=(spot, raw, *current.series)))
    assert shown(hanging) == ["R CC", "L CC", "R MLO", "L MLO"]
    assert {one.stack.series_uid for one in hanging.waiting} == {"1.5", "1.6"}
    assert hanging.stages[-1].name == "Everything else"


def test_on_two_monitors_the_mammogram_is_left_and_its_prior_right() -> None:
    now, before = mammogram("1", *FOUR), mammogram("2", *FOUR, day=date(2023, 11, 1))
    hanging = hung(now, before, monitors=(UPRIGHT, UPRIGHT))
    assert hanging.shown is not None and hanging.shown.grids == ((2, 2), (2, 2))
    assert [one.stack.study_uid for one in hanging.shown.placed if one.stack] == ["1"] * 4 + ["2"] * 4


def test_a_chest_film_hangs_frontal_left_and_lateral_right() -> None:
    current = study("1", "XR chest", film("1.1", "DX", "lateral", "LL"), film("1.2", "DX", "frontal", "PA"))
    assert [one.split(",")[0] for one in shown(hung(current))] == ["frontal", "lateral"]


def test_a_chest_film_hangs_left_of_its_prior() -> None:
    now = study("1", "XR chest", film("1.1", "DX", "now", "PA"))
    before = study("2", "XR chest", film("2.1", "DX", "before", "AP"), day=date(2025, 1, 1))
    hanging = hung(now, before)
    assert hanging.layout == (1, 2) and [one.split(",")[0] for one in shown(hanging)] == ["now", "before"]


def test_views_of_a_limb_hang_frontal_before_lateral_and_right_before_left() -> None:
    current = study(
        "1", "XR both knees", film("1.1", "DX", "a", "LATERAL", "L"), film("1.2", "DX", "b", "AP", "L"),
        film("1.3", "DX", "c", "LATERAL", "R"), film("1.4", "DX", "d", "AP", "R"),
    )  # fmt: skip
    assert [one[0] for one in shown(hung(current))] == ["d", "b", "c", "a"]


def test_a_lateral_is_compared_with_a_lateral_and_nothing_else() -> None:
    now = study("1", "XR foot", film("1.1", "DX", "lat", "LATERAL", "R"), film("1.2", "DX", "dp", "AP", "R"))
    oblique = film("2.2", "DX", "old obl", "OBLIQUE", "R")
    before = study("2", "XR foot", film("2.1", "DX", "old dp", "AP", "R"), oblique, day=date(2024, 1, 1))
    hanging = hung(now, before)
    assert [one.split(",")[0] for one in shown(hanging)] == ["dp", "old dp"]
    assert [stage.id for stage in hanging.stages] == ["compare", "views"]


def test_projections_of_vessels_hang_beside_their_sources() -> None:
    current = study("1", "MRI brain", volume("1.1", "MR", "TOF_3D", 90), volume("1.2", "MR", "TOF MIP", 12))
    assert shown(hung(current)) == ["TOF_3D", "TOF MIP"]


def test_a_ct_chest_hangs_mediastinum_beside_lungs_each_in_its_window() -> None:
    hanging = hung(ct("1", "CT chest", ("Lung 1.0", "Bl64"), ("Chest 3.0", "Br40")))
    assert shown(hanging) == ["Chest 3.0", "Lung 1.0"]
    assert [view.voi_name for view in hanging.tiles] == ["Mediastinum", "Lung"]


def test_a_ct_chest_with_a_prior_hangs_the_same_kernel_of_both() -> None:
    now = ct("1", "CT chest", ("Lung now", "Bl64"), ("Soft now", "Br40"))
    before = ct("2", "CT thorax", ("Lung before", "Bl64"), ("Soft before", "Br40"), day=date(2025, 1, 1))
    hanging = hung(now, before)
    assert hanging.layout == (1, 2) and shown(hanging) == ["Soft now", "Soft before"]
    lungs = next(n for n, stage in enumerate(hanging.stages) if stage.id == "lungs_compare")
    assert shown(hung(now, before, stage=lungs)) == ["Lung now", "Lung before"]


def test_on_two_monitors_lungs_and_mediastinum_hang_beside_those_of_the_prior() -> None:
    now = ct("1", "CT chest", ("Lung now", "Bl64"), ("Soft now", "Br40"))
    before = ct("2", "CT thorax", ("Lung before", "Bl64"), ("Soft before", "Br40"), day=date(2025, 1, 1))
    hanging = hung(now, before, monitors=(UPRIGHT, UPRIGHT))
    assert shown(hanging) == ["Lung now", "Soft now", "Lung before", "Soft before"]
    # One row on an upright monitor is one column.
    assert hanging.shown is not None and hanging.shown.grids == ((2, 1), (2, 1))


def test_a_prior_without_a_lung_kernel_shows_its_soft_one_in_the_lung_window_as_well() -> None:
    now = ct("1", "CT chest", ("Lung now", "Bl64"), ("Soft now", "Br40"))
    before = ct("2", "CT thorax", ("Soft before", "Br40"), day=date(2025, 1, 1))
    hanging = hung(now, before, monitors=(WIDE, WIDE))
    assert shown(hanging) == ["Lung now", "Soft now", "Soft before", "Soft before"]
    assert "prior1: CT thorax of 1 Jan 2025" in hanging.reasons


def test_thin_soft_axial_slices_hang_before_topogram_dose_report_and_reformats() -> None:
    current = study(
        "1", "CT chest", volume("1.1", "CT", "Topogram", 1), volume("1.2", "CT", "Dose report", 1),
        volume("1.3", "CT", "MIP axial", 40, kernel="Br40"), volume("1.4", "CT", "Coronal", 60, CORONAL, kernel="Br40"),
        volume("1.5", "CT", "Axial 1.0", 120, kernel="Br40"),
    )  # fmt: skip
    hanging = hung(current)
    assert shown(hanging)[0] == "Axial 1.0"
    assert [one.stack.description for one in hanging.stages[-1].placed if one.stack] == ["Dose report", "Topogram"]


def test_an_mr_brain_hangs_t2_flair_t1_above_diffusion_and_susceptibility() -> None:
    words = ("T1 ax", "ADC", "Localizer", "T2 ax", "SWI", "DWI b1000", "FLAIR ax")
    made = (volume(f"1.{n}", "MR", one, 20) for n, one in enumerate(words, 1))
    hanging = hung(study("1", "MR brain", *made))
    assert hanging.layout == (2, 3)
    assert shown(hanging) == ["T2 ax", "FLAIR ax", "T1 ax", "DWI b1000", "ADC", "SWI"]


def test_of_several_b_values_the_highest_hangs() -> None:
    made = [volume(f"1.{b}", "MR", "DWI", 20, marks=(("b_value", str(b)),)) for b in (1, 1000, 500)]
    hanging = hung(study("1", "MR brain", volume("1.2", "MR", "T2 ax", 20), *made))
    assert [view.stack_id.split("/")[0] for view in hanging.tiles] == ["1.2", "1.1000"]


def test_a_lumbar_spine_hangs_sagittal_t2_t1_stir_and_axial_t2() -> None:
    current = study(
        "1", "MR lumbar spine", volume("1.1", "MR", "T2 ax"), volume("1.2", "MR", "STIR sag", 15, SAGITTAL),
        volume("1.3", "MR", "T1 sag", 15, SAGITTAL), volume("1.4", "MR", "T2 sag", 15, SAGITTAL),
    )  # fmt: skip
    assert shown(hung(current)) == ["T2 sag", "T1 sag", "STIR sag", "T2 ax"]


def test_a_pet_ct_hangs_ct_beside_the_corrected_pet() -> None:
    current = study(
        "1", "PET-CT", volume("1.1", "PT", "PET NAC", 80), volume("1.2", "PT", "PET AC", 80),
        volume("1.3", "CT", "CT low dose", 80, kernel="Br40"),
    )  # fmt: skip
    hanging = hung(current)
    assert shown(hanging) == ["CT low dose", "PET AC"]


@pytest.mark.parametrize(
    ("description", "modality", "protocol"),
    [
        ("CT head", "CT", "ct-head"), ("CT head stroke thrombectomy", "CT", "ct-head-stroke"),
        ("CT carotid angiogram", "CT", "ct-head-stroke"), ("CT sinuses", "CT", "ct-facial-bones"),
        ("CT neck", "CT", "ct-neck"), ("CT thorax", "CT", "ct-chest"), ("HRCT chest", "CT", "ct-chest"),
        ("CTPA", "CT", "ct-pulmonary-arteries"), ("CT pulmonary angiogram", "CT", "ct-pulmonary-arteries"),
        ("CT thorax abdomen pelvis", "CT", "ct-trunk"), ("CT abdomen and pelvis", "CT", "ct-abdomen"),
        ("CT KUB", "CT", "ct-urinary-tract"), ("CT urogram", "CT", "ct-urinary-tract"),
        ("CT aorta", "CT", "ct-angiography"), ("CT cardiac coronary", "CT", "ct-heart"),
        ("CT lumbar spine", "CT", "ct-spine"), ("CT cervical spine", "CT", "ct-spine"), ("CT knee", "CT", "ct-extremity"),
        ("CT wrist", "CT", "ct-extremity"), ("CT guided", "CT", "ct-any"), ("", "CT", "ct-any"),
        ("MRI brain", "MR", "mr-brain"), ("MRI pituitary", "MR", "mr-skull-base"), ("MRI IAMs", "MR", "mr-skull-base"),
        ("MRI lumbar spine", "MR", "mr-spine-lumbar"), ("MRI cervical spine", "MR", "mr-spine-cervical"),
        ("MRI whole spine", "MR", "mr-spine"), ("MRI thoracic spine", "MR", "mr-spine"), ("MRI knee", "MR", "mr-knee"),
        ("MRI shoulder", "MR", "mr-shoulder"), ("MRI hip", "MR", "mr-hip"), ("MRI ankle", "MR", "mr-limb"),
        ("MRI liver", "MR", "mr-liver"), ("MRI prostate", "MR", "mr-prostate"), ("MRI rectum", "MR", "mr-pelvis"),
        ("MRI pelvis", "MR", "mr-pelvis"), ("MRI breast", "MR", "mr-breast"), ("MRI cardiac", "MR", "mr-heart"),
        ("", "MR", "mr-any"), ("XR chest", "DX", "xr-chest"), ("XR hand", "DX", "xr-extremity"),
        ("XR pelvis", "DX", "xr-pelvis-hip"), ("XR hip left", "DX", "xr-pelvis-hip"),
        ("XR lumbar spine", "DX", "xr-spine"), ("XR thoracic spine", "DX", "xr-spine"),
        ("XR abdomen", "DX", "xr-abdomen"), ("XR something", "DX", "xr-any"), ("US abdomen", "US", "ultrasound"),
        ("PET-CT", "PT", "pet-ct"), ("Screens", "OT", "secondary-capture"),
    ],
)  # fmt: skip
def test_every_usual_examination_gets_its_protocol(description: str, modality: str, protocol: str) -> None:
    series: Series = film("1.1", "DX", "", "AP") if modality == "DX" else volume("1.1", modality, "T2 axial", 20)
    hanging = hung(study("1", description, series))
    assert hanging.matched is not None
    assert hanging.matched.protocol.id == protocol, as_text(explanation(hanging))[:2000]


def test_documents_and_segmentations_never_hang_and_say_where_they_are() -> None:
    document = Series(
        "1.8", 8, "SR", "Report", instances=(replace(film("1.8", "SR", "").instances[0], rows=0, columns=0),)
    )
    segments = film("1.9", "SEG", "Liver")
    current = study("1", "CT abdomen", volume("1.1", "CT", "axial", 20), document, segments)
    hanging = hung(current)
    on_glass = {one.stack.series_uid for stage in hanging.stages for one in stage.placed if one.stack is not None}
    assert on_glass == {"1.1"}
    assert {one.why.partition(":")[0] for one in hanging.waiting} == {"a document", "a segmentation"}


def test_no_viewport_shows_another_patient_even_where_a_stranger_is_handed_in_as_a_prior() -> None:
    now = ct("1", "CT chest", ("axial", "Br40"))
    stranger = ct("2", "CT chest", ("axial", "Br40"), day=date(2025, 1, 1), who=BEN)
    hanging = hung(now, stranger)
    assert hanging.layout == (1, 1)
    assert ["not proven to be this patient's" in one.why for one in hanging.waiting] == [True]


def test_a_later_examination_is_no_prior() -> None:
    old = ct("1", "CT chest", ("axial", "Br40"), day=date(2024, 1, 1))
    assert hung(old, ct("2", "CT chest", ("axial", "Br40"))).layout == (1, 1)
    same_day = replace(ct("3", "CT chest", ("axial", "Br40"), day=date(2024, 1, 1)), time=time(10, 0))
    assert hung(old, same_day).layout == (1, 1)


def test_a_study_without_images_hangs_nothing_and_says_so() -> None:
    hanging = hung(study("1", "Report only"))
    assert (hanging.layout, hanging.reasons) == ((1, 1), ("no images in this study",))


def test_a_spare_monitor_shows_what_hangs_in_no_other() -> None:
    current = ct("1", "CT head", ("Brain", "Hr38"), ("Bone", "Hr64"), ("Thin A", "Hr38"), ("Thin B", "Hr40"))
    hanging = hung(current, monitors=(WIDE, WIDE, WIDE))
    assert hanging.shown is not None and len(hanging.shown.grids) == 3
    assert set(shown(hanging)) == {"Brain", "Bone", "Thin A", "Thin B"}


def test_viewports_without_a_match_take_series_that_hang_nowhere() -> None:
    current = study("1", "MRI", *(volume(f"1.{n}", "MR", f"Series {n}", 9) for n in range(1, 6)))
    hanging = hung(current)
    assert hanging.layout == (2, 2) and "-" not in shown(hanging)
    assert hanging.stages[-1].name == "Everything else"


def test_a_protocol_that_is_named_is_used_even_where_it_does_not_fit() -> None:
    current = ct("1", "CT head", ("Brain", "Hr38"))
    hanging = hang(current, every_stack(current), protocol_id="ct-chest")
    assert hanging.matched is not None and hanging.matched.protocol.id == "ct-chest"


def test_without_any_protocol_every_series_still_hangs() -> None:
    current = study("1", "CT", *(volume(f"1.{n}", "CT", f"Series {n}", 9) for n in range(1, 7)))
    hanging = hang(current, every_stack(current), protocols=Protocols(()))
    seen = [one.stack.description for stage in hanging.stages for one in stage.placed if one.stack is not None]
    assert seen == [f"Series {n}" for n in range(1, 7)]
    assert hanging.reasons[0] == "no protocol can be used: every series in its order"


def test_a_readers_own_protocol_wins_over_the_programs_of_equal_score(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        """schema: hanging-protocol/1
id: own
name: Own
applies_to:
  require: [{attr: modalities, any_of: [CT]}, {attr: StudyDescription, regex: head}]
  score: [{attr: modalities, any_of: [CT], weight: 20}]
display_sets: {bone: {require: [{attr: kernel, is: bone}]}}
viewports: {bone: {show: bone, window: {center: 600, width: 2800}, start: first}}
stages: [{id: bone, layouts: [{screens: [{areas: ["bone"]}]}]}]
"""
    )
    from readingroom.hanging.library import protocols_of_desk

    current = ct("1", "CT head", ("Brain", "Hr38"), ("Bone", "Hr64"))
    hanging = hang(current, every_stack(current), protocols=protocols_of_desk(tmp_path))
    assert shown(hanging) == ["Bone"]
    voi = hanging.tiles[0].voi
    assert voi is not None and (voi.centre, voi.width, hanging.tiles[0].index) == (600, 2800, 0)


def test_the_explanation_says_why_each_candidate_was_not_taken() -> None:
    text = as_text(explanation(hung(ct("1", "CT head", ("Brain", "Hr38"), ("Bone", "Hr64")))))
    assert "brain: Brain (30 images)" in text
    assert "not Bone (30 images): kernel is soft or unknown: it is bone" in text
    assert "ct-chest: body_region is chest: it is head" in text
    assert "Brain and prior: left out, no p_brain" in text


def test_a_window_in_hounsfield_units_is_never_put_on_anything_but_ct() -> None:
    current = study("1", "PET-CT", volume("1.1", "PT", "PET AC", 9), volume("1.2", "CT", "CT", 9))
    hanging = hung(current)
    assert [view.voi is None for view in hanging.tiles] == [False, True]


def test_protocols_of_an_empty_folder_are_none(tmp_path: Path) -> None:
    assert protocols(((tmp_path, "user"),)) == Protocols(())
