"""Strokes survive the death of the tab and of the server: what was drawn is what the server holds."""

import base64
import os
import signal
import zlib

import numpy as np
import pytest

from tests.browser.chromium import NO_SERVER, Person
from tests.browser.pages import Room
from tests.browser.processes import web_pid
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation with one phantom case for two readers."""
    with Stack(tmp_path_factory.mktemp("never-lost") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def flow(stack, tmp_path_factory) -> Flow:
    """Set the project up."""
    flow = Flow(stack)
    stack.manage("import_dicom", str(flow.write_phantoms(tmp_path_factory.mktemp("phantoms"), 2)))
    flow.set_up_project()
    user = next(one for one in flow.admin.get("/api/users?q=flow-ann"))
    flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
    return flow


@pytest.fixture
def ann(browser, stack, flow):
    """Return a reader in the browser."""
    person = Person(browser, stack.url)
    person.sign_in("flow-ann", flow.password)
    yield person
    person.close()


def server_mask(flow: Flow, reading: str) -> dict[str, np.ndarray]:
    """Return what the server holds, by SOP instance UID."""
    masks = {}
    for frame in flow.readers[0].get(f"/api/readings/{reading}/frames")["frames"]:
        shape = (frame["rows"], frame["columns"])
        raw = zlib.decompress(base64.b64decode(frame["data"])) if frame["data"] else bytes(shape[0] * shape[1])
        masks[frame["sop_instance_uid"]] = np.frombuffer(raw, dtype=np.uint8).reshape(shape)
    return masks


def server_voxels(flow: Flow, reading: str) -> dict[str, int]:
    """Return the server's voxel count of each label."""
    masks = server_mask(flow, reading)
    labels = np.concatenate([mask.ravel() for mask in masks.values()]) if masks else np.zeros(0, np.uint8)
    return {str(value): int((labels == value).sum()) for value in np.unique(labels) if value}


def test_a_tab_killed_in_the_middle_of_a_stroke_loses_nothing(ann: Person, flow: Flow) -> None:
    room = Room(ann)
    reading = room.open_next()
    ann.by("tool-brush").click()
    room.stroke("axial", [(0.4, 0.4), (0.5, 0.45), (0.55, 0.5)])
    room.wait_saved()
    first = room.voxels()
    assert first
    room.stroke("axial", [(0.35, 0.6), (0.45, 0.62), (0.5, 0.65)], release=False)
    drawn = room.voxels()
    assert sum(drawn.values()) > sum(first.values())
    ann.page.wait_for_timeout(400)  # longer than the journal waits within a stroke
    ann.page.close(run_before_unload=False)
    ann.page = ann.context.new_page()
    again = Room(ann)
    again.open(reading)
    again.wait_saved()
    assert again.voxels() == drawn
    assert server_voxels(flow, reading) == drawn


def test_a_killed_server_loses_nothing_that_was_drawn(ann: Person, flow: Flow, stack: Stack) -> None:
    ann.expects(*NO_SERVER)
    room = Room(ann)
    reading = room.open_next()
    ann.by("tool-brush").click()
    room.stroke("coronal", [(0.4, 0.4), (0.5, 0.45)])
    os.kill(web_pid(stack), signal.SIGKILL)
    room.stroke("coronal", [(0.5, 0.5), (0.6, 0.55)])
    room.stroke("sagittal", [(0.5, 0.5), (0.55, 0.6)])
    drawn = room.voxels()
    room.wait_saved()
    assert room.voxels() == drawn
    assert wait_until(lambda: server_voxels(flow, reading) == drawn, timeout_s=30, what="the server's mask")


def test_undo_and_redo_restore_the_exact_mask(ann: Person, flow: Flow) -> None:
    room = Room(ann)
    reading = room.open_next()
    before = room.voxels()
    ann.by("tool-brush").click()
    ann.by("tool-sphere").click()
    room.stroke("axial", [(0.6, 0.4), (0.65, 0.45)])
    drawn = room.voxels()
    assert drawn != before
    ann.page.keyboard.press("Control+z")
    assert room.voxels() == before
    ann.page.keyboard.press("Control+Shift+z")
    assert room.voxels() == drawn
    room.wait_saved()
    assert server_voxels(flow, reading) == drawn
