"""The cases of a service as one table for export: a column a field, a column a tariff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from banshi.platform.audit.telling import amount_text, plainly
from banshi.platform.forms.labels import number_shown
from banshi.platform.people.directory import Directory
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Field, Form, Group, Item, Repeat, Service
from banshi.platform.words import STATES, called, word
from banshi.platform.workbook.writing import Entry
from banshi.rules.values import ErrorValue, from_json
from banshi.storage.contract import CaseFilter, Store, StoredCase

_HEAD = {
    "zh": ("单号", "状态", "申请人", "提交时间"),
    "en": ("Case number", "State", "Applicant", "Sent"),
}
_WORDS = {
    "zh": {"tariff": "收费：{name}", "total": "合计", "shares": "分摊", "comma": "，", "semicolon": "；", "list": "、"},
    "en": {"tariff": "Charge: {name}", "total": "Total", "shares": "Shares", "comma": ", ", "semicolon": "; ", "list": ", "},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A header and its rows, oldest case first."""

    header: Sequence[str]
    rows: Iterator[Sequence[Entry]]


def case_table(
    service: Service, store: Store, directory: Directory, language: str, masks_over: Callable[[StoredCase], Masks]
) -> CaseTable:
    """Every case of a service, with the fields and tariffs of its live version; a repeat's rows stand as lines.

    Sensitive answers stand in it with masks.
    """
    writer = Writer(service, directory, language)
    cases = store.iter_cases(CaseFilter(service_id=service.settings.id))
    return CaseTable(writer.header(), (writer.row(case, masks_over(case)) for case in cases))


class Writer:
    """Cases as rows in one language."""

    def __init__(self, service: Service, directory: Directory, language: str) -> None:
        self._form = service.survey or Form(children=())
        self._items = list(columns_of(self._form.children))
        self._tariffs = list(service.tariffs.values())
        self._in_money = any(not tariff.unit for tariff in self._tariffs)
        self._shared = any(line.share for tariff in self._tariffs for line in tariff.lines)
        self._directory = directory
        self._language = language
        self._words = _WORDS["en" if language == "en" else "zh"]

    def header(self) -> list[str]:
        """The names of the columns."""
        charges = [
            self._words["tariff"].format(name=called(tariff.name, tariff.unit, self._language))
            for tariff in self._tariffs
        ]
        more = [self._words["total"]] * self._in_money + [self._words["shares"]] * self._shared
        return [*_HEAD[self._language], *map(self.label, self._items), *charges, *more]

    def row(self, case: StoredCase, masks: Masks) -> list[Entry]:
        """A case under the header."""
        answers, bills = (masks.json(case.snapshot["answers"]), masks.json(case.snapshot["shown"].get("bills", {})))
        return [
            case.number,
            word(STATES, case.state, self._language),
            self._person(case.applicant),
            case.submitted_at,
            *(self.entry(answers.get(item.name), item) for item in self._items),
            *self._charges(bills),
        ]

    def _charges(self, bills: Mapping[str, Mapping[str, Any]]) -> Iterator[Entry]:
        """The total of each tariff, all of them that are in money, and who pays which part."""
        for tariff in self._tariffs:
            yield _sum([bill for path, bill in bills.items() if f".{path}".endswith(f".{tariff.name}")])
        if self._in_money:
            yield _sum([bill for bill in bills.values() if not bill.get("unit")])
        if self._shared:
            parts = {path: self._shares(bill) for path, bill in bills.items() if bill.get("shares")}
            several = len(parts) > 1
            yield "\n".join(f"{path} — {text}" if several else text for path, text in parts.items())

    def _shares(self, bill: Mapping[str, Any]) -> str:
        return self._words["semicolon"].join(
            f"{share['label']} {amount_text(share['amount'])}" for share in bill["shares"]
        )

    def entry(self, answer: Any, item: Item) -> Entry:
        """An answer as a cell: numbers and dates as such, everything else in words."""
        if answer in (None, "", []):
            return None
        if isinstance(item, Repeat):
            return "\n".join(self._line(row, item) for row in answer)
        if isinstance(answer, list):
            return self._words["list"].join(str(self.entry(part, item)) for part in answer)
        if isinstance(answer, Mapping):  # a file
            return str(answer.get("name", ""))
        match item:
            case Field(type="person"):
                return self._person(str(answer))
            case Field(type="department"):
                return self._directory.department_name(str(answer), self._language)
            case Field(type="acknowledge"):
                return plainly(True, self._language)
            case Field(choices=choices) if choices:
                return self._choice(str(answer), choices)
            case Field() if not isinstance(answer, bool):
                value = from_json(answer, item.kind)
                return None if isinstance(value, ErrorValue | tuple) else value
        return plainly(answer, self._language)

    def _line(self, row: Mapping[str, Any], repeat: Repeat) -> str:
        """A row of a repeat as one line: `学号 2024110101，姓名 李沐阳`; what is empty is left out."""
        entries = ((item, self.entry(row.get(item.name), item)) for item in columns_of(repeat.children))
        parts = (f"{self.label(item)} {self.said(entry, item)}" for item, entry in entries if entry is not None)
        return self._words["comma"].join(parts).replace("\n", self._words["semicolon"])

    def said(self, entry: Entry, item: Item) -> str:
        """An entry in words; money to the fen, what was computed with the digits that are read."""
        if isinstance(item, Field) and isinstance(entry, Decimal):
            if item.type == "money":
                return amount_text(entry)
            return number_shown(entry) if item.calculation else format(entry, "f")
        return plainly(entry, self._language)

    def label(self, item: Item) -> str:
        """How an item is called."""
        return item.label.get(self._language) or item.name

    def _person(self, person_id: str) -> str:
        return called(self._directory.name(person_id, self._language), person_id, self._language)

    def _choice(self, name: str, choices: str) -> str:
        labels = (choice.label for choice in self._form.choices.get(choices, ()) if choice.name == name)
        return next((label.get(self._language) or name for label in labels), name)


def columns_of(items: Sequence[Item]) -> Iterator[Item]:
    """The items that hold an answer; a group holds none of its own, a repeat one for all its rows."""
    for item in items:
        if isinstance(item, Repeat) or (isinstance(item, Field) and item.type != "note"):
            yield item
        elif isinstance(item, Group):
            yield from columns_of(item.children)


def _sum(bills: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """What bills come to; empty where there is none, or one of them could not be computed."""
    totals = [bill["total"] for bill in bills]
    return sum(map(Decimal, totals), Decimal(0)) if totals and None not in totals else None
