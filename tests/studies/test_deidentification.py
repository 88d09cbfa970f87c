"""From a profile to what a project's team is shown: runs, mapping, review, demand, and who may do what."""

import io
import json
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.db import models
from pydicom import dcmread

from accounts.types import Role
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, demand_deidentification, set_member
from audit.models import AuditRecord
from common.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from jobs.models import Event, Job, JobLog
from studies.deident.blanking import Region
from studies.deident.selectors import current_version
from studies.errors import HeldStateError, NotDeidentifiedError, RulesError
from studies.models import (
    DeidentificationPatient,
    DeidentificationProfile,
    DeidentificationRun,
    DeidentificationUid,
    DeidentifiedSeries,
    HeldInstance,
    Instance,
    Series,
    SeriesGrant,
)
from studies.pixels import stored_file
from studies.selectors import visible_series
from studies.services import grant_series
from studies.services.deident_profiles import create_profile, reidentify, set_reidentifiers, update_profile
from studies.services.deident_review import blank_held, discard_held, release_held
from studies.services.deident_runs import start_run, work_of
from studies.services.quota import storage_usage
from studies.types import HeldState, Origin
from tests import factories
from tests.studies.making import image, stack, uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(importer):
    """Return a manager who brings originals in."""
    return importer


@pytest.fixture
def project(owner):
    return create_project(actor=owner, name="Lungs")


@pytest.fixture
def profile(owner, project) -> DeidentificationProfile:
    return create_profile(actor=owner, team=project.team, name="Lungs", options=["retain_modified_dates"])


def read(instance: Instance):
    with stored_file(instance) as file:
        return dcmread(io.BytesIO(file.read()))


def made_of(profile: DeidentificationProfile) -> list[Instance]:
    rows = Instance.objects.filter(series__deidentified__version__profile=profile)
    return list(rows.order_by("series__series_uid", "number", "sop_instance_uid"))


@pytest.fixture
def run(owner, profile, bring_in, run_jobs):
    """Return a function that imports data sets and de-identifies their series."""

    def go(datasets, **options: Any) -> DeidentificationRun:
        bring_in(owner, datasets)
        uids = sorted({dataset.SeriesInstanceUID for dataset in datasets})
        started = start_run(actor=owner, profile=profile, series_uids=uids, **options)
        run_jobs()
        started.refresh_from_db()
        assert started.job is not None
        assert started.job.state == "succeeded", started.job.error_message
        return started

    return go


def test_a_run_makes_new_objects_that_the_team_alone_sees(run, owner, project, profile) -> None:
    originals = stack(3, PatientName="Doe^Jane", PatientID="P-77", AccessionNumber="ACC123")
    found = run(originals)
    assert found.counts == {"made": 3}
    made = made_of(profile)
    assert len(made) == 3
    assert {row.origin for row in made} == {Origin.DEIDENTIFIED}
    assert {row.source_blob for row in made} == {""}
    dataset = read(made[0])
    assert dataset.PatientID == dataset.PatientName == "LUNGS-0001"
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
    codes = [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107"]
    assert dataset.PixelData == originals[0].PixelData
    series = made[0].series
    assert series.created_by is None
    assert list(series.grants.values_list("team", flat=True)) == [project.team_id]
    member = factories.user("member")
    set_member(actor=owner, project=project, user=member, roles={Role.RESEARCHER})
    assert list(visible_series(actor=member)) == [series]
    assert visible_series(actor=owner).count() == 2
    assert not visible_series(actor=factories.user("stranger")).exists()


def test_dates_move_by_the_same_days_for_all_of_a_patient_and_the_time_of_day_stays(run, profile) -> None:
    first, second, other = image(StudyDate="20200131"), image(StudyDate="20200210"), image(PatientID="P-2")
    run([first, second, other])
    dates = {}
    for row in made_of(profile):
        dataset = read(row)
        dates.setdefault(str(dataset.PatientID), []).append(str(dataset.StudyDate))
        assert dataset.StudyTime == "101500"
    assert set(dates) == {"LUNGS-0001", "LUNGS-0002"}
    pair = sorted(next(values for values in dates.values() if len(values) == 2))
    assert np.datetime64(f"{pair[1][:4]}-{pair[1][4:6]}-{pair[1][6:]}") - np.datetime64(
        f"{pair[0][:4]}-{pair[0][4:6]}-{pair[0][6:]}"
    ) == np.timedelta64(10, "D")
    assert "20200131" not in dates


def test_references_between_objects_still_fit(run, profile) -> None:
    from pydicom.dataset import Dataset

    target = image()
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = target.SOPClassUID, target.SOPInstanceUID
    pointing = image(StudyInstanceUID=target.StudyInstanceUID, FrameOfReferenceUID="1.2.3.4.5.99")
    pointing.DerivationDescription = "From another"
    pointing.ReferencedInstanceSequence = [reference]
    target.FrameOfReferenceUID = "1.2.3.4.5.99"
    run([target, pointing])
    by_ref = {bool(dataset.get("ReferencedInstanceSequence")): dataset for dataset in map(read, made_of(profile))}
    assert by_ref[True].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == by_ref[False].SOPInstanceUID
    assert by_ref[True].FrameOfReferenceUID == by_ref[False].FrameOfReferenceUID != "1.2.3.4.5.99"
    assert by_ref[True].StudyInstanceUID == by_ref[False].StudyInstanceUID != target.StudyInstanceUID


def test_the_same_input_and_version_give_the_same_bytes_and_nothing_twice(run, owner, profile, run_jobs) -> None:
    originals = stack(3)
    run(originals)
    before = {row.sop_instance_uid: row.sha256 for row in made_of(profile)}
    again = start_run(actor=owner, profile=profile, series_uids=[originals[0].SeriesInstanceUID])
    run_jobs()
    again.refresh_from_db()
    assert again.counts == {"present": 3}
    assert {row.sop_instance_uid: row.sha256 for row in made_of(profile)} == before
    assert DeidentificationPatient.objects.count() == 1
    assert DeidentificationUid.objects.count() == 5  # three instances, a series, a study


class Killed(BaseException):
    """As a kill: nothing catches it."""


@pytest.mark.parametrize("after", [0, 1, 2, 4])
def test_killed_in_the_middle_and_run_again(owner, profile, bring_in, run_jobs, after: int) -> None:
    originals = [*stack(3), *stack(2)]
    bring_in(owner, originals)
    uids = sorted({dataset.SeriesInstanceUID for dataset in originals})
    started = start_run(actor=owner, profile=profile, series_uids=uids)
    calls = 0

    def progress(share: float, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed

    with pytest.raises(Killed):
        work_of(started).all(progress)
    run_jobs()
    started.refresh_from_db()
    assert len(made_of(profile)) == 5
    assert Instance.objects.filter(origin=Origin.DEIDENTIFIED).count() == 5
    assert sum(started.counts.values()) == 5
    assert bytes(started.sealed_sources) == b""


def test_killed_between_storing_and_showing(owner, profile, bring_in, run_jobs) -> None:
    """As a kill leaves it: stored, and neither shown nor said to be made; the next attempt puts that right."""
    from studies.services import open_import
    from studies.services.deident_runs import RunWork
    from studies.services.deident_store import SOURCE, store_batch

    original = image()
    bring_in(owner, [original])
    started = start_run(actor=owner, profile=profile, series_uids=[original.SeriesInstanceUID])
    work: RunWork = work_of(started)
    series = Series.objects.get(series_uid=original.SeriesInstanceUID)
    made, _ = work._instance(series, series.instances.get())
    assert made is not None
    store_batch(batch=open_import(actor=None, source=SOURCE), files=[(made.sop_instance_uid, made.data)])
    assert made_of(profile) == []
    assert visible_series(actor=owner).count() == 1
    run_jobs()
    started.refresh_from_db()
    assert started.counts == {"present": 1}
    assert [row.sop_instance_uid for row in made_of(profile)] == [made.sop_instance_uid]
    assert made_of(profile)[0].series.grants.count() == 1


def test_a_cancelled_run_shows_what_it_made_and_goes_on_when_asked(owner, profile, bring_in, run_jobs) -> None:
    from jobs.services import cancel_job, retry_job

    original = image()
    bring_in(owner, [original])
    started = start_run(actor=owner, profile=profile, series_uids=[original.SeriesInstanceUID])
    assert started.job is not None
    cancel_job(actor=owner, job=started.job)
    assert run_jobs() == 0
    retry_job(actor=owner, job=Job.objects.get(pk=started.job.pk))
    run_jobs()
    assert len(made_of(profile)) == 1


def test_pixels_are_the_very_same_bytes_in_every_transfer_syntax(shared_data) -> None:
    from studies.deident.clean import Identity
    from studies.deident.make import make
    from studies.deident.rules import Rules

    identity = Identity("P-1", -400, lambda original: f"2.25.{abs(hash(original))}")
    files = sorted((shared_data / "transfer_syntax" / "ctimage").glob("*.dcm"))
    assert len(files) > 12
    for path in files:
        data = path.read_bytes()
        before, after = dcmread(path), dcmread(io.BytesIO(make(data, rules=Rules(), identity=identity).data))
        assert after.PixelData == before.PixelData, path.name
        assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID


def test_words_of_a_description_do_not_take_the_standards_words_with_them(shared_data) -> None:
    """A series called RTstruct_… stays of modality RTSTRUCT; an institution in a free CS goes."""
    from studies.deident.clean import Identity
    from studies.deident.make import make
    from studies.deident.rules import Rules

    identity = Identity("P-1", -400, lambda original: f"2.25.{abs(hash(original))}")
    (path,) = (shared_data / "pet" / "STS_001_FDG" / "rtstruct").glob("*.dcm")
    made = make(path.read_bytes(), rules=Rules(), identity=identity)
    assert made.modality == "RTSTRUCT"
    dataset = image(InstitutionName="Zyxwvut Clinic", BodyPartExamined="ZYXWVUT")
    from tests.studies.making import file_of

    made = make(file_of(dataset).read(), rules=Rules(), identity=identity)
    assert b"ZYXWVUT" not in made.data


def test_no_row_says_which_original_it_was(run, owner, profile) -> None:
    """Search every table for the original's identifiers: only the original's own rows may hold them."""
    original = image(PatientName="Quixote^Alonso", PatientID="MRN-55512", AccessionNumber="ACC-99887")
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in apps.get_models()}
    run([original])
    source = Instance.objects.get(sop_instance_uid=original.SOPInstanceUID)
    wanted = [
        "Quixote", "MRN-55512", "ACC-99887", original.SOPInstanceUID, original.SeriesInstanceUID,
        original.StudyInstanceUID, source.sha256, str(source.pk), str(source.series_id), str(source.series.study_id),
    ]  # fmt: skip
    own = {"study", "series", "instance", "instanceheader", "volume", "importedfile", "import"}
    for model in apps.get_models():
        for row in model._default_manager.all():
            if row.pk in before[model]:
                continue
            if model._meta.model_name in own and not _of_made(row):
                continue
            said = json.dumps(
                {field.name: str(_plain(field.value_from_object(row))) for field in model._meta.concrete_fields}
            )
            if model in (Event, AuditRecord) and "import" in said:
                continue  # of the import of the original, before the run
            if model is Event and said.count("study.changed") and original.StudyInstanceUID in said:
                continue  # of the indexing of the original
            assert not [text for text in wanted if text in said], f"{model.__name__} {row.pk}"


def _of_made(row: models.Model) -> bool:
    """Return whether a row of the index belongs to what was made."""
    text = json.dumps(
        {field.name: str(_plain(field.value_from_object(row))) for field in row._meta.concrete_fields}, default=str
    )
    if isinstance(row, Instance):
        return row.origin == Origin.DEIDENTIFIED
    if isinstance(row, Series):
        return row.instances.filter(origin=Origin.DEIDENTIFIED).exists()
    instance = getattr(row, "instance", None)
    if instance is not None:
        return instance.origin == Origin.DEIDENTIFIED
    return "2.25." in text or "deidentification" in text


def _plain(value: Any) -> Any:
    import zlib

    if isinstance(value, (bytes, memoryview)):
        raw = bytes(value)
        return zlib.decompress(raw).decode() if raw[:1] == b"x" else raw.decode("latin1")
    return value


def test_a_manager_needs_to_be_named_to_reidentify(run, owner, profile, administrator) -> None:
    original = image(PatientID="MRN-1", PatientName="Doe^Jane")
    run([original])
    made = made_of(profile)[0]
    with pytest.raises(DeniedError):
        reidentify(actor=owner, profile=profile, wanted="LUNGS-0001")
    with pytest.raises(DeniedError):
        set_reidentifiers(actor=owner, profile=profile, users=[owner])
    set_reidentifiers(actor=administrator, profile=profile, users=[owner])
    found = reidentify(actor=owner, profile=profile, wanted=made.sop_instance_uid)
    assert found["pseudonym"] == "LUNGS-0001"
    assert found["patient"]["patient_id"] == "MRN-1"
    assert found["uids"] == [{"uid": made.sop_instance_uid, "original": original.SOPInstanceUID}]
    with pytest.raises(NotFoundError):
        reidentify(actor=owner, profile=profile, wanted="LUNGS-0002")
    records = AuditRecord.objects.filter(action="deidentification.reidentify")
    assert [row.detail["allowed"] for row in records.order_by("pk")] == [False, True, True]
    assert "MRN-1" not in json.dumps([row.detail for row in records])


def test_rules_that_were_used_never_change(run, owner, profile) -> None:
    update_profile(actor=owner, profile=profile, options=["retain_modified_dates", "retain_device"])
    assert current_version(profile).number == 1
    original = image()
    run([original])
    update_profile(actor=owner, profile=profile, options=["clean_descriptors"])
    assert current_version(profile).number == 2
    first = profile.versions.get(number=1)
    assert first.options == ["retain_device", "retain_modified_dates"]
    for wrong in (["no_such"], ["retain_full_dates", "retain_modified_dates"]):
        with pytest.raises(RulesError):
            update_profile(actor=owner, profile=profile, options=wrong)
    with pytest.raises(RulesError):
        update_profile(actor=owner, profile=profile, private_tags=[{"creator": "A", "group": "10", "element": "1"}])


def test_a_rule_changed_and_changed_back_has_everything_made_anew(run, owner, profile) -> None:
    original = image()
    assert run([original]).counts == {"made": 1}
    rules = current_version(profile).options
    update_profile(actor=owner, profile=profile, options=["retain_device"])
    update_profile(actor=owner, profile=profile, options=rules)
    assert (current_version(profile).number, current_version(profile).options) == (2, rules)
    assert run([original]).counts == {"made": 1}


def test_what_cannot_be_vouched_for_is_refused_and_reported_without_its_values(run, profile) -> None:
    from pydicom.uid import EncapsulatedPDFStorage

    document = image(SOPClassUID=EncapsulatedPDFStorage, PixelData=None, Rows=None, Columns=None)
    document.EncapsulatedDocument, document.MIMETypeOfEncapsulatedDocument = b"%PDF secret!", "application/pdf"
    found = run([document, image(StudyInstanceUID=document.StudyInstanceUID)])
    assert found.counts == {"refused": 1, "made": 1}
    (study,) = found.report
    assert [row["code"] for row in study["refused"]] == ["unsupported_class"]
    changed = {(row["tag"], row["action"], row["rule"]) for row in study["changes"]}
    assert ("(0010,0020)", "pseudonym", "basic") in changed
    assert ("(0008,0020)", "shift", "retain_modified_dates") in changed
    assert "Jane" not in json.dumps(found.report)


def ultrasound(**changes: Any):
    from pydicom.dataset import Dataset
    from pydicom.uid import UltrasoundImageStorage

    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 2
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 3, 5
    values = {"Modality": "US", "SOPClassUID": UltrasoundImageStorage, "PixelRepresentation": 0}
    dataset = image(**values | changes)
    dataset.SequenceOfUltrasoundRegions = [region]
    return dataset


def test_an_ultrasound_is_held_and_served_nowhere_until_it_is_blanked(run, owner, profile, client_of) -> None:
    frames = np.full((2, 6, 4), 1000, dtype="<u2")
    found = run([ultrasound(NumberOfFrames=2, PixelData=frames.tobytes())])
    assert found.counts == {"held": 1}
    assert made_of(profile) == []
    held = HeldInstance.objects.get()
    assert {row["code"] for row in held.reasons} == {"modality", "outside_regions"}
    assert held.regions == [{"x": 0, "y": 0, "width": 4, "height": 2}]
    assert not Series.objects.filter(series_uid=held.series_uid).exists()
    picture = client_of(owner).get(f"/api/deidentification/held/{held.pk}/picture?frame=2")
    assert picture.status_code == 200
    assert picture.content[:4] == b"\x89PNG"
    with pytest.raises(InvalidError):
        blank_held(actor=owner, held=held, regions=[Region(0, 0, 5, 2)])
    blob = held.blob
    held = blank_held(actor=owner, held=held, regions=[Region(**region) for region in held.regions])
    assert held.state == HeldState.BLANKED
    (made,) = made_of(profile)
    dataset = read(made)
    assert dataset.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]
    pixels = dataset.pixel_array
    assert pixels[:, :2].max() == 0
    assert (pixels[:, 2:] == 1000).all()
    from django.core.files.storage import default_storage

    assert not default_storage.exists(blob)
    for again in (release_held, discard_held):
        with pytest.raises(HeldStateError):
            again(actor=owner, held=HeldInstance.objects.get(), reason="Twice")
    assert AuditRecord.objects.filter(action="deidentification.blank").count() == 1


def test_releasing_needs_a_reason_and_discarding_lasts(run, owner, profile, run_jobs) -> None:
    first, second = ultrasound(), image(BurnedInAnnotation="YES")
    run([first, second])
    one, two = HeldInstance.objects.order_by("modality")
    with pytest.raises(InvalidError):
        release_held(actor=owner, held=one, reason="  ")
    release_held(actor=owner, held=one, reason="No text to be seen")
    assert storage_usage().held == two.size_bytes > 0
    discard_held(actor=owner, held=two)
    assert storage_usage().held == 0
    assert [row.sop_instance_uid for row in made_of(profile)] == [one.sop_instance_uid]
    again = start_run(actor=owner, profile=profile, series_uids=[first.SeriesInstanceUID, second.SeriesInstanceUID])
    run_jobs()
    again.refresh_from_db()
    assert again.counts == {"present": 2}
    assert not HeldInstance.objects.filter(state=HeldState.HELD).exists()
    assert len(made_of(profile)) == 1


def test_a_compressed_image_is_blanked_losslessly(run, owner, profile) -> None:
    from pydicom.pixels.encoders import RLELosslessEncoder  # noqa: F401  # says early that the codec is there

    dataset = ultrasound(PixelData=np.arange(24, dtype="<u2").tobytes())
    dataset.compress("1.2.840.10008.1.2.5", generate_instance_uid=False)
    run([dataset])
    held = HeldInstance.objects.get()
    blank_held(actor=owner, held=held, regions=[Region(1, 1, 2, 3)])
    pixels = read(made_of(profile)[0]).pixel_array
    wanted = np.arange(24).reshape(6, 4)
    wanted[1:4, 1:3] = 0
    assert (pixels == wanted).all()


def test_a_project_that_demands_a_profile_takes_nothing_else(run, owner, project, profile, client_of) -> None:
    original = image()
    run([original])
    answer = client_of(owner).patch(
        f"/api/projects/{project.pk}", {"deidentification_profile": str(profile.pk)}, format="json"
    )
    assert answer.status_code == 200
    assert answer.json()["deidentification_profile"] == str(profile.pk)
    with pytest.raises(NotDeidentifiedError) as refused:
        add_cases(actor=owner, project=project, study_uids=[original.StudyInstanceUID])
    assert refused.value.fields["series"] == [original.SeriesInstanceUID]
    assert "run the profile" in refused.value.message
    identified = Series.objects.get(series_uid=original.SeriesInstanceUID)
    with pytest.raises(NotDeidentifiedError):
        grant_series(actor=owner, series=identified, team=project.team)
    copy = DeidentifiedSeries.objects.get().series
    chosen = Series.objects.create(study=copy.study, series_uid="1.2.3.88", modality="KO", created_by=owner)
    made, skipped = add_cases(actor=owner, project=project)
    assert not chosen.grants.exists()  # key images that the profile did not pass
    assert [study.reason for study in skipped] == ["not_deidentified"]
    assert [case.series.count() for case in made] == [1]
    assert DeidentifiedSeries.objects.filter(series__cases__in=made).count() == 1


def test_a_demand_made_too_late_is_refused_with_what_is_wrong(owner, project, profile, bring_in) -> None:
    original = image()
    bring_in(owner, [original])
    add_cases(actor=owner, project=project, study_uids=[original.StudyInstanceUID])
    with pytest.raises(NotDeidentifiedError) as refused:
        demand_deidentification(actor=owner, project=project, profile=profile)
    assert refused.value.fields["series"] == [original.SeriesInstanceUID]
    assert not hasattr(project.team, "deidentification_demand")
    other = create_project(actor=owner, name="Other")
    with pytest.raises(NotFoundError):
        demand_deidentification(actor=owner, project=other, profile=profile)


def test_older_rules_no_longer_pass(run, owner, project, profile, run_jobs) -> None:
    original = image()
    run([original])
    demand_deidentification(actor=owner, project=project, profile=profile)
    update_profile(actor=owner, profile=profile, options=[])
    made = made_of(profile)[0].series
    SeriesGrant.objects.filter(series=made).delete()
    with pytest.raises((NotDeidentifiedError, DeniedError)):
        grant_series(actor=factories.user("root", is_staff=True), series=made, team=project.team)
    start_run(actor=owner, profile=profile, series_uids=[original.SeriesInstanceUID])
    run_jobs()
    assert {row.series.deidentified.version.number for row in made_of(profile)} == {1, 2}
    cases, _ = add_cases(actor=owner, project=project)
    assert [case.series.get().deidentified.version.number for case in cases] == [2]


def test_nobody_adds_an_identified_file_to_a_made_series(run, owner, project, profile, bring_in) -> None:
    run([image()])
    demand_deidentification(actor=owner, project=project, profile=profile)
    made = made_of(profile)[0]
    intruder = image(
        StudyInstanceUID=made.series.study.study_uid, SeriesInstanceUID=made.series.series_uid, SOPInstanceUID=uid()
    )
    batch = bring_in(owner, [intruder])
    assert batch.accepted == 0
    assert Instance.objects.filter(series=made.series).count() == 1


def test_only_the_teams_managers_see_any_of_it(run, owner, project, profile, client_of) -> None:
    run([ultrasound()])
    reader = factories.user("reader")
    set_member(actor=owner, project=project, user=reader, roles={Role.READER, Role.ENGINEER, Role.RESEARCHER})
    api = client_of(reader)
    assert api.get("/api/deidentification/profiles").json() == []
    assert api.get("/api/deidentification/runs").json()["results"] == []
    assert api.get("/api/deidentification/held").json()["count"] == 0
    page = client_of(owner).get("/api/deidentification/held", {"profile": str(profile.pk)}).json()
    assert page["count"] == 1
    assert page["results"][0]["picture"].endswith("/picture")
    assert Job.objects.filter(kind="studies.deidentify").values_list("arguments", flat=True)[0].keys() == {"run_id"}
    assert not JobLog.objects.exists()


def test_lists_come_in_pages(run, owner, profile, client_of, bring_in) -> None:
    for _ in range(3):
        run([ultrasound()])
    api = client_of(owner)
    for address, newest_first in (("held", False), ("runs", True)):
        seen, after = [], {}
        while True:
            page = api.get(f"/api/deidentification/{address}", {"limit": 2, **after}).json()
            seen += [(row["created_at"], row["id"]) for row in page["results"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert len(seen) == 3
        assert seen == sorted(seen, reverse=newest_first)
    detail = api.get(f"/api/deidentification/runs/{seen[0][1]}").json()
    assert detail["studies"][0]["held"][0]["count"] == 1
    assert api.get("/api/deidentification/held", {"after": str(profile.pk)}).status_code == 404


def test_keys_rotate_and_mappings_stay(run, owner, profile, settings, administrator) -> None:
    from django.core.management import call_command

    run([image(PatientID="MRN-1")])
    old = settings.SECRET_KEY
    settings.DEIDENTIFICATION_KEYS = ("n" * 40,)
    call_command("rotate_deidentification_key")
    profile.refresh_from_db()
    settings.SECRET_KEY = "another secret that opens nothing at all"  # of this test alone
    assert reidentify(actor=administrator, profile=profile, wanted="LUNGS-0001")["patient"]["patient_id"] == "MRN-1"
    settings.SECRET_KEY, settings.DEIDENTIFICATION_KEYS = old, ()
    with pytest.raises(ConflictError):
        reidentify(actor=administrator, profile=profile, wanted="LUNGS-0001")
