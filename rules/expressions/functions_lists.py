"""Functions of choices, rows and datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.expressions import faults
from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.convert import Problem, bad_argument, choices_of, to_number, to_text, to_whole
from banshi.rules.expressions.dataset_columns import column_fault, find_column
from banshi.rules.expressions.operators import before, equal
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Call, Node, Text
from banshi.rules.values import ErrorValue, Kind, Value

MAX_ROWS = 100_000


@function("selected", Kind.BOOLEAN, "choices: any", "name: text", words=("已选", "选中"),
    zh="单选或多选中选了这一项时为 TRUE。", en="TRUE when a choice question has this choice.",
    example='selected("a b", "b")', shows="TRUE", source="XLSForm")  # fmt: skip
def selected(choices: Value, name: str) -> Value:
    """Look for one choice; a name with spaces is also found as the whole of a single choice."""
    name = name.strip()
    return name in choices_of(choices) or (isinstance(choices, str) and choices.strip() == name != "")


@function("count-selected", Kind.NUMBER, "choices: any", words=("已选数", "选项个数"),
    zh="选了几项。", en="How many choices are chosen.",
    example='count-selected("a b c")', shows="3", source="XLSForm")  # fmt: skip
def count_selected(choices: Value) -> Value:
    """Count choices."""
    return Decimal(len(choices_of(choices)))


@function("selected-at", Kind.TEXT, "choices: any", "index: number", words=("第几项",),
    zh="选中的第几项，第一项是 0；没有时为空。", en="The choice at an index from 0 on; empty when there is none.",
    example='selected-at("a b c", 1)', shows="b", source="XLSForm")  # fmt: skip
def selected_at(choices: Value, index: Decimal) -> Value:
    """Take one choice."""
    names = choices_of(choices)
    at = to_whole(index, 0, MAX_ROWS)
    return names[at] if at < len(names) else None


@function("index", Kind.ANY, "values: list", "row: number", words=("第几行",),
    zh="明细一列中第几行的值，第一行是 1；没有这一行时为空。",
    en="The value of a row in a column of rows, counted from 1; empty when there is no such row.",
    example='index("甲", 1)', shows="甲", source="Excel")  # fmt: skip
def index_(values: tuple[Value, ...], row: Decimal) -> Value:
    """Take one row's value."""
    at = to_whole(row, 1, MAX_ROWS) - 1
    return values[at] if at < len(values) else None


@function("position", Kind.NUMBER, "around: number?", words=("行号",), context=True,
    zh="明细中本行是第几行，第一行是 1；position(1) 是外面一层明细的行号。XLSForm 的写法 position(..)、position(../..) 相同。",
    en="The number of this row in its repeat, from 1; position(1) is that of the row of the repeat around it. XLSForm's "
    "position(..) and position(../..) are the same.",
    example="isblank(position())", shows="TRUE", source="XLSForm")  # fmt: skip
def position(context: Context, around: Decimal = Decimal(0)) -> Value:
    """Give the row's number, or that of a row around it."""
    rows, level = context.env.positions, to_whole(around, 0, MAX_ROWS)
    return Decimal(rows[-1 - level]) if level < len(rows) else None


@function("indexed-repeat", Kind.ANY, "name: any", "repeat: any", "index: number", "more: any*",
    words=("某行",), context=True,
    zh="明细中另一行的值：字段、明细、第几行（从 1 数）；嵌套的明细再写一对。没有这一行时为空。",
    en="A field's value in another row of a repeat: field, repeat, row from 1; a further pair for a repeat inside. Empty "
    "when there is no such row.",
    example='isblank(indexed-repeat(${数量}, ${物品}, 9))', shows="TRUE", source="XLSForm")  # fmt: skip
def indexed_repeat(context: Context, name: Value, repeat: Value, index: Decimal, *more: Value) -> Value:
    """Ask for the row; where nobody can be asked, the name is the column of its rows."""
    if len(more) % 2:
        raise bad_argument("明细和行号要成对", "repeats and rows come in pairs")
    pairs = [(to_text(repeat), index), *((to_text(more[i]), to_number(more[i + 1])) for i in range(0, len(more), 2))]
    path = []
    for inner, at in pairs:
        if at is None or not 1 <= at <= MAX_ROWS:
            return None
        path.append((inner, to_whole(at, 1, MAX_ROWS)))
    if context.env.indexed is not None:
        return context.env.indexed(to_text(name), tuple(path))
    column = context.env.find(to_text(name))
    row = path[0][1] - 1
    return column[row] if isinstance(column, tuple) and row < len(column) else None


@function("jr:choice-name", Kind.TEXT, "choice: node", "question: node",
    words=("choice-name", "选项标签"), context=True,
    zh="选项的标签文字（中文优先，不随界面语言变化）；第二个参数是选择题的名称。",
    en="The label of a choice, in Chinese where it has one, whatever the language of the screen; the second argument names the choice question.",
    example='jr:choice-name("a", "kind")', shows="a", source="XLSForm")  # fmt: skip
def choice_name(context: Context, choice: Node, question: Node) -> Value:
    """Look the label up; several choices are joined by a comma."""
    value = context.value(choice)
    if isinstance(value, ErrorValue):
        return value
    label, name = context.env.choice_labels, question_name(question)
    if label is None:
        return to_text(value)
    names = (value,) if isinstance(value, str) else choices_of(value)
    return "、".join(label(name, item, context.env.language) for item in names)


def question_name(node: Node) -> str:
    """The question that the second argument of `jr:choice-name` names: `${q}`, `'${q}'` or `"q"`."""
    text = node.value if isinstance(node, Text) else ""
    return fold_name(text.strip().removeprefix("${").removesuffix("}"))


@function("keys", Kind.LIST, "key: any+", words=("键",),
    zh="几个键，写在 lookup 里键的位置，依次对数据表里标了 * 的各列。",
    en="Several keys, written where lookup takes its key: one for each column of the dataset that is marked *, in order.",
    example='lookup("住宿标准", keys("北京", "其余人员"), "标准")', shows="500", source="Banshi")  # fmt: skip
def keys(*given: Value) -> Value:
    """The keys as they are, blank ones too."""
    return given


@function("lookup", Kind.ANY, "dataset: node", "key | keys(…): node", "column: any", "otherwise: node?",
    words=("查找", "查表"), context=True,
    zh="数据表中键所在行的一列；几列合起来才是键时写 keys(键1, 键2)；有生效、失效列时取今天有效的一行；"
    "没有这个键时是错误值，或第四个参数；标了 * 的键对上几行时是错误值，没有标的取第一行。",
    en="A column of the dataset's row with that key (of the row valid today, where rows are dated); write keys(key1, key2) "
    "where several columns together are the key; an error or the fourth argument when there is no such row; where several rows "
    "have a key, an error if it is marked *, else the first of them.",
    example='lookup("电价", "第二档", "单价")', shows="0.698", source="Banshi")  # fmt: skip
def lookup(context: Context, dataset: Node, key: Node, column: Value, otherwise: Node | None = None) -> Value:
    """Find the row, then its cell; the explanation names the cell."""
    given = [context.value(part) for part in keys_of(key)]
    broken = next((value for value in given if isinstance(value, ErrorValue)), None)
    if broken is not None:
        return broken
    name = dataset.value if isinstance(dataset, Text) else to_text(context.value(dataset))
    table = find_dataset(context.env.datasets, name)
    if table is None:
        raise Problem(faults.UNKNOWN_DATASET, name=name)
    wanted = find_column(table, to_text(column))
    if wanted is None:
        fault, facts = column_fault(table, to_text(column))
        raise Problem(fault, **facts)
    if len(given) > len(table.keys):
        raise Problem(faults.KEY_COUNT, **key_facts(table, len(given)))
    if any(value is None or value == "" for value in given):
        return None if otherwise is None else context.value(otherwise)
    rows = _rows(context, table, given)
    told = {"dataset": name, "key": "、".join(map(to_text, given))}
    if not rows:
        if otherwise is None:
            raise Problem(faults.UNKNOWN_KEY, **told)
        return context.value(otherwise)
    if len(rows) > 1 and table.marked:
        if len(given) < len(table.keys):
            raise Problem(faults.KEY_COUNT, **key_facts(table, len(given)))
        raise Problem(faults.AMBIGUOUS_KEY, **told, count=len(rows), columns="、".join(table.keys))
    cell = rows[0].get(wanted, Cell())
    context.found_at(cell.place)
    return cell.value


def find_dataset(datasets: Mapping[str, Dataset], name: str) -> Dataset | None:
    """The dataset of that name, whatever the width of its letters."""
    found = datasets.get(name)
    if found is None:
        wanted = fold_name(name)
        found = next((table for key, table in datasets.items() if fold_name(key) == wanted), None)
    return found


def keys_of(node: Node) -> tuple[Node, ...]:
    """The keys that `lookup` is given: those of `keys(…)`, or the one."""
    return node.operands if isinstance(node, Call) and node.function == "keys" else (node,)


def key_facts(table: Dataset, given: int) -> dict[str, object]:
    """What a wrong number of keys is told with."""
    call = f'lookup("{table.name}", keys({", ".join(table.keys)}), …)' if len(table.keys) > 1 else ""
    call = call or f'lookup("{table.name}", {table.keys[0]}, …)'
    return {
        "dataset": table.name,
        "given": given,
        "marked": len(table.keys),
        "columns": "、".join(table.keys),
        "call": call,
    }


def period_columns(table: Dataset) -> tuple[str | None, str | None]:
    """The columns that say from when and until when a row is in force."""
    by_name = {fold_name(column).removesuffix("*"): column for column in table.columns}
    start, end = (by_name.get(zh) or by_name.get(en) for zh, en in (("生效", "from"), ("失效", "until")))
    return start, end


def _rows(context: Context, table: Dataset, keys: Sequence[Value]) -> Sequence[Mapping[str, Cell]]:
    start, end = period_columns(table)
    if start is None and end is None:
        found = table.find(*map(to_text, keys))
        if found or not any(isinstance(key, Decimal) for key in keys):
            return found
    zone, today = context.env.now.tzinfo, context.env.now.date()
    rows = []
    for row in table.rows:
        if not all(equal(row[name].value, key, zone) for name, key in zip(table.keys, keys, strict=False)):
            continue
        begins = row.get(start, Cell()).value if start else None
        ends = row.get(end, Cell()).value if end else None
        if not (before(today, begins, zone, or_equal=False) or before(ends, today, zone, or_equal=False)):
            rows.append(row)
    return rows
