"""What the command line says and in which language: sentences, tables, JSON, and what is wrong with a call."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from banshi.rules.diagnostics import Diagnostic, Severity
from banshi.rules.values import dumps

FINE, FAULTS, WRONG_CALL = 0, 1, 2

_WIDTH = 160  # where no terminal says how wide it is
_SEVERITIES = {
    Severity.ERROR: ("错误", "error", "red"),
    Severity.WARNING: ("提醒", "warning", "yellow"),
    Severity.NOTICE: ("说明", "notice", "cyan"),
}


class WrongCall(Exception):
    """The command cannot be carried out as it was called: a file that is not there, a name that nobody defined."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self._zh, self._en = zh, en

    def message(self, language: str) -> str:
        """The sentence to print."""
        return self._en if language == "en" else self._zh


class Faulty(Exception):
    """A workbook that cannot be used: it has errors. They are printed, and the exit code is 1."""

    def __init__(self, file: str, diagnostics: Iterable[Diagnostic]) -> None:
        super().__init__(file)
        self.file = file
        self.diagnostics = list(diagnostics)


@dataclass(frozen=True, slots=True)
class Talk:
    """How to speak to the caller."""

    language: str = "zh"

    def say(self, zh: str, en: str) -> str:
        """The sentence in the caller's language."""
        return en if self.language == "en" else zh

    def severity(self, severity: Severity) -> Text:
        """A severity as a coloured word."""
        zh, en, colour = _SEVERITIES[severity]
        return Text(self.say(zh, en), style=colour)

    def out(self, *parts: object) -> None:
        """Print to standard output: tables, or text as it is."""
        _print(sys.stdout, parts)

    def err(self, *parts: object) -> None:
        """Print to standard error."""
        _print(sys.stderr, parts)

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
        """A table whose cells are taken as text; what users typed is never markup."""
        table = Table(highlight=False)
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
        return table

    def faults(self, diagnostics: Iterable[Diagnostic]) -> Table:
        """Faults as a table."""
        say = self.say
        columns = (say("级别", "severity"), say("单元格", "cell"), say("代码", "code"))
        rows = (
            (self.severity(d.severity), str(d.place), d.code, d.message(self.language), d.remedy(self.language))
            for d in diagnostics
        )
        return self.table((*columns, say("问题", "what is wrong"), say("怎么办", "what to do")), rows)


def language_of(option: str | None) -> str:
    """The language asked for, else English where the machine's locale is English, else Chinese."""
    if option:
        return option
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if locale.lower().startswith("en") else "zh"


def shown(value: object) -> str:
    """A value as people read it in a table; empty is blank, lists are joined."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "、".join(shown(item) for item in value)
    return str(value) if isinstance(value, Path) else dumps(value)


def print_json(value: object, *, indent: int | None = 2) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(dumps(value, indent=indent) + "\n")


def print_line(value: object) -> None:
    """One JSON document on one line, sent at once: whoever reads a stream waits for it."""
    sys.stdout.write(dumps(value) + "\n")
    sys.stdout.flush()


def fault_json(file: str, diagnostic: Diagnostic, language: str) -> dict[str, Any]:
    """One fault as the contract of `banshi check --json` says."""
    return {
        "file": file,
        "sheet": diagnostic.place.sheet,
        "cell": diagnostic.place.cell,
        "severity": str(diagnostic.severity),
        "code": diagnostic.code,
        "message": diagnostic.message(language),
        "remedy": diagnostic.remedy(language),
    }


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a text file, or of standard input for `-`; blank ones are left out.

    Bytes that are no UTF-8 come as lone surrogates, which no text holds, so that a bad line stops no other.
    """
    try:
        with nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as file:
            for line in file:
                text = line.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
                if text.strip():
                    yield text
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> WrongCall:
    """The sentence for a file that the machine will not give."""
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return WrongCall(f"没有文件夹 {path.parent}。", f"There is no folder {path.parent}.")
    if isinstance(error, FileNotFoundError):
        return WrongCall(f"没有找到文件：{path}", f"There is no file {path}.")
    if isinstance(error, IsADirectoryError):
        return WrongCall(f"{path} 是文件夹，请给出文件。", f"{path} is a folder; please name a file.")
    if isinstance(error, PermissionError):
        return WrongCall(f"没有权限读写：{path}", f"{path} may not be read or written.")
    return WrongCall(f"无法读写 {path}：{error.strerror}", f"{path} cannot be read or written: {error.strerror}.")


def _print(stream: Any, parts: Iterable[object]) -> None:
    width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH
    console = Console(file=stream, highlight=False, markup=False, width=width)
    for part in parts:
        if isinstance(part, str):
            console.print(Text(part), soft_wrap=True)
        else:
            console.print(part)
