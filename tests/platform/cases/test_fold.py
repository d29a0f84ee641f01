"""A case is what its events add up to: when it ended, and how often it was sent back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from banshi.platform.cases.case import fold
from banshi.storage.contract import StoredEvent

AT = datetime(2026, 9, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("history", "ended", "returns"),
    [
        # By hand, then by a step that finds nobody to ask; sent again each time, refused by one, then by all; said on.
        (["submitted open", "returned returned", "resubmitted open", "approved returned", "resubmitted open",
          "refused open", "refused refused", "commented"], 6, 2),
        (["submitted open", "returned open", "approved open"], None, 1),  # to an earlier step
        (["submitted approved", "finished"], 0, 0),
        (["submitted open", "withdrawn withdrawn"], 1, 0),
        (["submitted open", "returned returned", "commented", "withdrawn withdrawn"], 3, 1),
    ],
)  # fmt: skip
def test_when_it_ended_and_how_often_it_came_back(history: list[str], ended: int | None, returns: int) -> None:
    events = [
        StoredEvent(
            case_id="C1", seq=seq, kind=kind, at=AT + timedelta(hours=seq - 1), actor="2023001", payload=payload
        )
        for seq, line in enumerate(history, 1)
        for kind, _, state in [line.partition(" ")]
        for payload in [{"state": state} if state else {}]
    ]
    case = fold("C1", events)
    assert case.finished_at == (None if ended is None else AT + timedelta(hours=ended))
    assert case.returns == returns
