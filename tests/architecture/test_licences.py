"""The default set of dependencies holds nothing under GPL, AGPL or a non-commercial licence."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFUSED = re.compile(r"\b(A?GPL)\b|(?<!lesser )general public license|non-?commercial|CC[ -]BY-NC|EUPL", re.IGNORECASE)
# Read by hand, because the package's metadata names no licence or names it in prose.
READ = {
    "psycopg": "LGPL-3.0-only: used as a library, unchanged",
    "psycopg-binary": "LGPL-3.0-only: used as a library, unchanged",
}


def locked(name: str = "requirements.lock") -> list[str]:
    """Return the distribution names of a lock file, and torch, which stands beside it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [*re.findall(r"^([A-Za-z0-9_.-]+)==", text, flags=re.MULTILINE), "torch"]


def licence_of(name: str) -> str:
    """Return all that a distribution says of its licence, in one line."""
    try:
        data = metadata(name)
    except PackageNotFoundError:
        return "not installed"
    classifiers = [line for line in data.get_all("Classifier") or [] if line.startswith("License ::")]
    text = (data.get("License") or "").strip().splitlines()[:1]
    return "; ".join(filter(None, [data.get("License-Expression") or "", *text, *classifiers]))


def test_every_locked_dependency_has_a_fit_licence(capsys) -> None:
    table = {name: READ.get(name) or licence_of(name) for name in locked()}
    with capsys.disabled():
        if "-v" in __import__("sys").argv:
            print("\n".join(f"{name:32}{licence}" for name, licence in sorted(table.items())))
    unknown = sorted(name for name, licence in table.items() if not licence)
    refused = {name: licence for name, licence in table.items() if name not in READ and REFUSED.search(licence)}
    assert not refused
    assert not unknown
