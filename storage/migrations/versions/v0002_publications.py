"""A line for each time that a version went live; what `versions` said of that is its first one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TOLD = ("service_id", "sha256", "file", "origin", "published_by")
_MOVED = ("file", "origin", "published_by", "published_at", "live")


def upgrade() -> None:
    """From one row a version to one row a publication: the live versions come last."""
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        *(sa.Column(name, sa.String, nullable=False) for name in _TOLD),
        sa.Column("published_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
    )
    op.create_index("ix_publications_service", "publications", ["service_id", "id"])
    op.execute(
        "INSERT INTO publications (service_id, sha256, file, origin, published_by, published_at) "
        "SELECT service_id, sha256, file, origin, published_by, published_at FROM versions ORDER BY live, published_at"
    )
    op.drop_index("uq_versions_live", table_name="versions")
    with op.batch_alter_table("versions") as table:
        for name in _MOVED:
            table.drop_column(name)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER publications_no_{verb.lower()} BEFORE {verb} ON publications "
                "BEGIN SELECT RAISE(ABORT, 'publications are never changed'); END"
            )
