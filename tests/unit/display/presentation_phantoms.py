"""Presentation states with known content, made in memory."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

GREY = "1.2.840.10008.5.1.4.1.1.11.1"


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def reference(sop_uid: str, *frames: int, sop_class: str = "1.2.840.10008.5.1.4.1.1.2") -> Dataset:
    made = item(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=sop_uid)
    if frames:
        made.ReferencedFrameNumber = list(frames)
    return made


def grey_state(image: Dataset, **attributes: Any) -> Dataset:
    """A grey state for one image: its whole area, identity; attributes are laid over that."""
    images = [reference(image.SOPInstanceUID, sop_class=image.SOPClassUID)]
    series = item(SeriesInstanceUID=image.SeriesInstanceUID, ReferencedImageSequence=Sequence(images))
    state = item(
        SOPClassUID=GREY, SOPInstanceUID=generate_uid(), StudyInstanceUID=image.StudyInstanceUID, Modality="PR",
        SeriesInstanceUID=generate_uid(), PatientName="OKAFOR^Ada", PatientID="7", PatientBirthDate="", PatientSex="",
        StudyDate="", StudyTime="", StudyID="", AccessionNumber="", ReferringPhysicianName="", SeriesNumber=9,
        InstanceNumber=1, Manufacturer="phantom", ContentLabel="TEACHING", ContentDescription="",
        PresentationCreationDate="20261124", PresentationCreationTime="090000", ContentCreatorName="",
        ReferencedSeriesSequence=Sequence([series]), PresentationLUTShape="IDENTITY",
        DisplayedAreaSelectionSequence=Sequence([area((1, 1), (image.Columns, image.Rows))]),
    )  # fmt: skip
    for keyword, value in attributes.items():
        setattr(state, keyword, value)
    return state


def area(first: tuple[int, int], last: tuple[int, int], mode: str = "SCALE TO FIT", **more: Any) -> Dataset:
    return item(
        DisplayedAreaTopLeftHandCorner=list(first), DisplayedAreaBottomRightHandCorner=list(last),
        PresentationSizeMode=mode, PresentationPixelAspectRatio=[1, 1], **more,
    )  # fmt: skip


def window(centre: float, width: float, *images: Dataset, **more: Any) -> Dataset:
    made = item(WindowCenter=centre, WindowWidth=width, **more)
    if images:
        made.ReferencedImageSequence = Sequence(images)
    return made


def shape(kind: str, points: list[float], units: str = "PIXEL", filled: bool = False) -> Dataset:
    return item(
        GraphicType=kind, GraphicData=points, GraphicAnnotationUnits=units, GraphicDimensions=2,
        NumberOfGraphicPoints=len(points) // 2, GraphicFilled="Y" if filled else "N",
    )  # fmt: skip


def layer(name: str, order: int, **colour: Any) -> Dataset:
    return item(GraphicLayer=name, GraphicLayerOrder=order, **colour)


def annotation(layer_name: str, shapes: list[Dataset] = (), texts: list[Dataset] = (), **more: Any) -> Dataset:
    made = item(GraphicLayer=layer_name, **more)
    if shapes:
        made.GraphicObjectSequence = Sequence(shapes)
    if texts:
        made.TextObjectSequence = Sequence(texts)
    return made
