"""Two windows save at the same moment: one wins, the other is told, neither is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from annotations.marks.errors import StaleBaseError
from annotations.marks.models import MarkSet, Revision
from annotations.marks.services import append_or_repeat, append_revision
from tests import factories
from tests.annotations.marks import rows


def race(write):
    """Run `write(n)` for n in 0, 1 at the same moment, each with its own connection; return results or errors."""
    together = threading.Barrier(2)

    def run(number):
        try:
            together.wait(timeout=10)
            return write(number)
        except StaleBaseError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


@pytest.mark.usefixtures("shared_database")
def test_of_two_changes_on_one_base_exactly_one_wins():
    team = factories.team("A")
    marks, place = rows.mark_set(team), rows.places(rows.series(team=team))[0]
    for base in range(8):

        def write(number, base=base):
            return append_revision(
                mark_set=MarkSet.objects.get(pk=marks.pk),
                base_revision=base,
                delta=rows.masks(place, rows.plane(number + 1)),
                provenance=rows.provenance(),
            )

        outcomes = race(write)
        won = [found for found in outcomes if isinstance(found, Revision)]
        lost = [found for found in outcomes if isinstance(found, StaleBaseError)]
        assert (len(won), len(lost)) == (1, 1)
        assert won[0].number == lost[0].fields["head"] == base + 1


@pytest.mark.usefixtures("shared_database")
def test_one_change_sent_twice_at_once_is_one_revision():
    team = factories.team("A")
    marks, place = rows.mark_set(team), rows.places(rows.series(team=team))[0]
    for base in range(8):
        same = rows.provenance()

        def write(_number, base=base, same=same):
            return append_or_repeat(
                mark_set=MarkSet.objects.get(pk=marks.pk),
                base_revision=base,
                delta=rows.masks(place, rows.plane(1)),
                provenance=same,
            )

        (first, made_first), (second, made_second) = race(write)
        assert first.pk == second.pk
        assert made_first != made_second
    assert Revision.objects.count() == 8
