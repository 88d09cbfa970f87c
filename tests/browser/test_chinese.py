"""The archive's pages in Simplified Chinese, at the smallest size: translated, nothing cut, nothing jumps."""

import re
from pathlib import Path

import pytest

from tests.browser.chromium import Person
from tests.browser.installation import installation
from tests.stack import Api

# What stays in Latin letters: standards, formats, units, names that the test itself gave.
ENGLISH = re.compile(
    r"\b(the|of|is|are|and|not|files?|study|studies|images?|open|close|cancel|delete|save|add)\b", re.I
)
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput)
    window.shifts.push([entry.value, ...entry.sources.map((one) => one.node?.textContent?.slice(0, 40) ?? "")]);
}).observe({ type: "layout-shift", buffered: true });
"""
CUT = """() => [...document.querySelectorAll("button, th, label, h1, h2")]
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"""
TEXT = """() => {
  const page = document.querySelector("#root").cloneNode(true);
  page.querySelectorAll("[lang=en]").forEach((one) => one.remove());  // the server's own sentence about one file
  return page.textContent.replace(/[\\w.-]*[_^.][\\w.^-]*/g, " ");  // paths, UIDs, names of series
}"""
MOST_SHIFT = 0.01


@pytest.fixture(scope="module")
def stack(tmp_path_factory, shared_data: Path):
    """Start an installation with a study, files set aside, a project and a profile."""
    with installation(tmp_path_factory.mktemp("chinese") / "data") as running:
        running.manage("import_dicom", str(shared_data / "petct/STS_002/dicom"))
        running.manage("import_dicom", str(shared_data / "ct/TotalSegmentator_example/dicom"))
        yield running


@pytest.fixture
def pages_of(api: Api) -> dict[str, str]:
    """Return the addresses of the archive's pages."""
    project = api.post("/api/projects", {"name": "肉瘤", "description": ""})
    wish = {"team": project["team"], "name": "匿名", "pseudonym_prefix": "P", "options": ["retain_safe_private"]}
    profile = api.post("/api/deidentification/profiles", wish)["id"]
    (study,) = api.get("/api/studies")["results"]
    batch = api.get("/api/imports")[0]["id"]
    return {
        "import": "/import",
        "import-one": f"/import/{batch}",
        "set-aside": "/set-aside",
        "studies": "/studies",
        "study": f"/studies/{study['study_uid']}",
        "deidentification": "/deidentification",
        "deidentification-profile": f"/deidentification/{profile}",
        "deidentification-review": f"/deidentification/{profile}/review",
        "storage": "/admin/storage",
    }


def test_every_page_is_chinese_whole_and_still(mira: Person, pages_of: dict[str, str], picture) -> None:
    said: list[str] = []
    mira.page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    mira.page.add_init_script(WATCH)
    mira.by("language-menu").click()
    with mira.page.expect_response(lambda answer: answer.request.method != "GET" and "/api/session" in answer.url):
        mira.by("language-zh-hans").click()  # who leaves before it is kept comes back in the language kept before
    found: dict[str, object] = {}
    for name, address in pages_of.items():
        mira.go(address)
        mira.page.wait_for_load_state("networkidle")
        mira.page.locator('[data-testid="loading"]:visible').first.wait_for(state="detached")
        text = mira.page.evaluate(TEXT)
        words = sorted({word.lower() for word in ENGLISH.findall(text)})
        wide = mira.page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
        shifts = mira.page.evaluate("() => window.shifts")
        moved = sum(one[0] for one in shifts)
        cut = mira.page.evaluate(CUT)
        if words or wide or cut or moved > MOST_SHIFT:
            found[name] = (words, wide, cut, shifts)
        picture(mira.page, f"{name}-chinese")
    assert found == {}
    assert said == []
