"""The whole path on this machine: the time of each step, from files on the disk to a downloaded release."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.table import Table
from tests.flow import Flow
from tests.stack import Stack

CASES = 8


def measure(data: Path) -> Table:
    """Walk the path over REST against a real stack, two readers marking the phantoms with noise of their own."""
    table = Table(f"The whole path on the CPU, {CASES} phantom CTs of 48×96×96", ["step", "seconds"])

    def step(name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        answer = work()
        table.add(name, time.perf_counter() - started)
        return answer

    with Stack(data / "data") as stack:
        flow = Flow(stack)
        files = step("write the phantoms as DICOM", lambda: flow.write_phantoms(data / "dicom", CASES))
        step(f"bring in {CASES} series of 48 files", lambda: stack.manage("import_dicom", str(files)))
        step("project, protocol, people, cases", flow.set_up_project)
        step("drafts of all cases", flow.prelabel)
        step(f"two readers mark and submit {CASES} cases", flow.read_all)
        step("agreement and consensus of all", flow.wait_for_consensus)
        run = step("train a challenger", flow.train)
        release = step("freeze a release in two formats", flow.release)
        step("download both", lambda: [flow.download(release, name, data) for name in ("nnunet", "dicom_seg")])
    scores = run["scores"]
    table.remark = (
        f"held-out Dice: champion {scores['champion']['mean']:.3f}, challenger {scores['challenger']['mean']:.3f}"
    )
    return table
