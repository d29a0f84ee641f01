"""What lists call a case, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.people.directory import Person
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Service
from banshi.platform.service.sensitive import STARS
from banshi.platform.service.veiled import joins, veiled
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.expressions.tree import walk
from banshi.storage.contract import StoredCase


def titled(service: Service, environment: Environment, applicant: Person, masks: Masks) -> dict[str, Any]:
    """What the event of sending a form says of the title: the workbook's `instance_name`, else the service and who applies.

    What is sensitive in it, or derives from it, has its mask: lists show titles to everybody, and searches find them.
    In English a choice that only stands in the title is called by its English label.
    """
    zh = _by_workbook(service, environment, masks) or f"{service.settings.title.get()}（{applicant.name}）"
    en = _by_workbook(service, _in_english(service, environment), masks)
    en = en or f"{service.settings.title.get('en')} ({applicant.english_name or applicant.name})"
    zh, en = masks.text(zh), masks.text(en)
    return {"title": zh, "titles": {"en": en} if en != zh else {}}


def title_of(case: Case | StoredCase, language: str) -> str:
    """What a case is called in a language; cases of older releases have one title."""
    titles: Mapping[str, str] = case.titles if isinstance(case, Case) else case.snapshot.get("titles", {})
    return titles.get(language) or case.title


def title_seen(case: Case | StoredCase, language: str, masks: Masks) -> str:
    """The same for lists. Of a title that was composed before something in it was marked nothing is shown."""
    return STARS if masks.late else masks.text(title_of(case, language))


def _by_workbook(service: Service, environment: Environment, masks: Masks) -> str:
    expression = service.settings.instance_name
    value = evaluate(veiled(expression, environment, masks), environment) if expression is not None else None
    return value if isinstance(value, str) else ""


def _in_english(service: Service, environment: Environment) -> Environment:
    expression = service.settings.instance_name
    if expression is None or not all(
        map(joins, walk(expression.root))
    ):  # a condition would read another name in English
        return replace(environment, language="en")
    said = {name: environment.find(name) for name in expression.names}
    labels = {name: service.choice_label(name, value, "en") for name, value in said.items() if isinstance(value, str)}
    return replace(environment, language="en", values={**environment.values, **labels})
