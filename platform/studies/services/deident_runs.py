"""De-identify series: start a run, and do its work in a job that can be killed and started again at any point."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import InvalidError, NotFoundError
from jobs.services import emit_event, enqueue_job
from studies.deident import selectors
from studies.deident.make import Made, make, read_original
from studies.deident.report import StudyReport
from studies.deident.rules import Rules, rules_of
from studies.deident.suspicion import RefusedError
from studies.deident.vault import Vault
from studies.models import (
    DeidentificationPatient,
    DeidentificationProfile,
    DeidentificationRun,
    DeidentificationUid,
    HeldInstance,
    Import,
    Instance,
    Series,
)
from studies.services.deident_patients import Patients
from studies.services.deident_review import hold
from studies.services.deident_store import SOURCE, show, store_batch
from studies.services.imports import close_import, open_import
from studies.types import HeldState, ImportState, Origin, Outcome

logger = logging.getLogger(__name__)
JOB = "studies.deidentify"
MAX_SERIES = 5000
BATCH = 50
Progress = Callable[[float, str], None]


@transaction.atomic
def start_run(
    *,
    actor: User,
    profile: DeidentificationProfile,
    series_uids: Collection[str] = (),
    study_uids: Collection[str] = (),
) -> DeidentificationRun:
    """Begin to de-identify series that the actor sees, as a job; which they are is kept sealed.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    NotFoundError
        A series or study does not exist for the actor.
    InvalidError
        Nothing to do, more than 5,000 series at once, or series that were de-identified already.
    """
    from studies.selectors import visible_series

    selectors.require_profile_manager(actor=actor, team=profile.team)
    visible = visible_series(actor=actor).order_by()
    rows = list(visible.filter(series_uid__in=series_uids).values_list("pk", "series_uid"))
    if len(rows) < len(set(series_uids)):
        raise NotFoundError("Some of these series do not exist.", code="series_not_found")
    studied = visible.filter(study__study_uid__in=study_uids)
    if studied.values("study").distinct().count() < len(set(study_uids)):
        raise NotFoundError("Some of these studies do not exist.", code="study_not_found")
    keys = sorted({key for key, _ in rows} | set(studied.values_list("pk", flat=True)))
    if not keys or len(keys) > MAX_SERIES:
        raise InvalidError(f"Choose between 1 and {MAX_SERIES:,} series.", fields={"series_uids": [len(keys)]})
    if Instance.objects.filter(series__in=keys, origin=Origin.DEIDENTIFIED).exists():
        raise InvalidError("Some of these series are de-identified already.", code="already_deidentified")
    version = selectors.current_version(profile)
    run = DeidentificationRun.objects.create(
        version=version,
        created_by=actor,
        sealed_sources=Vault(profile.secret).seal([str(key) for key in keys]),
        series_count=len(keys),
    )
    run.job = enqueue_job(
        actor=actor,
        kind=JOB,
        arguments={"run_id": str(run.pk)},
        subject=f"deidentification:{run.pk}",
        team=profile.team,
    )
    run.save(update_fields=["job"])
    record_action(
        actor=actor,
        action="deidentification.run",
        subject=f"deidentification:{profile.pk}",
        team=profile.team_id,
        detail={"run": str(run.pk), "version": version.number, "series": len(keys)},
    )
    return run


@dataclass(slots=True)
class RunWork:
    """One attempt at a run. Everything it makes is found again by content, so that an attempt may be the second."""

    run: DeidentificationRun
    rules: Rules
    vault: Vault
    counts: Counter[str] = field(default_factory=Counter)
    studies: dict[str, StudyReport] = field(default_factory=dict)
    _patients: Patients = field(init=False)

    def __post_init__(self) -> None:
        self._patients = Patients(self.run.version, self.vault)

    @property
    def profile(self) -> DeidentificationProfile:
        """The profile whose rules these are."""
        return self.run.version.profile

    def all(self, progress: Progress) -> None:
        """De-identify every series of the run; `progress` may raise to cancel, between instances."""
        keys = self.vault.open(self.run.sealed_sources)
        total = max(Instance.objects.filter(series__in=keys).count(), 1)
        done = 0
        batch = self._import()
        try:
            for key in keys:
                series = Series.objects.select_related("study").filter(pk=key).first()
                if series is None:  # deleted since the run began
                    continue
                for count in self._series(batch, series):
                    done += count
                    progress(min(done / total, 0.99), f"{done} of {total}")
        finally:
            close_import(actor=None, batch=batch)

    def _import(self) -> Import:
        """Return the import of this run: that of an attempt which was killed, else a new one."""
        name = str(self.run.pk)
        left = Import.objects.filter(created_by=None, source=SOURCE, name=name, state=ImportState.OPEN).first()
        return left or open_import(actor=None, source=SOURCE, name=name)

    def _series(self, batch: Import, series: Series) -> Iterator[int]:
        """Make the copies of a series; the team is shown them when all are stored, not when the run ends before."""
        waiting: list[tuple[str, bytes]] = []
        uids: list[DeidentificationUid] = []
        touched: set[str] = set()
        for instance in series.instances.order_by("number", "sop_instance_uid").iterator():
            made, patient = self._instance(series, instance)
            if made is not None and patient is not None and not self._held(series, made, patient):
                uids += self._sealed(made, patient)
                waiting.append((made.sop_instance_uid, made.data))
                touched.add(made.series_uid)
            if len(waiting) >= BATCH or sum(len(data) for _, data in waiting) > 64 << 20:
                self._store(batch, waiting, uids)
                waiting, uids = [], []
            yield 1
        self._store(batch, waiting, uids)
        show(version=self.run.version, series_uids=touched, actor=self.run.created_by)

    def _instance(self, series: Series, instance: Instance) -> tuple[Made | None, DeidentificationPatient | None]:
        """De-identify one file; what goes wrong is counted and reported without any of its values."""
        study = self._report(series)
        try:
            with default_storage.open(instance.blob) as file:
                data: bytes = file.read()
            dataset = read_original(data)
            patient, identity = self._patients.of(dataset, series.study)
            study.pseudonym = identity.pseudonym
            made = make(data, rules=self.rules, identity=identity, original=dataset)
        except RefusedError as error:
            return self._refuse(study, error.code, error.detail)
        except (FileNotFoundError, MemoryError):
            return self._refuse(study, "missing", "Its stored bytes cannot be read.")
        except Exception as error:  # noqa: BLE001  # a damaged file may break the parser in any way
            logger.warning("an instance could not be de-identified: %s", type(error).__name__)
            return self._refuse(study, "unreadable", "The file is damaged where it would have to be changed.")
        study.instances += 1
        study.series.add(made.series_uid)
        study.changes.update(made.changes)
        study.warnings.update(str(code) for code in made.suspicion.warnings)
        if made.unreadable:
            study.warnings["unreadable_attribute"] += made.unreadable
        return made, patient

    def _refuse(self, study: StudyReport, code: str, detail: str) -> tuple[None, None]:
        study.refused[code, detail] += 1
        self.counts["refused"] += 1
        return None, None

    def _report(self, series: Series) -> StudyReport:
        uid = self.vault.uid(series.study.study_uid, version=self.run.version.number)
        return self.studies.setdefault(uid, StudyReport(pseudonym=""))

    def _sealed(self, made: Made, patient: DeidentificationPatient) -> list[DeidentificationUid]:
        return [
            DeidentificationUid(profile=self.profile, patient=patient, uid=uid, sealed=self.vault.seal(original))
            for uid, original in made.originals.items()
        ]

    def _held(self, series: Series, made: Made, patient: DeidentificationPatient) -> bool:
        """Hold an instance that must be looked at; say whether it does not go into the archive now."""
        study = self._report(series)
        known = HeldInstance.objects.filter(version=self.run.version, sop_instance_uid=made.sop_instance_uid).first()
        if known is None and not made.suspicion.reasons:
            return False
        if known is not None and known.state != HeldState.HELD:
            self.counts["present"] += 1
            return True
        shape = read_shape(made.data)
        DeidentificationUid.objects.bulk_create(self._sealed(made, patient), ignore_conflicts=True)
        hold(
            held=HeldInstance(
                version=self.run.version,
                run=self.run,
                study_uid=made.study_uid,
                series_uid=made.series_uid,
                sop_instance_uid=made.sop_instance_uid,
                pseudonym=study.pseudonym,
                modality=made.modality,
                **shape,
                reasons=[{"code": str(code), "detail": str(code.label)} for code in made.suspicion.reasons],
                regions=list(made.suspicion.regions),
                size_bytes=len(made.data),
                sha256=hashlib.sha256(made.data).hexdigest(),
            ),
            data=made.data,
        )
        study.held.update(str(code) for code in made.suspicion.reasons)
        self.counts["held"] += 1
        return True

    def _store(self, batch: Import, files: list[tuple[str, bytes]], uids: list[DeidentificationUid]) -> None:
        """Store made files; the mapping first, so that nothing made is without it."""
        DeidentificationUid.objects.bulk_create(uids, ignore_conflicts=True)
        for outcome in store_batch(batch=batch, files=files):
            if outcome.outcome == Outcome.SET_ASIDE:
                study = self.studies.get(outcome.study_uid)
                self.counts["refused"] += 1
                if study is not None:
                    study.refused[str(outcome.reason or "set_aside"), "The archive did not take the result."] += 1
            else:
                self.counts["made" if outcome.outcome == Outcome.ACCEPTED else "present"] += 1


def read_shape(data: bytes) -> dict[str, int]:
    """Return rows, columns and frames of a made file; zeros where it does not say them."""
    dataset = read_original(data)
    found = {"rows": "Rows", "columns": "Columns", "frame_count": "NumberOfFrames"}
    shape = {}
    for name, keyword in found.items():
        try:
            shape[name] = max(int(dataset.get(keyword) or (1 if name == "frame_count" else 0)), 0)
        except (TypeError, ValueError):
            shape[name] = 0
    return shape


def work_of(run: DeidentificationRun) -> RunWork:
    """Return the work of a run, with its rules and key at hand.

    Raises
    ------
    KeyMissingError
        The profile's key cannot be opened here.
    """
    version = run.version
    return RunWork(run=run, rules=rules_of(version.options, version.private_tags), vault=Vault(version.profile.secret))


def report_of(work: RunWork) -> list[dict[str, Any]]:
    """Return the report: one entry per study, by its new UID."""
    return [report.as_json(uid) for uid, report in sorted(work.studies.items())]


def finish_run(*, run: DeidentificationRun, work: RunWork) -> dict[str, Any]:
    """Write counts and report, and forget which originals were asked for; return what the job says of itself."""
    run.counts, run.report = dict(work.counts), report_of(work)
    run.sealed_sources, run.finished_at = b"", now()
    run.save(update_fields=["counts", "report", "sealed_sources", "finished_at"])
    emit_event(
        kind="deidentification.changed",
        subject=f"deidentification:{work.profile.pk}",
        payload={"profile": str(work.profile.pk), "run": str(run.pk), "counts": run.counts},
        team=work.profile.team,
        staff_only=True,
    )
    return {"run": str(run.pk), "profile": str(work.profile.pk), "counts": run.counts}
