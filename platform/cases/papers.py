"""Papers of cases: listed, rendered, revoked; checked by anybody who has the code; printed at kiosks."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from banshi.platform.cases.desk import Desk, digest_of
from banshi.platform.cases.issuing import PAPER_REVOKED, SUPERSEDED, told_of
from banshi.platform.cases.reader import CaseReader
from banshi.platform.documents.codes import grouped, read_code
from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound, plain_failures
from banshi.platform.papers.rendering import paper_pdf
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.views import Receipt
from banshi.storage.attachments import AttachmentFolder, NoSuchFile
from banshi.storage.contract import Change, Store
from banshi.storage.papers import REVOKED, VALID, PaperFilter, StoredPaper

EXPIRED, UNKNOWN, SPECIMEN = "expired", "unknown", "specimen"
"""What a paper may be beside valid and revoked: its period is over, there is none, it is of a trial."""
LONGEST_REASON = 200
_WRONG, _WINDOW = 5, timedelta(minutes=15)
"""How many wrong pickup codes are taken for one person or paper, and within which time."""
_MOST_TRIED = 10_000
_AGAIN = timedelta(minutes=10)
"""Within which time a paper may be loaded again as the same copy."""
_WHY = {SUPERSEDED: ("已由新开的文书代替", "another one was issued in its place")}


class TooOften(HallError):
    """Too many wrong pickup codes."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "取件码输错次数太多，请 15 分钟后再试，或到“我的办件”查看取件码。",
            "Too many wrong pickup codes: try again in 15 minutes, or look the code up under My cases.",
        )


class NoCopyLeft(Declined):
    """Every copy was printed or loaded."""

    def __init__(self) -> None:
        super().__init__(
            "份数已经打完。需要更多请重新申请，或联系主管部门。",
            "All copies are printed. Apply again for more, or ask the office.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper as a list shows it. `state` is valid, revoked, expired or specimen; `pickup` is for the applicant alone.

    `may_download` says that the viewer may have it as a PDF, `may_revoke` that she may revoke it; `left` is how many
    copies kiosks still print (None: as many as anybody likes); with `downloads` the applicant's loads are among them.
    """

    code: str
    case_id: str
    title: str
    number: str
    language: str
    issued_at: datetime
    valid_until: datetime | None
    state: str
    printed: int
    left: int | None
    downloads: bool = False
    revoked_at: datetime | None = None
    revoked_by: str = ""
    why: str = ""
    pickup: str = ""
    erased: bool = False
    may_download: bool = False
    may_revoke: bool = False

    @property
    def said_code(self) -> str:
        """The code in groups."""
        return grouped(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What anybody learns who has the code of a paper; of one that is unknown nothing but that."""

    state: str
    code: str = ""
    title: str = ""
    number: str = ""
    issued_at: datetime | None = None
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    shows: Sequence[tuple[str, str]] = ()
    erased: bool = False


@plain_failures
class Papers:
    """See the module. In a trial (`specimens`) every paper is a specimen and never valid."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        reader: CaseReader,
        attachments: AttachmentFolder,
        clock: Callable[[], datetime],
        *,
        specimens: bool = False,
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._reader = reader
        self._attachments = attachments
        self._clock = clock
        self._specimens = specimens
        self._tried: dict[str, list[datetime]] = {}
        self._loaded: dict[str, datetime] = {}

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[PaperRow]:
        """The papers of a case that a person may see, the first issued first."""
        if not self._reader.sees(person, case_id):
            raise NotAllowed
        papers = self._store.papers(PaperFilter(case_id=case_id))
        if not papers:
            return []
        whole = self._reader.sees_whole(person, case_id)
        revokes = owns(person, self._reader.service(person, case_id))
        return [
            replace(
                self._row(paper, language),
                pickup=paper.pickup if paper.person == person.id else "",
                may_download=whole
                and self._state(paper) in (VALID, SPECIMEN)
                and not _erased(paper)
                and self._may_load(person, paper),
                may_revoke=revokes and paper.state == VALID,
            )
            for paper in papers
        ]

    def pdf(self, person: Person, code: str, site: str) -> tuple[str, bytes]:
        """A paper: file name and bytes. Raises NotFound, NotAllowed, Declined for a revoked one, NotRendered."""
        paper = self._paper(code)
        if not self._reader.sees_whole(person, paper.case_id):
            raise NotAllowed
        if person.id != paper.person or not _counts_downloads(paper) or self._specimens:
            return self._file(paper, site)
        return self._loaded_file(paper, site)

    def _loaded_file(self, paper: StoredPaper, site: str) -> tuple[str, bytes]:
        """A paper of which every load is a copy; what is loaded once more within minutes, since it was lost, is none."""
        now = self._clock()
        again = self._loaded.get(paper.code, now - _AGAIN) > now - _AGAIN
        if not again:
            _ensure_left(paper)
        made = self._file(paper, site)
        if not again:
            if self._store.count_print(paper.code) is None:
                raise NoCopyLeft
            self._loaded = {code: at for code, at in self._loaded.items() if at > now - _AGAIN} | {paper.code: now}
        return made

    def revoke(self, person: Person, code: str, reason: str, command_id: str) -> Receipt:
        """Revoke a paper for a reason that everybody reads who sees the case; for those who own its service."""
        paper = self._paper(code)
        reason = reason.strip()
        digest = digest_of(PAPER_REVOKED, code, reason)
        if done := self._desk.done(person, command_id, digest):
            return done
        case = self._desk.case(paper.case_id)
        service = self._library.version(case.service_id, case.version)
        if not owns(person, service):
            raise NotAllowed
        if not reason or len(reason) > LONGEST_REASON:
            raise Declined(
                f"请写明撤销的原因（{LONGEST_REASON} 字以内）。",
                f"Say why it is revoked, in no more than {LONGEST_REASON} characters.",
            )
        if paper.state == REVOKED:
            raise Declined("这份文书已经撤销。", "This paper is revoked already.")
        now = self._clock()
        left = replace(paper, state=REVOKED, changed_at=now, changed_by=person.id, why=reason)
        event = told_of(PAPER_REVOKED, paper, person.id, now, opinion=reason)
        after = case.after([event])
        answer = {"case_id": case.id, "number": case.number}
        change = Change(events=[event], case=after.stored(), papers_left=[left], answer=answer)
        return self._desk.commit(person, case, command_id, change, digest)

    def check(self, said: str) -> Checked:
        """What anybody is told of a code: just what the paper prints and its workbook lets be shown, in the paper's language."""
        code = read_code(said)
        paper = self._store.paper(code) if code else None
        if paper is None:
            return Checked(state=UNKNOWN)
        shows = [(str(label), str(text)) for label, text in paper.content.get("shows", ())]
        return Checked(
            state=self._state(paper),
            code=grouped(paper.code),
            title=paper.title,
            number=paper.number,
            issued_at=paper.issued_at,
            valid_until=paper.valid_until,
            revoked_at=paper.changed_at if paper.state == REVOKED else None,
            shows=shows if paper.state == VALID else (),
            erased=_erased(paper),
        )

    def _may_load(self, person: Person, paper: StoredPaper) -> bool:
        """Whether a copy is left to load, where loads count; one that was just loaded may be loaded again."""
        if person.id != paper.person or not _counts_downloads(paper) or self._specimens:
            return True
        now = self._clock()
        return paper.printed < paper.copies or self._loaded.get(paper.code, now - _AGAIN) > now - _AGAIN

    # At a kiosk

    def ready(self, said: str, pickup: str, language: str = "zh") -> list[PaperRow]:
        """The papers that somebody may print who knows a code or a person's number, and the pickup code.

        Raises Declined for a wrong pair, in the same words whatever is wrong with it, and TooOften.
        """
        code = read_code(said)
        who = code or said.strip()[:100]
        self._ensure_not_often(who)
        known = self._store.paper(code) if code else None
        which = PaperFilter(case_id=known.case_id) if known else PaperFilter(person=said.strip())
        papers = self._store.papers(which) if which.case_id or which.person else []
        mine = [one for one in papers if hmac.compare_digest(one.pickup.encode(), pickup.strip().encode())]
        if not mine:
            self._remember(who)
            raise Declined(
                "没有找到。请核对核验码或学（工）号，以及取件码。",
                "Nothing was found. Check the code or your number, and the pickup code.",
            )
        self._tried.pop(who, None)
        return [self._row(paper, language) for paper in mine if not _erased(paper)]

    def print_ready(self, code: str, pickup: str, site: str) -> tuple[str, bytes]:
        """A paper that was found at a kiosk, with the print counted. Raises Declined where no copy is left, NotRendered.

        A paper that cannot be rendered costs no copy.
        """
        paper = self._paper(code)
        if not hmac.compare_digest(paper.pickup.encode(), pickup.strip().encode()):
            raise NotAllowed
        _ensure_left(paper)
        made = self._file(paper, site)
        if self._store.count_print(code) is None:
            raise NoCopyLeft
        return made

    # Inside

    def _paper(self, code: str) -> StoredPaper:
        paper = self._store.paper(read_code(code))
        if paper is None:
            raise NotFound("paper", code)
        return paper

    def _file(self, paper: StoredPaper, site: str) -> tuple[str, bytes]:
        state = self._state(paper)
        if state == REVOKED:
            raise Declined("这份文书已经撤销，不能再打印。", "This paper is revoked and is printed no more.")
        if state == EXPIRED:
            raise Declined("这份文书已过有效期，请重新申请。", "This paper has expired; apply for another one.")
        if _erased(paper):
            raise Declined(
                "办件的个人信息已经删除，这份文书不能再打印。",
                "The personal data of the case were deleted, so this paper can be printed no more.",
            )
        service = self._library.version(paper.service_id, paper.version)
        document = next((one for one in service.documents if one.name == paper.document), None)
        if document is None:
            raise NotFound("paper", paper.code)
        made = paper_pdf(paper, document, self._picture, site, draft=self._specimens)
        return f"{paper.title}-{paper.number}.pdf", made

    def _picture(self, attachment_id: str) -> bytes | None:
        stored = self._store.attachment(attachment_id)
        try:
            return self._attachments.path(stored.path).read_bytes() if stored is not None else None
        except (NoSuchFile, OSError):
            return None

    def _state(self, paper: StoredPaper) -> str:
        if paper.state == REVOKED:
            return REVOKED
        if self._specimens:
            return SPECIMEN
        expired = paper.valid_until is not None and paper.valid_until <= self._clock()
        return EXPIRED if expired else VALID

    def _row(self, paper: StoredPaper, language: str) -> PaperRow:
        revoked = paper.state == REVOKED
        by = "" if paper.changed_by == SYSTEM else self._library.directory.name(paper.changed_by, language)
        return PaperRow(
            code=paper.code,
            case_id=paper.case_id,
            title=paper.title,
            number=paper.number,
            language=paper.language,
            issued_at=paper.issued_at,
            valid_until=paper.valid_until,
            state=self._state(paper),
            printed=paper.printed,
            left=max(paper.copies - paper.printed, 0) if paper.copies else None,
            downloads=_counts_downloads(paper),
            revoked_at=paper.changed_at if revoked else None,
            revoked_by=by if revoked else "",
            why=_WHY[paper.why][language == "en"] if paper.why in _WHY else paper.why,
            erased=_erased(paper),
        )

    def _ensure_not_often(self, who: str) -> None:
        since = self._clock() - _WINDOW
        wrong = [at for at in self._tried.get(who, ()) if at > since]
        if len(wrong) >= _WRONG:
            raise TooOften

    def _remember(self, who: str) -> None:
        """Keep that somebody was wrong; of very many the oldest are forgotten."""
        now = self._clock()
        self._tried[who] = [at for at in self._tried.pop(who, []) if at > now - _WINDOW] + [now]
        while len(self._tried) > _MOST_TRIED:
            self._tried.pop(next(iter(self._tried)))


def _erased(paper: StoredPaper) -> bool:
    return bool(paper.content.get("erased"))


def _counts_downloads(paper: StoredPaper) -> bool:
    return bool(paper.content.get("downloads")) and paper.copies > 0


def _ensure_left(paper: StoredPaper) -> None:
    if 0 < paper.copies <= paper.printed:
        raise NoCopyLeft
