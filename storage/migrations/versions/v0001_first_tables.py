"""The first tables: cases, their events and tasks, the rule log, drafts, versions, sessions, attachments.

A migration spells its tables out: `schema.py` will move on, this file will not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NEVER_CHANGED = ("events", "decisions")


def upgrade() -> None:
    """From an empty database."""
    _case_tables()
    _log_tables()
    _other_tables()
    if op.get_bind().dialect.name == "sqlite":
        for table in _NEVER_CHANGED:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
                )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _case_tables() -> None:
    op.create_table(
        "cases",
        *(_text(name) for name in ("id", "number", "service_id", "version", "title", "applicant", "state")),
        _moment("submitted_at"),
        _moment("changed_at"),
        _json("snapshot"),
        _whole("seq"),
        _text("search"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_applicant", "cases", ["applicant", "submitted_at"])
    op.create_index("ix_cases_service", "cases", ["service_id", "state", "submitted_at"])
    op.create_index("ix_cases_submitted", "cases", ["submitted_at", "id"])
    filled = sa.text("number <> ''")
    op.create_index("uq_cases_number", "cases", ["number"], unique=True, sqlite_where=filled, postgresql_where=filled)
    op.create_table(
        "events",
        _text("case_id"),
        _whole("seq"),
        _text("kind"),
        _moment("at"),
        _text("actor"),
        _json("payload"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_events"),
    )
    op.create_table(
        "tasks",
        *(_text(name) for name in ("id", "case_id", "step_id", "step_name")),
        _whole("round"),
        _text("person"),
        _text("state"),
        _moment("since"),
        _moment("done_at", nullable=True),
        _text("action"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tasks_case_id_cases"),
    )
    op.create_index("ix_tasks_person", "tasks", ["person", "state", "since"])
    op.create_index("ix_tasks_case", "tasks", ["case_id"])


def _log_tables() -> None:
    op.create_table(
        "commands",
        *(_text(name) for name in ("id", "actor", "case_id")),
        _whole("seq"),
        _text("number"),
        _json("answer"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_table(
        "counters",
        _text("series"),
        _text("period"),
        _whole("value"),
        sa.PrimaryKeyConstraint("series", "period", name="pk_counters"),
    )
    described = ("case_id", "number", "service_id", "version", "kind", "name", "scope", "outcome", "engine")
    op.create_table(
        "decisions",
        _text("id"),
        _moment("at"),
        *(_text(name) for name in described),
        _json("record"),
        *(_text(name) for name in ("person", "words", "search")),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at", "id"])
    op.create_index("ix_decisions_case", "decisions", ["case_id"])
    op.create_index("ix_decisions_service", "decisions", ["service_id", "at"])


def _other_tables() -> None:
    op.create_table(
        "drafts",
        *(_text(name) for name in ("person", "service_id", "version")),
        _json("answers"),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("person", "service_id", name="pk_drafts"),
    )
    op.create_table(
        "versions",
        *(_text(name) for name in ("service_id", "sha256", "file")),
        sa.Column("workbook", sa.LargeBinary, nullable=False),
        *(_text(name) for name in ("origin", "published_by")),
        _moment("published_at"),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "sha256", name="pk_versions"),
    )
    op.create_index(
        "uq_versions_live",
        "versions",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_table("sources", _text("path"), _text("sha256"), sa.PrimaryKeyConstraint("path", name="pk_sources"))
    op.create_table(
        "sessions",
        _text("token_hash"),
        _text("person"),
        _moment("expires"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires", "sessions", ["expires"])
    op.create_table(
        "attachments",
        *(_text(name) for name in ("id", "person", "name")),
        sa.Column("size", sa.BigInteger, nullable=False),
        *(_text(name) for name in ("media_type", "path", "sha256")),
        _moment("at"),
        _text("case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_case", "attachments", ["case_id", "at"])
