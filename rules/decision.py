"""The decision record: one run of a table, a tariff or a policy, explained down to sheet!cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from banshi.rules.diagnostics import NOWHERE, Diagnostic, Place
from banshi.rules.values import ErrorValue, Value


class Outcome(StrEnum):
    """How a decision ended. Everything but `ok` is reported, never a quiet value."""

    OK = "ok"
    NO_MATCH = "no match"
    CONFLICT = "conflict"
    NOT_CHECKED = "not checked"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of a reason and the lines below it: a label, its value, its cell, a note in two languages."""

    label: str
    value: Value = None
    place: Place = NOWHERE
    zh: str = ""
    en: str = ""
    parts: tuple[Explanation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The tree as plain values (`rules.values.dumps` prints it)."""
        value = self.value
        if isinstance(value, ErrorValue):
            value = value.diagnostic.message()
        return {
            "label": self.label,
            "value": value,
            "cell": str(self.place),
            "zh": self.zh,
            "en": self.en,
            "parts": [part.to_json() for part in self.parts],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was asked, what fired, what came out.

    `kind` is `table`, `tariff` or `policy`; `scope` is empty, or the row of a repeat such as `items[2]`.
    `engine` says who inferred a policy. `read` are the names that formulas of a table read beside its inputs, so that
    it can be run again from the record alone.
    `outputs` follows the contract of `banshi decide`: an object, a list of objects, or a number.
    """

    kind: str
    name: str
    scope: str = ""
    inputs: Mapping[str, Value]
    outputs: Any
    fired: tuple[Place, ...] = ()
    outcome: Outcome = Outcome.OK
    engine: str = ""
    explanation: tuple[Explanation, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    read: Mapping[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The record as plain values, as the rule log stores and exports it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "scope": self.scope,
            "inputs": dict(self.inputs),
            **({"read": dict(self.read)} if self.read else {}),
            "outputs": self.outputs,
            "fired": [str(place) for place in self.fired],
            "outcome": str(self.outcome),
            "engine": self.engine,
            "explanation": [line.to_json() for line in self.explanation],
            "faults": [
                {"code": item.code, "cell": str(item.place), "zh": item.message("zh"), "en": item.message("en")}
                for item in self.diagnostics
            ],
        }
