"""The web around the stub service."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from termservice.web.app import create_app
from tests.test_termservice.test_web.stub import StubService


@pytest.fixture
def service() -> StubService:
    return StubService()


@pytest.fixture
def app(service: StubService) -> Flask:
    return create_app(service, {"TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
