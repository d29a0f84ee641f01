"""The workshop of a hall: what owners of services do, from a new workbook to moving the cases of an old version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from banshi.platform.cases.balances import balance_of
from banshi.platform.cases.desk import NO_ROUTE
from banshi.platform.cases.moving import Mover
from banshi.platform.cases.show import case_row
from banshi.platform.cases.table import case_table
from banshi.platform.errors import Declined, HallError, NewerVersion, NotAllowed, NotFound, plain_failures
from banshi.platform.exports import Export, table_file
from banshi.platform.filling.bench import Bench
from banshi.platform.filling.running import Runner
from banshi.platform.impact.model import ImpactQuestion, ImpactState
from banshi.platform.impact.runs import Impacts
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import CALENDAR, ORGANISATION, Checked, Library, owns
from banshi.platform.publishing.starting import Wish, start, start_like
from banshi.platform.publishing.together import together
from banshi.platform.releases import Releases, version_row
from banshi.platform.routes.diagram import Diagram, diagram
from banshi.platform.service.model import Service
from banshi.platform.sheets.example_rows import example_row
from banshi.platform.sheets.faults import NOT_YOURS
from banshi.platform.views import ExampleRow, OwnedService, Page, PlanRow, Report, VersionRow
from banshi.platform.workbook.beside import files_in
from banshi.platform.workbook.marking import ending, marked_copy
from banshi.rules.diagnostics import has_errors
from banshi.rules.policies import Engine
from banshi.storage.contract import CaseFilter, Store, TaskFilter

_MOST_ASKED = 20
"""People whom a list names as asked."""


@plain_failures
class Workshop(Releases):
    """The use cases of owners; those of publishing stand in `Releases`. A method says NotAllowed to whoever does not own the service that it is about."""

    def __init__(
        self,
        store: Store,
        library: Library,
        mover: Mover,
        impacts: Impacts,
        engine: Engine,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(store, library, clock)
        self._mover = mover
        self._engine = engine
        self._impacts = impacts

    def owned(self, person: Person, language: str = "zh") -> list[OwnedService]:
        """The services that a person may change or begin, and the files that could not be published."""
        _require(person, "owner")
        faulty = self._library.faulty()
        plans: dict[str, list[PlanRow]] = {}
        for plan in self._open_plans(person):
            plans.setdefault(plan.service_id, []).append(self._plan_row(plan, person))
        rows = [
            OwnedService(
                id=service_id,
                title=service.settings.title.get(language),
                live=version_row(version),
                open_cases=self._store.count_cases(CaseFilter(service_id=service_id, states=("open", "returned"))),
                report=next((report for report in faulty.values() if report.service_id == service_id), None),
                plans=plans.pop(service_id, []),
            )
            for service_id, (service, version) in self._library.live.items()
            if owns(person, service)
        ]
        rows += [
            OwnedService(id=service_id, title=planned[0].title, live=None, open_cases=0, plans=planned)
            for service_id, planned in plans.items()
        ]
        known = {row.id for row in rows}
        rows += [
            OwnedService(id=report.service_id, title=report.title or file, live=None, open_cases=0, report=report)
            for file, report in faulty.items()
            if report.service_id not in known
            and report.service_id not in self._library.live
            and _may_know(person, report)
        ]
        return rows

    def check(self, person: Person, file: str, data: bytes) -> Report:
        """Check a workbook, run its examples, compare it with what is live; nothing is published."""
        _require(person, "owner")
        self._library.refresh()
        checked = self._library.examine(file, data)
        live, service = self._library.live.get(checked.report.service_id), checked.service
        if service is not None and not self._may_replace(person, service):
            foreign = NOT_YOURS.at(service.settings.owner_place, title=checked.report.title)
            return replace(checked.report, diagnostics=[foreign, *checked.report.diagnostics], publishable=False)
        if live is None:
            return checked.report
        return self._compared(checked)

    def together(self, person: Person, files: Mapping[str, bytes]) -> tuple[str, bytes]:
        """A workbook with the files that came with it, or that the live version carries: its name and its bytes.

        Raises Declined where there is no workbook among them, or more than one.
        """
        _require(person, "owner")

        def carried(service_id: str) -> Mapping[str, bytes]:
            data = self._store.workbook(service_id, self._library.live_hash(service_id))
            return files_in(data) if data else {}

        def shown(service_id: str, file: str) -> bytes | None:
            return self._library.media(service_id, sha256=self._library.live_hash(service_id)).read(file)

        return together(files, carried, shown)

    def draft(self, person: Person, file: str, data: bytes) -> Checked:
        """A draft of a service that the person may publish, examined. Raises Declined where it has errors."""
        checked = self._library.examine(file, data)
        self._ensure_owned(person, checked)
        if checked.service is None or has_errors(checked.report.diagnostics):
            raise Declined(
                "工作簿有错误，改正后才能试运行。", "The workbook has errors; it can be tried once they are mended."
            )
        return checked

    def draft_report(self, person: Person, file: str, data: bytes) -> Report:
        """The same as `check`, without the differences: for a workbook that we made of the live one."""
        _require(person, "owner")
        checked = self._library.examine(file, data)
        self._ensure_owned(person, checked)
        return self._with_registers(checked)

    def live_service(self, service_id: str) -> Service:
        """The live version of a service, for those who asked before whether they may see it."""
        return self._library.service(service_id)

    def refresh(self) -> None:
        """Take up what other processes have published since."""
        self._library.refresh()

    def newer(self, service_id: str) -> NewerVersion:
        """What somebody is told who knew another version as live."""
        return self._newer(service_id)

    def mark_workbook(self, person: Person, file: str, data: bytes, language: str = "zh") -> tuple[str, bytes]:
        """The same workbook with what the check and the examples say at their cells: file name and bytes."""
        _require(person, "owner")
        report = self._library.examine(file, data).report
        failures = [failure for example in report.examples for _, failure in example.failures]
        copy = marked_copy(data, [*report.diagnostics, *failures], language)
        return f"{Path(file).stem}-{self._clock():%H%M%S}{ending(copy)}", copy

    def new_workbook(self, person: Person, title: str, language: str = "zh", like: str = "") -> tuple[str, bytes]:
        """A workbook to begin a service with: its file name and its bytes; `like` is the id of a service to start from.

        Raises Declined for a title that cannot be one.
        """
        _require(person, "owner")
        live, directory = self._library.live, self._library.directory
        owner = person.department if person.department in directory.departments else ""
        wish = Wish(title=title, language=language, owner=owner, directory=directory, taken=live)
        if not like:
            return start(wish)
        if like not in live:
            raise NotFound("service", like)
        file, data = self.workbook_bytes(person, like, live[like][1].sha256)
        return start_like(wish, data, file)

    def bench(self, person: Person, service_id: str, language: str = "zh") -> Bench:
        """The rules of a live service, to be tried on values; nothing is logged."""
        self._require_owner_of(person, service_id)
        service, library = self._library.service(service_id), self._library
        return Bench(Runner(service, language, self._clock, library.directory, library.calendar, self._engine))

    def cases(
        self,
        person: Person,
        service_id: str,
        *,
        state: str = "",
        query: str = "",
        page: int = 1,
        size: int = 20,
        language: str = "zh",
    ) -> Page:
        """The cases of a service, a `CaseRow` each, newest first; `query` is searched in number, title and applicant."""
        self._require_owner_of(person, service_id)
        which = CaseFilter(service_id=service_id, states=(state,) if state else (), query=query)
        stored, total = self._store.cases(which, page=page, size=size)
        library = self._library
        names = partial(library.directory.name, language=language)
        items = []
        for case in stored:
            tasks, _ = self._store.tasks(TaskFilter(case_id=case.id, state="open"), size=_MOST_ASKED)
            masks = library.masks_over(case)
            row = case_row(case, library.kept(service_id, case.version), names, language, masks)
            asked = dict.fromkeys(names(one.task.person) for one in tasks if one.task.person)
            items.append(replace(row, waits_for=[*asked]))
        return Page(items=items, page=page, size=size, total=total)

    def example_of(self, person: Person, case_id: str, name: str) -> ExampleRow:
        """A case as a row for the examples sheet of the live version of its service, with what that says of it now."""
        case = self._store.case(case_id)
        if case is None:
            raise NotFound("case", case_id)
        self._require_owner_of(person, case.service_id)
        library = self._library
        service = library.service(case.service_id)
        return example_row(
            service,
            library.masks_over(case).json(case.snapshot["answers"]),
            case.applicant,
            name,
            directory=library.directory,
            calendar=library.calendar,
            now=self._clock(),
            engine=self._engine,
            has=balance_of(self._store, library, service),
        )

    def service_diagram(self, person: Person, service_id: str, language: str = "zh") -> Diagram:
        """The picture of the route of a live service, for its owner."""
        self._require_owner_of(person, service_id)
        live = self._library.live.get(service_id)
        if live is None:
            raise NotFound("service", service_id)
        return diagram(live[0].routing or NO_ROUTE, language)

    def movable(self, person: Person, service_id: str) -> int:
        """How many open cases of a service are of earlier versions than the live one."""
        self._require_owner_of(person, service_id)
        return self._mover.count(service_id)

    def plan_moves(
        self, person: Person, service_id: str, *, page: int = 1, size: int = 20, language: str = "zh"
    ) -> Page:
        """What moving these cases to the live version would come to, a `MoveRow` each; nothing is changed."""
        self._require_owner_of(person, service_id)
        return self._mover.plans(service_id, page, size, language)

    def move_cases(
        self,
        person: Person,
        service_id: str,
        case_ids: Sequence[str],
        *,
        note: str = "",
        command_id: str,
        language: str = "zh",
    ) -> list[tuple[str, str]]:
        """Move open cases to the live version; (case id, why not) of each, blank where it was done."""
        self._require_owner_of(person, service_id)
        found = []
        for case_id in case_ids:
            try:
                self._mover.move(person, service_id, case_id, command_id=command_id, note=note, language=language)
                found.append((case_id, ""))
            except HallError as error:
                found.append((case_id, error.message(language)))
        return found

    def begin_impact(self, person: Person, file: str, data: bytes, asked: ImpactQuestion, language: str = "zh") -> str:
        """Begin to compare stored cases under the live version and under a draft; the id of the run.

        It takes the place of the person's run before. Declined for a draft with errors, or without a live version.
        """
        _require(person, "owner")
        checked, service, version = self._impacts.examined(file, data)
        if not owns(person, service):
            raise NotAllowed
        return self._impacts.begin(person.id, checked, service, version, asked, language)

    def impact(self, person: Person, run_id: str) -> ImpactState:
        """How far such a run is, and what it came to once it is over. Whoever began it may know."""
        _require(person, "owner")
        return self._impacts.state(person.id, run_id)

    def stop_impact(self, person: Person, run_id: str) -> None:
        """Stop such a run; what was counted until then stays."""
        _require(person, "owner")
        self._impacts.stop(person.id, run_id)

    def export_impact(self, person: Person, run_id: str, by: str, file_type: str, *, language: str = "zh") -> Export:
        """Every case (`by` is `cases`) or the changed cells (`cells`) of such a run as `xlsx` or `csv`."""
        _require(person, "owner")
        return self._impacts.export(person.id, run_id, by, file_type, language)

    def close(self) -> None:
        """Stop what is still running."""
        self._impacts.close()

    def versions(self, person: Person, service_id: str) -> list[VersionRow]:
        """All versions of a service, newest first."""
        self._require_owner_of(person, service_id)
        return [version_row(version) for version in self._store.versions(service_id)]

    def workbook_bytes(self, person: Person, service_id: str, sha256: str) -> tuple[str, bytes]:
        """The file of a version, published or planned: its name and its bytes. Auditors may have it too."""
        if not person.holds("auditor"):
            self._require_owner_of(person, service_id)
        file, data = self._version(service_id, sha256)
        return Path(file).name, data

    def export_cases(
        self,
        person: Person,
        service_id: str,
        file_type: str,
        *,
        language: str = "zh",
    ) -> Export:
        """The cases of a service as `xlsx` or `csv`, a column a field and a tariff."""
        service = self._library.service(service_id)
        if not person.holds("auditor") and not owns(person, service):
            raise NotAllowed
        table = case_table(service, self._store, self._library.directory, language, self._library.masks_over)
        return table_file(file_type, service_id, self._clock(), table.header, table.rows)


def _require(person: Person, role: str) -> None:
    if not person.holds(role):
        raise NotAllowed


def _may_know(person: Person, report: Report) -> bool:
    """Whether a person may see the faults of a file that is no live service: its department, for what can be told."""
    if person.holds("administrator"):
        return True
    shared = report.service_id in (ORGANISATION, CALENDAR)
    return not shared and report.owner in ("", person.department)
