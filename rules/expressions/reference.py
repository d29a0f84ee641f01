"""The function reference, written from the registry; the docs are generated from it and a test compares them."""

from __future__ import annotations

from banshi.rules.expressions.library import UNAVAILABLE
from banshi.rules.expressions.registry import FUNCTIONS, Function
from banshi.rules.values import Kind

_HEADS = {
    "zh": ("函数", "别名", "说明", "例", "结果", "来源"),
    "en": ("function", "other words", "what it gives", "example", "result", "source"),
}
_MISSING = {
    "zh": "Excel 或 XLSForm 中有、这里没有的函数：{names}。用到时会指出单元格并说明替代写法。",
    "en": "Functions of Excel and XLSForm that do not exist here: {names}. Using one is a fault that says what to do.",
}


def functions_markdown(language: str = "zh") -> str:
    """The functions as a Markdown table in Chinese (`zh`) or English (`en`), in alphabetical order."""
    heads = _HEADS["en" if language == "en" else "zh"]
    lines = [_row(heads), _row(("---",) * len(heads))]
    lines += [_row(_cells(entry, language)) for _, entry in sorted(FUNCTIONS.items())]
    names = (", " if language == "en" else "、").join(f"`{name}`" for name in UNAVAILABLE)
    return "\n".join([*lines, "", _MISSING["en" if language == "en" else "zh"].format(names=names), ""])


def _cells(entry: Function, language: str) -> tuple[str, ...]:
    shows = entry.shows if entry.result is not Kind.TEXT else f'"{entry.shows}"'
    return (
        f"`{entry.usage}`",
        " ".join(f"`{word}`" for word in entry.words[1:]),
        entry.en if language == "en" else entry.zh,
        f"`{entry.example}`",
        f"`{shows}`",
        entry.source,
    )


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
