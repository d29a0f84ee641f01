"""What an evaluation of a form gives back: cleaned answers, what is shown and required, what is wrong and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.platform.service.model import Texts
from banshi.rules.decision import Decision
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Place
from banshi.rules.policies import Finding
from banshi.rules.tariffs import Bill
from banshi.rules.values import Value

NO_TEXTS = Texts()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One thing that keeps a form from being sent.

    `path` is the field (`items[1].cas`, rows counted from 1), a row, or empty for the form as a whole; `about` then is
    the first question that it depends on. `place` is the cell of the rule that says so; `remedies` what to do about it;
    `reference` the law or regulation, when the rule names one.
    """

    path: str
    code: str
    texts: Texts
    place: Place = NOWHERE
    remedies: Texts = NO_TEXTS
    reference: str = ""
    about: str = ""

    @classmethod
    def of(cls, path: str, diagnostic: Diagnostic) -> FieldError:
        """The error of a catalogue entry at a path."""
        texts = Texts((("zh", diagnostic.message("zh")), ("en", diagnostic.message("en"))))
        remedies = Texts((("zh", diagnostic.remedy("zh")), ("en", diagnostic.remedy("en"))))
        return cls(path=path, code=diagnostic.code, texts=texts, place=diagnostic.place, remedies=remedies)

    def message(self, language: str = "zh") -> str:
        """What is wrong, in one sentence."""
        return self.texts.get(language)

    def remedy(self, language: str = "zh") -> str:
        """What to do about it; may be empty."""
        return self.remedies.get(language)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A form with its answers, evaluated once.

    `answers` holds what would be stored: relevant fields only, typed, calculated ones included, a repeat as a list of
    rows, a field left empty as None (so that its default does not come back). By path (`field`, `items[1].cas`):
    `relevant`, `required`, `readonly`; `constraints`, of the filled-in fields that have one; `values`, every value
    that did not come from the person who fills the form in; `outputs`, what tables, tariffs and policies yield; `labels`, who is meant by the
    campus numbers in answers that name people, and what the choices of lists that are searched are called. `kept` are the
    marks of values that stay once they are computed (see `keeping`).
    `bills` are by tariff, those of a repeat by the row's path and tariff (`items[1].运费`). `findings`,
    `finding_paths` and `finding_reads` (the questions behind a finding) go together. `names` are what a route's conditions may use. `engine` is who answered the policies.
    `registers_read` are the numbers of the registers that were read, by their ids.
    """

    answers: Mapping[str, Any]
    relevant: Mapping[str, bool]
    required: Mapping[str, bool]
    readonly: Mapping[str, bool]
    values: Mapping[str, Value]
    constraints: Mapping[str, bool] = field(default_factory=dict)
    outputs: Mapping[str, Value] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    registers_read: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    finding_paths: tuple[str, ...] = ()
    finding_reads: tuple[frozenset[str], ...] = ()
    bills: Mapping[str, Bill] = field(default_factory=dict)
    names: Mapping[str, Value] = field(default_factory=dict)
    engine: str = ""
    language: str = "zh"

    def to_json(self) -> dict[str, Any]:
        """The evaluation as plain values, for `rules.values.dumps`: what browsers, REST and the command line get."""
        from banshi.platform.forms.report import report

        return report(self)
