"""Transfer syntaxes: what is stored, what can be made of it, and what is refused."""

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from studies import renditions, transcoding
from studies.models import Instance
from tests.studies.answers import body_of, instance_root, parts_of, series_root
from tests.studies.making import file_of, image, stack, uid

EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
LOSSLESS = transcoding.encodings()
MEDIA = {
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
SMALL = "transfer_syntax/small"
CT = "transfer_syntax/ctimage/CTImage.dcm_{}.dcm"


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def held(shared_data, bring_in, administrator):
    """Return a function that imports one real file, given UIDs where it has none, and returns its row."""

    def bring(file: str) -> Instance:
        dataset = dcmread(shared_data / file, force=True)
        lacking = [
            name for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID") if not dataset.get(name)
        ]
        for name in lacking:
            setattr(dataset, name, uid())
        bring_in(administrator, [dataset if lacking else shared_data / file])
        return Instance.objects.get()

    return bring


def bare(client, row: Instance, syntax: str = ""):
    accept = "application/dicom" + (f"; transfer-syntax={syntax}" if syntax else "")
    return client.get(instance_root(row), headers={"Accept": accept})


def test_every_lossless_encoding_can_be_made_here() -> None:
    assert set(LOSSLESS) == set(MEDIA), "imagecodecs belongs to the installation"


@pytest.mark.parametrize("syntax", [EXPLICIT, *LOSSLESS])
@pytest.mark.parametrize(
    "file",
    [
        f"{SMALL}/MR_small.dcm",
        f"{SMALL}/MR_small_implicit.dcm",
        f"{SMALL}/MR_small_bigendian.dcm",
        f"{SMALL}/MR_small_RLE.dcm",
        f"{SMALL}/MR_small_jpeg_ls_lossless.dcm",
        f"{SMALL}/SC_rgb_rle.dcm",
        f"{SMALL}/SC_rgb_rle_16bit_2frame.dcm",
        f"{SMALL}/HTJ2KLossless_08_RGB.dcm",
        CT.format("JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90"),
        CT.format("DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99"),
    ],
)
def test_whole_instances_in_another_encoding_hold_the_same_image(shared_data, held, client, file, syntax) -> None:
    row = held(file)
    answer = bare(client, row, syntax)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == f"application/dicom; transfer-syntax={syntax}"
    made = dcmread(io.BytesIO(body_of(answer)))
    source = dcmread(shared_data / file)
    assert made.file_meta.TransferSyntaxUID == syntax
    assert made.file_meta.MediaStorageSOPInstanceUID == made.SOPInstanceUID == row.sop_instance_uid
    assert np.array_equal(made.pixel_array, source.pixel_array)
    changed = {"PixelData", "PhotometricInterpretation", "PlanarConfiguration"}
    for element in source:  # group lengths are retired, and not written again
        if element.keyword not in changed and element.VR not in ("OB", "OW") and element.tag.element and element.value:
            assert made[element.tag].value == element.value, element


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("file", [f"{SMALL}/MR_small.dcm", "multiframe_colour/examples_rgb_color.dcm"])
def test_frames_newly_compressed(shared_data, held, client, file, syntax) -> None:
    row = held(file)
    accept = f'multipart/related; type="{MEDIA[syntax]}"; transfer-syntax={syntax}'
    (part,) = parts_of(client.get(f"{instance_root(row)}/frames/1", headers={"Accept": accept}))
    assert part.content_type == f"{MEDIA[syntax]}; transfer-syntax={syntax}"
    source = dcmread(shared_data / file)
    decoded = decode(part.content, source, syntax)
    assert np.array_equal(decoded, source.pixel_array)


def decode(frame: bytes, source: Dataset, syntax: str) -> np.ndarray:
    """Decode a frame with pydicom, as a client would, by what the source's header says."""
    from pydicom.encaps import encapsulate

    copy = dcmread(io.BytesIO(file_of(source).getvalue()))
    copy.file_meta.TransferSyntaxUID = UID(syntax)
    copy.PixelData = encapsulate([frame])
    copy["PixelData"].is_undefined_length = True
    copy["PixelData"].VR = "OB"
    return copy.pixel_array


def test_without_a_wish_lossless_comes_explicit_and_lossy_as_stored(held, client, shared_data) -> None:
    row = held(f"{SMALL}/MR_small_implicit.dcm")
    assert bare(client, row)["Content-Type"].endswith(f"transfer-syntax={EXPLICIT}")
    stored = bare(client, row, "*")
    assert stored["Content-Type"].endswith(f"transfer-syntax={IMPLICIT}")
    assert body_of(stored) == (shared_data / SMALL / "MR_small_implicit.dcm").read_bytes()


def test_lossy_stays_as_it_is(held, client, shared_data) -> None:
    file = CT.format("JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51")
    row = held(file)
    answer = bare(client, row)
    assert answer["Content-Type"].endswith("1.2.840.10008.1.2.4.51")
    assert body_of(answer) == (shared_data / file).read_bytes()
    (part,) = parts_of(client.get(instance_root(row)))
    assert part.content == body_of(answer)


@pytest.mark.parametrize("syntax", [IMPLICIT, BIG, "1.2.840.10008.1.2.4.50", "1.2.3", "nonsense"])
def test_what_is_not_made_is_refused_with_what_is(bring_in, administrator, client, syntax) -> None:
    bring_in(administrator, [image()])
    row = Instance.objects.get()
    for answer in (
        bare(client, row, syntax),
        client.get(instance_root(row), {"accept": f"application/dicom;transfer-syntax={syntax}"}),
    ):
        assert answer.status_code == 406
        error = answer.json()["error"]
        assert error["code"] == "not_acceptable"
        assert f"application/dicom; transfer-syntax={EXPLICIT}" in error["fields"]["available"]
    frame = client.get(
        f"{instance_root(row)}/frames/1", headers={"Accept": f"application/octet-stream; transfer-syntax={syntax}"}
    )
    assert frame.status_code == 406
    assert f"image/jls; transfer-syntax={LOSSLESS[2]}" in frame.json()["error"]["fields"]["available"]


def test_an_odd_number_of_bytes_is_padded(shared_data, held, client) -> None:
    row = held(f"{SMALL}/SC_rgb_small_odd_big_endian.dcm")
    made = dcmread(io.BytesIO(body_of(bare(client, row, EXPLICIT))))
    assert len(made.PixelData) == 28
    assert np.array_equal(made.pixel_array, dcmread(shared_data / SMALL / "SC_rgb_small_odd.dcm").pixel_array)


def test_binary_values_of_big_endian_files_are_turned(bring_in, administrator, client) -> None:
    ds = image(RedPaletteColorLookupTableData=b"\x01\x02\x03\x04", PixelData=np.arange(24, dtype=">i2").tobytes())
    ds["RedPaletteColorLookupTableData"].VR = "OW"
    ds.file_meta.TransferSyntaxUID = UID(BIG)
    ds["PixelData"].VR = "OW"
    out = io.BytesIO()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.save_as(out, implicit_vr=False, little_endian=False, enforce_file_format=True)
    from studies.services import close_import, open_import, store_file

    batch = open_import(actor=administrator, source="test")
    out.seek(0)
    store_file(batch=batch, path="big.dcm", file=out)
    close_import(actor=administrator, batch=batch)
    made = dcmread(io.BytesIO(body_of(bare(client, Instance.objects.get(), EXPLICIT))))
    assert made.RedPaletteColorLookupTableData == b"\x02\x01\x04\x03"
    assert np.array_equal(made.pixel_array.ravel(), np.arange(24))


def test_many_instances_each_say_their_encoding(shared_data, bring_in, administrator, client) -> None:
    """A lossy and a lossless file side by side: the default leaves the one alone and decodes the other."""
    first, second = stack(2)
    bring_in(administrator, [first, second])
    series = Instance.objects.first().series
    accept = f'multipart/related; type="application/dicom"; transfer-syntax={LOSSLESS[2]}'
    parts = parts_of(client.get(series_root(series), headers={"Accept": accept}))
    assert [part.content_type for part in parts] == [f"application/dicom; transfer-syntax={LOSSLESS[2]}"] * 2
    for part, source in zip(parts, (first, second), strict=True):
        assert np.array_equal(dcmread(io.BytesIO(part.content)).pixel_array, source.pixel_array)
    refused = client.get(series_root(series), headers={"Accept": "application/dicom"})
    assert refused.status_code == 406, "two files do not fit into one part"


def test_damaged_pixels_are_refused_decoded_and_given_as_stored(bring_in, administrator, client) -> None:
    from tests.studies.making import encapsulated

    bring_in(administrator, [encapsulated(image(), [b"this is no RLE"])])
    row = Instance.objects.get()
    refused = bare(client, row, EXPLICIT)
    assert (refused.status_code, refused.json()["error"]["code"]) == (406, "pixels")
    assert (
        client.get(f"{instance_root(row)}/frames/1", headers={"Accept": "application/octet-stream"}).status_code == 406
    )
    assert client.get(f"{instance_root(row)}/rendered").status_code == 406
    assert bare(client, row)["Content-Type"].endswith("1.2.840.10008.1.2.5"), "the default falls back to what is there"
    assert client.get(f"{instance_root(row)}/frames/1").content.startswith(b"this is no RLE")


@pytest.mark.parametrize(
    ("file", "photometric"),
    [
        (f"{SMALL}/SC_rgb_jpeg_dcmtk.dcm", "YBR_FULL"),
        (f"{SMALL}/SC_rgb_dcmtk_+eb+cy+s2.dcm", "YBR_FULL_422"),
        (f"{SMALL}/JLSL_RGB_ILV0.dcm", "RGB"),
        (f"{SMALL}/SC_rgb_rle.dcm", "RGB"),
    ],
)
def test_decoded_colour_is_what_metadata_say(shared_data, held, client, file, photometric) -> None:
    """YBR_FULL stays; what only exists compressed comes as RGB; planes lie as Planar Configuration says."""
    from pydicom.pixels import pixel_array

    row = held(file)
    (header,) = client.get(f"{series_root(row.series)}/metadata").json()
    assert header["00280004"]["Value"] == [photometric]
    frame = client.get(f"{instance_root(row)}/frames/1", headers={"Accept": "application/octet-stream"})
    expected = pixel_array(shared_data / file, raw=photometric == "YBR_FULL")
    if header.get("00280006", {}).get("Value") == [1]:
        expected = np.moveaxis(expected, -1, 0)
    assert np.array_equal(np.frombuffer(frame.content, np.uint8), expected.ravel())


def test_renditions_are_kept_checked_bounded_and_forgotten(bring_in, administrator, client, settings) -> None:
    bring_in(administrator, [image()])
    row = Instance.objects.get()
    syntax = LOSSLESS[-1]
    first = body_of(bare(client, row, syntax))
    (file,) = [path for path in renditions.folder().rglob("*") if path.is_file()]
    content = file.read_bytes()
    assert content.endswith(first)
    file.write_bytes(content[:-1])  # as a power cut may leave it
    assert body_of(bare(client, row, syntax)) == first
    assert file.read_bytes() == content, "the damaged one was made again"
    assert renditions.clear(len(content) - 1) == 0
    assert not file.exists()
    bare(client, row, syntax)
    renditions.forget(row.sha256)
    assert not file.exists()
    settings.RENDITION_CACHE_BYTES = 0
    assert body_of(bare(client, row, syntax)) == first
    assert not file.exists()


def test_renditions_go_with_the_blob_they_were_made_of(bring_in, administrator, client) -> None:
    from studies.services.blobs import delete_unreferenced

    bring_in(administrator, [image()])
    row = Instance.objects.get()
    bare(client, row, LOSSLESS[-1])
    folder = renditions.folder() / row.sha256[:2] / row.sha256
    assert folder.is_dir()
    assert delete_unreferenced([row.blob]) == [], "a row needs it"
    assert folder.is_dir()
    row.delete()
    assert delete_unreferenced([row.blob]) == [row.blob]
    assert not folder.exists()


def test_the_least_used_renditions_go_first(settings) -> None:
    import os

    for number in range(10):
        renditions.kept(f"{number:064x}", "x", lambda: b"x" * 1000)
        (path,) = (renditions.folder() / f"{number:064x}"[:2] / f"{number:064x}").iterdir()
        os.utime(path, (number + 1, number + 1))
    left = renditions.clear(5 * 1032)
    assert left <= 5 * 1032 * 0.9
    kept = {path.parent.name[-1] for path in renditions.folder().rglob("*") if path.is_file()}
    assert kept == {"6", "7", "8", "9"}
