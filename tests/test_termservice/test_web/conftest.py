"""The web around the stub service."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from termservice.web.app import create_app


def _stub() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_stub", Path(__file__).with_name("stub.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def stub() -> ModuleType:
    return _stub()


@pytest.fixture
def service(stub: ModuleType) -> Any:
    return stub.StubService()


@pytest.fixture
def app(service: Any) -> Flask:
    return create_app(service, {"TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
