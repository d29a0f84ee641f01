"""Files that the command line is given: workbooks understood, answers and inputs read, results written."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from simplejson import JSONDecodeError

from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.people.directory import COMMAND_LINE, Directory, Person
from banshi.platform.people.organisation import read_organisation
from banshi.platform.publishing.drawer import Drawer
from banshi.platform.service.media import MediaFolder
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_workbook
from banshi.platform.sheets.example_checks import may_run
from banshi.platform.sheets.schedule_checks import next_firings
from banshi.platform.workbook import read_workbook, read_workbook_guarded
from banshi.platform.workbook.beside import beside, read_whole
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import Diagnostic, has_errors
from banshi.rules.values import CAMPUS_ZONE, loads
from banshi.ui.cli_talk import Faulty, WrongCall, lines_of, unreadable

ORGANISATION = Path("organisation", "organisation.xlsx")
CALENDAR = Path("calendar", "calendar.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A workbook and its faults; at most one of the two things that it may mean (a calendar has neither)."""

    file: str
    data: bytes
    diagnostics: list[Diagnostic]
    service: Service | None = None
    directory: Directory | None = None


def understand(path: Path, organisation: Path | None, *, guarded: bool = False) -> Understood:
    """Read a workbook and all its faults. `guarded` reads it in a child process with memory and time limits."""
    read = read_workbook_guarded if guarded else read_workbook
    data, workbook, found = read_whole(read, read_bytes(path), str(path), beside(path))
    if workbook is None:
        return Understood(file=str(path), data=data, diagnostics=found)
    if any(workbook.of_kind("people")):
        directory, more = read_organisation(workbook)
        return Understood(file=str(path), data=data, diagnostics=found + more, directory=directory)
    if any(workbook.of_kind("calendar")) and not any(workbook.of_kind("survey")):
        return Understood(file=str(path), data=data, diagnostics=found + read_calendar(workbook)[1])
    drawer, people = Drawer(), directory_for(path, organisation)

    def media(_: str) -> MediaFolder:
        return replace(MediaFolder.beside(path), carried=drawer.folder("media", lambda: data))

    service, told = load_workbook(workbook, people, found, media=media, now=now())
    # Other services matter only to one that opens some.
    opens = service is not None and service.routing is not None and any(step.opens for step in service.routing.steps)
    opens = opens or (service is not None and any(job.opens for job in service.jobs))
    if others := _beside(path, people) if opens else {}:
        service, told = load_workbook(workbook, people, found, media=media, now=now(), services=others)
    if service is not None and service.jobs:
        told = [*told, *next_firings(service, calendar_for(path) or Calendar(), now())]
    return Understood(file=str(path), data=data, diagnostics=told, service=service)


def _beside(path: Path, people: Directory | None) -> dict[str, Service]:
    """The services in the folder of a file and the folders beside it, as the shipped definitions lie, by id."""
    folder = path.resolve().parent
    files = {
        *folder.glob("*.xlsx"),
        *(folder.parent.glob("*/*.xlsx") if (folder.parent / ORGANISATION).is_file() else ()),
    }
    found = {}
    for file in sorted(files - {path.resolve()}):
        _, workbook, _ = read_whole(read_workbook_guarded, read_bytes(file), str(file), beside(file))
        if workbook is not None and any(workbook.of_kind("survey")):
            service, _ = load_workbook(workbook, people)
            if service is not None:
                found[service.settings.id] = service
    return found


def service_of(path: Path, organisation: Path | None = None) -> Service:
    """The service of a workbook without errors; raises Faulty, or WrongCall where the file holds no service."""
    understood = understand(path, organisation)
    if not may_run(understood.diagnostics):
        raise Faulty(str(path), [item for item in understood.diagnostics if item.severity == "error"])
    if understood.service is None:
        raise WrongCall(f"{path} 是人员或校历工作簿，不是服务。", f"{path} holds people or a calendar, not a service.")
    return understood.service


def workbook_of(path: Path) -> Workbook:
    """A workbook as sheets of cells, whatever they mean; raises Faulty when it cannot be read."""
    _, workbook, found = read_whole(read_workbook, read_bytes(path), str(path), beside(path))
    if workbook is None:
        raise Faulty(str(path), found)
    return workbook


def directory_for(path: Path, organisation: Path | None) -> Directory | None:
    """The people that routes are checked against.

    They are in the workbook that was named, else in `organisation/organisation.xlsx` beside the folder of the file, as
    the shipped definitions lie; else nobody is known and people are not checked.
    """
    if organisation is None:
        organisation = path.resolve().parent.parent / ORGANISATION
        if not organisation.is_file():
            return None
    workbook, found = read_workbook(read_bytes(organisation), str(organisation))
    if workbook is None:
        raise Faulty(str(organisation), found)
    directory, more = read_organisation(workbook)
    if has_errors(more):
        raise Faulty(str(organisation), [item for item in more if item.severity == "error"])
    return directory


def calendar_for(path: Path) -> Calendar | None:
    """The working days in `calendar/calendar.xlsx` beside the folder of the file, as the shipped definitions lie."""
    beside = path.resolve().parent.parent / CALENDAR
    return calendar_of(beside) if beside.is_file() else None


def calendar_of(path: Path) -> Calendar:
    """The working days of a workbook; raises Faulty, or WrongCall where it holds no calendar."""
    workbook = workbook_of(path)
    if not any(workbook.of_kind("calendar")):
        raise WrongCall(f"{path} 里没有校历。", f"{path} holds no calendar.")
    calendar, found = read_calendar(workbook)
    if has_errors(found):
        raise Faulty(str(path), [item for item in found if item.severity == "error"])
    return calendar


def person_of(directory: Directory | None, person: str) -> Person:
    """The person who applies; without a name somebody whom the organisation does not know."""
    if not person:
        return Person(id="", name="")
    found = (directory or Directory()).people.get(person)
    if found is None:
        raise WrongCall(f"组织机构里没有工号“{person}”。", f"The organisation has nobody with the id “{person}”.")
    return found


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; raises WrongCall when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def answers_of(path: Path) -> Mapping[str, Any]:
    """The answers in a JSON file (`-` is standard input): one object, numbers with all their digits."""
    return json_object("".join(lines_of(path)), str(path))


_NOT_UTF_8 = re.compile("[\udc80-\udcff]")


def json_object(text: str, what: str) -> Mapping[str, Any]:
    """One JSON object; raises WrongCall for anything else."""
    if _NOT_UTF_8.search(text):
        raise WrongCall(f"{what}：不是 UTF-8 文字。", f"{what}: not a text in UTF-8.")
    try:
        raw = loads(text)
    except JSONDecodeError as error:
        at = error.pos + 1
        facts = (f"从第 {at} 个字符起读不懂", f"it cannot be read from character {at} on")
        raise WrongCall(f"{what}：不是 JSON，{facts[0]}。", f"{what}: not JSON; {facts[1]}.") from None
    except (ValueError, RecursionError):
        raise WrongCall(
            f"{what}：JSON 的数字太长或层数太多。", f"{what}: JSON with too long a number or too deep."
        ) from None
    if not isinstance(raw, dict):
        raise WrongCall(f"{what}：应当是一个 JSON 对象 {{…}}。", f"{what}: should be one JSON object {{…}}.")
    return raw


@contextmanager
def written(path: Path, *, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A text file to write: the old one stays as it is until the new one is complete. `-` is standard output."""
    if str(path) == "-":
        yield sys.stdout
        return
    try:
        handle, temporary = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
            yield file
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_bytes(path: Path, pieces: Iterator[bytes]) -> None:
    """Bytes into a file, complete or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise unreadable(path, error) from None
    finally:
        partial.unlink(missing_ok=True)


def folder_of_hall(data: Path) -> Path:
    """The data folder of a hall; WrongCall for another."""
    if not (data.is_dir() if database_of_hall() else (data / "banshi.sqlite").is_file()):
        raise WrongCall(f"{data} 不是办事大厅的数据目录。", f"{data} is not the data folder of a hall.")
    return data


def database_of_hall() -> str:
    """The address of the hall's database, where it is not the file in the data folder: `BANSHI_DATABASE`."""
    from banshi.ui.settings import Settings

    return Settings().database


def day_of(text: str) -> date | None:
    """A day such as `2026-09-01`; None for nothing, WrongCall for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongCall(f"{text} 不是日期，应写成 2026-09-01。", f"{text} is no day; write 2026-09-01.") from error


def now() -> datetime:
    """The moment on the campus clock."""
    return datetime.now(CAMPUS_ZONE)


def auditor() -> Person:
    """Who exports on the command line: somebody who has the data folder may read all of it."""
    return Person(id=COMMAND_LINE, name="command line", roles=frozenset({"auditor"}))
