"""The sheet `accounts` · `账户`: one row is one account that holders have a balance in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from banshi.platform.service.accounts import MONEY, Account, Holder, Members, digits_of, most, smallest
from banshi.platform.sheets import account_faults as faults
from banshi.platform.sheets.cells import part_of
from banshi.platform.sheets.named_rows import who_of
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic

COLUMNS: Final = (
    Column("account", ("account", "账户"), needed=True),
    Column("of", ("of", "所属")),
    Column("holder", ("holder", "持有者"), needed=True),
    Column("unit", ("unit", "单位")),
    Column("floor", ("floor", "下限")),
    Column("opening", ("opening", "期初")),
    Column("low", ("low", "提醒线")),
    Column("members", ("members", "成员")),
    Column("keepers", ("keepers", "管理", "管理人")),
    Column("shared", ("shared", "共用")),
    Column("label", ("label", "名称", "标签", "label::中文 (zh)", "label::zh")),
    Column("label_en", ("label::English (en)", "label::en", "名称::English (en)", "标签::English (en)")),
    Column("note", ("note", "notes", "备注")),
)
HOLDERS: Mapping[Holder, tuple[str, ...]] = {
    Holder.PERSON: ("person", "人员", "个人"),
    Holder.DEPARTMENT: ("department", "部门"),
    Holder.ROOM: ("room", "房间"),
    Holder.PROJECT: ("project", "项目"),
}
_HOLDER = re.compile(r"\s*([^:：]*?)\s*[:：](.*)", re.DOTALL)
_DATA = re.compile(r"\s*(?:data|数据)\s*[.．。-]\s*(\S.*?)\s*", re.IGNORECASE | re.DOTALL)
_MEMBERS = re.compile(
    r"(?:(?:data|数据)\s*[.．。-]\s*)?([^()（）]+?)\s*[(（]\s*([^,，]+?)\s*[,，]\s*([^,，]+?)\s*(?:[,，]\s*([^,，]+?)\s*)?[)）]"
)
_SEVERAL = re.compile(r"[\s,，、;；]+")
_BAD = re.compile(r"[\s:：,，;；]")
_OWNERS = ("floor", "opening", "low", "members", "keepers", "shared")


def parse_accounts(sheet: Sheet, datasets: Mapping[str, Dataset]) -> tuple[dict[str, Account], list[Diagnostic]]:
    """The accounts of a sheet by name, with everything that is wrong in it."""
    if not sheet.rows:
        return {}, []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    accounts: dict[str, Account] = {}
    if not {"account", "holder"} <= header.index.keys():
        return {}, found
    for record in header.records(sheet.rows[1:]):
        made = _account(record, datasets, found)
        first = accounts.setdefault(made.name, made)
        if first is not made:
            found.append(faults.NAME_TWICE.at(made.at("account"), name=made.name, first=first.at("account")))
    return accounts, found


def _account(record: Record, datasets: Mapping[str, Dataset], found: list[Diagnostic]) -> Account:
    name, of = record["account"].text.strip(), record["of"].text.strip()
    if not name:
        found.append(faults.NO_NAME.at(record["account"].place))
    elif _BAD.search(name):
        found.append(faults.BAD_NAME.at(record["account"].place, name=name))
    if of:
        for column in _OWNERS:
            if not record[column].blank:
                words = next(c.words for c in COLUMNS if c.name == column)
                found.append(
                    faults.NOT_HERE.at(record[column].place, name=name, service=of, column=" / ".join(words[:2]))
                )
    unit = record["unit"].text.strip() or MONEY
    kind, start = _kind(record["holder"])
    cell = record["holder"]
    if cell.text[start:].strip() == "":
        found.append(faults.NO_HOLDER.at(cell.place, name=name))
    digits = digits_of(unit)
    opening, openings = _opening(record["opening"], datasets, digits, found)
    return Account(
        name=name,
        of=of,
        holder=part_of(cell, start, len(cell.text), found) if cell.text[start:].strip() else None,
        kind=kind,
        unit=unit,
        floor=_number(record["floor"], digits, found) or Decimal(0),
        opening=opening,
        openings=openings,
        low=_number(record["low"], digits, found),
        members=_members(record["members"], datasets, found),
        keepers=who_of(record["keepers"], found),
        shared=frozenset(filter(None, _SEVERAL.split(record["shared"].text))),
        texts={
            language: text
            for language, column in (("zh", "label"), ("en", "label_en"))
            if (text := record[column].text)
        },
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _kind(cell: Cell) -> tuple[Holder, int]:
    """What kind of holder a cell says, and where the expression begins."""
    shape = _HOLDER.fullmatch(cell.text)
    if shape is not None:
        for kind, words in HOLDERS.items():
            if plain(shape[1]) in map(plain, words):
                return kind, shape.start(2)
    return Holder.OTHER, 0


def _number(cell: Cell, digits: int, found: list[Diagnostic]) -> Decimal | None:
    """A number from zero on; None for a blank cell or one that cannot be read."""
    if cell.blank:
        return None
    value = read_amount(cell.text, digits)
    if value is None or value < 0:
        found.append(faults.BAD_NUMBER.at(cell.place, text=cell.text, digits=digits, most=f"{most(digits):f}"))
        return None
    return value


def read_amount(text: str, digits: int) -> Decimal | None:
    """An amount as somebody wrote it; None for what is no number of so many decimals, or too large."""
    try:
        value = Decimal(text.strip().replace("，", "").replace(",", ""))
        smallest(value, digits)
    except (InvalidOperation, ValueError):
        return None
    return value


def _opening(
    cell: Cell, datasets: Mapping[str, Dataset], digits: int, found: list[Diagnostic]
) -> tuple[Decimal, dict[str, Decimal]]:
    """What holders begin with: one number for all, or by the rows of a data sheet."""
    shape = _DATA.fullmatch(cell.text)
    if shape is None:
        return _number(cell, digits, found) or Decimal(0), {}
    dataset = datasets.get(shape[1])
    if dataset is None:
        found.append(faults.NO_SUCH_DATA.at(cell.place, name=shape[1], near=suggest(shape[1], datasets)))
        return Decimal(0), {}
    amounts = [name for name in dataset.columns if name not in (*dataset.keys, "from", "until")]
    if not amounts:
        found.append(faults.NO_SUCH_COLUMN.at(cell.place, data=dataset.name, name="期初 / opening"))
        return Decimal(0), {}
    openings: dict[str, Decimal] = {}
    for row in dataset.rows:
        holder, amount = row[dataset.keys[0]].text, row[amounts[0]]
        value = read_amount(amount.text, digits)
        if value is None:
            facts = {"data": dataset.name, "holder": holder, "text": amount.text, "digits": digits}
            facts["most"] = f"{most(digits):f}"
            found.append(faults.BAD_OPENING.at(amount.place, **facts))
        else:
            openings.setdefault(holder, value)
    return Decimal(0), openings


def _members(cell: Cell, datasets: Mapping[str, Dataset], found: list[Diagnostic]) -> Members | None:
    if cell.blank:
        return None
    shape = _MEMBERS.fullmatch(cell.text.strip())
    if shape is None:
        found.append(faults.BAD_MEMBERS.at(cell.place, text=cell.text))
        return None
    dataset = datasets.get(shape[1])
    if dataset is None:
        found.append(faults.NO_SUCH_DATA.at(cell.place, name=shape[1], near=suggest(shape[1], datasets)))
        return None
    wrong = list(_unknown(cell, dataset, [name for name in shape.groups()[1:] if name]))
    found += wrong
    return None if wrong else Members(dataset=dataset.name, holder=shape[2], person=shape[3], name=shape[4] or "")


def _unknown(cell: Cell, dataset: Dataset, names: Iterable[str]) -> Iterator[Diagnostic]:
    for name in names:
        if name not in dataset.columns:
            near = suggest(name, dataset.columns)
            yield faults.NO_SUCH_COLUMN.at(cell.place, data=dataset.name, name=name, near=near)
