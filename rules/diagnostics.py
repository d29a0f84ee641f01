"""Diagnostics: faults in what staff wrote, each with a code, a place, a sentence and a remedy in two languages.

Faults in a workbook are values, never exceptions. The catalogue is spread over one `faults.py` a folder; each entry is
made once by `fault(...)` and used as `UNKNOWN_NAME.at(place, name="usgae")`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

CATALOGUE: dict[str, Fault] = {}


class Severity(StrEnum):
    """How much a diagnostic weighs: an error keeps a workbook from being published."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a sheet, a cell such as `C14`, and perhaps the characters inside the cell."""

    sheet: str = ""
    cell: str = ""
    span: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell

    def at(self, start: int, end: int) -> Place:
        """The same cell, narrowed to the characters from `start` to before `end`."""
        return replace(self, span=(start, end))


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the catalogue. The four texts may hold `{facts}` by name.

    Where a fact `near` is given, the spelling that was probably meant, the sentence ends with the question for it.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def at(self, place: Place, **facts: object) -> Diagnostic:
        """The fault at a place, with the facts that its sentence names."""
        return Diagnostic(self, place, tuple((key, str(value)) for key, value in facts.items()))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fault at a place."""

    fault: Fault
    place: Place
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        """The catalogue code, such as `EXPR-003`."""
        return self.fault.code

    @property
    def severity(self) -> Severity:
        """The severity of the catalogue entry."""
        return self.fault.severity

    def message(self, language: str = "zh") -> str:
        """What is wrong, in one sentence, in Chinese (`zh`) or English (`en`)."""
        english = language == "en"
        near = dict(self.facts).get("near")
        meant = "" if not near else f" Did you mean: {near}?" if english else f"您是不是想写：{near}？"
        return self._fill(self.fault.en if english else self.fault.zh) + meant

    def remedy(self, language: str = "zh") -> str:
        """What to do about it."""
        return self._fill(self.fault.remedy_en if language == "en" else self.fault.remedy_zh)

    def _fill(self, text: str) -> str:
        return text.format_map(_Facts(self.facts))


class _Facts(dict[str, str]):
    """Facts by name; a fact that a sentence names and nobody gave reads `…` instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


def fault(code: str, severity: Severity, zh: str, en: str, *, do_zh: str, do_en: str) -> Fault:
    """Add one entry to the catalogue; a code is used once."""
    if code in CATALOGUE:
        raise ValueError(f"The fault code {code} is used twice.")
    CATALOGUE[code] = Fault(code, severity, zh, en, do_zh, do_en)
    return CATALOGUE[code]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them keeps a workbook from being published."""
    return any(item.severity is Severity.ERROR for item in diagnostics)
