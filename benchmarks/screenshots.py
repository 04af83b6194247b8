"""Pictures of the pages in their main states, to be looked at: python -m benchmarks.screenshots [--home DIR] [FOLDER]

Without a home the samples are loaded and pictured. FOLDER (default: screenshots) gets one PNG per state.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.browser import started
from benchmarks.http import serving
from termservice import ingest


@dataclass(frozen=True, slots=True)
class State:
    """A page, and how it is looked at."""

    name: str
    address: str
    typed: str = ""
    keys: tuple[str, ...] = ()
    """Pressed one after the other once the results are there."""
    width: int = 1280
    height: int = 900
    dark: bool = False
    script: bool = True
    status: int = 200


STATES = (
    State("01-search-empty", "/"),
    State("02-search-results", "/", typed="hjärtinf", keys=("ArrowDown", "ArrowDown")),
    State("03-search-grouped", "/?q=hjärt&group=chapter"),
    State("04-search-suggestion", "/?q=hjärtinfrakt"),
    State("05-search-nothing", "/?q=qwxzyk&system=icd-10-se"),
    State("06-search-filtered", "/?q=hjärt&system=icd-10-se&under=09&active=true"),
    State("07-search-phone", "/?q=hjärtinf", width=390, height=844),
    State("08-search-400-percent", "/?q=hjärtinf", width=320, height=640),
    State("09-search-dark", "/?q=hjärtinf", dark=True, keys=("ArrowDown",)),
    State("10-search-empty-dark", "/", dark=True),
    State("11-search-empty-phone", "/", width=390, height=844),
    State("12-search-without-javascript", "/?q=hjärtinf", script=False),
    State("14-search-recent", "/", typed="hjärtinf", keys=("Enter", "Escape")),
    State("15-search-code", "/?q=i219&system=icd-10-se"),
    State("16-search-filtered-phone", "/?q=hjärt&system=icd-10-se&under=09", width=320, height=640),
    State("13-search-wide", "/?q=hjärt", width=1920, height=1080),
    State("20-concept", "/icd-10-se/I21.9"),
    State("21-concept-phone", "/icd-10-se/I21.9", width=390, height=844),
    State("22-concept-dark", "/icd-10-se/I21.9", dark=True),
    State("23-concept-400-percent", "/icd-10-se/I21.9", width=320, height=640),
    State("24-concept-kva", "/kva/AA001"),
    State("30-system", "/icd-10-se"),
    State("31-system-phone", "/icd-10-se", width=390, height=844),
    State("32-system-dark", "/kva", dark=True),
    State("40-compare", "/icd-10-se/-/compare"),
    State("41-compare-phone", "/icd-10-se/-/compare", width=390, height=844),
    State("50-about", "/-/about"),
    State("51-accessibility", "/-/accessibility"),
    State("60-not-found", "/icd-10-se/I21.99", status=404),
    State("61-english", "/?q=hjärtinf&lang=en"),
    State("70-docs", "/docs"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    parser.add_argument("--home", type=Path, help="where the data is")
    parser.add_argument("--only", default="", help="states whose name holds this")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with _home(options.home) as home, serving("termservice.web.wsgi:create", home) as port, started() as browser:
        for state in STATES:
            if options.only in state.name:
                _picture(browser, f"http://127.0.0.1:{port}", state, options.folder / f"{state.name}.png")
                print(options.folder / f"{state.name}.png")


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="termservice-pictures-") as folder:
        with as_file(files("codesystems") / "samples") as samples:
            releases = sorted(path for path in samples.glob("*/*") if path.is_dir())
            ingest.load(Path(folder), releases, ingest.Options())
        yield Path(folder)


def _picture(browser: Browser, site: str, state: State, path: Path) -> None:
    context = browser.new_context(
        base_url=site, viewport={"width": state.width, "height": state.height}, java_script_enabled=state.script,
        color_scheme="dark" if state.dark else "light",
    )  # fmt: skip
    page = context.new_page()
    answer = page.goto(state.address)
    if answer is None or answer.status != state.status:
        raise SystemExit(f"{state.address} answers {answer and answer.status}: no picture of {state.name}")
    if state.typed:
        _type(page, state.typed)
    for key in state.keys:
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    page.screenshot(path=path, full_page=state.height < 1000)
    context.close()


def _type(page: Page, text: str) -> None:
    page.locator("#q").press_sequentially(text)
    page.get_by_role("status").filter(has_text=f"”{text}”").wait_for()


if __name__ == "__main__":
    main()
