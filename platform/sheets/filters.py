"""Filters over the rows of a repeat (`${items}[amount > 1000]`), which only forms and rules can work out."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.platform.service.model import Service
from banshi.platform.sheets import faults
from banshi.platform.sheets.references import expressions_of_all
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions.tree import Call, walk


def filters_elsewhere(service: Service) -> Iterator[Diagnostic]:
    """A fault for each filter where nobody goes through rows: in routes, titles, notices, papers, passes, codes, accounts, jobs, boards, registers."""
    rest = (
        service.routing, service.settings.instance_name, service.notices, service.connections, service.jobs, service.charts,
        service.accounts, service.documents, service.passes, service.personal_passes,
        service.codes, service.registers,
    )  # fmt: skip
    for expression in expressions_of_all(rest):
        for node in walk(expression.root):
            if isinstance(node, Call) and node.function == "rows-of":
                yield faults.FILTER_ELSEWHERE.at(expression.place_of(node), part=expression.part(node))
