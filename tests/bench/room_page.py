"""What the reading-room bench asks of a page: when an image is on the screen, and how long the main thread was held.

An image is "on the screen" when a canvas of at least 200 × 200 pixels shows a picture: its middle, drawn down to
24 × 24 pixels, holds bright and dark ones. The same lines watch OHIF and Fiducial, once for each frame.
"""

from typing import Any

from playwright.sync_api import CDPSession, Page, Request

WATCH = """() => {
  if (window.bench) return;
  const small = document.createElement("canvas");
  small.width = small.height = 24;
  const pen = small.getContext("2d", { willReadFrequently: true });
  const shows = (canvas) => {
    if (canvas === small || canvas.width < 200 || canvas.height < 200 || !canvas.isConnected) return false;
    const side = Math.min(canvas.width, canvas.height) * 0.7;
    pen.globalCompositeOperation = "copy";
    try {
      pen.drawImage(canvas, (canvas.width - side) / 2, (canvas.height - side) / 2, side, side, 0, 0, 24, 24);
    } catch { return false; }
    const data = pen.getImageData(0, 0, 24, 24).data;
    let [bright, dark, opaque] = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const grey = (data[at] + data[at + 1] + data[at + 2]) / 3;
      opaque += data[at + 3] > 250 ? 1 : 0;
      bright += grey > 60 ? 1 : 0;
      dark += grey < 30 ? 1 : 0;
    }
    return opaque > 500 && bright > 60 && dark > 10;
  };
  const bench = { clicked: null, image: null, gaps: [], tasks: [], watching: false, last: 0 };
  window.bench = bench;
  const note = (event) => {
    if (bench.armed) Object.assign(bench, { armed: false, clicked: event.timeStamp, image: null });
  };
  addEventListener("click", note, true);
  addEventListener("keydown", note, true);
  const canvases = () => {
    const found = [];
    const walk = (root) => root.querySelectorAll("*").forEach((node) => {
      if (node.tagName === "CANVAS") found.push(node);
      if (node.shadowRoot) walk(node.shadowRoot);
    });
    walk(document);
    return found;
  };
  bench.stale = new Set();
  bench.arm = () => {
    Object.assign(bench, { stale: new Set(canvases()), armed: true, image: null, clicked: null });
    bench.run();
  };
  const frame = (now) => {
    if (bench.watching) { bench.gaps.push(now - bench.last); }
    bench.last = now;
    if (bench.clicked !== null && bench.image === null) {
      if (canvases().some((canvas) => !bench.stale.has(canvas) && shows(canvas))) bench.image = performance.now();
    }
    bench.running = bench.watching || bench.armed || (bench.clicked !== null && bench.image === null);
    if (bench.running) requestAnimationFrame(frame); // else it would be work of the page that nobody asked for
  };
  bench.run = () => {
    if (bench.running) return;
    bench.running = true;
    requestAnimationFrame(frame);
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) bench.tasks.push([entry.startTime, entry.duration]);
  }).observe({ entryTypes: ["longtask"] });
}"""


class Bench:
    """The watcher in one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked = 0  # requests, of workers too
        page.on("request", self._note)
        page.add_init_script(f"({WATCH})()")

    def _note(self, _request: Request) -> None:
        self.asked += 1

    def arm(self) -> None:
        """The next click or key starts the clock; canvases that are on the page now do not count."""
        self.page.evaluate("() => window.bench.arm()")

    def image_ms(self, timeout_s: float = 60) -> float:
        """Return milliseconds from the click to the first image."""
        self.until("window.bench.image !== null", timeout_s)
        return float(self.page.evaluate("() => window.bench.image - window.bench.clicked"))

    def since_click_ms(self, expression: str, timeout_s: float = 120) -> float:
        """Return milliseconds from the click until an expression is true, looked at every 4 ms in the page."""
        script = """([what, limit]) => new Promise((resolve, reject) => {
          const begin = performance.now();
          const look = () => {
            if (DONE) resolve(performance.now() - window.bench.clicked);
            else if (performance.now() - begin > limit) reject(new Error("not in time: " + what));
            else setTimeout(look, 4);
          };
          look();
        })""".replace("DONE", expression)
        return float(self.page.evaluate(script, [expression, timeout_s * 1000]))

    def until(self, expression: str, timeout_s: float = 60) -> None:
        """Wait until an expression is true in the page."""
        script = """(limit) => new Promise((resolve, reject) => {
          const begin = performance.now();
          const look = () => (DONE) ? resolve(true)
            : performance.now() - begin > limit ? reject(new Error("not in time")) : setTimeout(look, 10);
          look();
        })""".replace("DONE", expression)
        self.page.evaluate(script, timeout_s * 1000)

    def watch(self) -> None:
        """Note the time between frames, and long tasks, from now on."""
        self.page.evaluate(
            """() => {
              Object.assign(bench, { gaps: [], tasks: [], watching: true, last: performance.now() });
              bench.run();
            }"""
        )

    def seen(self) -> dict[str, list[float]]:
        """Return the gaps between frames and the lengths of long tasks (ms) since `watch`."""
        script = "() => { bench.watching = false; return {gaps: bench.gaps, tasks: bench.tasks.map((t) => t[1])}; }"
        found: dict[str, list[float]] = self.page.evaluate(script)
        return found


def throttle(cdp: CDPSession, *, mbit_s: float, latency_ms: float) -> None:
    """Hold the page's network at a bandwidth, both ways, and add a latency to every request."""
    cdp.send("Network.enable")
    bytes_s = mbit_s * 1e6 / 8
    cdp.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency_ms, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s},
    )


def memory_mb(cdp: CDPSession) -> dict[str, float]:
    """Return what a page holds after two forced collections: the JS heap, and all ArrayBuffers' backing stores (MB)."""
    cdp.send("HeapProfiler.enable")
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = cdp.send("Runtime.getHeapUsage")
    return {
        "heap": usage["usedSize"] / 1e6,
        "buffers": usage.get("backingStorageSize", 0.0) / 1e6,
    }


def renderer_rss_mb(pid: int) -> float:
    """Return the resident memory of a process, from /proc."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000
