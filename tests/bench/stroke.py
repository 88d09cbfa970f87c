"""From letting go of the mouse to "the server holds it": a brush stroke's save, in Chromium on loopback."""

import statistics
from pathlib import Path

from tests.bench.table import Table
from tests.browser.chromium import Person, chromium
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack

STROKES = 40
# Without a GPU Chromium composes pages on the CPU. The tests' flags make it do so through emulated OpenGL, which takes
# both cores for tens of milliseconds after each stroke; people's browsers do not.
PLAIN_COMPOSITING = "--disable-gpu-compositing"
GATE_MS = 100

# Watches the read-only probe every 2 ms, in the page itself, so that the measurement adds no round trip.
WATCH = """() => {
  window.benchSaves = [];
  let released = null;
  let head = window.fiducialProbe.headRevision;
  const note = () => { released = performance.now(); head = window.fiducialProbe.headRevision; };
  addEventListener("pointerup", note, true);
  setInterval(() => {
    const probe = window.fiducialProbe;
    if (released !== null && probe.pendingEntries === 0 && probe.headRevision > head) {
      window.benchSaves.push(performance.now() - released);
      released = null;
    }
  }, 2);
}"""


def measure(data: Path) -> Table:
    """Draw strokes with the mouse in a phantom case, and time each from release to the server's acknowledgement."""
    table = Table("Brush stroke: mouse released → durable on the server (ms)", ["figure", "ms"])
    with Stack(data / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(flow.write_phantoms(data / "dicom", 1)))
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        with chromium(PLAIN_COMPOSITING) as browser:
            if browser is None:
                raise SystemExit("No Chromium on this machine: apt-get install chromium")
            person = Person(browser, stack.url)
            person.sign_in("flow-ann", password)
            room = Room(person)
            room.open_next()
            person.page.keyboard.press("b")
            person.page.evaluate(WATCH)
            for number in range(STROKES):
                x, y = 0.3 + 0.4 * (number % 8) / 8, 0.3 + 0.4 * (number // 8) / 8
                room.stroke("axial", [(x, y), (x + 0.02, y + 0.01), (x + 0.03, y + 0.02)])
                room.until(f"window.benchSaves.length > {number}", timeout_s=30)
            saves = sorted(float(value) for value in person.page.evaluate("() => window.benchSaves"))
            person.close()
    p95 = statistics.quantiles(saves, n=20)[-1]
    table.add("median", statistics.median(saves))
    table.add("95th percentile", p95)
    table.add("longest", saves[-1])
    table.remark = f"{STROKES} strokes, SQLite with synchronous=FULL; gate: 95th percentile under {GATE_MS} ms"
    return table
