"""What the archives of a release are made of: looked up once per case, for every format alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.selectors import product_version
from annotations.datasets.errors import FrozenInputError
from annotations.datasets.members import definition_from_json, member_from_json
from annotations.datasets.models import Release
from annotations.datasets.selectors.attribution import Attribution, attribution_of
from annotations.datasets.selectors.readers import reader_numbers
from annotations.datasets.types import Candidate, Definition, Format, MarksInput, Split
from annotations.marks.models import Label, MarkSet
from annotations.reading.models import Case
from studies.models import Series

Report = Callable[[float, str], None]
"""Called with the share that is done and what is being done; may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class Member:
    """One case of a release with its marks and who made them."""

    plan: Candidate
    split: Split
    case: Case
    series: tuple[Series, ...]
    mark_set: MarkSet
    marked_at: datetime
    attribution: Attribution
    inputs: tuple[tuple[MarksInput, Attribution], ...]


@dataclass(frozen=True, slots=True)
class Ingredients:
    """A release with everything that its archives take from the database; pixels and masks come later."""

    release: Release
    definition: Definition
    labels: tuple[Label, ...]
    readers: Mapping[UUID, int]
    members: tuple[Member, ...]
    version: str

    def members_in(self, form: Format) -> list[Member]:
        """Return the members that a format takes, by case number."""
        return [member for member in self.members if form in member.plan.formats]


def gather(*, release: Release, report: Report) -> Ingredients:
    """Return the ingredients of a release.

    Raises
    ------
    FrozenInputError
        A case, its marks or its images are gone.
    """
    readers = reader_numbers(project=release.project)
    members = []
    for index, data in enumerate(release.members):
        report(index / len(release.members), f"Tracing marks of case {data['number']}")
        members.append(_member(*member_from_json(data), readers=readers))
    return Ingredients(
        release=release,
        definition=definition_from_json(release.definition, name=release.name),
        labels=tuple(release.protocol.label_set.labels.order_by("value")),
        readers=readers,
        members=tuple(members),
        version=product_version(),
    )


def _member(plan: Candidate, split: Split, *, readers: Mapping[UUID, int]) -> Member:
    case = Case.objects.filter(pk=plan.case_id).first()
    mark_set = MarkSet.objects.filter(pk=plan.mark_set).first()
    revision = mark_set.revisions.filter(number=plan.revision).first() if mark_set else None
    if case is None or mark_set is None or (revision is None and plan.revision > 0):
        raise FrozenInputError(f"Case {plan.number} or its marks are not there any more; freeze a new release.")
    series = tuple(case.series.select_related("study").order_by("number", "series_uid"))
    return Member(
        plan=plan,
        split=split,
        case=case,
        series=series,
        mark_set=mark_set,
        marked_at=revision.created_at if revision else mark_set.created_at,
        attribution=attribution_of(mark_set=mark_set, revision=plan.revision, readers=readers),
        inputs=tuple((one, _input_attribution(one, readers)) for one in plan.inputs),
    )


def _input_attribution(one: MarksInput, readers: Mapping[UUID, int]) -> Attribution:
    mark_set = MarkSet.objects.filter(pk=one.mark_set).first()
    if mark_set is None:
        raise FrozenInputError("A reading that a consensus was made of is not there any more; freeze a new release.")
    return attribution_of(mark_set=mark_set, revision=one.revision, readers=readers)
