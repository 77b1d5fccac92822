"""The archive stops in the middle of loading: what came can be read, measured and signed; the report waits, then goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.orthanc import OrthancServer, orthanc_is_here
from tests.fakes.windows import Windows

from readingroom.demo.region import read_truth
from readingroom.session import reporting_desk
from readingroom.session.measuring import measure
from readingroom.settings.sections import ArchiveSettings

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.skipif(bool(orthanc_is_here()), reason=orthanc_is_here() or "Orthanc is here"),
]


CASE = "chest-nodule-current"


@pytest.fixture
def archive(tmp_path: Path, demo_region: Path) -> Iterator[OrthancServer]:
    """An Orthanc that holds the examination with the nodule, 247 images."""
    with OrthancServer(tmp_path / "orthanc") as server:
        for path in sorted((demo_region / "northgate" / CASE).rglob("*.dcm")):
            server.put(path.read_bytes())
        yield server


def stop_in_the_middle(glass: Windows, archive: OrthancServer, study_uid: str) -> None:
    """Open, and pull the plug when the first images have come."""
    came: list[str] = []

    def first(series_uid: str) -> None:
        came.append(series_uid)
        if len(came) == 3:
            archive.kill()

    leave = glass.desk.counts_changed.listen(first)
    glass.open(study_uid)
    glass.wait(lambda: archive.number is None)
    leave()
    glass.wait(lambda: glass.desk.case is not None and glass.desk.frame(glass.desk.case.frame_at(0)) is not None)  # type: ignore[arg-type]


def test_the_archive_stops_while_a_case_loads_and_nothing_of_the_reading_is_lost(
    tmp_path: Path, archive: OrthancServer, demo_region: Path
) -> None:
    study_uid = read_truth(demo_region)["cases"][CASE]["study_uid"]
    doors = (ArchiveSettings("Regional archive", "dicomweb", url=archive.url, timeout_s=5.0),)
    with Windows(tmp_path / "profile", doors) as glass:
        glass.show()
        stop_in_the_middle(glass, archive, study_uid)
        case = glass.desk.case
        assert case is not None
        glass.wait(lambda: "Regional archive" in glass.words)
        # What was read before the plug was pulled still arrives.
        glass.wait(lambda: not glass.desk.loader.busy)
        glass.rest(0.3)
        here = sum(glass.desk.loader.received(series) for series in case.study.series)
        assert 0 < here < 247, "the plug was pulled in the middle"
        glass.wait(lambda: f"{here} of 247 objects are here" in glass.station.reading.banner.complete.text())
        ref = case.frame_at(0)
        assert ref is not None
        made = measure(glass.desk, "length", ref, ((200.5, 250.5), (260.5, 250.5)))
        assert made is not None and made.values[0].value > 0
        reporting_desk.write(glass.desk, "impression", "A nodule in the right upper lobe.")
        waived = {concern.rule: "the archive is down" for concern in reporting_desk.concerns(glass.desk)}
        reporting_desk.sign_now(glass.desk, waived)
        glass.wait(lambda: glass.desk.case.draft is not None and glass.desk.case.draft.state == "failed", 60)  # type: ignore[union-attr]
        assert glass.station.reading.report.state.text() == "Not stored – in the outbox"
        archive.start()
        reporting_desk.send(glass.desk)
        glass.wait(lambda: glass.desk.case.draft.state == "stored", 60)  # type: ignore[union-attr]
        assert glass.station.reading.report.state.text() == "Stored (verified)"
        glass.wait(lambda: sum(glass.desk.loader.received(s) for s in case.study.series) == 247, 60)
        assert archive.counts()["CountInstances"] == 247 + 2, "each image, the measurements, the report: each once"
