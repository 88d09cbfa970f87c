"""Jobs about jobs: the check of an installation."""

import time
from typing import Any

from jobs.registry import JobContext, job
from jobs.types import Queue


def _count(context: JobContext, *, steps: int, seconds: float) -> dict[str, Any]:
    """Count to `steps` within `seconds`, telling each step."""
    total = 0
    for step in range(1, steps + 1):
        time.sleep(seconds / steps)
        total += step
        context.progress(step / steps, f"Counted to {step} of {steps}")
    with context.finishing():
        context.result = {"counted": steps, "sum": total, "attempt": context.attempt}
        context.log(f"Counted to {steps}, which sums to {total}")
    return context.result


@job("jobs.check_interactive", queue=Queue.INTERACTIVE)
def check_interactive(context: JobContext, *, steps: int, seconds: float) -> dict[str, Any]:
    """Count on the interactive queue."""
    return _count(context, steps=steps, seconds=seconds)


@job("jobs.check_gpu", queue=Queue.GPU)
def check_gpu(context: JobContext, *, steps: int, seconds: float) -> dict[str, Any]:
    """Count on the GPU queue (the GPU itself is not used)."""
    return _count(context, steps=steps, seconds=seconds)


@job("jobs.check_cpu", queue=Queue.CPU)
def check_cpu(context: JobContext, *, steps: int, seconds: float) -> dict[str, Any]:
    """Count on the CPU queue."""
    return _count(context, steps=steps, seconds=seconds)


@job("jobs.check_io", queue=Queue.IO)
def check_io(context: JobContext, *, steps: int, seconds: float) -> dict[str, Any]:
    """Count on the IO queue."""
    return _count(context, steps=steps, seconds=seconds)
