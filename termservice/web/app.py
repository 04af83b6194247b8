"""The application: a Flask app around a service that is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

from termservice.web import (
    access,
    api,
    batch,
    changing,
    docs,
    expressions,
    feed,
    mapping,
    metrics,
    openapi,
    operations,
    pages,
    problems,
    remembering,
    security,
)
from termservice.web.routing import NameConverter, PageConverter

if TYPE_CHECKING:
    from termservice.service import TerminologyService

DEFAULTS = {
    "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
}


class _NoSessions(SessionInterface):
    """Nobody logs in: no cookie is read or set."""

    _session = NullSession()

    def open_session(self, app: Any, request: Any) -> NullSession:
        return self._session

    def save_session(self, app: Any, session: Any, response: Any) -> None:
        return None


class _App(Flask):
    """Flask, sparing each request what this application has no use for: sessions, subdomains, redirects of
    paths. Half of what an answer costs beside the service is Flask's own work."""

    session_interface = _NoSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return super().create_url_adapter(request)
        return MapAdapter(
            self.url_map, "localhost", request.root_path + "/", "", request.scheme, request.path, request.method
        )


def create_app(service: TerminologyService, config: Mapping[str, Any] | None = None) -> Flask:
    """The web of `service`: API under /api/v1, its description (/docs), pages, and what operators need.

    `config` overrides Flask's configuration and `DEFAULTS`.
    """
    app = _App(__name__)
    app.config.from_mapping(DEFAULTS)
    app.config.from_mapping(config or {})
    # A code system's URL in a path has two slashes that are not one too many.
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"name": NameConverter, "page": PageConverter}
    access.bind(app, service)
    measured = metrics.Metrics(service)
    metrics.register(app, measured)
    problems.register(app)
    for module in (api, changing, expressions, mapping, feed, batch, openapi, operations, docs, pages):
        app.register_blueprint(module.blueprint)
    answering = remembering.remembered(app.wsgi_app, service)
    app.wsgi_app = security.guarded(metrics.observed(answering, measured))  # type: ignore[assignment,method-assign]
    return app
