"""Every kind of page for everybody: axe-core, contrast, small screens, nothing that jumps."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

KINDS = {
    "start": "/",
    "found": "/?q=äpple",
    "found by code": "/?q=f10",
    "found by chapter": "/?q=p&group=chapter",
    "found with choices": "/?q=äpple&system=frukt&under=F&level=kod&active=true&date=2025-06-30",
    "nothing found": "/?q=äple&system=frukt",
    "system": "/frukt?open=F&open=F10",
    "older system": "/frukt?version=2025",
    "code": "/frukt/F10",
    "older code": "/frukt/F10.1?version=2025",
    "code on a date": "/frukt/F10?date=2025-06-30",
    "withdrawn": "/frukt/F30",
    "heading": "/frukt/F",
    "comparison": "/frukt/-/compare",
    "no difference": "/udda/-/compare",
    "about": "/-/about",
    "accessibility": "/-/accessibility",
    "API": "/docs",
    "no such code": "/frukt/X",
    "no such page": "/a/b/c",
}
kinds = pytest.mark.parametrize("address", KINDS.values(), ids=KINDS.keys())


def open_all(page: Any) -> None:
    """Shows what stands folded, so that it is judged too."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")


@pytest.mark.parametrize("language", ["sv", "en"])
@kinds
def test_axe_finds_no_fault(page: Any, expected: list[str], address: str, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    expected.append("404")
    # Dark with the second language: the two have nothing to do with each other, and each is seen with every page.
    page.emulate_media(color_scheme="dark" if language == "en" else "light", reduced_motion="reduce")
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    open_all(page)
    rules = {"target-size": {"enabled": True}}  # WCAG 2.2, 2.5.8; not among what axe looks at unasked
    found = axe.Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    faults = {each["id"]: [node["html"] for node in each["nodes"]] for each in found.response["violations"]}
    assert faults == {}


@kinds
def test_nothing_is_cut_off_at_400_percent_or_on_a_phone(page: Any, expected: list[str], address: str) -> None:
    expected.append("404")
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(address)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@kinds
def test_text_stands_out_from_its_ground(page: Any, expected: list[str], address: str, scheme: str) -> None:
    expected.append("404")
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    open_all(page)
    assert page.evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("address", ["/", "/?q=äpple", "/frukt?open=F", "/frukt/F10", "/frukt/-/compare"])
def test_nothing_moves_once_it_is_shown(page: Any, address: str) -> None:
    page.add_init_script(SHIFTS)
    page.goto(address, wait_until="networkidle")
    assert page.evaluate("window.shifted") == 0


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(page: Any) -> None:
    page.goto("/frukt/F10")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("address", ["/?q=äpple", "/frukt?open=F", "/frukt/F10", "/frukt/-/compare", "/-/about"])
def test_the_focus_is_seen_wherever_it_is(page: Any, address: str) -> None:
    page.goto(address)
    open_all(page)
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop, width = page.evaluate(FOCUSED)
        if stop in stops or not stop:
            break
        stops.append(stop)
        assert width >= 2, stop
    assert len(stops) > 8
    order = page.evaluate("[...document.querySelectorAll('*')].map((each) => each.dataset.stop).filter(Boolean)")
    assert order == stops  # as one reads


@pytest.mark.parametrize("address", ["/?q=äpple", "/frukt/-/compare", "/frukt/F10"])
def test_what_is_chosen_is_seen_in_the_readers_own_colours(page: Any, address: str) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(address)
    assert page.evaluate(MARKED) == []


FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return ["", 0];
  element.dataset.stop ??= String(window.stops = (window.stops ?? 0) + 1);
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return [element.dataset.stop, outlineStyle === "none" ? 0 : parseFloat(outlineWidth)];
}"""

# Links among others of which one is the present one, that show it by colours alone.
MARKED = """() => [...document.querySelectorAll("main [aria-current], header [aria-current]")].filter((each) => {
  const line = (element) => {
    const style = getComputedStyle(element);
    const border = `${style.borderBottomWidth} ${style.borderBottomColor}`;
    return [border, style.outlineStyle, style.fontWeight, style.boxShadow].join();
  };
  const others = [...each.parentElement.parentElement.querySelectorAll("a:not([aria-current])")];
  return others.some((other) => other.className === each.className && line(other) === line(each));
}).map((each) => each.outerHTML)"""

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.shifted += each.value;
}).observe({type: 'layout-shift', buffered: true});
"""

# The lowest contrast (WCAG 2.2, 1.4.3) between a text and what lies behind it.
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let least = 21;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.data.trim()) continue;
    const element = walker.currentNode.parentElement;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
}"""
