"""What a coder does on the page of a code: copy it, look around it, look back in time, change language."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

TREE = "#tree"


def heading(page: Any) -> str:
    return str(page.get_by_role("heading", level=1).inner_text())


@pytest.mark.parametrize(("button", "copied"), [("Kopiera kod", "F10"), ("Kopiera kod och text", "F10 Äpplen")])
def test_a_code_is_copied_and_that_is_said(page: Any, button: str, copied: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/frukt/F10")
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_text(f"Kopierat: {copied}", exact=True).wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == copied


def test_a_code_is_copied_where_the_browser_gives_no_clipboard(page: Any) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto("/frukt/F10")
    page.evaluate("""document.addEventListener('copy', () => {
        window.copied = document.activeElement.value;
    })""")
    page.get_by_role("button", name="Kopiera kod", exact=True).click()
    page.get_by_text("Kopierat: F10", exact=True).wait_for(state="attached")
    assert page.evaluate("window.copied") == "F10"
    assert page.evaluate("document.activeElement.dataset.copy") == "F10"


def test_the_tree_opens_a_neighbour_in_place_and_back_leads_to_it(page: Any) -> None:
    page.goto("/frukt/F20")
    tree = page.locator(TREE)
    assert tree.get_by_role("link", name="F10.1").count() == 0
    tree.get_by_role("button", name="Koder under F10", exact=True).click()
    tree.get_by_role("link", name="F10.1").wait_for()
    assert page.url.endswith("/frukt/F20?open=F10")
    tree.get_by_role("link", name="F10.1").click()
    assert heading(page).startswith("F10.1")
    page.go_back()
    page.locator(TREE).get_by_role("link", name="F10.1").wait_for()
    assert heading(page).startswith("F20")


def test_the_way_to_a_code_closes_and_opens_again_without_asking(page: Any) -> None:
    page.goto("/frukt/F10.1")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/-/branch" in request.url else None)
    toggle = page.get_by_role("button", name="Koder under F10", exact=True)
    here = page.locator(f"{TREE} [aria-current]")
    toggle.click()
    here.wait_for(state="hidden")
    assert toggle.get_attribute("aria-expanded") == "false"
    toggle.click()
    here.wait_for()
    assert asked == []


def test_the_tree_is_walked_with_the_keyboard(page: Any) -> None:
    page.goto("/frukt/F20")
    page.locator(TREE).get_by_role("link", name="F10").focus()
    page.keyboard.press("ArrowRight")
    page.locator(TREE).get_by_role("link", name="F10.1").wait_for()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent.trim()").startswith("F10.1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.locator(TREE).get_by_role("link", name="F10.1").wait_for(state="hidden")
    page.keyboard.press("Enter")
    page.wait_for_url("**/frukt/F10")


def test_a_branch_that_cannot_be_fetched_says_so(page: Any, expected: list[str]) -> None:
    expected.append("Failed to load resource")
    page.goto("/frukt/F20")
    page.route("**/-/branch*", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Koder under F10", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert "gick inte att hämta" in page.get_by_role("alert").inner_text()
    page.unroute_all()
    page.get_by_role("button", name="Koder under F10", exact=True).click()
    page.locator(TREE).get_by_role("link", name="F10.1").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_another_version_is_chosen_and_kept_while_one_walks(page: Any) -> None:
    page.goto("/frukt/F10")
    page.get_by_text("Byt version eller datum").click()
    page.get_by_label("Version").select_option("2025")
    page.get_by_role("button", name="Visa").first.click()
    assert page.url.endswith("/frukt/F10?version=2025")
    assert "I dag gäller version 2026" in page.locator(".notice").inner_text()
    page.get_by_role("link", name="F10.2").first.click()
    assert page.url.endswith("/frukt/F10.2?version=2025")
    page.get_by_role("link", name="Visa den som gäller i dag").click()
    assert page.url.endswith("/frukt/F10.2")
    page.go_back()
    assert page.url.endswith("version=2025")


def test_a_date_is_chosen(page: Any) -> None:
    page.goto("/frukt/F10")
    page.get_by_text("Byt version eller datum").click()
    page.get_by_label("Det som gällde ett visst datum").fill("2025-06-30")
    page.get_by_role("button", name="Visa").last.click()
    assert page.url.endswith("/frukt/F10?date=2025-06-30")
    assert "30 juni 2025: version 2025" in page.locator(".notice").inner_text()


def test_the_timeline_leads_to_earlier_versions(page: Any) -> None:
    page.goto("/frukt/F10")
    history = page.get_by_role("region", name="Historik")
    assert history.locator("del").all_inner_texts() == [","]
    history.get_by_role("link", name="version 2025").click()
    assert page.url.endswith("/frukt/F10?version=2025")


def test_a_withdrawn_code_leads_on(page: Any) -> None:
    page.goto("/frukt/F30")
    notice = page.locator(".notice.stop")
    assert notice.get_by_text("Koden gäller inte längre.").is_visible()
    notice.get_by_role("link", name="F20").click()
    assert heading(page).startswith("F20")


def test_english_is_chosen_once(page: Any) -> None:
    page.goto("/frukt/F10")
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Copy code", exact=True).wait_for()
    page.goto("/frukt/F20")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("link", name="Svenska").click()
    assert page.evaluate("document.documentElement.lang") == "sv"


def test_all_of_it_without_javascript(browser: Any, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/frukt/F20")
    assert page.get_by_text("Kopiera kod").first.is_hidden()
    page.locator(TREE).get_by_role("link", name="Koder under F10", exact=True).click()
    page.locator(TREE).get_by_role("link", name="F10.2").click()
    assert heading(page).startswith("F10.2")
    page.get_by_text("Byt version eller datum").click()
    page.get_by_label("Version").select_option("2025")
    page.get_by_role("button", name="Visa").first.click()
    assert page.url.endswith("version=2025")
    page.get_by_role("link", name="English").click()
    assert "You are looking at version 2025" in page.locator(".notice").inner_text()
    context.close()


def test_a_code_on_paper_has_what_matters_and_nothing_to_press(page: Any) -> None:
    page.goto("/frukt/F10")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Innefattar").is_visible()
    assert page.get_by_text("Version 2026", exact=True).is_visible()
    for each in ("header nav", ".copying button", "form", "footer"):
        assert page.locator(each).first.is_hidden(), each
