"""What one changed answer costs the server, which evaluates the whole form, and what touching only dependants could save.

    .venv/bin/python benchmarks/form_change.py

Generated forms as in `form_check.py`, every number and text answered, and the shipped services without answers. CPU
milliseconds, best of fifteen; memory of what would have to be kept between two changes.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from form_check import form

from banshi.platform.forms import evaluate_form
from banshi.platform.forms.evaluation import _settle
from banshi.platform.forms.index import index_of
from banshi.platform.forms.state import Circumstances, FormState
from banshi.platform.forms.validation import Validation
from banshi.platform.service.model import Service
from banshi.platform.sheets import load, load_bytes
from banshi.rules.policies import FixpointEngine

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ENGINE = FixpointEngine()


def milliseconds(run: Callable[[], object]) -> float:
    """CPU milliseconds, best of fifteen."""
    best = float("inf")
    for _ in range(15):
        before = time.process_time()
        run()
        best = min(best, time.process_time() - before)
    return best * 1000


def settled(service: Service, answers: dict[str, object]) -> FormState:
    """The values of all fields: what a graph of dependants would keep."""
    state = FormState(index_of(service), answers, Circumstances(now=NOW, engine=ENGINE))
    _settle(state)
    return state


def kept(make: Callable[[], object]) -> float:
    """KiB that something holds."""
    make()
    tracemalloc.start()
    made = make()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del made
    return size / 1024


def show(name: str, service: Service, answers: dict[str, object]) -> None:
    """One line of figures."""
    whole = partial(evaluate_form, service, answers, now=NOW, engine=ENGINE)
    values = partial(settled, service, answers)
    state = values()
    print(
        f"{name:24} whole {milliseconds(whole):6.2f} ms   values {milliseconds(values):6.2f} ms   "
        f"validation {milliseconds(lambda: Validation(state, frozenset()).run()):6.2f} ms   "
        f"kept: values {kept(values):4.0f} KiB, result {kept(whole):4.0f} KiB"
    )


def main() -> None:
    """Print the figures."""
    given: dict[str, object] = {"integer": "17", "decimal": "17", "text": "abc"}
    for rows in (30, 200, 800):
        service, _ = load_bytes(form(rows, rows // 2, seed=3), "form.xlsx")
        assert service is not None
        assert service.survey is not None
        items = [item for item, _ in service.survey.walk()]
        show(f"{rows} questions", service, {item.name: given[item.type] for item in items if item.type in given})
    for path in sorted(Path(__file__).parents[1].glob("definitions/*/*.xlsx")):
        service, _ = load(path)
        if service is not None and service.survey is not None:
            show(path.stem, service, {})


if __name__ == "__main__":
    main()
