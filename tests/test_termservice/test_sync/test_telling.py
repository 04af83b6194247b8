"""Who is told: a webhook, mail, metrics; and what never is."""

from __future__ import annotations

import hmac
import json
import logging
import socketserver
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from termservice.sync.credentials import Cleaning, Secrets
from tests.test_termservice.test_sync.publishing import Publisher, Reply


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail (RFC 5321, as little of it as smtplib needs)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        super().__init__(("127.0.0.1", 0), MailSession)


class MailSession(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        for line in self.rfile:
            word = line[:4].strip().upper()
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word != b"DATA":
                self.say("250 ok")
                continue
            self.say("354 go on")
            lines = []
            while (text := self.rfile.readline()) != b".\r\n":
                lines.append(text)
            self.server.taken.append(b"".join(lines))
            self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mails() -> Iterator[MailServer]:
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def source(syncing: Any, tmp_path: Path) -> str:
    inbox = tmp_path / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "one.toy").write_bytes(syncing.toy.release("2020", {"A": "Äpple"}).read_bytes())
    return f'[[source]]\nname = "in"\nkind = "folder"\npath = "{inbox}"\n'


def test_a_report_is_posted_where_there_is_news(syncing: Any, publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/hook/hemlig-adress", Reply(status=503), Reply(status=204))
    syncing.set("HOOK", publisher.url("/hook/hemlig-adress"))
    configured = '[report.webhook]\nurl_env = "HOOK"\n' + source(syncing, tmp_path)
    syncing.run(configured)
    (first, request) = publisher.requests
    sent = json.loads(request.body)
    assert request.method == "POST" and request.headers["Content-Type"] == "application/json"
    assert "loaded: toy 2020" in sent["text"] and sent["report"]["needs_person"] is False
    assert first.body == request.body
    syncing.run(configured)
    assert len(publisher.requests) == 2  # nothing new, nothing told


@pytest.mark.parametrize("named", ['secret_env = "SIGN"', 'secret_file = "sign.txt"'])
def test_posts_are_signed(
    syncing: Any, publisher: Publisher, tmp_path: Path, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    syncing.set("SIGN", "hemlig-nyckel")
    (syncing.home.parent / "sign.txt").write_text("hemlig-nyckel\n")
    publisher.put("/hook", Reply())
    syncing.run(f'[report.webhook]\nurl = "{publisher.url("/hook")}"\n{named}\n' + source(syncing, tmp_path))
    (posted,) = publisher.asked("/hook")
    expected = hmac.new(b"hemlig-nyckel", posted.body, "sha256").hexdigest()
    assert posted.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert "hemlig" not in caplog.text


def test_without_its_secret_nothing_is_posted(
    syncing: Any, publisher: Publisher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publisher.put("/hook", Reply())
    hook = f'[report.webhook]\nurl = "{publisher.url("/hook")}"\nsecret_file = "nowhere"\n'
    syncing.run(hook + source(syncing, tmp_path))
    assert publisher.asked("/hook") == []
    assert "could not be sent (webhook): the secret in" in caplog.text


def test_a_webhook_that_fails_stops_nothing_and_its_address_is_not_logged(
    syncing: Any, publisher: Publisher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "termservice")
    syncing.set("HOOK", publisher.url("/hook/hemlig-adress"))
    report = syncing.run('[report.webhook]\nurl_env = "HOOK"\n' + source(syncing, tmp_path))
    assert report.loaded == 1
    assert "could not be sent (webhook)" in caplog.text and "hemlig-adress" not in caplog.text


def test_a_report_is_mailed(syncing: Any, mails: MailServer, tmp_path: Path) -> None:
    port = mails.server_address[1]
    told = '[report.mail]\nfrom = "a@example.org"\nto = ["b@example.org", "c@example.org"]\nhost = "127.0.0.1"\n'
    told += f"port = {port}\n"
    syncing.run(told + source(syncing, tmp_path))
    (taken,) = mails.taken
    message = message_from_bytes(taken, policy=policy.default)
    assert message["Subject"] == "termservice sync: 1 loaded" and message["To"] == "b@example.org, c@example.org"
    body = message.get_body()
    assert body is not None and "1 codes; nothing to compare with" in body.get_content()
    (attached,) = message.iter_attachments()
    assert json.loads(attached.get_content())["sources"][0]["name"] == "in"


def test_a_mail_server_that_is_not_there_stops_nothing(
    syncing: Any, tmp_path: Path, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mails.server_close()
    port = mails.server_address[1]
    told = f'[report.mail]\nfrom = "a@example.org"\nto = "b@example.org"\nhost = "127.0.0.1"\nport = {port}\n'
    assert syncing.run(told + source(syncing, tmp_path)).loaded == 1
    assert "could not be sent (mail)" in caplog.text


def test_metrics_are_written(syncing: Any, tmp_path: Path) -> None:
    path = tmp_path / "termservice.prom"
    syncing.run(f'[report]\nmetrics = "{path}"\n' + source(syncing, tmp_path).replace("inbox", "none"))
    lines = path.read_text().splitlines()
    assert 'termservice_sync_source_failures{source="in"} 1.0' in lines
    assert "termservice_sync_needs_person 1.0" in lines


def test_no_secret_gets_into_a_log_even_in_a_traceback() -> None:
    secrets = Secrets({"KEY": "hem ligt/ord", "SHORT": "ab"})
    secrets.get("KEY")
    secrets.get("SHORT")
    try:
        raise ValueError("https://x/?key=hem%20ligt%2Ford")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "with %s", ("hem ligt/ord",), sys.exc_info())
    told = Cleaning(secrets, "%(message)s").format(record)
    assert "ligt" not in told and told.startswith("with ***") and "Traceback (most recent" in told
