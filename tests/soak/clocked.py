"""The application with a clock that can be moved: the day is what a file says."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from flask import Flask

from termservice.service import TerminologyService
from termservice.web.app import create_app


def create() -> Flask:
    home = Path(os.environ["TERMSERVICE_HOME"])
    return create_app(TerminologyService(home, today=lambda: date.fromisoformat((home / "today").read_text())))
