"""The search page without JavaScript: the same results, by the server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from termservice.answers import Matched
from tests.test_termservice.test_web.reading import page, said

HIT = "//*[@id='hits']//li/a[@class='hit']"


def test_the_search_page_finds_without_javascript(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple&system=frukt&version=2025")
    assert said(tree, HIT + "/span[@class='code']") == ["F10", "F10.1", "F10.2"]
    assert said(tree, HIT + "/span[@class='name']") == ["Äpplen", "Äpple, rött", "Äpple, grönt"]
    assert tree.xpath(HIT + "/@href")[0] == "/frukt/F10?version=2025"
    assert said(tree, "//mark") == ["Äpple"] * 3
    assert said(tree, "//*[@role='status']") == ["3 träffar på ”äpple” i FRUKT 2025"]
    assert tree.xpath("//input[@name='q']/@value") == ["äpple"]
    assert tree.xpath("//select[@name='system']/option[@selected]/@value") == ["frukt"]
    assert tree.xpath("//select[@name='version']/option[@selected]/@value") == ["2025"]


def test_the_fragment_holds_the_same_results(client: FlaskClient) -> None:
    whole, part = page(client, "/?q=äpple"), page(client, "/-/results?q=äpple")
    for name in ("status", "order", "results", "version", "within", "narrowed"):
        found = [tree.xpath(f"//*[@data-part='{name}']") for tree in (whole, part)]
        assert [len(each) for each in found] == [1, 1]
        assert found[0][0].text_content().split() == found[1][0].text_content().split()
    assert said(whole, "//title") == said(part, "//title") == ["äpple – Sök kod – Termservice"]


def test_the_start_page_offers_the_code_systems(client: FlaskClient) -> None:
    tree = page(client, "/")
    assert tree.xpath("//ul[@class='cards']//a/@href") == ["/frukt", "/udda"]
    assert tree.xpath("//select[@name='version']/@disabled")


def test_a_misspelt_query_is_met_with_a_suggestion(client: FlaskClient) -> None:
    tree = page(client, "/?q=äple&system=frukt")
    assert said(tree, "//p[@class='suggestion']") == ["Menade du äpple?"]
    assert said(tree, "//*[@role='status']") == ["Inga träffar på ”äple”."]


def test_a_word_that_nothing_holds_is_said_and_what_was_found_answers_the_rest(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple+kiwi&system=frukt")
    assert said(tree, "//*[@role='status']") == ["Ingen träff innehåller ”kiwi”. 3 träffar på ”äpple” i FRUKT 2026"]
    assert said(tree, "//mark") == ["Äpple"] * 3
    assert not tree.xpath("//p[@class='suggestion']")
    both = said(page(client, "/?q=mango+äpple+kiwi&system=frukt&lang=en"), "//*[@role='status']")
    assert both == ["No result contains the words “mango, kiwi”. 3 results for “äpple” in FRUKT 2026"]


def test_that_no_concept_holds_all_the_words_is_said(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = service.search
    monkeypatch.setattr(service, "search", lambda query, **given: replace(search("äpple", **given), partial=True))
    tree = page(client, "/?q=rött+grönt&system=frukt")
    assert said(tree, "//*[@role='status']") == [
        "Ingen träff innehåller alla orden i ”rött grönt”. 3 träffar på en del av dem i FRUKT 2026"
    ]


def test_a_version_left_from_another_code_system_is_dropped(client: FlaskClient) -> None:
    tree = page(client, "/?q=udda&system=udda&version=2025")
    assert len(tree.xpath(HIT)) == 8


def test_more_results_than_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.web.searchpage.PAGE", 2)
    first = page(client, "/?q=äpple")
    assert said(first, "//*[@role='status']") == ["3 träffar på ”äpple”, visar 1–2"]
    second = page(client, first.xpath("//a[@rel='next']/@href")[0])
    assert said(second, "//*[@role='status']") == ["3 träffar på ”äpple”, visar 3–3"]
    assert second.xpath("//a[@rel='prev']/@href") == ["/?q=%C3%A4pple"]


def test_the_same_state_ungrouped_and_by_chapter(client: FlaskClient) -> None:
    tree = page(client, "/?q=p&group=chapter")
    assert said(tree, "//*[@id='hits']/section/h3") == ["FRUKT 2026 F Frukter"]
    assert said(tree, "//*[@id='hits']//span[@class='code']") == ["F", "F10", "F10.1", "F10.2", "F20"]
    assert tree.xpath("//*[@class='order']//a/@href") == ["/?q=p", "/?q=p&group=chapter"]
    assert said(tree, "//*[@class='order']//a[@aria-current]") == ["Per kapitel"]
    assert tree.xpath("//input[@name='group']/@value") == ["chapter"]


def test_groups_come_in_the_order_of_their_best_result_and_keep_the_order_within(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapters = {each.code: each for each in service.concepts("frukt").items}
    homes = {"F10": "F20", "F10.1": "F", "F10.2": "F20"}
    monkeypatch.setattr(service.outlines, "placed", lambda *_: {code: chapters[home] for code, home in homes.items()})
    tree = page(client, "/?q=äpple&system=frukt&group=chapter")
    sections = tree.xpath("//*[@id='hits']/section")
    assert [each.xpath("string(h3/span[@class='code'])") for each in sections] == ["F20", "F"]
    assert [each.xpath("ol//span[@class='code']/text()") for each in sections] == [["F10", "F10.2"], ["F10.1"]]


def test_codes_without_a_chapter_stand_by_themselves(client: FlaskClient) -> None:
    tree = page(client, "/?q=udda&system=udda&group=chapter")
    assert said(tree, "//*[@id='hits']/section/h3") == ["Utan kapitel"]
    assert len(tree.xpath(HIT)) == 8


def test_a_page_of_groups_leads_to_all_results_of_a_chapter(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("termservice.web.searchpage.GROUPED_PAGE", 2)
    tree = page(client, "/?q=p&system=frukt&version=2025&level=kod&group=chapter")
    assert tree.xpath("//a[@class='all']/@href") == ["/?q=p&system=frukt&version=2025&under=F&level=kod"]


def test_what_results_are_limited_to_reaches_the_service(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    search = service.search
    monkeypatch.setattr(service, "search", lambda query, **given: asked.append(given) or search(query, **given))
    tree = page(client, "/?q=äpple&system=frukt&under=F&level=kod&active=true&date=2025-06-01")
    assert [(each["under"], each["levels"], each["active"], each["when"].date) for each in asked] == [
        ("F", ["kod"], True, "2025-06-01")
    ]
    chosen = "//select[@name='{}']/option[@selected]/@value"
    assert [tree.xpath(chosen.format(name)) for name in ("under", "level", "active")] == [["F"], ["kod"], ["true"]]
    assert tree.xpath("//input[@name='date']/@value") == ["2025-06-01"]
    assert tree.xpath("//details[@class='more']/@open")
    assert said(tree, "//*[@data-part='narrowed']") == ["4 val gjorda"]
    assert tree.xpath(HIT + "/@href")[0] == "/frukt/F10?date=2025-06-01"


def test_results_can_be_limited_to_what_is_below_any_code(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple&system=frukt&under=F10")
    assert said(tree, "//select[@name='under']/option[@selected]") == ["F10 Äpplen"]


@pytest.mark.parametrize(
    "left", ["under=Q", "level=Q", "active=perhaps", "date=2025-13-01", "date=x", "version=1", "offset=x", "group=x"]
)
def test_what_cannot_be_meant_is_not_asked_for(client: FlaskClient, left: str) -> None:
    tree = page(client, f"/?q=äpple&system=frukt&{left}")
    assert said(tree, "//*[@role='status']") == ["3 träffar på ”äpple” i FRUKT 2026"]


def test_a_chapter_without_a_code_system_is_not_asked_for(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple&under=F&level=kod&version=2025")
    assert said(tree, "//*[@role='status']") == ["3 träffar på ”äpple”"]
    assert tree.xpath("//select[@disabled]/@name") == ["version", "under", "level"]


def test_a_date_goes_before_a_version(client: FlaskClient) -> None:
    tree = page(client, "/?q=kvitten&system=frukt&version=2026&date=2025-06-01")
    assert said(tree, HIT + "/span[@class='code']") == ["F30"]
    assert tree.xpath("//select[@name='version']/option[@selected]") == []


def test_a_day_before_the_first_version_is_said_on_the_page(client: FlaskClient) -> None:
    tree = page(client, "/?q=äpple&system=frukt&date=2001-01-01")
    assert said(tree, "//*[@role='status']") == [
        "FRUKT har ingen gällande version. Den första gäller från 1 januari 2025."
    ]
    assert tree.xpath(HIT) == []


def test_nothing_found_leads_to_a_wider_search(client: FlaskClient) -> None:
    tree = page(client, "/?q=zzz&system=frukt&active=true")
    assert tree.xpath("//div[contains(@class, 'none')]//a/@href") == ["/?q=zzz"]
    assert page(client, "/?q=zzz").xpath("//div[contains(@class, 'none')]//a") == []


def test_why_a_code_was_found_is_said(client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    search = service.search
    note = "Ett långt stycke om annat. " * 20 + "Här nämns kart som omogen frukt. " + "Och så vidare. " * 20

    def found(query: str, **given: Any) -> Any:
        answer = search("äpple", **given)
        ways = [Matched("F10", "code", ""), Matched("Röd kart <b>", "synonym", "sv"), Matched(note, "note", "sv")]
        items = [replace(each, matched=way) for each, way in zip(answer.items, ways, strict=True)]
        return replace(answer, items=items)

    monkeypatch.setattr(service, "search", found)
    tree = page(client, "/?q=kart&system=frukt")
    why = said(tree, HIT + "/span[@class='why']")
    assert why[0] == "Alternativ term: Röd kart <b>"
    assert why[1].startswith("I beskrivningen: …")
    assert "Här nämns kart som omogen frukt." in why[1]
    assert len(why[1]) < 220
    assert said(tree, "//mark") == ["kart", "kart"]
    monkeypatch.setattr(service, "search", lambda query, **given: found("äpple", **given))
    assert said(page(client, "/?q=f1&system=frukt"), "//span[@class='code']/mark") == ["F1"]


def test_results_for_a_corrected_word_are_not_said_to_be_for_the_word_typed(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = service.search
    monkeypatch.setattr(service, "search", lambda query, **given: replace(search("äpple", **given), suggestion="äpple"))
    tree = page(client, "/?q=äple&system=frukt")
    assert said(tree, "//*[@role='status']") == ["Inga träffar på ”äple”. 3 träffar på ”äpple” i FRUKT 2026"]
    assert tree.xpath("//p[@class='suggestion']/a/@href") == ["/?q=%C3%A4pple&system=frukt"]
    assert said(tree, "//mark") == ["Äpple"] * 3


def test_a_suggestion_is_without_the_words_that_nothing_holds(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = service.search
    found = replace(search("äpple"), suggestion="äpple kiwi", left_out=["kiwi"], partial=True)
    monkeypatch.setattr(service, "search", lambda query, **given: found)
    tree = page(client, "/?q=äple+kiwi")
    assert said(tree, "//*[@role='status']") == ["Ingen träff innehåller ”kiwi”. 3 träffar på ”äpple”"]
    assert tree.xpath("//p[@class='suggestion']/a/@href") == ["/?q=%C3%A4pple"]
