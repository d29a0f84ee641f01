"""SurveyCTO's and ODK's `search()` appearance: choices that are rows of a data sheet, found by other answers.

    select_one unit   minimal search('units', 'matches', 'campus', ${campus})

The list names the columns in place of choices: a row whose `name` and `label` are columns of `data.units`. Other rows of
the list stay choices. The arguments behind the sheet become a choice filter.

Source: SurveyCTO's documentation, “Loading multiple-choice options from pre-loaded data”; ODK Collect has the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from banshi.platform.service.model import Choice, Field, Group, Item
from banshi.platform.sheets import faults
from banshi.platform.sheets.choices_sheet import choices_of
from banshi.platform.workbook.columns import suggest
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, parse
from banshi.rules.expressions.tree import Call, Node, Text

_SEARCH = re.compile(r"search\s*\(.*\)", re.DOTALL | re.IGNORECASE)
_FILE = re.compile(r"\.csv$", re.IGNORECASE)
_COMPARED = {
    "contains": "contains({column}, {value})",
    "startswith": "starts-with({column}, {value})",
    "endswith": "ends-with({column}, {value})",
    "matches": "{column} = {value}",
}


@dataclass(slots=True)
class SearchLists:
    """Gives questions with `search()` a list of their own; `lists` are those that came of it, `found` the faults."""

    choices: Mapping[str, tuple[Choice, ...]]
    datasets: Mapping[str, Dataset]
    lists: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def items(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The items, those with `search()` asking from the data sheet."""
        return tuple(self._item(item) for item in items)

    def _item(self, item: Item) -> Item:
        if isinstance(item, Group):
            return replace(item, children=self.items(item.children))
        called = _SEARCH.search(item.appearance) if isinstance(item, Field) and item.choices in self.choices else None
        return item if called is None or not isinstance(item, Field) else self._searched(item, called[0])

    def _searched(self, item: Field, call: str) -> Field:
        made, wrong = parse(call, item.place)
        self.found += wrong
        arguments = made.root.operands if made is not None and isinstance(made.root, Call) else ()
        first = arguments[0] if arguments else None
        file = _FILE.sub("", first.value) if isinstance(first, Text) else ""
        if made is None or file not in self.datasets:
            near = suggest(file, self.datasets)
            self.found.append(faults.UNKNOWN_LIST.at(item.place, list=file, near=near))
            return item
        dataset, name = self.datasets[file], f"{item.choices}@{file}"
        self.lists[name] = tuple(choice for row in self.choices[item.choices] for choice in _rows(row, dataset))
        return replace(
            item,
            choices=name,
            appearance=_SEARCH.sub("", item.appearance).strip(),
            choice_filter=self._filter(item, dataset, made, arguments[1:]),
        )

    def _filter(
        self, item: Field, dataset: Dataset, made: Expression, arguments: tuple[Node, ...]
    ) -> Expression | None:
        """The filter of the arguments behind the sheet: how, column, value, and perhaps one column and value more."""
        texts = [made.text[node.start : node.end] for node in arguments]
        words = [node.value if isinstance(node, Text) else "" for node in arguments]
        if not arguments:
            return item.choice_filter
        how = _COMPARED.get(words[0].casefold(), "")
        if not how or len(arguments) not in (3, 5):
            self.found.append(faults.BAD_SEARCH.at(item.place, text=made.text))
            return item.choice_filter
        rule = how.format(column=words[1], value=texts[2])
        rule += f" and {words[3]} = {texts[4]}" if len(arguments) == 5 else ""
        # Choices that are no columns are always offered.
        own = [row.name for row in self.choices[item.choices] if not _is_column(row, dataset)]
        rule = " or ".join([f"({rule})", *(f"""name = "{name.replace('"', '""')}\"""" for name in own)])
        parsed, wrong = parse(f"({rule}) and ({item.choice_filter.text})" if item.choice_filter else rule, item.place)
        self.found += wrong
        return parsed


def _rows(row: Choice, dataset: Dataset) -> tuple[Choice, ...]:
    """The rows of a data sheet where a choice names two of its columns, else the choice itself."""
    return choices_of(dataset, {"value": row.name, "label": row.label.get()}) if _is_column(row, dataset) else (row,)


def _is_column(row: Choice, dataset: Dataset) -> bool:
    return row.name in dataset.columns and row.label.get() in dataset.columns
