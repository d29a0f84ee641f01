"""What checking and testing a workbook gave, as plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from banshi.platform.filling.running import Runner
from banshi.platform.sheets import run_examples
from banshi.platform.sheets.coverage import coverage
from banshi.platform.sheets.example_checks import may_run, without_unread
from banshi.platform.views import Coverage, ExampleResult
from banshi.platform.workbook.workbook import in_runs
from banshi.rules.diagnostics import Severity
from banshi.ui.cli_files import calendar_for, directory_for, now, understand
from banshi.ui.cli_talk import Talk, fault_json


def tested(path: Path, organisation: Path | None, talk: Talk) -> dict[str, Any]:
    """What the examples of one workbook gave. A workbook with errors is not run."""
    understood = understand(path, organisation)
    ran = understood.service is not None and may_run(understood.diagnostics)
    told = without_unread(understood.diagnostics) if ran else understood.diagnostics
    errors = [item for item in told if item.severity is Severity.ERROR]
    results: list[ExampleResult] = []
    unreached: Sequence[Coverage] = ()
    if understood.service is not None and not errors:
        directory, calendar = directory_for(path, organisation), calendar_for(path)
        with closing(Runner(understood.service, talk.language, now, directory, calendar)) as runner:
            results = run_examples(understood.service, directory, calendar=calendar, now=now(), engine=runner.engine)
        reached = {place for result in results for place in result.reached}
        unreached = coverage(understood.service, reached, now().date()) if results else ()
    return {
        "file": str(path),
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "examples": [
            {
                "name": result.name,
                "passed": result.passed,
                "failures": [
                    {"cell": str(item.place), "path": about, "message": item.message(talk.language)}
                    for about, item in result.failures
                ],
            }
            for result in results
        ],
        "unreached": [
            {"sheet": one.sheet, "reached": one.reached, "total": one.total, "rows": list(one.rows)}
            for one in unreached
        ],
        "faults": [fault_json(str(path), item, talk.language) for item in errors],
    }


def unreached_text(talk: Talk, found: Mapping[str, Any]) -> str:
    """The rows of a sheet that no example reaches, as a sentence."""
    rows = in_runs(found["rows"])
    return talk.say(
        f"{found['sheet']}：{found['total']} 行中有用例走到的 {found['reached']} 行，没有走到第 {rows} 行。",
        f"{found['sheet']}: examples reach {found['reached']} of {found['total']} rows; not row {rows}.",
    )


def mark(talk: Talk, example: Mapping[str, Any]) -> str:
    """Whether an example passed, or where and how it failed."""
    failures = "\n".join(f"{failure['cell']} {failure['message']}" for failure in example["failures"])
    return failures or (talk.say("通过", "passed") if example["passed"] else talk.say("未通过", "failed"))


def outcome(talk: Talk, report: Mapping[str, Any]) -> str:
    """How many examples passed, or why none was run."""
    if report["faults"]:
        return talk.say("文件有错误，没有运行用例。", "The file has errors; no example was run.")
    if not report["examples"]:
        return talk.say("没有用例。", "There are no examples.")
    return talk.say(
        f"通过 {report['passed']}，未通过 {report['failed']}。",
        f"{report['passed']} passed, {report['failed']} failed.",
    )


def counted(talk: Talk, severities: Sequence[Severity]) -> str:
    """How many faults there are of each severity."""
    counts = [
        f"{talk.severity(severity)} {severities.count(severity)}" for severity in Severity if severity in severities
    ]
    return ", ".join(counts) or talk.say("没有发现问题。", "no faults.")
