"""Telling people and machines of a pass: a webhook, mail through a local server, a file of metrics.

Whoever cannot be told does not stop anything; it is logged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from termservice.errors import TermserviceError
from termservice.sync import reporting
from termservice.sync.configuration import Mail, Telling, Webhook
from termservice.sync.credentials import Secrets
from termservice.sync.problems import Failure
from termservice.sync.reporting import PassReport
from termservice.sync.state import State
from termservice.sync.web import Target, Web

LOG = logging.getLogger(__name__)
TIMEOUT = 30
SIGNATURE = "X-Hub-Signature-256"
"""The HMAC of the body with SHA-256 (RFC 2104), under the name and in the form that receivers know from GitHub's."""


def tell(report: PassReport, telling: Telling, web: Web) -> None:
    """Post and mail a report with news."""
    for name, told in (("webhook", telling.webhook), ("mail", telling.mail)):
        try:
            if isinstance(told, Webhook):
                post(report, told, web)
            elif isinstance(told, Mail):
                mail(report, told, web.secrets)
            else:
                continue
            LOG.info("the report was sent (%s)", name)
        except (TermserviceError, OSError, smtplib.SMTPException) as error:
            LOG.error("the report could not be sent (%s): %s", name, error)


def post(report: PassReport, hook: Webhook, web: Web) -> None:
    """Post the report as JSON: `text`, which chat programs show, and `report`, everything; signed, where a secret is
    named. Raises `Failure`."""
    url = hook.url or web.secrets.get(hook.url_env)
    told = {"text": reporting.text(report), "report": report.as_dict()}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    secret = _secret(hook, web.secrets)
    if secret:
        headers[SIGNATURE] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    try:
        web.post(Target(url, login=hook.login), body, headers)
    except Failure as failure:
        if hook.url_env:  # the path of such an address is the secret
            raise Failure("the webhook did not take it") from failure
        raise


def _secret(hook: Webhook, secrets: Secrets) -> str:
    """What posts are signed with; empty where they are not. Raises `Failure`."""
    if hook.secret_env:
        return secrets.get(hook.secret_env)
    return secrets.read(hook.secret_file) if hook.secret_file else ""


def mail(report: PassReport, to: Mail, secrets: Secrets) -> None:
    """Mail the report as text with the JSON attached. Raises what `smtplib` raises."""
    message = EmailMessage()
    message["Subject"] = report.subject()
    message["From"] = to.sender
    message["To"] = ", ".join(to.recipients)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(reporting.text(report))
    whole = json.dumps(report.as_dict(), ensure_ascii=False, indent=1)
    message.add_attachment(whole.encode(), maintype="application", subtype="json", filename="report.json")
    with smtplib.SMTP(to.host, to.port, timeout=TIMEOUT) as server:
        if to.starttls:
            server.starttls(context=ssl.create_default_context())
        if to.user_env:
            server.login(secrets.get(to.user_env), secrets.get(to.password_env))
        server.send_message(message)


def measure(report: PassReport, state: State, path: Path, at: float) -> None:
    """Write the figures of the last pass where the textfile collector of the node exporter reads them."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"termservice_sync_{name}", text, labels, registry=registry)

    gauge("last_pass_timestamp_seconds", "When the last pass ended.").set(at)
    gauge("needs_person", "1 where something waits for a person.").set(report.needs_person)
    failures = gauge("source_failures", "Passes in a row in which the source could not be read.", "source")
    waiting = gauge("source_waiting", "Deliveries that wait for a person.", "source")
    for source in report.sources:
        failures.labels(source.name).set(state.of(source.name).failures)
        waiting.labels(source.name).set(len(source.waiting))
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        LOG.error("the metrics could not be written: %s", error)
