"""The whole path in Chromium on a real CT, as three different people, from a folder of files to opened downloads."""

import base64
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.browser.reading_back import check_manifest, segments_by_highdicom, segments_by_simpleitk
from tests.flow import Flow
from tests.stack import ROOT, Stack, wait_until

SERIES = "ct/CRLM-CT-1006"
VOXEL_ML = 0.804688**2 * 5 / 1000
PHANTOMS = 8
ADMINISTRATOR, PASSWORD = "mira", "a long enough password"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation with one administrator."""
    with Stack(tmp_path_factory.mktemp("whole-path") / "data") as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        running.manage("createsuperuser", "--noinput", "--username", ADMINISTRATOR, "--email", "mira@example.org")
        yield running


@pytest.fixture
def folder(shared_data: Path, tmp_path: Path) -> Path:
    """Return a folder as a scanner's export is: the real series, a text file, and a file cut off."""
    copy = tmp_path / "export"
    shutil.copytree(shared_data / SERIES, copy)
    (copy / "readme.txt").write_text("Exported by the scanner")
    first = next(path for path in sorted(copy.rglob("*")) if path.is_file() and path.suffix != ".txt")
    (copy / "cut-off.dcm").write_bytes(first.read_bytes()[:100_000])
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def zipped_bundle(into: Path) -> Path:
    """Return the shipped bundle as the zip that an engineer would upload."""
    return Path(shutil.make_archive(str(into / "bundle"), "zip", next((ROOT / "annotations/assist/shipped").iterdir())))


def drawn_in(stack: Stack, username: str, reading: str) -> dict[str, np.ndarray]:
    """Return the server's mask of a reading by SOP instance UID."""
    masks = {}
    for frame in stack.api(username).get(f"/api/readings/{reading}/frames")["frames"]:
        if frame["data"]:
            labels = np.frombuffer(zlib.decompress(base64.b64decode(frame["data"])), dtype=np.uint8)
            masks[frame["sop_instance_uid"]] = labels.reshape(frame["rows"], frame["columns"])
    return {uid: mask for uid, mask in masks.items() if mask.any()}


def voxels_of(masks: dict[str, np.ndarray]) -> dict[str, int]:
    """Return the voxel count of each label."""
    values = np.concatenate([mask.ravel() for mask in masks.values()])
    return {str(value): int((values == value).sum()) for value in np.unique(values) if value}


def test_from_a_folder_to_a_released_dataset(browser, stack: Stack, folder: Path, tmp_path: Path, picture) -> None:
    mira = Person(browser, stack.url)
    picture_sign_in(mira, picture)
    mira.sign_in(ADMINISTRATOR, PASSWORD)
    mira.go("/admin/users")
    passwords = {name: pages.add_person(mira, name, name.title()) for name in ("ann", "ben")}
    picture(mira.page, "administration-people")

    # 1 bring in
    files = sum(path.is_file() for path in folder.rglob("*"))
    pages.bring_in(mira, folder, accepted=files - 2, set_aside=2)
    picture(mira.page, "import")
    mira.go("/studies")
    mira.by("study-row").first.wait_for()
    picture(mira.page, "studies")

    # 2 project
    project = set_up(mira, picture)

    # 4 draft, before anybody reads
    version = register_and_draft(mira, project, zipped_bundle(tmp_path), picture)

    # 3 read, blinded
    ann, ann_reading, ann_world = read_as_ann(browser, stack, passwords["ann"], picture)
    ben, ben_reading = read_as_ben(browser, stack, passwords["ben"], ann_reading)

    # 5 agree: the manager's page shows it without a reload
    mira.go(f"/projects/{project}/cases")
    mira.by("case-row").first.get_by_role("link").click()
    mira.by("agreement-mean-dice").wait_for(timeout=120_000)
    mira.by("consensus-present").wait_for(timeout=120_000)
    picture(mira.page, "case-agreement")
    check_agreement(mira, {"Ann": drawn_in(stack, "ann", ann_reading), "Ben": drawn_in(stack, "ben", ben_reading)})
    mira.go(f"/projects/{project}/progress")
    mira.by("progress-reader").first.wait_for()
    picture(mira.page, "progress")

    # 6 retrain, on phantoms with a known truth
    retrain(mira, stack, tmp_path, picture)

    # 7 release, and open the downloads with other people's libraries
    archives = release(mira, project, tmp_path, picture)
    masks = drawn_in(stack, "ann", ann_reading)
    check_dicom_seg(archives["dicom-seg"], masks, ann_world, tmp_path)
    check_nnunet(archives["nnunet"], masks, tmp_path)
    look_around(mira, project, version, picture)
    for person in (ann, ben, mira):
        person.close()


def check_agreement(mira: Person, masks: dict[str, dict[str, np.ndarray]]) -> None:
    """The table says of each label what NumPy says of both readers' masks: Dice, and each volume under its name."""
    both = {uid for of_one in masks.values() for uid in of_one}
    head = mira.by("agreement-pair").locator("table").first.locator("th").all_text_contents()
    found = []
    for row in mira.by("agreement-label").all():
        value = int(row.get_attribute("data-label"))
        one, other = ({uid: mask == value for uid, mask in of_one.items()} for of_one in masks.values())
        counts = [sum(int(mask.sum()) for mask in of_one.values()) for of_one in (one, other)]
        shared = sum(int((one[uid] & other[uid]).sum()) for uid in both if uid in one and uid in other)
        cells = dict(zip(head, row.locator("td").all_text_contents(), strict=True))
        dice = float(row.get_by_test_id("agreement-dice").inner_text())
        assert dice == pytest.approx(2 * shared / sum(counts), abs=0.0006), value
        for name, count in zip(masks, counts, strict=True):
            (shown,) = (text for title, text in cells.items() if name in title)
            assert float(shown.split()[0]) == pytest.approx(count * VOXEL_ML, abs=0.006), (value, name)
        found.append(dice)
    assert len(found) == 2
    assert float(mira.by("agreement-mean-dice").inner_text().split()[0]) == pytest.approx(np.mean(found), abs=0.001)
    assert 0 < np.mean(found) < 1


def look_around(mira: Person, project: str, version: str, picture) -> None:
    """Open every page that the path did not stop at: each must come up whole."""
    here = f"/projects/{project}"
    pages_left = {
        "projects": ("/projects", "project-row"),
        "set-up-form": (f"{here}/set-up/form", "question-row"),
        "set-up-readers": (f"{here}/set-up/readers", "member-row"),
        "set-up-ai": (f"{here}/set-up/ai", "ai-drafts"),
        "set-up-rules": (f"{here}/set-up/rules", "rules-readers"),
        "administration-audit": ("/admin/audit", "audit-row"),
        "account": ("/account", "token-name"),
        "worklist-empty": ("/worklist", "worklist-page"),
    }
    for name, (path, sign) in pages_left.items():
        mira.go(path)
        mira.by(sign).first.wait_for(state="attached")
        expect(mira.by("error-box"), name).to_have_count(0)
        picture(mira.page, name)
    mira.go("/studies")
    mira.by("study-row").first.get_by_role("link").first.click()
    mira.by("series-row").first.wait_for()
    picture(mira.page, "study")
    mira.go(f"{here}/datasets")
    mira.by("release-open").first.click()
    mira.by("release-page").wait_for()
    picture(mira.page, "release")
    mira.go("/models")
    mira.page.get_by_text(version).first.wait_for()
    mira.by("language-menu").click()
    mira.by("language-zh-hans").click()
    mira.page.get_by_text("模型").first.wait_for()
    picture(mira.page, "models-chinese")
    mira.by("language-menu").click()
    mira.by("language-en").click()
    mira.by("scheme-switch").click()
    picture(mira.page, "models-light")
    mira.by("scheme-switch").click()


def picture_sign_in(person: Person, picture) -> None:
    """Keep a picture of the first page."""
    person.go("/")
    person.by("sign-in-username").wait_for()
    picture(person.page, "sign-in")


def set_up(mira: Person, picture) -> str:
    """Define labels, form, readers and rules in the browser, and add the study; return the project's id."""
    project = pages.new_project(mira, "Liver in CT")
    mira.by("data-add-all").click()
    wait_until(lambda: "1" in mira.by("data-case-count").inner_text(), timeout_s=30, what="the case")
    picture(mira.page, "set-up-data")
    pages.set_labels(mira, {"organ": "Liver", "lesion": "Lesion"})
    picture(mira.page, "set-up-labels")
    pages.set_question(mira, "Is the image good enough?", ["good", "poor"])
    pages.add_readers(mira, ["Ann", "Ben"])
    pages.set_rules(mira, readers=2)
    mira.by("step-live").click()
    picture(mira.page, "set-up-live")
    mira.by("go-live").click()
    mira.by("project-close").first.wait_for()
    return project


def register_and_draft(mira: Person, project: str, bundle: Path, picture) -> str:
    """Register a bundle and let it draft the project, watching the job to its end."""
    mira.go("/models")
    mira.by("model-register").first.click()
    mira.by("model-name").fill("Phantom net")
    upload = mira.by("model-bundle")
    (upload if upload.evaluate("n => n.tagName") == "INPUT" else mira.page.locator("input[type=file]")).set_input_files(
        bundle
    )
    mira.by("model-submit").click()
    mira.by("version-may-run").first.wait_for()
    picture(mira.page, "models")
    mira.by("version-open").first.click()
    mira.by("version-page").wait_for()
    picture(mira.page, "model-version")
    mira.go(f"/projects/{project}/set-up/ai")
    pages.choose(mira, "prelabel-model", "Phantom net")
    with mira.page.expect_response(lambda answer: answer.url.endswith("/prelabel")):
        mira.by("prelabel-start").click()
    mira.go(f"/projects/{project}/cases")
    mira.by("case-row").first.get_by_role("link").click()
    mira.page.locator('[data-testid="case-draft"][data-ready="true"]').first.wait_for(timeout=240_000)
    mira.go(f"/projects/{project}/cases")
    mira.by("case-row").first.wait_for()
    picture(mira.page, "cases")
    mira.go("/jobs")
    mira.by("job-row").first.wait_for()
    picture(mira.page, "jobs")
    return "Phantom net"


def read_as_ann(browser, stack: Stack, password: str, picture) -> tuple[Person, str, list[float]]:
    """Ann looks at the draft, rejects it, draws in two planes and in three dimensions, measures, answers, submits."""
    ann = Person(browser, stack.url)
    ann.sign_in("ann", password)
    ann.go("/worklist")
    ann.by("reading-row").or_(ann.by("worklist-row")).first.wait_for()
    picture(ann.page, "worklist")
    room = Room(ann)
    reading = room.open_next()
    ann.by("draft-preview").first.click()
    picture(ann.page, "room-draft")
    ann.by("draft-reject").first.click()
    ann.by("draft-decision").first.wait_for()
    ann.page.keyboard.press("b")
    ann.page.keyboard.press("1")
    room.stroke("axial", [(0.3, 0.4), (0.4, 0.45), (0.42, 0.5)])
    world = room.world_at("axial", 0.4, 0.45)
    room.stroke("coronal", [(0.4, 0.4), (0.45, 0.45)])
    ann.page.keyboard.press("2")
    ann.page.keyboard.press("d")
    room.stroke("axial", [(0.6, 0.55), (0.62, 0.56)])
    room.wait_saved()
    two = room.voxels()
    ann.page.keyboard.press("Control+z")
    assert room.voxels() != two
    ann.page.keyboard.press("Control+Shift+z")
    assert room.voxels() == two
    ann.page.keyboard.press("l")
    room.stroke("axial", [(0.3, 0.3), (0.5, 0.3)])
    ann.by("measurement").first.wait_for()
    answer(ann, "good")
    room.wait_saved()
    picture(ann.page, "room")
    ann.page.keyboard.press("?")
    ann.page.get_by_role("dialog").get_by_text("Brush").first.wait_for()
    picture(ann.page, "room-help")
    ann.page.keyboard.press("Escape")
    ann.by("history").click()
    ann.by("history-panel").wait_for(state="attached")
    picture(ann.page, "room-history")
    ann.page.keyboard.press("Escape")
    assert voxels_of(drawn_in(stack, "ann", reading)) == room.voxels()
    room.submit()
    return ann, reading, world


def answer(person: Person, text: str) -> None:
    """Answer the one question."""
    form = person.by("case-form")
    form.get_by_role("radio", name=text, exact=True).check()


def read_as_ben(browser, stack: Stack, password: str, foreign: str) -> tuple[Person, str]:
    """Ben cannot see Ann's reading; he draws his own, is sent back by nobody, and submits."""
    ben = Person(browser, stack.url)
    ben.sign_in("ben", password)
    status = ben.page.evaluate(f"async () => (await fetch('/api/readings/{foreign}')).status")
    assert status == 404
    room = Room(ben)
    reading = room.open_next()
    assert reading != foreign
    assert room.voxels() == {}
    ben.page.keyboard.press("b")
    ben.page.keyboard.press("1")
    room.stroke("axial", [(0.32, 0.41), (0.42, 0.46), (0.43, 0.5)])
    room.stroke("coronal", [(0.41, 0.4), (0.46, 0.45)])
    ben.page.keyboard.press("2")
    ben.page.keyboard.press("d")
    room.stroke("axial", [(0.61, 0.55), (0.63, 0.56)])
    answer(ben, "good")
    room.wait_saved()
    room.submit()
    return ben, reading


def retrain(mira: Person, stack: Stack, tmp_path: Path, picture) -> None:
    """Let two readers mark phantoms; the trigger trains; the challenger wins; one click rolls back."""
    flow = Flow(stack, prefix="phantom")
    stack.manage("import_dicom", str(flow.write_phantoms(tmp_path / "phantoms", PHANTOMS)))
    project = flow.set_up_project()
    versions = [version for model in flow.admin.get("/api/models") for version in model["versions"]]
    here = f"/api/projects/{project}"
    flow.admin.put(f"{here}/learning/champion", {"model_version": versions[0]["id"], "reason": "to begin with"})
    mira.go(f"/projects/{project}/learning")
    mira.by("trigger-after").or_(mira.by("trigger-on")).first.wait_for()
    if not mira.by("trigger-on").is_checked():
        mira.by("trigger-on").check(force=True)
    mira.by("trigger-after").fill(str(PHANTOMS))
    mira.by("trigger-save").click()
    wait_until(
        lambda: flow.admin.get(f"{here}/learning")["trigger_after"] == PHANTOMS, timeout_s=20, what="the trigger set"
    )
    flow.read_all()
    mira.by("run-row").first.wait_for(timeout=120_000)
    run = wait_until(lambda: flow.admin.get(f"{here}/learning")["runs"], timeout_s=60, what="the run")[0]
    verdict = flow.verdict(run["id"])
    scores = verdict["scores"]
    print(f"held-out Dice: champion {scores['champion']['mean']:.3f}, challenger {scores['challenger']['mean']:.3f}")
    assert verdict["started_by"] == "trigger"
    assert verdict["state"] == "won"
    assert scores["challenger"]["mean"] > scores["champion"]["mean"]
    mira.page.locator('[data-testid="run-row"][data-state="won"]').wait_for(timeout=30_000)
    picture(mira.page, "learning")
    champion = mira.by("champion-name").inner_text()
    mira.by("run-open").first.click()
    mira.by("run-page").wait_for()
    picture(mira.page, "training-run")
    mira.page.go_back()
    mira.by("rollback").click()
    mira.by("rollback-confirm").click()
    wait_until(lambda: mira.by("champion-name").inner_text() != champion, timeout_s=30, what="the roll-back")
    assert len(flow.admin.get(f"{here}/learning")["runs"]) == 1


def release(mira: Person, project: str, into: Path, picture) -> dict[str, Path]:
    """Freeze Ann's marks in both formats and download them."""
    mira.go(f"/projects/{project}/datasets")
    mira.by("release-name").fill("Liver CT")
    pages.choose(mira, "release-source", "reader")
    pages.choose(mira, "release-reader", "Ann")
    for name in ("format-nnunet", "format-dicom-seg"):
        if not mira.by(name).is_checked():
            mira.by(name).check(force=True)
    mira.by("cases-total").wait_for()
    mira.by("release-freeze").click()
    mira.page.locator('[data-testid="release-state"][data-state="frozen"]').or_(
        mira.by("download-nnunet")
    ).first.wait_for(timeout=180_000)
    picture(mira.page, "datasets")
    found = {}
    for name in ("nnunet", "dicom-seg"):
        with mira.page.expect_download() as waiting:
            mira.by(f"download-{name}").first.click()
        found[name] = into / f"{name}.zip"
        waiting.value.save_as(found[name])
    return found


def check_dicom_seg(archive: Path, masks: dict[str, np.ndarray], world: list[float], tmp_path: Path) -> None:
    """Two independent readers of the SEG agree with what was drawn, slice by slice, and on the patient's side."""
    folder = tmp_path / "dicom-seg"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    check_manifest(folder)
    by_highdicom, seg_path = segments_by_highdicom(folder)
    assert set(by_highdicom) == set(masks)
    for uid, mask in masks.items():
        assert np.array_equal(by_highdicom[uid], mask), uid
    counts, label_at = segments_by_simpleitk(seg_path, tmp_path / "itk", world)
    assert counts == voxels_of(masks)
    assert label_at == 1


def check_nnunet(archive: Path, masks: dict[str, np.ndarray], tmp_path: Path) -> None:
    """nnU-Net's own check passes, and its label file holds as many voxels of each label as were drawn."""
    import nibabel

    folder = tmp_path / "nnunet"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    root = next(folder.rglob("dataset.json")).parent
    check = (
        "import sys; from nnunetv2.experiment_planning.verify_dataset_integrity import verify_dataset_integrity;"
        "verify_dataset_integrity(sys.argv[1], 1)"
    )
    names = ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results")
    environment = {**os.environ, **dict.fromkeys(names, str(tmp_path))}
    done = subprocess.run(
        [sys.executable, "-c", check, str(root)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (label_file,) = root.glob("labelsTr/*.nii.gz")
    labels = np.asarray(nibabel.load(label_file).dataobj)
    names = json.loads((root / "dataset.json").read_text())["labels"]
    assert {str(names["organ"]), str(names["lesion"])} == {"1", "2"}
    assert {str(int(v)): int((labels == v).sum()) for v in np.unique(labels) if v} == voxels_of(masks)
