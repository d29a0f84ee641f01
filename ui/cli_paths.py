"""The distinct paths of a route, as records and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from banshi.platform.routes.paths import deadlines
from banshi.platform.routes.soundness import soundness
from banshi.platform.service.model import Service
from banshi.platform.sheets.routing import example_text, paths_of
from banshi.rules.values import Value
from banshi.ui.cli_talk import Talk, shown


def paths_json(service: Service, talk: Talk) -> dict[str, Any]:
    """Every path with an input that leads there, whom it asks, and the sum of its deadlines."""
    route = service.routing
    assert route is not None
    found, sound = paths_of(service), soundness(route)
    return {
        "complete": found.complete,
        "sound": sound.sound,
        "proved": sound.proved,
        "states": sound.states,
        "paths": [
            {
                "path": path.text(route),
                "example": {name: _plain(value) for name, value in path.example.items()},
                "steps": [
                    {"id": step.id, "name": step.title(talk.language), "mode": str(step.mode), "who": step.who.text}
                    for step in path.asked(route)
                ],
                "deadlines": deadlines(route, path, service.datasets, talk.language),
            }
            for path in found.paths
        ],
    }


def paths_table(service: Service, talk: Talk) -> Iterator[Any]:
    """The same for people: a table, and what was looked at."""
    route = service.routing
    assert route is not None
    found = paths_of(service)
    columns = (("路径", "path"), ("例如", "for example"), ("办理人", "who"), ("时限合计", "deadlines"))
    rows = [
        (
            path.text(route),
            example_text(path.example, talk.language),
            [f"{step.id} {step.who.text}" for step in path.asked(route)],
            deadlines(route, path, service.datasets, talk.language),
        )
        for path in found.paths
    ]
    yield talk.table([talk.say(*column) for column in columns], rows)
    if not found.complete:
        yield talk.say(
            "有的条件不是字段与常量的比较，或组合太多，可能还有别的路径。",
            "Some conditions are no comparisons of a field with constants, or there are too many together: "
            "there may be more paths.",
        )
    yield soundness(route).text(talk.language)


def _plain(value: Value) -> object:
    return value if value is None or isinstance(value, (bool, str)) else shown(value)
