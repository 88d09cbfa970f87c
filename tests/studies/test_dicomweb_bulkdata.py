"""Bulk data, pixel data and frames: the exact bytes, whatever they are packed in."""

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import UID, RLELossless

from studies.dicomweb import bulkdata
from studies.models import Instance, Series
from studies.services import close_import, open_import, store_file
from tests.studies.answers import instance_root, parts_of, series_root
from tests.studies.making import encapsulated, file_of, image, stack

OCTETS = "application/octet-stream"
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


def header_of(client, row: Instance) -> dict:
    return client.get(f"{instance_root(row)}/metadata").json()[0]


@pytest.mark.parametrize("size", [4_000, 3_000_001])
def test_a_value_of_any_size_whole_and_in_ranges(bring_in, administrator, client, size) -> None:
    value = np.random.default_rng(size).bytes(size)
    bring_in(administrator, [image(EncapsulatedDocument=value + b"\0" * (size % 2))])
    row = Instance.objects.get()
    address = header_of(client, row)["00420011"]["BulkDataURI"]
    answer = client.get(address)
    assert answer.content[:size] == value
    part = client.get(address, headers={"Range": f"bytes={size - 100}-{size - 1}"})
    assert (part.status_code, part.content) == (206, value[-100:])
    (whole,) = parts_of(client.get(address, headers={"Accept": f'multipart/related; type="{OCTETS}"'}))
    assert whole.content[:size] == value


def test_a_large_value_is_read_in_place(bring_in, administrator, client) -> None:
    value = bytes(range(256)) * 8192
    bring_in(administrator, [image(EncapsulatedDocument=value)])
    row = Instance.objects.get()
    content = file_of(dcmread(io.BytesIO(client.get(instance_root(row), {"accept": "application/dicom"}).content)))
    found = bulkdata.find_element(row, content, "00420011")
    assert isinstance(found, tuple), "two megabytes are not held to send a range of them"
    assert content.getvalue()[found[0] : found[0] + found[1]] == value


def test_large_values_inside_sequences_and_in_other_encodings(administrator, client, db) -> None:
    value = bytes(range(256)) * 8192
    for syntax in (EXPLICIT, "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2"):
        item = Dataset()
        item.EncapsulatedDocument = value
        ds = image(IconImageSequence=[item], EncapsulatedDocument=value[::-1])
        ds.file_meta.TransferSyntaxUID = UID(syntax)
        ds["PixelData"].VR = "OW"
        batch = open_import(actor=administrator, source="test")
        store_file(batch=batch, path="a.dcm", file=file_of(ds))
        close_import(actor=administrator, batch=batch)
        header = header_of(client, Instance.objects.get(sop_instance_uid=ds.SOPInstanceUID))
        assert client.get(header["00420011"]["BulkDataURI"]).content == value[::-1], syntax
        nested = header["00880200"]["Value"][0]["00420011"]["BulkDataURI"]
        assert client.get(nested).content == value, syntax


def test_all_bulk_values_of_an_instance_a_series_a_study(bring_in, administrator, client) -> None:
    item = Dataset()
    item.EncapsulatedDocument = b"nested" * 400
    slices = stack(2, EncapsulatedDocument=b"%PDF" * 500, IconImageSequence=[item])
    bring_in(administrator, slices)
    row = Instance.objects.order_by("number").first()
    for place, count in (
        (instance_root(row), 1),
        (series_root(row.series), 2),
        (f"/dicomweb/studies/{slices[0].StudyInstanceUID}", 2),
    ):
        parts = parts_of(client.get(f"{place}/bulkdata"))
        assert len(parts) == 3 * count
        for part in parts:
            assert client.get(part.headers["content-location"]).content == part.content
        assert {part.content for part in parts} == {b"%PDF" * 500, b"nested" * 400, slices[0].PixelData}
        pixels = parts_of(client.get(f"{place}/pixeldata"))
        assert [part.content for part in pixels] == [slices[0].PixelData] * count


def test_there_may_be_no_bulk_value(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [next((shared_data / "sr").rglob("*.dcm"))])
    row = Instance.objects.get()
    for door in ("bulkdata", "pixeldata", "bulkdata/7FE00010", "bulkdata/00420011", "bulkdata/zz/0/y", "bulkdata/0/0"):
        assert client.get(f"{instance_root(row)}/{door}").status_code == 404, door


def test_compressed_pixel_data_come_frame_by_frame(shared_data, bring_in, administrator, client) -> None:
    path = shared_data / "multiframe_colour/emri_small_jpeg_2k_lossless.dcm"
    bring_in(administrator, [path])
    row = Instance.objects.get()
    stored = list(generate_frames(dcmread(path).PixelData, number_of_frames=10))
    for door in ("pixeldata", "bulkdata/7FE00010"):
        accept = 'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90'
        parts = parts_of(client.get(f"{instance_root(row)}/{door}", headers={"Accept": accept}))
        assert [part.content for part in parts] == stored
        accept = f'multipart/related; type="{OCTETS}"'
        parts = parts_of(client.get(f"{instance_root(row)}/{door}", headers={"Accept": accept}))
        decoded = np.stack([np.frombuffer(part.content, "<u2").reshape(64, 64) for part in parts])
        assert np.array_equal(decoded, dcmread(path).pixel_array)


@pytest.mark.parametrize(
    "file",
    [
        "multiframe_colour/emri_small.dcm",
        "multiframe_colour/emri_small_RLE.dcm",
        "multiframe_colour/emri_small_big_endian.dcm",
        "multiframe_colour/emri_small_jpeg_ls_lossless.dcm",
        "multiframe_colour/SC_rgb_16bit_2frame.dcm",
        "multiframe_colour/SC_rgb_32bit.dcm",
        "transfer_syntax/small/image_dfl.dcm",
        "transfer_syntax/small/MR_small_expb.dcm",
        "transfer_syntax/ctimage/CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm",
        "transfer_syntax/ctimage/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm",
    ],
)
def test_every_frame_has_the_bytes_pydicom_decodes(shared_data, bring_in, administrator, client, file) -> None:
    from pydicom.pixels import pixel_array

    bring_in(administrator, [shared_data / file])
    row = Instance.objects.get()
    expected = pixel_array(dcmread(shared_data / file), raw=True)
    if row.frame_count == 1:
        expected = expected[None]
    header = header_of(client, row)
    if header.get("00280006", {}).get("Value") == [1]:
        expected = np.moveaxis(expected, -1, 1)
    little = expected.astype(expected.dtype.newbyteorder("<"))
    listed = ",".join(str(number + 1) for number in range(row.frame_count))
    accept = f'multipart/related; type="{OCTETS}"; transfer-syntax={EXPLICIT}'
    parts = parts_of(client.get(f"{instance_root(row)}/frames/{listed}", headers={"Accept": accept}))
    assert [part.content for part in parts] == [frame.tobytes() for frame in little]


def test_one_bit_masks_as_frames_and_as_one_value(bring_in, administrator, client) -> None:
    """5 x 3 pixels are 15 bits: the second frame begins inside a byte (PS3.5 8.1.1), but not when it is sent alone."""
    masks = np.random.default_rng(5).integers(0, 2, (3, 5, 3), dtype=np.uint8)
    packed = np.packbits(masks.ravel(), bitorder="little").tobytes()
    ds = image(
        Rows=5, Columns=3, NumberOfFrames=3, BitsAllocated=1, BitsStored=1, HighBit=0, PixelRepresentation=0,
        RescaleSlope=None, RescaleIntercept=None, PixelData=packed + b"\0" * (len(packed) % 2),
    )  # fmt: skip
    bring_in(administrator, [ds])
    row = Instance.objects.get()
    for number in (1, 2, 3):
        content = client.get(f"{instance_root(row)}/frames/{number}").content
        bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")[:15]
        assert np.array_equal(bits.reshape(5, 3), masks[number - 1])
    assert client.get(f"{instance_root(row)}/bulkdata/7FE00010").content == ds.PixelData
    (part,) = parts_of(client.get(f"{instance_root(row)}/pixeldata"))
    assert part.content == ds.PixelData
    accept = f'multipart/related; type="{OCTETS}"'
    (part,) = parts_of(client.get(f"{instance_root(row)}/bulkdata/7FE00010", headers={"Accept": accept}))
    assert part.content == ds.PixelData


def test_a_real_segmentation(shared_data, bring_in, administrator, client) -> None:
    path = shared_data / "seg/dcmqi/liver.dcm"
    bring_in(administrator, [path])
    row = Instance.objects.get()
    source = dcmread(path)
    assert client.get(f"{instance_root(row)}/bulkdata/7FE00010").content == source.PixelData
    accept = f'multipart/related; type="{OCTETS}"'
    parts = parts_of(client.get(f"{instance_root(row)}/frames/1,2,3", headers={"Accept": accept}))
    counts = [int(np.unpackbits(np.frombuffer(part.content, np.uint8)).sum()) for part in parts]
    assert counts == [36_233, 35_645, 35_220]


def test_frames_of_several_fragments(bring_in, administrator, client) -> None:
    from pydicom.pixels import get_encoder

    frames = np.random.default_rng(1).integers(0, 99, (2, 6, 4), dtype=np.int16)
    ds = image(NumberOfFrames=2)
    coded = [
        get_encoder(RLELossless).encode(
            frame, rows=6, columns=4, samples_per_pixel=1, number_of_frames=1, bits_allocated=16, bits_stored=16,
            pixel_representation=1, photometric_interpretation="MONOCHROME2", encoding_plugin="pydicom",
        )
        for frame in frames
    ]  # fmt: skip
    bring_in(administrator, [encapsulated(ds, coded, fragments_per_frame=3)])
    row = Instance.objects.get()
    parts = parts_of(client.get(f"{instance_root(row)}/frames/1,2"))
    assert [part.content.rstrip(b"\0") for part in parts] == [frame.rstrip(b"\0") for frame in coded]
    accept = f'multipart/related; type="{OCTETS}"'
    parts = parts_of(client.get(f"{instance_root(row)}/frames/2,1", headers={"Accept": accept}))
    assert [part.content for part in parts] == [frames[1].tobytes(), frames[0].tobytes()], "in the order asked for"


def test_floating_point_pixels(shared_data, bring_in, administrator, client) -> None:
    paths = [path for path in sorted((shared_data / "paramap").rglob("*.dcm")) if "FloatPixelData" in dcmread(path)]
    assert paths, "the parametric maps of dcmqi hold floating-point pixels"
    bring_in(administrator, [paths[0]])
    row = Series.objects.get().instances.get()
    source = dcmread(paths[0])
    assert client.get(f"{instance_root(row)}/bulkdata/7FE00008").content == source.FloatPixelData
    size = row.rows * row.columns * 4
    last = client.get(f"{instance_root(row)}/frames/{row.frame_count}").content
    assert last == source.FloatPixelData[size * (row.frame_count - 1) : size * row.frame_count]
    assert client.get(f"{instance_root(row)}/frames/1", {"accept": "image/jls"}).status_code == 406
