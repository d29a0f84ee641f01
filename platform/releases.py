"""What owners do with versions: publish now, at a date or with a second person's consent, go back, compare, decide on plans."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from banshi.platform.cases.register_changes import register_changes
from banshi.platform.errors import Declined, NewerVersion, NotAllowed, NotFound, plain_failures
from banshi.platform.people.directory import Person
from banshi.platform.publishing.failing import allowing
from banshi.platform.publishing.library import CALENDAR, ORGANISATION, Checked, Library, change_views, owns
from banshi.platform.publishing.planner import Planner
from banshi.platform.publishing.plans import CANCELLED, DECLINED, OPEN, PLANNED, PROPOSED, faults_of, new_plan
from banshi.platform.service.model import Service
from banshi.platform.sheets.faults import EXAMPLE_FAILED_BEFORE
from banshi.platform.sheets.register_faults import ROWS_GO
from banshi.platform.views import Comparison, PlanRow, Report, VersionRow
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import has_errors
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import Store, StoredPlan, StoredVersion, VersionMoved

LONGEST_NOTE = 500
"""Characters of a change note, and of the reason why a proposal is declined."""
_TRIES = 5
_SHORT = 12
_FARTHEST = timedelta(days=731)
"""How far ahead a version may be planned."""

Published = tuple[Report, VersionRow | PlanRow | None]
"""What was found in a workbook, and what became of it: a live version, a plan, or nothing where it has faults."""


@plain_failures
class Releases:
    """The use cases of publishing. A method says NotAllowed to whoever does not own the service that it is about."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._planner = Planner(store, library, clock)

    def publish(
        self,
        person: Person,
        file: str,
        data: bytes,
        *,
        note: str = "",
        at: datetime | None = None,
        replaces: str | None = None,
        command_id: str = "",
        rows: bool = False,
        examples: bool = False,
    ) -> Published:
        """Make a workbook the live version: now, at an instant, or once a second person consents where that is asked for.

        `note` says what has changed. `replaces` is the version that the person knows as live (`Report.replaces`), None
        where she does not mind. The same workbook twice is one version, whatever `command_id`; of a plan, the same
        `command_id` twice is one plan, and so is the same workbook for the same instant (`PlanRow.known`).

        Raises NewerVersion where another version is live than `replaces`, Declined for an instant that has passed or lies
        more than two years ahead, and where rows that cases have in registers would go or change, unless `rows` says that
        they are to. `examples` publishes it though examples fail: for the live workbook with other data, as the caller knows.
        """
        if not person.holds("owner"):
            raise NotAllowed
        origin = "upload" if at is None else "planned"
        return self._release(
            person,
            file,
            data,
            origin,
            note=note,
            at=at,
            replaces=replaces,
            command_id=command_id,
            rows=rows,
            failing=None if examples else (),
        )

    def check_version(self, person: Person, service_id: str, version: str) -> Report:
        """An earlier version as it would be judged now, with what going back to it would change; nothing is changed."""
        self._require_owner_of(person, service_id)
        self._library.refresh()
        file, data = self._version(service_id, version)
        checked = self._library.examine(file, data)
        return self._compared(replace(checked, report=allowing(checked.report, self._failed(service_id, version))))

    def rollback(
        self,
        person: Person,
        service_id: str,
        version: str = "",
        *,
        note: str = "",
        replaces: str | None = None,
        command_id: str = "",
        rows: bool = False,
    ) -> Published:
        """Make an earlier version the live one again; without a version, the one that was live before.

        It is examined as it is now (examples that failed when it was published may fail); open cases stay on their versions. Raises what `publish` raises.
        """
        self._require_owner_of(person, service_id)
        version = version or self._before(service_id)
        file, data = self._version(service_id, version)
        return self._release(
            person,
            file,
            data,
            "rollback",
            note=note,
            replaces=replaces,
            command_id=command_id,
            rows=rows,
            failing=self._failed(service_id, version),
        )

    def version_file(self, person: Person, service_id: str, version: str) -> tuple[str, bytes]:
        """The file of a version, published or planned, by its hash or short name, for its owner: its name and its bytes."""
        self._require_owner_of(person, service_id)
        return self._version(service_id, version)

    def compare(self, person: Person, service_id: str, old: str, new: str = "") -> Comparison:
        """What is different between two versions, by their hashes or short names; the live one where `new` is blank."""
        self._require_owner_of(person, service_id)
        live = self._library.live_hash(service_id)
        files = [self._version(service_id, name) for name in (old, new or live)]
        before, after = (read_workbook(data, file)[0] for file, data in files)
        short = [hashlib.sha256(data).hexdigest()[:_SHORT] for _, data in files]
        return Comparison(old=short[0], new=short[1], live=live[:_SHORT], changes=change_views(before, after))

    def plans(self, person: Person, service_id: str) -> list[PlanRow]:
        """Every version of a service that is, or was, to go live later or with consent; the last made first."""
        rows = self._store.plans(service_id=service_id)
        if not any(self._planner.may(person, row) for row in rows):
            self._require_owner_of(person, service_id)
        return [self._plan_row(row, person) for row in rows]

    def consent(self, person: Person, service_id: str, plan_id: str) -> PlanRow:
        """The second person consents: the version goes live, now or at its instant.

        Nobody knows who saved a file into the folder: the first person who consents stands for it, and a second is asked.
        Where the service asks for no consent, and a file waits because rows of registers go, that first one is enough.
        Raises NewerVersion where another version is live than the proposal was made for.
        """
        plan = self._second(person, service_id, plan_id)
        if plan.based_on != self._library.live_hash(service_id):
            raise self._newer(service_id)
        if plan.made_by or not self._library.asks_consent(service_id):
            self._planner.consent(plan, person.id)
        else:
            self._planner.stand_for(plan, person.id)
        return self._row(person, plan)

    def decline(self, person: Person, service_id: str, plan_id: str, reason: str) -> PlanRow:
        """The second person says no, and why."""
        plan = self._second(person, service_id, plan_id)
        if not reason.strip():
            raise Declined("请写明不同意的理由。", "Say why you decline.")
        self._planner.change(plan, DECLINED, person.id, _note(reason))
        return self._row(person, plan)

    def cancel(self, person: Person, service_id: str, plan_id: str) -> PlanRow:
        """Give a planned or proposed version up."""
        plan = self._plan(person, service_id, plan_id, OPEN)
        self._planner.change(plan, CANCELLED, person.id)
        return self._row(person, plan)

    def go_on(self, person: Person, service_id: str, plan_id: str, *, replaces: str | None = None) -> PlanRow:
        """A version that was planned for an older one, or failed, is to go live all the same; it is examined again.

        Where a second person has to consent, and another version is live now, she is asked anew. `replaces` is the version
        that the person knows as live; raises NewerVersion where it is another.
        """
        plan = self._plan(person, service_id, plan_id, OPEN)
        if replaces is not None and self._library.live_hash(service_id)[:_SHORT] != replaces[:_SHORT]:
            raise self._newer(service_id)
        self._planner.go_on(plan, person.id)
        return self._row(person, plan)

    def fire_due(self) -> int:
        """Publish what is planned for now or earlier; how many plans came to an end. Nobody's command: jobs call it."""
        return self._planner.fire_due()

    def _open_plans(self, person: Person) -> list[StoredPlan]:
        """The plans that wait for somebody or the clock, of the services of a person."""
        return [plan for plan in self._store.plans(states=OPEN) if self._planner.may(person, plan)]

    def _plan_row(self, plan: StoredPlan, person: Person) -> PlanRow:
        """A plan as a person sees it."""
        waits = plan.state in OPEN
        return PlanRow(
            id=plan.id,
            service_id=plan.service_id,
            title=plan.title,
            sha256=plan.sha256,
            version=plan.sha256[:_SHORT],
            file=plan.file,
            origin=plan.origin,
            note=plan.note,
            state=plan.state,
            at=plan.at,
            made_by=plan.made_by,
            made_at=plan.made_at,
            based_on=plan.based_on[:_SHORT],
            behind=waits and self._library.live_hash(plan.service_id) not in (plan.based_on, plan.sha256),
            consent_by=plan.consent_by,
            changed_by=plan.changed_by,
            changed_at=plan.changed_at,
            why=plan.why,
            faults=faults_of(plan.report),
            may_consent=plan.state == PROPOSED and plan.made_by != person.id and self._planner.may(person, plan),
            alone=plan.state == PROPOSED and not plan.made_by and not self._library.asks_consent(plan.service_id),
            late=waits and plan.at is not None and plan.at <= self._clock(),
        )

    def _require_owner_of(self, person: Person, service_id: str) -> None:
        """NotAllowed to whoever does not own a service; the shared workbooks are the administrators'."""
        if service_id in (ORGANISATION, CALENDAR):
            if "administrator" not in person.roles:
                raise NotAllowed
        elif not owns(person, self._library.service(service_id)):
            raise NotAllowed

    def _compared(self, checked: Checked) -> Report:
        """The report on a workbook with what is different from the live version, and what registers would lose."""
        report, live = self._with_registers(checked), self._library.live.get(checked.report.service_id)
        known = set(live[1].failing.splitlines()) if live else set()
        told = [
            EXAMPLE_FAILED_BEFORE.at(one.failures[0][1].place, name=one.name)
            for one in report.examples
            if one.failures and one.name in known
        ]
        return replace(report, diagnostics=[*report.diagnostics, *told], changes=self._library.changes(checked))

    def _with_registers(self, checked: Checked) -> Report:
        report, service = checked.report, checked.service
        live = self._library.live.get(report.service_id)
        if live is None or service is None or has_errors(report.diagnostics):
            return report
        found = register_changes(self._store, live[0], service)
        if not found:
            return report
        told = [*report.diagnostics, *(diagnostic for _, diagnostic in found)]
        return replace(report, diagnostics=told, registers=tuple(change for change, _ in found))

    def _release(
        self,
        person: Person,
        file: str,
        data: bytes,
        origin: str,
        *,
        note: str,
        at: datetime | None = None,
        replaces: str | None,
        command_id: str,
        rows: bool,
        failing: Collection[str] | None = (),
    ) -> Published:
        note = _note(note)
        if at is not None and at <= self._clock():
            raise Declined(
                f"{_told(at)} 已经过去，请选一个以后的时间，或立即发布。",
                f"{_told(at)} has passed: choose a later time, or publish at once.",
            )
        if at is not None and at > (latest := self._clock() + _FARTHEST):
            raise Declined(
                f"{_told(at)} 太远了，生效时间最晚可安排到 {_told(latest)}（两年以内）。",
                f"{_told(at)} is too far off: a version may be planned for {_told(latest)} at the latest, two years ahead.",
            )
        for _ in range(_TRIES):
            self._library.refresh()
            checked = self._library.examine(file, data, at=at)
            checked = replace(checked, report=allowing(checked.report, failing))
            report, live = checked.report, self._library.live_hash(checked.report.service_id)
            self._ensure_owned(person, checked)
            if not report.publishable:
                return report, None
            same = live == report.sha256
            if replaces is not None and not same and replaces[:_SHORT] != live[:_SHORT]:
                raise self._newer(report.service_id)
            if at is not None and checked.service is None:
                raise Declined(
                    "组织和校历工作簿只能立即发布。",
                    "The workbooks of the organisation and the calendar are published at once.",
                )
            if at is not None and same:
                raise Declined("它就是现行版本，不用再发布。", "It is the live version already.")
            if not same:
                report = self._with_registers(checked)
                if report.registers and not rows:
                    raise _rows_go(report)
            if not same and (at is not None or self._library.asks_consent(report.service_id)):
                made, known = self._planned(person, report, data, origin, note, at, live, command_id)
                return report, replace(self._plan_row(made, person), known=known)
            try:
                version = self._library.publish(
                    checked, data, origin=origin, person=person.id, note=note, replaces=live
                )
            except VersionMoved:
                continue  # another process was first: look again
            self._planner.end_live()
            return report, version_row(version) if version else None
        raise self._newer(report.service_id)

    def _planned(
        self,
        person: Person,
        report: Report,
        data: bytes,
        origin: str,
        note: str,
        at: datetime | None,
        live: str,
        command_id: str,
    ) -> tuple[StoredPlan, bool]:
        """A plan, and whether it was there already: the same content for the same instant is one plan."""
        key = hashlib.sha256(f"{person.id} {report.sha256} {command_id}".encode()).hexdigest()[:26]
        made = new_plan(
            report,
            plan_id=key if command_id else "",
            origin=origin,
            based_on=live,
            made_by=person.id,
            made_at=self._clock(),
            note=note,
            at=at,
            state=PROPOSED if self._library.asks_consent(report.service_id) else PLANNED,
            told=[
                *(item for item in report.diagnostics if item.code == ROWS_GO.code),
                *(failure for example in report.examples for _, failure in example.failures),
            ],
        )
        kept = self._store.add_plan(made, data)
        return kept, kept.id != made.id

    def _ensure_owned(self, person: Person, checked: Checked) -> None:
        """NotAllowed to whoever may not publish an examined workbook."""
        if not person.holds("owner"):
            raise NotAllowed
        service = checked.service
        if service is not None:
            if not self._may_replace(person, service):
                raise NotAllowed("您只能发布本部门主管的服务。", "You may publish the services of your own department.")
        elif checked.report.publishable and not person.holds("administrator"):
            raise NotAllowed

    def _may_replace(self, person: Person, service: Service) -> bool:
        """Whether a person owns a service as a workbook has it, and as it is live under its id."""
        live = self._library.live.get(service.settings.id)
        return owns(person, service) and (live is None or owns(person, live[0]))

    def _plan(self, person: Person, service_id: str, plan_id: str, states: tuple[str, ...]) -> StoredPlan:
        """A plan that a person may decide on, in one of some states."""
        self._library.refresh()
        plan = self._planner.plan(service_id, plan_id)
        if not self._planner.may(person, plan):
            raise NotAllowed
        if plan.state not in states:
            raise Declined("这个发布计划已经结束，或者不需要这一步。", "This plan has ended, or does not need that.")
        return plan

    def _second(self, person: Person, service_id: str, plan_id: str) -> StoredPlan:
        """A proposal that a person may consent to: not her own."""
        plan = self._plan(person, service_id, plan_id, (PROPOSED,))
        if plan.made_by == person.id:
            raise NotAllowed(
                "自己提交的版本要由另一位业务主管或管理员复核。",
                "What you proposed yourself needs the consent of another owner or an administrator.",
            )
        return plan

    def _row(self, person: Person, plan: StoredPlan) -> PlanRow:
        return self._plan_row(self._planner.plan(plan.service_id, plan.id), person)

    def _newer(self, service_id: str) -> NewerVersion:
        """What the second of two owners is told."""
        self._library.refresh()
        versions = self._store.versions(service_id)
        if not versions:
            return NewerVersion("", ("他人", "somebody else"), None)
        live, directory = versions[0], self._library.directory
        who = (
            (directory.name(live.published_by, "zh"), directory.name(live.published_by, "en"))
            if live.published_by
            else ("服务器上的文件", "a file on the server")
        )
        return NewerVersion(live.sha256[:_SHORT], who, live.published_at.astimezone(CAMPUS_ZONE))

    def _before(self, service_id: str) -> str:
        """The version that was live before the one that is."""
        live = self._library.live_hash(service_id)
        for version in self._store.versions(service_id):
            if version.sha256 != live:
                return version.sha256
        raise Declined("这项服务没有更早的版本。", "The service has no earlier version.")

    def _failed(self, service_id: str, version: str) -> list[str]:
        """The examples that failed when a version was published."""
        found = self._store.version(service_id, version)
        return found.failing.splitlines() if found else []

    def _version(self, service_id: str, name: str) -> tuple[str, bytes]:
        """The file of a version, published or planned, by its hash or short name: its name and its bytes."""
        found: StoredVersion | StoredPlan | None = self._store.version(service_id, name)
        if found is None and len(name) >= _SHORT:
            planned = [plan for plan in self._store.plans(service_id=service_id) if plan.sha256.startswith(name)]
            found = planned[0] if len({plan.sha256 for plan in planned}) == 1 else None
        data = self._store.workbook(service_id, found.sha256) if found else None
        if found is None or data is None:
            raise NotFound("version", name[:_SHORT])
        return found.file, data


def version_row(version: StoredVersion) -> VersionRow:
    """A published version as it is shown."""
    return VersionRow(
        service_id=version.service_id,
        sha256=version.sha256,
        version=version.sha256[:_SHORT],
        file=version.file,
        origin=version.origin,
        published_by=version.published_by,
        published_at=version.published_at,
        live=version.live,
        note=version.note,
        consent_by=version.consent_by,
        failing=version.failing.splitlines(),
    )


def _rows_go(report: Report) -> Declined:
    told = [item for item in report.diagnostics if item.code == ROWS_GO.code]
    return Declined(
        "".join(item.message("zh") for item in told)
        + "确实要这样的，请明确说明（网页上勾选，命令行加 --rows，接口加 rows=true）；否则保留原来的题目名称和台账。",
        " ".join(item.message("en") for item in told)
        + " If it is meant so, say so (tick it on the page, add --rows on the command line, rows=true over REST); else keep "
        "the names of the questions and the register as they were.",
    )


def _note(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Declined(
            f"说明最多 {LONGEST_NOTE} 字，现在有 {len(text)} 字。",
            f"A note has at most {LONGEST_NOTE} characters; this one has {len(text)}.",
        )
    return text


def _told(at: datetime) -> str:
    return f"{at.astimezone(CAMPUS_ZONE):%Y-%m-%d %H:%M}"
