"""Every code that the archive sends has a text in both languages of the interface."""

import json
from typing import Any

import pytest
from django.db import models

from studies.types import (
    DeidentificationOption,
    Finding,
    HeldReason,
    LinkKind,
    SeriesKind,
    SetAsideReason,
    SettleChoice,
    VolumeReason,
)
from tests.stack import ROOT

LOCALES = ROOT / "frontend" / "src" / "shared" / "i18n" / "locales"
PLACES: list[tuple[type[models.TextChoices], str, str]] = [
    (Finding, "studies", "finding"),
    (SetAsideReason, "studies", "why"),
    (SetAsideReason, "setaside", "means"),
    (VolumeReason, "studies", "reason"),
    (SeriesKind, "studies", "kind"),
    (LinkKind, "studies", "derived.how"),
    (SettleChoice, "setaside", "conflict.choice"),
    (HeldReason, "deident", "why"),
]


def texts(language: str, part: str, path: str) -> dict[str, Any]:
    """Return the texts at a place of a language's file."""
    found = json.loads((LOCALES / language / f"{part}.json").read_text(encoding="utf-8"))
    for name in path.split("."):
        found = found[name]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(("codes", "part", "path"), PLACES, ids=lambda one: getattr(one, "__name__", one))
def test_every_code_has_a_text(language: str, codes: type[models.TextChoices], part: str, path: str) -> None:
    assert set(codes.values) - set(texts(language, part, path)) == set()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_option_of_de_identification_has_a_text(language: str) -> None:
    on_dates = {DeidentificationOption.RETAIN_FULL_DATES, DeidentificationOption.RETAIN_MODIFIED_DATES}
    switched = set(DeidentificationOption.values) - on_dates
    for path in ("option", "optionText"):
        assert switched - set(texts(language, "deident", path)) == set()
