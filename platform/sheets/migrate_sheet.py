"""The sheet `migrate` · `迁移`: which step of an earlier version is which one now, for open cases that are moved."""

from __future__ import annotations

from banshi.platform.routes.model import Route, StepMap
from banshi.platform.sheets import faults
from banshi.platform.workbook.columns import Column, read_header
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.diagnostics import Diagnostic

COLUMNS = (
    Column("old", ("old", "旧环节")),
    Column("new", ("new", "新环节"), needed=True),
    Column("note", ("note", "备注")),
)


def parse_migrate(sheet: Sheet, route: Route | None) -> tuple[StepMap, list[Diagnostic]]:
    """The map of a sheet with everything that is wrong in it; a blank `old` asks a new step of cases that passed it."""
    if not sheet.rows:
        return StepMap(), []
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    if "new" not in header.index:
        return StepMap(), found
    known = [step.id for step in route.steps] if route else []
    renamed: dict[str, str] = {}
    asked: set[str] = set()
    for record in header.records(sheet.rows[1:]):
        old, new = record["old"], record["new"]
        if new.text not in known:
            found.append(faults.NO_SUCH_STEP.at(new.place, step=new.text, steps="、".join(known)))
        elif old.text in renamed:
            found.append(faults.MOVED_TWICE.at(old.place, step=old.text, first=renamed[old.text]))
        elif old.blank:
            asked.add(new.text)
        else:
            renamed[old.text] = new.text
    return StepMap(renamed, frozenset(asked)), found
