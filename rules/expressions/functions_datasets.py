"""Functions that search datasets by their rows: XLSForm's `pulldata` and `instance`, and brackets of a tariff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import Problem, bad_argument, is_empty, to_number, to_text, to_truth
from banshi.rules.expressions.dataset_columns import column_fault, columns_called, find_column
from banshi.rules.expressions.functions_lists import find_dataset
from banshi.rules.expressions.operators import equal
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Boolean, Call, Node, Operation, Reference, Text, walk
from banshi.rules.values import ErrorValue, Kind, Value

ITEM = "item:"
"""What stands before a column's name in the filter of `instance(…)/root/item[…]`, so that no field can be meant."""
POSITION = f"{ITEM}position()"
LOW = ("起", "from", "low", "下限")
HIGH = ("止", "to", "high", "上限")
RATE = ("单价", "rate", "费率")


def dataset_of(context: Context, name: str) -> Dataset:
    """The dataset of that name; raises `Problem`."""
    table = find_dataset(context.env.datasets, name)
    if table is None:
        raise Problem(faults.UNKNOWN_DATASET, name=name)
    return table


def column_of(table: Dataset, name: str) -> str:
    """The dataset's own spelling of a column; raises `Problem`."""
    column = find_column(table, name)
    if column is None:
        fault, facts = column_fault(table, name)
        raise Problem(fault, **facts)
    return column


@function("pulldata", Kind.ANY, "dataset: any", "column: any", "key_column: any", "key: any",
    words=("取数",), context=True,
    zh="数据表中键列等于键的第一行的一列；没有这一行时为空（同 XLSForm；要报错请用 lookup）。",
    en="A column of the dataset's first row whose key column equals the key; empty when there is none, as in XLSForm "
    "(lookup says so instead).",
    example='pulldata("电价", "单价", "档次", "第二档")', shows="0.698", source="XLSForm")  # fmt: skip
def pulldata(context: Context, dataset: Value, column: Value, key_column: Value, key: Value) -> Value:
    """Search a column, give another."""
    table = dataset_of(context, to_text(dataset))
    wanted, keys = column_of(table, to_text(column)), column_of(table, to_text(key_column))
    if is_empty(key):
        return None
    rows = table.narrowed(keys, key)
    context.visit(len(rows))
    for row in rows:
        if equal(row.get(keys, Cell()).value, key, context.env.now.tzinfo):
            cell = row.get(wanted, Cell())
            context.found_at(cell.place)
            return cell.value
    return None


@function("instance", Kind.ANY, "dataset: node", "column: node", "filter: node", "every: node", context=True,
    zh="数据表或选项表中符合方括号内条件的行的一列；条件里不带 ${} 的名称是列名，position() 是第几行。"
    "用在 count、sum、join 等处时取全部行，用作一个值时取第一行，没有时为空。",
    en="A column of the rows of a dataset or choice list that fit the condition in square brackets; names without ${} "
    "in it are columns, position() is the row. In count, sum, join and the like all rows count, as one value the first; "
    "empty when there is none.",
    example="instance('电价')/root/item[档次 = '第二档']/单价", shows="0.698", source="XLSForm",
    written="instance('dataset')/root/item[filter]/column")  # fmt: skip
def instance(context: Context, dataset: Node, column: Node, condition: Node, every: Node) -> Value:
    """Go through the rows; without a column a row gives its number."""
    assert isinstance(dataset, Text)
    assert isinstance(column, Text)
    assert isinstance(every, Boolean)
    table = dataset_of(context, dataset.value)
    wanted = column_of(table, column.value) if column.value else ""
    found: list[Value] = []
    for position, row in _fitting(context, table, condition):
        cell = row.get(wanted, Cell()) if wanted else Cell(Decimal(position))
        if not every.value:
            context.found_at(cell.place)
            return cell.value
        found.append(cell.value)
    return tuple(found) if every.value else None


def _fitting(context: Context, table: Dataset, condition: Node) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    table_rows = _narrowed(context, table, condition)
    context.visit(len(table_rows))
    if isinstance(condition, Boolean):
        yield from enumerate(table_rows, 1)
        return
    asked = {node.name for node in walk(condition) if isinstance(node, Reference)}
    own_names = [(name, find_column(table, name.removeprefix(ITEM))) for name in asked if name.startswith(ITEM)]
    columns = [(name, column) for name, column in own_names if column is not None]

    def own(position: int, row: Mapping[str, Cell]) -> dict[str, Value]:
        found: dict[str, Value] = {name: row.get(column, Cell()).value for name, column in columns}
        return {**found, POSITION: Decimal(position)}

    rows = (own(position, row) for position, row in enumerate(table_rows, 1))
    for position, held in enumerate(context.inside(condition, rows), 1):
        if isinstance(held, ErrorValue):
            raise Problem(held.diagnostic.fault, **dict(held.diagnostic.facts))
        # A number between square brackets is a position (XPath 1.0, section 2.4).
        if held == position if isinstance(held, Decimal) else to_truth(held):
            yield position, table_rows[position - 1]


def _narrowed(context: Context, table: Dataset, condition: Node) -> Sequence[Mapping[str, Cell]]:
    """The rows that a filter has to look at: of a live dataset, where it asks for one value of a column, those with that."""
    if not table.live or any(isinstance(node, Reference) and node.name == POSITION for node in walk(condition)):
        return table.rows
    for part in _all_of(condition):
        if isinstance(part, Operation) and part.operator == "=":
            left, right = part.operands
            pairs = [(left, right), (right, left)]
            for column, other in pairs:
                of_row = isinstance(column, Reference) and column.name.startswith(ITEM)
                constant = not any(isinstance(node, Reference) and node.name.startswith(ITEM) for node in walk(other))
                name = find_column(table, column.name.removeprefix(ITEM)) if isinstance(column, Reference) else None
                if of_row and constant and name is not None:
                    return table.narrowed(name, context.value(other))
    return table.rows


def _all_of(condition: Node) -> Iterator[Node]:
    """The parts that have all to hold."""
    if (isinstance(condition, Operation) and condition.operator == "and") or (
        isinstance(condition, Call) and condition.function == "and"
    ):
        for part in condition.operands:
            yield from _all_of(part)
    else:
        yield condition


@function("bracket", Kind.ANY, "quantity: number", "tariff: any", "column: any?", words=("档位",), context=True,
    zh="数量落在哪一档，取该档的单价（或第三个参数的列）。数据表要有起、止两列：起 < 数量 ≤ 止，0 属于第一档，空白为不限。"
    "逐档累计的金额请在收费表中计算。",
    en="The rate (or the column of the third argument) of the bracket that a quantity falls in. The dataset has columns "
    "from and to: from < quantity <= to, zero belongs to the first, blank is open. Amounts added slice by slice belong "
    "in a fees sheet.",
    example='bracket(240, "阶梯电价")', shows="0.638", source="Banshi")  # fmt: skip
def bracket(context: Context, quantity: Decimal, tariff: Value, column: Value = None) -> Value:
    """Find the one row; a quantity that no row holds is an error."""
    table = dataset_of(context, to_text(tariff))
    low, high = _first_column(table, LOW), _first_column(table, HIGH)
    wanted = _first_column(table, RATE) if column is None else column_of(table, to_text(column))
    for row in table.rows:
        above, most = (to_number(row.get(name, Cell()).value) for name in (low, high))
        if above is not None and (quantity < above or (quantity == above and quantity != 0)):
            continue
        if (above is None and quantity < 0) or (most is not None and quantity > most):
            continue
        cell = row.get(wanted, Cell())
        context.found_at(cell.place)
        return cell.value
    raise bad_argument(f"{to_text(quantity)} 不在任何一档内", f"{to_text(quantity)} falls in none of the brackets")


def _first_column(table: Dataset, names: tuple[str, ...]) -> str:
    found = next((column for name in names if (column := find_column(table, name))), None)
    if found is None:
        fault, facts = column_fault(table, next((name for name in names if columns_called(table, name)), names[0]))
        raise Problem(fault, **facts)
    return found
