"""The whole path over REST on phantoms with a known truth: for the benchmark and beside the browser's own test."""

import base64
import uuid
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ai.imaging.phantoms import LOW_DOSE_STYLE, Phantom, make_phantom
from config.demo.series import SeriesHeader, ct_series, uid_of
from tests.stack import ROOT, Api, Stack, wait_until

FIRST_SEED = 500
BUNDLE = ROOT / "annotations" / "assist" / "shipped" / "phantom_organ_lesion"
QUESTION = {
    "key": "quality",
    "text": "Image quality?",
    "kind": "choice",
    "choices": ["good", "poor"],
    "required": True,
}
LABELS = [
    {"name": "organ", "type_scheme": "SCT", "type_code": "113343008", "type_meaning": "Organ"},
    {
        "name": "lesion",
        "category_scheme": "SCT",
        "category_code": "49755003",
        "category_meaning": "Morphologically Abnormal Structure",
        "type_scheme": "SCT",
        "type_code": "52988006",
        "type_meaning": "Lesion",
    },
]


class Flow:
    """People, a project of phantom cases, and what is done with it, on a running stack."""

    def __init__(self, stack: Stack, prefix: str = "flow") -> None:
        self.stack = stack
        self.prefix = prefix
        self.phantoms: dict[str, Phantom] = {}
        self.studies: list[str] = []
        self.project = ""
        self.champion = ""
        stack.environment["DJANGO_SUPERUSER_PASSWORD"] = uuid.uuid4().hex
        stack.manage("createsuperuser", "--noinput", "--username", f"{prefix}-admin", "--email", "admin@example.org")
        self.admin = stack.api(f"{prefix}-admin")
        self.readers: list[Api] = []

    def write_phantoms(self, folder: Path, count: int) -> Path:
        """Write `count` phantoms as DICOM files, and remember their truth by series UID."""
        for index in range(count):
            phantom = make_phantom(FIRST_SEED + index, style=LOW_DOSE_STYLE)
            header = SeriesHeader(f"{self.prefix}-{index}", f"Phantom^{index}", "Phantom CT")
            key = (header.patient_id, header.description, header.study_date)
            self.phantoms[uid_of("series", *key)] = phantom
            self.studies.append(uid_of("study", *key))
            place = folder / str(index)
            place.mkdir(parents=True)
            for k, data in enumerate(ct_series(phantom.image, phantom.geometry, header)):
                (place / f"{k:03}.dcm").write_bytes(data)
        return folder

    def set_up_project(self) -> str:
        """Make people, project, protocol and cases, and go live."""
        people = {}
        for name in ("ann", "ben"):
            username = f"{self.prefix}-{name}"
            people[name] = self.admin.post(
                "/api/users", {"username": username, "display_name": name, "is_administrator": False}
            )
            self.readers.append(self.stack.api(username))
        self.project = self.admin.post("/api/projects", {"name": f"{self.prefix} phantoms", "description": ""})["id"]
        here = f"/api/projects/{self.project}"
        for person in people.values():
            self.admin.put(f"{here}/members", {"user": person["id"], "roles": ["reader"]})
        protocol = {
            "labels": LABELS,
            "form": {"questions": [QUESTION]},
            "readers_per_case": 2,
            "blinded": True,
            "ai_drafts": True,
            "consensus_rule": "majority",
        }
        self.admin.put(f"{here}/protocol", protocol)
        self.admin.post(f"{here}/cases", {"study_uids": self.studies})
        self.admin.post(f"{here}/go-live")
        return self.project

    def prelabel(self) -> None:
        """Register the shipped bundle, make it the champion, and let it draft every case."""
        self.stack.manage("register_bundle", str(BUNDLE))
        (model,) = self.admin.get("/api/models")
        self.champion = model["versions"][0]["id"]
        here = f"/api/projects/{self.project}"
        self.admin.put(f"{here}/learning/champion", {"model_version": self.champion, "reason": "to begin with"})
        jobs = self.admin.post(f"{here}/prelabel", {"model_version": self.champion})["jobs"]
        for job in jobs:
            self.finished(job["id"])

    def finished(self, job: str, timeout_s: float = 300) -> dict[str, Any]:
        """Wait for a job to succeed."""

        def state() -> dict[str, Any] | None:
            row: dict[str, Any] = self.admin.get(f"/api/jobs/{job}")
            assert row["state"] not in ("failed", "cancelled"), row
            return row if row["state"] == "succeeded" else None

        answer: dict[str, Any] = wait_until(state, timeout_s=timeout_s, what=f"job {job}")
        return answer

    def read_all(self) -> None:
        """Let both readers mark and submit every case: the truth, with a little noise of each reader's own."""
        for number, reader in enumerate(self.readers):
            for row in reader.get("/api/worklist"):
                self.read_one(reader, row["reading"], seed=number)

    def read_one(self, reader: Api, reading: str, *, seed: int) -> None:
        """Mark one reading and submit it."""
        opened = reader.post(f"/api/readings/{reading}/open")
        detail = reader.get(f"/api/readings/{reading}")
        (series,) = detail["series"]
        (volume,) = reader.get(f"/api/series/{series['series_uid']}/volumes")
        truth = self.phantoms[series["series_uid"]].labels
        marked = with_noise(truth, seed)
        frames = [
            {
                "sop_instance_uid": frame["sop_instance_uid"],
                "frame_number": frame["frame_number"],
                "layer": 0,
                "rows": mask.shape[0],
                "columns": mask.shape[1],
                "data": base64.b64encode(zlib.compress(mask.tobytes())).decode(),
            }
            for frame, mask in zip(volume["frames"], marked, strict=True)
            if mask.any()
        ]
        delta = {
            "client_id": str(uuid.uuid4()),
            "base_revision": detail["head"],
            "tool": "import",
            "frames": frames,
            "measurements": [],
            "answers": [{"question": "quality", "value": "good"}],
        }
        saved = reader.post(f"/api/readings/{reading}/revisions", delta)
        reader.post(f"/api/readings/{reading}/submit", {"base_revision": saved["head"]})
        assert opened is not None

    def wait_for_consensus(self) -> list[dict[str, Any]]:
        """Wait until every case has agreement and consensus."""

        def done() -> list[dict[str, Any]] | None:
            cases: list[dict[str, Any]] = self.admin.get(f"/api/projects/{self.project}/cases")
            return cases if cases and all(case["consensus"] and case["agreement"] for case in cases) else None

        cases: list[dict[str, Any]] = wait_until(done, timeout_s=300, what="consensus of all cases")
        return cases

    def train(self) -> dict[str, Any]:
        """Train a challenger and wait for the verdict."""
        run = self.admin.post(f"/api/projects/{self.project}/learning/train")
        return self.verdict(run["id"])

    def verdict(self, run: str) -> dict[str, Any]:
        """Wait until a training run is decided."""

        def decided() -> dict[str, Any] | None:
            row: dict[str, Any] = self.admin.get(f"/api/training-runs/{run}")
            assert row["state"] != "failed", row
            return row if row["state"] in ("won", "lost") else None

        answer: dict[str, Any] = wait_until(decided, timeout_s=900, what="the training", every_s=0.5)
        return answer

    def release(self) -> dict[str, Any]:
        """Freeze a release in both formats."""
        body = {
            "name": "Phantoms",
            "label_source": "consensus",
            "formats": ["nnunet", "dicom_seg"],
            "shares": {"train": 0.6, "val": 0.2, "test": 0.2},
            "seed": 3,
        }
        release = self.admin.post(f"/api/projects/{self.project}/releases", body)

        def frozen() -> dict[str, Any] | None:
            row: dict[str, Any] = self.admin.get(f"/api/releases/{release['id']}")
            assert row["state"] != "failed", row
            return row if row["state"] == "frozen" else None

        answer: dict[str, Any] = wait_until(frozen, timeout_s=300, what="the release")
        return answer

    def download(self, release: dict[str, Any], name: str, into: Path) -> Path:
        """Download one archive."""
        return self.admin.download(f"/api/releases/{release['id']}/download/{name}", into / f"{name}.zip")


def with_noise(truth: np.ndarray, seed: int) -> np.ndarray:
    """Return the truth with 2 % of its boundary voxels changed, as a reader's hand would."""
    rng = np.random.default_rng(seed)
    moved = np.roll(truth, 1, axis=2)
    boundary = (moved != truth) & (rng.random(truth.shape) < 0.02)
    return np.where(boundary, moved, truth).astype(np.uint8)
