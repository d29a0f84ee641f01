"""The library: which version of each service is live, every version that a case may be pinned to, and the directory.

A file saved into `definitions/` is published when it changed and has no fault; a faulty one leaves the last good
version live and its faults for the owner. Files are remembered by hash: a restart publishes nothing anew, and
an older file never replaces a newer upload.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from banshi.platform.errors import HallError, NotFound
from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.organisation import read_organisation
from banshi.platform.publishing.carriers import Carriers
from banshi.platform.publishing.drawer import Drawer
from banshi.platform.publishing.failing import failing
from banshi.platform.publishing.plans import CANCELLED, OPEN, PROPOSED, SAVED_AGAIN, ended, new_plan
from banshi.platform.service.masking import Masks, masks_of
from banshi.platform.service.media import FOLDER, MediaFolder
from banshi.platform.service.model import Service
from banshi.platform.sheets import faults, load_workbook, run_examples
from banshi.platform.sheets.coverage import coverage
from banshi.platform.sheets.differences import differences
from banshi.platform.sheets.example_checks import may_run, without_unread
from banshi.platform.sheets.schedule_checks import next_firings
from banshi.platform.views import ChangeView, ExampleResult, Report
from banshi.platform.workbook import read_workbook, read_workbook_guarded
from banshi.platform.workbook.beside import ENDINGS, PAPERS
from banshi.platform.workbook.faults import PROGRAM_FAILED
from banshi.platform.workbook.safety import is_old_excel
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import NOWHERE, Diagnostic, has_errors
from banshi.rules.policies import Engine
from banshi.storage import new_id
from banshi.storage.contract import StorageError, Store, StoredCase, StoredVersion

LOG = logging.getLogger("banshi")
ORGANISATION = "organisation"
CALENDAR = "calendar"
_SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"})
"""Files that their authors take for workbooks; those of another kind are read to be told so."""
_ROUNDS = 6
"""Passes over the files in one scan: an organisation changes what services name, and one service may open another."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A workbook that was examined: the report, and what it means (one of the three, when it may be published)."""

    report: Report
    workbook: Workbook | None = None
    service: Service | None = None
    directory: Directory | None = None
    calendar: Calendar | None = None


ToldOf = Callable[[Service, Service], Sequence[Diagnostic]]
"""What somebody has to be told before a version of a service is replaced by another one."""


@dataclass(slots=True)
class _Shelf:
    """What is live now. Replaced as a whole, so that readers never see half a change."""

    directory: Directory = field(default_factory=Directory)
    calendar: Calendar = field(default_factory=Calendar)
    live: Mapping[str, tuple[Service, StoredVersion]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was last looked at: its hash, and the organisation, calendar and services that it was judged by."""

    sha256: str
    directory: Directory
    calendar: Calendar
    live: Mapping[str, tuple[Service, StoredVersion]]

    @classmethod
    def of(cls, sha256: str, shelf: _Shelf) -> _Seen:
        return cls(sha256, shelf.directory, shelf.calendar, shelf.live)

    def shelf(self, shelf: _Shelf, *, services: bool) -> bool:
        """Whether the same organisation and calendar are live now, and where they matter the same services."""
        same = self.directory is shelf.directory and self.calendar is shelf.calendar
        return same and (not services or self.live is shelf.live)


class Library:
    """See the module. Safe to use from several threads; only one publishes at a time."""

    def __init__(self, store: Store, definitions: Path, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._definitions = definitions
        self._engine = engine
        self._clock = clock
        self._shelf = _Shelf()
        self._pinned: dict[tuple[str, str], Service] = {}
        self._reports: dict[str, Report] = {}
        self._seen: dict[str, _Seen] = {}
        self._carriers = Carriers()
        self._drawer = Drawer()
        self._lock = threading.RLock()
        self._original: Library | None = None
        self._told_of: ToldOf = lambda _live, _new: ()
        self._taken: dict[str, StoredVersion] = {}
        self._publications = 0
        self.refresh()

    def beside(self, store: Store, clock: Callable[[], datetime], checked: Checked, data: bytes) -> Library:
        """A library with a store of its own in which an examined draft is live, and else what is live here.

        What its hall does changes nothing here, and what is published here later is not seen there.
        """
        twin = Library(store, self._definitions, self._engine, clock)
        twin._original, twin._shelf, twin._taken = self, self._shelf, dict(self._taken)  # the same class
        version = store.add_version(
            service_id=checked.report.service_id,
            sha256=checked.report.sha256,
            file=checked.report.file,
            workbook=data,
            origin="trial",
            published_by="",
            at=clock(),
        )
        twin._put(checked, version)
        return twin

    @property
    def directory(self) -> Directory:
        """People and departments, as last published."""
        return self._shelf.directory

    @property
    def calendar(self) -> Calendar:
        """The working days of the campus, as last published."""
        return self._shelf.calendar

    @property
    def live(self) -> Mapping[str, tuple[Service, StoredVersion]]:
        """The live services with their versions, by service id."""
        return self._shelf.live

    @property
    def services(self) -> list[Service]:
        """The live services: a list of its own, which others' publishing does not change."""
        return [service for service, _ in list(self._shelf.live.values())]

    def service(self, service_id: str) -> Service:
        """The live version of a service."""
        if service_id not in self._shelf.live:
            raise NotFound("service", service_id)
        return self._shelf.live[service_id][0]

    def version(self, service_id: str, sha256: str) -> Service:
        """The version that a case is pinned to, whatever is live now."""
        live = self._shelf.live.get(service_id)
        if live and live[0].sha256 == sha256:
            return live[0]
        key = (service_id, sha256)
        if key not in self._pinned:
            stored = self._store.version(service_id, sha256)
            if stored is None:
                raise NotFound("version", sha256[:12])
            service = self._load(stored).service
            if service is None:
                raise NotFound("version", sha256[:12])
            self._pinned[key] = service
        return self._pinned[key]

    def kept(self, service_id: str, sha256: str) -> Service | None:
        """The same; None when it cannot be read any more, so that lists still open."""
        try:
            return self.version(service_id, sha256)
        except HallError:
            return None

    def masks(self, service_id: str, sha256: str) -> Masks:
        """What is sensitive in a case: what the version that it has, or the one that is live now, marks so."""
        live = self._shelf.live.get(service_id)
        return masks_of(self.kept(service_id, sha256), live[0] if live else None)

    def masks_over(self, case: StoredCase) -> Masks:
        """The same, also for what the case says inside texts."""
        return self.masks(case.service_id, case.version).over(case.snapshot["answers"], case.snapshot["shown"])

    def media(self, service_id: str, file: str = "", *, sha256: str = "") -> MediaFolder:
        """The folder of media of a service: beside the file that it came from, or beside `file` while there is none.

        What the version `sha256` carries comes before it.
        """
        if self._original is not None:
            folder = self._original.media(service_id, file)
        else:
            folder = MediaFolder.beside(self._definitions / self._source(service_id, file))
        carried = self._drawer.folder(sha256, lambda: self._store.workbook(service_id, sha256)) if sha256 else None
        return replace(folder, carried=carried)

    def _source(self, service_id: str, file: str) -> str:
        """The file that a service came from, also where an upload is live now; `file` while there is none."""
        versions = self._store.versions(service_id)
        return next((version.file for version in versions if version.origin == "file"), file)

    def faulty(self) -> Mapping[str, Report]:
        """The files in `definitions/` that could not be published, by path."""
        return dict(self._reports)

    def live_hash(self, service_id: str) -> str:
        """The hash of the version that is live here; empty for a service, or shared workbook, that is new."""
        return self._taken[service_id].sha256 if service_id in self._taken else ""

    def asks_consent(self, service_id: str) -> bool:
        """Whether a new version of a service needs a second person's consent: what the live version says counts."""
        live = self._shelf.live.get(service_id)
        return live is not None and live[0].settings.consent

    def tell_of(self, told_of: ToldOf) -> None:
        """Ask this before a version is replaced; the hall says it, which knows the cases."""
        self._told_of = told_of

    def losses(self, checked: Checked) -> Sequence[Diagnostic]:
        """What has to be agreed to before an examined workbook goes live: rows of registers that go or change."""
        live = self._shelf.live.get(checked.report.service_id)
        if live is None or checked.service is None or has_errors(checked.report.diagnostics):
            return ()
        return self._told_of(live[0], checked.service)

    def examine(self, file: str, data: bytes, *, guarded: bool = True, at: datetime | None = None) -> Checked:
        """Check a workbook and run its examples, as of a moment (now); nothing is published.

        `guarded` reads it in a child process.
        """
        now = at or self._clock()
        sha256 = hashlib.sha256(data).hexdigest()
        workbook, found = (read_workbook_guarded if guarded else read_workbook)(data, file)
        report = Report(file=file, sha256=sha256, diagnostics=found)
        if workbook is None:
            return Checked(report)
        report = replace(report, markable=not is_old_excel(data))
        if any(workbook.of_kind("people")):
            directory, more = read_organisation(workbook)
            return Checked(self._replacing(_judged(report, found + more, ORGANISATION)), directory=directory)
        if any(workbook.of_kind("calendar")) and not any(workbook.of_kind("survey")):
            calendar, more = read_calendar(workbook)
            return Checked(self._replacing(_judged(report, found + more, CALENDAR)), calendar=calendar)
        service, found = load_workbook(
            workbook,
            self.directory,
            found,
            media=lambda id_: replace(self.media(id_, file), carried=self._drawer.folder(sha256, lambda: data)),
            now=now,
            services={id_: live for id_, (live, _) in self._shelf.live.items()},
        )
        if service is None:
            return Checked(replace(report, diagnostics=found))
        examples: list[ExampleResult] = []
        if may_run(found):
            found = without_unread(found)
            examples = run_examples(service, self.directory, calendar=self.calendar, now=now, engine=self._engine)
        found = [*found, *next_firings(service, self.calendar, now)]
        report = _judged(report, found, service.settings.id, service.settings.title.get(), examples)
        reached = {place for example in examples for place in example.reached}
        unreached = coverage(service, reached, now.date()) if examples else ()
        consent = self.asks_consent(report.service_id)
        titles = {language: service.settings.title.get(language) for language in ("zh", "en")}
        report = replace(report, titles=titles, owner=service.settings.owner, unreached=unreached, consent=consent)
        report = self._replacing(report)
        return Checked(report, workbook, service)

    def _replacing(self, report: Report) -> Report:
        """The report with the version that is live now."""
        return replace(report, replaces=self.live_hash(report.service_id)[:12])

    def changes(self, checked: Checked) -> tuple[ChangeView, ...]:
        """What is different between an examined workbook of a service and the version that is live."""
        live = self._shelf.live.get(checked.report.service_id)
        if live is None or checked.workbook is None or live[1].sha256 == checked.report.sha256:
            return ()
        data = self._store.workbook(live[1].service_id, live[1].sha256)
        before = read_workbook(data, live[1].file)[0] if data else None
        return change_views(before, checked.workbook)

    def publish(
        self,
        checked: Checked,
        data: bytes,
        *,
        origin: str,
        person: str,
        note: str = "",
        replaces: str | None = None,
    ) -> StoredVersion | None:
        """Make an examined workbook the live version; None when it may not be published.

        Raises VersionMoved where another version is live than `replaces`, a hash; None where it does not matter.
        """
        if not checked.report.publishable:
            return None
        with self._lock:
            version = self._store.add_version(
                service_id=checked.report.service_id,
                sha256=checked.report.sha256,
                file=checked.report.file,
                workbook=data,
                origin=origin,
                published_by=person,
                at=self._clock(),
                note=note,
                replaces=replaces,
                failing="\n".join(failing(checked.report)),
            )
            self.take(checked, version)
            if origin != "file" and checked.service is None:
                self.scan()  # what the organisation or the calendar names has changed for every service
        return version

    def take(self, checked: Checked, version: StoredVersion) -> None:
        """Put a version on the shelf that the store made live."""
        with self._lock:
            self._put(checked, version)

    def refresh(self) -> int:
        """Take up what other processes have published since; how many versions. A short question where there is nothing."""
        count = self._store.count_publications()
        if count == self._publications:
            return 0
        with self._lock:
            found = sorted(self._store.live_versions(), key=lambda item: item.service_id != ORGANISATION)
            news = [version for version in found if self._taken.get(version.service_id) != version]
            opening = not self._taken
            for version in news:
                self._put(self._load(version), version)
            self._publications = count
            if not opening and any(version.service_id in (ORGANISATION, CALENDAR) for version in news):
                self.scan()  # the files here may name what has come or gone
        return len(news)

    def scan(self) -> list[Report]:
        """Read `definitions/` and publish what changed since it was last seen; the reports of what was read."""
        with self._lock:
            found = self._definitions.rglob("*") if self._definitions.is_dir() else ()
            paths = {
                path.relative_to(self._definitions).as_posix(): path
                for path in sorted(found, key=_shared_first)
                if path.suffix.lower() in _SPREADSHEETS and not path.name.startswith("~$")
            }
            parts = self._files_of(paths.values())
            paths = {name: path for name, path in paths.items() if path not in parts}
            self._reports = {name: report for name, report in self._reports.items() if name in paths}
            reports: dict[str, Report] = {}
            for _ in range(_ROUNDS):
                before = self._shelf
                for name, path in paths.items():
                    if report := self._scan_file(name, path, paths):
                        reports[name] = report
                if _Seen.of("", before).shelf(self._shelf, services=bool(self._reports)):
                    break  # else a file behind others has changed what they name: judge them again
            return list(reports.values())

    def judge_again(self) -> list[Report]:
        """The same, with the files that had faults judged once more: what their examples say of days may hold by now."""
        with self._lock:
            for name in self._reports:
                self._seen.pop(name, None)
            return self.scan()

    def _scan_file(self, name: str, path: Path, names: Collection[str]) -> Report | None:
        try:
            data = self._whole(path)
        except OSError:
            return None  # removed or locked while it is being saved: the next change brings it back
        sha256 = hashlib.sha256(data).hexdigest()
        published = self._store.source_hash(name) == sha256
        seen = self._seen.get(name)
        # A file with faults may only have named a service that was not there yet.
        known = seen is not None and seen.sha256 == sha256 and seen.shelf(self._shelf, services=name in self._reports)
        if known or (published and seen is None):
            self._seen[name] = _Seen.of(sha256, self._shelf)
            return None
        # A new file, or the organisation or the calendar has changed since: what they name may have come or gone.
        try:
            report = self._examined(name, data, names, published=published)
        except StorageError:
            raise
        except Exception as error:
            LOG.exception("The check of %s failed.", name)
            failed = PROGRAM_FAILED.at(NOWHERE, file=name, error=type(error).__name__)
            report = self._owned(name, Report(file=name, sha256=sha256, diagnostics=[failed]))
        self._seen[name] = _Seen.of(sha256, self._shelf)
        if report.publishable:
            self._reports.pop(name, None)
        else:
            self._reports[name] = report
        return None if published and report.publishable else report

    def _whole(self, path: Path) -> bytes:
        """A file with those beside it that it names; only where others lie there it is read to see."""
        data = path.read_bytes()
        others = (file for file in path.parent.iterdir() if file.suffix.lower() in (*ENDINGS, *PAPERS) and file != path)
        return self._carriers.whole(data, path) if any(others) or (path.parent / FOLDER).is_dir() else data

    def _files_of(self, paths: Iterable[Path]) -> frozenset[Path]:
        """The workbooks that others in their folder name as files of theirs: they are no services."""
        folders: dict[Path, list[Path]] = {}
        for path in paths:
            folders.setdefault(path.parent, []).append(path)
        crowded = [path for found in folders.values() if len(found) > 1 for path in found]
        return frozenset(path.with_name(name) for path in crowded for name in self._carriers.names(path))

    def _examined(self, name: str, data: bytes, names: Collection[str], *, published: bool) -> Report:
        """The report of a file; it is published when it may be and is not yet."""
        checked = self.examine(name, data)
        if not checked.report.service_id:
            return self._owned(name, checked.report)
        first = self._source(checked.report.service_id, name)
        if checked.service is not None and first != name and first in names:
            taken = faults.SERVICE_TWICE.at(NOWHERE, id=checked.report.service_id, file=first)
            return replace(checked.report, diagnostics=[taken, *checked.report.diagnostics], publishable=False)
        if not published and self._take_file(checked, data):
            self._store.set_source(name, checked.report.sha256)
        return checked.report

    def _take_file(self, checked: Checked, data: bytes) -> bool:
        """Publish a file, or propose it where somebody has to consent first; whether either was done.

        That is a second person where the service asks for it, and anybody who owns it where rows of registers go or change.
        """
        report = checked.report
        live = self.live_hash(report.service_id)
        if not report.publishable:
            return False
        for earlier in self._store.plans(service_id=report.service_id, states=(PROPOSED,)):
            if earlier.origin == "file" and earlier.file == report.file and earlier.sha256 != report.sha256:
                self._store.change_plan(ended(earlier, CANCELLED, self._clock(), why=SAVED_AGAIN), PROPOSED)
        told = self.losses(checked) if live != report.sha256 else ()
        if live == report.sha256 or not (told or self.asks_consent(report.service_id)):
            return self.publish(checked, data, origin="file", person="") is not None
        # Another process that watches the same folder proposes the same: the same id keeps it one.
        key = hashlib.sha256(f"{report.file} {report.sha256} {live}".encode()).hexdigest()[:26]
        plan = new_plan(report, origin="file", based_on=live, made_at=self._clock(), plan_id=key, told=told)
        if self._store.add_plan(plan, data).state not in OPEN:
            self._store.add_plan(replace(plan, id=new_id()), data)  # saved again after it was declined
        return True

    def _owned(self, name: str, report: Report) -> Report:
        """The report of a file that does not say which service it is: it is that of the service that came from it."""
        for service, version in self._shelf.live.values():
            if version.file == name:
                return replace(report, service_id=service.settings.id, title=service.settings.title.get())
        return report

    def _load(self, version: StoredVersion) -> Checked:
        """A stored version, understood again. It was checked when it was published; its examples are not run again."""
        data = self._store.workbook(version.service_id, version.sha256) or b""
        workbook, _ = read_workbook(data, version.file)
        report = Report(file=version.file, sha256=version.sha256, service_id=version.service_id, publishable=True)
        if workbook is None:
            return Checked(report)
        if version.service_id == ORGANISATION:
            return Checked(report, directory=read_organisation(workbook)[0])
        if version.service_id == CALENDAR:
            return Checked(report, calendar=read_calendar(workbook)[0])
        return Checked(report, service=load_workbook(workbook, self.directory)[0])

    def _put(self, checked: Checked, version: StoredVersion) -> None:
        shelf = self._shelf
        self._taken[version.service_id] = version
        if checked.directory is not None:
            self._shelf = replace(shelf, directory=checked.directory)
        elif checked.calendar is not None:
            self._shelf = replace(shelf, calendar=checked.calendar)
        elif checked.service is not None:
            self._shelf = replace(shelf, live={**shelf.live, version.service_id: (checked.service, version)})


def change_views(old: Workbook | None, new: Workbook | None) -> tuple[ChangeView, ...]:
    """What is different between two workbooks, in words; nothing where one cannot be read any more."""
    found = differences(old, new) if old and new else []
    return tuple(ChangeView(one.place, one.message("zh"), one.message("en")) for one in found)


def _judged(
    report: Report,
    found: list[Diagnostic],
    service_id: str,
    title: str = "",
    examples: list[ExampleResult] | None = None,
) -> Report:
    """The report with its verdict: publishable without an error and with every example passed."""
    passed = all(example.passed for example in examples or [])
    return replace(
        report,
        service_id=service_id,
        title=title or service_id,
        diagnostics=found,
        examples=examples or [],
        publishable=bool(service_id) and not has_errors(found) and passed,
    )


def owns(person: Person, service: Service) -> bool:
    """Whether a person may change a service: an owner in the department that it names, or an administrator."""
    return person.owns(service.settings.owner)


def may_archive(person: Person, service: Service) -> bool:
    """Whether a person may take ended cases of a service out as files: its owners and the auditors."""
    return "auditor" in person.roles or owns(person, service)


def _shared_first(path: Path) -> tuple[bool, str]:
    return (path.stem not in (ORGANISATION, CALENDAR), path.as_posix())
