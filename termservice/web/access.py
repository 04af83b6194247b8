"""Where handlers find the service their application was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app

if TYPE_CHECKING:
    from termservice.service import TerminologyService


_KEY = "termservice"


def bind(app: Flask, service: TerminologyService) -> None:
    app.extensions[_KEY] = service


def service() -> TerminologyService:
    return current_app.extensions[_KEY]  # type: ignore[no-any-return]
