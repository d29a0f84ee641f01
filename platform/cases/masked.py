"""A case as somebody sees it who neither applied nor handles it: with masks over what is sensitive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from banshi.platform.service.masking import Masks
from banshi.platform.service.model import LAST
from banshi.platform.views import CaseView, EventView, RelatedCase, StepView


def masked(view: CaseView, masks: Masks) -> CaseView:
    """The view with masks. Titles and decisions have theirs already."""
    return replace(
        view,
        answers=masks.json(view.answers),
        values=_by_path(view.values, masks),
        labels={path: text for path, text in view.labels.items() if not masks.hides(path.removeprefix(LAST))},
        steps=[_step(step, masks) for step in view.steps],
        events=[_event(event, masks) for event in view.events],
        bills=masks.json(view.bills),
        findings=[masks.json(found) for found in view.findings],
        related=[_related(one, masks) for one in view.related],
    )


def _by_path(values: Mapping[str, Any], masks: Masks) -> dict[str, Any]:
    return {path: masks.of(path, value) if masks.hides(path) else masks.json(value) for path, value in values.items()}


def _step(step: StepView, masks: Masks) -> StepView:
    return replace(step, reason=masks.text(step.reason))


def _event(event: EventView, masks: Masks) -> EventView:
    files: Sequence[Mapping[str, Any]] = [
        {**file, "name": masks.text(str(file.get("name", "")))} for file in event.files
    ]
    return replace(event, opinion=masks.text(event.opinion), detail=masks.text(event.detail), files=files)


def _related(one: RelatedCase, masks: Masks) -> RelatedCase:
    return replace(one, why=masks.text(one.why))
