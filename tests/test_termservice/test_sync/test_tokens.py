"""Access tokens by client credentials: asked for once, of hosts that the configuration names, and kept to ourselves."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from termservice.sync.credentials import Login, Secrets
from termservice.sync.problems import ConfigurationError, Failure
from termservice.sync.tokens import Tokens
from termservice.sync.web import Target
from tests.test_termservice.test_sync.publishing import Publisher, Reply, Request

ENVIRONMENT = {"ID": "client 1", "SECRET": "s3cr+t"}
TOKEN = {"access_token": "abc.def", "token_type": "Bearer", "expires_in": 60}
FEED = b'<feed xmlns="http://www.w3.org/2005/Atom"/>'


def source(publisher: Publisher, token_url: str, more: str = "") -> str:
    login = f'token_url = "{token_url}"\nclient_id_env = "ID"\nclient_secret_env = "SECRET"\n{more}'
    return f'[[source]]\nname = "feed"\nkind = "atom"\nurl = "{publisher.url("/feed")}"\n{login}'


@pytest.fixture
def known(syncing: Any) -> Any:
    for name, value in ENVIRONMENT.items():
        syncing.set(name, value)
    return syncing


def feed(request: Request) -> Reply:
    return Reply(FEED) if request.headers["Authorization"] == "Bearer abc.def" else Reply(status=401)


def test_a_feed_is_asked_for_with_a_token(known: Any, publisher: Publisher, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    publisher.put("/token", Reply(json.dumps(TOKEN).encode()))
    publisher.put("/feed", feed)
    report = known.run(source(publisher, publisher.url("/token"), 'scope = "read all"\n'))
    assert report.sources[0].problem == ""
    (asked,) = publisher.asked("/token")
    assert (asked.method, asked.body) == ("POST", b"grant_type=client_credentials&scope=read+all")
    assert base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == b"client+1:s3cr%2Bt"
    assert not any("abc.def" in path.read_text("utf-8", "replace") for path in known.home.rglob("*") if path.is_file())
    assert "abc.def" not in caplog.text and "s3cr" not in caplog.text


def test_it_is_asked_for_again_before_it_ends() -> None:
    now, lives = 0.0, iter((60, 3600))
    tokens = Tokens(
        Secrets(ENVIRONMENT), lambda *_: json.dumps(TOKEN | {"expires_in": next(lives)}).encode(), lambda: now
    )
    target = Target("https://a.example/feed", login=Login(token_url="https://a.example/token", client_id="ID",
                                                          client_secret="SECRET"))  # fmt: skip
    assert tokens.of(target) == tokens.of(target) == "abc.def"
    now = 31.0
    assert tokens.of(target) == "abc.def"
    now = 3000.0
    assert tokens.of(target) == "abc.def"
    assert next(lives, None) is None


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(b"no"), "gives no bearer token"),
        (Reply(b"[]"), "gives no bearer token"),
        (Reply(json.dumps(TOKEN | {"token_type": "mac"}).encode()), "gives no bearer token"),
        (Reply(json.dumps(TOKEN | {"access_token": 7}).encode()), "gives no bearer token"),
        (Reply(json.dumps(TOKEN | {"expires_in": "soon"}).encode()), "gives no bearer token"),
        (Reply(b"x" * 100_000), "more than max_size"),
        (Reply(status=401), "/token answers 401"),
    ],
)
def test_without_a_token_the_source_has_failed(known: Any, publisher: Publisher, reply: Reply, problem: str) -> None:
    publisher.put("/token", reply)
    publisher.put("/feed", feed)
    assert problem in known.run(source(publisher, publisher.url("/token"))).sources[0].problem
    assert publisher.asked("/feed") == []


def test_other_hosts_are_not_asked_for_tokens(known: Any, publisher: Publisher) -> None:
    report = known.run(source(publisher, f"http://localhost:{publisher.port}/token"))
    assert "not among the hosts of this source" in report.sources[0].problem
    assert publisher.requests == []


def test_a_secret_is_not_sent_unencrypted_for_what_is_encrypted() -> None:
    login = Login(token_url="http://a.example/token", client_id="ID", client_secret="SECRET")
    with pytest.raises(Failure, match="not encrypted"):
        Tokens(Secrets(ENVIRONMENT), lambda *_: b"").of(Target("https://a.example/feed", login=login))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ('token_url = "https://a.example/token"', "belong together"),
        ('client_id_env = "ID"', "belong together"),
        ('scope = "x"', "is for a token_url"),
        (
            'token_url = "https://a.example/t"\nclient_id_env = "I"\nclient_secret_env = "S"\ntoken_env = "T"',
            "another way to log in",
        ),
    ],
)
def test_settings_that_contradict_each_other(syncing: Any, tmp_path: Path, settings: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        syncing.read(f'[[source]]\nname = "feed"\nkind = "atom"\nurl = "https://a.example/feed"\n{settings}\n')
