"""The web around the real service with the sample releases loaded: every address of every sample works."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree

import codesystems
from termservice import ingest
from termservice.service import TerminologyService
from termservice.web import mapschemas, schemas, valuesetschemas
from termservice.web.app import create_app

SAMPLES = Path(codesystems.__file__).parent / "samples"
V1 = "/api/v1"
MANY = 40


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    home = tmp_path_factory.mktemp("home")
    paths = [
        release for system in sorted(SAMPLES.iterdir()) for release in sorted(system.iterdir()) if release.is_dir()
    ]
    ingest.load(home, paths, ingest.Options())
    service = TerminologyService(home)
    yield create_app(service, {"TESTING": True}).test_client()
    service.close()


def fits(schema: Any, body: Any) -> Any:
    assert schema.validate(body) == {}
    return body


def systems(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fits(schemas.CodeSystemsSchema(), client.get(f"{V1}/codesystems").get_json())["items"]
    assert found
    return found


def test_every_name_of_every_code_system(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        for name in (system["id"], system["url"], *system["aliases"]):
            body = sampled.get(f"{V1}/codesystems/{quote(name, safe='')}").get_json()
            assert fits(schemas.CodeSystemSchema(), body)["id"] == system["id"]


def test_every_code_of_every_version_once(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        start = f"{V1}/codesystems/{system['id']}"
        for version in fits(schemas.VersionsSchema(), sampled.get(f"{start}/versions").get_json())["items"]:
            url, codes = f"{start}/concepts?version={quote(version['version'])}&limit=7", []
            while url:
                body = fits(schemas.ConceptPageSchema(), sampled.get(url).get_json())
                codes += [item["code"] for item in body["items"]]
                url = body["next"]
            assert len(set(codes)) == len(codes) == version["concepts"] == body["total"]
            export = sampled.get(f"{start}/export?format=ndjson&version={quote(version['version'])}")
            assert len(export.text.splitlines()) == len(codes)
            assert export.headers["Termservice-Version"] == version["version"]


def test_every_concept_in_api_and_on_its_page(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        start = f"{V1}/codesystems/{system['id']}/concepts"
        for item in sampled.get(f"{start}?limit={MANY}").get_json()["items"]:
            code = quote(item["code"], safe="")
            concept = fits(schemas.ConceptSchema(), sampled.get(f"{start}/{code}").get_json())
            assert (concept["code"], concept["display"]) == (item["code"], item["display"])
            for relation in ("children", "ancestors", "descendants"):
                fits(schemas.ConceptPageSchema(), sampled.get(f"{start}/{code}/{relation}").get_json())
            page = sampled.get(f"/{system['id']}/{quote(item['code'])}")
            assert page.status_code == 200
            assert item["code"] in page.text


def test_a_concept_is_found_by_its_code_and_its_title(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        item = sampled.get(f"{V1}/codesystems/{system['id']}/concepts?limit=1").get_json()["items"][0]
        for query in (item["code"], item["display"]):
            asked = {"q": query, "system": system["id"]}
            body = fits(schemas.SearchSchema(), sampled.get(f"{V1}/search", query_string=asked).get_json())
            assert item["code"] in [hit["code"] for hit in body["items"]], (system["id"], query)
            assert item["code"] in sampled.get("/", query_string=asked).text


def test_a_batch_of_everything(sampled: FlaskClient) -> None:
    items = [
        {"system": system["id"], "code": item["code"], "display": item["display"]}
        for system in systems(sampled)
        for item in sampled.get(f"{V1}/codesystems/{system['id']}/concepts?limit={MANY}").get_json()["items"]
    ]
    found = sampled.post(f"{V1}/batch/lookup", json={"items": items}).get_json()
    assert [item["code"] for item in found["items"]] == [item["code"] for item in items]
    checked = sampled.post(f"{V1}/batch/validate", json={"items": items}).get_json()
    for item in checked["items"]:
        fits(schemas.ValidateSchema(), item)


def test_the_history_of_everything(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        start = f"{V1}/codesystems/{system['id']}/concepts"
        for item in sampled.get(f"{start}?limit={MANY}").get_json()["items"]:
            body = sampled.get(f"{start}/{quote(item['code'], safe='')}/history").get_json()
            assert fits(schemas.HistorySchema(), body)["code"] == item["code"]


def test_what_differs_between_all_versions_that_follow_each_other(sampled: FlaskClient) -> None:
    for system in systems(sampled):
        start = f"{V1}/codesystems/{system['id']}"
        names = [each["version"] for each in sampled.get(f"{start}/versions").get_json()["items"]]
        for after, before in pairwise(names):
            asked = {"from": before, "to": after, "source": "all", "limit": 1000}
            body = fits(schemas.ChangesSchema(), sampled.get(f"{start}/changes", query_string=asked).get_json())
            assert (body["after_version"], body["version"]) == (before, after)
            assert sum(body["counts"].values()) == body["total"] == len(body["items"])
            for format in ("csv", "xlsx"):
                asked["format"] = format
                assert sampled.get(f"{start}/changes", query_string=asked, buffered=True).status_code == 200


def maps(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fits(mapschemas.MapsSchema(), client.get(f"{V1}/maps").get_json())["items"]
    assert found
    return found


def rows(client: FlaskClient, name: str, version: str) -> list[dict[str, Any]]:
    url, found = f"{V1}/maps/{name}/elements?version={quote(version)}&limit=3", []
    while url:
        body = fits(mapschemas.ElementPageSchema(), client.get(url).get_json())
        found += body["items"]
        url = body["next"]
    return found


def test_every_map_by_every_name_and_every_row_of_every_version(sampled: FlaskClient) -> None:
    for each in maps(sampled):
        for name in (each["id"], each["url"], *each["aliases"]):
            body = sampled.get(f"{V1}/maps/{quote(name, safe='')}").get_json()
            assert fits(mapschemas.MapSchema(), body) == each
        versions = fits(mapschemas.MapVersionsSchema(), sampled.get(f"{V1}/maps/{each['id']}/versions").get_json())
        assert versions["total"] == each["versions"]
        for version in versions["items"]:
            assert len(rows(sampled, each["id"], version["version"])) == version["concepts"]


def test_every_value_set_by_every_name_and_every_member_of_every_version(sampled: FlaskClient) -> None:
    listed = fits(valuesetschemas.ValueSetsSchema(), sampled.get(f"{V1}/valuesets").get_json())["items"]
    assert {"urval-icf-kva-provning", "exempel-dietistkoder", "exempel-diabetes"} <= {each["id"] for each in listed}
    for each in listed:
        for name in (each["id"], each["url"], *each["aliases"]):
            assert (
                fits(valuesetschemas.ValueSetSchema(), sampled.get(f"{V1}/valuesets/{quote(name, safe='')}").get_json())
                == each
            )
        start = f"{V1}/valuesets/{each['id']}"
        versions = fits(valuesetschemas.ValueSetVersionsSchema(), sampled.get(f"{start}/versions").get_json())
        assert versions["total"] == each["versions"]
        for version in versions["items"]:
            url, found = f"{start}/members?version={quote(version['version'])}&limit=2", []
            while url:
                body = fits(valuesetschemas.MembersSchema(), sampled.get(url).get_json())
                found += body["items"]
                url = body["next"]
            assert len(found) == body["total"] == version["concepts"]
            assert len({(member["system"], member["code"]) for member in found}) == len(found)
        for newer, older in pairwise(versions["items"]):
            asked = {"from": older["version"], "to": newer["version"]}
            changes = sampled.get(f"{start}/changes", query_string=asked).get_json()
            fits(valuesetschemas.MemberChangesSchema(), changes)
            assert newer["concepts"] - older["concepts"] == changes["added"] - changes["removed"]


def test_members_of_samples_stand_as_their_code_systems_say(sampled: FlaskClient) -> None:
    """The urval's second version dropped what its code systems no longer hold."""
    asked = f"{V1}/valuesets/urval-icf-kva-provning/members?date=2026-03-01"
    assert {each["status"] for each in sampled.get(asked).get_json()["items"]} == {"current"}
    old = sampled.get(f"{V1}/valuesets/urval-icf-kva-provning/members?version=2025-1.0.2").get_json()["items"]
    gone = {each["code"] for each in old if each["status"] == "withdrawn"}
    assert gone == {"b1528A", "JEA10"}


def test_maps_of_each_system(sampled: FlaskClient) -> None:
    found = maps(sampled)
    for end in ("source", "target"):
        for system in {each[end] for each in found}:
            body = sampled.get(f"{V1}/maps?{end}={system}").get_json()
            assert body["items"] == [each for each in found if each[end] == system]


def test_every_code_of_every_map_is_translated_and_knows_its_maps(sampled: FlaskClient) -> None:
    for each in maps(sampled):
        for row in rows(sampled, each["id"], each["version"]) if each["version"] else ():
            asked = {"system": row["source_system"], "code": row["source"], "target": row["target_system"]}
            asked["map"] = each["id"]
            body = fits(mapschemas.TranslateSchema(), sampled.get(f"{V1}/translate", query_string=asked).get_json())
            found = [match["code"] for match in body["matches"]] + ["" for _ in body["unmapped"]]
            assert row["target"] in found, (each["id"], row["source"])
            for system, code in (("source_system", "source"), ("target_system", "target")):
                if row[code]:
                    url = f"{V1}/codesystems/{row[system]}/concepts/{quote(row[code], safe='')}/maps"
                    held = fits(mapschemas.ConceptMapsSchema(), sampled.get(url).get_json())["items"]
                    assert (each["id"], row["source"], row["target"]) in [
                        (other["map"], other["source"], other["target"]) for other in held
                    ], (row[system], row[code])


def test_a_batch_of_every_source_code(sampled: FlaskClient) -> None:
    items = [
        {"system": each["source"], "code": row["source"], "target": each["target"]}
        for each in maps(sampled)
        if each["version"]
        for row in rows(sampled, each["id"], each["version"])
    ]
    found = sampled.post(f"{V1}/batch/translate", json={"items": items}).get_json()
    assert found["total"] == len(items)
    for item, asked in zip(found["items"], items, strict=True):
        fits(mapschemas.TranslateSchema(), item)
        alone = sampled.get(f"{V1}/translate", query_string=asked).get_json()
        assert alone == item


def test_feeds_have_every_version(sampled: FlaskClient) -> None:
    count = 0
    for system in systems(sampled):
        versions = sampled.get(f"{V1}/codesystems/{system['id']}/versions").get_json()["total"]
        feed = etree.fromstring(sampled.get(f"{V1}/codesystems/{system['id']}/feed.atom").data)
        assert len(feed.findall("{*}entry")) == versions
        count += versions
    assert len(etree.fromstring(sampled.get(f"{V1}/feed.atom").data).findall("{*}entry")) == count


@pytest.mark.parametrize("code", ["\x00", "a\x00b", "A" * 499, "Å" * 200, "%", "'; --", "\u202e", "\U0001f34e", "\n"])
def test_no_code_breaks_the_service(sampled: FlaskClient, code: str) -> None:
    name = quote(code, safe="")
    for system in systems(sampled):
        for path in (f"{V1}/codesystems/{system['id']}/concepts/{name}", f"/{system['id']}/{name}"):
            assert sampled.get(path).status_code == 404
        for parameter in ("version", "after"):
            url = f"{V1}/codesystems/{system['id']}/concepts?{parameter}={name}"
            assert sampled.get(url).status_code in (200, 404, 422)
        assert sampled.get(f"{V1}/translate?system={system['id']}&code={name}").status_code == 404
        assert sampled.get(f"{V1}/codesystems/{system['id']}/concepts/{name}/maps").status_code == 404
    assert sampled.get(f"{V1}/maps/{name}").status_code == 404
    assert sampled.get(f"{V1}/valuesets/{name}").status_code == 404
    assert sampled.get(f"{V1}/search?q={name}").status_code == 200
    assert sampled.get(f"/?q={name}").status_code == 200


def test_readiness_and_metrics(sampled: FlaskClient) -> None:
    assert sampled.get("/readyz").get_json()["revision"] > 0
    assert "termservice_up 1.0" in sampled.get("/metrics").text
