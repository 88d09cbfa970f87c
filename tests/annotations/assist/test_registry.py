"""Bundles come in: who may bring them, what is refused, and what trust means."""

import io
import json
import os
import pickle
import tempfile
import zipfile
from pathlib import Path

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from annotations.assist import bundles
from annotations.assist.models import ModelVersion
from annotations.assist.services.prelabel import request_prelabel
from annotations.assist.services.registry import register_bundle, register_shipped
from annotations.assist.weights import foreign_names
from audit.models import AuditRecord
from common.errors import ConflictError, InvalidError
from jobs.models import Job
from tests.annotations.assist.bundles import threshold_bundle, zipped

OWN_CODE = {"_target_": "scripts.network.make", "channels": 2}


def upload(api, path: Path, name: str = "Model"):
    file = SimpleUploadedFile(path.name, path.read_bytes(), content_type="application/zip")
    return api.post("/api/models", {"bundle": file, "name": name}, format="multipart")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a good bundle."""
    return threshold_bundle(tmp_path / "good")


def test_upload_describes_the_bundle(administrator, client_of, folder, tmp_path):
    answer = upload(client_of(administrator), zipped(folder, tmp_path / "good.zip"), "Liver")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["model_name"], body["number"], body["source"]) == ("Liver", 1, "uploaded")
    assert body["labels"] == {"1": "organ"}
    assert (body["untrusted_targets"], body["trusted"], body["may_run"]) == ([], False, True)
    assert len(body["bundle_sha256"]) == len(body["weights_sha256"]) == 64
    assert AuditRecord.objects.get(action="model.register").actor_id == administrator.pk
    [model] = client_of(administrator).get("/api/models").json()
    assert [row["number"] for row in model["versions"]] == [1]
    assert client_of(administrator).get(f"/api/models/{model['id']}").json()["name"] == "Liver"


def test_the_same_bundle_from_folder_and_zip_is_the_same_bytes(administrator, folder, tmp_path):
    first = register_bundle(actor=administrator, source=folder, name="One")
    second = register_bundle(actor=administrator, source=zipped(folder, tmp_path / "x.zip"), name="Two")
    assert first.bundle_sha256 == second.bundle_sha256
    with pytest.raises(ConflictError) as error:
        register_bundle(actor=administrator, source=folder, name="One")
    assert error.value.fields == {"model_version": str(first.pk)}


def test_download_gives_the_stored_bytes_and_registers_again(administrator, client_of, folder, tmp_path):
    version = register_bundle(actor=administrator, source=folder, name="One")
    answer = client_of(administrator).get(f"/api/model-versions/{version.pk}/bundle")
    assert answer["Content-Type"] == "application/zip"
    data = b"".join(answer.streaming_content)
    assert bundles.sha256_of(io.BytesIO(data)) == version.bundle_sha256
    path = tmp_path / "again.zip"
    path.write_bytes(data)
    assert register_bundle(actor=administrator, source=path, name="Copy").bundle_sha256 == version.bundle_sha256


def test_versions_are_numbered(administrator, tmp_path):
    for number, threshold in enumerate((10.0, 20.0), start=1):
        bundle = threshold_bundle(tmp_path / str(number), (threshold,))
        assert register_bundle(actor=administrator, source=bundle, name="Liver").number == number


def test_only_administrators_register(manager, client_of, folder, tmp_path):
    path = zipped(folder, tmp_path / "good.zip")
    assert upload(client_of(manager), path).status_code == 403
    assert upload(client_of(None), path).status_code == 401
    assert not ModelVersion.objects.exists()


class TestRefused:
    """Each is a clear error, and nothing is kept."""

    @pytest.fixture(autouse=True)
    def _nothing_kept(self, db):
        yield
        assert not ModelVersion.objects.exists()

    def refused(self, client, path: Path) -> str:
        answer = upload(client, path)
        assert answer.status_code == 400, answer.content
        assert answer.json()["error"]["code"] in ("bundle", "bundle_refused")
        return answer.json()["error"]["message"]

    def test_no_zip(self, administrator, client_of, tmp_path):
        path = tmp_path / "x.zip"
        path.write_bytes(b"not a zip")
        assert "zip" in self.refused(client_of(administrator), path)

    def test_no_network_config(self, administrator, client_of, folder, tmp_path):
        path = folder / "configs" / "inference.json"
        config = json.loads(path.read_text())
        del config["network_def"]
        path.write_text(json.dumps(config))
        assert "network" in self.refused(client_of(administrator), zipped(folder, tmp_path / "x.zip"))

    def test_no_inference_config_at_all(self, administrator, client_of, folder, tmp_path):
        (folder / "configs" / "inference.json").unlink()
        assert "inference" in self.refused(client_of(administrator), zipped(folder, tmp_path / "x.zip"))

    def test_climbing_zip(self, administrator, client_of, folder, tmp_path):
        path = zipped(folder, tmp_path / "x.zip")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("../../escaped.txt", "out")
        assert "outside" in self.refused(client_of(administrator), path)
        assert not list(tmp_path.rglob("escaped.txt"))

    def test_inflating_zip(self, administrator, client_of, folder, tmp_path):
        path = zipped(folder, tmp_path / "x.zip")
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("good/models/bomb", b"\0" * (8 << 20))
        assert "inflates" in self.refused(client_of(administrator), path)

    def test_labels_unknown(self, administrator, client_of, folder, tmp_path):
        path = folder / "configs" / "metadata.json"
        path.write_text(json.dumps({"name": "x", "version": "1"}))
        assert "labels" in self.refused(client_of(administrator), zipped(folder, tmp_path / "x.zip"))

    def test_too_large(self, administrator, client_of, folder, tmp_path, settings):
        settings.MAX_UPLOAD_BYTES = 100
        answer = upload(client_of(administrator), zipped(folder, tmp_path / "x.zip"))
        assert answer.json()["error"]["code"] == "too_large"

    def test_link_in_a_folder(self, administrator, folder, tmp_path):
        (folder / "models" / "link").symlink_to("/etc/hostname")
        with pytest.raises(InvalidError, match="link"):
            register_bundle(actor=administrator, source=folder)


class _Evil:
    def __reduce__(self):
        return (Path.touch, (Path(self.target),))

    def __init__(self, target: str) -> None:
        self.target = target


@pytest.mark.parametrize("form", ["torch zip", "bare pickle 2", "bare pickle 4"])
def test_weights_that_carry_code_are_refused_and_never_run(administrator, client_of, folder, tmp_path, form):
    proof, weights = tmp_path / "was-here", folder / "models" / "model.pt"
    content = {"weight": torch.zeros(1), "extra": _Evil(str(proof))}
    if form == "torch zip":
        torch.save(content, weights)
    else:
        weights.write_bytes(pickle.dumps(_Evil(str(proof)), protocol=int(form[-1])))
    answer = upload(client_of(administrator), zipped(folder, tmp_path / "x.zip"))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "weights_carry_code"
    assert "pathlib" in answer.json()["error"]["message"]
    assert not ModelVersion.objects.exists()
    assert not proof.exists()


def test_code_that_slips_past_the_look_does_not_run_either(world, version, tmp_path, run_jobs):
    """The reader of the weights is the lock that counts: it stands even when the look at registration is fooled."""
    from annotations.assist.engines import _loaded

    proof = tmp_path / "was-here"
    torch.save({"extra": _Evil(str(proof))}, bundles.unpacked(version) / "models" / "model.pt")
    _loaded.clear()
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    job = Job.objects.get(kind="assist.prelabel")
    assert (job.state, job.error_code) == ("failed", "bundle")
    assert not proof.exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_plain_weights_hold_no_foreign_names(tmp_path, legacy):
    network = torch.nn.Sequential(torch.nn.Conv3d(1, 2, 1), torch.nn.BatchNorm3d(2))
    content = {"model": network.state_dict(), "epoch": 3, "parameter": torch.nn.Parameter(torch.zeros(2))}
    torch.save(content, tmp_path / "model.pt", _use_new_zipfile_serialization=not legacy)
    assert foreign_names(tmp_path / "model.pt") == []


@pytest.fixture
def scripted(tmp_path: Path) -> Path:
    """Return a bundle whose network is made by a script of its own."""
    bundle = threshold_bundle(tmp_path / "scripted", network=OWN_CODE, name="Scripted")
    (bundle / "scripts").mkdir()
    (bundle / "scripts" / "__init__.py").write_text("")
    (bundle / "scripts" / "network.py").write_text(
        "import torch\n\n\ndef make(channels):\n    return torch.nn.Conv3d(1, channels, 1)\n"
    )
    return bundle


def test_trust_is_explicit_named_and_recorded(world, scripted, client_of, run_jobs):
    version = register_bundle(actor=world.administrator, source=scripted)
    assert version.untrusted_targets == ["scripts.network.make"]
    assert not version.may_run
    url, wish = f"/api/projects/{world.project.pk}/prelabel", {"model_version": str(version.pk)}
    refused = client_of(world.engineer).post(url, wish, format="json")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "model_untrusted"
    assert refused.json()["error"]["fields"] == {"untrusted_targets": ["scripts.network.make"]}

    trust = f"/api/model-versions/{version.pk}/trust"
    named = {"targets": ["scripts.network.make"]}
    assert client_of(world.engineer).post(trust, named, format="json").status_code == 403
    assert client_of(world.readers[0]).post(trust, named, format="json").status_code == 404
    admin = client_of(world.administrator)
    assert admin.post(trust, {"targets": []}, format="json").status_code == 400
    other = admin.post(trust, {"targets": ["os.system"]}, format="json")
    assert other.json()["error"]["code"] == "unknown_target"
    answer = admin.post(trust, named, format="json").json()
    assert (answer["trusted"], answer["may_run"], answer["trusted_targets"]) == (True, True, named["targets"])
    record = AuditRecord.objects.get(action="model.trust")
    assert record.actor_id == world.administrator.pk
    assert record.detail["targets"] == named["targets"]
    assert record.detail["bundle_sha256"] == version.bundle_sha256

    assert client_of(world.engineer).post(url, wish, format="json").status_code == 202
    run_jobs()
    assert set(Job.objects.filter(kind="assist.prelabel").values_list("state", flat=True)) == {"succeeded"}


def test_readers_see_no_models(world, version, client_of):
    assert client_of(world.readers[0]).get("/api/models").json() == []
    assert client_of(world.readers[0]).get(f"/api/model-versions/{version.pk}").status_code == 404
    assert client_of(world.readers[0]).get(f"/api/model-versions/{version.pk}/bundle").status_code == 404
    assert client_of(world.engineer).get(f"/api/model-versions/{version.pk}").status_code == 200


def test_a_damaged_blob_is_noticed(world, version, run_jobs, settings):
    blob = Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / version.bundle
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(bytes(data))
    from annotations.assist.engines import _loaded

    _loaded.clear()
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    assert Job.objects.get(kind="assist.prelabel").error_code == "bundle_damaged"


def test_the_command_registers(db, folder, capsys, tmp_path):
    call_command("register_bundle", str(folder), "--name", "From the shell")
    assert capsys.readouterr().out.startswith("From the shell/1 ")
    assert AuditRecord.objects.get(action="model.register").actor_name == "system"
    with pytest.raises(CommandError, match="nothing at"):
        call_command("register_bundle", str(tmp_path / "absent"))


def test_shipped_bundles_are_registered_once(db):
    first = register_shipped()
    assert [version.pk for version in register_shipped()] == [version.pk for version in first]
    assert all(version.source == "shipped" and version.may_run for version in first)


def test_torch_reads_what_the_tests_write(folder):
    weights = torch.load(folder / "models" / "model.pt", weights_only=True)
    assert weights["weight"].shape == (2, 1, 1, 1, 1)


@given(st.binary(max_size=300))
def test_looking_into_any_bytes_is_safe(data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = foreign_names(Path(file.name))
    assert found == sorted(set(found)), "a sorted list of names, and nothing raised"


def test_scratch_left_by_a_killed_process_goes_after_a_day(settings):
    with bundles.scratch("a") as first:
        old, young = first.parent / "old", first.parent / "young"
        for folder in (old, young):
            (folder / "inside").mkdir(parents=True)
        os.utime(old, (0, 0))
        with bundles.scratch("b"):
            assert not old.exists()
            assert young.exists()
            assert first.exists()
    assert not first.exists()
