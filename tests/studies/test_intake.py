"""What becomes of files, good and bad."""

import hashlib
import zlib
from io import BytesIO

import numpy as np
import pytest
from django.core.files.storage import default_storage
from pydicom import dcmread
from pydicom.uid import ExplicitVRBigEndian

from common.errors import DeniedError
from studies.errors import ImportClosedError, TooLargeError
from studies.models import Instance, PendingBlobs, Series, SetAsideFile, StorageRules, Study
from studies.pixels import header_of, stored_file
from studies.services import close_import, discard_set_aside, open_import, retry_set_aside, store_file
from studies.services.verification import Wish, verify_archive
from studies.types import Outcome, SetAsideReason, Trouble
from tests import factories
from tests.studies.making import encapsulated, file_of, image, only, stack, uid


@pytest.fixture
def batch(importer):
    return open_import(actor=importer, source="test")


def store(batch, content: bytes, path: str = "a.dcm"):
    return only(store_file(batch=batch, path=path, file=BytesIO(content)))


def test_an_accepted_file_is_kept_byte_for_byte(batch) -> None:
    content = file_of(image()).getvalue()
    outcome = store(batch, content)
    assert outcome.outcome == Outcome.ACCEPTED
    instance = Instance.objects.get(sop_instance_uid=outcome.sop_instance_uid)
    digest = hashlib.sha256(content).hexdigest()
    assert instance.blob == f"instances/{digest[:2]}/{digest}.dcm"
    with stored_file(instance) as file:
        assert file.read() == content
    (offset, length) = instance.frame_spans[0]
    assert np.array_equal(np.frombuffer(content[offset : offset + length], "<i2"), np.arange(24))
    assert (instance.series.instance_count, instance.series.frame_count) == (1, 1)


def test_the_same_bytes_twice_are_one_instance(batch) -> None:
    content = file_of(image()).getvalue()
    assert [store(batch, content).outcome for _ in range(2)] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert Instance.objects.count() == 1
    batch.refresh_from_db()
    assert (batch.accepted, batch.duplicates) == (1, 1)


def test_a_file_that_was_lost_is_put_back_by_whoever_sends_it_again(batch, importer) -> None:
    contents = [file_of(ds).getvalue() for ds in stack(3)]
    for content in contents:
        store(batch, content)
    lost = Instance.objects.first()
    default_storage.delete(lost.blob)
    StorageRules.objects.create(pk=1, quota_bytes=0)  # it is counted already
    again = open_import(actor=importer, source="again")
    assert {store(again, content).outcome for content in contents} == {Outcome.DUPLICATE}
    with default_storage.open(lost.blob) as file:
        assert file.read() in contents
    assert not PendingBlobs.objects.exists()
    assert verify_archive(wish=Wish(idle=True)).found.get(Trouble.MISSING_BLOB, 0) == 0


def test_the_same_uid_with_other_bytes_is_a_conflict_and_both_are_kept(batch) -> None:
    first = image()
    kept = file_of(first).getvalue()
    store(batch, kept)
    first.PatientID = "somebody else"
    outcome = store(batch, file_of(first).getvalue())
    assert (outcome.outcome, outcome.reason) == (Outcome.SET_ASIDE, SetAsideReason.CONFLICT)
    with default_storage.open(Instance.objects.get().blob) as file:
        assert file.read() == kept
    with default_storage.open(SetAsideFile.objects.get().blob) as file:
        assert dcmread(file).PatientID == "somebody else"


def test_a_series_cannot_be_in_two_studies(batch) -> None:
    series = uid()
    store(batch, file_of(image(SeriesInstanceUID=series)).getvalue())
    assert store(batch, file_of(image(SeriesInstanceUID=series)).getvalue()).reason == SetAsideReason.SERIES_TAKEN
    assert Study.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (b"", SetAsideReason.NOT_DICOM, "empty"),
        (b"hello, this is a text file of some length\n" * 20, SetAsideReason.NOT_DICOM, "does not begin"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), SetAsideReason.NOT_DICOM, "PNG"),
        (bytes(128) + b"DICM", SetAsideReason.MISSING_UID, "StudyInstanceUID"),
        (bytes(5000), SetAsideReason.NOT_DICOM, "does not begin"),
    ],
)
def test_what_is_not_dicom_is_set_aside_with_its_bytes(batch, content, reason, words) -> None:
    outcome = store(batch, content, "notes.txt")
    assert (outcome.outcome, outcome.reason) == (Outcome.SET_ASIDE, reason)
    assert words in outcome.detail
    row = SetAsideFile.objects.get()
    with default_storage.open(row.blob) as file:
        assert file.read() == content


def test_truncated_at_every_place(batch) -> None:
    content = file_of(image()).getvalue()
    outcomes = [store(batch, content[:size]) for size in range(140, len(content), 7)]
    assert {outcome.outcome for outcome in outcomes} == {Outcome.SET_ASIDE}
    assert {outcome.reason for outcome in outcomes} <= {
        SetAsideReason.TRUNCATED,
        SetAsideReason.MISSING_UID,
        SetAsideReason.NO_PIXELS,
    }
    assert outcomes[-1].reason == SetAsideReason.TRUNCATED


def test_pixel_data_shorter_than_rows_times_columns(batch) -> None:
    outcome = store(batch, file_of(image(PixelData=bytes(40))).getvalue())
    assert outcome.reason == SetAsideReason.TRUNCATED
    assert "48 bytes" in outcome.detail


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"StudyInstanceUID": None}, SetAsideReason.MISSING_UID),
        ({"SeriesInstanceUID": ""}, SetAsideReason.MISSING_UID),
        ({"SOPInstanceUID": "not a uid"}, SetAsideReason.MISSING_UID),
        ({"PixelData": None}, SetAsideReason.NO_PIXELS),
        ({"NumberOfFrames": 3_000_000}, SetAsideReason.UNSUPPORTED),
        ({"Rows": 65535, "Columns": 65535, "PixelData": bytes(100)}, SetAsideReason.TRUNCATED),
        ({"Rows": None}, SetAsideReason.UNREADABLE),
    ],
)
def test_what_an_image_needs(batch, changes, reason) -> None:
    assert store(batch, file_of(image(**changes)).getvalue()).reason == reason


def test_without_preamble_and_file_meta(batch) -> None:
    content = file_of(image()).getvalue()
    start = content.index(b"\x08\x00\x16\x00UI")
    outcome = store(batch, content[start:])
    assert outcome.outcome == Outcome.ACCEPTED
    assert Instance.objects.get().transfer_syntax_uid == "1.2.840.10008.1.2.1"


def test_a_length_that_is_a_lie_costs_no_memory(batch) -> None:
    content = bytearray(file_of(image(PatientComments="x" * 20)).getvalue())
    at = content.index(b"\x10\x00\x00\x40LT") + 6
    content[at : at + 2] = b"\xff\xff"
    assert store(batch, bytes(content)).reason == SetAsideReason.TRUNCATED
    content = bytearray(file_of(image()).getvalue())
    at = content.index(b"\xe0\x7f\x10\x00OW") + 8
    content[at : at + 4] = (2_000_000_000).to_bytes(4, "little")
    assert store(batch, bytes(content)).outcome == Outcome.ACCEPTED  # all 48 bytes that the image needs are there


def test_a_deflated_bomb_stays_small(batch) -> None:
    head = file_of(image()).getvalue()
    meta_end = head.index(b"\x08\x00\x05\x00CS")
    meta = head[:meta_end].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    meta = meta.replace(b"UI\x14\x001.2.840.10008.1.2.1.99", b"UI\x16\x001.2.840.10008.1.2.1.99")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(300 << 20)) + packer.flush()
    assert store(batch, meta + bomb).reason == SetAsideReason.UNSUPPORTED


def test_odd_values_do_not_stop_a_file(batch) -> None:
    ds = image()
    content = file_of(ds).getvalue().replace(b"20200131", b"2020.1.3").replace(b"Doe^Jane", b"Doe\xff^\xfe\x00 ")
    assert store(batch, content).outcome == Outcome.ACCEPTED
    assert Study.objects.get().study_date == "2020.1.3"


def test_dots_in_dates_of_old_files_are_left_out(batch) -> None:
    ds = image()
    ds.add_new(0x00080020, "LO", "1995.06.26")
    store(batch, file_of(ds).getvalue())
    assert Study.objects.get().study_date == "19950626"


def test_frames_of_several_fragments_have_no_spans(batch) -> None:
    frame = bytes([1, 0, 0, 0]) + (64).to_bytes(4, "little") + bytes(56) + bytes(40)
    one = encapsulated(image(), [frame])
    many = encapsulated(image(), [frame], fragments_per_frame=2)
    two = encapsulated(image(NumberOfFrames=2), [frame, frame], offsets=False)
    spans = []
    for ds in (one, many, two):
        outcome = store(batch, file_of(ds).getvalue())
        spans.append(len(Instance.objects.get(sop_instance_uid=outcome.sop_instance_uid).frame_spans))
    assert spans == [1, 0, 2]
    missing = encapsulated(image(NumberOfFrames=3), [frame, frame])
    assert store(batch, file_of(missing).getvalue()).reason == SetAsideReason.TRUNCATED


def test_big_endian_headers_are_turned(batch) -> None:
    ds = image(PhotometricInterpretation="PALETTE COLOR")
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    ds.RedPaletteColorLookupTableDescriptor = [2, 0, 16]
    ds.RedPaletteColorLookupTableData = b"\x01\x02\x03\x04"
    out = BytesIO()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.save_as(out, implicit_vr=False, little_endian=False, enforce_file_format=True)
    assert store(batch, out.getvalue()).outcome == Outcome.ACCEPTED
    instance = Instance.objects.get()
    assert instance.frame_spans == []
    written = dcmread(BytesIO(out.getvalue())).RedPaletteColorLookupTableData
    assert header_of(instance)["00281201"]["InlineBinary"] == {b"\x01\x02\x03\x04": "AgEEAw=="}[written]


def test_an_upload_has_a_limit(batch, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    with pytest.raises(TooLargeError):
        store_file(batch=batch, path="a.dcm", file=BytesIO(bytes(1001)))


def test_files_that_folders_hold_beside_images_are_passed_over(batch) -> None:
    for name in ("a/.hidden", "__MACOSX/a.dcm", "x/Thumbs.db", ".git/config"):
        assert store_file(batch=batch, path=name, file=BytesIO(b"x")) == []
    assert store(batch, file_of(image()).getvalue(), "../up/a.dcm").outcome == Outcome.ACCEPTED


def test_file_names_of_any_bytes(batch) -> None:
    name = b"scans/\xe9t\xe9\x00.dcm".decode("utf-8", "surrogateescape")
    assert store(batch, b"junk", name).path == "scans/?t?.dcm"
    assert SetAsideFile.objects.get().path == "scans/?t?.dcm"


def test_a_closed_import_takes_nothing_more(batch, importer) -> None:
    close_import(actor=importer, batch=batch)
    close_import(actor=importer, batch=batch)
    with pytest.raises(ImportClosedError):
        store_file(batch=batch, path="a.dcm", file=BytesIO(b"x"))


def test_only_managers_and_administrators_import(db) -> None:
    reader = factories.user("reader")
    factories.team("A", reader=[reader])
    with pytest.raises(DeniedError):
        open_import(actor=reader, source="test")
    assert open_import(actor=factories.user("root", is_staff=True), source="test").state == "open"


def test_a_set_aside_file_can_be_tried_again_and_thrown_away(batch, importer, administrator) -> None:
    mine = stack(2)
    store(batch, file_of(mine[0]).getvalue())
    other = factories.user("other")
    factories.team("Other's", manager=[other])
    theirs = open_import(actor=other, source="test")
    outcome = store(theirs, file_of(mine[1]).getvalue())
    assert outcome.reason == SetAsideReason.SERIES_TAKEN  # somebody else's series
    row = SetAsideFile.objects.get()
    with pytest.raises(DeniedError):
        retry_set_aside(actor=importer, file=row)
    assert retry_set_aside(actor=other, file=row).outcome == Outcome.SET_ASIDE
    blob = SetAsideFile.objects.get().blob
    assert retry_set_aside(actor=administrator, file=row).outcome == Outcome.ACCEPTED
    assert Series.objects.get().instance_count == 2
    theirs.refresh_from_db()
    assert (theirs.accepted, theirs.set_aside) == (1, 0)
    junk = store(batch, b"no image at all")
    assert junk.outcome == Outcome.SET_ASIDE
    row = SetAsideFile.objects.get(settled_at=None)
    discard_set_aside(actor=importer, file=row)
    assert not SetAsideFile.objects.filter(pk=row.pk).exists()
    assert default_storage.exists(blob)  # bytes go after the commit, which a test's transaction never reaches
