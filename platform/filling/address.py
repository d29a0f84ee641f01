"""Answers that come with the address of a form: `/form/repair?房间=301`, as the QR code of a room has it.

They are answers like any other: read and checked as if somebody had typed them, and shown to whoever fills the form in. What
only the platform or an office fills in, files and consents cannot come this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banshi.platform.filling.given import Given
from banshi.platform.forms.passing import answer_of
from banshi.platform.forms.targets import targets_of, wrong_target
from banshi.platform.service.model import UNSEEN, Field, Service
from banshi.rules.expressions import fold_name
from banshi.rules.values import ErrorValue

MOST_GIVEN = 30
LONGEST = 500
"""Characters of a value."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came with an address: answers by question, the same for people (label and text), and what was ignored and why."""

    answers: Mapping[str, Any]
    shown: tuple[tuple[str, str], ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()


def from_address(service: Service, given: Mapping[str, str], language: str = "zh") -> Scanned:
    """The answers in the query of an address."""
    known = {fold_name(name): name for name in targets_of(service)}
    read = Given(service)
    answers: dict[str, Any] = {}
    shown: list[tuple[str, str]] = []
    ignored: list[tuple[str, str]] = []
    for said, text in list(given.items())[:MOST_GIVEN]:
        name = known.get(fold_name(said), "")
        why = refusal(service, name)
        value = None if why else read(name, text[:LONGEST].strip())
        if isinstance(value, ErrorValue):
            why = value.diagnostic.message("zh"), value.diagnostic.message("en")
        if why is not None:
            ignored.append((said[:LONGEST], why[language == "en"]))
        elif value is not None:
            item = targets_of(service)[name][0]
            answers[name] = answer_of(value)
            names = value if isinstance(value, tuple) else (value,)
            texts = [service.choice_label(name, str(one), language) for one in names]
            shown.append((item.label.get(language) or name, "、".join(texts)))
    return Scanned(answers, tuple(shown), tuple(ignored))


def refusal(service: Service, name: str) -> tuple[str, str] | None:
    """Why a question takes no answer from an address, in Chinese and English; None where it does."""
    if not name:
        return "表单里没有这个字段", "the form has no such field"
    item = targets_of(service)[name][0]
    if isinstance(item, Field) and item.type in UNSEEN:
        return "它由表单自己填写", "the form fills it in itself"
    if isinstance(item, Field) and item.type == "acknowledge":
        return "要由本人勾选", "people have to tick it themselves"
    return wrong_target(service, name)
