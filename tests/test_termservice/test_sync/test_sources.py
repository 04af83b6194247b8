"""Each kind of source, from what it offers to what is loaded."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from tests.test_termservice.test_sync.publishing import Publisher, Reply

APPLE = {"A": "Apple", "A1": {"title": "Green apple", "parents": ["A"]}}
FEED = """<feed xmlns="http://www.w3.org/2005/Atom"
  xmlns:ncts="http://ns.electronichealth.net.au/ncts/syndication/asf/extensions/1.0.0">{}</feed>"""


def release(syncing: Any, version: str | None, codes: dict[str, Any] = APPLE, **more: Any) -> bytes:
    return bytes(syncing.toy.release(version, codes, **more).read_bytes())


def server(publisher: Publisher, kind: str, *lines: str, path: str = "") -> str:
    return "\n".join([f'[[source]]\nname = "s"\nkind = "{kind}"\nurl = "{publisher.url(path)}"', *lines]) + "\n"


def attachment(number: int, title: str, version: int, body: bytes, **version_more: str) -> dict[str, Any]:
    return {
        "id": f"att{number}", "title": title, "version": {"number": version, **version_more},
        "extensions": {"fileSize": len(body)},
        "_links": {"download": f"/download/attachments/7/{number}?version={version}&api=v2"},
    }  # fmt: skip


def listed(*attachments: dict[str, Any], onward: str | None = None) -> Reply:
    links = {"base": "https://elsewhere.example", "next": onward} if onward else {}
    return Reply(json.dumps({"results": attachments, "_links": links}).encode())


def entry(
    publisher: Publisher, version: str, body: bytes, *, item: str = "http://x/toy", term: str = "TOY", **link: str
) -> str:
    path = f"/{hashlib.sha256(body).hexdigest()[:8]}.toy"
    publisher.file(path, body)
    attributes = {"length": str(len(body)), "ncts:sha256Hash": hashlib.sha256(body).hexdigest(), "href": path} | link
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"""<entry><id>urn:{path}</id><title>Toy</title><updated>2026-01-01T00:00:00Z</updated>
      <category term="{term}"/><link rel="via" href="/no"/><link rel="alternate" type="text/plain" {written}/>
      <ncts:contentItemIdentifier>{item}</ncts:contentItemIdentifier>
      <ncts:contentItemVersion>{version}</ncts:contentItemVersion></entry>"""


def test_a_url_is_asked_for_once_it_changes(syncing: Any, publisher: Publisher) -> None:
    configured = server(publisher, "url", path="/toy.toy")
    publisher.file("/toy.toy", release(syncing, "2020"))
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]
    assert syncing.statuses(syncing.run(configured)) == []
    assert publisher.requests[-1].headers["If-None-Match"]
    publisher.file("/toy.toy", release(syncing, "2021"))
    report = syncing.run(configured)
    assert syncing.statuses(report) == [("2021", "loaded")]
    assert not report.needs_person
    assert not list((syncing.home / "sync" / "incoming" / "s").iterdir())


def test_a_server_that_knows_no_conditions_is_not_loaded_from_twice(syncing: Any, publisher: Publisher) -> None:
    publisher.put("/toy.toy", Reply(release(syncing, "2020")))
    configured = server(publisher, "url", path="/toy.toy")
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]
    assert syncing.statuses(syncing.run(configured)) == []


def test_a_version_from_the_configuration_counts_where_the_content_has_none(syncing: Any, publisher: Publisher) -> None:
    publisher.file("/toy.toy", release(syncing, None))
    report = syncing.run(server(publisher, "url", 'version = "2019"', path="/toy.toy"))
    assert syncing.statuses(report) == [("2019", "loaded")]
    publisher.file("/toy.toy", release(syncing, "2022"))
    report = syncing.run(server(publisher, "url", 'version = "2019"', path="/toy.toy"))
    assert syncing.statuses(report) == [("2022", "loaded")]


def test_attachments_of_a_page_on_several_pages(syncing: Any, publisher: Publisher) -> None:
    bodies = [release(syncing, "2020"), release(syncing, "2021")]
    onward = "/rest/api/content/7/child/attachment?limit=100&start=100"
    base = "/wiki/rest/api/content/7/child/attachment"
    publisher.put(f"{base}?limit=100&expand=version", listed(attachment(1, "a.toy", 1, bodies[0]), onward=onward))
    publisher.put(f"/wiki{onward}", listed(attachment(2, "b.toy", 1, bodies[1]), attachment(3, "läs mig.pdf", 1, b"x")))
    publisher.file("/wiki/download/attachments/7/1", bodies[0])
    publisher.file("/wiki/download/attachments/7/2", bodies[1])
    configured = server(publisher, "confluence", "page = 7", 'files = "*.toy"', path="/wiki/")
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded"), ("2021", "loaded")]
    before = len(publisher.requests)
    assert syncing.statuses(syncing.run(configured)) == []
    assert len(publisher.requests) == before + 2  # the list, nothing else


def test_a_new_version_of_an_attachment_is_fetched(syncing: Any, publisher: Publisher) -> None:
    configured = server(publisher, "confluence", "page = 7", 'version = "%Y-%m"')
    path, when = "/rest/api/content/7/child/attachment", {"when": "2020-03-01T10:00:00.000+01:00"}
    for number, codes in enumerate((APPLE, APPLE | {"B": "Berry"}), 1):
        body = release(syncing, None, codes)
        publisher.put(path, listed(attachment(1, "a.toy", number, body, **when)))
        publisher.file("/download/attachments/7/1", body)
        status = "loaded" if number == 1 else "corrected"
        assert syncing.statuses(syncing.run(configured)) == [("2020-03", status)]


def test_files_that_are_one_release_are_loaded_together(syncing: Any, publisher: Publisher) -> None:
    one, two = release(syncing, "2020", rank=1), release(syncing, "2020", {"A": "Worse"}, form="poor")
    publisher.put(
        "/rest/api/content/7/child/attachment", listed(attachment(1, "a.toy", 1, one), attachment(2, "b.toy", 1, two))
    )
    publisher.file("/download/attachments/7/1", one)
    publisher.file("/download/attachments/7/2", two)
    report = syncing.run(server(publisher, "confluence", "page = 7", "together = true"))
    assert syncing.statuses(report) == [("2020", "loaded")]
    assert next(report.releases()).outcome.other_forms == ["b.toy (poor)"]


def test_what_is_no_list_of_attachments_is_a_failure(syncing: Any, publisher: Publisher) -> None:
    configured = server(publisher, "confluence", "page = 7")
    for body in (b"<html>log in", b"[]", b'{"results": [{}]}', b'{"results": 3}', b'{"x": 1}'):
        publisher.put("/rest/api/content/7/child/attachment", Reply(body))
        report = syncing.run(configured)
        assert "attachments" in report.sources[0].problem or "Confluence" in report.sources[0].problem
        assert report.needs_person


def test_pages_without_end_end(syncing: Any, publisher: Publisher) -> None:
    path = "/rest/api/content/7/child/attachment"
    publisher.put(path, listed(onward=path))
    assert "pages" in syncing.run(server(publisher, "confluence", "page = 7")).sources[0].problem


def test_the_latest_of_a_feed_is_loaded(syncing: Any, publisher: Publisher) -> None:
    entries = [
        entry(publisher, "http://x/toy/version/20210101", release(syncing, None, APPLE | {"B": "Berry"})),
        entry(publisher, "http://x/toy/version/20200101", release(syncing, None)),
        entry(publisher, "http://x/toy/version/20220101", release(syncing, "2022"), term="OTHER"),
        entry(publisher, "http://x/odd/version/20220101", release(syncing, "2022"), item="http://x/odd"),
        "<entry><id>urn:x</id><title>no file</title></entry>",
    ]
    publisher.put("/feed", Reply(FEED.format("".join(entries)).encode()))
    configured = server(publisher, "atom", 'categories = "TOY"', 'identifiers = ["http://x/toy"]', path="/feed")
    (found,) = syncing.run(configured).releases()
    assert (found.outcome.version, found.outcome.effective) == ("http://x/toy/version/20210101", "2021-01-01")
    assert syncing.statuses(syncing.run(configured)) == []
    assert syncing.statuses(syncing.run(configured + "history = true\n")) == [
        ("http://x/toy/version/20200101", "loaded")
    ]


def test_a_feed_on_several_pages(syncing: Any, publisher: Publisher) -> None:
    first = '<link rel="next" href="/two"/>' + entry(publisher, "1.9", release(syncing, "2020"), item="a")
    publisher.put("/feed", Reply(FEED.format(first).encode()))
    publisher.put("/two", Reply(FEED.format(entry(publisher, "1.10", release(syncing, "2021"), item="a")).encode()))
    assert syncing.statuses(syncing.run(server(publisher, "atom", path="/feed"))) == [("2021", "loaded")]


def test_a_feed_whose_file_is_another_is_refused(syncing: Any, publisher: Publisher) -> None:
    body = release(syncing, "2020")
    for link in ({"ncts:sha256Hash": "0" * 64}, {"length": str(len(body) - 1)}, {"href": "http://other.example/f"}):
        publisher.put("/feed", Reply(FEED.format(entry(publisher, "1", body, **link)).encode()))
        report = syncing.run(server(publisher, "atom", path="/feed"))
        assert syncing.statuses(report) == []
        assert "announced" in report.sources[0].problem or "not among the hosts" in report.sources[0].problem


def test_what_is_no_feed_is_a_failure(syncing: Any, publisher: Publisher) -> None:
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + FEED.format("<title>&b;</title>")
    for body in ("<html>", "<rss/>", "", "no xml"):
        publisher.put("/feed", Reply(body.encode()))
        assert "not" in syncing.run(server(publisher, "atom", path="/feed")).sources[0].problem
    publisher.put("/feed", Reply(bomb.encode()))
    assert syncing.statuses(syncing.run(server(publisher, "atom", path="/feed"))) == []


def folder(path: Path, *lines: str) -> str:
    return "\n".join([f'[[source]]\nname = "in"\nkind = "folder"\npath = "{path}"', *lines]) + "\n"


def test_a_watched_folder(syncing: Any, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    configured = folder(inbox)
    assert syncing.statuses(syncing.run(configured)) == []
    (inbox / "one.toy").write_bytes(release(syncing, "2020"))
    (inbox / "2021").mkdir()
    (inbox / "2021" / "release.toy").write_bytes(release(syncing, "2021"))
    (inbox / "2021" / "readme.txt").write_text("hello")
    (inbox / "three.toy.part").write_bytes(b"half")
    assert syncing.statuses(syncing.run(configured)) == [("2021", "loaded"), ("2020", "loaded")]
    assert syncing.statuses(syncing.run(configured)) == []
    assert (inbox / "one.toy").exists()


def test_what_is_still_being_copied_waits(syncing: Any, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    whole = release(syncing, "2020")
    (inbox / "one.toy").write_bytes(whole[: len(whole) // 2])
    syncing.ahead = 59
    report = syncing.run(folder(inbox, 'settle = "60s"'))
    assert syncing.statuses(report) == []
    assert not report.needs_person and "next pass" in report.sources[0].notes[0]
    (inbox / "one.toy").write_bytes(whole)
    syncing.ahead = 61
    assert syncing.statuses(syncing.run(folder(inbox, 'settle = "60s"'))) == [("2020", "loaded")]


def test_what_changes_while_it_is_copied_waits(syncing: Any, tmp_path: Path, monkeypatch: Any) -> None:
    import shutil

    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "one.toy").write_bytes(release(syncing, "2020"))
    copy = shutil.copyfile

    def slow(source: Path, target: Path) -> None:
        copy(source, target)
        with Path(source).open("ab") as stream:
            stream.write(b" ")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", slow)
        report = syncing.run(folder(inbox))
    assert syncing.statuses(report) == [] and "while it was copied" in report.sources[0].notes[0]
    assert syncing.statuses(syncing.run(folder(inbox))) == [("2020", "loaded")]


def test_a_folder_that_is_gone_is_a_failure_and_links_are_not_followed(syncing: Any, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    assert "not there" in syncing.run(folder(inbox)).sources[0].problem
    inbox.mkdir()
    (inbox / "link.toy").symlink_to(syncing.toy.release("2020", APPLE))
    assert syncing.statuses(syncing.run(folder(inbox))) == []


def test_a_command_brings_files(syncing: Any, tmp_path: Path) -> None:
    made = syncing.toy.release("2020", APPLE)
    program = (
        "import os, shutil, sys; assert os.environ['KEY'] == 'hemlig' and 'SECRET' not in os.environ;"
        f"shutil.copy({str(made)!r}, os.environ['TERMSERVICE_INCOMING']); print('fetched')"
    )
    configured = (
        f'[[source]]\nname = "own"\nkind = "command"\ncommand = [{sys.executable!r}, "-c", "{program}"]\nenv = "KEY"\n'
    )
    syncing.set("KEY", "hemlig")
    syncing.set("SECRET", "x")
    assert syncing.statuses(syncing.run(configured)) == [("2020", "loaded")]
    assert syncing.statuses(syncing.run(configured)) == []


def test_commands_that_fail(syncing: Any) -> None:
    def problem(program: str, *lines: str) -> str:
        command = f'command = [{sys.executable!r}, "-c", "{program}"]'
        report = syncing.run("\n".join(['[[source]]\nname = "own"\nkind = "command"', command, *lines]) + "\n")
        assert syncing.statuses(report) == []
        return str(report.sources[0].problem)

    syncing.set("KEY", "hemligt-ord")
    said = problem("import os, sys; print(os.environ['KEY']); sys.exit('no access')", 'env = "KEY"')
    assert "no access" in said and "hemligt-ord" not in said and "***" in said
    assert "longer than 1 s" in problem("import time; time.sleep(600)", 'timeout = "1s"')
    assert problem("pass") == ""
    report = syncing.run('[[source]]\nname = "own"\nkind = "command"\ncommand = "/no/such/program"\n')
    assert "cannot be run" in report.sources[0].problem
