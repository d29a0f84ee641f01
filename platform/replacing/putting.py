"""A workbook with a new table in place of a data set's: on its sheet, cell by cell, or in the file that it carries."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import orjson

from banshi.platform.errors import Declined
from banshi.platform.replacing.aligning import Aligned
from banshi.platform.replacing.differing import Step
from banshi.platform.replacing.tables import Kept
from banshi.platform.workbook.beside import files_in, packed
from banshi.platform.workbook.guard import run_child
from banshi.platform.workbook.marking.replacing import Plan, Value
from banshi.platform.workbook.safety import is_old_excel
from banshi.rules.cells import Cell

_SECONDS, _MEGABYTES = 60, 2048


def put(data: bytes, old: Kept, new: Aligned, steps: Sequence[Step]) -> bytes:
    """The bytes of the workbook with the new table; all else stays byte for byte. The same table gives the same bytes.

    Raises Declined where the workbook, or the file that the table stands in, is of a kind that cannot be changed in place.
    """
    ending = Path(old.file).suffix.casefold()
    if is_old_excel(data):
        raise Declined(
            "现行版本是旧格式（.xls）的工作簿，不能只换一张表：请另存为 .xlsx，上传整个工作簿。",
            "The live version is a workbook in the old format (.xls): save it as .xlsx and upload all of it.",
        )
    if ending == ".xml":
        raise Declined(
            f"这份数据在 {old.file} 里，xml 文件不能只换数据：请把工作簿和新的文件一起上传。",
            f"These data stand in {old.file}, and an xml file is not replaced here: upload the workbook with the new file.",
        )
    if not old.file:
        return _in_place(data, _plan(old, new, steps, old.sheet.name))
    files = files_in(data)
    if ending == ".csv":
        files[old.file] = _csv(old, new, steps)
    else:
        files[old.file] = _in_place(files[old.file], _plan(old, new, steps, ""))
    return packed(data, files)


def _in_place(data: bytes, plan: Plan) -> bytes:
    notes = orjson.dumps(plan.json())
    given = len(notes).to_bytes(8, "big") + notes + data
    made = run_child("replace", given, seconds=_SECONDS, megabytes=_MEGABYTES)
    if made is None:
        raise Declined(
            "这张表没能写进工作簿：请下载现行版本，在 Excel 里换好数据，上传整个工作簿。",
            "The table could not be put into the workbook: download the live version, replace the rows in Excel, and upload "
            "the whole workbook.",
        )
    return made


def _plan(old: Kept, new: Aligned, steps: Sequence[Step], sheet: str) -> Plan:
    """What becomes of the cells of the sheet."""
    table = old.table
    width = max([len(table.head.cells), *(len(row.cells) for row in table.rows)])
    index = {**table.index, **{name: width + at for at, name in enumerate(new.added)}}
    header: dict[int, str | None] = {index[name]: new.headers[name] for name in new.added}
    header |= {index[name]: None for name in new.removed}
    rows: list[tuple[int | None, dict[int, Value], frozenset[int]]] = []
    gone: set[int] = set()
    for step in steps:
        number = table.rows[step.old].number if step.old is not None else None
        if step.new is None:
            gone.add(number or 0)
            continue
        cells = new.rows[step.new]
        values: dict[int, Value] = {index[name]: _value(cell) for name, cell in cells.items()}
        values |= {index[name]: None for name in new.removed}
        changed = frozenset(index[name] for name in (*step.changed, *new.removed))
        rows.append((number, values, changed))
    return Plan(sheet=sheet, head=table.head.number, header=header, rows=rows, gone=frozenset(gone))


def _value(cell: Cell) -> Value:
    value = cell.value
    match value:
        case None:
            return None
        case bool():
            return ("b", str(int(value)))
        case Decimal():
            return ("n", format(value, "f"))
        case datetime():
            return ("t" if value.time() != time() else "d", value.replace(tzinfo=None).isoformat())
        case date():
            return ("d", value.isoformat())
        case _:
            return ("s", cell.text)


def _csv(old: Kept, new: Aligned, steps: Sequence[Step]) -> bytes:
    """The rows as a csv in UTF-8 with the mark by which Excel knows it, under the header as it was written."""
    heads = {name: old.table.head.cells[at].text for name, at in old.table.index.items()}
    columns = [name for name in (*old.table.index, *new.added) if name not in new.removed]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([heads.get(name) or new.headers[name] for name in columns])
    for step in steps:
        if step.new is not None:
            writer.writerow([_field(new.rows[step.new][name]) for name in columns])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _field(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return cell.text
