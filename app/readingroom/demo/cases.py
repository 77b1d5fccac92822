"""All studies of the demo region, in the order in which they are made."""

from readingroom.demo import (
    cases_angio,
    cases_bone,
    cases_breast,
    cases_film,
    cases_head,
    cases_nodule,
    cases_trunk,
    cases_ultrasound,
)

ALL_CASES = (
    *cases_nodule.CASES, *cases_head.CASES, *cases_film.CASES, *cases_trunk.CASES, *cases_breast.CASES,
    *cases_ultrasound.CASES, *cases_angio.CASES, *cases_bone.CASES,
)  # fmt: skip
