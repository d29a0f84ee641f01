"""A batch: the cases of one uploaded file, checked all at once, and sent one by one, each exactly once.

What was sent is known by what it says: the id of its command is made from the person, the batch that the template
belongs to, and the answers. Pressing twice, a restart in the middle, a corrected copy of the file: rows that were sent
are recognised, and only the others are sent. Of equal rows of one file each counts.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from banshi.platform.cases.desk import NO_ROUTE, Desk
from banshi.platform.errors import ChangedForm, FileRefused, Overloaded
from banshi.platform.filling import faults
from banshi.platform.filling.answers import Answers
from banshi.platform.filling.checking import case_faults
from banshi.platform.filling.layout import labels, layout_of
from banshi.platform.filling.reading import Filled, FilledCase, read_filled
from banshi.platform.forms import Evaluation
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes.choosing import choosing
from banshi.platform.service.model import Service
from banshi.platform.views import Filling, FillingRow, Receipt
from banshi.platform.workbook.guard import read_workbook_guarded
from banshi.platform.workbook.marking import marked_copy
from banshi.rules.diagnostics import has_errors
from banshi.rules.values import dumps

MOST_BYTES = 2 * 1024 * 1024
"""How large a filled-in template may be; 500 cases with their details take some 200 KB."""

_AT_ONCE = 2
_PATIENCE = 30.0
_SECONDS, _MEGABYTES = 5, 384
_TITLE_PARTS = 3

Progress = Callable[[int, int], None]
"""How many cases are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came from a person: who, for which service, its name and bytes, and the language to speak."""

    person: Person
    service: Service
    file: str
    data: bytes
    language: str


class Batches:
    """See the module. Files are opened by at most two people at a time: each takes a process and its memory."""

    def __init__(self, library: Library, desk: Desk) -> None:
        self._library = library
        self._desk = desk
        self._opening = threading.BoundedSemaphore(_AT_ONCE)

    def check(self, upload: Upload) -> Filling:
        """What the form says of every case; nothing is sent."""
        filled = self._read(upload)
        return self._filling(upload, filled, [self._row(upload, *one) for one in _commands(filled, upload)])

    def send(self, upload: Upload, version: str, progress: Progress) -> Filling:
        """Send every case that is good; those that were sent before are told with their numbers.

        Raises ChangedForm when the form is no more of the version that the person has seen checked.
        """
        if upload.service.version != version:
            raise ChangedForm
        filled = self._read(upload)
        rows: list[FillingRow] = []
        commands = [] if has_errors(filled.found) else list(_commands(filled, upload))
        for done, (case, command) in enumerate(commands, start=1):
            rows.append(self._send(upload, case, command))
            progress(done, len(commands))
        return self._filling(upload, filled, rows)

    def marked(self, upload: Upload) -> bytes:
        """The same file with the faults at their cells, and the numbers of the cases that were sent."""
        filled = self._read(upload)
        found = list(filled.found)
        numbers: list[tuple[str, str, str]] = []
        for case, command in _commands(filled, upload):
            row = self._row(upload, case, command)
            found += row.diagnostics
            if row.number:
                numbers.append((case.result.place.sheet, case.result.place.cell, row.number))
        with self._turn():
            return marked_copy(upload.data, found, upload.language, numbers)

    def answers(self, upload: Upload) -> dict[str, Any]:
        """The answers of the only case of a file, for the form on screen: with defaults, and what is wrong as it stands."""
        filled = self._read(upload)
        if len(filled.cases) != 1 or has_errors(filled.found):
            raise FileRefused("文件里应当正好有一件。", "The file should hold exactly one case.")
        case = filled.cases[0]
        evaluation = self._evaluate(upload, case)
        wrong = {path.partition("[")[0] for path in (*(error.path for error in evaluation.errors), *case.faulty)}
        return {**case.answers, **{name: told for name, told in evaluation.answers.items() if name not in wrong}}

    def _read(self, upload: Upload) -> Filled:
        if len(upload.data) > MOST_BYTES:
            most = MOST_BYTES // 1024 // 1024
            raise FileRefused(f"文件超过 {most} MB，没有读取。", f"The file is larger than {most} MB; it was not read.")
        with self._turn():
            workbook, found = read_workbook_guarded(
                upload.data, upload.file, comments=True, seconds=_SECONDS, megabytes=_MEGABYTES
            )
        if workbook is None:
            return Filled(found=found)
        layout = layout_of(upload.service, upload.language)
        holders = self._desk.holders(upload.service, upload.person)
        answers = Answers(upload.service, upload.language, self._library.directory, holders)
        return read_filled(workbook, found, upload.service, layout, answers)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._opening.acquire(timeout=_PATIENCE):
            raise Overloaded
        try:
            yield
        finally:
            self._opening.release()

    def _evaluate(self, upload: Upload, case: FilledCase) -> Evaluation:
        return self._desk.filled(upload.service, case.answers, upload.person, upload.language)

    def _row(self, upload: Upload, case: FilledCase, command: str) -> FillingRow:
        """How a case stands: `sent`, `faulty` or `ready`."""
        title = " · ".join(islice((cell.text for cell in case.cells.values() if not cell.blank), _TITLE_PARTS))
        if receipt := self._desk.receipt(upload.person, command):
            return _sent(FillingRow(row=case.number, title=title, state=""), receipt)
        survey = upload.service.survey
        named = labels(survey.children if survey else (), upload.language)
        evaluation = self._evaluate(upload, case)
        found = case_faults(case, evaluation, named)
        context = self._desk.context(upload.service, evaluation, upload.person)
        for choice in choosing(upload.service.routing or NO_ROUTE, context):
            found.append(faults.CHOSEN_ON_SCREEN.at(case.result.place, step=choice.step.title(upload.language)))
        if not case.result.blank:
            found.append(faults.CHANGED_AFTER_SENDING.at(case.result.place, text=case.result.text))
        state = "faulty" if has_errors(found) else "ready"
        return FillingRow(row=case.number, title=title, state=state, diagnostics=found)

    def _send(self, upload: Upload, case: FilledCase, command: str) -> FillingRow:
        """Send a case unless it was, or must not be; the form has the last word when it is sent."""
        row = self._row(upload, case, command)
        if row.state != "ready":
            return row
        receipt = self._desk.submit(
            upload.person,
            upload.service,
            case.answers,
            command_id=command,
            language=upload.language,
            from_draft=False,
            keep_draft=True,
        )
        return _sent(row, receipt) if receipt.done else self._row(upload, case, command)

    def _filling(self, upload: Upload, filled: Filled, rows: Sequence[FillingRow]) -> Filling:
        return Filling(
            file=upload.file,
            version=upload.service.version,
            rows=rows,
            diagnostics=filled.found,
            sendable=0 if has_errors(filled.found) else sum(row.state == "ready" for row in rows),
        )


def _sent(row: FillingRow, receipt: Receipt) -> FillingRow:
    return replace(row, state="sent", case_id=receipt.case_id, number=receipt.number)


def _commands(filled: Filled, upload: Upload) -> Iterator[tuple[FilledCase, str]]:
    """Every case with the id of its command."""
    seen: Counter[str] = Counter()
    for case in filled.cases:
        said = dumps([upload.service.settings.id, filled.batch, case.answers])
        seen[said] += 1
        yield case, "fill-" + hashlib.sha256(f"{seen[said]} {said}".encode("utf-8", "surrogatepass")).hexdigest()
