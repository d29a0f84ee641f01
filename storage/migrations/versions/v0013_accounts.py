"""Accounts: transactions with their postings, balances, payment orders, receipts that fit none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older releases had no accounts: all tables begin empty."""
    op.create_table(
        "account_transactions",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("kind", "actor", "case_id", "number", "service_id", "step", "batch", "reason", "reference", "reverses"),
        sa.PrimaryKeyConstraint("id", name="pk_account_transactions"),
    )
    op.create_index("ix_account_transactions_at", "account_transactions", ["at", "id"])
    op.create_index("ix_account_transactions_case", "account_transactions", ["case_id"])
    op.create_index("ix_account_transactions_reverses", "account_transactions", ["reverses"])
    op.create_table(
        "postings",
        *_texts("transaction_id"),
        sa.Column("n", sa.Integer, nullable=False, autoincrement=False),
        *_texts("account", "part", "holder", "unit"),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", "n", name="pk_postings"),
    )
    op.create_index("ix_postings_account", "postings", ["account", "holder", "part"])
    op.create_table(
        "balances",
        *_texts("account", "holder"),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account", "holder", name="pk_balances"),
    )
    op.create_table(
        "pay_orders",
        *_texts("id", "case_id", "number", "service_id", "step"),
        sa.Column("round", sa.Integer, nullable=False),
        *_texts("payer", "account", "holder"),
        sa.Column("amount", sa.BigInteger, nullable=False),
        *_texts("title"),
        sa.Column("paid", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("made_at", "expires", "look_at")),
        *_texts("state", "gateway", "gateway_no"),
        sa.Column("done_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_pay_orders"),
    )
    op.create_index("ix_pay_orders_state", "pay_orders", ["state", "look_at"])
    op.create_index("ix_pay_orders_case", "pay_orders", ["case_id"])
    op.create_table(
        "pay_receipts",
        *_texts("key", "order_id", "gateway_no"),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("state"),
        sa.Column("why", sa.Text, nullable=False),
        *_texts("account", "settled_by"),
        sa.Column("settled_at", sa.BigInteger),
        *_texts("note"),
        sa.PrimaryKeyConstraint("key", name="pk_pay_receipts"),
    )
    op.create_index("ix_pay_receipts_state", "pay_receipts", ["state", "at"])
    if op.get_bind().dialect.name == "sqlite":
        for table in ("account_transactions", "postings"):
            told = f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
            op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {told}")
            op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {told}")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]
