"""The archive's plug is pulled while a series is on its way; when it is back, only the rest is fetched."""

from pathlib import Path

import pytest
from tests.fakes.archives import MemoryShelf
from tests.fakes.objects import STUDY, ct_slice
from tests.fakes.orthanc import OrthancServer, orthanc_is_here

from readingroom.archive.dicomweb import DicomWeb
from readingroom.archive.region import Region
from readingroom.base.jobs import Ticket
from readingroom.record.search import Received
from readingroom.session.fetch import bring_missing, open_study
from readingroom.session.fetch_study import fetch_study
from readingroom.settings.sections import ArchiveSettings

SLICES = 40


@pytest.mark.orthanc
def test_what_came_before_the_archive_stopped_is_kept_and_the_rest_follows(tmp_path: Path) -> None:
    if reason := orthanc_is_here():
        pytest.skip(reason)
    shelf = MemoryShelf()
    server = OrthancServer(tmp_path)
    door = DicomWeb(ArchiveSettings("RM3", "dicomweb", url=server.url, timeout_s=5))
    region = Region([door])
    try:
        server.start()
        for number in range(1, SLICES + 1):
            server.put(ct_slice(number, size=512))
        study = open_study(region, shelf, STUDY)
        (series,) = study.series

        def arrived(received: Received) -> None:
            if len(shelf.objects) == 3:
                server.kill()

        wanted = [one.sop_uid for one in series.instances]
        failures = bring_missing(door, shelf, study, series, wanted, Ticket(), arrived)
        kept, came = set(shelf.objects), len(shelf.objects)
        assert 3 <= came < SLICES and len(failures) == SLICES - came
        assert all("RM3" in failure.problem and failure.remedy for failure in failures)
        assert open_study(region, shelf, STUDY).uid == STUDY

        server.start()
        outcome = fetch_study(region, shelf, STUDY, ticket=Ticket())
        assert (outcome.received, outcome.resumed, outcome.failed) == (SLICES, came, ())
        assert outcome.byte_count == sum(len(p) for key, p in shelf.objects.items() if key not in kept)
    finally:
        door.close()
        server.kill()
