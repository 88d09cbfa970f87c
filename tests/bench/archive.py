"""Stub while being written."""

from pathlib import Path

from tests.bench.table import Table


def measure(data: Path, arguments: list[str]) -> Table:
    raise SystemExit("being written")
