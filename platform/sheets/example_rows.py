"""An example made from answers: a row to paste into the examples sheet, in the order of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from banshi.platform.forms.index import index_of
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Example, Field, Service
from banshi.platform.sheets.example_answers import STEP
from banshi.platform.sheets.examples import Run
from banshi.platform.sheets.expectations import key_text
from banshi.platform.views import ExampleRow
from banshi.rules.expressions import fold_name
from banshi.rules.expressions.convert import to_text
from banshi.rules.policies import Engine
from banshi.rules.values import ErrorValue

Has = Callable[[str, str], Decimal | None]
_UNASKED = frozenset({"calculate", "note", "hidden", "start"})


def example_row(
    service: Service,
    answers: Mapping[str, object],
    applicant: str,
    name: str,
    *,
    directory: Directory,
    calendar: Calendar | None,
    now: datetime,
    engine: Engine,
    has: Has = lambda _account, _holder: None,
) -> ExampleRow:
    """The row, with what the service says now as what is expected; columns that the sheet does not have come last.

    `has` says what a holder has in an account.
    """
    example = Example(row=0, name=name, answers=answers, expect={}, applicant=applicant)
    run = Run(service, directory, calendar, now, engine, example)
    if index_of(service).asks_accounts:
        example = replace(example, balances=dict(_balances(service, run, has)))
        run = Run(service, directory, calendar, now, engine, example)
    given = dict(_flat(service, answers))
    left = dict(example.balances)
    cells: list[tuple[str, str]] = []
    for text, role in service.example_columns or (("用例", "name"), ("申请人", "applicant")):
        match role.partition(" "):
            case ("name", _, _):
                cells.append((text, name))
            case ("applicant", _, _):
                cells.append((text, applicant))
            case ("expect", _, key):
                cells.append((text, run.actual(key)))
            case ("answer", _, _):
                cells.append((text, _taken(text, given)))
            case ("balance", _, account):
                cells.append((text, f"{left.pop(account):f}" if account in left else ""))
            case _:
                cells.append((text, ""))
    known = len(cells)
    cells += [(path, said) for path, said in given.items() if said]
    cells += [(f"余额.{account}", f"{amount:f}") for account, amount in left.items()]
    if not any(role.startswith("expect ") for _, role in service.example_columns):
        keys = [*(["route"] if service.routing else []), *(["fees.total"] if service.tariffs else [])]
        cells += [(f"期望 {key_text(key)}", run.actual(key)) for key in keys]
    header, row = zip(*cells, strict=True)
    return ExampleRow(header=header, row=row, known=known if service.example_columns else 0)


def _balances(service: Service, run: Run, has: Has) -> Iterator[tuple[str, Decimal]]:
    """What those have whose accounts an example charges, by account."""
    for name, account in service.accounts.items():
        holder = run.value(account.holder) if account.holder is not None else None
        amount = has(name, to_text(holder)) if holder and not isinstance(holder, ErrorValue | tuple) else None
        if amount is not None:
            yield name, amount


def _flat(service: Service, answers: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every answer by its path as the sheet writes it, `住宿学生[1].学号`, in the order of the form."""
    fields = {item.name: item for item, _ in service.survey.walk() if isinstance(item, Field)} if service.survey else {}
    order = {name: at for at, name in enumerate(fields)}

    def walk(here: Mapping[str, object], path: str) -> Iterator[tuple[int, str, str]]:
        for name, answer in here.items():
            item = fields.get(name)
            if item is not None and item.type not in _UNASKED and item.calculation is None:
                yield order[name], path + name, _text(service, item, answer)
            elif item is None and service.survey is None:
                yield 0, path + name, _plain(answer)
            elif item is None and isinstance(answer, list):
                for at, row in enumerate(answer, 1):
                    if isinstance(row, Mapping):
                        yield from walk(row, f"{path}{name}[{at}].")

    for _, path, said in sorted(walk(answers, ""), key=lambda one: one[0]):
        yield path, said


def _taken(text: str, given: dict[str, str]) -> str:
    """The answers of a column, taken out of what is given: one, or a line a row where the header names no row."""
    wanted = [
        (step[1].strip(), step[2]) for part in fold_name(text).split(".") if (step := STEP.fullmatch(part.strip()))
    ]
    *around, (name, _) = wanted
    found = [
        path
        for path in given
        if (steps := [(step[1], step[2]) for part in path.split(".") if (step := STEP.fullmatch(part))])[-1][0] == name
        and (
            not around
            or all(mine[0] == own[0] and mine[1] in (None, own[1]) for mine, own in zip(around, steps, strict=False))
        )
    ]
    return "\n".join(given.pop(path) for path in found)


def _text(service: Service, item: Field, answer: object) -> str:
    choices = service.survey.choices.get(item.choices, ()) if service.survey else ()
    labels = {choice.name: choice.label.get() or choice.name for choice in choices}
    parts = answer if isinstance(answer, list) else [answer]
    return "、".join(labels.get(str(part), _plain(part)) for part in parts)


def _plain(answer: object) -> str:
    match answer:
        case None:
            return ""
        case bool():
            return "TRUE" if answer else "FALSE"
        case Mapping():
            return str(answer.get("name", ""))
        case list():
            return "、".join(map(_plain, answer))
        case _:
            return str(answer)


def tab_separated(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a spreadsheet takes them from the clipboard."""
    return "\n".join("\t".join(map(_cell, row)) for row in rows)


def _cell(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search(r'[\t\n"]', text) else text
