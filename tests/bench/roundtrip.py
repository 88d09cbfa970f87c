"""What becomes of marks that go to a file and through other programs: the round-trip suite, as a table."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.table import Table

ROOT = Path(__file__).resolve().parents[2]
EXACT = "exact"


def measure(data: Path) -> Table:
    """Run tests/roundtrip and return its outcomes: one row per scene, one column per way."""
    target = data / "outcomes.jsonl"
    command = [sys.executable, "-m", "pytest", "-q", "tests/roundtrip"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "ROUNDTRIP_REPORT": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert target.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    outcomes = {(scene, way): outcome for scene, way, outcome in map(json.loads, target.read_text().splitlines())}
    scenes = list(dict.fromkeys(scene for scene, _ in outcomes))
    ways = list(dict.fromkeys(way for _, way in outcomes))
    table = Table("Marks to a file and back, voxel for voxel", ["way", *scenes])
    for way in ways:
        table.add(way, *(_short(outcomes.get((scene, way), "-")) for scene in scenes))
    exact = sum(outcome == EXACT for outcome in outcomes.values())
    verdict = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no verdict"
    table.remark = f"{exact} of {len(outcomes)} exact; x: see docs/formats.md for the reason; pytest: {verdict}"
    return table


def _short(outcome: str) -> str:
    return {EXACT: "=", "-": ""}.get(outcome, "x")
