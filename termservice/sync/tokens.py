"""Access tokens by OAuth 2.0's client credentials grant (RFC 6749, section 4.4): asked for when they are needed, and
kept in memory only, for as long as they are good."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode, urlsplit

from termservice.sync.credentials import Login, Secrets, shown
from termservice.sync.problems import Failure

if TYPE_CHECKING:
    from termservice.sync.web import Target

LIFE = 300.0
"""Seconds that a token is taken to be good where its server does not say."""
_EARLY = 30.0
"""Seconds before its end from which another one is asked for."""
Ask = Callable[["Target", bytes, dict[str, str]], bytes]
"""Posts a form, with these headers, and gives the answer. Raises `Failure`."""


class Tokens:
    """The tokens of one process."""

    def __init__(self, secrets: Secrets, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._secrets = secrets
        self._ask = ask
        self._clock = clock
        self._known: dict[Login, tuple[str, float]] = {}

    def of(self, target: Target) -> str:
        """The token for a target whose login has a `token_url`. Raises `Failure` where none is given."""
        token, until = self._known.get(target.login, ("", 0.0))
        if not token or self._clock() >= until:
            token, life = self._new(target)
            self._known[target.login] = token, self._clock() + max(life - _EARLY, life / 2)
        return token

    def _new(self, target: Target) -> tuple[str, float]:
        """A token and its seconds. The client says who it is by basic authentication (section 2.3.1)."""
        login, secrets = target.login, self._secrets
        if urlsplit(target.url).scheme == "https" != urlsplit(login.token_url).scheme:
            raise Failure(f"{shown(login.token_url)} is not encrypted: no client secret is sent there")
        who = ":".join(quote_plus(secrets.get(name)) for name in (login.client_id, login.client_secret))
        pair = base64.b64encode(who.encode()).decode()
        secrets.hide(pair)
        form = {"grant_type": "client_credentials"} | ({"scope": login.scope} if login.scope else {})
        headers = {
            "Authorization": f"Basic {pair}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        answer = self._ask(target.for_token(), urlencode(form).encode(), headers)
        try:
            found = json.loads(answer)
            token, life = found["access_token"], float(found.get("expires_in", LIFE))
            if not isinstance(token, str) or not token or str(found["token_type"]).lower() != "bearer":
                raise ValueError
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Failure(f"{shown(login.token_url)} gives no bearer token") from None
        secrets.hide(token)
        return token, life
