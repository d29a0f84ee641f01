"""A hall without a store for the screens, and the hall's doors and addresses without NiceGUI."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).parent))

from fake_hall import FakeHall

from banshi.ui.rest import api, checking, doors, files, gates, kiosk, personal_passes
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings
from banshi.ui.uploads import Uploads


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, attachment_limit=1000, workbook_limit=2000)


@pytest.fixture
async def web(hall: FakeHall, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of everything that is not a NiceGUI page."""
    site, uploads, app = Site(hall, settings), Uploads(), FastAPI()
    for part in (
        doors.router(site),
        files.router(site, uploads, Uploads()),
        checking.router(site),
        kiosk.router(site),
        gates.router(site),
        personal_passes.router(site),
        api.router(site),
    ):
        app.include_router(part)
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client
