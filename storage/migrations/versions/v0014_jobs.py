"""Jobs of services, and their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older releases have no jobs: both tables begin empty."""
    op.create_table(
        "jobs",
        sa.Column("service_id", sa.String, nullable=False),
        sa.Column("job", sa.String, nullable=False),
        sa.Column("every", sa.String, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("paused_by", sa.String, nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "job", name="pk_jobs"),
    )
    op.create_table(
        "job_runs",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "service_id", "job", "version")),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("origin", "by")),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("free_at", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("state", "cursor")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total", "done", "skipped", "failed", "missed")),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("notes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_runs"),
    )
    op.create_index("ix_job_runs_state", "job_runs", ["state", "free_at"])
    op.create_index("ix_job_runs_job", "job_runs", ["service_id", "job", "at"])
