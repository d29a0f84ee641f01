"""What effects of a move come to for those who are told."""

from __future__ import annotations

from datetime import UTC, datetime

from banshi.platform.notices.occurrences import Occurrence, occurrences, reminders
from banshi.platform.routes.effects import Effect, EffectKind
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.notices import On
from banshi.storage.contract import NewEvent


def effect(kind: EffectKind, step: str, person: str = "", **more: object) -> Effect:
    return Effect(kind=kind, step=step, round=1, person=person, **more)  # type: ignore[arg-type]


def event(kind: str, **payload: str) -> NewEvent:
    return NewEvent(kind=kind, at=datetime(2026, 3, 2, tzinfo=UTC), actor="20001", payload=payload)


def test_only_those_who_are_asked_now_and_were_not_before_are_asked() -> None:
    effects = [
        effect(EffectKind.TASK_OPENED, "20", "王建国"),
        effect(EffectKind.TASK_OPENED, "20", "李敏"),
        effect(EffectKind.TASK_CANCELLED, "20", "李敏"),  # somebody's earlier approval stands for hers
        effect(EffectKind.TASK_OPENED, "30", "赵磊"),
        effect(EffectKind.TASK_DONE, "30", "赵磊"),
        effect(EffectKind.TASK_OPENED, "40", "周倩", reason=Reason.MIGRATED),
        effect(EffectKind.COPIED, "20", "孙静"),
    ]
    assert list(occurrences([event("approved")], effects)) == [Occurrence(On.ASKED, "20", 1, ("王建国",))]


def test_a_step_that_stands_as_it_was_is_passed_without_a_word() -> None:
    effects = [
        effect(EffectKind.STEP_DONE, "10", reason=Reason.SUBMITTED),
        effect(EffectKind.STEP_DONE, "20", reason=Reason.UNCHANGED),
        effect(EffectKind.STEP_SKIPPED, "30"),
        effect(EffectKind.APPROVED, ""),
    ]
    found = list(occurrences([event("resubmitted")], effects))
    assert found == [Occurrence(On.RESUBMITTED), Occurrence(On.PASSED, "10", 1), Occurrence(On.APPROVED, "", 1)]


def test_what_nobody_is_told_of_comes_to_nothing() -> None:
    assert list(occurrences([event("commented")], [])) == []
    assert list(reminders(event("commented"), {"20": ["王建国"]})) == []
    assert list(reminders(event("urged"), {"20": ["王建国"], "30": ["赵磊"]})) == [
        Occurrence(On.REMINDED, "20", 0, ("王建国",)),
        Occurrence(On.REMINDED, "30", 0, ("赵磊",)),
    ]
