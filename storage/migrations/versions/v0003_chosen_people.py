"""A draft keeps whom its applicant chose to be asked, beside the answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drafts of older releases have chosen nobody."""
    op.add_column("drafts", sa.Column("chosen", sa.Text, nullable=False, server_default="{}"))
