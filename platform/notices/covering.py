"""Masks over what messages tell: they leave the hall, or are read by people who have no part in the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi.platform.forms.index import index_of
from banshi.platform.people.directory import Directory
from banshi.platform.service.derived import reads
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Field, Service
from banshi.platform.service.notices import CASE_NAMES
from banshi.platform.service.sensitive import STARS
from banshi.platform.service.veiled import veiled
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.expressions.tree import Reference
from banshi.storage.contract import FAILED, INBOX, MAIL, WAITING, StoredMessage

ERASED_WHY = {
    "zh": "办件的个人信息已删除，内容一并删除，不再发送",
    "en": "the personal data of the case were deleted, and this with them; it is not sent any more",
}


def sensitive_behind(service: Service, expression: Expression, masks: Masks) -> list[str]:
    """The sensitive questions that it reads by way of calculations and rules, and does not name."""
    if not masks:
        return []
    behind = index_of(service).questions(expression.names) - set(expression.names)
    return masks.named(behind)


def without_words(text: str, words: Iterable[str]) -> str:
    """A text without some words."""
    longest_first = sorted({word for word in words if word}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), STARS, text) if longest_first else text


def covered_field(service: Service, expression: Expression, value: Any, environment: Environment, masks: Masks) -> Any:
    """A mapped value as it is sent: a sensitive question only where the map names it."""
    if not masks or masks.named(expression.names) or value in (None, "", []):
        return value
    if reads(expression.root, masks.hidden):
        return STARS if isinstance(value, list) else evaluate(veiled(expression, environment, masks), environment)
    if not sensitive_behind(service, expression, masks) and not expression.names & set(CASE_NAMES["opinion"]):
        return value
    if isinstance(value, list):
        return [masks.text(item) if isinstance(item, str) else item for item in value]
    return masks.text(value) if isinstance(value, str) else value


def shown_field(expression: Expression, value: Any, masks: Masks) -> Any:
    """The same as lists show it."""
    if value in (None, "", []) or not masks.named(expression.names):
        return value
    if isinstance(expression.root, Reference) and not isinstance(value, list):
        return masks.of(expression.root.name, value)
    return STARS


def words_of(service: Service | None, directory: Directory, name: str, value: Any) -> Iterator[str]:
    """How an answer is called: itself, its labels, and the names of a person or department."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from words_of(service, directory, name, item)
        return
    if not isinstance(value, str) or not value:
        return
    yield value
    items = service.survey.walk() if service is not None and service.survey else ()
    for item, _ in items:
        if isinstance(item, Field) and item.name == name and service is not None and service.survey:
            labels = (one.label for one in service.survey.choices.get(item.choices, ()) if one.name == value)
            yield from (label.get(language) for label in labels for language in ("zh", "en"))
            if item.type == "person":
                yield from (directory.name(value, language) for language in ("zh", "en"))
            if item.type == "department":
                yield from (directory.department_name(value, language) for language in ("zh", "en"))


def wiped(message: StoredMessage, masks: Masks, words: Iterable[str], now: datetime) -> StoredMessage | None:
    """What is left of a message when the personal data of its case are deleted; None where nothing changes.

    Of what goes to another system nothing is left: its fields have names of their own, and a part of an order is none.
    """
    content = dict(message.content)
    if message.channel in (INBOX, MAIL):
        words = list(words)
        for key in ("title", "text"):
            if key in content:
                told: Mapping[str, str] = content[key]
                content[key] = {language: without_words(masks.text(text), words) for language, text in told.items()}
        why = {language: masks.text(text) for language, text in message.why.items()}
        left = replace(message, content=content, why=why)
        return left if left != message else None
    if not content.get("body"):
        return None
    content = {key: value for key, value in content.items() if key != "shown"} | {"body": "", "erased": True}
    left = replace(message, content=content, why={})
    if message.state in (WAITING, FAILED):
        left = replace(left, state=FAILED, done_at=message.done_at or now, why=ERASED_WHY)
    return left
