"""Examinations that are made less often, header by header ours: with the usual ones they want every protocol that travels."""

from dataclasses import replace

from tests.unit.hanging.cases_to_hang import CORONAL, SAGITTAL
from tests.unit.hanging.usual_examinations import DERIVED, LOC, NM, SCOUT, TOPO, of, run, slices, xray

from readingroom.record.study import Instance, Series, Study

ENDOSCOPE, CAMERA, FUNDUS, DENTAL = (
    "1.2.840.10008.5.1.4.1.1.77.1.1", "1.2.840.10008.5.1.4.1.1.77.1.4", "1.2.840.10008.5.1.4.1.1.77.1.5.1",
    "1.2.840.10008.5.1.4.1.1.1.3",
)  # fmt: skip
RT_IMAGE, RT_DOSE, RT_STRUCTURES, RT_PLAN = (f"1.2.840.10008.5.1.4.1.1.481.{n}" for n in (1, 2, 3, 5))


def paper(number: int, modality: str, words: str, sop_class: str) -> Series:
    """An object without pixels."""
    one = Instance("1", f"1.{number}", f"1.{number}.1", sop_class, 1, 0, 0, 1)
    return Series(f"1.{number}", number, modality, words, instances=(one,))


def tomography(number: int, words: str) -> Series:
    """Slices of nuclear medicine, each an object of its own."""
    made = slices(number, "NM", words, 60)
    return replace(made, instances=tuple(replace(one, sop_class=NM) for one in made.instances))


def dose(number: int, words: str) -> Series:
    """A dose over the planned volume: one object with a frame for each plane."""
    return run(number, "RTDOSE", words, RT_DOSE, frames=7)


RARER: dict[str, tuple[Study, str, tuple[str, ...]]] = {
    "coronary CT": (of("CT Koronarangiographie", TOPO, slices(2, "CT", "CaScore 3.0", 40, "Qr36"), slices(3, "CT", "Cor 0.6 BestDiast 70%", 300, "Bv40", ContrastBolusAgent="Iomeron"), slices(4, "CT", "Thorax 3.0", 60, "Br40")), "ct-heart", ("Cor 0.6 BestDiast 70%",)),
    "neck CT": (of("CT Hals mit KM", TOPO, slices(2, "CT", "Hals 3.0 Br40", 90, "Br40", ContrastBolusAgent="Imeron"), slices(3, "CT", "Hals cor 3.0", 60, "Br40", CORONAL, (*DERIVED, "CSA MPR"))), "ct-neck", ("Hals 3.0 Br40",)),
    "rectum": (of("MRT Rektum", LOC, slices(2, "MR", "t2_tse_sag", 25, plane=SAGITTAL), slices(3, "MR", "t2_tse_tra", 30), slices(4, "MR", "t2_tse_cor", 25, plane=CORONAL), slices(5, "MR", "ep2d_diff_b1000", 25, b="1000")), "mr-pelvis", ()),
    "thoracic spine": (of("MRT BWS", LOC, slices(2, "MR", "t2_tse_sag", 15, plane=SAGITTAL), slices(3, "MR", "t1_tse_sag", 15, plane=SAGITTAL), slices(4, "MR", "t2_tse_tra", 30)), "mr-spine", ("t2_tse_sag", "t1_tse_sag")),
    "leg arteries": (of("MR-Angiographie Becken-Bein", LOC, slices(2, "MR", "angio_fl3d_cor_KM", 60, plane=CORONAL), slices(3, "MR", "angio MIP", 12, plane=CORONAL, kind=(*DERIVED, "MIP"))), "mr-angiography", ()),
    "ankle": (of("MRT Sprunggelenk links", LOC, slices(2, "MR", "pd_fs_sag", 22, plane=SAGITTAL), slices(3, "MR", "pd_fs_cor", 22, plane=CORONAL), slices(4, "MR", "t1_tse_tra", 22)), "mr-limb", ()),
    "hip MR": (of("MRI hips", LOC, slices(2, "MR", "COR T1", 24, plane=CORONAL), slices(3, "MR", "COR STIR", 24, plane=CORONAL), slices(4, "MR", "AX PD FS", 30)), "mr-hip", ()),
    "pituitary": (of("MRT Hypophyse", LOC, slices(2, "MR", "t2_tse_cor", 15, plane=CORONAL), slices(3, "MR", "t1_tse_cor", 15, plane=CORONAL), slices(4, "MR", "t1_tse_cor_KM", 15, plane=CORONAL), slices(5, "MR", "t1_tse_sag_KM", 15, plane=SAGITTAL)), "mr-skull-base", ()),
    "heart MR": (of("MRT Herz", LOC, slices(2, "MR", "cine SAX", 12), slices(3, "MR", "cine 4CH", 9), slices(4, "MR", "cine 2CH", 9, plane=SAGITTAL), slices(5, "MR", "LGE SAX PSIR", 12)), "mr-heart", ("cine 4CH", "cine 2CH", "cine SAX", "LGE SAX PSIR")),
    "MR of nothing named": (of("MR", slices(2, "MR", "t2 tse", 20), slices(3, "MR", "t1 tse", 20)), "mr-any", ("t2 tse", "t1 tse")),
    "film of nothing named": (of("Röntgen", xray(1, "Aufnahme")), "xr-any", ("Aufnahme",)),
    "teeth": (of("Orthopantomogramm", replace(run(1, "PX", "OPG", DENTAL), modality="PX")), "xr-dental", ("OPG",)),
    "SPECT-CT": (of("SPECT/CT Skelett", SCOUT, run(2, "NM", "WB ant post", NM, 2), slices(3, "CT", "CT AC 3.0", 80, "B30s"), tomography(4, "SPECT AC")), "spect-ct", ()),
    "planned radiotherapy": (of("Planungs-CT Becken", slices(2, "CT", "Planung 3.0", 100, "B30f"), paper(3, "RTSTRUCT", "Konturen", RT_STRUCTURES), paper(4, "RTPLAN", "Plan 1", RT_PLAN), dose(5, "Dosis"), run(6, "RTIMAGE", "DRR 0", RT_IMAGE), run(7, "RTIMAGE", "DRR 90", RT_IMAGE)), "radiotherapy", ("Planung 3.0",)),
    "bronchoscopy": (of("Bronchoskopie", run(1, "ES", "Carina", ENDOSCOPE), run(2, "ES", "Oberlappen", ENDOSCOPE)), "endoscopy", ()),
    "skin": (of("Fotodokumentation", run(1, "XC", "Arm", CAMERA), run(2, "XC", "Detail", CAMERA)), "photography", ()),
    "fundus": (of("Fundusfotografie", run(1, "OP", "Fundus R", FUNDUS), run(2, "OP", "Fundus L", FUNDUS)), "photography", ()),
}  # fmt: skip
"""What its protocol is, and which series stand first, by examination."""
