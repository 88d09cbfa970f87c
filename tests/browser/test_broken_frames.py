"""A frame that cannot be decoded has no picture: neither that of another frame nor what a decoder made of it.

One frame of each case is broken inside, past what an import looks at: of a volume in JPEG 2000, whose decoder in the
browser gives the frame before; of a volume in RLE, whose gives the wrong numbers; of a stack in JPEG-LS; and of a stack
in JPEG 2000 the one with which it would begin.
"""

from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import expect
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID, JPEG2000Lossless, JPEGLSLossless, RLELossless

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack

BROKEN, MIDDLE = 20, 24
KEPT_BYTES = 120


def compress(folder: Path, syntax: UID, *, broken: int = BROKEN, loose: bool = False) -> None:
    """Compress a case, break one of its frames, and leave out one of every three others where it shall be no volume."""
    for k, path in enumerate(sorted(folder.iterdir())):
        dataset = pydicom.dcmread(path)
        dataset.compress(syntax, generate_instance_uid=False)
        if loose and k % 3 == 1:
            path.unlink()
            continue
        if k == broken:
            (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)
            dataset.PixelData = encapsulate([frame[:KEPT_BYTES] + bytes(len(frame) - KEPT_BYTES - 2) + frame[-2:]])
        dataset.save_as(path)


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    """Start an installation with four cases, each with a broken frame."""
    folder = tmp_path_factory.mktemp("broken")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        flow.write_phantoms(folder / "dicom", 4)
        compress(folder / "dicom" / "0", JPEG2000Lossless)
        compress(folder / "dicom" / "1", RLELossless)
        compress(folder / "dicom" / "2", JPEGLSLossless, loose=True)
        compress(folder / "dicom" / "3", JPEG2000Lossless, broken=MIDDLE, loose=True)
        stack.manage("import_dicom", str(folder / "dicom"))
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


def test_a_broken_frame_is_no_picture(browser, flow: Flow) -> None:
    person = Person(browser, flow.stack.url)
    person.expects(r"^Error executing method 'decodeTask' on worker")  # Cornerstone writes down what its decoder says
    person.sign_in("flow-ann", flow.password)
    room = Room(person)
    for row in flow.readers[0].get("/api/worklist"):
        room.open(row["reading"])
        (series,) = flow.readers[0].get(f"/api/readings/{row['reading']}")["series"]
        (volume,) = flow.readers[0].get(f"/api/series/{series['series_uid']}/volumes")
        pane, count = ("axial" if volume["geometry"] else "stack"), len(volume["frames"])
        first = series["series_uid"] == list(flow.phantoms)[3]
        at = MIDDLE if first else BROKEN
        broken = at if volume["geometry"] else len([k for k in range(at) if k % 3 != 1])
        slider, missing = person.by(f"slice-slider-{pane}"), person.by(f"missing-{pane}")
        # a person counts the slices of a volume from the head
        place = count - 1 - broken if volume["geometry"] else broken
        if first:
            assert place == count // 2, "it begins there"
        else:
            slider.fill(str(place))
        expect(missing).to_be_visible()
        expect(person.by("image-error")).to_contain_text("The picture of a frame is broken")
        expect(person.by(f"slice-{pane}")).to_have_text(f"{place + 1} / {count}")
        for beside in (place - 1, place + 1):
            slider.fill(str(beside))
            expect(missing).to_have_count(0)
            expect(person.by(f"slice-{pane}")).to_have_text(f"{beside + 1} / {count}")
        room.page.get_by_test_id(f"viewport-{pane}").hover()
        for _ in range(3):  # the wheel stands still nowhere
            room.page.mouse.wheel(0, -100)
            room.page.wait_for_timeout(200)
        expect(person.by(f"slice-{pane}")).to_have_text(f"{place - 1} / {count}")
    person.close()
