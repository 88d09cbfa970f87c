"""Fill an installation with the demo project: people, phantom cases, a protocol, a champion, and a first draft each."""

import io
import secrets
from dataclasses import dataclass

from accounts.models import User
from accounts.services import create_user, reset_password
from accounts.types import Role
from ai.imaging.phantoms import LOW_DOSE_STYLE, make_phantom
from annotations.assist.services.prelabel import request_prelabel
from annotations.assist.services.registry import register_shipped
from annotations.learning.services.champions import choose_champion
from annotations.reading.models import Project
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import LabelDraft, ProtocolDraft
from config.demo.series import SeriesHeader, ct_series
from studies.services import close_import, open_import, store_file

NAME = "Demo: organ and lesion"
CASES = 8
FIRST_SEED = 9000
ADMINISTRATOR = "admin"
PEOPLE = {
    "mira": ("Mira (manager)", {Role.MANAGER, Role.ENGINEER, Role.RESEARCHER}),
    "ann": ("Ann (reader)", {Role.READER}),
    "ben": ("Ben (reader)", {Role.READER}),
}
LABELS = (
    LabelDraft(name="organ", type_code="113343008", type_meaning="Organ"),
    LabelDraft(
        name="lesion",
        category_code="49755003",
        category_meaning="Morphologically Abnormal Structure",
        type_code="52988006",
        type_meaning="Lesion",
    ),
)
QUESTION = {
    "key": "quality",
    "text": "Is the image good enough to mark the lesions?",
    "kind": "choice",
    "choices": ["good", "acceptable", "poor"],
    "required": True,
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: the project, and the one password of all its people."""

    project: Project
    password: str


def load_demo() -> Demo | None:
    """Make the demo project and its people; return None when they are there already.

    A start that was interrupted half way is completed by the next one, with a new password.
    """
    if Project.objects.filter(name=NAME, state="live").exists():
        return None
    password = secrets.token_urlsafe(9)
    admin = _person(ADMINISTRATOR, "Administrator", password, is_administrator=True)
    project = Project.objects.filter(name=NAME).first() or create_project(
        actor=admin, name=NAME, description="Made-up scans with a known truth, to try everything on."
    )
    for username, (display_name, roles) in PEOPLE.items():
        set_member(actor=admin, project=project, user=_person(username, display_name, password), roles=roles)
    if not project.protocols.exists():
        set_protocol(actor=admin, project=project, draft=ProtocolDraft(labels=LABELS, questions=(QUESTION,)))
    add_cases(actor=admin, project=project, study_uids=_studies(admin))
    go_live(actor=admin, project=project)
    for version in register_shipped():
        choose_champion(actor=admin, project=project, version=version, reason="Came with the product")
        request_prelabel(actor=admin, project=project, version=version)
    return Demo(project=project, password=password)


def _person(username: str, display_name: str, password: str, *, is_administrator: bool = False) -> User:
    user = User.objects.filter(username=username).first()
    if user is not None:
        reset_password(actor=None, user=user, password=password)
        return user
    made, _ = create_user(
        actor=None,
        username=username,
        display_name=display_name,
        is_administrator=is_administrator,
        password=password,
    )
    return made


def _studies(admin: User) -> list[str]:
    """Bring the phantoms in as DICOM series through the same door as every file; return their study UIDs."""
    batch = open_import(actor=admin, source="demo phantoms")
    studies: list[str] = []
    for index in range(CASES):
        phantom = make_phantom(FIRST_SEED + index, style=LOW_DOSE_STYLE)
        header = SeriesHeader(f"PHANTOM-{index + 1:02}", f"Phantom^{index + 1:02}", "Made-up abdomen CT")
        for k, data in enumerate(ct_series(phantom.image, phantom.geometry, header)):
            outcome = store_file(batch=batch, path=f"phantom-{index + 1:02}/{k + 1:03}.dcm", file=io.BytesIO(data))[0]
            if outcome.study_uid and outcome.study_uid not in studies:
                studies.append(outcome.study_uid)
    close_import(actor=admin, batch=batch)
    return studies
