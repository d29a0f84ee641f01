"""A case tells when it came to its end and how often it was sent back; the index that statistics read has all of that."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FINAL = ("approved", "refused", "withdrawn")
_COLUMNS = ("submitted_at", "id", "service_id", "applicant", "state", "finished_at", "returns")


def upgrade() -> None:
    """Both are folded from the events of every case, once."""
    op.add_column("cases", sa.Column("finished_at", sa.BigInteger))
    op.add_column("cases", sa.Column("returns", sa.Integer, nullable=False, server_default="0"))
    connection = op.get_bind()
    events = connection.execute(sa.text("SELECT case_id, kind, at, payload FROM events ORDER BY case_id, seq"))
    told = [{"case_id": case_id, **_folded(history)} for case_id, history in groupby(events, lambda row: row.case_id)]
    change = sa.text("UPDATE cases SET finished_at = :finished_at, returns = :returns WHERE id = :case_id")
    for found in told:
        if found["finished_at"] is not None or found["returns"]:
            connection.execute(change, found)
    op.drop_index("ix_cases_submitted", "cases")
    op.create_index("ix_cases_submitted", "cases", list(_COLUMNS))


def _folded(history: Any) -> dict[str, Any]:
    finished_at, returns, state = None, 0, "open"
    for event in history:
        after = json.loads(event.payload).get("state", state)
        returns += event.kind == "returned" or (after == "returned" != state)
        if after != state:
            finished_at = event.at if after in _FINAL else None
        state = after
    return {"finished_at": finished_at, "returns": returns}
