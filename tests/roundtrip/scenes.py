"""Small series of every kind of geometry, with masks on them that no mirroring or shift leaves the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence

from tests.studies.making import image, uid

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
ULTRASOUND_LOOP = "1.2.840.10008.5.1.4.1.1.3.1"
DIGITAL_XRAY = "1.2.840.10008.5.1.4.1.1.1.1"
ROWS, COLUMNS = 12, 16
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)

Place = tuple[str, int]
Masks = dict[tuple[str, int, int], NDArray[np.uint8]]
"""(SOP Instance UID, frame number, layer) → labels (rows, columns); 1 and 2 lie in layer 0, 3 in layer 1."""


@dataclass(frozen=True)
class Scene:
    """A series and the marks on it.

    Attributes
    ----------
    images : list of Dataset
        In the order in which they are brought in.
    masks : Masks
    regular : bool
        Its frames form regular volumes.
    placed : bool
        Its images say where in the patient they lie.
    """

    name: str
    images: list[Dataset]
    masks: Masks
    regular: bool = True
    placed: bool = True


def oblique() -> tuple[float, ...]:
    """Return row and column cosines turned about two axes."""
    a, b = np.deg2rad(21.0), np.deg2rad(-34.0)
    turn_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return tuple((turn_z @ turn_x)[:, :2].T.ravel())


def series(
    positions: Sequence[Sequence[float]],
    cosines: Sequence[float] = AXIAL,
    spacing: tuple[float, float] = (0.8, 0.8),
    extra: Callable[[int], dict[str, object]] = lambda _: {},
    size: tuple[int, int] = (ROWS, COLUMNS),
) -> list[Dataset]:
    """Return single-frame CT images at the given places."""
    study, own, frame = uid(), uid(), uid()
    return [
        image(
            StudyInstanceUID=study,
            SeriesInstanceUID=own,
            FrameOfReferenceUID=frame,
            InstanceNumber=number,
            Rows=size[0],
            Columns=size[1],
            PixelSpacing=list(spacing),
            SliceThickness=2.0,
            ImageOrientationPatient=[f"{value:.12g}" for value in cosines],
            ImagePositionPatient=[f"{value:.10g}" for value in position],
            PixelData=np.full(size[0] * size[1], number, "<i2").tobytes(),
            **extra(number - 1),
        )
        for number, position in enumerate(positions, start=1)
    ]


def along(
    cosines: Sequence[float], steps: Sequence[float], origin: Sequence[float] = (-20, 15, 40)
) -> list[list[float]]:
    """Return places along the normal."""
    normal = np.cross(cosines[:3], cosines[3:])
    return [list(np.array(origin) + step * normal) for step in steps]


def blobs(
    places: Sequence[Place], seed: int, *, overlap: bool = False, shape: tuple[int, int] = (ROWS, COLUMNS)
) -> Masks:
    """Return labels 1 and 2 in layer 0 with holes and corners that touch, and 3 over them in layer 1 if wanted."""
    rng = np.random.default_rng(seed)
    masks: Masks = {}
    for k, (sop, number) in enumerate(places):
        if k % 4 == 3:
            continue  # an empty frame in between
        plane = np.zeros(shape, np.uint8)
        plane[1:8, 2:10] = 1
        plane[3:5, 4 + k % 3 : 7 + k % 3] = 0  # a hole
        plane[6, 9:12] = 2
        plane[9, 1 + k % 5] = 2
        plane[8, 10] = plane[9, 11] = 1  # they touch at a corner
        plane[(rng.random(shape) > 0.93) & (plane == 0)] = 2
        masks[sop, number, 0] = plane
        if overlap:
            over = np.zeros(shape, np.uint8)
            over[2:10, 1 + k : 6 + k] = 3
            masks[sop, number, 1] = over
    return masks


def places_of(images: Sequence[Dataset]) -> list[Place]:
    """Return every frame of the images."""
    return [
        (str(one.SOPInstanceUID), number)
        for one in images
        for number in range(1, int(one.get("NumberOfFrames") or 1) + 1)
    ]


def _plain(name: str, images: list[Dataset], *, overlap: bool = False, regular: bool = True) -> Scene:
    return Scene(name, images, blobs(places_of(images), len(name), overlap=overlap), regular=regular)


def _tilted() -> Scene:
    angle = np.deg2rad(18.0)
    cosines = (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))
    return _plain("gantry-tilted", series([[-20, 15, 3.0 * k] for k in range(6)], cosines), regular=False)


def _times() -> Scene:
    places = along(AXIAL, [0, 3, 6, 9]) * 3

    def extra(index: int) -> dict[str, object]:
        time = index // 4
        return {
            "TemporalPositionIdentifier": time + 1,
            "AcquisitionTime": f"10{time:02d}00",
            "ContentTime": f"10{time:02d}00",
            "AcquisitionNumber": time + 1,
        }

    return _plain("4-D", series(places, extra=extra))


def _enhanced() -> Scene:
    places = along(oblique(), [0, 2, 4, 6, 8])
    (one,) = series(places[:1], oblique())
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"):
        delattr(one, name)
    one.SOPClassUID = ENHANCED_CT
    one.NumberOfFrames = len(places)
    one.PixelData = np.arange(len(places) * ROWS * COLUMNS, dtype="<i2").tobytes()
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.8, 0.6], 2.0
    orientation.ImageOrientationPatient = [f"{value:.12g}" for value in oblique()]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    one.SharedFunctionalGroupsSequence = DicomSequence([shared])
    groups = []
    for number, place in enumerate(places, start=1):
        group, position, content = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [f"{value:.10g}" for value in place]
        content.StackID, content.InStackPositionNumber, content.DimensionIndexValues = "1", number, [1, number]
        group.PlanePositionSequence, group.FrameContentSequence = [position], [content]
        groups.append(group)
    one.PerFrameFunctionalGroupsSequence = DicomSequence(groups)
    return _plain("multi-frame (enhanced)", [one])


def _loop() -> Scene:
    (one,) = series([[0, 0, 0]])
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "FrameOfReferenceUID"):
        delattr(one, name)
    one.SOPClassUID, one.Modality, one.NumberOfFrames = ULTRASOUND_LOOP, "US", 4
    one.PixelData = np.arange(4 * ROWS * COLUMNS, dtype="<i2").tobytes()
    return Scene("ultrasound loop", [one], blobs(places_of([one]), 3), regular=False, placed=False)


def _projection() -> Scene:
    (one,) = series([[0, 0, 0]])
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "FrameOfReferenceUID"):
        delattr(one, name)
    one.SOPClassUID, one.Modality, one.ImagerPixelSpacing = DIGITAL_XRAY, "DX", [0.2, 0.2]
    return Scene("projection X-ray", [one], blobs(places_of([one]), 4), regular=False, placed=False)


def _single() -> Scene:
    images = series(along(AXIAL, [0, 2, 4]))
    first, middle, last = places_of(images)
    masks: Masks = {}
    for (sop, number), (row, column), value in ((first, (0, 0), 1), (middle, (5, 6), 1), (last, (-1, -1), 2)):
        plane = np.zeros((ROWS, COLUMNS), np.uint8)
        plane[row, column] = value
        masks[sop, number, 0] = plane
    return Scene("single voxels", images, masks)


def _odd() -> Scene:
    images = series(along(AXIAL, [0, 2, 4, 6]), size=(11, 13))
    return Scene("frames ending inside bytes", images, blobs(places_of(images), 5, shape=(11, 13)))


def _shuffled() -> Scene:
    images = series(along(AXIAL, [0, 2, 4, 6, 8, 10]))
    rng = np.random.default_rng(8)
    masks = blobs(places_of(images), 9)
    for one, number in zip(images, rng.permutation(6).tolist(), strict=True):
        one.InstanceNumber = number + 1
    return Scene("shuffled instances", [images[place] for place in rng.permutation(6)], masks)


def scenes() -> list[Scene]:
    """Return all scenes, fresh."""
    even = [0, 2.5, 5, 7.5, 10, 12.5]
    return [
        _plain("axial", series(along(AXIAL, even))),
        _plain("sagittal", series(along(SAGITTAL, even), SAGITTAL)),
        _plain("coronal", series(along(CORONAL, even), CORONAL)),
        _plain("oblique", series(along(oblique(), even), oblique())),
        _tilted(),
        _plain("unevenly spaced", series(along(AXIAL, [0, 2, 5, 6, 10.5])), regular=False),
        _plain("non-square pixels", series(along(AXIAL, even), spacing=(0.5, 1.3))),
        _times(),
        _enhanced(),
        _plain("overlapping", series(along(AXIAL, even)), overlap=True),
        _single(),
        _shuffled(),
        _odd(),
        _loop(),
        _projection(),
        Scene("empty", series(along(AXIAL, even)), {}),
    ]
