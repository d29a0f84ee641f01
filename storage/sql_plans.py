"""Versions that are to go live, in a SQL store: each changes its state, and goes live, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from banshi.storage.contract import StoredPlan, StoredVersion
from banshi.storage.schema import plans
from banshi.storage.sql_rows import Part, record
from banshi.storage.sql_versions import keep_workbook, make_live


class SqlPlans(Part):
    """The verbs of `contract.PlanStore`."""

    def add_plan(self, plan: StoredPlan, workbook: bytes) -> StoredPlan:
        """Keep a plan with its workbook, or give back the one that is there; see the contract."""

        def add(connection: Connection) -> StoredPlan:
            if (known := _plan(connection, plan.id)) is not None:
                return known
            same = [plans.c.service_id == plan.service_id, plans.c.sha256 == plan.sha256, plans.c.at == plan.at]
            waiting = [*same, plans.c.state.in_(("proposed", "planned")), plans.c.based_on == plan.based_on]
            if (row := connection.execute(select(plans).where(*waiting)).first()) is not None:
                return record(StoredPlan, row)
            changed = {"state": "cancelled", "changed_by": plan.made_by, "changed_at": plan.made_at}
            open_ = plans.c.state.in_(("proposed", "planned", "held", "failed"))
            connection.execute(update(plans).where(*same, open_).values(**changed, why="proposed again"))
            keep_workbook(connection, plan.service_id, plan.sha256, workbook)
            connection.execute(insert(plans).values(**_values(plan)))
            return plan

        return self._database.run_transaction(add)

    def plan(self, plan_id: str) -> StoredPlan | None:
        """A plan by its id."""
        with self._database.reading() as connection:
            return _plan(connection, plan_id)

    def plans(self, *, service_id: str = "", states: Sequence[str] = ()) -> list[StoredPlan]:
        """Plans, the last made first; of one service, and in some states, where that is given."""
        query = select(plans).order_by(plans.c.made_at.desc(), plans.c.id.desc())
        query = query.where(plans.c.service_id == service_id) if service_id else query
        query = query.where(plans.c.state.in_(states)) if states else query
        with self._database.reading() as connection:
            return [record(StoredPlan, row) for row in connection.execute(query)]

    def due_plans(self, now: datetime) -> list[StoredPlan]:
        """Plans in the state `planned` whose instant has come, in the order of their instants."""
        query = select(plans).where(plans.c.state == "planned", plans.c.at <= now).order_by(plans.c.at, plans.c.made_at)
        with self._database.reading() as connection:
            return [record(StoredPlan, row) for row in connection.execute(query)]

    def change_plan(self, plan: StoredPlan, state: str) -> bool:
        """Write a plan in the place of the one that is kept; only where that one is in `state`, and whether it was."""
        return self._database.run_transaction(lambda connection: _change(connection, plan, state))

    def publish_plan(self, plan_id: str, at: datetime, failing: str = "") -> StoredVersion | None:
        """Make the version of a `planned` plan live and the plan `published`, in one transaction."""

        def publish(connection: Connection) -> StoredVersion | None:
            plan = _plan(connection, plan_id)
            if plan is None:
                return None
            done = replace(plan, state="published", changed_by="", changed_at=at, why="")
            if not _change(connection, done, "planned"):
                return None
            new = StoredVersion(
                service_id=plan.service_id,
                sha256=plan.sha256,
                file=plan.file,
                origin=plan.origin,
                published_by=plan.made_by,
                published_at=at,
                live=True,
                note=plan.note,
                consent_by=plan.consent_by,
                failing=failing,
            )
            return make_live(connection, new, plan.based_on)

        return self._database.run_transaction(publish)


def _plan(connection: Connection, plan_id: str) -> StoredPlan | None:
    row = connection.execute(select(plans).where(plans.c.id == plan_id)).first()
    return record(StoredPlan, row) if row else None


def _change(connection: Connection, plan: StoredPlan, state: str) -> bool:
    here = plans.c.id == plan.id, plans.c.state == state
    return connection.execute(update(plans).where(*here).values(**_values(plan))).rowcount == 1


def _values(plan: StoredPlan) -> dict[str, Any]:
    values = {field.name: getattr(plan, field.name) for field in fields(plan)}
    return {**values, "report": list(plan.report)}
