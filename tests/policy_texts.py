"""Policies in tests are text tables, read by the real reader and the real sheet parser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from workbooks import workbook_from_text

from banshi.platform.sheets.policy_sheet import parse_policy
from banshi.platform.workbook import read_workbook
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Environment
from banshi.rules.policies import Engine, Findings, FixpointEngine, Policy, infer

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def read_policy(rows: str, name: str = "制度") -> tuple[Policy, list[Diagnostic]]:
    """The policy of a text table (`| 编号 | 当 | … |`), and the faults of its cells."""
    book, faults = read_workbook(workbook_from_text(f"## {name}\n{rows}"), "制度.xlsx")
    assert book is not None, faults
    policy, found = parse_policy(book.sheets[0])
    assert policy is not None, found
    return policy, found


def sound_policy(rows: str) -> Policy:
    """The policy of a text table without faults."""
    policy, found = read_policy(rows)
    assert not found, [item.message() for item in found]
    return policy


def run(
    policy: Policy, engine: Engine | None = None, datasets: Mapping[str, Dataset] | None = None, **fields: object
) -> Findings:
    """What a policy finds with these fields."""
    env = Environment(fields, datasets or {}, now=NOON)  # type: ignore[arg-type]
    return infer(policy, env, engine or FixpointEngine(), chained=True)


def said(findings: Findings) -> list[str]:
    """The findings in short: `禁购 forbid`, `浓度 forbid?浓度` when not checked for want of 浓度."""
    return [
        f"{item.id} {item.verdict}" + ("?" + ",".join(item.missing) if item.not_checked else "")
        for item in findings.findings
    ]
