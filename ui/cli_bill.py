"""Bills for a table of rows: CSV or xlsx in, CSV out. A row that cannot be billed says why in its own column."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from banshi.rules.decision import Outcome
from banshi.rules.tariffs import Bill, Tariff
from banshi.rules.values import Kind, dumps
from banshi.ui.cli_files import read_bytes, workbook_of, written
from banshi.ui.cli_streams import Runner
from banshi.ui.cli_talk import WrongCall, unreadable

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO = {"true": True, "false": False, "是": True, "否": False}
_LONGEST_NUMBER = 15  # digits; what is longer is an account or card number, as in Excel


@dataclass(slots=True)
class Sum:
    """What a run did: rows read, rows with an error, the money of the others."""

    rows: int = 0
    errors: int = 0
    total: Decimal = Decimal(0)


def bill_table(runner: Runner, tariff: Tariff, source: Path, target: Path, *, explain: bool) -> Sum:
    """Bill every row of a table. Raises WrongCall for a file that is no table."""
    header, rows, encoding = _table(source)
    added = _columns(header, tariff, explain=explain)
    done = Sum()
    with written(target, encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow([*header, *added])
        for row in rows:
            done.rows += 1
            error, cells = _billed(runner, tariff, header, row, explain=explain)
            done.errors += bool(error)
            done.total += Decimal(cells[len(tariff.items)] or 0) if not error else 0
            padded = [*row, *[""] * (len(header) - len(row))]
            writer.writerow([*padded[: len(header)], *cells, error])
    return done


def _billed(
    runner: Runner, tariff: Tariff, header: Sequence[str], row: Sequence[str], *, explain: bool
) -> tuple[str, list[str]]:
    """The error of a row (or an empty text) and its cells: items, total, and with `explain` shares and reasons."""
    blank = [""] * (len(tariff.items) + 1 + 2 * explain)
    if len(row) > len(header):
        talk = runner.talk
        return talk.say(
            f"这一行多出了 {len(row) - len(header)} 列。", f"{len(row) - len(header)} columns too many."
        ), blank
    bill = runner.billed(
        tariff,
        {
            name: text if runner.form_kinds.get(name) is Kind.TEXT else _typed(text)
            for name, text in zip(header, row, strict=False)
        },
    )
    if bill.total is None or bill.decision.outcome is not Outcome.OK:
        return runner.reason(bill.decision), blank
    return "", [*_items(bill, tariff), _money(bill.total), *(_reasons(bill) if explain else ())]


def _items(bill: Bill, tariff: Tariff) -> list[str]:
    amounts: dict[str, Decimal] = {}
    for line in bill.lines:
        if line.amount is not None:
            amounts[line.item] = amounts.get(line.item, Decimal(0)) + line.amount
    return [_money(amounts[item]) if item in amounts else "" for item in tariff.items]


def _reasons(bill: Bill) -> tuple[str, str]:
    shares = [{"label": label, "amount": amount} for label, amount in bill.shares]
    return dumps(shares), dumps(bill.decision.to_json()["explanation"])


def _money(amount: Decimal) -> str:
    return format(amount, "f")


def _columns(header: Sequence[str], tariff: Tariff, *, explain: bool) -> list[str]:
    """The columns that are added: the items, `total`, `error`. Taken names get the tariff's name before."""
    names = [*tariff.items, "total", *(("shares", "explanation") if explain else ()), "error"]
    return [f"{tariff.name}.{name}" if name in header else name for name in names]


def _typed(text: str) -> object:
    """A cell of a CSV as Excel would take it; `00123` and very long numbers stay text."""
    word = text.strip()
    if _NUMBER.fullmatch(word) and sum(char.isdigit() for char in word) <= _LONGEST_NUMBER:
        return Decimal(word)
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            return text
    return _YES_NO.get(word.lower(), text) if word else None


def _table(path: Path) -> tuple[list[str], Iterator[list[str]], str]:
    """The header, the rows, and the encoding to answer in."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        sheet = next(iter(workbook_of(path).sheets), None)
        lines = iter([[cell.text for cell in row.cells] for row in sheet.rows] if sheet else [])
        encoding = "utf-8-sig"
    else:
        encoding = _encoding(path)
        lines = _csv_rows(path, encoding)
    header = [name.strip() for name in next(lines, [])]
    if not any(header):
        raise WrongCall(f"{path} 里没有表头行。", f"{path} has no header row.")
    twice = next((name for i, name in enumerate(header) if name and name in header[:i]), "")
    if twice:
        raise WrongCall(f"{path} 的列“{twice}”出现了两次。", f"{path} has the column “{twice}” twice.")
    return header, (row for row in lines if any(cell.strip() for cell in row)), encoding


def _csv_rows(path: Path, encoding: str) -> Iterator[list[str]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from csv.reader(file)
    except OSError as error:
        raise unreadable(path, error) from None
    except csv.Error as error:
        raise WrongCall(f"{path} 不是 CSV 表：{error}", f"{path} is not a CSV table: {error}.") from None


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, else GB 18030, in which Excel saves CSV on a Chinese machine."""
    data = read_bytes(path)
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise WrongCall(f"{path} 不是文本文件。", f"{path} is not a text file.")
