"""Prometheus metrics: requests and how long they take, per route; revision and content at the time of asking.

With several workers set PROMETHEUS_MULTIPROC_DIR to an empty folder before the workers start
(prometheus_client reads it when it is imported): then any worker answers for all. Without it the numbers are
those of the worker that happens to answer, named by `termservice_worker`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.routing import Rule

from termservice.answers import CodeSystemInfo
from termservice.errors import TermserviceError
from termservice.timeline import SWEDEN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from termservice.service import TerminologyService

RULE = "termservice.rule"
"""Where in the WSGI environment the route is, once Flask has answered or where it was not asked."""
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one application in one process."""

    def __init__(self, service: TerminologyService) -> None:
        own = CollectorRegistry()
        self._requests = Counter(
            "termservice_http_requests", "Requests answered.", ("route", "method", "status"), registry=own
        )
        self._seconds = Histogram(
            "termservice_http_request_seconds",
            "Time to the response.",
            ("route",),
            buckets=_BUCKETS,
            registry=own,
        )
        self._stages = Histogram(
            "termservice_search_stage_seconds",
            "Time of a search in its stages: match (as typed), correct (words corrected or left out), display.",
            ("stage",),
            buckets=_BUCKETS,
            registry=own,
        )
        service.search_stages.observe = self.observe_stage
        self._children: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._own = own
        self._content = _Content(service)

    def observe(self, route: str, method: str, status: str, seconds: float) -> None:
        key = (route, method, status)
        children = self._children.get(key)
        if children is None:
            children = self._requests.labels(route, method, status), self._seconds.labels(route)
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def observe_stage(self, stage: str, seconds: float) -> None:
        self._stages.labels(stage).observe(seconds)

    def exposition(self) -> bytes:
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            registry.register(self._content)
            return generate_latest(registry)
        return generate_latest(self._own) + generate_latest(_only(self._content))


class _Content(Collector):
    """What is loaded, read from the service at each scrape."""

    def __init__(self, service: TerminologyService) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("termservice_worker", "The process that answered.", value=os.getpid())
        try:
            systems = self._service.codesystems()
        except TermserviceError:
            yield GaugeMetricFamily("termservice_up", "Whether the store can be read.", value=0)
            return
        yield GaugeMetricFamily("termservice_up", "Whether the store can be read.", value=1)
        yield GaugeMetricFamily("termservice_revision", "Revision of the store.", value=systems.revision)
        yield from self._systems(systems.items)
        yield from _syncs(self._service.home)

    def _systems(self, systems: Iterable[CodeSystemInfo]) -> Iterable[Metric]:
        """One series a code system: of its versions only the one in force is a label, or they would grow for ever."""
        own, named = ("system",), ("system", "version")
        concepts = GaugeMetricFamily("termservice_concepts", "Concepts in force.", labels=own)
        active = GaugeMetricFamily("termservice_versions_active", "Versions activated.", labels=own)
        in_force = GaugeMetricFamily("termservice_version_in_force", "The version in force.", labels=named)
        age = GaugeMetricFamily("termservice_data_age_seconds", "Since a version was last loaded.", labels=own)
        now = datetime.now(UTC)
        for system in systems:
            concepts.add_metric((system.id,), system.concepts)
            active.add_metric((system.id,), system.versions)
            if system.version is not None:
                in_force.add_metric((system.id, system.version), 1)
            loaded = [_moment(version.loaded_at) for version in self._service.versions(system.id).items]
            age.add_metric((system.id,), (now - max(loaded)).total_seconds())
        yield from (concepts, active, in_force, age)


def _syncs(home: Path) -> Iterable[Metric]:
    """When each source of `termservice sync` was last read, by the file it leaves in the home folder."""
    last = GaugeMetricFamily(
        "termservice_last_sync_timestamp_seconds", "When a source was last looked at with success.", labels=("source",)
    )
    failures = GaugeMetricFamily("termservice_sync_failures", "Failures in a row of a source.", labels=("source",))
    try:
        sources = json.loads((home / "sync" / "state.json").read_text("utf-8"))["sources"].items()
        for name, state in sources:
            failures.add_metric((name,), int(state["failures"]))
            if state["succeeded"]:
                last.add_metric((name,), _moment(state["succeeded"]).timestamp())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # never synced, or being written by another program: its own report says what is wrong
    yield from (last, failures)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=SWEDEN)


def _only(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


def observed(app: WSGIApplication, metrics: Metrics) -> WSGIApplication:
    """`app` with every answer counted and timed when it starts."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            route, method = label_of(environ)
            metrics.observe(route, method, status[:3], perf_counter() - begun)
            return start_response(status, headers, exc_info)

        return app(environ, start)

    return application


def label_of(environ: WSGIEnvironment) -> tuple[str, str]:
    """The route and the method by which a request is counted and logged."""
    rule = matched_rule(environ)
    # Callers can name any method: only those of the route are labels, or anyone could make new ones.
    method = environ["REQUEST_METHOD"]
    if rule is None or method not in (rule.methods or ()):
        method = "other"
    return rule.rule if rule else "none", method


def matched_rule(environ: WSGIEnvironment) -> Rule | None:
    """The route that answered: the one Flask matched, or the one a remembered answer came from."""
    request = environ.get("werkzeug.request")
    rule: Rule | None = environ.get(RULE) or getattr(request, "url_rule", None)
    return rule


def register(app: Flask, metrics: Metrics) -> None:
    """Serve /metrics."""

    @app.get("/metrics")
    def exposition() -> Response:
        response = Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response
