"""The organisation workbook: sheets `people 人员` and `departments 部门` become a directory."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.people.faults import (
    CIRCLE_OF_DEPARTMENTS,
    DUPLICATE_ENTRY,
    MISSING_ENTRY,
    NO_DEPARTMENT,
    NO_PERSON,
)
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.workbook import Sheet, Workbook
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

PEOPLE = (
    Column("id", ("id", "工号", "学工号"), needed=True),
    Column("name", ("name", "姓名"), needed=True),
    Column("english_name", ("english_name", "英文名")),
    Column("department", ("department", "部门")),
    Column("kind", ("kind", "身份")),
    Column("roles", ("roles", "角色")),
    Column("posts", ("posts", "岗位")),
    Column("demo", ("demo", "演示")),
    Column("demo_note", ("demo_note", "演示说明")),
)
DEPARTMENTS = (
    Column("name", ("name", "部门"), needed=True),
    Column("head", ("head", "负责人")),
    Column("parent", ("parent", "上级")),
    Column("english_name", ("english_name", "英文名")),
)
_COLUMNS = {"people": PEOPLE, "departments": DEPARTMENTS}
Entry = TypeVar("Entry")
_YES = frozenset({"是", "yes", "true", "y", "1"})


def read_organisation(workbook: Workbook) -> tuple[Directory, list[Diagnostic]]:
    """The directory that a workbook describes; what cannot be understood is left out and named at its cell."""
    found: list[Diagnostic] = []
    people = _entries(workbook, "people", "id", _person, found)
    departments = _entries(workbook, "departments", "name", _department, found)
    found += _unknown(people, departments)
    found += _circles(departments)
    directory = Directory(
        people={key: person for key, (person, _) in people.items()},
        departments={key: department for key, (department, _) in departments.items()},
    )
    return directory, found


def _entries(
    workbook: Workbook, kind: str, key: str, read: Callable[[Record], Entry], found: list[Diagnostic]
) -> dict[str, tuple[Entry, Record]]:
    """The rows of one kind of sheet by their key."""
    entries: dict[str, tuple[Entry, Record]] = {}
    for sheet in workbook.of_kind(kind):
        for record in _records(sheet, kind, found):
            name = record[key].text
            if not name or not record["name"].text:
                found.append(MISSING_ENTRY.at(record.first))
            elif name in entries:
                found.append(DUPLICATE_ENTRY.at(record[key].place, name=name))
            else:
                entries[name] = (read(record), record)
    return entries


def _records(sheet: Sheet, kind: str, found: list[Diagnostic]) -> list[Record]:
    if not sheet.rows:
        return []
    header, faults = read_header(sheet, sheet.rows[0], _COLUMNS[kind], others=kind == "people")
    found += faults
    return list(header.records(sheet.rows[1:]))


def _person(record: Record) -> Person:
    known = {column.name for column in PEOPLE}
    return Person(
        id=record["id"].text,
        name=record["name"].text,
        english_name=record["english_name"].text,
        department=record["department"].text,
        kind=record["kind"].text,
        roles=_names(record["roles"]),
        posts=_names(record["posts"]),
        demo=plain(record["demo"].text) in _YES,
        demo_note=record["demo_note"].text,
        attributes={key: cell.text for key, cell in record.cells.items() if key not in known and not cell.blank},
    )


def _department(record: Record) -> Department:
    return Department(
        name=record["name"].text,
        head=record["head"].text,
        parent=record["parent"].text,
        english_name=record["english_name"].text,
    )


def _names(cell: Cell) -> frozenset[str]:
    return frozenset(part.strip() for part in re.split(r"[、,，;；\n]", cell.text) if part.strip())


def _unknown(
    people: dict[str, tuple[Person, Record]], departments: dict[str, tuple[Department, Record]]
) -> list[Diagnostic]:
    found = []
    for person, record in people.values():
        if person.department and person.department not in departments:
            near = suggest(person.department, departments)
            found.append(NO_DEPARTMENT.at(record["department"].place, name=person.department, near=near))
    for department, record in departments.values():
        if department.head and department.head not in people:
            found.append(NO_PERSON.at(record["head"].place, name=department.head))
        if department.parent and department.parent not in departments:
            near = suggest(department.parent, departments)
            found.append(NO_DEPARTMENT.at(record["parent"].place, name=department.parent, near=near))
    return found


def _circles(departments: dict[str, tuple[Department, Record]]) -> list[Diagnostic]:
    """Departments that are above themselves."""
    found = []
    for name, (department, record) in departments.items():
        above, seen = department.parent, {name}
        while above in departments and above not in seen:
            seen.add(above)
            above = departments[above][0].parent
        if above == name:
            found.append(CIRCLE_OF_DEPARTMENTS.at(record["parent"].place, name=name))
    return found
