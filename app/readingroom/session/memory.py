"""A case as JSON for the journal, and back: what survives kill -9."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from readingroom.display.view import ViewState
from readingroom.hanging.placing import Area, Board
from readingroom.measure.calibration import UserCalibration
from readingroom.pixels.frame import Voi
from readingroom.pixels.subtraction import Subtraction
from readingroom.record.finding import Basis, InSpace, Measurement, Value
from readingroom.record.patient import Patient
from readingroom.record.study import FrameRef, Vector
from readingroom.reporting.kept import KeptView, Star
from readingroom.reporting.lesions import Followed
from readingroom.session.case import Calibration, Case, Link


def view_as_json(view: ViewState) -> dict[str, Any]:
    """A view; a window that is a lookup table is the image's own and need not be kept."""
    kept = view.voi if view.voi is not None and view.voi.table is None else None
    return {
        "stack": view.stack_id, "index": view.index, "zoom": view.zoom, "pan": list(view.pan),
        "rotation": view.rotation, "flipped": view.flipped, "inverted": view.inverted, "smooth": view.smooth,
        "voi": [kept.centre, kept.width, kept.function] if kept else None, "voi_name": view.voi_name,
        "presentation": view.presentation, "area": list(view.area) if view.area is not None else None,
        "upright": list(view.upright), "anchor": view.anchor, "together": list(view.together),
        "fit_mm": list(view.fit_mm) if view.fit_mm is not None else None, "counterpart": view.counterpart,
        "over": view.over, "subtraction": asdict(view.subtraction) if view.subtraction is not None else None,
    }  # fmt: skip


def view_from_json(kept: Mapping[str, Any]) -> ViewState:
    """The view again."""
    voi = kept.get("voi")
    pan, area = kept.get("pan") or (0.0, 0.0), kept.get("area")
    upright, fit = kept.get("upright") or (0, False), kept.get("fit_mm")
    return ViewState(
        stack_id=str(kept.get("stack", "")),
        index=int(kept.get("index", 0)),
        zoom=kept.get("zoom"),
        pan=(float(pan[0]), float(pan[1])),
        rotation=int(kept.get("rotation", 0)),
        flipped=bool(kept.get("flipped")),
        inverted=bool(kept.get("inverted")),
        smooth=bool(kept.get("smooth", True)),
        voi=Voi(float(voi[0]), float(voi[1]), str(voi[2])) if voi else None,
        voi_name=str(kept.get("voi_name", "")),
        presentation=str(kept.get("presentation", "")),
        area=(float(area[0]), float(area[1]), float(area[2]), float(area[3])) if area else None,
        upright=(int(upright[0]), bool(upright[1])),
        anchor=str(kept.get("anchor", "")) if kept.get("anchor") in ("left", "right") else "",
        fit_mm=(float(fit[0]), float(fit[1])) if fit and min(fit) > 0 else None,
        together=tuple(str(one) for one in kept.get("together", ())),
        counterpart=str(kept.get("counterpart", "")),
        subtraction=_subtraction(kept.get("subtraction")),
        over=str(kept.get("over", "")),
    )


def _subtraction(kept: Mapping[str, Any] | None) -> Subtraction | None:
    if not kept:
        return None
    down, right = kept["shift_px"]
    masks = tuple(int(n) for n in kept["masks"])
    return Subtraction(
        masks, (float(down), float(right)), int(kept["averaged"]), str(kept["source"]), float(kept["visibility"])
    )


def measurement_as_json(measurement: Measurement) -> dict[str, Any]:
    """A measurement with its numbers as they were shown."""
    ref, basis, space = measurement.frame, measurement.basis, measurement.space
    # By hand: dataclasses.asdict takes a display refresh for a few hundred of them.
    return {
        "tool": measurement.tool,
        "frame": {"study_uid": ref.study_uid, "series_uid": ref.series_uid, "sop_uid": ref.sop_uid, "frame": ref.frame},
        "points": measurement.points,
        "values": [
            {"concept": v.concept, "value": v.value, "unit": v.unit, "plus_minus": v.plus_minus} for v in measurement.values
        ],
        "basis": {"unit": basis.unit, "text": basis.text, "source": basis.source, "certain": basis.certain},
        "label": measurement.label, "tracking_uid": measurement.tracking_uid, "author": measurement.author,
        "at": measurement.at.isoformat() if measurement.at else None, "finding": measurement.finding,
        "site": measurement.site, "space": asdict(space) if space is not None else None,
    }  # fmt: skip


def measurement_from_json(kept: Mapping[str, Any]) -> Measurement:
    """The measurement again, number for number."""
    finding, site = kept.get("finding"), kept.get("site")
    return Measurement(
        tool=kept["tool"],
        frame=FrameRef(**kept["frame"]),
        points=tuple((float(x), float(y)) for x, y in kept["points"]),
        values=tuple(Value(**value) for value in kept["values"]),
        basis=Basis(**kept["basis"]),
        label=kept.get("label", ""),
        tracking_uid=kept.get("tracking_uid", ""),
        author=kept.get("author", ""),
        at=datetime.fromisoformat(kept["at"]) if kept.get("at") else None,
        finding=(finding[0], finding[1], finding[2]) if finding else None,
        site=(site[0], site[1], site[2]) if site else None,
        space=_space_from_json(kept["space"]) if kept.get("space") else None,
    )


def _space_from_json(kept: Mapping[str, Any]) -> InSpace:
    def vector(one: Any) -> Vector:
        return float(one[0]), float(one[1]), float(one[2])

    return InSpace(
        tuple(vector(point) for point in kept["points_mm"]), str(kept["frame_of_reference_uid"]), vector(kept["row"]),
        vector(kept["column"]), float(kept["slab_mm"]), str(kept["mode"]),
    )  # fmt: skip


def _calibration(kept: Mapping[str, Any]) -> Calibration:
    drawn = kept["drawn"]
    (x0, y0), (x1, y1) = drawn["start"], drawn["end"]
    return Calibration(
        str(kept["sop_uid"]),
        UserCalibration((float(x0), float(y0)), (float(x1), float(y1)), float(drawn["mm"]), str(drawn["what"])),
    )


def _followed(kept: Mapping[str, Any] | None) -> Followed | None:
    if not kept:
        return None
    finding, site = (tuple(code) if (code := kept.get(name)) else None for name in ("finding", "site"))
    return Followed(str(kept["tracking_uid"]), str(kept.get("label", "")), finding, site)


def _star_as_json(star: Star) -> dict[str, Any]:
    return {**asdict(star), "at": star.at.isoformat()}


def star_from_json(kept: Mapping[str, Any]) -> Star:
    """The star again."""
    at = datetime.fromisoformat(kept["at"])
    return Star(FrameRef(**kept["frame"]), str(kept["title"]), str(kept["note"]), at)


def _kept_as_json(kept: KeptView) -> dict[str, Any]:
    voi = kept.voi
    return {
        "frame": asdict(kept.frame), "name": kept.name, "view": view_as_json(kept.view),
        "voi": [voi.centre, voi.width, voi.function] if voi is not None else None,
        "area": list(kept.area) if kept.area is not None else None,
        "measurements": [measurement_as_json(one) for one in kept.measurements], "at": kept.at.isoformat(),
    }  # fmt: skip


def kept_view_from_json(kept: Mapping[str, Any]) -> KeptView:
    """The kept view again."""
    voi, area = kept.get("voi"), kept.get("area")
    return KeptView(
        FrameRef(**kept["frame"]), str(kept["name"]), view_from_json(kept["view"]),
        Voi(float(voi[0]), float(voi[1]), str(voi[2])) if voi else None,
        (float(area[0]), float(area[1]), float(area[2]), float(area[3])) if area else None,
        tuple(measurement_from_json(one) for one in kept["measurements"]), datetime.fromisoformat(kept["at"]),
    )  # fmt: skip


def case_as_json(case: Case) -> dict[str, Any]:
    """What of a case is the reader's own: the arrangement, the windows, the measurements, what was seen."""
    patient = case.study.patient
    born = patient.birth_date.isoformat() if patient.birth_date else None
    return {
        "patient": [patient.id, patient.issuer, patient.name, born, patient.sex],
        "priors": [study.uid for study in case.priors],
        "layout": list(case.layout),
        "areas": [list(area) for area in case.areas],
        "further": [{"layout": list(one.layout), "areas": [list(area) for area in one.areas]} for one in case.further],
        "tiles": [view_as_json(view) for view in case.tiles],
        "tiled": case.tiled,
        "as_hung": case.is_as_hung and case.stage == 0,
        "active": case.active,
        "maximised": case.maximised,
        "tool": case.tool,
        "measurements": [measurement_as_json(m) for m in case.measurements],
        "calibrations": [asdict(one) for one in case.calibrations],
        "marks_shown": case.marks_shown,
        "following": asdict(case.following) if case.following is not None else None,
        "targets": list(case.targets),
        "stars": [_star_as_json(one) for one in case.stars],
        "views": [_kept_as_json(one) for one in case.views],
        "selected": case.selected,
        "seen": sorted(case.seen),
        "linked": case.linked,
        "links": [asdict(link) for link in case.links],
        "reference_lines": case.reference_lines,
        "text_shown": case.text_shown,
        "reported": sorted(case.reported),
    }


def patient_from_json(kept: Mapping[str, Any]) -> Patient | None:
    """Whose case it was, or None where the journal does not say."""
    if not kept.get("patient"):
        return None
    identifier, issuer, name, born, sex = kept["patient"]
    return Patient(str(identifier), str(issuer), str(name), date.fromisoformat(born) if born else None, str(sex))


def arrangement_from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a case as they were, to be put over a freshly opened one with dataclasses.replace."""
    rows, columns = kept["layout"]
    maximised = kept.get("maximised")
    return {
        "layout": (int(rows), int(columns)),
        "areas": _areas(kept),
        "further": tuple(
            Board((int(one["layout"][0]), int(one["layout"][1])), _areas(one)) for one in kept.get("further", ())
        ),
        "tiles": tuple(view_from_json(view) for view in kept["tiles"]),
        "tiled": str(kept.get("tiled", "")),
        "active": int(kept.get("active", 0)),
        "maximised": int(maximised) if maximised is not None else None,
        "tool": str(kept.get("tool", "scroll")),
        "measurements": tuple(measurement_from_json(m) for m in kept.get("measurements", ())),
        "calibrations": tuple(_calibration(one) for one in kept.get("calibrations", ())),
        "marks_shown": bool(kept.get("marks_shown", True)),
        "following": _followed(kept.get("following")),
        "targets": tuple(str(uid) for uid in kept.get("targets", ())),
        "stars": tuple(star_from_json(one) for one in kept.get("stars", ())),
        "views": tuple(kept_view_from_json(one) for one in kept.get("views", ())),
        "selected": str(kept.get("selected", "")),
        "seen": frozenset(kept.get("seen", ())),
        "linked": bool(kept.get("linked", True)),
        "links": tuple(Link(**link) for link in kept.get("links", ())),
        "reference_lines": bool(kept.get("reference_lines", True)),
        "text_shown": bool(kept.get("text_shown", True)),
        "reported": frozenset(kept.get("reported", ())),
    }


def _areas(kept: Mapping[str, Any]) -> tuple[Area, ...]:
    return tuple((int(r), int(c), int(h), int(w)) for r, c, h, w in kept.get("areas", ()))
