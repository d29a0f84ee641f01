"""Published versions, versions that are to go live, and sources in a TinyDB store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from banshi.storage.bare import raised
from banshi.storage.contract import StoredPlan, StoredVersion, VersionMoved
from banshi.storage.schema import plans, publications, sources, versions
from banshi.storage.sql_rows import record
from banshi.storage.sql_versions import names_version
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept, micros, unpacked

_OPEN = ("proposed", "planned", "held", "failed")


class TinyVersions(TinyPart):
    """The verbs of `contract.VersionStore`."""

    def add_version(
        self,
        *,
        service_id: str,
        sha256: str,
        file: str,
        workbook: bytes,
        origin: str,
        published_by: str,
        at: datetime,
        note: str = "",
        replaces: str | None = None,
        failing: str = "",
    ) -> StoredVersion:
        """Make a version the live one of its service. Its workbook is kept once; going live again is a line of its own."""
        new = StoredVersion(
            service_id=service_id,
            sha256=sha256,
            file=file,
            origin=origin,
            published_by=published_by,
            published_at=at,
            live=True,
            note=note,
            failing=failing,
        )

        def add() -> StoredVersion:
            _keep_workbook(self._base, service_id, sha256, workbook)
            return _make_live(self._base, new, replaces)

        return self._base.run_transaction(add)

    def live_versions(self) -> list[StoredVersion]:
        """The live version of every service, by service id."""
        with self._base.reading():
            services = sorted({row["service_id"] for row in self._base.find(publications)})
            return [self.versions(service)[0] for service in services]

    def version(self, service_id: str, sha256: str) -> StoredVersion | None:
        """One version; `sha256` may be its first twelve or more digits."""
        found = [item for item in self.versions(service_id) if names_version(sha256, item)]
        return found[0] if len({item.sha256 for item in found}) == 1 else None

    def versions(self, service_id: str) -> list[StoredVersion]:
        """Every time that a version of a service went live, the last one first: that one is live."""
        with self._base.reading():
            rows = _published(self._base, service_id)
        return [_version(row, live=number == 0) for number, row in enumerate(rows)]

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version, byte for byte; of one that is only planned by its whole hash."""
        with self._base.reading():
            version = self.version(service_id, sha256)
            row = self._base.get(versions, service_id, version.sha256 if version else sha256)
        return unpacked(versions, row)["workbook"] if row else None

    def count_publications(self) -> int:
        """How often versions went live in all."""
        with self._base.reading():
            return self._base.count(publications)

    def source_hash(self, path: str) -> str | None:
        """The hash that a file had when it was last read."""
        with self._base.reading():
            row = self._base.get(sources, path)
        return row["sha256"] if row else None

    def set_source(self, path: str, sha256: str) -> None:
        """Remember the hash of a file that was read."""
        self._base.run_transaction(lambda: self._base.put(sources, {"path": path, "sha256": sha256}))


class TinyPlans(TinyPart):
    """The verbs of `contract.PlanStore`."""

    def add_plan(self, plan: StoredPlan, workbook: bytes) -> StoredPlan:
        """Keep a plan with its workbook, or give back the one that is there; see the contract."""
        wanted = (plan.service_id, plan.sha256, None if plan.at is None else micros(plan.at))

        def same(row: Row) -> bool:
            return (row["service_id"], row["sha256"], row["at"]) == wanted and row["state"] in _OPEN

        def add() -> StoredPlan:
            if (known := self.plan(plan.id)) is not None:
                return known
            rows = self._base.find(plans, same)
            for row in rows:
                if row["state"] in ("proposed", "planned") and row["based_on"] == plan.based_on:
                    return kept(StoredPlan, plans, row)
            ended = {
                "state": "cancelled",
                "changed_by": plan.made_by,
                "changed_at": plan.made_at,
                "why": "proposed again",
            }
            for row in rows:
                self._base.change(plans, row, ended)
            _keep_workbook(self._base, plan.service_id, plan.sha256, workbook)
            self._base.insert(plans, _values(plan))
            return plan

        return self._base.run_transaction(add)

    def plan(self, plan_id: str) -> StoredPlan | None:
        """A plan by its id."""
        with self._base.reading():
            row = self._base.get(plans, plan_id)
        return kept(StoredPlan, plans, row) if row else None

    def plans(self, *, service_id: str = "", states: Sequence[str] = ()) -> list[StoredPlan]:
        """Plans, the last made first; of one service, and in some states, where that is given."""

        def fits(row: Row) -> bool:
            return row["service_id"] == (service_id or row["service_id"]) and row["state"] in (
                states or (row["state"],)
            )

        with self._base.reading():
            rows = self._base.find(plans, fits)
        rows.sort(key=lambda row: (row["made_at"], row["id"]), reverse=True)
        return [kept(StoredPlan, plans, row) for row in rows]

    def due_plans(self, now: datetime) -> list[StoredPlan]:
        """Plans in the state `planned` whose instant has come, in the order of their instants."""
        here = micros(now)
        with self._base.reading():
            rows = self._base.find(
                plans, lambda row: row["state"] == "planned" and row["at"] is not None and row["at"] <= here
            )
        return [kept(StoredPlan, plans, row) for row in sorted(rows, key=lambda row: (row["at"], row["made_at"]))]

    def change_plan(self, plan: StoredPlan, state: str) -> bool:
        """Write a plan in the place of the one that is kept; only where that one is in `state`, and whether it was."""
        return self._base.run_transaction(lambda: self._change(plan, state))

    def publish_plan(self, plan_id: str, at: datetime, failing: str = "") -> StoredVersion | None:
        """Make the version of a `planned` plan live and the plan `published`, in one transaction."""

        def publish() -> StoredVersion | None:
            plan = self.plan(plan_id)
            if plan is None:
                return None
            done = replace(plan, state="published", changed_by="", changed_at=at, why="")
            if not self._change(done, "planned"):
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
            return _make_live(self._base, new, plan.based_on)

        return self._base.run_transaction(publish)

    def _change(self, plan: StoredPlan, state: str) -> bool:
        row = self._base.get(plans, plan.id)
        if row is None or row["state"] != state:
            return False
        self._base.put(plans, _values(plan))
        return True


def _keep_workbook(base: TinyDatabase, service_id: str, sha256: str, workbook: bytes) -> None:
    if base.get(versions, service_id, sha256) is None:
        base.insert(versions, {"service_id": service_id, "sha256": sha256, "workbook": workbook})


def _make_live(base: TinyDatabase, new: StoredVersion, replaces: str | None) -> StoredVersion:
    """Add a line for a version that goes live, unless it is live already."""
    before = _published(base, new.service_id)
    last = _version(before[0], live=True) if before else None
    if last is not None and last.sha256 == new.sha256:
        return last
    if replaces is not None and replaces != (last.sha256 if last else ""):
        raise VersionMoved(last)
    base.insert(publications, {c.name: getattr(new, c.name) for c in publications.columns if c.name != "id"})
    return replace(new, published_at=new.published_at.astimezone(UTC))  # as everybody else reads it


def _published(base: TinyDatabase, service_id: str) -> list[Row]:
    rows = base.find(publications, lambda row: row["service_id"] == service_id)
    return sorted(rows, key=lambda row: row["id"], reverse=True)


def _version(row: Row, *, live: bool) -> StoredVersion:
    return record(StoredVersion, {**raised(publications, row), "live": live})


def _values(plan: StoredPlan) -> dict[str, Any]:
    return {**{field.name: getattr(plan, field.name) for field in fields(plan)}, "report": list(plan.report)}
