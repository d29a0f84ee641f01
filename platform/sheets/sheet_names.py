"""Results called by their sheets: `rules.档.单价`, `规则.档.单价`, `fees.电费.电费` are what the sheet yields under that name."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from banshi.platform.sheets.references import rewritten
from banshi.rules.expressions import Expression, fold_name
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference
from banshi.rules.policies import Policy
from banshi.rules.tables import Table
from banshi.rules.tariffs import Tariff

FAMILIES = {"rules": ("rules", "规则"), "fees": ("fees", "费用", "收费"), "policy": ("policy", "制度")}
"""The kinds of sheets with the words that stand before a sheet's name."""
TOTAL = ("total", "合计")
"""The total of a tariff, behind the name of its sheet."""

_WORDS = "|".join(word for words in FAMILIES.values() for word in words)
_SHEET_NAME = re.compile(rf"(?:{_WORDS})\.[^.]+\..+", re.IGNORECASE)
_MENTION = re.compile(rf"(?:{_WORDS})\s*[.．]", re.IGNORECASE)


def is_sheet_name(name: str) -> bool:
    """Whether a name says of which sheet it is."""
    return _SHEET_NAME.fullmatch(fold_name(name)) is not None


def sheet_names(
    tables: Mapping[str, Table], tariffs: Mapping[str, Tariff], policies: Mapping[str, Policy]
) -> dict[str, str]:
    """The names that sheets yield, by their names with the sheet; not what two sheets yield, which has no one value."""
    given: list[tuple[str, str, Iterable[str]]] = [
        *(("rules", name, table.output_names) for name, table in tables.items()),
        *(("fees", name, tariff.output_names) for name, tariff in tariffs.items()),
        *(("policy", name, policy.output_names) for name, policy in policies.items()),
    ]
    often = Counter(fold_name(output) for _, _, outputs in given for output in outputs)
    found: dict[str, str] = {}
    for family, sheet, outputs in given:
        for output in outputs:
            if often[fold_name(output)] == 1:
                called = TOTAL if output == f"{sheet}.total" else (output,)
                for word, name in product(FAMILIES[family], called):
                    found.setdefault(fold_name(f"{word}.{sheet}.{name}").casefold(), output)
    return found


def with_sheet_names(part: Any, names: Mapping[str, str]) -> Any:
    """A form, a route, rules or a mapping of them, whose results called by their sheets are those results."""
    return rewritten(part, lambda entry: _MENTION.search(entry.text) is not None, lambda entry: _named(entry, names))


def _named(expression: Expression, names: Mapping[str, str]) -> Expression:
    meant = {name: names.get(fold_name(name).casefold(), name) for name in expression.names}
    if all(name == known for name, known in meant.items()):
        return expression
    return dataclasses.replace(expression, root=_node(expression.root, meant), names=frozenset(meant.values()))


def _node(node: Node, meant: Mapping[str, str]) -> Node:
    if isinstance(node, Reference):
        return dataclasses.replace(node, name=meant.get(node.name, node.name))
    if isinstance(node, (Operation, Membership, Call)):
        return dataclasses.replace(node, operands=tuple(_node(operand, meant) for operand in node.operands))
    return node
