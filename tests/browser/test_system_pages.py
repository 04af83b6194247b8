"""Browsing a code system, comparing its versions."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_chapters_open_in_place_and_the_address_says_which(page: Any) -> None:
    page.goto("/frukt")
    page.get_by_role("button", name="Koder under F", exact=True).click()
    page.get_by_role("button", name="Koder under F10", exact=True).press(" ")
    page.get_by_role("link", name="F10.2").wait_for()
    assert page.url.endswith("/frukt?open=F&open=F10")
    page.reload()
    page.get_by_role("link", name="F10.2").click()
    page.go_back()
    assert page.get_by_role("link", name="F10.2").is_visible()
    page.get_by_role("button", name="Koder under F", exact=True).click()
    assert page.url.endswith("/frukt")


def test_a_toggle_with_a_modifier_is_a_link(page: Any) -> None:
    page.goto("/frukt")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Koder under F", exact=True).click(modifiers=["Control"])
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("/frukt?open=F")
    assert page.url.endswith("/frukt")


def test_the_search_of_a_code_system_is_kept_to_it(page: Any) -> None:
    page.goto("/frukt?version=2025")
    page.get_by_label("Sök i FRUKT").fill("kvitten")
    page.get_by_role("search").get_by_role("button", name="Sök").click()
    page.wait_for_url("**/?*")
    assert "system=frukt" in page.url
    assert "version=2025" in page.url


def test_versions_are_compared_filtered_and_turned_round(page: Any) -> None:
    page.goto("/frukt")
    page.get_by_role("link", name="Jämför två versioner").last.click()
    assert page.get_by_role("heading", level=1).inner_text() == "FRUKT: ändringar från 2025 till 2026"
    page.get_by_role("link", name="1 Flyttad").click()
    assert page.locator(".changes li").count() == 1
    page.go_back()
    page.get_by_label("Slags ändring").select_option("retitled")
    page.get_by_label("Bara under koden").fill("F10")
    page.get_by_role("button", name="Jämför").click()
    assert page.locator(".changes li .code").all_inner_texts() == ["F10"]
    page.get_by_label("Källa").select_option("publisher")
    page.get_by_role("button", name="Jämför").click()
    assert page.locator(".changes li .code").all_inner_texts() == []
    page.get_by_role("link", name="Jämför åt andra hållet").click()
    assert page.get_by_role("heading", level=1).inner_text() == "FRUKT: ändringar från 2026 till 2025"


def test_changes_are_downloaded_as_a_workbook(page: Any) -> None:
    page.goto("/frukt/-/compare?type=moved")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Hämta som Excel (xlsx)").click()
    assert waited.value.suggested_filename == "frukt-2025-2026-changes.xlsx"


def test_what_was_in_force_on_two_dates_is_compared(page: Any) -> None:
    page.goto("/frukt/-/compare?from=2026&to=2026")
    page.get_by_text("Jämför vad som gällde två datum").click()
    page.get_by_label("Från datum").fill("2025-03-01")
    page.get_by_label("Till datum").fill("2026-03-01")
    page.get_by_role("button", name="Jämför").last.click()
    assert page.get_by_role("heading", level=1).inner_text() == "FRUKT: ändringar från 2025 till 2026"
    assert page.locator(".changes li").count() == 6
