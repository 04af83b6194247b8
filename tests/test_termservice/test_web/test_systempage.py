"""A code system as a tree, two of its versions compared, and what is said about what is loaded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.test_termservice.test_web.reading import page, said
from tests.test_termservice.test_web.stub_content import CHANGES, OFFICIAL

TREE = "//nav[@id='tree']"


def test_the_tree_opens_and_closes_by_its_addresses(client: FlaskClient) -> None:
    tree = page(client, "/frukt?version=2025")
    assert said(tree, f"{TREE}//a[@class='to']") == ["F Frukter"]
    (toggle,) = tree.xpath(f"{TREE}//a[@class='toggle']")
    assert toggle.get("aria-label") == "Koder under F"
    assert toggle.get("href") == "/frukt?version=2025&open=F"
    tree = page(client, toggle.get("href"))
    assert len(tree.xpath(f"{TREE}/ul/li/ul/li")) == 3
    assert tree.xpath(f"{TREE}//a[@class='toggle']/@href") == [
        "/frukt?version=2025", "/frukt?version=2025&open=F&open=F10"
    ]  # fmt: skip


def test_a_branch_is_what_the_opened_page_shows_below_the_code(client: FlaskClient) -> None:
    whole = page(client, "/frukt?version=2025&open=F")
    address = whole.xpath(f"{TREE}//a[@data-code='F']/@data-branch")[0]
    branch = page(client, address)
    assert said(branch, "//a[@class='to']") == said(whole, f"{TREE}/ul/li/ul/li//a[@class='to']")
    assert branch.xpath("//a[@class='to']/@href")[0] == "/frukt/F10?version=2025"


def test_a_tree_knows_its_limits(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termservice.web.branches.PAGE", 1)
    monkeypatch.setattr("termservice.web.branches.BESIDE", 1)
    monkeypatch.setattr("termservice.web.branches.NEIGHBOURS", 1)
    tree = page(client, "/frukt?open=F")
    assert said(tree, f"{TREE}//a[@class='more']") == ["Visa alla 2 koder"]
    assert tree.xpath(f"{TREE}//a[@class='more']/@href") == ["/frukt/F"]
    way = page(client, "/frukt/F10.2")
    assert said(way, f"{TREE}//a[@class='to']") == ["F Frukter", "F10 Äpplen", "F10.2 Äpple, grönt"]


def test_two_versions_compared(client: FlaskClient) -> None:
    tree = page(client, "/frukt/-/compare?from=2025&to=2026")
    assert said(tree, "//h1") == ["FRUKT: ändringar från 2025 till 2026"]
    assert "6 Alla ändringar" in said(tree, "//ul[@class='counts']/li")
    assert said(tree, "//ol[@start]/li/a") == ["=F9", "F10", "F10.1", "F20", "F30", "F30"]
    links = tree.xpath("//ol[@start]/li/a/@href")
    assert links[0] == "/frukt/%3DF9?version=2026"
    assert links[-2:] == ["/frukt/F30?version=2025", "/frukt/F30"]
    assert said(tree, "//ol[@start]/li[@class='retitled']//del") == [","]
    assert "bara skrivsätt" in said(tree, "//ol[@start]/li[@class='retitled']")[0]
    assert tree.xpath("//a[@download]/@href")[0] == (
        "/api/v1/codesystems/frukt/changes?from=2025&to=2026&format=xlsx&source=all"
    )


def test_what_the_publisher_states_stands_beside_what_is_computed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = "//ol[@start]/li/p[@class='kind']"
    tree = page(client, "/frukt/-/compare")
    assert said(tree, kinds)[-2:] == ["Upphörd kod Beräknad", "Ersatt av Utgivaren"]
    assert said(tree, "//ol[@start]//p[@class='source']") == [f"Enligt utgivaren: {OFFICIAL.file}, rad {OFFICIAL.row}"]
    stated = page(client, "/frukt/-/compare?source=publisher")
    assert said(stated, "//ol[@start]/li/a") == ["F30"]
    assert said(stated, "//select[@name='source']/option[@selected]") == ["Utgivarens listor"]
    assert "source=publisher" in stated.xpath("//a[@download]/@href")[0]
    computed = page(client, "/frukt/-/compare?source=computed")
    assert said(computed, "//ul[@class='counts']//a[@aria-current]") == ["5 Alla ändringar"]
    assert not page(client, "/frukt/-/compare?from=2026&to=2026").xpath("//select[@name='source']")

    both = [*CHANGES, replace(CHANGES[4], source=OFFICIAL)]
    monkeypatch.setattr("tests.test_termservice.test_web.stub.CHANGES", both)
    assert said(page(client, "/frukt/-/compare"), kinds)[-2:] == [
        "Upphörd kod Beräknad Utgivaren",
        "Ersatt av Utgivaren",
    ]


def test_the_last_two_versions_are_compared_unless_others_are_named(client: FlaskClient) -> None:
    assert said(page(client, "/frukt/-/compare"), "//h1") == ["FRUKT: ändringar från 2025 till 2026"]
    assert said(page(client, "/frukt/-/compare?from=2025-03-01&to=2025-04-01"), "//h1") == [
        "FRUKT: ändringar från 2025 till 2025"
    ]
    same = page(client, "/udda/-/compare")
    assert "Ingenting skiljer versionerna åt här." in said(same, "//main")[0]


def test_changes_are_filtered_and_paged(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = page(client, "/frukt/-/compare?type=moved")
    assert said(tree, "//ol[@start]/li/a") == ["F10.1"]
    assert said(tree, "//ul[@class='counts']//a[@aria-current]") == ["1 Flyttad"]
    assert said(tree, "//select[@name='type']/option[@selected]") == ["Flyttad"]
    assert "type=moved" in tree.xpath("//a[@download]/@href")[0]
    assert said(page(client, "/frukt/-/compare?under=F10"), "//ol[@start]/li/a") == ["F10", "F10.1"]
    assert len(page(client, "/frukt/-/compare?type=nonsense&source=nonsense").xpath("//ol[@start]/li")) == 6
    monkeypatch.setattr("termservice.web.comparepage.PAGE", 2)
    first = page(client, "/frukt/-/compare")
    second = page(client, first.xpath("//a[@rel='next']/@href")[0])
    assert said(second, "//ol[@start]/li/a") == ["F10.1", "F20"]
    assert second.xpath("//ol/@start") == ["3"]
    assert second.xpath("//a[@rel='prev']/@href") == ["/frukt/-/compare?from=2025&to=2026"]


def test_other_names_of_a_code_system_lead_to_its_own_pages(client: FlaskClient) -> None:
    address = client.get("/urn:oid:1.2.3/-/compare?from=2025&type=moved").headers["Location"]
    assert address == "/frukt/-/compare?from=2025&type=moved"


def test_about_says_what_is_loaded_from_whom_and_on_what_terms(client: FlaskClient) -> None:
    tree = page(client, "/-/about")
    assert said(tree, "//article/h3") == ["FRUKT Klassifikation av frukt", "UDDA Klassifikation av udda"]
    frukt = said(tree, "//article[@id='frukt']")[0]
    for each in ("Provmyndigheten", "2026, från och med 1 januari 2026", "Får spridas fritt.", "2 inlästa versioner",
                 "urn:oid:1.2.3", "Släpp 2025"):  # fmt: skip
        assert each in frukt
    assert said(tree, "//section[@aria-labelledby='maps']//li/p[1]") == ["Frukter till udda FRUKT → UDDA"]
    assert {"/docs", "/api/v1/openapi.json", "/api/v1/feed.atom", "/-/accessibility"} <= set(
        tree.xpath("//main//a/@href")
    )


def test_the_accessibility_statement_says_where_to_turn(app: Flask, client: FlaskClient) -> None:
    assert "inte angett någon kontaktväg" in said(page(client, "/-/accessibility"), "//main")[0]
    app.config["CONTACT"] = "tillganglighet@example.org"
    assert page(client, "/-/accessibility").xpath("//main//a/@href")[0] == "mailto:tillganglighet@example.org"
    app.config["CONTACT"] = "https://example.org/kontakt"
    assert page(client, "/-/accessibility").xpath("//main//a/@href")[0] == "https://example.org/kontakt"
