"""Write the reference pages that come from the code: faults and functions, in both languages. Run by `make docs`."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import banshi.platform
import banshi.rules
from banshi.rules.diagnostics import CATALOGUE, Severity
from banshi.rules.expressions import functions_markdown

HERE = Path(__file__).parent
_TITLES = {"zh": "# 工作簿的错误和提醒\n", "en": "# Faults and warnings in workbooks\n"}
_HEADS = {"zh": "| 代码 | 级别 | 说明 | 办法 |", "en": "| code | severity | what | remedy |"}
_SEVERITIES = {
    "zh": {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTICE: "说明"},
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"},
}


def pages() -> dict[Path, str]:
    """Every generated page by its path."""
    for root in (banshi.rules, banshi.platform):
        for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
            if module.name.endswith("faults"):
                importlib.import_module(module.name)
    found = {}
    for language in ("zh", "en"):
        found[HERE / language / "faults.md"] = _faults(language)
        found[HERE / language / "functions.md"] = functions_markdown(language)
    return found


def _faults(language: str) -> str:
    lines = [_TITLES[language], _HEADS[language], "|---|---|---|---|"]
    for code, fault in sorted(CATALOGUE.items()):
        what, remedy = (fault.en, fault.remedy_en) if language == "en" else (fault.zh, fault.remedy_zh)
        cells = [code, _SEVERITIES[language][fault.severity], _cell(what), _cell(remedy)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
