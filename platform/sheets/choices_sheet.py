"""The choices sheet: lists of choices with labels, and extra columns for filters and look-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from banshi.platform.service.model import Choice, Texts
from banshi.platform.service.styled import plain_texts
from banshi.platform.sheets import faults
from banshi.platform.sheets.translated import Columns, split_language
from banshi.platform.sheets.words import CHOICES_COLUMNS, CHOICES_NOT_AVAILABLE, MEDIA
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import fold_name

_COLUMNS = Columns(
    columns=CHOICES_COLUMNS, translated=("label", *MEDIA), not_available=CHOICES_NOT_AVAILABLE, keep=True
)  # fmt: skip


def parse_choices(sheet: Sheet, *, duplicates: bool = False) -> tuple[dict[str, tuple[Choice, ...]], list[Diagnostic]]:
    """The lists, in the order of the sheet. A choice that is not complete is left out, with its fault.

    With `duplicates` a name may stand twice in a list, as one district's name does in two cities; a filter tells them apart.
    """
    if not sheet.rows:
        return {}, [faults.EMPTY_SHEET.at(sheet.place(), sheet=sheet.name)]
    sheet, notes = below_title(sheet, _COLUMNS.columns)
    header, found = _COLUMNS.read(sheet, sheet.rows[0])
    found += notes
    if any(name not in header.header.index for name in ("list_name", "name")):
        return {}, found
    lists: dict[str, list[Choice]] = {}
    seen: dict[tuple[str, str], Place] = {}
    for row in sheet.rows[1:]:
        record = header.record(row)
        list_name, name = record["list_name"], record["name"]
        if list_name.blank and name.blank and not header.texts(row, "label").by_language:
            found.append(faults.SKIPPED_ROW.at(list_name.place))
            continue
        if list_name.blank:
            found.append(faults.CHOICE_WITHOUT_LIST.at(list_name.place))
            continue
        if name.blank:
            found.append(faults.CHOICE_WITHOUT_NAME.at(name.place))
            continue
        choices = lists.setdefault(list_name.text, [])
        first = seen.setdefault((list_name.text, name.text), name.place)
        if first != name.place and not duplicates:
            found.append(faults.CHOICE_TWICE.at(name.place, list=list_name.text, name=name.text, first=first))
            continue
        written = header.texts(row, "label")
        label = plain_texts(written)
        choices.append(
            Choice(
                name=name.text,
                label=label,
                marked=written if written != label else None,
                media=header.media(row),
                columns={fold_name(column): record[column] for column in header.others},
                place=name.place,
            )
        )
    return {name: tuple(choices) for name, choices in lists.items()}, found


def choices_of(dataset: Dataset, parameters: Mapping[str, str]) -> tuple[Choice, ...]:
    """The rows of a dataset as choices: the columns `name` and `label`, or those that `value=` and `label=` name.

    Without them the first key column is the name, and the name the label; `label::English (en)` is the label in another
    language. Rows without a name, and names that come again, are left out.
    """
    name = _column(dataset, parameters.get("value", ""), ("name", "名称", "值"), dataset.keys[0])
    label = _column(dataset, parameters.get("label", ""), ("label", "标签"), name)
    split = {column: split_language(column) for column in dataset.columns}
    labels = [
        ("", label),
        *((language, column) for column, (base, language) in split.items() if language and base == label),
    ]
    found: dict[str, Choice] = {}
    for row in dataset.rows:
        if row[name].text:
            texts = Texts(tuple((language, row[column].text) for language, column in labels if row[column].text))
            choice = Choice(name=row[name].text, label=texts, columns=row, place=row[name].place)
            found.setdefault(choice.name, choice)
    return tuple(found.values())


def _column(dataset: Dataset, wanted: str, usual: Sequence[str], else_: str) -> str:
    return next((column for column in (wanted, *usual) if column in dataset.columns), else_)


def choice_datasets(lists: Mapping[str, tuple[Choice, ...]]) -> dict[str, Dataset]:
    """Lists as datasets, so that expressions can look their extra columns up; the key is the choice's name."""
    datasets = {}
    for name, choices in lists.items():
        if not choices:
            continue
        columns = ("name", "label", *(column for column in choices[0].columns if column not in ("name", "label")))
        rows = tuple(
            {**choice.columns, "name": Cell(choice.name, choice.place), "label": Cell(choice.label.get(), choice.place)}
            for choice in choices
        )
        datasets[name] = Dataset(name=name, columns=columns, keys=("name",), rows=rows, marked=False)
    return datasets
