"""The page of a code: what it says at once, its place, its notes with links, its history, other systems."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.test_termservice.test_web.reading import page, said

TREE = "//nav[@id='tree']"


def test_what_a_code_means(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10")
    assert said(tree, "//h1") == ["F10 Äpplen"]
    assert tree.xpath("//nav[@class='path']//a/@href") == ["/frukt", "/frukt/F"]
    assert tree.xpath("//button/@data-copy") == ["F10", "F10 Äpplen"]
    assert said(tree, "//section[@aria-labelledby='children']//li/a") == ["F10.1 Äpple, rött", "F10.2 Äpple, grönt"]
    assert said(tree, "//section[@class='note includes']/h2") == ["Innefattar"]
    assert said(tree, "//section[@class='note includes']//li") == ["Ett <b>", "Två, se F20"]
    assert tree.xpath("//section[@class='note includes']//a/@href") == ["/frukt/F20"]
    facts = dict(zip(said(tree, "//article//dl//dt"), said(tree, "//article//dl//dd"), strict=True))
    assert facts == {
        "Gäller från": "1 januari 2025 eller tidigare", "Till och med": "Tills vidare", "Nivå": "kod", "Ätlig": "Ja",
        "Vikt": "3", "Svenska": "Bär Alternativ term",
    }  # fmt: skip


def test_the_same_in_english(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10?lang=en")
    assert said(tree, "//article//dl/div/dt") == ["Level", "Valid from", "Until"]
    assert said(tree, "//article//dl/div/dd")[1] == "1 January 2025 or earlier"
    assert said(tree, "//section[@aria-labelledby='designations']//dd") == ["Äpplen Term", "Bär Alternative term"]
    assert said(tree, "//section[@aria-labelledby='designations']//dt") == ["Swedish"]
    assert said(tree, "//section[@class='note includes']/h2") == ["Includes"]
    assert tree.xpath("//section[@class='note includes']/ul/@lang") == ["sv"]


def test_the_place_of_a_code_is_a_tree_open_down_to_it(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10.1?version=2026")
    assert said(tree, f"{TREE}//a[@class='to']") == [
        "F Frukter", "F10 Äpplen", "F10.1 Äpple, rött", "F10.2 Äpple, grönt", "F20 Päron & <annat>"
    ]  # fmt: skip
    assert tree.xpath(f"{TREE}//a[@aria-current]/@href") == ["/frukt/F10.1?version=2026"]
    assert said(tree, f"{TREE}/ul/li/ul/li/ul/li//a[@class='to']") == ["F10.1 Äpple, rött", "F10.2 Äpple, grönt"]
    assert tree.xpath(f"{TREE}//a[@aria-expanded='true']/@data-code") == ["F", "F10"]


def test_a_neighbour_can_be_opened_without_javascript(client: FlaskClient) -> None:
    closed = page(client, "/frukt/F20")
    toggle = closed.xpath(f"{TREE}//a[@data-code='F10']")[0]
    assert toggle.get("aria-expanded") == "false"
    opened = page(client, toggle.get("href").partition("#")[0])
    assert opened.xpath(f"{TREE}//a[@data-code='F10']/@aria-expanded") == ["true"]
    assert "F10.1 Äpple, rött" in said(opened, f"{TREE}//a[@class='to']")
    assert opened.xpath(f"{TREE}//a[@data-code='F10']/@href") == ["/frukt/F20#tree"]


def test_a_withdrawn_code_says_so_at_once_and_offers_what_follows(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F30")
    notice = said(tree, "//div[@class='notice stop']")[0]
    assert notice.startswith("Koden gäller inte längre. Sista giltighetsdag var 31 december 2025.")
    assert "version 2025" in notice
    assert "F20 Päron & <annat> kan bytas automatiskt" in notice
    assert tree.xpath("//div[@class='notice stop']//a/@href") == ["/frukt/F20"]
    assert tree.xpath("//main//*[self::h1 or contains(@class, 'notice')]/@class")[0] == "notice stop"


def test_an_older_version_says_which_one_is_in_force(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10?version=2025")
    assert "I dag gäller version 2026" in said(tree, "//div[@class='notice']")[0]
    assert tree.xpath("//div[@class='notice']//a/@href") == ["/frukt/F10"]
    assert tree.xpath("//nav[@class='path']//a/@href") == ["/frukt?version=2025", "/frukt/F?version=2025"]
    assert said(tree, "//select[@name='version']/option[@selected]") == ["2025"]
    assert said(tree, "//div[@class='when']/p/span[1]") == ["gäller inte i dag"]
    assert tree.xpath("//section[@class='note includes']//a/@href") == ["/frukt/F20?version=2025"]


def test_a_date_shows_what_was_in_force_and_links_stay_on_it(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F30?date=2025-06-30")
    assert said(tree, "//div[@class='when']/p/strong") == ["Version 2025"]
    assert "Du ser det som gällde 30 juni 2025: version 2025." in said(tree, "//div[@class='notice']")[0]
    assert tree.xpath("//input[@type='date']/@value") == ["2025-06-30"]
    assert tree.xpath("//nav[@class='path']//a/@href") == ["/frukt?date=2025-06-30", "/frukt/F?date=2025-06-30"]


def test_a_heading_says_that_it_is_one(client: FlaskClient) -> None:
    assert said(page(client, "/frukt/F"), "//div[@class='notice heed']") == [
        "Rubrik. Det här är en rubrik. Välj en kod under den när du kodar."
    ]


def test_history_says_what_changed_and_whose_word_it_is(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10")
    line = "//ol[@class='timeline']/li"
    assert said(tree, f"{line}/h3") == ["1 januari 2026 version 2026", "1 januari 2025 version 2025"]
    assert tree.xpath(f"{line}/@class") == ["cosmetic"]
    assert "Ändrad titel bara skrivsätt" in said(tree, f"{line}//p[@class='kind']")
    assert said(tree, f"{line}//del") == [","]
    assert said(tree, f"{line}/p[@class='source']") == ["Framgår när version 2025 jämförs med 2026."]
    gone = page(client, "/frukt/F30")
    assert "Enligt utgivaren: Släpp 2026, ändringar.xlsx, rad 4" in said(gone, f"{line}//p[@class='source']")
    assert gone.xpath(f"{line}//p[@class='difference']/a/@href") == ["/frukt/F20"]


def test_what_it_is_called_elsewhere(client: FlaskClient) -> None:
    tree = page(client, "/frukt/F10")
    maps = "//section[@aria-labelledby='maps']"
    assert said(tree, f"{maps}/h3") == ["UDDA 1"]
    assert said(tree, f"{maps}//p[@class='relationship']") == ["Närliggande betydelse"]
    shown = said(tree, f"{maps}//li")[0]
    for each in ("A/B", "Upphörd", "beror på fler uppgifter", "Råd: Råd", "Regel: IFA", "frukt-till-udda 2026",
                 "läst baklänges"):  # fmt: skip
        assert each in shown
    assert "finns ej" in said(tree, "//main")[0]


@pytest.mark.parametrize("path", ["/frukt/F10", "/frukt/F30", "/frukt", "/frukt/-/compare"])
def test_pages_are_small(client: FlaskClient, path: str) -> None:
    assert len(client.get(path).data) < 100_000
