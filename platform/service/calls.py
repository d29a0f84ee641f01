"""Calling a service from Python: `service.decide`, `service.bill`, `service.form`, `service.route`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.model import Service
from banshi.rules.decision import Decision
from banshi.rules.expressions import CalendarView, Environment
from banshi.rules.policies import FixpointEngine
from banshi.rules.tables import Brief, Table
from banshi.rules.tables import decide as decide_table
from banshi.rules.values import CAMPUS_ZONE, Value

if TYPE_CHECKING:
    import pandas as pd

    from banshi.platform.forms import Evaluation
    from banshi.platform.routes.preview import PreviewStep
    from banshi.platform.service.bulk import Coded

NOBODY = Person(id="", name="")


def decide(
    service: Service,
    table: str,
    inputs: Mapping[str, object],
    now: datetime | None = None,
    calendar: CalendarView | None = None,
) -> Brief | Decision:
    """Run one decision table. Inputs that the workbook computes itself may be left out. KeyError: no such table.

    Explanations and the like are worked out when they are read.
    """
    decider = service.deciders[table]
    moment = now or _now()
    given = dict(inputs)  # the caller may use his own again before the reasons are read

    def environment() -> Environment:
        return _environment(service, decider.table, given, moment, calendar)

    try:
        found = decider.find(given, moment.date(), environment)
    except KeyError:
        found = None  # an input that the workbook computes, or another spelling of its name
    return found or decide_table(decider.table, environment())


def _environment(
    service: Service, table: Table, inputs: Mapping[str, object], now: datetime, calendar: CalendarView | None
) -> Environment:
    """The inputs as values, with what the table reads and the workbook computes itself."""
    read = service.deciders[table.name].read
    values = {name: read(name, value) for name, value in inputs.items()}
    if missing := table.names - set(values):
        values |= service.reader.computed(
            missing, inputs, lambda answers: form(service, answers, calendar=calendar, now=now).names
        )
    return Environment(values, service.datasets, now=now, calendar=calendar, choice_labels=service.choice_label)


def bill(
    service: Service,
    fees: str,
    frame: pd.DataFrame,
    now: datetime | None = None,
    calendar: CalendarView | None = None,
) -> pd.DataFrame:
    """The frame with a column for every item of a tariff, `<item>.carry` for what is left of a quota, and `total`.

    They hold decimals, None where a bill failed. A column of the frame that is called like one of them stays, and the
    new one is called `<fees>.<item>`; so is an item that is called `total`.
    """
    import pandas as pd

    from banshi.platform.service.bulk import Bulk

    tariff = service.tariffs[fees]
    moment = now or _now()
    items = (*tariff.items, *tariff.carry_names.values())
    called = [f"{fees}.{name}" if name in frame.columns or name == "total" else name for name in items]
    called.append(f"{fees}.total" if "total" in frame.columns and "total" not in items else "total")

    read = service.reader

    def row_names(wanted: frozenset[str], given: Mapping[str, object]) -> Mapping[str, Value]:
        return read.computed(wanted, given, lambda answers: form(service, answers, calendar=calendar, now=moment).names)

    bulk = Bulk(
        service=service,
        tariff=tariff,
        row_names=row_names,
        read=read,
        now=moment,
        calendar=calendar,
    )
    columns = {str(name): _coded(frame[name]) for name in frame.columns}
    made = bulk.bills(columns, len(frame))
    amounts = [made.amounts(item) for item in tariff.items]
    amounts += [made.carries(name) for name in tariff.carry_names.values()] + [made.totals()]
    columns_added = dict(zip(called, amounts, strict=True))
    return pd.concat([frame, pd.DataFrame(columns_added, index=frame.index, dtype=object)], axis=1)


def form(
    service: Service,
    answers: Mapping[str, object],
    *,
    person: Person | None = None,
    directory: Directory | None = None,
    calendar: CalendarView | None = None,
    now: datetime | None = None,
) -> Evaluation:
    """Evaluate the form with its answers (choices by name or label); policies are inferred by the plain fixpoint."""
    from banshi.platform.forms import evaluate_form

    return evaluate_form(
        service,
        service.reader.answers(answers)[0],
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
    calendar: Calendar | None = None,
    now: datetime | None = None,
) -> tuple[PreviewStep, ...]:
    """The steps and people that would be asked; nothing where the service has no route."""
    from banshi.platform.forms.foreseen import foreseen_steps

    moment = now or _now()

    def again(filled: Mapping[str, Any]) -> Evaluation:
        return form(service, filled, person=person, directory=directory, calendar=calendar, now=moment)

    return foreseen_steps(
        service,
        again(answers),
        again,
        directory=directory or Directory(),
        initiator=person or NOBODY,
        now=moment,
        calendar=calendar,
    )


def _now() -> datetime:
    return datetime.now(CAMPUS_ZONE)


def _coded(column: pd.Series[Any]) -> Coded:
    """A column of a frame; of plain numbers each different one once, as most readings come more than once."""
    import numpy as np

    from banshi.platform.service.bulk import Coded

    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "if":
        raw, codes = np.unique(column.to_numpy(), return_inverse=True)
        return Coded([_plain(value) for value in raw.tolist()], codes)
    return Coded.of([_plain(value) for value in column.tolist()])


def _plain(value: Any) -> object:
    """A value of a frame without numpy or pandas in it; what is missing there is empty here."""
    if value is None or value != value:  # NaN and NaT differ from themselves
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
