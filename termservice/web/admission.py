"""Who is let in: in front of everything that answers, remembered answers too.

Health checks and the pages' own files are open. Everything else wants what `[access]` says: nothing, an API key, or a
user whom the reverse proxy vouches for. Administration wants an admin key always. A key that is presented must be
good, also where none is needed: its holder would not notice otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, HTTPException, RequestURITooLarge, TooManyRequests, Unauthorized

from termservice.config import Config
from termservice.errors import TermserviceError
from termservice.keys import Keyring
from termservice.web.callers import ADDRESS, CALLER, Addresses, Caller, Standing, presented_key, vouched_user
from termservice.web.limiting import Quotas

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADMIN = "/api/v1/admin"
_OPEN = ("/healthz", "/readyz")
_STATIC = "/static/"
_METRICS = "/metrics"
_CHALLENGE = WWWAuthenticate("bearer", {"realm": "termservice API"})
_KEY_NEEDED = "An API key is needed: send it as 'Authorization: Bearer …' or 'X-API-Key: …'"
_LOGIN_NEEDED = "A login at the proxy in front of this service is needed, or an API key ('Authorization: Bearer …')"
_KEY_REFUSED = "This API key is not known, has been revoked, or is past its last day"


class Admission:
    """The rules of one configuration. Raises what is wrong, as `HTTPException` or `TermserviceError`."""

    def __init__(self, config: Config, keys: Keyring) -> None:
        self._access = config.access
        self._longest = config.limits.url
        self._keys = keys
        self._quotas = Quotas(config.limits)
        self._addresses = Addresses(config.access, config.limits.exempt)
        self._identity = "HTTP_" + config.access.identity_header.upper().replace("-", "_")

    def admit(self, environ: WSGIEnvironment) -> None:
        """Let the request pass, with its caller and address in the environment, or raise."""
        path = "/" + environ["PATH_INFO"].lstrip("/")  # what Flask will take it for
        if len(path) + len(environ.get("QUERY_STRING", "")) > self._longest:
            raise RequestURITooLarge(f"The address is longer than {self._longest} characters; post long lists")
        if path in _OPEN or path.startswith(_STATIC):
            return
        remote = self._addresses.standing(environ.get("REMOTE_ADDR", ""))
        client = self._addresses.client(environ) if remote.trusted else remote
        environ[ADDRESS] = client.bucket
        caller = self._caller(environ, client, remote)
        if caller is not None:
            environ[CALLER] = caller
        self._check_rights(path, caller, client)
        self._count(caller, client)

    def _caller(self, environ: WSGIEnvironment, client: Standing, remote: Standing) -> Caller | None:
        key = presented_key(environ)
        if key is not None:
            return self._holder(key, client)
        user = vouched_user(environ, self._identity) if remote.trusted else ""
        return Caller(user, "user", id=user) if user else None

    def _holder(self, presented: str, client: Standing) -> Caller:
        found = self._keys.holder(presented)
        if found is not None:  # good keys are heard even where bad ones came from the same address
            return Caller(found.name, "key", found.scope == "admin", found.id)
        wait = 0 if client.exempt else self._quotas.refused.spend(client.bucket)
        if wait:
            raise _too_many("Too many keys that are not good came from this address", wait)
        raise Unauthorized(_KEY_REFUSED, www_authenticate=_CHALLENGE)

    def _check_rights(self, path: str, caller: Caller | None, client: Standing) -> None:
        admin = caller is not None and caller.admin
        if self._access.admin_api and (path == ADMIN or path.startswith(ADMIN + "/")):
            if caller is None:
                raise Unauthorized(_KEY_NEEDED, www_authenticate=_CHALLENGE)
            if not admin:
                raise Forbidden("This needs an API key of the scope admin")
        elif path == _METRICS and self._access.metrics_from:
            if not (client.metrics or admin):
                raise Forbidden("Metrics are not for this address; a key of the scope admin may read them")
        elif caller is None and self._access.read != "public":
            needed = _LOGIN_NEEDED if self._access.read == "proxy" else _KEY_NEEDED
            raise Unauthorized(needed, www_authenticate=_CHALLENGE)

    def _count(self, caller: Caller | None, client: Standing) -> None:
        if caller is not None:
            wait = self._quotas.key.spend(f"{caller.kind}:{caller.id}")
        else:
            wait = 0 if client.exempt else self._quotas.address.spend(client.bucket)
        if wait:
            raise _too_many("Too many requests", wait)


def admitted(app: Flask, answering: WSGIApplication, admission: Admission, *, private: bool) -> WSGIApplication:
    """`answering` for those who are let in; for others what `app` makes of the failure. With `private` shared caches
    are told to keep nothing."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begin = _private(start_response) if private else start_response
        try:
            admission.admit(environ)
        except (HTTPException, TermserviceError) as refusal:
            with app.request_context(environ):
                response = app.make_response(app.handle_user_exception(refusal))
                return response(environ, begin)
        return answering(environ, begin)

    return application


def _private(start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        told = [
            (name, f"private, {value}" if name == "Cache-Control" and "public" not in value else value)
            for name, value in headers
        ]
        return start_response(status, told, exc_info)

    return start


def _too_many(text: str, wait: int) -> TooManyRequests:
    return TooManyRequests(f"{text}; try again in {wait} s", retry_after=wait)
