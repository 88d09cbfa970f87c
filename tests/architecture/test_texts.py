"""Every code that the server sends has a text in both languages of the interface."""

import ast
import json
import re
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
from studies.volumes import _WORDS
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


NOT_SHOWN = {"error", "ai_error", "array_mix"}  # base classes' own, which nobody raises, and a mistake of programmers


def codes_of_refusals() -> set[str]:
    """Return every fixed code that pages may be refused with: those of DICOMweb and of commands are none."""
    found: list[ast.expr] = []
    for top in ("platform", "annotations"):
        for file in (ROOT / top).rglob("*.py"):
            if file.is_relative_to(ROOT / "platform/studies/dicomweb") or file.name == "backups.py":
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    found += [one.value for one in node.keywords if one.arg == "code"]
                else:
                    found += assigned(node, "default_code")
    for node in ast.walk(ast.parse((ROOT / "ai" / "errors.py").read_text(encoding="utf-8"))):
        found += assigned(node, "code")  # the library's errors go out under their own codes
    return {one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)} - NOT_SHOWN


def assigned(node: ast.AST, name: str) -> list[ast.expr]:
    """Return what a node gives to a name, where it does."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    return [value] if value is not None and any(isinstance(one, ast.Name) and one.id == name for one in targets) else []


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_code_of_a_refusal_has_a_text(language: str) -> None:
    codes = codes_of_refusals()
    assert {"quota_exceeded", "stale_base", "bundle_untrusted", "in_use"} <= codes
    assert len(codes) > 130
    known = json.loads((LOCALES / language / "errors.json").read_text(encoding="utf-8"))
    assert codes - set(known) == set()


REPORTS = {"progress", "on_progress", "report"}
TECHNICAL = {"{form.label}: {path}"}  # names of formats and files, the same in every language


def sentences_of_jobs() -> set[str]:
    """Return what running jobs say of themselves, as f-strings without their braces' formats."""
    found = set()
    for top in ("platform", "annotations"):
        for file in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
                if name in REPORTS and len(node.args) == 2 and not isinstance(node.args[1], ast.Name):
                    found.add(template(node.args[1]))
    return found - TECHNICAL


def template(text: ast.expr) -> str:
    """Return a string or an f-string with its fields in braces."""
    if isinstance(text, ast.Constant):
        return str(text.value)
    assert isinstance(text, ast.JoinedStr), ast.unparse(text)
    parts = [
        f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else str(part.value)
        for part in text.values
        if isinstance(part, (ast.FormattedValue, ast.Constant))
    ]
    return "".join(parts)


def plain(sentence: str) -> str:
    """Return a sentence with its fields alike."""
    return re.sub(r"\{+[^}]*\}+", "{}", sentence)


def test_what_sets_volumes_apart_has_a_text() -> None:
    said = {*_WORDS.values(), "time point {n} of {of}", "repetition {n} of {of}", "{n} images of one slice"}
    source = (ROOT / "platform/studies/volumes.py").read_text(encoding="utf-8")
    assert "'time point' if known else 'repetition'" in source
    assert "images of one slice" in source
    known = {plain(one) for one in texts("en", "studies", "volumeLabel").values()}
    assert {plain(one) for one in said} - {"{}"} == known  # a word of the file itself stays as it is


def test_what_jobs_say_has_a_text() -> None:
    """The English texts are what the server writes, and how the page knows which text is meant."""
    said = sentences_of_jobs()
    assert len(said) > 15
    texts_of_said = {plain(one) for one in texts("en", "jobs", "said").values() if isinstance(one, str)}
    assert {plain(one) for one in said} == texts_of_said
