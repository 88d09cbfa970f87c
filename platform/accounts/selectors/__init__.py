"""What may be read of people, teams and tokens."""

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_SOURCES = Path(__file__).resolve().parents[3] / "pyproject.toml"


@cache
def product_version() -> str:
    """Return the version of the product: the installed one, or that of the sources it runs from."""
    try:
        return version("fiducial")
    except PackageNotFoundError:
        return str(tomllib.loads(_SOURCES.read_text(encoding="utf-8"))["project"]["version"])
