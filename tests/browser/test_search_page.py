"""What a coder does: type, look, open, go back; also without JavaScript, without a mouse, on a phone."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HITS = ".hits li"


def codes(page: Any) -> list[str]:
    return [each.strip() for each in page.locator(f"{HITS} .code").all_inner_texts()]


def test_results_appear_while_typing(page: Any) -> None:
    page.goto("/")
    page.get_by_label("Kod eller ord").press_sequentially("päron")
    page.locator(HITS).first.wait_for()
    assert codes(page) == ["F20"]
    assert page.locator("mark").all_inner_texts() == ["Päron"]
    assert page.get_by_role("status").inner_text() == "1 träff på ”päron”"
    assert page.url.endswith("/?q=p%C3%A4ron")
    assert page.locator("#systems").is_hidden()


def test_emptying_the_box_shows_the_code_systems_again(page: Any) -> None:
    page.goto("/?q=äpple")
    page.get_by_label("Kod eller ord").fill("")
    page.locator("#systems").wait_for()
    assert page.locator(HITS).count() == 0


def test_only_the_last_of_several_requests_counts(page: Any) -> None:
    held: list[Any] = []
    page.route("**/-/results?q=p", lambda route: held.append(route))
    page.goto("/")
    box = page.get_by_label("Kod eller ord")
    with page.expect_request("**/-/results?q=p"):
        box.fill("p")
    box.fill("päron")
    page.locator(HITS).first.wait_for()
    assert len(held) == 1
    assert held[0].request.failure == "net::ERR_ABORTED"
    assert codes(page) == ["F20"]
    page.unroute_all(behavior="ignoreErrors")


def test_a_concept_opens_and_back_leads_to_the_same_results(page: Any) -> None:
    page.goto("/")
    page.get_by_label("Kod eller ord").press_sequentially("äpple")
    page.locator(HITS).first.wait_for()
    page.get_by_role("link", name="F10.1").click()
    assert page.get_by_role("heading", level=1).inner_text() == "F10.1 Äpple, rött"
    page.go_back()
    page.locator(HITS).first.wait_for()
    assert codes(page) == ["F10", "F10.1", "F10.2"]
    assert page.get_by_label("Kod eller ord").input_value() == "äpple"


def test_choosing_a_code_system_offers_its_versions_and_keeps_the_focus(page: Any) -> None:
    page.goto("/?q=kvitten")
    page.get_by_role("combobox", name="Kodverk").select_option("frukt")
    page.locator("select#version:enabled").wait_for()
    assert page.locator(HITS).count() == 0
    version = page.get_by_label("Version")
    version.focus()
    version.select_option("2025")
    page.locator(HITS).first.wait_for()
    assert codes(page) == ["F30"]
    assert page.evaluate("document.activeElement.id") == "version"
    page.get_by_role("link", name="F30").click()
    assert page.url.endswith("/frukt/F30?version=2025")


def test_the_results_can_be_walked_with_the_keyboard(page: Any) -> None:
    page.goto("/?q=äpple")
    page.get_by_label("Kod eller ord").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/frukt/F10.1")


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(page: Any) -> None:
    page.goto("/frukt/F10")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_without_javascript_the_button_searches(browser: Any, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Kod eller ord").fill("äpple")
    page.get_by_role("combobox", name="Kodverk").select_option("frukt")
    page.get_by_role("button", name="Sök").click()
    assert codes(page) == ["F10", "F10.1", "F10.2"]
    page.get_by_label("Version").select_option("2025")
    page.get_by_role("button", name="Sök").click()
    assert page.locator(".hits a").first.get_attribute("href") == "/frukt/F10?version=2025"
    context.close()


@pytest.mark.parametrize("address", ["/", "/?q=äpple", "/frukt", "/frukt/F10", "/frukt/F30", "/docs"])
def test_nothing_is_cut_off_at_400_percent_or_on_a_phone(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/?q=äpple", "/frukt/F30", "/docs"])
def test_text_stands_out_from_its_ground(page: Any, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate(CONTRAST) >= 4.5


def test_an_example_of_the_description_can_be_tried_in_place(page: Any) -> None:
    page.goto("/docs")
    page.get_by_role("link", name="/api/v1/codesystems", exact=True).click()
    page.locator("#api_codesystems output pre").wait_for()
    assert '"frukt"' in page.locator("#api_codesystems output pre").inner_text()


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
