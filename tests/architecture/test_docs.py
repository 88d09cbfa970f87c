"""README and docs name only commands, variables, files and addresses that exist."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


@pytest.fixture(params=PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def text(request) -> str:
    """Return one page."""
    return TEXTS[request.param]


def test_make_targets_exist(text: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert named <= targets


def test_management_commands_exist(text: str) -> None:
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())


def test_linked_files_exist() -> None:
    for page, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            if not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_addresses_exist(text: str) -> None:
    for path in set(re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) (/(?:api|dicomweb)/[^`?\s]*)", text)):
        filled = re.sub(r"\{(\w+)\}", "00000000-0000-0000-0000-000000000000", path.split(" ")[0])
        try:
            resolve(filled)
        except Resolver404:
            pytest.fail(f"{path} is no address")


def test_every_variable_of_the_environment_is_documented() -> None:
    source = (ROOT / "platform" / "config" / "env.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:environ\.get|_list)\(\s*"([A-Z_]+)"', source))
    operations = TEXTS[ROOT / "docs" / "operations.md"]
    assert {name for name in read if f"`{name}`" not in operations} == set()


def test_no_path_of_a_build_machine() -> None:
    for page, text in TEXTS.items():
        assert not re.search(r"/(?:work|root|home/\w+)/", text), page.name
