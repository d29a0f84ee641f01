"""Passes of cases: shown to their holders, checked at gates and by keepers, withdrawn.

A scan is a command whose id is made from who checks and the id that she gives the scan: so it has one effect, however often
a gate sends it, and of two gates at once the second sees what the first let in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.cases import scans
from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import NO_ROUTE, Desk, digest_of, problems_of
from banshi.platform.cases.gates import Answer, Gate, Scan, plain_place, who_checks
from banshi.platform.cases.giving import (
    CASE_BACK,
    PASS_WITHDRAWN,
    REPLACED,
    about,
    carried,
    pass_id,
    told_of,
    withdrawn,
)
from banshi.platform.cases.personal_passes import PersonalPasses
from banshi.platform.cases.reader import CaseReader
from banshi.platform.cases.timers import SCANNED
from banshi.platform.documents.codes import PASS_LENGTH, TURNING_LENGTH, grouped, read_code
from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound, OtherScan, plain_failures
from banshi.platform.forms.rights import merge, spread
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.publishing.library import Library, owns
from banshi.platform.routes import flow
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.faults import FlowError
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, RouteState, StepStatus
from banshi.platform.service.model import Field, Service
from banshi.platform.service.passes import IN, OUT, Pass
from banshi.platform.views import Receipt
from banshi.rules.expressions import Expression
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import Change, Command, Draw, ReversedBefore, StaleWrite, StorageBusy, Store
from banshi.storage.passes import GIVEN, PassFilter, StoredPass

LONGEST_REASON = 200
GRACE = timedelta(seconds=5)
"""For how long after a scan the same code, without a direction, is taken for the same scan and not for its way back."""
_TRIES = 20
_UNKNOWN, _WINDOW = 60, timedelta(minutes=1)
"""How many unknown codes one gate or keeper is answered, and within which time."""
_MOST_TRIED = 10_000
_WHY = {
    REPLACED: ("已发新的通行证代替", "another one was given in its place"),
    CASE_BACK: ("办件退回、撤回或未通过", "its case was sent back, withdrawn or refused"),
}


class TooManyUnknown(HallError):
    """Too many codes that are no pass's."""

    status = 429

    def __init__(self) -> None:
        super().__init__("无效的码太多，请一分钟后再试。", "Too many unknown codes: try again in a minute.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRow:
    """A pass as a list shows it. `code` is for its holder alone, and only while it counts or will.

    `state` is given, not_yet, over, used, nowhere (no place came out) or withdrawn; `left` how often it still lets in (None: without end).
    """

    id: str
    case_id: str
    title: str
    state: str
    places: Sequence[str] | None
    since: datetime | None
    until: datetime | None
    left: int | None
    inside: bool
    given_at: datetime
    code: str = ""
    why: str = ""
    withdrawn_at: datetime | None = None
    erased: bool = False
    may_withdraw: bool = False

    @property
    def said_code(self) -> str:
        """The code in groups."""
        return grouped(self.code)


@plain_failures
class Passes:
    """See the module."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        reader: CaseReader,
        personal: PersonalPasses,
        clock: Callable[[], datetime],
    ) -> None:
        self._personal = personal
        self._store = store
        self._library = library
        self._desk = desk
        self._reader = reader
        self._clock = clock
        self._unknown: dict[str, list[datetime]] = {}

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[PassRow]:
        """The passes of a case that a person may see, the first given first."""
        if not self._reader.sees(person, case_id):
            raise NotAllowed
        found = self._store.passes(PassFilter(case_id=case_id))
        if not found:
            return []
        service = self._reader.service(person, case_id)
        revokes = owns(person, service) or self._desk.case(case_id).applicant == person.id
        return [self._row(one, service, person, language, may_withdraw=revokes) for one in found]

    def mine(self, person: Person, pass_key: str, language: str = "zh") -> PassRow:
        """One pass of the person's own, to be shown. Raises NotFound, also for another's."""
        one = self._store.pass_of(pass_key)
        if one is None or one.person != person.id:
            raise NotFound("pass", pass_key[:12])
        return self._row(one, self._library.version(one.service_id, one.version), person, language)

    def withdraw(self, person: Person, pass_key: str, reason: str, command_id: str) -> Receipt:
        """End a pass for a reason; for its holder and those who own its service."""
        one, reason = self._store.pass_of(pass_key), reason.strip()
        if one is None:
            raise NotFound("pass", pass_key[:12])
        digest = digest_of(PASS_WITHDRAWN, pass_key, reason)
        if done := self._desk.done(person, command_id, digest):
            return done
        case = self._desk.case(one.case_id)
        service = self._library.version(case.service_id, case.version)
        if not owns(person, service) and person.id != one.person:
            raise NotAllowed
        if not reason or len(reason) > LONGEST_REASON:
            raise Declined(
                f"请写明收回的原因（{LONGEST_REASON} 字以内）。",
                f"Say why it is withdrawn, in no more than {LONGEST_REASON} characters.",
            )
        if one.state != GIVEN:
            raise Declined("这张通行证已经收回。", "This pass is withdrawn already.")
        left = withdrawn(one, person.id, self._clock(), reason)
        event = told_of(PASS_WITHDRAWN, service, one, person.id, self._clock(), opinion=reason)
        answer = {"case_id": case.id, "number": case.number}
        change = Change(events=[event], case=case.after([event]).stored(), passes_left=[left], answer=answer)
        return self._desk.commit(person, case, command_id, change, digest)

    def places(self) -> list[str]:
        """The places of the passes of all services, as far as their sheets or the choices of their forms name them."""
        found = dict.fromkeys(self._personal.places())
        for service in self._library.services:
            for one in service.passes:
                found |= dict.fromkeys(_named_places(service, one))
        return list(found)

    def check(self, by: Person | Gate, scan: Scan, language: str = "zh") -> Answer:
        """Check a pass and keep that it was scanned.

        Raises NotAllowed for somebody who may not check it, or a gate that says another place than its own, Declined for
        a keeper without a place, OtherScan for an id that was another scan's, TooManyUnknown.
        """
        scan = replace(scan, place=self._place(by, scan.place))
        command_id = f"scan:{digest_of(type(by).__name__, who_checks(by), scan.id)}"  # which says nothing of the place
        digest = digest_of(SCANNED, scan.code.strip(), scan.direction)
        if read_code(scan.code, TURNING_LENGTH):
            return self._check_personal(by, scan, command_id, language)
        if (other := self._store.passage(command_id)) is not None:
            raise OtherScan(other.name)
        for _ in range(_TRIES):
            if (known := self._store.committed(command_id)) is not None:
                if known.answer.get("digest", digest) != digest:
                    raise OtherScan(str(known.answer["number"]))
                one = self._store.pass_of(str(known.answer["pass"]))
                return replace(self._answer(by, one, known.answer, scan, language), repeated=True)
            one = self._found(by, scan)
            if one is None:
                self._remember_unknown(who_checks(by))
                nothing = {"allowed": False, "reason": scans.UNKNOWN, "direction": scan.direction}
                return self._answer(by, None, nothing, scan, language)
            case = self._desk.case(one.case_id)
            service = self._library.version(case.service_id, case.version)
            self._ensure_checks(by, one, case, service)
            came = self._verdict(one, scan)
            answer = {**came, "case_id": case.id, "number": case.number, "pass": one.id, "digest": digest}
            actor = by.id if isinstance(by, Person) else SYSTEM
            made = self._change(by, one, case, service, scan, came, actor)

            def change(draw: Draw, made: Callable[[Draw], Change] = made, answer: dict[str, Any] = answer) -> Change:
                return replace(made(draw), answer=answer)

            command = Command(
                id=command_id,
                actor=actor,
                at=self._clock(),
                change=change,
                case_id=case.id,
                expected_seq=case.seq,
            )
            try:
                self._store.commit(command)
            except (StaleWrite, ReversedBefore):
                continue  # somebody acted, or was let in, meanwhile: look again
            return self._answer(by, one, came, scan, language)
        raise StorageBusy("pass")

    # Inside

    def _check_personal(self, by: Person | Gate, scan: Scan, command_id: str, language: str) -> Answer:
        """The same of a personal pass, whose code changes."""
        if (known := self._store.committed(command_id)) is not None:
            raise OtherScan(str(known.answer["number"]))
        if (answer := self._personal.check(by, scan, command_id, language)) is not None:
            return answer
        self._remember_unknown(who_checks(by))
        nothing = {"allowed": False, "reason": scans.UNKNOWN, "direction": scan.direction}
        return self._answer(by, None, nothing, scan, language)

    @staticmethod
    def _place(by: Person | Gate, said: str) -> str:
        """Where a scan is made: where the gate stands, or what a keeper says."""
        said = said.strip()
        if isinstance(by, Person):
            if not said:
                raise Declined("请先选择查验地点。", "Say where you check first.")
            return said[:100]
        if said and plain_place(said) != plain_place(by.place):
            raise NotAllowed("这台闸机不在所报的地点。", "This gate does not stand at the place that it names.")
        return by.place

    def _found(self, by: Person | Gate, scan: Scan) -> StoredPass | None:
        """The pass with a code; for a keeper also the one of the case with a number that counts here and now, else the last."""
        if code := read_code(scan.code, PASS_LENGTH):
            one = self._store.pass_of(pass_id(code))
            return None if one is None or one.content.get("erased") else one
        number = unicodedata.normalize("NFKC", scan.code).strip().upper()[:64]
        if isinstance(by, Gate) or not number:
            return None
        try:
            case = self._desk.called(number)
        except HallError:
            return None
        found = self._store.passes(PassFilter(case_id=case.id))
        return next((one for one in found if self._verdict(one, scan)["allowed"]), found[-1] if found else None)

    def _ensure_checks(self, by: Person | Gate, one: StoredPass, case: Case, service: Service) -> None:
        """Gates check every pass; people those of cases on which they are asked, or as whose keepers the sheet names them."""
        if isinstance(by, Gate):
            return
        if by.id == one.person:
            raise NotAllowed("不能查验自己的通行证。", "Nobody checks a pass of her own.")
        if not self._asked(by, case) and not self._keeps(by, one, case, service):
            raise NotAllowed(
                "您不是这张通行证的查验人。请核对您的岗位，或请业务主管把您写进“通行证”表的“查验人”。",
                "You are no keeper of this pass. Check your post, or have the owner of the service name you in the column keeper.",
            )

    def _asked(self, by: Person, case: Case) -> bool:
        mine = self._desk.acts_for(by, case.service_id)
        tasks = self._desk.tasks_of(case)
        return any(task.person in mine and task.step_id and task.state in ("open", "done") for task in tasks)

    def _keeps(self, by: Person, one: StoredPass, case: Case, service: Service) -> bool:
        row = _row_of(service, one)
        if row is None or row.keeper is None:
            return False
        context = self._desk.around(case, service)
        state = RouteState.from_json(case.route)
        around = WhoContext(
            directory=context.directory,
            initiator=context.initiator,
            names=context.names,
            handlers={step: now.approvers for step, now in state.steps.items()},
            datasets=context.datasets,
            now=context.now,
        )
        return by.id in {person.id for person in resolve(row.keeper, around)}

    def _verdict(self, one: StoredPass, scan: Scan) -> dict[str, Any]:
        """What comes of a scan now: whether it is allowed, why, and in which direction."""
        now, exits = self._clock(), bool(one.content.get("exits", True))
        back = bool(exits and one.inside)
        direction = scan.direction or (OUT if back else IN)
        reason = self._hindrance(one, scan, direction, now)
        if not reason:
            over = one.until is not None and one.until <= now
            reason = scans.WELCOME if direction == IN else scans.LATE if over else scans.LEAVES
        return {
            "allowed": reason in (scans.WELCOME, scans.LEAVES, scans.LATE),
            "reason": reason,
            "direction": direction,
        }

    @staticmethod
    def _hindrance(one: StoredPass, scan: Scan, direction: str, now: datetime) -> str:
        """Why somebody is not let through; empty where nothing is in the way. Whoever is inside may leave."""
        exits, inside = bool(one.content.get("exits", True)), bool(one.inside)
        places = one.content.get("places")
        last = max(filter(None, (one.entered_at, one.left_at)), default=None)
        if direction == OUT:
            if not exits:
                return scans.NO_EXITS
            if not inside:
                return scans.NOT_INSIDE
        elif one.state != GIVEN:
            return scans.WITHDRAWN
        elif one.since is not None and now < one.since:
            return scans.NOT_YET
        elif one.until is not None and one.until <= now:
            return scans.OVER
        if places == []:
            return scans.NOWHERE
        if places is not None and plain_place(scan.place) not in map(plain_place, places):
            return scans.WRONG_PLACE
        if not scan.direction and last is not None and now < last + GRACE:
            return scans.TOO_SOON
        if direction == IN and exits and inside:
            return scans.INSIDE
        if direction == IN and 0 < one.uses <= one.used:
            return scans.USED
        return ""

    def _change(
        self,
        by: Person | Gate,
        one: StoredPass,
        case: Case,
        service: Service,
        scan: Scan,
        came: dict[str, Any],
        actor: str,
    ) -> Callable[[Draw], Change]:
        """What a scan writes: the event, the pass after it, and the step that it does."""
        now = self._clock()
        told = {
            "place": scan.place,
            "direction": came["direction"],
            "reason": came["reason"],
            "allowed": came["allowed"],
        }
        if isinstance(by, Gate):
            told["gate"] = by.name
        event = told_of(SCANNED, service, one, actor, now, scan=told)
        after = case.after([event])
        left = _used(one, came, now)
        lefts = [left, *self._also_left(one, came, now)]
        change = Change(events=[event], case=after.stored(), passes_left=lefts if came["allowed"] else ())
        moved = self._step(by, left, after, service, came["direction"]) if came["allowed"] else None
        if moved is None:
            return lambda _: change

        def both(draw: Draw) -> Change:
            made = moved(draw)
            ended = {other.id: other for other in made.passes_left}
            kept = [replace(ended.pop(one.id, one), **_uses_of(one)) for one in lefts]
            given = [carried(new, lefts) if new.name == one.name else new for new in made.passes]
            return replace(made, events=[event, *made.events], passes=given, passes_left=[*kept, *ended.values()])

        return both

    def _also_left(self, one: StoredPass, came: dict[str, Any], now: datetime) -> list[StoredPass]:
        """Whoever leaves with a pass has left with those that were given before or after it in its place as well."""
        if came["direction"] != OUT:
            return []
        others = self._store.passes(PassFilter(case_id=one.case_id))
        return [
            _used(other, came, now)
            for other in others
            if other.name == one.name and other.id != one.id and other.inside and not other.content.get("erased")
        ]

    def _step(
        self, by: Person | Gate, one: StoredPass, case: Case, service: Service, direction: str
    ) -> Callable[[Draw], Change] | None:
        """What doing the step writes that a scan does; None where it does none, or somebody has to say or fill in more.

        A keeper whom the step asks does it herself; for gates and other keepers the platform does.
        """
        row, route = _row_of(service, one), service.routing or NO_ROUTE
        step_id = row.step(direction) if row else ""
        if row is None or not step_id or case.closed:
            return None
        state = RouteState.from_json(case.route)
        now = state.steps.get(step_id)
        if now is None or now.status is not StepStatus.ACTIVE:
            return None
        step = next((step for step in route.steps if step.id == step_id), None)
        if step is None or step.opinion_required or step.signature:
            return None
        applicant = self._desk.applicant(case)
        merged = merge(service, case.answers, _moments(row, one), step)
        evaluation = self._desk.evaluate(
            service,
            merged,
            applicant,
            "zh",
            case_id=case.id,
            stored=case.answers,
            kept=self._desk.given_in(service, applicant, case.id, case.answers),
            require=spread(service, step.require),
        )
        if problems_of(evaluation, "zh"):
            return None
        me = by.id if isinstance(by, Person) else ""
        acts = self._desk.acts_for(by, case.service_id) if isinstance(by, Person) else frozenset[str]()
        whose = me if me in now.waiting else next((who for who in now.waiting if who in acts), "")

        def move(draw: Draw | None) -> Progress:
            context = self._desk.context(service, evaluation, applicant, case, case.chosen, draw)
            if not whose:
                return flow.pass_scanned(route, state, step_id, context)
            return flow.act(route, state, step_id, whose, Action.APPROVE, context, by=me if me != whose else "")

        first = {"step": step_id, "reason": str(Reason.SCANNED), **({"for": whose} if whose not in ("", me) else {})}
        kind = "approved" if now.mode.decides else "done"
        try:
            moved = self._desk.moving(service, move)
        except FlowError:
            return None
        return lambda draw: self._desk.moved(kind, me or SYSTEM, case, service, moved(draw), first, evaluation)

    def _answer(self, by: Person | Gate, one: StoredPass | None, came: Any, scan: Scan, language: str) -> Answer:
        reason = str(came["reason"])
        allowed = bool(came["allowed"])
        answer = Answer(
            allowed=allowed,
            reason=reason,
            message=scans.said(reason, language),
            direction=str(came["direction"]),
            place=scan.place,
        )
        if one is None:
            return answer
        service = self._library.kept(one.service_id, one.version)
        whole = isinstance(by, Person) and self._asked(by, self._desk.case(one.case_id))
        shows = one.content.get("shows" if whole else "masked", {}).get(language, ())
        return replace(
            answer,
            title=about(service, one)["title_en" if language == "en" else "title"],
            message=scans.said_at(reason, one.since, one.until, language),
            since=one.since,
            until=one.until,
            shows=[list(pair) for pair in shows if pair[1]],
        )

    def _row(
        self, one: StoredPass, service: Service, person: Person, language: str, *, may_withdraw: bool = False
    ) -> PassRow:
        state = self._state(one)
        why = _WHY[one.why][language == "en"] if one.why in _WHY else one.why
        return PassRow(
            id=one.id,
            case_id=one.case_id,
            title=about(service, one)["title_en" if language == "en" else "title"],
            state=state,
            places=one.content.get("places"),
            since=one.since,
            until=one.until,
            left=max(one.uses - one.used, 0) if one.uses else None,
            inside=bool(one.inside),
            given_at=one.given_at,
            code=one.code if one.person == person.id and (state in ("given", "not_yet") or one.inside) else "",
            why=why if state == "withdrawn" else "",
            withdrawn_at=one.changed_at if state == "withdrawn" else None,
            erased=bool(one.content.get("erased")),
            may_withdraw=may_withdraw and one.state == GIVEN,
        )

    def _state(self, one: StoredPass) -> str:
        now = self._clock()
        if one.state != GIVEN:
            return "withdrawn"
        if one.content.get("places") == []:
            return "nowhere"
        if one.until is not None and one.until <= now:
            return "over"
        if 0 < one.uses <= one.used:
            return "used"
        return "not_yet" if one.since is not None and now < one.since else "given"

    def _remember_unknown(self, who: str) -> None:
        """Keep that somebody showed what is no pass; of very many the oldest are forgotten. Good codes are always answered."""
        now = self._clock()
        tried = [at for at in self._unknown.pop(who, []) if at > now - _WINDOW]
        if len(tried) >= _UNKNOWN:
            self._unknown[who] = tried
            raise TooManyUnknown
        self._unknown[who] = [*tried, now]
        while len(self._unknown) > _MOST_TRIED:
            self._unknown.pop(next(iter(self._unknown)))


def _row_of(service: Service, one: StoredPass) -> Pass | None:
    return next((row for row in service.passes if row.name == one.name), None)


def _named_places(service: Service, one: Pass) -> list[str]:
    if not isinstance(one.places, Expression):
        return list(one.places)
    fields = (item for item, _ in service.survey.walk()) if service.survey else ()
    lists = [
        item.choices for item in fields if isinstance(item, Field) and item.name in one.places.names and item.choices
    ]
    choices = service.survey.choices if service.survey else {}
    return [choice.name for name in lists for choice in choices.get(name, ())]


def _used(one: StoredPass, came: dict[str, Any], now: datetime) -> StoredPass:
    """A pass after it let somebody through."""
    if came["direction"] == IN:
        return replace(one, used=one.used + 1, inside=1 if one.content.get("exits", True) else 0, entered_at=now)
    return replace(one, inside=0, left_at=now)


def _uses_of(one: StoredPass) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("used", "inside", "entered_at", "left_at")}


def _moments(row: Pass, one: StoredPass) -> dict[str, str]:
    """When somebody came in and left, by the fields that get it."""
    moments = ((row.entered, one.entered_at), (row.left, one.left_at))
    local = (
        (name, at.astimezone(CAMPUS_ZONE).replace(microsecond=0)) for name, at in moments if name and at is not None
    )
    return {name: at.isoformat() for name, at in local}
