"""The cases of the reading-room bench: copies of one CT, in a project with one reader."""

import uuid
from pathlib import Path
from typing import Any

from tests.bench.archive_data import Ct, make_ct
from tests.flow import LABELS
from tests.stack import Api, Stack

READER = "bench-reader"
FIRST_LARGE = 5000  # copies of the large CT are numbered from here


class Cases:
    """An installation with a project; cases are brought in as they are needed."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        stack.environment["DJANGO_SUPERUSER_PASSWORD"] = uuid.uuid4().hex
        stack.manage("createsuperuser", "--noinput", "--username", "bench", "--email", "bench@example.org")
        self.admin: Api = stack.api("bench")
        user = self.admin.post("/api/users", {"username": READER, "display_name": READER, "is_administrator": False})
        self.password: str = self.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        self.token = self.admin.session.headers["Authorization"].split()[1]
        self.reader = stack.api(READER)
        self._copies = 0
        self._user = user["id"]

    def bring_in(self, slices: int, count: int) -> list[str]:
        """Import `count` studies of so many slices, in a project of their own; return their readings in case order."""
        ct = make_ct(slices)
        studies = []
        for _ in range(count):
            self._copies += 1
            copy = ct.copy(self._copies)
            self._write(copy)
            studies.append(copy.study)
        self.stack.manage("import_dicom", str(self.folder))
        for path in self.folder.rglob("*.dcm"):
            path.unlink()
        return self._project(studies)

    def _write(self, ct: Ct) -> None:
        place = self.folder / ct.study
        place.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(ct.files):
            (place / f"{number:04}.dcm").write_bytes(content)

    def _project(self, studies: list[str]) -> list[str]:
        project = self.admin.post("/api/projects", {"name": f"bench {studies[0][-6:]}", "description": ""})["id"]
        here = f"/api/projects/{project}"
        self.admin.put(f"{here}/members", {"user": self._user, "roles": ["reader"]})
        protocol = {
            "labels": LABELS,
            "form": {"questions": []},
            "readers_per_case": 1,
            "blinded": True,
            "ai_drafts": False,
            "consensus_rule": "majority",
        }
        self.admin.put(f"{here}/protocol", protocol)
        self.admin.post(f"{here}/cases", {"study_uids": studies})
        self.admin.post(f"{here}/go-live")
        rows: list[dict[str, Any]] = self.reader.get("/api/worklist")
        mine = [row for row in rows if row["project"]["id"] == project]
        return [str(row["reading"]) for row in sorted(mine, key=lambda row: row["case_number"])]

    def study_of(self, number: int) -> str:
        """Return the Study Instance UID of the copy with this number, counted from 1."""
        return Ct([]).copy(number).study
