"""Files that other people's programs wrote, loaded onto the images they were made for."""

import io
import uuid
from pathlib import Path

import pytest

from accounts.types import Role
from annotations.marks.errors import UnreadableMarksError
from annotations.marks.frames import decode_labels
from annotations.marks.loading.opening import opened_file
from annotations.marks.loading.types import Choice, Choices
from annotations.marks.selectors import frames_of
from annotations.reading.models import Reading
from annotations.reading.services.cases import add_cases
from annotations.reading.services.importing import load_marks, plan_load
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import LabelDraft, ProtocolDraft
from studies.services import close_import, open_import, store_file
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::UserWarning")]
LABELS = tuple(LabelDraft(name=name, layer=layer) for layer, name in enumerate(("one", "two", "three", "four", "five")))


def reading_of(folder: Path) -> Reading:
    """Return a reading of the images in a folder."""
    admin, reader = (factories.user(f"{name}-{uuid.uuid4()}", is_staff=name == "root") for name in ("root", "ann"))
    project = create_project(actor=admin, name=folder.name)
    set_member(actor=admin, project=project, user=reader, roles={Role.READER})
    set_protocol(actor=admin, project=project, draft=ProtocolDraft(labels=LABELS, readers_per_case=1))
    batch = open_import(actor=admin, source=folder.name)
    studies = set()
    for path in sorted(path for path in folder.rglob("*") if path.suffix == ".dcm"):
        with path.open("rb") as file:
            studies |= {outcome.study_uid for outcome in store_file(batch=batch, path=path.name, file=file)}
    close_import(actor=admin, batch=batch)
    add_cases(actor=admin, project=project, study_uids=sorted(uid for uid in studies if uid))
    go_live(actor=admin, project=project)
    return Reading.objects.get(reader=reader)


def load(reading: Reading, path: Path, labels: dict[int, int] | None = None) -> dict[int, int]:
    """Load a file and return the voxels of each label that are stored then."""
    data = path.read_bytes()
    with opened_file(path.name, io.BytesIO(data), len(data)) as source:
        chosen = {
            one.number: Choice((labels or {}).get(one.number, place)) for place, one in enumerate(source.segments(), 1)
        }
        load_marks(
            actor=reading.reader,
            reading_id=reading.pk,
            source=source,
            choices=Choices(segments=chosen),
            base_revision=reading.mark_set.head,
            client_id=uuid.uuid4(),
        )
    reading.mark_set.refresh_from_db()
    counts: dict[int, int] = {}
    for frame in frames_of(mark_set=reading.mark_set):
        plane = decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
        for value in range(1, 6):
            if (plane == value).any():
                counts[value] = counts.get(value, 0) + int((plane == value).sum())
    return counts


def test_dcmqis_segmentation_and_label_map_are_the_same_voxels(shared_data):
    reading = reading_of(shared_data / "seg/dcmqi/ct-3slice")
    assert load(reading, shared_data / "seg/dcmqi/liver.dcm", {1: 1}) == {1: 36_233 + 35_645 + 35_220}
    found = load(reading, shared_data / "seg/dcmqi/liver_seg.nrrd", {1: 2})
    assert found[2] == found[1]
    by_place = {1: [], 2: []}
    for frame in frames_of(mark_set=reading.mark_set):
        value = frame.key.layer + 1
        plane = decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
        by_place[value].append((frame.key.sop_instance_uid, (plane > 0).tobytes()))
    assert by_place[1] == by_place[2]


def test_overlapping_segments_stay_whole_in_layers(shared_data):
    reading = reading_of(shared_data / "seg/dcmqi/ct-3slice")
    data = (shared_data / "seg/dcmqi/partial_overlaps.dcm").read_bytes()
    with opened_file("x.dcm", io.BytesIO(data), len(data)) as source:
        wanted = {place: one.voxels for place, one in enumerate(source.segments(), 1)}
    assert load(reading, shared_data / "seg/dcmqi/partial_overlaps.dcm") == {k: v for k, v in wanted.items() if v}


def test_a_fractional_segmentation_without_references_lies_on_one_time_point(shared_data):
    reading = reading_of(shared_data / "mr/UCSF-BR-06_DCE/dicom")
    (path,) = (shared_data / "mr/UCSF-BR-06_DCE/seg").glob("*.dcm")
    assert load(reading, path) == {1: 82_527}
    assert len(frames_of(mark_set=reading.mark_set)) == 42


def test_oblique_contours_of_a_radiotherapy_program(shared_data):
    reading = reading_of(shared_data / "mr/STS_001_T2FS/dicom")
    (path,) = (shared_data / "mr/STS_001_T2FS/rtstruct").glob("*.dcm")
    data = path.read_bytes()
    with opened_file(path.name, io.BytesIO(data), len(data)) as source:
        plan = plan_load(actor=reading.reader, reading_id=reading.pk, source=source, choices=Choices())
        assert [one.matched.segment.name for one in plan.segments] == ["GTV_Mass", "GTV_Edema"]
        assert all(one.choice.label is None for one in plan.segments)  # no label is called so: a person says
    found = load(reading, path)
    assert set(found) == {1, 2}
    assert found[2] > found[1] > 1_000  # the edema is drawn around the mass


def test_a_bare_data_set_is_read_and_an_image_is_no_label_map(shared_data):
    path = shared_data / "rt/pydicom/rtstruct.dcm"  # it has no file meta information
    data = path.read_bytes()
    with opened_file(path.name, io.BytesIO(data), len(data)) as source:
        assert [one.name for one in source.segments()] == ["patient", "Isocenter 1", "Isocenter 2"]
    image = (shared_data / "image_label/pyradiomics/brain1_image.nrrd").read_bytes()
    with (
        pytest.raises(UnreadableMarksError, match="looks like an image"),
        opened_file("brain.nrrd", io.BytesIO(image), len(image)),
    ):
        pass
