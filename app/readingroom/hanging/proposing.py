"""Which rules would find an examination, or a series of it, again in another examination: proposed, and each can be taken away."""

import re
from collections.abc import Iterable, Sequence

from readingroom.display.stack import Stack
from readingroom.hanging.protocol import PriorRole, Rule, Selector
from readingroom.hanging.rules import AS_CURRENT
from readingroom.hanging.traits import UNKNOWN, Traits, Value

FILM = ("CR", "DX")
TRUNK = ("chest", "abdomen", "pelvis", "whole body")
LEAST_SCORE = 20
THIN_MM, THICK_MM = 1.5, 3.0
DIFFUSION_B = 500.0
STACK_IMAGES = 10
_NAME = re.compile(r"[^a-z0-9]+")
_WORDS = ("plane", "mr_weight", "kernel", "phase", "projection")


def modalities_of(modality: str) -> tuple[str, ...]:
    """A modality with those that are the same to a reader: a film is CR or DX."""
    return FILM if modality in FILM else (modality,)


def for_study(study: Traits, stacks: Iterable[Stack], to_beat: int) -> Selector:
    """What an examination must be for a layout to be its: modalities, region, and words and codes that weigh more.

    stacks: of the current examination that hang; to_beat: the score of the protocol that it would have otherwise.
    """
    shown = tuple(dict.fromkeys(modalities_of(one.modality) for one in stacks))
    regions = _texts(study["body_region"])
    require = [Rule("modalities", any_of=names) for names in shown]
    require += [Rule("body_region", any_of=(name,)) for name in regions]
    description = study["StudyDescription"]
    words = isinstance(description, str) and description.strip()
    if not regions and words:
        require.append(Rule("StudyDescription", any_of=(str(description),)))
    main = shown[0] if shown else ()
    score = [Rule("modalities", any_of=main, weight=max(LEAST_SCORE, min(to_beat, 1000)))] if main else []
    score += [Rule("site", any_of=(site,), weight=20) for site in _texts(study["site"])]
    if words:
        score.append(Rule("StudyDescription", any_of=(str(description),), weight=40))
    codes = _texts(study["ProcedureCodeSequence"])
    if codes:
        score.append(Rule("ProcedureCodeSequence", codes=codes, weight=40))
    return Selector(tuple(require), tuple(_not_of_study(main, study, regions)), tuple(score))


def _not_of_study(main: tuple[str, ...], study: Traits, regions: tuple[str, ...]) -> Iterable[Rule]:
    """What would make it another examination: hybrid ones, and regions of the trunk that this one does not have."""
    hybrids = tuple(one for one in ("PT", "NM") if one not in _texts(study["modalities"]))
    if hybrids and set(main) & {"CT", "MR"}:
        yield Rule("modalities", any_of=hybrids)
    if set(regions) & set(TRUNK):
        yield Rule("body_region", any_of=tuple(name for name in TRUNK if name not in regions))


def for_prior(role: str, modality: str, regions: Value, nth: int, oldest: bool) -> PriorRole:
    """A role for an earlier examination of the same region: the nth before, or the oldest."""
    require = [Rule("modalities", any_of=modalities_of(modality))]
    if _texts(regions):
        require.append(Rule("body_region", any_of=(AS_CURRENT,)))
    return PriorRole(role, "oldest" if oldest else "nth", 1 if oldest else nth, require=tuple(require))


def for_set(one: Traits, beside: Sequence[Traits]) -> Selector:
    """What tells a series from the others of its examination and would find its like; beside: all of the examination."""
    modality = one["Modality"]
    require = [Rule("Modality", any_of=modalities_of(str(modality)))]
    score: list[Rule] = []
    exclude: list[Rule] = []
    if modality in ("CT", "MR", "PT", "NM"):
        _of_slices(one, require, score)
    elif modality in (*FILM, "MG"):
        _of_film(one, beside, require, exclude, score)
    else:
        score.append(Rule("kind", any_of=(str(one["kind"]),), weight=20))
    apart = [name for name in ("is_localizer", "is_capture") if one[name] is True]
    require += [Rule(name, any_of=(True,)) for name in apart]
    if one["PresentationIntentType"] == "FOR PROCESSING":
        require.append(Rule("PresentationIntentType", any_of=("FOR PROCESSING",)))
    description = one["SeriesDescription"]
    if isinstance(description, str) and description.strip():
        score.append(Rule("SeriesDescription", any_of=(description,), weight=25))
    return Selector(tuple(require), tuple(exclude), tuple(score))


def _of_slices(one: Traits, require: list[Rule], score: list[Rule]) -> None:
    for attribute in ("mr_weight", "plane"):
        value = one[attribute]
        if isinstance(value, str) and value not in (UNKNOWN, "oblique", ""):
            require.append(Rule(attribute, any_of=(value,)))
    for attribute, weight in (("kernel", 40), ("phase", 30)):
        value = one[attribute]
        if isinstance(value, str) and value not in (UNKNOWN, ""):
            score.append(Rule(attribute, any_of=(value,), weight=weight))
    if isinstance(one["contrast"], bool):
        score.append(Rule("contrast", any_of=(one["contrast"],), weight=30))
    if one["Modality"] == "MR":
        score.append(Rule("fatsat", any_of=(one["fatsat"] is True,), weight=20))
    score.append(Rule("is_reformat", any_of=(one["is_reformat"] is True,), weight=20))
    b_value, thickness, images = one["b_value"], one["thickness_mm"], one["n_images"]
    if isinstance(b_value, float):
        score.append(
            Rule("b_value", ge=DIFFUSION_B, weight=30)
            if b_value >= DIFFUSION_B
            else Rule("b_value", lt=DIFFUSION_B, weight=30)
        )
    if isinstance(thickness, float):
        score.append(_thickness(thickness))
    if isinstance(images, float) and images >= STACK_IMAGES:
        score.append(Rule("n_images", ge=float(STACK_IMAGES), weight=10))
    if one["Modality"] in ("PT", "NM") and one["CorrectedImage"]:
        score.append(Rule("CorrectedImage", any_of=_texts(one["CorrectedImage"]), weight=20))


def _thickness(thickness_mm: float) -> Rule:
    if thickness_mm <= THIN_MM:
        return Rule("thickness_mm", le=THIN_MM, weight=10)
    return (
        Rule("thickness_mm", le=THICK_MM, weight=5)
        if thickness_mm <= THICK_MM
        else Rule("thickness_mm", gt=THICK_MM, weight=10)
    )


def _of_film(
    one: Traits, beside: Sequence[Traits], require: list[Rule], exclude: list[Rule], score: list[Rule]
) -> None:
    view, side, projection = one["view"], one["laterality"], one["projection"]
    breast = one["Modality"] == "MG"
    if breast and isinstance(view, str) and view != UNKNOWN:
        require.append(Rule("view", any_of=(view,)))
    elif isinstance(projection, str) and projection != UNKNOWN:
        require.append(Rule("projection", any_of=(projection,)))
        score.append(Rule("view", any_of=(str(view),), weight=20))
    elif isinstance(view, str) and view != UNKNOWN:
        require.append(Rule("view", any_of=(view,)))
    both = {other["laterality"] for other in beside} >= {"L", "R"}
    if isinstance(side, str) and side in ("L", "R") and (breast or both):
        require.append(Rule("laterality", any_of=(side,)))
    if breast:
        found = _texts(one["view_modifier"])
        apart = tuple(x for x in ("magnification", "spot_compression", "stereo") if x not in found)
        if apart:
            exclude.append(Rule("view_modifier", any_of=apart))
        images = one["n_images"]
        single = not isinstance(images, float) or images <= 1
        score.append(Rule("n_images", le=1.0, weight=10) if single else Rule("n_images", gt=1.0, weight=10))


def name_for(one: Traits, taken: Iterable[str], prefix: str = "") -> str:
    """A name for a series by what it is: "axial_lung", "r_cc", "us"; with a number where it is taken."""
    parts = [str(one[word]) for word in _WORDS if one[word] not in (UNKNOWN, "", None)]
    if one["Modality"] == "MG":
        parts = [str(one[word]) for word in ("laterality", "view") if one[word] not in (UNKNOWN, None)]
    if one["contrast"] is True and one["mr_weight"] == "t1":
        parts.append("enhanced")
    stem = _NAME.sub("_", "_".join((*([prefix] if prefix else []), *parts)).lower()).strip("_")
    if not parts:
        stem = _NAME.sub("_", f"{prefix}_{one['Modality']}".lower()).strip("_")
    stem = stem if stem[:1].isalpha() else f"set_{stem}".rstrip("_")
    known, number = set(taken), 2
    name = stem
    while name in known:
        name, number = f"{stem}_{number}", number + 1
    return name


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()
