"""The chained log. What was kept before is chained now, in the order in which it happened; two notes say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from banshi.storage import new_id
from banshi.storage.chain import DECISION, EVENT, FORMAT, NOTE, Link, NewEntry, decision_body, event_body, links
from banshi.storage.payload import pack, unpack

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HASHED = ("previous", "body_hash", "salt", "hash")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSERT = sa.text(
    "INSERT INTO log_entries (case_id, n, kind, at, previous, body_hash, salt, hash, event_seq, decision_id, body) "
    "VALUES (:case_id, :n, :kind, :at, :previous, :body_hash, :salt, :hash, :event_seq, :decision_id, :body)"
)


def upgrade() -> None:
    """The table; a note that begins the log of this hall; an entry for every event and decision that there is."""
    op.create_table(
        "log_entries",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("case_id", sa.String, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in _HASHED),
        sa.Column("event_seq", sa.Integer),
        sa.Column("decision_id", sa.String),
        sa.Column("body", sa.Text),
        sa.Column("position", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_log_entries"),
    )
    op.create_index("uq_log_entries_case", "log_entries", ["case_id", "n"], unique=True)
    op.create_index("uq_log_entries_position", "log_entries", ["position"], unique=True)
    uncounted = sa.text("position IS NULL")
    op.create_index(
        "ix_log_entries_uncounted", "log_entries", ["id"], sqlite_where=uncounted, postgresql_where=uncounted
    )
    _build(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        kept = "id, case_id, n, kind, at, previous, body_hash, salt, hash, event_seq, decision_id, body"
        told = "BEGIN SELECT RAISE(ABORT, 'log_entries are never changed'); END"
        for name, verb in (
            ("update", f"UPDATE OF {kept} ON log_entries"),
            ("move", "UPDATE OF position ON log_entries WHEN OLD.position IS NOT NULL"),
            ("delete", "DELETE ON log_entries"),
        ):
            op.execute(f"CREATE TRIGGER log_entries_no_{name} BEFORE {verb} {told}")


def _build(connection: sa.Connection) -> None:
    now = datetime.now(UTC)
    begun = {"note": "begun", "format": FORMAT, "hall": new_id()}
    last = _note(connection, (0, ""), now, begun)
    counts = {"cases": 0, "decisions": 0, "events": 0}
    for case_id in connection.execute(sa.text("SELECT DISTINCT case_id FROM events ORDER BY case_id")).scalars().all():
        rows = sorted(_history(connection, case_id), key=lambda row: row[0])
        made = links(case_id, (0, ""), (entry for _, entry, _ in rows))
        connection.execute(_INSERT, [_row(one, **ref) for one, (_, _, ref) in zip(made, rows, strict=True)])
        counts["cases"] += 1
        for _, entry, _ in rows:
            counts["events" if entry.kind == EVENT else "decisions"] += 1
    if counts["events"]:
        _note(connection, last, now, {"note": "built", **counts})


def _note(connection: sa.Connection, last: tuple[int, str], at: datetime, body: dict[str, Any]) -> tuple[int, str]:
    (made,) = links("", last, [NewEntry(kind=NOTE, at=at, body=body)])
    connection.execute(_INSERT, _row(made, body=pack(body)))
    return made.n, made.hash


def _history(connection: sa.Connection, case_id: str) -> Iterator[tuple[tuple[Any, ...], NewEntry, dict[str, Any]]]:
    """What is kept of a case: how it sorts, the entry, and where it is kept. A decision comes after its event."""
    latest = 0
    for row in connection.execute(sa.text("SELECT * FROM events WHERE case_id = :id ORDER BY seq"), {"id": case_id}):
        body = event_body(row.seq, row.kind, row.actor, unpack(row.payload))
        latest = max(latest, row.at)  # events keep their order, also where a clock was put back
        yield (latest, 0, row.seq, ""), NewEntry(kind=EVENT, at=_moment(row.at), body=body), {"event_seq": row.seq}
    for row in connection.execute(sa.text("SELECT * FROM decisions WHERE case_id = :id"), {"id": case_id}):
        body = {**decision_body(row), "record": unpack(row.record)}
        yield (row.at, 1, 0, row.id), NewEntry(kind=DECISION, at=_moment(row.at), body=body), {"decision_id": row.id}


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _row(link: Link, **where: Any) -> dict[str, Any]:
    values = {name: getattr(link, name) for name in ("case_id", "n", "kind", *_HASHED)}
    at = (link.at - _EPOCH) // timedelta(microseconds=1)
    return {"event_seq": None, "decision_id": None, "body": None, **values, "at": at, **where}
