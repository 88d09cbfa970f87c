"""A team's de-identification profiles: making and changing them, and who may re-identify."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Team, User
from accounts.policies import is_administrator
from audit.services import record_action
from common.errors import DeniedError, NotFoundError
from studies.deident import selectors, vault
from studies.deident.private import private_tags as checked_tags
from studies.errors import RulesError
from studies.models import (
    DeidentificationPatient,
    DeidentificationProfile,
    DeidentificationUid,
    DeidentificationVersion,
)
from studies.types import DeidentificationOption as Option

_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")


@transaction.atomic
def create_profile(
    *,
    actor: User,
    team: Team,
    name: str,
    options: Collection[str] = (),
    private_tags: Iterable[Mapping[str, Any]] = (),
    pseudonym_prefix: str = "",
) -> DeidentificationProfile:
    """Make a profile with version 1 of its rules.

    Parameters
    ----------
    pseudonym_prefix : str, optional
        Patients become PREFIX-0001, PREFIX-0002 …; made of the name when left out.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    RulesError
        Options or private tags that are unknown or contradict each other; a name or prefix that is taken.
    """
    selectors.require_profile_manager(actor=actor, team=team)
    if DeidentificationProfile.objects.filter(team=team, name=name).exists():
        raise RulesError("The team has a profile of this name.", fields={"name": ["taken"]})
    prefix = pseudonym_prefix or re.sub(r"[^A-Z0-9]+", "", name.upper())[:12] or "SUBJECT"
    if not _PREFIX.fullmatch(prefix):
        raise RulesError(
            "A pseudonym's prefix has up to 20 capital letters, digits, - and _.", fields={"pseudonym_prefix": [prefix]}
        )
    profile = DeidentificationProfile.objects.create(
        team=team, name=name, pseudonym_prefix=prefix, secret=vault.new_secret()
    )
    rules = _rules(options, private_tags)
    DeidentificationVersion.objects.create(profile=profile, number=1, created_by=actor, **rules)
    _record(actor, profile, "deidentification.create", {"name": name, **rules})
    return profile


@transaction.atomic
def update_profile(
    *,
    actor: User,
    profile: DeidentificationProfile,
    name: str | None = None,
    options: Collection[str] | None = None,
    private_tags: Iterable[Mapping[str, Any]] | None = None,
) -> DeidentificationProfile:
    """Change the name or the rules; rules that a run has used stay, and the change is a new version.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    RulesError
        As for `create_profile`.
    """
    selectors.require_profile_manager(actor=actor, team=profile.team)
    row = DeidentificationProfile.objects.select_for_update().get(pk=profile.pk)
    if name is not None and name != row.name:
        if DeidentificationProfile.objects.filter(team=row.team_id, name=name).exists():
            raise RulesError("The team has a profile of this name.", fields={"name": ["taken"]})
        row.name = name
        row.save(update_fields=["name"])
    newest = selectors.current_version(row)
    rules = _rules(
        newest.options if options is None else options, newest.private_tags if private_tags is None else private_tags
    )
    number = newest.number
    if rules != {"options": newest.options, "private_tags": newest.private_tags}:
        if selectors.is_used(newest):
            number += 1
            DeidentificationVersion.objects.create(profile=row, number=number, created_by=actor, **rules)
        else:
            DeidentificationVersion.objects.filter(pk=newest.pk).update(**rules)
    _record(actor, row, "deidentification.update", {"name": row.name, "version": number, **rules})
    return row


@transaction.atomic
def set_reidentifiers(*, actor: User, profile: DeidentificationProfile, users: Collection[User]) -> None:
    """Name the managers who may re-identify; only an administrator names them.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    """
    if not is_administrator(actor):
        raise DeniedError("Only an administrator names who may re-identify.", code="reidentifiers_denied")
    profile.reidentifiers.set(users)
    _record(actor, profile, "deidentification.set_reidentifiers", {"users": sorted(str(user.pk) for user in users)})


def reidentify(*, actor: User, profile: DeidentificationProfile, wanted: str) -> dict[str, Any]:
    """Return who stands behind a pseudonym, or behind the UID of a study, series or instance that was made.

    Written to the audit record with the pseudonym or UID that was asked for, never with the answer; a refused
    attempt is written too.

    Returns
    -------
    dict
        `pseudonym`; `patient`: what the header said of the person; `uids`: [{"uid", "original"}] for an asked UID.

    Raises
    ------
    DeniedError
        The actor is neither an administrator nor a manager whom one has named.
    NotFoundError
        The profile made no such thing.
    """
    allowed = selectors.can_reidentify(actor=actor, profile=profile)
    _record(actor, profile, "deidentification.reidentify", {"wanted": wanted[:64], "allowed": allowed})
    if not allowed:
        raise DeniedError(
            "Re-identification is for administrators, and for managers whom an administrator has named.",
            code="reidentify_denied",
        )
    opened = vault.Vault(profile.secret)
    row = DeidentificationUid.objects.select_related("patient").filter(profile=profile, uid=wanted).first()
    patient = row.patient if row else _patient_named(profile, wanted)
    if patient is None:
        raise NotFoundError("This profile made no such pseudonym or UID.", code="pseudonym_not_found")
    return {
        "pseudonym": pseudonym_of(profile, patient.number),
        "patient": opened.open(patient.sealed),
        "uids": [{"uid": row.uid, "original": opened.open(row.sealed)}] if row else [],
    }


def pseudonym_of(profile: DeidentificationProfile, number: int) -> str:
    """Return the pseudonym of the n-th patient of a profile."""
    return f"{profile.pseudonym_prefix}-{number:04d}"


def rotate_keys() -> int:
    """Seal every profile's data key with the newest master key; return how many. Mappings stay as they are.

    Raises
    ------
    KeyMissingError
        A profile's key cannot be opened; nothing was changed.
    """
    with transaction.atomic():
        profiles = list(DeidentificationProfile.objects.select_for_update())
        for profile in profiles:
            profile.secret = vault.resealed(profile.secret)
            profile.save(update_fields=["secret"])
        record_action(
            actor=None,
            action="deidentification.rotate_keys",
            subject="deidentification:keys",
            detail={"profiles": len(profiles)},
        )
    return len(profiles)


def _patient_named(profile: DeidentificationProfile, pseudonym: str) -> DeidentificationPatient | None:
    start = f"{profile.pseudonym_prefix}-"
    number = pseudonym.removeprefix(start)
    if not pseudonym.startswith(start) or not number.isdecimal() or len(number) > 9:
        return None
    return DeidentificationPatient.objects.filter(profile=profile, number=int(number)).first()


def _rules(options: Collection[str], private_tags: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return options and private tags in one order, or raise RulesError."""
    unknown = sorted(set(options) - set(Option.values))
    if unknown:
        raise RulesError("Some options are not known.", fields={"options": unknown})
    if {Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES} <= set(options):
        raise RulesError(
            "Dates are either kept as they are or shifted; choose one.",
            fields={"options": [Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES]},
        )
    tags = sorted(set(checked_tags(private_tags)), key=lambda tag: (tag.creator, tag.group, tag.element))
    return {
        "options": [str(option) for option in Option if option in set(options)],
        "private_tags": [tag.as_json() for tag in tags],
    }


def _record(actor: User | None, profile: DeidentificationProfile, action: str, detail: dict[str, Any]) -> None:
    team: UUID = profile.team_id
    record_action(actor=actor, action=action, subject=f"deidentification:{profile.pk}", team=team, detail=detail)
