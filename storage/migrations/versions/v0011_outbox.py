"""The outbox: what the hall tells people and other systems, written with the events that it tells of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TEXTS = ("case_id", "service_id", "channel", "target", "state")


def upgrade() -> None:
    """Older releases have told nobody anything: the outbox begins empty."""
    op.create_table(
        "outbox",
        sa.Column("key", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in _TEXTS),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("free_at", sa.BigInteger, nullable=False),
        sa.Column("taken_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "free_at"])
    op.create_index("ix_outbox_target", "outbox", ["target", "channel", "made_at"])
    op.create_index("ix_outbox_service", "outbox", ["service_id", "state", "made_at"])
