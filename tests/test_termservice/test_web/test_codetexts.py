"""Pages of the sample releases: partners, related codes of other systems, and no link that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import codesystems
from termservice import ingest
from termservice.answers import PropertyAnswer, When
from termservice.service import TerminologyService
from termservice.web.app import create_app
from termservice.web.codetexts import CodeTexts
from tests.test_termservice.test_web.reading import page, said

SAMPLES = Path(codesystems.__file__).parent / "samples"
RELEASES = ("icd-10-se/2021", "icd-10-se/2026", "kva/2026", "icf/2026-01", "exempel-kva-to-icd-10-se/2026")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    home = tmp_path_factory.mktemp("home")
    ingest.load(home, [SAMPLES / release for release in RELEASES], ingest.Options())
    service = TerminologyService(home)
    yield create_app(service, {"TESTING": True}).test_client()
    service.close()


def test_a_manifestation_names_its_partners_and_is_no_main_diagnosis(sampled: FlaskClient) -> None:
    tree = page(sampled, "/icd-10-se/N08.3")
    assert said(tree, "//h1/span[1]") == ["N08.3*"]
    assert "Får inte vara huvuddiagnos." in said(tree, "//div[@class='notice heed']")[0]
    pair = said(tree, "//div[@class='notice pair']")[0]
    assert "Manifestationskod" in pair
    assert "Diabetes typ 2 med njurskada" in pair
    assert tree.xpath("//div[@class='notice pair']//a/@href") == ["/icd-10-se/E11.2"]


def test_partners_that_are_not_there_are_named_without_a_link(sampled: FlaskClient) -> None:
    partners = said(page(sampled, "/icd-10-se/N08.3"), "//div[@class='notice pair']//li")
    assert [each.partition(" ")[0].rstrip("†") for each in partners] == ["E10.2", "E11.2"]


@pytest.mark.parametrize("title", ["Relaterad kod i FRUKT", "Relaterad FRUKT-kod"])
def test_related_codes_lead_into_their_own_code_system(app: Flask, service: Any, title: str) -> None:
    when = When(version="1")
    related = PropertyAnswer("related", title, "code", "F10 och F99")
    other = PropertyAnswer("seen", "Se även F10", "string", "F10")
    concept = replace(service.concept("udda", "A/B", when), properties=[related, other])
    with app.test_request_context("/udda/A/B?version=1"):
        texts = CodeTexts(concept, when, when, ("sv",))
        assert texts.value(related) == '<a class="code" href="/frukt/F10" title="Äpplen">F10</a> och F99'
        assert texts.value(other) == "F10"
        assert texts.value(PropertyAnswer("b", "b", "boolean", True)) is True


def test_a_property_that_is_a_code_is_called_by_its_name(app: Flask, service: Any) -> None:
    when = When(date="2026-06-01")
    prop = PropertyAnswer("kind", "Slag", "code", "F20")
    concept = replace(service.concept("frukt", "F10", when), properties=[prop])
    with app.test_request_context("/frukt/F10"):
        shown = CodeTexts(concept, When(version="2026"), when, ("sv",)).value(prop)
    assert shown == ('<a href="/frukt/F20?date=2026-06-01"><span class="code">F20</span> Päron &amp; &lt;annat&gt;</a>')


@pytest.mark.parametrize("system", ["icd-10-se", "kva", "icf"])
def test_every_link_in_the_body_of_a_code_leads_somewhere(sampled: FlaskClient, system: str) -> None:
    codes = sampled.get(f"/api/v1/codesystems/{system}/concepts?limit=1000").get_json()["items"]
    links = {
        link.partition("#")[0]
        for each in codes
        for link in page(sampled, f"/{system}/{each['code']}").xpath("//main//a/@href")
    }
    assert links
    assert {link for link in links if sampled.get(link).status_code != 200} == set()
