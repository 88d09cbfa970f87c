"""The SUV that a reader sees under the pointer is the one that the API and every dataset hold."""

import re
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack
from tests.studies.making import file_of, image, uid

SLICES, SIDE = 12, 32
WEIGHT_KG, DOSE_BQ = 80.0, 400e6
PET_STORAGE = "1.2.840.10008.5.1.4.1.1.128"


def pet_slices() -> list[Dataset]:
    """Return slices of SUV 10, 20, 30, … each of one value, corrected for decay to the injection.

    Each slice has a slope of its own. The scan begins 2 hours after the injection; who took the correction for one to
    the start of the scan, as the viewer's library does, would come to values about half as large.
    """
    study, series = uid(), uid()
    drug = Dataset()
    drug.RadiopharmaceuticalStartTime = "080000"
    drug.RadionuclideTotalDose, drug.RadionuclideHalfLife = str(int(DOSE_BQ)), "6588"
    made = []
    for k in range(SLICES):
        slope = 1.0 + k / 8
        activity = 10.0 * (k + 1) * DOSE_BQ / (WEIGHT_KG * 1000)
        stored = np.full((SIDE, SIDE), round(activity / slope / 100), dtype="<i2")
        made.append(
            image(
                SOPClassUID=PET_STORAGE, StudyInstanceUID=study, SeriesInstanceUID=series, Modality="PT",
                PatientID="PET-1", PatientName="Pet^Phantom", PatientWeight=str(WEIGHT_KG), InstanceNumber=k + 1,
                StudyDate="20200131", SeriesDate="20200131",
                SeriesTime="100000", AcquisitionDate="20200131", AcquisitionTime="100000", Units="BQML",
                CorrectedImage=["DECY", "ATTN"], DecayCorrection="ADMIN", RadiopharmaceuticalInformationSequence=[drug],
                Rows=SIDE, Columns=SIDE, PixelData=stored.tobytes(), PixelSpacing=[4, 4],
                ImagePositionPatient=[0, 0, 4 * k], RescaleSlope=f"{100 * slope:g}", RescaleIntercept="0",
            )
        )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def flow(tmp_path_factory) -> Flow:
    """Start an installation with one PET case."""
    folder: Path = tmp_path_factory.mktemp("pet")
    slices = pet_slices()
    (folder / "dicom").mkdir()
    for number, ds in enumerate(slices):
        (folder / "dicom" / f"{number:03}.dcm").write_bytes(file_of(ds).read())
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(folder / "dicom"))
        flow.studies.append(str(slices[0].StudyInstanceUID))
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


def value_at(person: Person, k: int) -> float:
    """Return the SUV under the pointer; wait a moment for the one of slice `k`."""
    for _ in range(20):
        shown = re.fullmatch(r"([\d.]+) SUVbw", person.by("pointer-value").first.inner_text().strip())
        if shown and float(shown[1]) == pytest.approx(10 * (k + 1), rel=0.01):
            break
        person.page.wait_for_timeout(50)
    assert shown, "no SUV under the pointer"
    return float(shown[1])


@pytest.mark.parametrize("backend", ["cpu", "gpu"])
def test_the_pointer_reads_the_suv_of_the_api(browser, flow: Flow, backend: str) -> None:
    reader = flow.readers[0]
    reading = reader.get("/api/worklist")[0]["reading"]
    reader.post(f"/api/readings/{reading}/open")
    (series,) = reader.get(f"/api/readings/{reading}")["series"]
    (volume,) = reader.get(f"/api/series/{series['series_uid']}/volumes")
    assert volume["units"] == "SUVbw"
    assert volume["suv_factor"] == pytest.approx(WEIGHT_KG * 1000 / DOSE_BQ)
    person = Person(browser, flow.stack.url)
    try:
        person.sign_in("flow-ann", flow.password)
        room = Room(person)
        room.open(f"{reading}?render={backend}")
        x, y = room.point("axial", 0.5, 0.5)
        room.page.mouse.move(x, y)
        room.page.keyboard.press("Home")
        seen = {}
        for _ in range(SLICES):
            k = round(room.world_at("axial", 0.5, 0.5)[2] / 4)
            room.page.mouse.move(x - 3, y)
            room.page.mouse.move(x, y, steps=3)
            seen[k] = value_at(person, k)
            room.page.keyboard.press("ArrowDown")
            room.page.wait_for_timeout(100)
        assert seen == {k: pytest.approx(10 * (k + 1), rel=0.01) for k in range(SLICES)}
    finally:
        person.close()
