"""The tables of a SQL store. `migrations/` creates and changes them; a test holds that both say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

from banshi.storage.payload import pack, unpack

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """A point in time: whole microseconds since 1970 in UTC, so that it sorts and compares in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's)
        """An aware time as microseconds."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a time zone cannot be stored.")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Microseconds as an aware UTC time."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


class Payload(TypeDecorator[Any]):
    """A JSON value as text, with every digit of its decimals."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """The value as JSON text."""
        return pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """JSON text as a value; None where there is none."""
        return None if value is None else unpack(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, String, nullable=False, **more)


commands = Table(
    "commands",
    metadata,
    _text("id", primary_key=True),
    _text("actor"),
    _text("case_id"),
    Column("seq", Integer, nullable=False),
    _text("number"),
    Column("answer", Payload, nullable=False),
    Column("at", Moment, nullable=False),
)
events = Table(
    "events",
    metadata,
    _text("case_id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    Column("at", Moment, nullable=False),
    _text("actor"),
    Column("payload", Payload, nullable=False),
)
cases = Table(
    "cases",
    metadata,
    _text("id", primary_key=True),
    _text("number"),
    _text("service_id"),
    _text("version"),
    _text("title"),
    _text("applicant"),
    _text("state"),
    Column("submitted_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("snapshot", Payload, nullable=False),
    Column("seq", Integer, nullable=False),
    _text("search"),
    Column("finished_at", Moment),
    Column("returns", Integer, nullable=False, server_default="0"),
    Index("ix_cases_applicant", "applicant", "submitted_at"),
    Index("ix_cases_service", "service_id", "state", "submitted_at"),
    # All that statistics read of a case: the rows themselves, with their snapshots, would take ten times as long.
    Index("ix_cases_submitted", "submitted_at", "id", "service_id", "applicant", "state", "finished_at", "returns"),
    # All that a search for words reads, in the order of the lists. PostgreSQL keeps long values apart from the rows anyway.
    Index("ix_cases_search", "submitted_at", "id", "search").ddl_if(dialect="sqlite"),
)
Index(
    "uq_cases_number",
    cases.c.number,
    unique=True,
    sqlite_where=text("number <> ''"),
    postgresql_where=text("number <> ''"),
)
tasks = Table(
    "tasks",
    metadata,
    _text("id", primary_key=True),
    Column("case_id", String, ForeignKey("cases.id"), nullable=False),
    _text("step_id"),
    _text("step_name"),
    Column("round", Integer, nullable=False),
    _text("person"),
    _text("state"),
    Column("since", Moment, nullable=False),
    Column("done_at", Moment),
    _text("action"),
    Column("due", Moment),
    Column("reminded_at", Moment),
    Index("ix_tasks_person", "person", "state", "since"),
    Index("ix_tasks_case", "case_id"),
)
# `free_at` is when somebody may take the timer (again), `taken_at` when it was last taken, `tries` how often.
timers = Table(
    "timers",
    metadata,
    _text("id", primary_key=True),
    _text("case_id"),
    _text("step_id"),
    Column("round", Integer, nullable=False),
    Column("k", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("free_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("tries", Integer, nullable=False),
    Index("ix_timers_at", "at"),
    Index("ix_timers_case", "case_id"),
)
decisions = Table(
    "decisions",
    metadata,
    _text("id", primary_key=True),
    Column("at", Moment, nullable=False),
    _text("case_id"),
    _text("number"),
    _text("service_id"),
    _text("version"),
    _text("kind"),
    _text("name"),
    _text("scope"),
    _text("outcome"),
    _text("engine"),
    Column("record", Payload, nullable=False),
    _text("person"),
    _text("words"),
    _text("search"),
    Index("ix_decisions_at", "at", "id"),
    Index("ix_decisions_search", "at", "id", "search").ddl_if(dialect="sqlite"),
    Index("ix_decisions_case", "case_id"),
    Index("ix_decisions_service", "service_id", "at"),
)
# The chained log (`chain.py`). Bodies are those of the event or the decision; only notes have their own here.
# `position` is the place among the entries of all cases, given when they are counted.
log_entries = Table(
    "log_entries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _text("case_id"),
    Column("n", Integer, nullable=False),
    _text("kind"),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("previous", "body_hash", "salt", "hash")),
    Column("event_seq", Integer),
    Column("decision_id", String),
    Column("body", Payload),
    Column("position", Integer),
    Column("parts", Payload),
    Index("uq_log_entries_case", "case_id", "n", unique=True),
    Index("uq_log_entries_position", "position", unique=True),
)
Index(
    "ix_log_entries_uncounted",
    log_entries.c.id,
    sqlite_where=text("position IS NULL"),
    postgresql_where=text("position IS NULL"),
)
Index(
    "ix_events_privacy",
    events.c.at,
    events.c.case_id,
    events.c.seq,
    sqlite_where=text("kind IN ('looked', 'erased')"),
    postgresql_where=text("kind IN ('looked', 'erased')"),
)
counters = Table(
    "counters",
    metadata,
    _text("series", primary_key=True),
    _text("period", primary_key=True),
    Column("value", Integer, nullable=False),
)
drafts = Table(
    "drafts",
    metadata,
    _text("person", primary_key=True),
    _text("service_id", primary_key=True),
    _text("version"),
    Column("answers", Payload, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("chosen", Payload, nullable=False, server_default="{}"),
)
# Marks of the values that somebody was given for a form that she fills in (`scope`: the service, or the case she mends).
issued = Table(
    "issued",
    metadata,
    _text("person", primary_key=True),
    _text("scope", primary_key=True),
    _text("mark", primary_key=True),
    Column("at", Moment, nullable=False),
)
versions = Table(
    "versions",
    metadata,
    _text("service_id", primary_key=True),
    _text("sha256", primary_key=True),
    Column("workbook", LargeBinary, nullable=False),
)
# Each time that a version went live; the last one of a service is live. Never changed.
publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _text("service_id"),
    _text("sha256"),
    _text("file"),
    _text("origin"),
    _text("published_by"),
    Column("published_at", Moment, nullable=False),
    _text("note", server_default=""),
    _text("consent_by", server_default=""),
    _text("failing", server_default=""),
    Index("ix_publications_service", "service_id", "id"),
)
# Versions that are to go live; their workbooks are in `versions`.
plans = Table(
    "plans",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("service_id", "sha256", "file", "origin", "title", "owner", "note", "based_on")),
    Column("at", Moment),
    _text("made_by"),
    Column("made_at", Moment, nullable=False),
    *(_text(name) for name in ("state", "consent_by", "changed_by")),
    Column("changed_at", Moment),
    _text("why"),
    Column("report", Payload, nullable=False),
    Index("ix_plans_service", "service_id", "made_at"),
    Index("ix_plans_state", "state", "at"),
)
sources = Table(
    "sources",
    metadata,
    _text("path", primary_key=True),
    _text("sha256"),
)
sessions = Table(
    "sessions",
    metadata,
    _text("token_hash", primary_key=True),
    _text("person"),
    Column("expires", Moment, nullable=False),
    _text("mark", server_default=""),
    Index("ix_sessions_expires", "expires"),
    Index("ix_sessions_mark", "mark"),
)
attachments = Table(
    "attachments",
    metadata,
    _text("id", primary_key=True),
    _text("person"),
    _text("name"),
    Column("size", BigInteger, nullable=False),
    _text("media_type"),
    _text("path"),
    _text("sha256"),
    Column("at", Moment, nullable=False),
    _text("case_id"),
    Index("ix_attachments_case", "case_id", "at"),
)
stand_ins = Table(
    "stand_ins",
    metadata,
    _text("id", primary_key=True),
    _text("person"),
    _text("stand_in"),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("services", Payload, nullable=False),
    _text("note"),
    _text("made_by"),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_stand_ins_person", "person", "until"),
    Index("ix_stand_ins_stand_in", "stand_in", "until"),
)
# What is told to people and other systems. `free_at` is when somebody may send it (again), `taken_at` when it was last
# taken, `tries` how often, `done_at` when it was sent, read or given up.
outbox = Table(
    "outbox",
    metadata,
    _text("key", primary_key=True),
    *(_text(name) for name in ("case_id", "service_id", "channel", "target", "state")),
    Column("content", Payload, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("free_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("tries", Integer, nullable=False),
    Column("done_at", Moment),
    Column("why", Payload, nullable=False),
    Index("ix_outbox_state", "state", "free_at"),
    Index("ix_outbox_target", "target", "channel", "made_at"),
    Index("ix_outbox_service", "service_id", "state", "made_at"),
)
# How jobs of services stand: whether somebody paused them, and since when instants count.
jobs = Table(
    "jobs",
    metadata,
    _text("service_id", primary_key=True),
    _text("job", primary_key=True),
    _text("every"),
    Column("since", Moment, nullable=False),
    *(_text(name) for name in ("paused_by", "changed_by")),
    Column("changed_at", Moment, nullable=False),
)
# Their firings. `free_at` is when somebody may (again) take one that goes on, `cursor` the last row that was worked through.
job_runs = Table(
    "job_runs",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("service_id", "job", "version")),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("origin", "by")),
    Column("made_at", Moment, nullable=False),
    Column("free_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("tries", Integer, nullable=False),
    *(_text(name) for name in ("state", "cursor")),
    *(Column(name, Integer, nullable=False) for name in ("total", "done", "skipped", "failed", "missed")),
    Column("ended_at", Moment),
    Column("notes", Payload, nullable=False),
    Index("ix_job_runs_state", "state", "free_at"),
    Index("ix_job_runs_job", "service_id", "job", "at"),
)
# Movements of accounts. Neither table is ever changed; `balances` is the sum of the postings of holders, and made again from them.
account_transactions = Table(
    "account_transactions",
    metadata,
    _text("id", primary_key=True),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("kind", "actor", "case_id", "number", "service_id", "step", "batch")),
    *(_text(name) for name in ("reason", "reference", "reverses")),
    Index("ix_account_transactions_at", "at", "id"),
    Index("ix_account_transactions_case", "case_id"),
    Index("ix_account_transactions_reverses", "reverses"),
)
postings = Table(
    "postings",
    metadata,
    _text("transaction_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    *(_text(name) for name in ("account", "part", "holder", "unit")),
    Column("amount", BigInteger, nullable=False),
    Index("ix_postings_account", "account", "holder", "part"),
)
balances = Table(
    "balances",
    metadata,
    _text("account", primary_key=True),
    _text("holder", primary_key=True),
    Column("available", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
)
# Payments that people are asked for. `look_at` is when the gateway is next asked how an open one stands.
pay_orders = Table(
    "pay_orders",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("case_id", "number", "service_id", "step")),
    Column("round", Integer, nullable=False),
    *(_text(name) for name in ("payer", "account", "holder")),
    Column("amount", BigInteger, nullable=False),
    _text("title"),
    Column("paid", Payload, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("look_at", Moment, nullable=False),
    *(_text(name) for name in ("state", "gateway", "gateway_no")),
    Column("done_at", Moment),
    Index("ix_pay_orders_state", "state", "look_at"),
    Index("ix_pay_orders_case", "case_id"),
)
pay_receipts = Table(
    "pay_receipts",
    metadata,
    _text("key", primary_key=True),
    *(_text(name) for name in ("order_id", "gateway_no")),
    Column("amount", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    _text("state"),
    Column("why", Payload, nullable=False),
    *(_text(name) for name in ("account", "settled_by")),
    Column("settled_at", Moment),
    _text("note"),
    Index("ix_pay_receipts_state", "state", "at"),
)
# What cases have put into registers, to be read by others, and how registers stand; both follow from the cases.
register_rows = Table(
    "register_rows",
    metadata,
    _text("register", primary_key=True),
    _text("case_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("key"),
    Column("content", Payload, nullable=False),
    Index("ix_register_rows_key", "register", "key"),
)
registers = Table(
    "registers",
    metadata,
    _text("id", primary_key=True),
    Column("seq", BigInteger, nullable=False),
    _text("made_by"),
    Column("made_of", Moment),
)
# What was issued of cases. `printed` is how often kiosks printed it, `changed_…` and `why` are of its revocation.
papers = Table(
    "papers",
    metadata,
    _text("code", primary_key=True),
    *(_text(n) for n in ("case_id", "service_id", "version", "person", "document", "language", "number", "title")),
    Column("content", Payload, nullable=False),
    Column("issued_at", Moment, nullable=False),
    _text("pickup"),
    Column("copies", Integer, nullable=False),
    Column("printed", Integer, nullable=False),
    Column("valid_until", Moment),
    _text("state"),
    Column("changed_at", Moment),
    *(_text(name) for name in ("changed_by", "why")),
    Index("ix_papers_case", "case_id", "issued_at"),
    Index("ix_papers_person", "person", "issued_at"),
    Index("ix_papers_number", "number"),
)
# What cases give that is shown at gates and doors. `id` is a digest of `code`; `used`, `inside`, `entered_at` and `left_at`
# are of the scans, `changed_…` and `why` of a withdrawal.
passes = Table(
    "passes",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("code", "case_id", "service_id", "version", "person", "name")),
    Column("content", Payload, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("since", Moment),
    Column("until", Moment),
    *(Column(name, Integer, nullable=False) for name in ("uses", "used", "inside")),
    Column("entered_at", Moment),
    Column("left_at", Moment),
    _text("state"),
    Column("changed_at", Moment),
    *(_text(name) for name in ("changed_by", "why")),
    Index("ix_passes_case", "case_id", "given_at"),
    Index("ix_passes_person", "person", "given_at"),
)
# Who holds a personal pass, and every scan of one. `secret` is what her codes are made with; passages are never changed.
pass_holders = Table(
    "pass_holders",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("service_id", "name", "person", "secret")),
    Column("made_at", Moment, nullable=False),
    Column("period", BigInteger, nullable=False),
    Column("inside", Integer, nullable=False),
    Column("moved_at", Moment),
    Column("seq", BigInteger, nullable=False),
    Index("ix_pass_holders_person", "person", "service_id", "name", unique=True),
    Index("ix_pass_holders_inside", "service_id", "name", "inside"),
)
passages = Table(
    "passages",
    metadata,
    _text("id", primary_key=True),
    *(_text(name) for name in ("service_id", "name", "person")),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("place", "direction", "reason")),
    Column("allowed", Integer, nullable=False),
    *(_text(name) for name in ("gate", "checked_by", "digest")),
    Index("ix_passages_at", "service_id", "name", "at"),
    Index("ix_passages_person", "person", "at"),
)
