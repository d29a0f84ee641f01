"""The planner: versions that go live at an instant, or once a second person consents; each does so once.

A plan changes its state only from the one that it was seen in, and goes live in one transaction with its publication.
So two processes, a restart or a clock that jumps come to nothing more than looking at it twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from banshi.platform.errors import NotFound, PlanChanged
from banshi.platform.people.directory import Person
from banshi.platform.publishing.failing import allowing, failing
from banshi.platform.publishing.library import Checked, Library, owns
from banshi.platform.publishing.plans import (
    ALREADY_LIVE,
    FAILED,
    HELD,
    OPEN,
    OWNER_LEFT,
    PLANNED,
    PROPOSED,
    PUBLISHED,
    ended,
    examples_agreed,
    held_for_rows,
    rows_told,
)
from banshi.platform.views import Report
from banshi.platform.workbook.faults import PROGRAM_FAILED
from banshi.rules.diagnostics import NOWHERE
from banshi.storage.contract import StorageError, Store, StoredPlan, VersionMoved

LOG = logging.getLogger("banshi")


class Planner:
    """See the module. Who may do what is asked before."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock

    def plan(self, service_id: str, plan_id: str) -> StoredPlan:
        """A plan of a service; NotFound where there is none."""
        plan = self._store.plan(plan_id)
        if plan is None or plan.service_id != service_id:
            raise NotFound("plan", plan_id)
        return plan

    def may(self, person: Person, plan: StoredPlan) -> bool:
        """Whether a person owns the service of a plan; of one that is not live yet, as its workbook says."""
        if "administrator" in person.roles:
            return True
        live = self._library.live.get(plan.service_id)
        if live is not None:
            return owns(person, live[0])
        return "owner" in person.roles and person.department == plan.owner

    def _answered_for(self, plan: StoredPlan) -> bool:
        """Whether somebody who made it, consented to it or let it go on may still do so; a file in the folder has no maker."""
        people = self._library.directory.people
        names = {plan.made_by, plan.consent_by, plan.changed_by} - {""}
        return not names or any(name in people and self.may(people[name], plan) for name in names)

    def change(self, plan: StoredPlan, state: str, person: str, why: str = "") -> None:
        """Bring a plan into another state; PlanChanged where it is not in the one that was seen any more."""
        if not self._store.change_plan(ended(plan, state, self._clock(), by=person, why=why), plan.state):
            raise PlanChanged

    def consent(self, plan: StoredPlan, person: str) -> None:
        """A proposal that a second person consents to goes live at its instant, or now."""
        now = self._clock()
        agreed = replace(ended(plan, PLANNED, now, by=person), consent_by=person, at=plan.at or now)
        if not self._store.change_plan(agreed, PROPOSED):
            raise PlanChanged
        self.fire_due()

    def stand_for(self, plan: StoredPlan, person: str) -> None:
        """Somebody answers for a proposal that nobody is known to have made, as if it was hers."""
        if not self._store.change_plan(replace(plan, made_by=person), PROPOSED):
            raise PlanChanged

    def go_on(self, plan: StoredPlan, person: str) -> None:
        """A plan is to replace the version that is live now, whatever it was made for; where consent is asked, anew."""
        live = self._library.live_hash(plan.service_id)
        asks = self._library.asks_consent(plan.service_id)
        again = asks and (plan.based_on != live or not plan.consent_by)
        now = self._clock()
        on = ended(plan, PROPOSED if again else PLANNED, now, by=person)
        at = plan.at if again else plan.at or now
        on = replace(on, based_on=live, consent_by="" if again else plan.consent_by, at=at)
        if not self._store.change_plan(on, plan.state):
            raise PlanChanged
        self.fire_due()

    def fire_due(self) -> int:
        """Publish what is planned for now or earlier; how many plans came to an end. A failing one stops no other."""
        count = self.end_live()
        for plan in self._store.due_plans(self._clock()):
            try:
                count += self._fire(plan)
            except Exception:
                LOG.exception("The planned version %s could not be looked at; it is looked at again soon.", plan.id)
        return count + (self.end_live() if count else 0)

    def end_live(self) -> int:
        """End the open plans whose content is live already; how many."""
        done = [
            plan for plan in self._store.plans(states=OPEN) if plan.sha256 == self._library.live_hash(plan.service_id)
        ]
        ends = [ended(plan, PUBLISHED, self._clock(), why=ALREADY_LIVE) for plan in done]
        return sum(self._store.change_plan(end, plan.state) for end, plan in zip(ends, done, strict=True))

    def _fire(self, plan: StoredPlan) -> bool:
        """Publish a plan, or say why not; False where another process was first."""
        self._library.refresh()
        now = self._clock()
        if self._library.live_hash(plan.service_id) not in (plan.based_on, plan.sha256):
            return self._store.change_plan(ended(plan, HELD, now), PLANNED)
        if not self._answered_for(plan):
            return self._store.change_plan(ended(plan, HELD, now, why=OWNER_LEFT), PLANNED)
        checked = self._examined(plan)
        report = allowing(checked.report, examples_agreed(plan))
        if not report.publishable or report.service_id != plan.service_id:
            return self._store.change_plan(ended(plan, FAILED, now, report=report), PLANNED)
        if not rows_told(plan) and (told := self._library.losses(checked)):
            return self._store.change_plan(held_for_rows(plan, now, told), PLANNED)
        try:
            version = self._store.publish_plan(plan.id, now, "\n".join(failing(report)))
        except VersionMoved:
            return self._store.change_plan(ended(plan, HELD, now), PLANNED)
        if version is not None:
            self._library.take(checked, version)
        return version is not None

    def _examined(self, plan: StoredPlan) -> Checked:
        """The workbook of a plan, examined as of now."""
        data = self._store.workbook(plan.service_id, plan.sha256) or b""
        try:
            return self._library.examine(plan.file, data)
        except StorageError:
            raise
        except Exception as error:
            LOG.exception("The check of the planned version %s failed.", plan.id)
            failed = PROGRAM_FAILED.at(NOWHERE, file=plan.file, error=type(error).__name__)
            return Checked(Report(file=plan.file, sha256=plan.sha256, diagnostics=[failed]))
