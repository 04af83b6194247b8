"""Credentials: named in the configuration, kept in environment variables, never in a log."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from termservice.sync.problems import Failure
from termservice.sync.tables import Table

HIDDEN = "***"
_SHORTEST = 4
"""A secret shorter than this is not looked for in texts: it would blot out half of them."""


class Secrets:
    """The values of environment variables, and a memory of those that were read, to keep them out of texts."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._read: set[str] = set()

    def get(self, variable: str) -> str:
        """The value. Raises `Failure` where the variable is not set."""
        value = self._environment.get(variable, "")
        if not value:
            raise Failure(f"the environment variable {variable} is not set")
        self.hide(value)
        return value

    def read(self, path: Path) -> str:
        """What is in a file, without the line's end. Raises `Failure` where it cannot be read or is empty."""
        try:
            value = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"the secret in {path} cannot be read ({error})") from error
        if not value:
            raise Failure(f"there is no secret in {path}")
        self.hide(value)
        return value

    def hide(self, value: str) -> None:
        """Keep a value that was made of secrets out of texts too."""
        self._read.update((value, quote(value, safe="")))

    def cleaned(self, text: str) -> str:
        """The text without any secret that was read."""
        for value in sorted(self._read, key=len, reverse=True):
            if len(value) >= _SHORTEST:
                text = text.replace(value, HIDDEN)
        return text


class Cleaning(logging.Formatter):
    """Formats records, tracebacks included, and takes secrets out of the result."""

    def __init__(self, secrets: Secrets, form: str) -> None:
        super().__init__(form)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.cleaned(super().format(record))


@dataclass(frozen=True, slots=True)
class Login:
    """How a source's own server is logged in to: the names of environment variables."""

    token: str = ""
    """Sent as a bearer token."""
    user: str = ""
    password: str = ""
    """User and password are sent by basic authentication."""
    header: str = ""
    """Any header, and the variable of its value."""
    header_value: str = ""
    token_url: str = ""
    """Where a bearer token is asked for, by client id and secret (`tokens`)."""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""

    @classmethod
    def read(cls, table: Table) -> Login:
        found = cls(
            token=table.text("token_env", ""),
            user=table.text("user_env", ""),
            password=table.text("password_env", ""),
            header=table.text("header", ""),
            header_value=table.text("header_env", ""),
            token_url=table.text("token_url", ""),
            client_id=table.text("client_id_env", ""),
            client_secret=table.text("client_secret_env", ""),
            scope=table.text("scope", ""),
        )
        if bool(found.user) != bool(found.password):
            raise table.wrong("user_env", "user_env and password_env belong together")
        if bool(found.header) != bool(found.header_value):
            raise table.wrong("header", "header and header_env belong together")
        if len({bool(each) for each in (found.token_url, found.client_id, found.client_secret)}) > 1:
            raise table.wrong("token_url", "token_url, client_id_env and client_secret_env belong together")
        if found.scope and not found.token_url:
            raise table.wrong("scope", "is for a token_url")
        if found.token_url and (found.token or found.user):
            raise table.wrong("token_url", "is another way to log in than token_env or user_env")
        return found

    def headers(self, secrets: Secrets) -> dict[str, str]:
        """The headers to send. Raises `Failure` where a variable is not set."""
        found = {}
        if self.token:
            found["Authorization"] = f"Bearer {secrets.get(self.token)}"
        if self.user:
            pair = base64.b64encode(f"{secrets.get(self.user)}:{secrets.get(self.password)}".encode()).decode()
            secrets.hide(pair)
            found["Authorization"] = f"Basic {pair}"
        if self.header:
            found[self.header] = secrets.get(self.header_value)
        return found


def shown(url: str) -> str:
    """A URL for logs and reports: without user, password, query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}"
