"""What cleaning leaves of reports, graphics, private attributes, text and numbers, and what it refuses or suspects."""

import io
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from common.errors import InvalidError
from studies.deident.blanking import Region, blank_regions
from studies.deident.clean import Identity
from studies.deident.make import make
from studies.deident.private import private_tags
from studies.deident.rules import Rules
from studies.deident.suspicion import suspicion_of
from studies.deident.words import clean_text, scrub_text
from studies.errors import RulesError
from studies.types import HeldReason
from tests.studies.making import file_of, image

IDENTITY = Identity("PROJ-0001", -400, lambda original: f"2.25.{sum(original.encode()) + 10**12}")


def made(dataset: Dataset | bytes, *options: str, **rules: Any) -> Dataset:
    data = dataset if isinstance(dataset, bytes) else file_of(dataset).read()
    result = make(data, rules=Rules(options=frozenset(options), **rules), identity=IDENTITY)
    return dcmread(io.BytesIO(result.data), force=True)


def content(dataset: Dataset) -> list[Dataset]:
    """Return every content item of a report, in order."""
    found = []
    for item in dataset.get("ContentSequence") or ():
        found += [item, *content(item)]
    return found


def test_a_cleaned_report_keeps_numbers_and_codes_and_no_words_of_people(shared_data) -> None:
    data = (shared_data / "sr" / "dcmqi_tid1500" / "sr.dcm").read_bytes()
    before, after = dcmread(io.BytesIO(data)), made(data, "clean_structured_content")
    numbers = [
        [str(item.MeasuredValueSequence[0].NumericValue) for item in content(report) if item.ValueType == "NUM"]
        for report in (before, after)
    ]
    assert numbers[0] == numbers[1] != []
    meanings = [
        [
            item.ConceptNameCodeSequence[0].CodeMeaning
            for item in content(report)
            if item.get("ConceptNameCodeSequence")
            and item.ConceptNameCodeSequence[0].CodingSchemeDesignator in ("DCM", "SCT", "SRT")
        ]
        for report in (before, after)
    ]
    assert meanings[0] == meanings[1] != []
    assert {str(item.PersonName) for item in content(after) if item.ValueType == "PNAME"} <= {"REMOVED"}
    references = [item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for item in content(after)
                  if item.ValueType == "IMAGE"]  # fmt: skip
    assert references
    assert all(uid.startswith("2.25.") for uid in references)


def test_without_the_option_a_report_says_nothing(shared_data) -> None:
    after = made((shared_data / "sr" / "dcmqi_tid1500" / "sr.dcm").read_bytes())
    items = content(after)
    assert items
    values = [item.MeasuredValueSequence[0].NumericValue for item in items if item.ValueType == "NUM"]
    assert values
    assert set(values) == {0}


@pytest.mark.parametrize(
    "place", ["seg/dcmqi/24x38x3/seg/label.seg", "seg/dcmqi/liver.dcm", "mr/UCSF-BR-06_DCE/seg/1-1.dcm"]
)
def test_a_segmentation_is_still_one_for_another_reader(shared_data, place: str) -> None:
    """highdicom checks what a segmentation must have as it reads it."""
    from highdicom.seg import segread

    data = (shared_data / place).read_bytes()
    before = segread(io.BytesIO(data))
    after = segread(io.BytesIO(make(data, rules=Rules(), identity=IDENTITY).data))
    assert after.segment_numbers == before.segment_numbers
    assert all(after.get_segment_description(number).segment_label for number in after.segment_numbers)
    assert np.array_equal(after.pixel_array, before.pixel_array)


def test_retained_uids_never_include_those_of_the_object_or_what_it_refers_to() -> None:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = image().SOPClassUID, "1.2.3.4.5.6"
    dataset = image(FrameOfReferenceUID="1.2.3.4.5.7", ReferencedImageSequence=[reference])
    after = made(dataset, "retain_uids")
    assert after.FrameOfReferenceUID == "1.2.3.4.5.7"
    assert after.ReferencedImageSequence[0].ReferencedSOPInstanceUID == IDENTITY.uid("1.2.3.4.5.6")
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert after[name].value == IDENTITY.uid(str(dataset[name].value))
    assert "113110" not in [item.CodeValue for item in after.DeidentificationMethodCodeSequence]


def test_words_that_the_standard_fixes_stay_as_they_are_and_labels_do_not() -> None:
    after = made(image(VOILUTFunction="LINEAR_EXACT", PresentationLUTShape="IDENTITY", ContentLabel="ZYX IOWA"))
    assert after.VOILUTFunction == "LINEAR_EXACT"
    assert after.PresentationLUTShape == "IDENTITY"
    assert after.ContentLabel == "REMOVED"


def test_graphic_text_is_cleaned_and_shapes_stay() -> None:
    dataset = image()
    text, shape, layer = Dataset(), Dataset(), Dataset()
    text.UnformattedTextValue = "Smith liver lesion 3 mm 2020-01-31"
    shape.GraphicType, shape.GraphicData = "POLYLINE", [1.0, 2.0, 3.0, 4.0]
    layer.GraphicLayer, layer.TextObjectSequence, layer.GraphicObjectSequence = "A", [text], [shape]
    dataset.GraphicAnnotationSequence = [layer]
    kept = made(dataset, "clean_graphics").GraphicAnnotationSequence[0]
    assert kept.TextObjectSequence[0].UnformattedTextValue == "liver lesion 3 mm"
    assert list(kept.GraphicObjectSequence[0].GraphicData) == [1.0, 2.0, 3.0, 4.0]
    assert made(dataset).GraphicAnnotationSequence[0].TextObjectSequence[0].UnformattedTextValue == "REMOVED"


def test_private_attributes_stay_by_creator_and_only_when_they_can_be_read() -> None:
    dataset = image()
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", "800")
    block.add_new(0x08, "CS", "SECRET")
    mine = dataset.private_block(0x0071, "ACME", create=True)
    mine.add_new(0x01, "LO", "Smith abdomen")
    mine.add_new(0x02, "UN", b"Smith")
    mine.add_new(0x03, "DS", "1.5")
    impostor = dataset.private_block(0x0073, "SIEMENS MR HEADER", create=True)
    impostor.add_new(0x0C, "IS", "900")
    tags = private_tags([{"creator": "ACME", "group": "0071", "element": f"{n:02x}"} for n in (1, 2, 3)])
    after = made(dataset, "retain_safe_private", private_tags=tags)
    left = {str(tag): str(after[tag].value) for tag in after.keys() if tag.is_private}  # noqa: SIM118  # elements else
    assert left == {
        "(0019,0010)": "SIEMENS MR HEADER",
        "(0019,100C)": "800",
        "(0071,0010)": "ACME",
        "(0071,1001)": "abdomen",
        "(0071,1003)": "1.5",
    }
    assert not [tag for tag in made(dataset).keys() if tag.is_private]  # noqa: SIM118
    with pytest.raises(RulesError):
        private_tags([{"creator": "", "group": "0071", "element": "01"}])


def test_a_name_is_taken_out_of_every_text_and_a_number_that_is_an_id_too() -> None:
    dataset = image(
        PatientName="Quixote^Alonso", PatientID="7710042", SeriesNumber=7710042, ConvolutionKernel="Quixote B30f",
        ProtocolName="Mancha special", SoftwareVersions=["syngo Quixote", "on 2019-03-04"],
    )  # fmt: skip
    dataset.add_new(0x00280303, "CS", "QUIXOTE")
    after = made(dataset)
    text = str(after)
    for word in ("uixote", "UIXOTE", "Alonso", "7710042", "Mancha", "2019-03-04"):
        assert word not in text
    assert after.ConvolutionKernel == "B30f"
    assert after.SeriesNumber == 0


def test_values_that_break_their_kind_go_and_the_rest_stays() -> None:
    data = file_of(image(SliceThickness="2.5")).read()
    data = data.replace(b"DS\x04\x002.5 ", b"DS\x04\x00Anna")
    result = make(data, rules=Rules(), identity=IDENTITY)
    assert result.unreadable == 1
    assert b"Anna" not in result.data
    assert ("(0018,0050)", "remove", "unreadable") in result.changes


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("CT ABDOMEN Dr. Zyx w/o contrast 5.0 B30f", "CT ABDOMEN w o contrast 5 0 B30f"),
        ("Zyx 2019-03-04 10:22 1.2.840.113619.2.55.3", ""),
        ("Thorax für Frau Müller", "Thorax"),
        ("T2 FLAIR sag 3mm", "T2 FLAIR sag 3mm"),
        ("Russell mail@example.org", ""),
    ],
)
def test_descriptions_keep_harmless_words(text: str, cleaned: str) -> None:
    assert clean_text(text, set()) == cleaned


def test_other_text_loses_what_is_known_and_nothing_else() -> None:
    assert scrub_text("Kernel B30f", {"smith"}) == "Kernel B30f"
    assert scrub_text("Smith's kernel", {"smith"}) == "'s kernel"
    assert scrub_text("made 20190304 of 1.2.840.10008.1.2", set()) == "made of 1.2.840.10008.1.2"


@pytest.mark.parametrize(
    "date",
    [
        *("2019-03-04", "20190304", "2019/3/4", "4.3.2019", "4. 3. 2019", "04/03/19", "2019.03.04"),
        *("04-MAR-2019", "4-Mar-19", "4 March 2019", "4th of March 2019", "March 4, 2019", "Mar 2019", "2019 Mar 4"),
        *("4. März 2019", "4 mars 2019", "4 de marzo de 2019", "2019年3月4日", "3月4日", "2019년 3월 4일"),
    ],
)
def test_a_date_goes_however_it_is_written(date: str) -> None:
    assert scrub_text(f"seen {date} again", set()) == "seen again"


@pytest.mark.parametrize(
    "text", ["MAGNETOM 2010", "Marker 2000", "May be 20 mm", "1.2.3.4", "高血压10年", "B30f 3 mar"]
)
def test_what_only_looks_like_a_date_stays(text: str) -> None:
    assert scrub_text(text, set()) == text


@pytest.mark.parametrize("piece", ["a", "a@", "1.", "1 ", "12jan", "jan ", "2020 ", " ", "http", "a@b.", "2020年 1"])
def test_a_long_text_is_cleaned_in_time_that_grows_with_it(piece: str) -> None:
    assert len(scrub_text(piece * 200_000, set())) <= 200_000 * len(piece)  # by the square of it: hours


JFIF = b"\xff\xd8\xff\xe0\x00\x07JFIF\0\xff\xda\x00\x02"


def j2k(comment: bytes) -> bytes:
    return b"\xff\x4f\xff\x64" + (len(comment) + 4).to_bytes(2, "big") + b"\0\1" + comment + b"\xff\x90\x00\x0a"


def jpeg(dataset: Dataset, *frames: bytes) -> Dataset:
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate(list(frames))
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    return dataset


@pytest.mark.parametrize(
    ("dataset", "reasons"),
    [
        (image(), set()),
        (image(BurnedInAnnotation="YES"), {HeldReason.DECLARED}),
        (image(Modality="XA"), {HeldReason.MODALITY}),
        (image(Modality="XA", BurnedInAnnotation="NO"), set()),
        (image(SOPClassUID="1.2.840.10008.5.1.4.1.1.7.2", BurnedInAnnotation="NO"), {HeldReason.SOP_CLASS}),
        (image(SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.4"), {HeldReason.SOP_CLASS}),
        (image(ImageType=["DERIVED", "SECONDARY", "DOSE_REPORT"]), {HeldReason.DOSE_REPORT}),
        (image(SeriesDescription="Patient Protocol"), {HeldReason.DOSE_REPORT}),
        (image(BodyPartExamined="HEAD", RecognizableVisualFeatures="YES"), {HeldReason.FACE}),
        (jpeg(image(), b"\xff\xd8\xff\xfe\x00\x08Anna\0\0\xff\xda\x00\x02"), {HeldReason.HIDDEN_TEXT}),
        (jpeg(image(), b"\xff\xd8\xff\xe0\x00\x07JFIF\0\xff\xda\x00\x02"), set()),
        (jpeg(image(), JFIF, JFIF, b"\xff\xd8\xff\xe1\x00\x08Exif\0\0\xff\xda\x00\x02"), {HeldReason.HIDDEN_TEXT}),
        (jpeg(image(), b"\xff\xd8\xff\xe0\x00\x07JFIF\0"), {HeldReason.HIDDEN_TEXT}),
        (jpeg(image(), j2k(b"Anna")), {HeldReason.HIDDEN_TEXT}),
        (jpeg(image(), j2k(b"Kakadu-2.2 Anna")), {HeldReason.HIDDEN_TEXT}),
        (jpeg(image(), j2k(b"Created by OpenJPEG version 2.5.2"), j2k(b"Kakadu-vs7.10.7\0")), set()),
    ],
)
def test_suspicion(dataset: Dataset, reasons: set[HeldReason]) -> None:
    stored = dcmread(file_of(dataset))
    assert set(suspicion_of(stored, faces=False).reasons) == reasons


def test_real_ultrasound_is_blanked_in_every_frame_and_nowhere_else(shared_data) -> None:
    """Colour, palette, grey; native and compressed. The oracle decodes the original and sets the region by itself."""
    looked = 0
    for path in sorted((shared_data / "multiframe_colour").glob("*.dcm")):
        original = dcmread(path)
        if str(original.get("Modality")) != "US" or int(original.get("NumberOfFrames", 1) or 1) > 40:
            continue
        data = make(path.read_bytes(), rules=Rules(), identity=IDENTITY).data
        region = Region(3, 2, 40, 25)
        blanked = dcmread(io.BytesIO(blank_regions(data, [region])))
        wanted = pixel_array(original, raw=False).copy()
        several = int(original.get("NumberOfFrames", 1) or 1) > 1
        for frame in wanted if several else [wanted]:
            frame[2:27, 3:43] = 0
        assert np.array_equal(pixel_array(blanked, raw=True), wanted), path.name
        assert blanked.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        looked += 1
    assert looked >= 5


@pytest.mark.parametrize("region", [Region(0, 0, 5, 1), Region(0, 0, 1, 7), Region(-1, 0, 1, 1), Region(0, 0, 0, 1)])
def test_regions_outside_the_image_are_refused(region: Region) -> None:
    with pytest.raises(InvalidError):
        blank_regions(file_of(image()).read(), [region])
    with pytest.raises(InvalidError):
        blank_regions(file_of(image()).read(), [])


def test_faces_are_a_warning_until_the_profile_holds_them() -> None:
    head = dcmread(file_of(image(BodyPartExamined="HEAD")))
    assert suspicion_of(head, faces=False).warnings == (HeldReason.FACE,)
    assert suspicion_of(head, faces=True).reasons == (HeldReason.FACE,)


def test_an_overlay_in_the_pixels_is_held_and_one_beside_them_goes() -> None:
    inside = image()
    inside.add_new(0x60000010, "US", 6)
    assert suspicion_of(dcmread(file_of(inside)), faces=False).reasons == (HeldReason.OVERLAY_IN_PIXELS,)
    beside = image()
    beside.add_new(0x60000010, "US", 6)
    beside.add_new(0x60003000, "OW", b"Anna" * 4)
    after = made(beside)
    assert not [tag for tag in after.keys() if tag.group == 0x6000]  # noqa: SIM118
