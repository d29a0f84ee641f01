"""From a workbook to a Service: one parser a sheet, then linking and checking. Nothing raises on an author's fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from banshi.platform.people.directory import Directory
from banshi.platform.routes.model import Route
from banshi.platform.service.accounts import Account
from banshi.platform.service.boards import Chart
from banshi.platform.service.jobs import Job
from banshi.platform.service.live_codes import LiveCode
from banshi.platform.service.media import MediaFolder, check_media
from banshi.platform.service.model import Choice, Field, Form, Service, Settings
from banshi.platform.service.notices import Connection, Notice
from banshi.platform.service.papers import Document
from banshi.platform.service.passes import Pass
from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.service.registers import Register
from banshi.platform.sheets import faults
from banshi.platform.sheets.accounts_sheet import parse_accounts
from banshi.platform.sheets.board_sheet import parse_board
from banshi.platform.sheets.choices_sheet import choice_datasets, choices_of, parse_choices
from banshi.platform.sheets.connect_sheet import parse_connect
from banshi.platform.sheets.data_sheet import parse_data
from banshi.platform.sheets.documents_sheet import parse_documents
from banshi.platform.sheets.examples_sheet import parse_examples
from banshi.platform.sheets.fees_sheet import parse_fees
from banshi.platform.sheets.link import Parts, link
from banshi.platform.sheets.live_codes_sheet import parse_codes
from banshi.platform.sheets.migrate_sheet import parse_migrate
from banshi.platform.sheets.notices_sheet import parse_notices
from banshi.platform.sheets.passes_sheet import parse_passes
from banshi.platform.sheets.paths import with_paths
from banshi.platform.sheets.personal_passes_sheet import parse_personal_passes
from banshi.platform.sheets.policy_sheet import parse_policy
from banshi.platform.sheets.register_sheet import parse_register
from banshi.platform.sheets.route_sheet import parse_route
from banshi.platform.sheets.schedule_sheet import parse_schedule
from banshi.platform.sheets.search_lists import SearchLists
from banshi.platform.sheets.settings_sheet import parse_settings
from banshi.platform.sheets.sheet_names import sheet_names, with_sheet_names
from banshi.platform.sheets.survey_sheet import EXTERNAL, OTHER, Survey, parse_survey
from banshi.platform.sheets.table_words import parse_tables
from banshi.platform.sheets.twins import told_apart
from banshi.platform.sheets.words import SHEETS_NOT_ACTIVE, SHEETS_SHARED
from banshi.platform.workbook.beside import beside, read_whole
from banshi.platform.workbook.beside_rows import FILE
from banshi.platform.workbook.guard import read_workbook_guarded
from banshi.platform.workbook.reader import read_workbook
from banshi.platform.workbook.scan import column_index
from banshi.platform.workbook.workbook import Sheet, Workbook
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Diagnostic
from banshi.rules.policies import Policy
from banshi.rules.tables import Table
from banshi.rules.tariffs import Tariff

_RULES = ("rules", "fees", "policy", "data")
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
Linked = TypeVar("Linked")
Part = TypeVar("Part", Table, Tariff, Policy, Dataset)
MediaOf = Callable[[str], MediaFolder]
Parsed = Callable[[Sheet], tuple[Part | None, list[Diagnostic]]]


def load(
    path: str | Path, directory: Directory | None = None, *, now: datetime | None = None
) -> tuple[Service | None, list[Diagnostic]]:
    """The service of a workbook file, with every fault of all its sheets. Raises OSError when there is no such file."""
    file = Path(path)
    _, workbook, found = read_whole(read_workbook, file.read_bytes(), file.name, beside(file))
    if workbook is None:
        return None, found
    return load_workbook(workbook, directory, found, media=lambda _: MediaFolder.beside(file), now=now)


def load_bytes(
    data: bytes,
    file: str,
    directory: Directory | None = None,
    *,
    guarded: bool = False,
    media: MediaOf | None = None,
    now: datetime | None = None,
    services: Mapping[str, Service] | None = None,
) -> tuple[Service | None, list[Diagnostic]]:
    """The service of a workbook's bytes; None only when they cannot be read as a workbook at all.

    With a directory, roles and people are checked against it. `guarded` reads in a child process with limits, as what
    comes from the web must be. `media` gives the folder of media by the service's id; without it, what labels show is
    not looked for. `now` is the moment of the check: without it, nothing is said to have expired. `services` are the
    others, by id, that its steps may open; without them, that is not checked.
    """
    workbook, found = (read_workbook_guarded if guarded else read_workbook)(data, file)
    if workbook is None:
        return None, found
    return load_workbook(workbook, directory, found, media=media, now=now, services=services)


def load_workbook(
    workbook: Workbook,
    directory: Directory | None = None,
    read: Iterable[Diagnostic] = (),
    *,
    media: MediaOf | None = None,
    now: datetime | None = None,
    services: Mapping[str, Service] | None = None,
) -> tuple[Service | None, list[Diagnostic]]:
    """The service of a workbook, and its faults sheet by sheet: those of its reading (`read`) and those of its sheets.

    `services` are the other ones, by id, that its steps may open; without them, that is not checked.
    """
    found = [*read, *_not_active(workbook)]
    settings, more = parse_settings(_only(workbook, "settings", found), workbook.file)
    found += more
    lists = _choices(workbook, settings, found)
    datasets = _named(workbook.of_kind("data"), parse_data, found)
    registers = _registers(workbook, datasets, found)
    survey = _survey(workbook, lists, found)
    lists |= dict(_from_data(survey, lists, datasets)) if survey else {}
    if survey is not None:
        search = SearchLists(lists, datasets)
        survey = replace(survey, items=search.items(survey.items))
        lists |= search.lists
        found += search.found
    lists |= {
        name: (*lists[name], OTHER)
        for name in (survey.with_other if survey else ())
        if name in lists and all(choice.name != OTHER.name for choice in lists[name])
    }
    form = None if survey is None else Form(children=survey.items, choices=lists)
    notices, connections = _told(workbook, found)
    tables = parse_tables(workbook.of_kind("rules"), form, found)
    tariffs = _named(workbook.of_kind("fees"), parse_fees, found)
    policies = _named(workbook.of_kind("policy"), parse_policy, found)
    of_sheets = sheet_names(tables, tariffs, policies)

    def linked(part: Linked) -> Linked:
        return with_sheet_names(with_paths(part, form), of_sheets)  # type: ignore[no-any-return]  # as they were

    parts = Parts(
        file=workbook.file,
        sha256=workbook.sha256,
        settings=linked(settings),
        form=linked(form),
        survey=survey or Survey(),
        route=linked(_route(workbook, settings, found)),
        tables=linked(tables),
        tariffs=linked(tariffs),
        policies=linked(policies),
        datasets=choice_datasets(lists) | datasets,
        registers=linked(registers),
        notices=linked(notices),
        connections=linked(connections),
        jobs=linked(_jobs(workbook, frozenset(datasets), found)),
        charts=linked(_charts(workbook, frozenset(datasets), found)),
        accounts=linked(_accounts(workbook, datasets, found)),
        documents=linked(_documents(workbook, found)),
        passes=linked(_passes(workbook, found)),
        personal_passes=linked(_personal_passes(workbook, found)),
        codes=linked(_codes(workbook, found)),
        now=now,
    )
    sheets = (
        survey,
        parts.rules,
        parts.datasets,
        parts.jobs,
        *(sheet for kind in _RULES for sheet in workbook.of_kind(kind)),
    )
    if not any(sheets) and not _is_shared(workbook):
        found.append(faults.NOTHING_IN_IT.at(NOWHERE, file=workbook.file))
    service, names, more = link(parts, directory, services)
    found += more
    if parts.form is not None and media is not None:
        found += check_media(parts.form, media(settings.id))
    service = parse_examples(workbook.of_kind("examples"), service, names, directory, found)
    return service, _in_order(found, workbook)


def _in_order(found: Iterable[Diagnostic], workbook: Workbook) -> list[Diagnostic]:
    """Faults as somebody meets them who goes through the workbook: sheet by sheet, row by row; those of no cell last."""
    sheets = {sheet.name: position for position, sheet in enumerate(workbook.sheets)}

    def where(diagnostic: Diagnostic) -> tuple[int, int, int]:
        cell = _CELL.match(diagnostic.place.cell)
        row, column = (int(cell[2]), column_index(cell[1])) if cell else (0, 0)
        return sheets.get(diagnostic.place.sheet, len(sheets)), row, column

    return sorted(found, key=where)


def _only(workbook: Workbook, kind: str, found: list[Diagnostic]) -> Sheet | None:
    """The one sheet of a kind; a second one is a fault."""
    sheets = list(workbook.of_kind(kind))
    found += [faults.ONLY_ONE_SHEET.at(x.place(), sheet=x.name, first=sheets[0].name) for x in sheets[1:]]
    return sheets[0] if sheets else None


def _survey(workbook: Workbook, lists: Mapping[str, tuple[Choice, ...]], found: list[Diagnostic]) -> Survey | None:
    sheet = _only(workbook, "survey", found)
    if sheet is None:
        return None
    survey, more = parse_survey(sheet, lists)
    found += more
    return told_apart(survey)


def _route(workbook: Workbook, settings: Settings, found: list[Diagnostic]) -> Route | None:
    sheet, earlier = _only(workbook, "route", found), _only(workbook, "migrate", found)
    route, more = parse_route(sheet) if sheet else (None, [])
    found += more
    if earlier is not None:
        step_map, more = parse_migrate(earlier, route)
        found += more
        route = replace(route, earlier=step_map) if route else None
    if route is None or settings.due is None:
        return route
    return replace(route, steps=tuple(step if step.due else replace(step, due=settings.due) for step in route.steps))


def _told(workbook: Workbook, found: list[Diagnostic]) -> tuple[tuple[Notice, ...], dict[str, Connection]]:
    """Whom the service tells what, and the systems that it sends to."""
    notices: tuple[Notice, ...] = ()
    connections: dict[str, Connection] = {}
    if (sheet := _only(workbook, "notices", found)) is not None:
        notices, more = parse_notices(sheet)
        found += more
    if (sheet := _only(workbook, "connect", found)) is not None:
        connections, more = parse_connect(sheet)
        found += more
    return notices, connections


def _jobs(workbook: Workbook, datasets: frozenset[str], found: list[Diagnostic]) -> tuple[Job, ...]:
    """What the service does by the clock."""
    sheet = _only(workbook, "schedule", found)
    jobs, more = parse_schedule(sheet, datasets) if sheet else ((), [])
    found += more
    return jobs


def _charts(workbook: Workbook, datasets: frozenset[str], found: list[Diagnostic]) -> tuple[Chart, ...]:
    """The charts of the service's board."""
    sheet = _only(workbook, "board", found)
    charts, more = parse_board(sheet, datasets) if sheet else ((), [])
    found += more
    return charts


def _accounts(workbook: Workbook, datasets: Mapping[str, Dataset], found: list[Diagnostic]) -> dict[str, Account]:
    """What the service keeps count of, by name."""
    sheet = _only(workbook, "accounts", found)
    accounts, more = parse_accounts(sheet, datasets) if sheet else ({}, [])
    found += more
    return accounts


def _registers(workbook: Workbook, datasets: Mapping[str, Dataset], found: list[Diagnostic]) -> dict[str, Register]:
    """The data sheets to which cases add rows, by name."""
    registers: dict[str, Register] = {}
    for sheet in workbook.of_kind("data"):
        if (dataset := datasets.get(sheet.suffix or sheet.name)) is not None and dataset.live:
            register, more = parse_register(sheet, dataset)
            found += more
            if register is not None:
                registers.setdefault(register.name, register)
    return registers


def _documents(workbook: Workbook, found: list[Diagnostic]) -> tuple[Document, ...]:
    """The papers that the service issues."""
    if (sheet := _only(workbook, "documents", found)) is None:
        return ()
    files = {file.suffix: file.rows[0].cells[0].text for file in workbook.of_kind(FILE)}
    documents, more = parse_documents(sheet, files)
    found += more
    return documents


def _passes(workbook: Workbook, found: list[Diagnostic]) -> tuple[Pass, ...]:
    """The passes that the service gives."""
    sheet = _only(workbook, "passes", found)
    passes, more = parse_passes(sheet) if sheet else ((), [])
    found += more
    return passes


def _personal_passes(workbook: Workbook, found: list[Diagnostic]) -> tuple[PersonalPass, ...]:
    """The passes of people who stand in a data sheet."""
    sheet = _only(workbook, "personal_passes", found)
    passes, more = parse_personal_passes(sheet) if sheet else ((), [])
    found += more
    return passes


def _codes(workbook: Workbook, found: list[Diagnostic]) -> tuple[LiveCode, ...]:
    """The codes that are shown on a screen."""
    sheet = _only(workbook, "codes", found)
    codes, more = parse_codes(sheet) if sheet else ((), [])
    found += more
    return codes


def _choices(workbook: Workbook, settings: Settings, found: list[Diagnostic]) -> dict[str, tuple[Choice, ...]]:
    """The lists of every choices sheet (`choices.units`, `choices.rooms`); a list stands on one of them.

    External choices are lists of their own: one that is called as another list is goes under `EXTERNAL`.
    """
    lists: dict[str, tuple[Choice, ...]] = {}
    for sheet in workbook.of_kind("choices"):
        more_lists, more = parse_choices(sheet, duplicates=settings.choice_duplicates)
        found += more
        for name, choices in more_lists.items():
            if name in lists:
                found.append(faults.NAME_TWICE.at(choices[0].place, name=name, first=lists[name][0].place))
            lists.setdefault(name, choices)
    for sheet in workbook.of_kind("external_choices"):
        more_lists, more = parse_choices(sheet, duplicates=True)
        found += more
        lists |= {EXTERNAL + name if name in lists else name: choices for name, choices in more_lists.items()}
    return lists


def _from_data(
    survey: Survey, lists: Mapping[str, object], datasets: Mapping[str, Dataset]
) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """The rows of data sheets as choices, where a question names a data sheet in place of a list."""
    for item, _ in Form(children=survey.items).walk():
        if isinstance(item, Field) and item.choices in datasets and item.choices not in lists:
            yield item.choices, choices_of(datasets[item.choices], item.parameters)


def _named(sheets: Iterable[Sheet], parse: Parsed[Part], found: list[Diagnostic]) -> dict[str, Part]:
    """What sheets of one kind hold, by name. The same sheet twice was named when the workbook was read."""
    parts: dict[str, Part] = {}
    for sheet in sheets:
        part, more = parse(sheet)
        found += more
        if part is not None:
            parts.setdefault(part.name, part)
    return parts


def _not_active(workbook: Workbook) -> Iterable[Diagnostic]:
    for sheet in workbook.sheets:
        if sheet.kind in SHEETS_NOT_ACTIVE:
            yield faults.SHEET_NOT_ACTIVE.at(sheet.place(), sheet=sheet.name)
        elif sheet.kind in SHEETS_SHARED and not _is_shared(workbook):
            yield faults.SHARED_SHEET.at(sheet.place(), sheet=sheet.name)


def _is_shared(workbook: Workbook) -> bool:
    """Whether the workbook is the organisation or the calendar, and no service at all."""
    kinds = {sheet.kind for sheet in workbook.sheets}
    return bool(kinds & set(SHEETS_SHARED)) and not kinds & {"survey", "route", "rules", "fees", "policy"}
