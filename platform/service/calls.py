"""Calling a service from Python: `service.decide`, `service.bill`, `service.form`, `service.route`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.model import Field, Service
from banshi.rules.decision import Decision
from banshi.rules.expressions import CalendarView, Environment
from banshi.rules.policies import FixpointEngine
from banshi.rules.tables import decide as decide_table
from banshi.rules.tariffs import bill as bill_tariff
from banshi.rules.values import Kind, Value, from_json

if TYPE_CHECKING:
    import pandas as pd

    from banshi.platform.forms import Evaluation
    from banshi.platform.routes.preview import PreviewStep

CAMPUS_ZONE = ZoneInfo("Asia/Shanghai")
NOBODY = Person(id="", name="")


def decide(
    service: Service,
    table: str,
    inputs: Mapping[str, object],
    now: datetime | None = None,
    calendar: CalendarView | None = None,
) -> Decision:
    """Run one decision table. Inputs that the workbook computes itself may be left out. KeyError: no such table."""
    rule = service.tables[table]
    moment = now or _now()
    values = _values(service, inputs, rule.input_kinds)
    if missing := rule.names - set(values):
        names = form(service, inputs, calendar=calendar, now=moment).names
        values |= {name: names[name] for name in missing if name in names}
    return decide_table(rule, Environment(values, service.datasets, now=moment, calendar=calendar))


def bill(
    service: Service,
    fees: str,
    frame: pd.DataFrame,
    now: datetime | None = None,
    calendar: CalendarView | None = None,
) -> pd.DataFrame:
    """The frame with a column for every item of a tariff and the column `total`, as decimals; None where it failed.

    A column of the frame that is called like an item stays, and the item's column is called `<fees>.<item>`.
    """
    import pandas as pd

    tariff = service.tariffs[fees]
    moment = now or _now()
    called = {item: f"{fees}.{item}" if item in frame.columns else item for item in (*tariff.items, "total")}
    rows = []
    for row in frame.to_dict(orient="records"):
        values = _values(service, {str(name): _plain(value) for name, value in row.items()}, {})
        made = bill_tariff(tariff, Environment(values, service.datasets, now=moment, calendar=calendar))
        amounts = {item: [line.amount for line in made.lines if line.item == item] for item in tariff.items}
        rows.append({called[item]: _sum(parts) for item, parts in amounts.items()} | {called["total"]: made.total})
    added = pd.DataFrame(rows, index=frame.index, columns=list(called.values()), dtype=object)
    return pd.concat([frame, added], axis=1)


def form(
    service: Service,
    answers: Mapping[str, object],
    *,
    person: Person | None = None,
    directory: Directory | None = None,
    calendar: CalendarView | None = None,
    now: datetime | None = None,
) -> Evaluation:
    """Evaluate the form with its answers; policies are inferred by the plain fixpoint."""
    from banshi.platform.forms import evaluate_form

    return evaluate_form(
        service,
        answers,
        now=now or _now(),
        person=person,
        directory=directory,
        calendar=calendar,
        engine=FixpointEngine(),
    )


def route(
    service: Service,
    answers: Mapping[str, object],
    *,
    person: Person | None = None,
    directory: Directory | None = None,
    calendar: CalendarView | None = None,
    now: datetime | None = None,
) -> tuple[PreviewStep, ...]:
    """The steps and people that would be asked; nothing where the service has no route."""
    from banshi.platform.routes.asking import FlowContext
    from banshi.platform.routes.preview import preview

    if service.routing is None:
        return ()
    moment = now or _now()
    evaluation = form(service, answers, person=person, directory=directory, calendar=calendar, now=moment)
    context = FlowContext(
        directory=directory or Directory(),
        initiator=person or NOBODY,
        now=moment,
        names=evaluation.names,
        datasets=service.datasets,
        calendar=calendar,
    )
    return preview(service.routing, context)


def _now() -> datetime:
    return datetime.now(CAMPUS_ZONE)


def _values(service: Service, inputs: Mapping[str, object], kinds: Mapping[str, Kind]) -> dict[str, Value]:
    items = service.survey.walk() if service.survey else ()
    known = {item.name: item.kind for item, _ in items if isinstance(item, Field)} | dict(kinds)
    return {name: from_json(value, known.get(name, Kind.ANY)) for name, value in inputs.items()}


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    """The sum of an item's slices; an item that does not apply costs nothing, one that failed has no amount."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _plain(value: Any) -> object:
    """A value of a frame without numpy or pandas in it; what is missing there is empty here."""
    if value is None or value != value:  # NaN and NaT differ from themselves
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
