"""The application: a Flask app around a service that is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

from termservice.config import Config
from termservice.keys import Keyring
from termservice.web import (
    aboutpages,
    access,
    admission,
    api,
    batch,
    changing,
    comparepage,
    compression,
    conceptpage,
    cors,
    docs,
    expressions,
    feed,
    fhir,
    mapping,
    metrics,
    openapi,
    operations,
    pages,
    problems,
    remembering,
    requestlog,
    searchpage,
    security,
    systempage,
    valuesets,
)
from termservice.web.routing import NameConverter, PageConverter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from termservice.service import TerminologyService

PUBLIC = Config()
"""Open to all who ask, with moderate limits for those who ask from other machines."""


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


def create_app(
    service: TerminologyService, config: Mapping[str, Any] | None = None, settings: Config = PUBLIC
) -> Flask:
    """The web of `service`: API under /api/v1, its description (/docs), pages, and what operators need.

    `config` overrides Flask's configuration and what `settings` make of it. Raises `WrongSetting`.
    """
    app = _App(__name__)
    app.config.from_mapping(MAX_CONTENT_LENGTH=settings.limits.body, CONTACT=settings.server.contact)
    app.config.from_mapping(config or {})
    # A code system's URL in a path has two slashes that are not one too many.
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"name": NameConverter, "page": PageConverter}
    access.bind(app, service)
    measured = metrics.Metrics(service)
    metrics.register(app, measured)
    problems.register(app)
    for module in (fhir, api, changing, expressions, mapping, valuesets, feed, batch, openapi, operations, docs):
        app.register_blueprint(module.blueprint)
    if settings.access.admin_api:
        from termservice.web import administration  # what changes a store is not for those who only serve it

        app.register_blueprint(administration.blueprint)
    pages.register(app)
    for page in (searchpage, aboutpages, systempage, comparepage, conceptpage):
        app.register_blueprint(page.blueprint)
    app.wsgi_app = _layered(app, service, settings, measured)  # type: ignore[assignment,method-assign]
    return app


def _layered(app: Flask, service: TerminologyService, settings: Config, measured: metrics.Metrics) -> WSGIApplication:
    """What stands around Flask, from the inside out: the first three see the answers, the others all that happens."""
    answering = compression.compressed(app.wsgi_app) if settings.server.compression else app.wsgi_app
    answering = remembering.remembered(answering, service)
    rules = admission.Admission(settings, Keyring(service.home))
    answering = admission.admitted(app, answering, rules, private=settings.access.read != "public")
    if settings.cors.origins:
        answering = cors.shared(answering, settings.cors)
    answering = metrics.observed(answering, measured)
    if settings.log.format:
        answering = requestlog.logged(answering, settings.log)
    return security.guarded(answering)
