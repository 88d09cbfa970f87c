"""The trigger: one run, however many look, and none that is not due."""

from annotations.learning.models import LearningSetup, TrainingRun
from annotations.learning.services.runs import _start_if_due, check_triggers
from annotations.learning.services.setup import update_setup
from annotations.learning.types import StartedBy
from annotations.reading.services.projects import close_project
from jobs.models import Job
from jobs.periodic import run_due


def _after(world, count):
    update_setup(actor=world.engineer, project=world.project, changes={"trigger_after": count})


def test_after_so_many_new_cases(world, read):
    _after(world, 2)
    assert check_triggers() == []
    read(0)
    assert check_triggers() == []
    read(1)
    [run] = check_triggers()
    assert run.started_by == StartedBy.TRIGGER
    assert run.job.created_by is None
    assert set(run.inputs) == {str(case.pk) for case in world.cases[:2]}
    assert check_triggers() == []  # it runs already


def test_counts_from_the_last_run_on(world, read, run_jobs):
    read(0, 1)
    _after(world, 2)
    check_triggers()
    run_jobs()
    assert check_triggers() == []
    read(2)
    assert check_triggers() == []
    read(3)
    assert len(check_triggers()) == 1


def test_a_run_that_failed_is_not_started_again_and_again(world, read):
    read(0, 1)
    _after(world, 2)
    [run] = check_triggers()
    Job.objects.filter(pk=run.job_id).update(state="failed")
    assert check_triggers() == []


def test_not_without_a_trigger_nor_in_a_closed_project_nor_without_a_held_out_patient(world, read):
    read(0)
    _after(world, 1)
    assert check_triggers() == []  # one patient: nothing to score on
    read(1)
    close_project(actor=world.manager, project=world.project)
    assert check_triggers() == []
    LearningSetup.objects.update(trigger_after=None)
    assert check_triggers() == []


def test_the_sweeper_finds_it(world, read):
    read(0, 1)
    _after(world, 2)
    from jobs.periodic import _checks

    for entry in _checks.values():
        entry.due_at = 0.0
    assert run_due() >= 1
    assert TrainingRun.objects.count() == 1
    assert run_due() == 0  # not due again yet


def test_whoever_looked_before_the_lock_looks_again_under_it(world, read):
    """Two sweepers may both find the trigger due; the second one to get the set-up's lock finds a run there."""
    read(0, 1)
    _after(world, 2)
    first, second = (_start_if_due(project=world.project) for _ in range(2))
    assert first is not None
    assert second is None
    assert TrainingRun.objects.count() == Job.objects.filter(kind="learning.train").count() == 1
