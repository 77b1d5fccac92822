"""Examinations as departments make them every day, header by header ours: makers' names, four languages, gaps and all."""

from dataclasses import replace

from tests.unit.hanging.cases_to_hang import CLASSES, CORONAL, SAGITTAL, film, study, volume

from readingroom.record.study import Cosines, Instance, Series, Study

US_CINE = "1.2.840.10008.5.1.4.1.1.3.1"
XA, RF, NM, TOMO = (
    "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.2", "1.2.840.10008.5.1.4.1.1.20",
    "1.2.840.10008.5.1.4.1.1.13.1.3",
)  # fmt: skip
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
DERIVED = ("DERIVED", "SECONDARY")
LOCALIZER = ("ORIGINAL", "PRIMARY", "LOCALIZER")


def slices(number: int, modality: str, words: str, images: int = 40, kernel: str = "", plane: Cosines | None = None,
           kind: tuple[str, ...] = ("ORIGINAL", "PRIMARY"), b: str = "", **facts: str) -> Series:  # fmt: skip
    """Slices of one series; b: the b-value; facts: keywords of the header."""
    marks = (("b_value", b),) if b else ()
    more: dict[str, object] = {"kernel": kernel, "facts": tuple(facts.items())}
    if plane is not None:
        more["orientation"] = plane
    return volume(f"1.{number}", modality, words, images, marks=marks, image_type=kind, **more)  # type: ignore[arg-type]


def run(number: int, modality: str, words: str, sop_class: str, frames: int = 1, images: int = 1) -> Series:
    """Loops, runs or pictures without a place in the patient."""
    found = tuple(
        Instance("1", f"1.{number}", f"1.{number}.{n}", sop_class, n, 512, 512, frames, frame_time_ms=40.0 if frames > 1 else None)
        for n in range(1, images + 1)
    )  # fmt: skip
    return Series(f"1.{number}", number, modality, words, instances=found)


def shot(number: int, modality: str = "CT", words: str = "Dose Report") -> Series:
    """A picture of a screen or of numbers."""
    return run(number, modality, words, CAPTURE)


def xray(number: int, words: str, view: str = "", side: str = "", modality: str = "DX", part: str = "") -> Series:
    """One film."""
    made = (
        film(f"1.{number}", modality, words, view, side)
        if modality in CLASSES
        else film(f"1.{number}", "DX", words, view, side)
    )
    return replace(made, modality=modality, body_part=part)


def of(words: str, *series: Series, part: str = "") -> Study:
    """An examination; part: Body Part Examined of each of its series, "" where the header lacks it."""
    named = tuple(replace(one, body_part=part) if part else one for one in series)
    return study("1", words, *named)


TOPO = slices(1, "CT", "Topogramm  0.6  T20f", 2, "T20f", CORONAL, LOCALIZER)
SCOUT = slices(1, "CT", "Scout", 2, "", CORONAL, LOCALIZER)
LOC = slices(1, "MR", "localizer", 3, "", CORONAL)
DOSE = shot(90)
DOSE_SR = Series(
    "1.91",
    91,
    "SR",
    "Dose Report",
    instances=(Instance("1", "1.91", "1.91.1", "1.2.840.10008.5.1.4.1.1.88.67", 1, 0, 0, 1),),
)

EXAMINATIONS: dict[str, tuple[Study, str, tuple[str, ...]]] = {
    "Siemens head, German": (of("CCT nativ", TOPO, slices(2, "CT", "Schädel nativ 4.0 H30s", 34, "H30s"), slices(3, "CT", "Knochen 1.0 H60s", 160, "H60s"), DOSE), "ct-head", ("Schädel nativ 4.0 H30s", "Knochen 1.0 H60s")),
    "GE head, no body part": (of("HEAD W/O", SCOUT, slices(2, "CT", "5mm Axial", 32, "STANDARD"), slices(3, "CT", "BONE", 64, "BONEPLUS"), DOSE, DOSE_SR), "ct-head", ("5mm Axial", "BONE")),
    "Philips head, French": (of("TDM cérébrale sans injection", slices(1, "CT", "Surview", 1, "", SAGITTAL, LOCALIZER), slices(2, "CT", "Cérébral 3mm", 50, "UB"), slices(3, "CT", "Os", 200, "YD")), "ct-head", ("Cérébral 3mm", "Os")),
    "Canon head, Spanish": (of("TC craneo simple", SCOUT, slices(2, "CT", "Cerebro 5.0", 30, "FC21"), slices(3, "CT", "Hueso 1.0", 150, "FC30")), "ct-head", ("Cerebro 5.0", "Hueso 1.0")),
    "stroke": (of("CT Stroke Kopf", TOPO, slices(2, "CT", "Schädel nativ", 34, "Hr38"), slices(3, "CT", "CTA Kopf-Hals 0.6", 500, "Bv40", ContrastBolusAgent="Ultravist"), slices(4, "CT", "CTA MIP ax", 60, "Bv40", kind=(*DERIVED, "AXIAL", "MIP")), slices(5, "CT", "Perfusion CBF", 30, "", kind=DERIVED), DOSE), "ct-head-stroke", ("Schädel nativ", "Schädel nativ")),
    "chest, Dutch": (of("CT thorax met contrast", SCOUT, slices(2, "CT", "Thorax weke delen 3mm", 110, "B"), slices(3, "CT", "Long 1mm", 330, "L")), "ct-chest", ("Thorax weke delen 3mm", "Long 1mm")),
    "chest, French, GE": (of("TDM thoracique", SCOUT, slices(2, "CT", "Médiastin 1.25", 280, "STANDARD"), slices(3, "CT", "Parenchyme 1.25", 280, "LUNG"), slices(4, "CT", "MIP 8mm", 90, "LUNG", kind=(*DERIVED, "MIP"))), "ct-chest", ("Médiastin 1.25", "Parenchyme 1.25")),
    "chest, German, Siemens": (of("CT Thorax mit KM", TOPO, slices(2, "CT", "Thorax 5.0 I31f 3", 70, "I31f\\3"), slices(3, "CT", "Lunge 1.0 I70f 3", 350, "I70f\\3"), slices(4, "CT", "Thorax cor", 90, "I31f\\3", CORONAL, (*DERIVED, "CSA MPR"))), "ct-chest", ("Thorax 5.0 I31f 3", "Lunge 1.0 I70f 3")),
    "pulmonary embolism": (of("CT LE Ausschluss Thorax", TOPO, slices(2, "CT", "PreMonitoring", 1, "B20f"), slices(3, "CT", "Monitoring", 12, "B20f"), slices(4, "CT", "CTPA 1.0 B30f", 320, "B30f", ContrastBolusAgent="Imeron"), slices(5, "CT", "Lunge 1.0 B70f", 320, "B70f")), "ct-pulmonary-arteries", ("CTPA 1.0 B30f",)),
    "abdomen in phases": (of("CT Abdomen multiphasisch Leber", TOPO, slices(2, "CT", "nativ 3.0", 90, "B30f"), slices(3, "CT", "arteriell 3.0", 90, "B30f"), slices(4, "CT", "portalvenös 3.0", 90, "B30f"), slices(5, "CT", "spät 3.0", 90, "B30f")), "ct-abdomen", ("portalvenös 3.0",)),
    "trunk, Spanish": (of("TC torax abdomen pelvis con contraste", SCOUT, slices(2, "CT", "Tórax abdomen pelvis 3mm", 230, "STANDARD"), slices(3, "CT", "Pulmón 1.25", 300, "LUNG"), slices(4, "CT", "Coronal", 80, "STANDARD", CORONAL, (*DERIVED, "REFORMATTED"))), "ct-trunk", ("Tórax abdomen pelvis 3mm", "Pulmón 1.25")),
    "one series only, no words": (of("", slices(2, "CT", "", 120, "")), "ct-any", ("",)),
    "stones": (of("CT KUB low dose", SCOUT, slices(2, "CT", "KUB 2mm", 220, "FC18"), slices(3, "CT", "KUB cor", 80, "FC18", CORONAL)), "ct-urinary-tract", ("KUB 2mm",)),
    "lumbar spine CT": (of("CT LWS", TOPO, slices(2, "CT", "LWS 1.0 B60s", 200, "B60s"), slices(3, "CT", "LWS sag", 60, "B60s", SAGITTAL, (*DERIVED, "CSA MPR"))), "ct-spine", ("LWS sag",)),
    "sinuses": (of("CT NNH nativ", TOPO, slices(2, "CT", "NNH ax 1.0 H60s", 120, "H60s"), slices(3, "CT", "NNH cor", 60, "H60s", CORONAL)), "ct-facial-bones", ("NNH ax 1.0 H60s", "NNH cor")),
    "wrist CT": (of("CT Handgelenk rechts", TOPO, slices(2, "CT", "Handgelenk 0.6 U70u", 150, "U70u"), slices(3, "CT", "cor", 50, "U70u", CORONAL)), "ct-extremity", ()),
    "aorta": (of("CT Angio Aorta", TOPO, slices(2, "CT", "Aorta art 1.0", 600, "Bv38", ContrastBolusAgent="Iomeron"), slices(3, "CT", "Aorta MIP cor", 30, "Bv38", CORONAL, (*DERIVED, "MIP"))), "ct-angiography", ("Aorta art 1.0",)),
    "brain, Siemens, German": (of("MRT Schädel mit KM", LOC, slices(2, "MR", "t2_tse_tra_320", 26), slices(3, "MR", "t2_tirm_tra_dark-fluid", 26), slices(4, "MR", "ep2d_diff_b1000_TRACEW", 26, b="1000"), slices(5, "MR", "ep2d_diff_b1000_ADC", 26, kind=("DERIVED", "PRIMARY", "DIFFUSION", "ADC")), slices(6, "MR", "t1_se_tra", 26), slices(7, "MR", "t1_se_tra_KM", 26), slices(8, "MR", "t2_fl2d_tra_hemo", 26)), "mr-brain", ("t2_tse_tra_320", "t2_tirm_tra_dark-fluid", "t1_se_tra", "ep2d_diff_b1000_TRACEW", "ep2d_diff_b1000_ADC", "t2_fl2d_tra_hemo")),
    "brain, GE": (of("MRI HEAD W/O", slices(1, "MR", "3-Plane Loc", 9), slices(2, "MR", "Ax T2 PROPELLER", 28), slices(3, "MR", "Ax T2 FLAIR", 28), slices(4, "MR", "Ax DWI", 28, b="1000"), slices(5, "MR", "Apparent Diffusion Coefficient (mm2/s)", 28, kind=("DERIVED", "PRIMARY", "COMBINED")), slices(6, "MR", "Ax T1 FLAIR", 28), slices(7, "MR", "Ax SWAN", 80)), "mr-brain", ("Ax T2 PROPELLER", "Ax T2 FLAIR", "Ax T1 FLAIR", "Ax DWI", "Apparent Diffusion Coefficient (mm2/s)", "Ax SWAN")),
    "brain, Philips, French": (of("IRM cérébrale", slices(1, "MR", "Survey", 9), slices(2, "MR", "T2W_TSE ax", 24), slices(3, "MR", "FLAIR ax", 24), slices(4, "MR", "DWI_b1000", 24, b="1000"), slices(5, "MR", "dADC", 24), slices(6, "MR", "sT1W_3D_TFE", 180, plane=SAGITTAL)), "mr-brain", ("T2W_TSE ax", "FLAIR ax", "sT1W_3D_TFE", "DWI_b1000", "dADC")),
    "lumbar spine, Dutch": (of("MRI LWK", slices(1, "MR", "Survey", 3), slices(2, "MR", "T2 TSE sag", 15, plane=SAGITTAL), slices(3, "MR", "T1 TSE sag", 15, plane=SAGITTAL), slices(4, "MR", "T2 TSE tra", 30)), "mr-spine-lumbar", ("T2 TSE sag", "T1 TSE sag")),
    "cervical spine, German": (of("MRT HWS", LOC, slices(2, "MR", "t2_tse_sag", 15, plane=SAGITTAL), slices(3, "MR", "t1_tse_sag", 15, plane=SAGITTAL), slices(4, "MR", "t2_me2d_tra", 25)), "mr-spine-cervical", ("t2_tse_sag",)),
    "knee, Spanish": (of("RM rodilla derecha", slices(1, "MR", "Localizador", 3), slices(2, "MR", "SAG DP FS", 25, plane=SAGITTAL), slices(3, "MR", "COR DP FS", 25, plane=CORONAL), slices(4, "MR", "AX DP FS", 25), slices(5, "MR", "COR T1", 25, plane=CORONAL)), "mr-knee", ("SAG DP FS", "COR DP FS", "AX DP FS", "COR T1")),
    "knee, German": (of("MRT Kniegelenk links", LOC, slices(2, "MR", "pd_tse_fs_sag", 25, plane=SAGITTAL), slices(3, "MR", "pd_tse_fs_cor", 25, plane=CORONAL), slices(4, "MR", "pd_tse_fs_tra", 25), slices(5, "MR", "t1_tse_cor", 25, plane=CORONAL)), "mr-knee", ("pd_tse_fs_sag", "pd_tse_fs_cor", "pd_tse_fs_tra", "t1_tse_cor")),
    "shoulder, French": (of("IRM épaule droite", LOC, slices(2, "MR", "COR DP FS", 20, plane=CORONAL), slices(3, "MR", "AX DP FS", 20), slices(4, "MR", "SAG T2 FS", 20, plane=SAGITTAL)), "mr-shoulder", ("COR DP FS",)),
    "prostate": (of("MRT Prostata multiparametrisch", LOC, slices(2, "MR", "t2_tse_tra_3mm", 25), slices(3, "MR", "t2_tse_sag", 25, plane=SAGITTAL), slices(4, "MR", "ep2d_diff_b1500", 25, b="1500"), slices(5, "MR", "ep2d_diff_ADC", 25), slices(6, "MR", "t1_vibe_dyn", 400)), "mr-prostate", ("t2_tse_tra_3mm",)),
    "liver, French": (of("IRM hépatique", LOC, slices(2, "MR", "T2 HASTE ax", 40), slices(3, "MR", "T1 VIBE sans", 60), slices(4, "MR", "T1 VIBE artériel", 60), slices(5, "MR", "T1 VIBE portal", 60), slices(6, "MR", "T1 VIBE tardif", 60), slices(7, "MR", "DWI b800", 40, b="800")), "mr-liver", ()),
    "breast MR": (of("MRI breast bilateral", LOC, slices(2, "MR", "T2 STIR ax", 60), slices(3, "MR", "T1 dyn pre", 120), slices(4, "MR", "T1 dyn post 1", 120), slices(5, "MR", "SUB 1", 120, kind=(*DERIVED, "SUBTRACTION"))), "mr-breast", ("SUB 1",)),
    "PET-CT": (of("PET/CT Ganzkörper FDG", slices(1, "CT", "Topogramm", 2, "", CORONAL, LOCALIZER), slices(2, "CT", "CT WB 5.0 HD_FoV", 270, "B19f"), slices(3, "PT", "PET WB", 270, CorrectedImage="DECY\\ATTN\\SCAT"), slices(4, "PT", "PET WB Uncorrected", 270, CorrectedImage="DECY"), slices(5, "PT", "MIP", 36, kind=(*DERIVED, "MIP"))), "pet-ct", ()),
    "bone scan": (of("Skelettszintigraphie", run(1, "NM", "WB ant post", NM, 2), run(2, "NM", "Static hands", NM, 2)), "nuclear-medicine", ("WB ant post",)),
    "thyroid scan": (of("Thyroid scan", run(1, "NM", "Thyroid anterior", NM), shot(2, "NM", "Uptake screen capture")), "nuclear-medicine", ("Thyroid anterior",)),
    "chest film, German": (of("Thorax in 2 Ebenen", xray(1, "Thorax lat.", "LL", modality="DX"), xray(2, "Thorax p.a.", "PA", modality="DX")), "xr-chest", ("Thorax p.a.", "Thorax lat.")),
    "chest film, Fuji CR, French": (of("RP face", xray(1, "Poumon face", "", modality="CR", part="CHEST")), "xr-chest", ("Poumon face",)),
    "bedside chest": (of("CHEST PORTABLE AP", xray(1, "Chest AP", "AP", modality="CR")), "xr-chest", ("Chest AP",)),
    "hand, Dutch": (of("X hand links", xray(1, "Hand PA", "PA", "L"), xray(2, "Hand schuin", "", "L")), "xr-extremity", ("Hand PA", "Hand schuin")),
    "foot, Spanish": (of("RX pie izquierdo", xray(1, "Pie AP", "AP", "L"), xray(2, "Pie oblicua", "", "L")), "xr-extremity", ("Pie AP", "Pie oblicua")),
    "hip, German": (of("Beckenübersicht und Hüfte axial rechts", xray(1, "Becken a.p.", "AP"), xray(2, "Hüfte axial", "", "R")), "xr-pelvis-hip", ("Becken a.p.", "Hüfte axial")),
    "lumbar films, French": (of("Rachis lombaire face et profil", xray(1, "Rachis profil", "LL"), xray(2, "Rachis face", "AP")), "xr-spine", ("Rachis face", "Rachis profil")),
    "abdomen film": (of("ASP", xray(1, "Abdomen debout", "AP", part="ABDOMEN")), "xr-abdomen", ("Abdomen debout",)),
    "mammogram with tomosynthesis": (of("Mammographie", *(run(n, "MG", f"{s} {v} Tomosynthesis", TOMO, 50) for n, (s, v) in enumerate((("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")), 10)), xray(1, "R CC", "CC", "R", "MG"), xray(2, "L CC", "CC", "L", "MG"), xray(3, "R MLO", "MLO", "R", "MG"), xray(4, "L MLO", "MLO", "L", "MG")), "mammography", ("R CC", "L CC", "R MLO", "L MLO")),
    "abdominal ultrasound": (of("Abdomensonographie", run(1, "US", "", CLASSES["US"], 1, 24), run(2, "US", "Clip", US_CINE, 60, 3)), "ultrasound", ()),
    "echocardiogram": (of("Transthorakales Echo", run(1, "US", "4CH", US_CINE, 60), run(2, "US", "PLAX", US_CINE, 60)), "ultrasound", ("4CH", "PLAX")),
    "coronary angiogram": (of("Coronarographie", run(1, "XA", "LCA 15 F/s", XA, 70), run(2, "XA", "RCA 15 F/s", XA, 65)), "angiography", ("LCA 15 F/s", "RCA 15 F/s")),
    "barium swallow": (of("Ösophagus-Breischluck", run(1, "RF", "Schluckakt", RF, 120), run(2, "RF", "Zielaufnahme", RF)), "fluoroscopy", ("Schluckakt", "Zielaufnahme")),
    "screenshots only": (of("Externe Bilder", shot(1, "OT", "Screenshot"), shot(2, "OT", "Screenshot 2")), "secondary-capture", ()),
    "shoulder film, Italian words": (of("RX spalla destra", xray(1, "Spalla AP", "AP", "R"), xray(2, "Spalla assiale", "", "R")), "xr-extremity", ("Spalla AP", "Spalla assiale")),
}  # fmt: skip
