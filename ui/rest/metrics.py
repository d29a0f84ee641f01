"""`GET /api/v1/metrics`: how the hall is loaded, in the text format of Prometheus, for an administrator's token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.responses import Response

from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the address."""

    @api.get("/metrics", tags=["health"], response_class=Response)
    async def metrics(*, visit: Visit = door) -> Response:
        return Response(written(await visit.ask(site.hall.load)), media_type=_TYPE)


def written(load: Mapping[str, Sequence[tuple[Mapping[str, str], float]]]) -> bytes:
    """Gauges with their labels as Prometheus reads them, and those of this process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for name, rows in load.items():
        labels = list(rows[0][0]) if rows else []
        gauge = Gauge(f"banshi_{name}", _HELP[name], labels, registry=registry)
        for values, number in rows:
            (gauge.labels(**values) if labels else gauge).set(number)
    return generate_latest(registry)


_HELP = {
    "up": "1 where the store answers",
    "services": "services by whether they are live or wait for a correction",
    "cases": "cases by state",
    "tasks": "open tasks by whether their deadline has passed",
    "messages": "messages of the outbox by channel and state",
    "messages_late": "of these, those that could have been sent before or were tried in vain",
}
