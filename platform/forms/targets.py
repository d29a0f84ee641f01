"""Which fields of a service can be filled in for somebody, when another service opens a case of it."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.platform.forms.rights import withheld
from banshi.platform.service.model import UNSEEN, Field, Item, Service

_FILES = frozenset({"file", "image", "audio", "video"})


def targets_of(service: Service) -> dict[str, tuple[Item, tuple[str, ...]]]:
    """The items of a form by name, each with the repeats around it."""
    walked = service.survey.walk() if service.survey else ()
    return {item.name: (item, repeats) for item, repeats in walked if item.type != "note"}


def wrong_target(service: Service, name: str) -> tuple[str, str] | None:
    """Why nobody can fill a field in for somebody, in Chinese and English; None where it can be done."""
    item, repeats = targets_of(service)[name]
    if repeats:
        return "它在明细里", "it stands in a repeat"
    if not isinstance(item, Field):
        return "它不是字段", "it is not a question"
    if item.calculation is not None or item.type in UNSEEN - {"hidden"}:
        return "它由表单自己计算", "the form computes it"
    if item.readonly is not None:
        return "它是只读的", "it is read-only"
    if item.type in _FILES:
        return "附件要由人上传", "files are attached by people"
    if name in withheld(service):
        return "它由后面的环节填写", "a later step fills it in"
    return None


def left_out(service: Service, given: frozenset[str]) -> Iterator[str]:
    """The fields that must be filled in, always, and are neither given nor have a value of their own."""
    for name, (item, repeats) in targets_of(service).items():
        if not isinstance(item, Field) or repeats or item.required is None or name in given:
            continue
        own = item.default or item.prefill or item.calculation or item.relevant
        if own is None and wrong_target(service, name) is None:
            yield name
