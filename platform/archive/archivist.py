"""The archivist: cases that have ended, to be found and to be taken out as files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from banshi.platform.archive.filing import Filing, apart, file_name, filing_of
from banshi.platform.archive.manifest import FORMAT, MANIFEST, RECORD, record_lines
from banshi.platform.archive.page import page
from banshi.platform.cases import show
from banshi.platform.cases.attachments import file_ids, files_of
from banshi.platform.cases.desk import Desk
from banshi.platform.cases.reader import CaseReader
from banshi.platform.cases.scans import without_scan
from banshi.platform.cases.table import Writer
from banshi.platform.documents.pdf import pdf
from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, may_archive
from banshi.platform.routes.state import RouteOutcome
from banshi.platform.service.model import Service
from banshi.platform.views import ArchiveRow, CaseView, Page
from banshi.platform.words import STATES, word
from banshi.platform.workbook.writing import Entry, xlsx_bytes
from banshi.platform.zip_stream import Written, ZipStream
from banshi.rules.values import CAMPUS_ZONE, dumps
from banshi.storage.attachments import AttachmentFolder, NoSuchFile
from banshi.storage.contract import CaseFilter, Store, StoredAttachment, StoredCase

ENDED = tuple(str(outcome) for outcome in RouteOutcome if outcome.final)
CATALOGUE = "案卷目录.xlsx"
_CHUNK = 256 * 1024
_DAY = timedelta(days=1)
_PICTURES = ("image/png", "image/jpeg")
_HEADS = {
    "zh": (
        "序号", "档号", "单号", "责任者", "题名", "申请人", "状态", "提交时间", "办结时间", "保管期限", "归档文件", "清单 SHA-256", "备注",
    ),
    "en": (
        "No.", "File number", "Case number", "Department", "Title", "Applicant", "State", "Sent", "Ended", "Kept for",
        "Archive file", "SHA-256 of its manifest", "Remarks",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuestion:
    """Which ended cases; what is empty does not filter. Both days count, and are days of ending.

    `query` is searched in number and title, `person` in the names and ids of applicants.
    """

    query: str = ""
    person: str = ""
    service_id: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class _Filed:
    """A case that was put into a file: its manifest, and what was wrong with it."""

    manifest: Written | None = None
    problems: list[dict[str, str]] = field(default_factory=list)


class Archivist:
    """See the module. Ended cases are for the auditors and for the owners of their services."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        reader: CaseReader,
        attachments: AttachmentFolder,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._reader = reader
        self._attachments = attachments
        self._clock = clock

    def services(self, person: Person) -> Mapping[str, Service]:
        """The services whose ended cases a person may take out, by id."""
        live = {key: service for key, (service, _) in sorted(self._library.live.items())}
        return {key: service for key, service in live.items() if may_archive(person, service)}

    def page(self, person: Person, asked: ArchiveQuestion, number: int, size: int, language: str) -> Page:
        """One page of ended cases, an `ArchiveRow` each, those sent last first."""
        which = self._which(person, asked)
        rows, total = self._store.cases(which, page=number, size=size) if which else ([], 0)
        return Page(items=[self._row(row, language) for row in rows], page=number, size=size, total=total)

    def one(self, person: Person, case_id: str, language: str) -> tuple[str, Iterator[bytes]]:
        """The file of one case: its name, its bytes. Declined while the case is open."""
        case, view = self._seen(person, case_id, language)
        return f"{file_name(case.number or case.id)}.zip", self._file(person, case, view, language, _Filed())

    def pdf(self, person: Person, case_id: str, language: str) -> tuple[str, bytes]:
        """The page of one case as a PDF, with its signatures and the names of its files; raises the same, and NotRendered."""
        case, view = self._seen(person, case_id, language)
        service = self._library.version(case.service_id, case.version)
        items = service.survey.children if service.survey else ()
        writer = Writer(service, self._library.directory, language)
        paths = {stored.id: path for path, stored in self._attached(service, view).items()}
        signed = [str(event.signature["id"]) for event in view.events if event.signature]
        pictures = {key: picture for key in signed if (picture := self._picture(key))}
        made = pdf(page(view, filing_of(case, service), items, writer, paths, language, pictures).decode())
        return f"{file_name(case.number or case.id)}.pdf", made

    def _picture(self, attachment_id: str) -> str:
        """A signature as a `data:` address; blank where it is no picture, or not there any more."""
        stored = self._store.attachment(attachment_id)
        if stored is None or stored.media_type not in _PICTURES:
            return ""
        try:
            data = self._attachments.path(stored.path).read_bytes()
        except (NoSuchFile, OSError):
            return ""
        return f"data:{stored.media_type};base64,{base64.b64encode(data).decode()}"

    def each(self, person: Person, asked: ArchiveQuestion, language: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """A file for every case, each to be read before the next is asked for, and the catalogue of all at the end."""
        taken, lines = set[str](), []
        for number, case in enumerate(self._cases(person, asked), 1):
            name, filed = apart(f"{file_name(case.number or case.id)}.zip", taken), _Filed()
            if view := self._view(person, case, language, filed):
                yield name, self._file(person, case, view, language, filed)
            lines.append(self._line(number, case, filed, name, language))
        yield CATALOGUE, self._catalogue(lines, language)

    def together(self, person: Person, asked: ArchiveQuestion, language: str) -> Iterator[bytes]:
        """All of them as one file: a folder a case, the catalogue, and a manifest of manifests."""
        self._which(person, asked)
        return self._together(person, asked, language)

    def catalogue(self, person: Person, asked: ArchiveQuestion, language: str) -> Iterator[bytes]:
        """The catalogue alone; nothing is taken out, so it has no hashes."""
        lines = [
            self._line(number, case, _Filed(), "", language)
            for number, case in enumerate(self._cases(person, asked), 1)
        ]
        return self._catalogue(lines, language)

    # Inside

    def _together(self, person: Person, asked: ArchiveQuestion, language: str) -> Iterator[bytes]:
        stream, taken, lines, written = ZipStream(), set[str](), [], []
        for number, case in enumerate(self._cases(person, asked), 1):
            folder, filed = apart(file_name(case.number or case.id), taken), _Filed()
            if view := self._view(person, case, language, filed):
                yield from self._into(stream, f"{folder}/", person, case, view, language, filed)
                written.append(filed.manifest)
            lines.append(self._line(number, case, filed, f"{folder}/", language))
        now = self._clock()
        written.append((yield from stream.add(CATALOGUE, self._catalogue(lines, language), now)))
        manifest = {
            "format": FORMAT,
            "made": {"at": now, "by": person.id},
            "asked": asdict(asked),
            "cases": len(lines),
            "files": [one.to_json() for one in written if one],
        }
        yield from stream.add(MANIFEST, [dumps(manifest, indent=1).encode()], now)
        yield from stream.end()

    def _file(self, person: Person, case: StoredCase, view: CaseView, language: str, filed: _Filed) -> Iterator[bytes]:
        stream = ZipStream()
        yield from self._into(stream, "", person, case, view, language, filed)
        yield from stream.end()

    def _into(
        self,
        stream: ZipStream,
        folder: str,
        person: Person,
        case: StoredCase,
        view: CaseView,
        language: str,
        filed: _Filed,
    ) -> Iterator[bytes]:
        """Put a case into a file: what was said of it is what the person may see."""
        service = self._library.version(case.service_id, case.version)
        filing, ended = filing_of(case, service), (case.finished_at or case.changed_at).astimezone(CAMPUS_ZONE)
        written: list[Written] = []

        def add(path: str, pieces: Any) -> Generator[bytes, None, Written]:
            one = yield from stream.add(folder + path, pieces, ended)
            written.append(replace(one, path=path))
            return one

        attached = self._attached(service, view)
        for path, stored in attached.items():
            yield from self._attachment(add, path, stored, language, filed)
        items = service.survey.children if service.survey else ()
        writer = Writer(service, self._library.directory, language)
        paths = {stored.id: path for path, stored in attached.items()}
        yield from add("case.html", [page(view, filing, items, writer, paths, language)])
        told = {"answers": view.answers, "values": view.values, "bills": view.bills, "findings": view.findings}
        yield from add("answers.json", [dumps(told, indent=1).encode()])
        yield from add("timeline.json", [dumps([asdict(event) for event in view.events], indent=1).encode()])
        yield from add("decisions.json", [dumps([asdict(one) for one in view.decisions], indent=1).encode()])
        history = [asdict(event) for event in self._store.events(case.id)]
        masks = self._library.masks_over(case).over(history)
        record = list(record_lines(without_scan(masks.json(event)) for event in history))
        yield from add(RECORD, [line for _, line in record])
        manifest = {
            "format": FORMAT,
            "made": {"at": self._clock(), "by": person.id},
            "case": _about(case, view, filing),
            "record": {"events": len(record), "head": record[-1][0]},
            "files": [one.to_json() for one in written],
            "problems": filed.problems,
        }
        filed.manifest = yield from stream.add(folder + MANIFEST, [dumps(manifest, indent=1).encode()], ended)

    def _attachment(
        self,
        add: Callable[..., Generator[bytes, None, Written]],
        path: str,
        stored: StoredAttachment,
        language: str,
        filed: _Filed,
    ) -> Iterator[bytes]:
        try:
            place = self._attachments.path(stored.path)
        except NoSuchFile:
            why = "The file is not there." if language == "en" else "文件不在了。"
            filed.problems.append({"path": path, "why": why})
            return
        with place.open("rb") as file:
            one = yield from add(path, iter(partial(file.read, _CHUNK), b""))
        if one.sha256 != stored.sha256:
            why = "The file is not what was attached." if language == "en" else "文件与上传时不同。"
            filed.problems.append({"path": path, "why": why})

    def _attached(self, service: Service, view: CaseView) -> dict[str, StoredAttachment]:
        """The files of a case by their paths: those of its form, of opinions and comments, and signatures."""
        said = (
            file for event in view.events for file in files_of({"files": event.files, "signature": event.signature})
        )
        ids = dict.fromkeys([*file_ids(service, view.answers), *(str(file["id"]) for file in said)])
        taken = set[str]()
        stored = (self._store.attachment(key) for key in ids)
        return {f"attachments/{apart(file_name(one.name), taken)}": one for one in stored if one}

    def _seen(self, person: Person, case_id: str, language: str) -> tuple[StoredCase, CaseView]:
        case = self._store.case(case_id)
        if case is None:
            raise NotFound("case", case_id)
        if not may_archive(person, self._library.version(case.service_id, case.version)):
            raise NotAllowed
        if case.state not in ENDED:
            raise Declined("办件还没有办完，不能归档。", "The case has not ended, so it cannot be archived yet.")
        return case, self._reader.view(person, case_id, language, lambda *_: b"", leaves=True)

    def _view(self, person: Person, case: StoredCase, language: str, filed: _Filed) -> CaseView | None:
        """A case among others; one that cannot be read any more stops none of them."""
        try:
            return self._seen(person, case.id, language)[1]
        except HallError as error:
            filed.problems.append({"path": "", "why": error.message(language)})
            return None

    def _which(self, person: Person, asked: ArchiveQuestion) -> CaseFilter | None:
        """The filter of a question; None where nobody is called as it says."""
        services = self.services(person)
        if not services or (asked.service_id and asked.service_id not in services):
            raise NotAllowed
        people = [one.id for one in self._library.directory.find(asked.person)] if asked.person else []
        if asked.person and not people:
            return None
        return CaseFilter(
            services=[asked.service_id] if asked.service_id else list(services),
            states=[asked.state] if asked.state in ENDED else ENDED,
            query=asked.query,
            applicants=people,
            finished_since=_midnight(asked.since),
            finished_until=_midnight(asked.until + _DAY) if asked.until and asked.until < date.max else None,
        )

    def _cases(self, person: Person, asked: ArchiveQuestion) -> Iterator[StoredCase]:
        which = self._which(person, asked)
        return self._store.iter_cases(which) if which else iter(())

    def _row(self, case: StoredCase, language: str) -> ArchiveRow:
        service = self._desk.service_of(case)
        name = partial(self._library.directory.name, language=language)
        filing = filing_of(case, service) if service else None
        return ArchiveRow(
            case=show.case_row(case, service, name, language, self._library.masks_over(case)),
            finished_at=case.finished_at or case.changed_at,
            file_number=filing.number if filing else "",
            retention=filing.kept(language) if filing else "",
        )

    def _line(self, number: int, case: StoredCase, filed: _Filed, name: str, language: str) -> list[Entry]:
        row, service = self._row(case, language), self._desk.service_of(case)
        return [
            number,
            row.file_number,
            case.number,
            service.settings.owner if service else "",
            row.case.title,
            row.case.applicant,
            word(STATES, case.state, language),
            case.submitted_at,
            row.finished_at,
            row.retention,
            name if filed.manifest else "",
            filed.manifest.sha256 if filed.manifest else "",
            "；".join(": ".join(filter(None, (one["path"], one["why"]))) for one in filed.problems),
        ]

    def _catalogue(self, lines: list[list[Entry]], language: str) -> Iterator[bytes]:
        return xlsx_bytes("案卷目录", _HEADS["en" if language == "en" else "zh"], lines)


def _about(case: StoredCase, view: CaseView, filing: Filing) -> dict[str, Any]:
    """What a manifest says of its case."""
    return {
        "number": case.number,
        "title": view.row.title,
        "service": case.service_id,
        "version": case.version,
        "applicant": case.applicant,
        "applicant_name": view.row.applicant,
        "state": case.state,
        "submitted_at": case.submitted_at,
        "finished_at": filing.finished_at,
        "file_number": filing.number,
        "retention": filing.retention,
    }


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CAMPUS_ZONE) if day else None
