"""What a coder does: type, look, walk, open, go back; also without JavaScript and without a mouse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HIT = "a.hit"
BOX = "Kod eller ord"


def codes(page: Any) -> list[str]:
    return [each.strip() for each in page.locator(f"{HIT} .code").all_inner_texts()]


def search(page: Any, text: str, expected: Sequence[str]) -> None:
    """Types, and waits for just these results."""
    page.get_by_label(BOX).fill(text)
    shows(page, expected)


def shows(page: Any, expected: Sequence[str]) -> None:
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('a.hit .code')].map(e => e.textContent).join() === wanted",
        arg=",".join(expected),
    )


def active(page: Any) -> str | None:
    """The code of the option that the box says one is at."""
    found: str | None = page.evaluate(
        "document.getElementById(document.getElementById('q').getAttribute('aria-activedescendant'))"
        "?.querySelector('.code').textContent ?? null"
    )
    return found


def test_results_appear_while_typing(page: Any) -> None:
    page.goto("/")
    page.get_by_label(BOX).press_sequentially("päron")
    page.get_by_role("status").filter(has_text="”päron”").wait_for()  # the same hit is there before the last letter
    shows(page, ["F20"])
    assert page.locator("mark").all_inner_texts() == ["Päron"]
    assert page.get_by_role("status").inner_text() == "1 träff på ”päron”"
    assert page.url.endswith("/?q=p%C3%A4ron")
    assert page.title() == "päron – Sök kod – Termservice"
    assert page.locator("#start").is_hidden()


def test_what_was_found_is_read_aloud_once_the_typing_rests(page: Any) -> None:
    page.goto("/")
    said = page.locator("[aria-live=polite]:not([role=status])")
    search(page, "päron", ["F20"])
    assert said.inner_text() == ""
    said.filter(has_text="1 träff på ”päron”").wait_for()
    assert page.get_by_role("status").get_attribute("aria-live") == "off"


def test_a_word_that_is_left_out_is_shown_and_read_aloud(page: Any) -> None:
    page.goto("/")
    said = page.locator("[aria-live=polite]:not([role=status])")
    search(page, "päron kiwi", ["F20"])
    told = "Ingen träff innehåller ”kiwi”. 1 träff på ”päron”"
    page.get_by_role("status").filter(has_text=told).wait_for()
    said.filter(has_text=told).wait_for()
    assert page.locator("mark").all_inner_texts() == ["Päron"]


def test_emptying_the_box_shows_the_code_systems_again(page: Any) -> None:
    page.goto("/?q=äpple")
    page.get_by_label(BOX).fill("")
    page.locator("#start").wait_for()
    assert page.locator(HIT).count() == 0


def test_only_the_last_of_several_requests_counts(page: Any) -> None:
    held: list[Any] = []
    page.route("**/-/results?q=p", lambda route: held.append(route))
    page.goto("/")
    box = page.get_by_label(BOX)
    with page.expect_request("**/-/results?q=p"):
        box.fill("p")
    box.fill("päron")
    shows(page, ["F20"])
    assert len(held) == 1
    assert held[0].request.failure == "net::ERR_ABORTED"
    page.unroute_all(behavior="ignoreErrors")


def test_keys_that_follow_each_other_share_a_request_while_one_is_on_its_way(page: Any) -> None:
    asked: list[str] = []
    page.route("**/-/results?*", lambda route: (asked.append(route.request.url), route.continue_()))
    page.goto("/")
    page.evaluate(
        "for (const text of ['p', 'pä', 'pär', 'päro', 'päron']) {"
        " document.getElementById('q').value = text;"
        " document.getElementById('q').dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    shows(page, ["F20"])
    queries = [url.partition("?")[2] for url in asked]
    assert queries in (["q=p", "q=p%C3%A4ron"], ["q=p%C3%A4ron"])  # the first may be called back before it has left


def test_a_search_that_fails_says_so_and_the_next_key_tries_again(page: Any, expected: list[str]) -> None:
    expected.append("ERR_FAILED")
    page.goto("/")
    page.route("**/-/results?*", lambda route: route.abort())
    page.get_by_label(BOX).fill("pär")
    page.get_by_role("status").filter(has_text="Sökningen gick inte att göra just nu").wait_for()
    page.unroute("**/-/results?*")
    search(page, "päron", ["F20"])


def test_a_concept_opens_and_back_leads_to_the_same_results(page: Any) -> None:
    page.goto("/")
    search(page, "äpple", ["F10", "F10.1", "F10.2"])
    page.locator(HIT).nth(1).click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("F10.1")
    page.go_back()
    shows(page, ["F10", "F10.1", "F10.2"])
    assert page.get_by_label(BOX).input_value() == "äpple"


def test_back_and_forward_go_from_one_search_to_the_other_and_not_from_key_to_key(page: Any) -> None:
    page.goto("/")
    page.get_by_label(BOX).press_sequentially("äpple")
    shows(page, ["F10", "F10.1", "F10.2"])
    page.keyboard.press("Enter")
    page.get_by_label(BOX).fill("")
    page.get_by_label(BOX).press_sequentially("päron")
    shows(page, ["F20"])
    page.go_back()
    shows(page, ["F10", "F10.1", "F10.2"])
    assert page.get_by_label(BOX).input_value() == "äpple"
    page.go_back()
    page.locator("#start").wait_for()
    assert page.get_by_label(BOX).input_value() == ""
    page.go_forward()
    shows(page, ["F10", "F10.1", "F10.2"])
    page.go_forward()
    shows(page, ["F20"])
    assert page.url.endswith("/?q=p%C3%A4ron")


def test_choices_are_in_the_address_and_back_takes_them_away(page: Any) -> None:
    page.goto("/?q=kvitten")
    page.get_by_role("combobox", name="Kodverk").select_option("frukt")
    version = page.get_by_label("Version")
    page.locator("select#version:enabled").wait_for()
    assert codes(page) == []
    version.focus()
    version.select_option("2025")
    shows(page, ["F30"])
    assert page.evaluate("document.activeElement.id") == "version"
    assert page.url.endswith("/?q=kvitten&system=frukt&version=2025")
    page.go_back()
    shows(page, [])
    page.wait_for_function("document.getElementById('version').value === ''")
    page.go_forward()
    shows(page, ["F30"])
    assert version.input_value() == "2025"
    page.locator(HIT).click()
    assert page.url.endswith("/frukt/F30?version=2025")


def test_results_are_limited_by_chapter_level_validity_and_day(page: Any) -> None:
    page.goto("/?q=p&system=frukt")
    shows(page, ["F10", "F10.1", "F10.2", "F20"])
    page.get_by_text("Fler val").click()
    for label, value in (("Kapitel", "F"), ("Nivå", "kod"), ("Giltighet", "true")):
        page.get_by_label(label, exact=True).select_option(value)
        page.wait_for_url(re.compile(f"={value}(&|$)"))
    page.get_by_label("Version").select_option("2026")
    page.wait_for_url("**version=2026**")
    page.get_by_label("Gällande på datum").fill("2025-06-30")
    page.wait_for_url("**/?q=p&system=frukt&under=F&level=kod&active=true&date=2025-06-30")
    assert page.get_by_label("Version").input_value() == ""
    assert page.get_by_text("4 val gjorda").is_visible()
    assert page.locator(HIT).first.get_attribute("href") == "/frukt/F10?date=2025-06-30"


def test_results_are_shown_by_chapter_and_so_are_those_of_the_next_word(page: Any) -> None:
    page.goto("/?q=äpple")
    page.get_by_role("link", name="Per kapitel").click()
    group = page.get_by_role("group", name="F Frukter")
    group.wait_for()
    assert group.get_by_role("option").count() == 3
    assert page.url.endswith("/?q=%C3%A4pple&group=chapter")
    assert page.evaluate("document.activeElement.textContent") == "Per kapitel"
    search(page, "päron", ["F20"])
    assert "group=chapter" in page.url
    page.get_by_role("link", name="Bästa träffen först").click()
    page.get_by_role("group", name="F Frukter").wait_for(state="detached")


def test_a_suggestion_is_followed_in_place(page: Any) -> None:
    page.goto("/?q=äple&system=frukt")
    page.get_by_role("link", name="äpple").click()
    shows(page, ["F10", "F10.1", "F10.2"])
    assert page.get_by_label(BOX).input_value() == "äpple"
    assert page.url.endswith("/?q=%C3%A4pple&system=frukt")


def test_the_box_is_a_combobox_whose_list_is_walked_and_opened_with_the_keyboard(page: Any) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name=BOX)
    assert box.get_attribute("aria-expanded") == "false"
    search(page, "äpple", ["F10", "F10.1", "F10.2"])
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert active(page) is None
    walked = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        walked.append(active(page))
    assert walked == ["F10", "F10.1", "F10.2", "F10.2", "F10.1"]
    assert page.get_by_role("option", selected=True).locator(".code").inner_text() == "F10.1"
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Enter")
    page.wait_for_url("**/frukt/F10.1")


def test_the_code_of_a_result_is_copied_with_the_keyboard_and_that_is_said(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    said = page.locator("[aria-live=polite]:not([role=status])")
    search(page, "äpple", ["F10", "F10.1", "F10.2"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+c")
    said.filter(has_text="Kopierat: F10.1").wait_for()
    assert page.locator("#copied").inner_text() == "Kopierat: F10.1"
    assert page.evaluate("navigator.clipboard.readText()") == "F10.1"
    assert active(page) == "F10.1"
    page.get_by_label(BOX).select_text()  # what is selected is what is meant
    page.keyboard.press("Control+c")
    page.wait_for_function("navigator.clipboard.readText().then(text => text === 'äpple')")


def test_escape_leaves_the_list_then_empties_the_box(page: Any) -> None:
    page.goto("/?q=äpple")
    page.get_by_label(BOX).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert active(page) is None
    assert page.get_by_label(BOX).input_value() == "äpple"
    page.keyboard.press("Escape")
    page.locator("#start").wait_for()
    assert page.get_by_label(BOX).input_value() == ""


def test_a_slash_leads_to_the_box_and_is_a_slash_in_it(page: Any) -> None:
    page.goto("/?q=A")
    box = page.get_by_label(BOX)
    assert page.evaluate("document.activeElement.id") != "q"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    assert box.input_value() == "A"
    page.keyboard.press("End")
    page.keyboard.press("/")
    assert box.input_value() == "A/"


def test_walking_goes_on_from_a_result_that_was_reached_with_tab(page: Any) -> None:
    page.goto("/?q=äpple")
    page.locator(HIT).first.focus()
    page.keyboard.press("ArrowDown")
    assert active(page) == "F10.1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert active(page) is None


def test_searches_are_kept_in_the_browser_and_forgotten_when_asked(page: Any) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.headers} {request.post_data}"))
    page.goto("/")
    assert page.locator("#recent").is_hidden()
    search(page, "päron", ["F20"])
    page.keyboard.press("Enter")
    search(page, "äpple", ["F10", "F10.1", "F10.2"])
    page.locator(HIT).first.click()
    page.goto("/")
    assert page.locator("#recent li").all_inner_texts() == ["äpple", "päron"]
    page.locator("#recent").get_by_role("link", name="päron").click()
    shows(page, ["F20"])
    page.get_by_label(BOX).fill("")
    page.get_by_role("button", name="Glöm sökningarna").click()
    assert page.locator("#recent").is_hidden()
    assert page.evaluate("localStorage.length") == 0
    assert not any("termservice.recent" in each for each in requests)


@pytest.mark.parametrize("kept", ["{", "null", "3", '[{"query": 1}]', '[{"query": "x", "address": "javascript:1"}]'])
def test_whatever_is_in_the_browsers_storage_the_page_works(page: Any, kept: str) -> None:
    page.goto("/")
    page.evaluate("kept => localStorage.setItem('termservice.recent', kept)", kept)
    page.reload()
    search(page, "päron", ["F20"])
    page.keyboard.press("Enter")
    page.get_by_label(BOX).fill("")
    page.locator("#start").wait_for()
    assert page.locator("#recent li").all_inner_texts() == ["päron"]


def test_axe_finds_no_fault_in_results_that_came_while_typing(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.goto("/?group=chapter")
    search(page, "p", ["F10", "F10.1", "F10.2", "F20"])
    page.keyboard.press("ArrowDown")
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    assert [each["id"] for each in found.response["violations"]] == []


def test_without_javascript_the_button_searches(browser: Any, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label(BOX).fill("äpple")
    page.get_by_role("combobox", name="Kodverk").select_option("frukt")
    page.get_by_role("button", name="Sök").click()
    assert codes(page) == ["F10", "F10.1", "F10.2"]
    page.get_by_label("Version").select_option("2025")
    page.get_by_text("Fler val").click()
    page.get_by_label("Kapitel", exact=True).select_option("F")
    page.get_by_role("button", name="Sök").click()
    assert page.locator(HIT).first.get_attribute("href") == "/frukt/F10?version=2025"
    page.get_by_role("link", name="Per kapitel").click()
    assert page.get_by_role("heading", name="F Frukter").is_visible()
    page.get_by_role("button", name="Sök").click()
    assert page.get_by_role("heading", name="F Frukter").is_visible()
    assert page.get_by_label("Kapitel", exact=True).input_value() == "F"
    context.close()
