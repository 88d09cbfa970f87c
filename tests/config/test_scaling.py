"""The same product on PostgreSQL and Redis, chosen by two variables alone."""

from pathlib import Path

import psycopg
import pytest

from tests.flow import Flow
from tests.services import postgres_server, postgres_url, redis_url  # noqa: F401  (fixtures)
from tests.stack import Stack

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def own_blobs() -> None:
    """Replace the database tests' fixture: the stack has a data folder of its own."""


def test_from_files_to_a_release_on_postgresql_and_redis(postgres_url, redis_url, tmp_path: Path) -> None:  # noqa: F811
    with Stack(tmp_path / "data", DATABASE_URL=postgres_url, REDIS_URL=redis_url) as stack:
        flow = Flow(stack)
        said = stack.manage("import_dicom", str(flow.write_phantoms(tmp_path / "dicom", 2)))
        assert said.startswith("96 accepted, 0 already there, 0 set aside, 2 studies")
        flow.set_up_project()
        flow.prelabel()
        flow.read_all()
        for case in flow.wait_for_consensus():
            assert 0.9 < case["agreement"]["mean_dice"] < 1
        release = flow.release()
        assert {archive["format"] for archive in release["archives"]} == {"nnunet", "dicom_seg"}
        for archive in release["archives"]:
            assert flow.download(release, archive["format"], tmp_path).stat().st_size == archive["size_bytes"]
    with psycopg.connect(postgres_url) as connection:
        for other in ("seqscan", "indexscan", "indexonlyscan"):  # so few rows are read whole otherwise
            connection.execute(f"SET enable_{other} = off")
        plan = connection.execute("EXPLAIN SELECT 1 FROM studies_study WHERE patient_name_key LIKE '%abc%'").fetchall()
        assert any("study_texts_within" in line for (line,) in plan)
    assert not list((tmp_path / "data").glob("*.sqlite3"))
    assert not (tmp_path / "data" / "broker").exists()
