"""Where a place of one series lies in another of the same patient, so that marks can be carried over."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from accounts.models import User
from ai.errors import RequestError
from ai.types import Geometry
from annotations.assist.errors import AlignRefusedError
from annotations.assist.pixel_cache import read_frames
from annotations.assist.services.prompts import slot
from annotations.reading.selectors.readings import own_reading_for, priors_of, series_of
from common.errors import NotFoundError
from studies.models import Series, Volume

AT_A_TIME = 16
"""So many frames are decoded and then thinned out, so that no whole volume is held."""


@dataclass(frozen=True, slots=True)
class Place:
    """A volume of a series."""

    series_uid: str
    volume_index: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """A rigid motion from places of the first volume to those of the second.

    Attributes
    ----------
    matrix : four rows of four numbers
        Maps (x, y, z, 1) to (x, y, z, 1), LPS mm.
    turn_deg, shift_mm : float
        How far it turns, and how far it moves the middle of the first volume.
    information, before : float
        Mutual information in nats after, and as the positions stand.
    overlap : float
        Share of the points looked at that lie in both.
    """

    matrix: list[list[float]]
    turn_deg: float
    shift_mm: float
    information: float
    before: float
    overlap: float
    elapsed_ms: float


def align_series(*, actor: User, reading_id: UUID, here: Place, there: Place) -> Alignment:
    """Return where places of a volume of the case lie in another one, of the case or of the patient's earlier studies.

    Nothing is saved. It takes seconds and a core, in one of the slots that prompts share.

    Raises
    ------
    NotFoundError
        It is not the actor's own reading in a live project, or a series or volume is not among what it shows.
    AlignRefusedError
        The series are of different modalities, form no volume, or show too little of the same.
    PromptBusyError
        All slots stayed taken for some seconds.
    """
    started = time.perf_counter()
    reading = own_reading_for(actor=actor, reading_id=reading_id)
    own = series_of(case=reading.case)
    shown = [*own, *(prior.series for prior in priors_of(case=reading.case, series=own))]
    (one, first), (two, second) = _volume(shown, here), _volume(shown, there)
    if one.modality != two.modality:
        raise AlignRefusedError("Only images of one modality are brought onto each other.", code="align_modality")
    from ai.imaging.register import register_rigid

    try:
        with slot():
            fixed, moving = _image(first), _image(second)
            found = register_rigid(*fixed, *moving)
    except RequestError as error:
        raise AlignRefusedError(error.message) from error
    geometry = fixed[1]
    middle = geometry.affine_lps @ np.array([*((n - 1) / 2 for n in geometry.shape_kji), 1.0])
    return Alignment(
        matrix=found.matrix.tolist(),
        turn_deg=found.turn_deg,
        shift_mm=float(np.linalg.norm(found.matrix @ middle - middle)),
        information=found.information,
        before=found.before,
        overlap=found.overlap,
        elapsed_ms=1000.0 * (time.perf_counter() - started),
    )


def _volume(shown: list[Series], place: Place) -> tuple[Series, Volume]:
    for series in shown:
        for volume in series.volumes.all():
            if (series.series_uid, volume.index) == (place.series_uid, place.volume_index):
                return series, volume
    raise NotFoundError("This reading shows no such series or volume.", code="volume_not_found")


def _image(volume: Volume) -> tuple[NDArray[np.float32], Geometry]:
    from ai.imaging.register import shrunk

    if volume.geometry is None:
        raise AlignRefusedError("These images form no regular volume.", code="not_a_volume")
    geometry = Geometry(tuple(volume.geometry["shape_kji"]), np.array(volume.geometry["affine_lps"]))
    return shrunk(_frames(volume), geometry)


def _frames(volume: Volume) -> Iterator[NDArray[np.float32]]:
    places = [(str(uid), int(number)) for uid, number in volume.frames]
    for start in range(0, len(places), AT_A_TIME):
        yield from read_frames(volume, places[start : start + AT_A_TIME])
