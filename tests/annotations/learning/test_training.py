"""Training from end to end on phantoms: consensus in, scored challenger out."""

import io
import json
import math
import zipfile

import pytest
import torch

from ai.types import ScoreCard, SegmentRequest
from annotations.assist.engines import engine_of
from annotations.assist.models import Draft, ModelVersion
from annotations.assist.selectors.drafts import outcome_of
from annotations.assist.services.registry import register_bundle
from annotations.assist.volumes import wanted_modality
from annotations.learning.models import ChampionChange, LearningSetup, PatientPart
from annotations.learning.services.champions import choose_champion, roll_back
from annotations.learning.services.runs import start_training
from annotations.learning.services.setup import update_setup
from annotations.learning.services.training import beats, state_modality
from annotations.learning.types import TrainingState
from audit.models import AuditRecord
from common.errors import ConflictError, InvalidError
from jobs.execution import run_job
from jobs.models import Event, Job
from jobs.types import JobState
from studies.pixels import read_volume
from tests.annotations.assist.bundles import threshold_bundle
from tests.annotations.learning.conftest import TINY


def card(mean: float | None) -> ScoreCard:
    return ScoreCard(per_label={1: mean}, mean=mean, per_case=())


@pytest.mark.parametrize(
    ("challenger", "champion", "wins"),
    [
        (0.5, None, True),
        (0.0, None, False),
        (None, None, False),
        (0.5, 0.5, False),
        (math.nextafter(0.5, 1.0), 0.5, True),
        (0.4, 0.5, False),
        (0.1, "undefined", True),
        (0.0, "undefined", False),
        (None, 0.0, False),
    ],
)
def test_only_strictly_better_wins(challenger, champion, wins):
    other = None if champion is None else card(None if champion == "undefined" else champion)
    assert beats(card(challenger), other) is wins


def test_from_consensus_to_champion(world, read, run_jobs, client_of, settings):
    read()
    run = start_training(actor=world.engineer, project=world.project)
    sides = {str(case.pk): case.patient_key for case in world.cases}
    train, held_out = set(run.split["train"]), set(run.split["held_out"])
    assert train | held_out == set(sides)
    assert len(held_out) == 1
    assert PatientPart.objects.filter(setup__project=world.project).count() == 4
    assert set(run.inputs) == set(sides)
    run_jobs()
    run.refresh_from_db()
    assert run.job.state == JobState.SUCCEEDED, run.job.error_message
    assert run.state == TrainingState.WON
    assert [point["epoch"] for point in run.curve] == [1, 2, 3, 4]
    assert [point["held_out_dice"] is not None for point in run.curve] == [False, True, False, True]
    score = run.scores["challenger"]
    assert run.scores["champion"] is None
    assert 0 < score["mean"] <= 1
    [case_score] = score["per_case"]
    assert case_score["per_label"] == {"1": pytest.approx(score["per_label"]["1"])}
    setup = LearningSetup.objects.get(project=world.project)
    version = setup.champion
    assert version == run.result_version
    assert (version.source, version.model.project, version.model.name) == ("trained", world.project, "Livers")
    assert version.labels == {"1": "organ"}
    assert version.may_run
    assert version.metadata["fiducial"]["split"] == run.split
    assert version.metadata["fiducial"]["training_run"] == str(run.pk)
    change = ChampionChange.objects.get()
    assert (change.kind, change.version, change.previous, change.run) == ("won", version, None, run)
    assert Event.objects.filter(kind="champion.changed", staff_only=True, team=world.project.team).count() == 1
    changed = Event.objects.filter(kind="training.changed").values_list("payload", flat=True)
    assert [event["epoch"]["epoch"] for event in changed if event["epoch"]][:4] == [1, 2, 3, 4]
    assert not (settings.DATA_DIR / run.checkpoint).exists()
    _check_score(world, run)
    _check_bundle(client_of(world.manager), version)


def _check_score(world, run) -> None:
    """What the record says is what an independent run of the stored bundle gives."""
    [case] = [case for case in world.cases if str(case.pk) in run.split["held_out"]]
    image, geometry = read_volume(world.volume(case))
    found = engine_of(run.result_version).segment(SegmentRequest(image=image, geometry=geometry)).labels == 1
    truth = world.phantom(case).labels > 0
    dice = 2 * (found & truth).sum() / (found.sum() + truth.sum())
    assert run.scores["challenger"]["mean"] == pytest.approx(dice)


def _check_bundle(api, version) -> None:
    """What leaves is a MONAI bundle that torch alone can read."""
    answer = api.get(f"/api/model-versions/{version.pk}/bundle")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        weights = torch.load(io.BytesIO(archive.read("models/model.pt")), weights_only=True)
        metadata = json.loads(archive.read("configs/metadata.json"))
    assert all(isinstance(value, torch.Tensor) for value in weights.values())
    assert metadata["network_data_format"]["inputs"]["image"]["modality"] == "CT"


@pytest.fixture
def perfect(world, tmp_path) -> ModelVersion:
    """Return a model that nobody beats: it was told the truth by making the images themselves tell it."""
    return register_bundle(
        actor=world.administrator, source=threshold_bundle(tmp_path / "perfect", (1000.0,), name="Perfect")
    )


def test_a_challenger_that_is_not_better_does_not_win(world, read, run_jobs, perfect, monkeypatch):
    read()
    choose_champion(actor=world.engineer, project=world.project, version=perfect, reason="start")
    _score_as(monkeypatch, champion=1.0)
    run = start_training(actor=world.engineer, project=world.project)
    assert run.base_version == perfect
    run_jobs()
    run.refresh_from_db()
    assert run.state == TrainingState.LOST, run.job.error_message
    assert run.scores["champion"]["mean"] == 1.0
    assert run.scores["champion"]["version"] == str(perfect.pk)
    assert run.result_version.model.project == world.project  # kept, to be looked at
    assert LearningSetup.objects.get().champion == perfect
    assert not ChampionChange.objects.filter(kind="won").exists()


def test_a_weak_champion_is_beaten_on_the_same_cases(world, read, run_jobs, perfect):
    """A threshold of 1000 HU finds bone at most: its recomputed score on the held-out case is low."""
    read()
    choose_champion(actor=world.engineer, project=world.project, version=perfect, reason="start")
    run = start_training(actor=world.engineer, project=world.project)
    run_jobs()
    run.refresh_from_db()
    assert run.scores["champion"]["mean"] < 0.05
    assert [row["name"] for row in run.scores["champion"]["per_case"]] == [
        row["name"] for row in run.scores["challenger"]["per_case"]
    ]
    assert run.state == TrainingState.WON
    assert ChampionChange.objects.first().previous == perfect


def _score_as(monkeypatch, *, champion: float, meanwhile=None) -> None:
    """Let the champion's score be a given one (the challenger's stays real)."""
    from annotations.learning.services import training

    def told(version, *, held_out, names, on_progress):
        if meanwhile is not None:
            meanwhile(version)
        return card(champion)

    monkeypatch.setattr(training, "score_version", told)


def test_a_champion_chosen_while_scoring_is_the_one_to_beat(world, read, run_jobs, perfect, tmp_path, monkeypatch):
    read()
    other = register_bundle(
        actor=world.administrator, source=threshold_bundle(tmp_path / "other", (900.0,), name="Other")
    )
    choose_champion(actor=world.engineer, project=world.project, version=perfect, reason="start")
    scored = []

    def meanwhile(version):
        if not scored:
            choose_champion(actor=world.engineer, project=world.project, version=other, reason="in between")
        scored.append(version)

    _score_as(monkeypatch, champion=0.0, meanwhile=meanwhile)
    run = start_training(actor=world.engineer, project=world.project)
    run_jobs()
    run.refresh_from_db()
    assert scored == [perfect, other]
    assert run.state == TrainingState.WON
    assert ChampionChange.objects.first().previous == other
    assert ModelVersion.objects.filter(source="trained").count() == 1


def test_the_next_round_starts_from_the_champion_and_keeps_the_split(world, read, run_jobs):
    read(0, 1)
    update_setup(actor=world.engineer, project=world.project, changes={"settings": TINY | {"prelabel_after": False}})
    first = start_training(actor=world.engineer, project=world.project)
    run_jobs()
    read(2, 3)
    second = start_training(actor=world.engineer, project=world.project)
    first.refresh_from_db()
    assert second.base_version == first.result_version
    for part in ("train", "held_out"):
        assert set(first.split[part]) <= set(second.split[part])
    run_jobs()
    second.refresh_from_db()
    assert second.result_version.metadata["fiducial"]["carried_over"] == 1.0
    assert second.result_version.number == 2


def test_a_killed_run_goes_on_at_its_checkpoint(world, read, run_jobs, monkeypatch):
    """The worker dies right after an epoch; the next attempt trains only what is left, to the same network."""
    from ai.training.loop import _Run

    read()
    straight = start_training(actor=world.engineer, project=world.project)
    run_jobs()
    straight.refresh_from_db()

    epoch, trained = _Run.epoch, []

    def counted(self, number):
        trained.append(number)
        return epoch(self, number)

    monkeypatch.setattr(_Run, "epoch", counted)
    LearningSetup.objects.update(champion=None)
    run = start_training(actor=world.engineer, project=world.project)

    from annotations.learning.services import training

    append = training._append_epoch

    def die_after_second(run, report):
        append(run, report)
        if report.epoch == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(training, "_append_epoch", die_after_second)
    run_job(run.job_id)
    job = Job.objects.get(pk=run.job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    run.refresh_from_db()
    assert [point["epoch"] for point in run.curve] == [1, 2]
    monkeypatch.setattr(training, "_append_epoch", append)
    run_jobs()
    run.refresh_from_db()
    assert run.job.state == JobState.SUCCEEDED, run.job.error_message
    assert trained == [1, 2, 3, 4]
    assert [point["epoch"] for point in run.curve] == [1, 2, 3, 4]
    assert [point["loss"] for point in run.curve] == [point["loss"] for point in straight.curve]
    assert run.result_version.weights_sha256 == straight.result_version.weights_sha256


def test_cancel_between_epochs(world, read, run_jobs, monkeypatch):
    from annotations.learning.services import training

    read()
    append = training._append_epoch

    def cancel_after_first(run, report):
        append(run, report)
        Job.objects.filter(pk=run.job_id).update(cancel_requested=True)

    monkeypatch.setattr(training, "_append_epoch", cancel_after_first)
    monkeypatch.setattr("jobs.context.WRITE_EVERY_S", 0.0)
    run = start_training(actor=world.engineer, project=world.project)
    run_jobs()
    run.refresh_from_db()
    assert run.job.state == JobState.CANCELLED
    assert len(run.curve) == 1
    assert run.result_version is None
    assert not ModelVersion.objects.exists()


def test_two_runs_at_once_are_refused(world, read):
    read()
    start_training(actor=world.engineer, project=world.project)
    with pytest.raises(ConflictError) as error:
        start_training(actor=world.engineer, project=world.project)
    assert error.value.code == "training_running"


def test_what_is_missing_is_said(world, read, client_of):
    url = f"/api/projects/{world.project.pk}/learning"
    api = client_of(world.engineer)
    assert "No case has a consensus" in api.get(url).json()["readiness"]["reason"]
    with pytest.raises(InvalidError, match="two patients"):
        start_training(actor=world.engineer, project=world.project)
    read(0)
    readiness = api.get(url).json()["readiness"]
    assert (readiness["train"], readiness["held_out"]) == (1, 0)
    assert "held out" in readiness["reason"]
    assert not PatientPart.objects.exists()  # looking fixes nothing
    read(1)
    assert api.get(url).json()["readiness"] == {"train": 1, "held_out": 1, "reason": None}


def test_the_split_is_fixed_once_trained(world, read):
    update_setup(actor=world.engineer, project=world.project, changes={"seed": 5})
    read()
    start_training(actor=world.engineer, project=world.project)
    update_setup(actor=world.engineer, project=world.project, changes={"seed": 5, "trigger_after": 3})
    with pytest.raises(ConflictError) as error:
        update_setup(actor=world.engineer, project=world.project, changes={"held_out_share": 0.5})
    assert error.value.code == "split_fixed"


def test_a_new_champion_drafts_what_nobody_has_opened(world, read, run_jobs):
    read(0, 1)
    start_training(actor=world.engineer, project=world.project)
    run_jobs()
    champion = LearningSetup.objects.get().champion
    drafts = Draft.objects.filter(model_version=champion)
    assert {draft.case for draft in drafts} == set(world.cases[2:])
    assert all(draft.mark_set for draft in drafts)
    reading = world.reading(world.cases[2], world.readers[0])
    assert outcome_of(draft=drafts.get(case=world.cases[2]), reading=reading, decision=None) == "pending"


def test_unless_the_setup_says_no(world, read, run_jobs):
    update_setup(actor=world.engineer, project=world.project, changes={"settings": TINY | {"prelabel_after": False}})
    read(0, 1)
    start_training(actor=world.engineer, project=world.project)
    run_jobs()
    assert LearningSetup.objects.get().champion
    assert not Draft.objects.exists()


def test_rolling_back_goes_step_by_step(world, client_of, tmp_path):
    versions = [
        register_bundle(
            actor=world.administrator, source=threshold_bundle(tmp_path / str(n), (10.0 * n,)), name="Liver thresholds"
        )
        for n in (1, 2, 3)
    ]
    for version in versions:
        choose_champion(actor=world.engineer, project=world.project, version=version, reason="better")
    api, url = client_of(world.manager), f"/api/projects/{world.project.pk}/learning"
    answer = api.post(f"{url}/rollback", {"reason": "worse in practice"}, format="json").json()
    assert answer["champion"]["id"] == str(versions[1].pk)
    assert answer["history"][0]["kind"] == "rolled_back"
    assert answer["history"][0]["reason"] == "worse in practice"
    assert answer["history"][0]["changed_by"]["display_name"] == world.manager.display_name
    roll_back(actor=world.manager, project=world.project)
    assert LearningSetup.objects.get().champion == versions[0]
    refused = api.post(f"{url}/rollback", {}, format="json")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "no_previous_champion"
    assert AuditRecord.objects.filter(action="champion.rolled_back").count() == 2
    assert Event.objects.filter(kind="champion.changed").count() == 5


def test_a_champion_must_know_a_label_of_the_project(world, client_of, tmp_path):
    bundle = threshold_bundle(tmp_path / "brain", names=("brain",), name="Brain")
    version = register_bundle(actor=world.administrator, source=bundle)
    answer = client_of(world.engineer).put(
        f"/api/projects/{world.project.pk}/learning/champion", {"model_version": str(version.pk)}, format="json"
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "no_label_map"


@pytest.mark.parametrize(
    "wish", [{"epochs": 0}, {"colour": 1}, {"patch_kji": [1, 2]}, {"prelabel_after": "yes"}, {"epochs": "many"}]
)
def test_settings_are_checked_when_written(world, client_of, wish):
    answer = client_of(world.engineer).patch(
        f"/api/projects/{world.project.pk}/learning", {"settings": wish}, format="json"
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "settings"


def test_who_may(world, client_of):
    url = f"/api/projects/{world.project.pk}/learning"
    for user, status in ((world.readers[0], 403), (world.stranger, 404), (None, 401), (world.manager, 200)):
        assert client_of(user).get(url).status_code == status
    for path, method in (("", "patch"), ("/train", "post"), ("/rollback", "post")):
        for user, status in ((world.readers[0], 403), (world.stranger, 404)):
            assert getattr(client_of(user), method)(url + path, {}, format="json").status_code == status


def test_by_http(world, read, client_of, run_jobs):
    read()
    api, url = client_of(world.engineer), f"/api/projects/{world.project.pk}/learning"
    answer = api.patch(url, {"trigger_after": 7, "held_out_share": 0.5}, format="json").json()
    assert (answer["trigger_after"], answer["held_out_share"], answer["new_since_last"]) == (7, 0.5, 4)
    run = api.post(f"{url}/train", {}, format="json")
    assert run.status_code == 202
    assert (run.json()["state"], run.json()["label_names"]) == ("waiting", {"1": "organ"})
    run_jobs()
    done = api.get(f"/api/training-runs/{run.json()['id']}").json()
    assert (done["state"], done["job_state"]) == ("won", "succeeded")
    assert done["result_version"]["model_name"] == "Livers"
    assert len(done["curve"]) == 4
    state = api.get(url).json()
    assert state["new_since_last"] == 0
    assert state["champion"]["id"] == done["result_version"]["id"]
    assert client_of(world.readers[0]).get(f"/api/training-runs/{done['id']}").status_code == 404
    json.dumps(state)


@pytest.mark.parametrize(("seen", "said"), [({"MR"}, "MR"), ({"CT"}, "CT"), ({"CT", "PT"}, "n/a"), (set(), "n/a")])
def test_the_bundle_says_what_it_learned_on(tmp_path, seen, said):
    folder = threshold_bundle(tmp_path / "bundle")
    state_modality(folder, frozenset(seen))
    metadata = json.loads((folder / "configs" / "metadata.json").read_text())
    assert metadata["network_data_format"]["inputs"]["image"]["modality"] == said
    assert wanted_modality(metadata) == ("" if said == "n/a" else said)
