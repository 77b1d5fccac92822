"""How a series was made, read from its first header."""

from pydicom.dataset import Dataset

from readingroom.record.from_dicom import series_of
from readingroom.record.making import facts_of
from readingroom.record.tags import DatasetTags


def test_what_tells_a_t1_from_a_t2_is_kept_of_a_header() -> None:
    header = Dataset()
    header.ScanningSequence, header.RepetitionTime, header.EchoTime = ["SE", "IR"], "9000", "112"
    header.InversionTime = "2500"
    facts = dict(facts_of(DatasetTags(header)))
    assert facts["ScanningSequence"] == "SE\\IR"
    assert (facts["RepetitionTime"], facts["EchoTime"], facts["InversionTime"]) == ("9000", "112", "2500")


def test_enhanced_objects_tell_their_times_in_functional_groups() -> None:
    timing, echo, shared, header = Dataset(), Dataset(), Dataset(), Dataset()
    timing.RepetitionTime, echo.EffectiveEchoTime = 5400.0, 84.0
    shared.MRTimingAndRelatedParametersSequence, shared.MREchoSequence = [timing], [echo]
    header.SharedFunctionalGroupsSequence = [shared]
    facts = dict(facts_of(DatasetTags(header)))
    assert (facts["RepetitionTime"], facts["EchoTime"]) == ("5400", "84")


def test_a_contrast_agent_that_is_only_coded_counts() -> None:
    agent, header = Dataset(), Dataset()
    agent.CodeMeaning = "Gadoterate"
    header.ContrastBolusAgentSequence = [agent]
    assert series_of(DatasetTags(header)).fact("ContrastBolusAgent") == "Gadoterate"


def test_what_a_header_does_not_say_is_absent() -> None:
    assert facts_of(DatasetTags(Dataset())) == ()
    assert series_of(DatasetTags(Dataset())).fact("EchoTime") == ""
