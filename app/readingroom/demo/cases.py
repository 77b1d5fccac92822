"""All studies of the demo region, in the order in which they are made."""

from readingroom.demo import cases_film, cases_head, cases_nodule

ALL_CASES = (*cases_nodule.CASES, *cases_head.CASES, *cases_film.CASES)
