"""Personal passes: shown by people who stand on a roll, with a code that changes every half minute; checked, kept, forgotten.

A code is made from a secret of its holder and the server's clock, and lets through once. Whoever is taken off the roll, which
is read at every scan, is refused at once. Passages are kept beside cases, for as long as the sheet says.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from banshi.platform.cases import scans
from banshi.platform.cases.desk import digest_of
from banshi.platform.cases.gates import Answer, Gate, Scan, plain_place, who_checks
from banshi.platform.cases.giving import moment_of, places_of
from banshi.platform.cases.months import months_before
from banshi.platform.cases.timers import SCANNED
from banshi.platform.documents.codes import (
    HOLDER_LENGTH,
    PERIOD,
    TURNING_LENGTH,
    grouped,
    new_holder,
    period_of,
    read_code,
    turning_code,
)
from banshi.platform.errors import NotAllowed, OtherScan, plain_failures
from banshi.platform.people.directory import Person
from banshi.platform.people.who import Who, WhoContext, resolve
from banshi.platform.publishing.library import Library
from banshi.platform.service.model import Service
from banshi.platform.service.passes import IN, OUT
from banshi.platform.service.personal_passes import (
    ALLOW,
    LATE,
    PLACE,
    REFUSE,
    TIME,
    VERDICTS,
    WEEKDAY,
    PersonalPass,
    day_written,
)
from banshi.platform.service.sensitive import Sensitive, mask
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.values import CAMPUS_ZONE, Value
from banshi.storage.contract import StaleWrite, Store
from banshi.storage.passages import PassageFilter, StoredHolder, StoredPassage

LOG = logging.getLogger("banshi")

GRACE = timedelta(seconds=5)
"""For how long around its period a code counts: scanners and networks take their time."""
_REMEMBERED = 20
"""How many periods back a code is known as an old one, so that its holder is told."""
_TRIES = 20
_EVERY = timedelta(hours=1)
_GONE = 1
"""Months for which passages are kept of a pass that no live workbook has any more."""
_ORDER = (scans.NOT_LISTED, scans.OVER, scans.NOWHERE, scans.WRONG_PLACE, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRow:
    """A personal pass as its holder sees it.

    `state` is given, over, nowhere or leaving (her pass does not count, and she is inside: the code is only for leaving);
    `code` counts for `seconds` more seconds, and is empty where the pass does not count.
    `counts` says where (None: everywhere) and until when, for each moment at which some of her rows of the roll end;
    `places` are all of them, `until` is the last.
    """

    service_id: str
    name: str
    title: str
    state: str
    counts: tuple[tuple[tuple[str, ...] | None, datetime | None], ...]
    places: tuple[str, ...] | None
    until: datetime | None
    inside: bool
    exits: bool
    code: str = ""
    seconds: int = 0

    @property
    def said_code(self) -> str:
        """The code in groups."""
        return grouped(self.code)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The row of the roll that counts for somebody: why it does not (empty where it does), where and until when it does."""

    why: str
    row: Mapping[str, Value]
    places: tuple[str, ...] | None = None
    until: datetime | None = None


@plain_failures
class PersonalPasses:
    """See the module."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._purged: datetime | None = None

    def mine(self, person: Person, language: str = "zh") -> list[PersonalRow]:
        """The passes that a person holds, with their codes of now."""
        found = (
            self._row(person, service, one, language)
            for service in self._library.services
            for one in service.personal_passes
        )
        return [row for row in found if row is not None]

    def holds_any(self, person: Person) -> bool:
        """Whether a roll names a person, or she is inside with a pass of which she was taken off the roll."""
        found = [(service, one) for service in self._library.services for one in service.personal_passes]
        return any(_rows(service, one, person.id) for service, one in found) or any(
            self._inside(service, one, person) for service, one in found
        )

    def places(self) -> Iterator[str]:
        """The places that sheets of live services name."""
        for service in self._library.services:
            for one in service.personal_passes:
                yield from one.places if isinstance(one.places, tuple) else ()

    def waits_for(self, service: Service, one: PersonalPass, person_id: str) -> bool:
        """Whether somebody who went out may come back: the roll names her, and her pass is not over."""
        return self._listed(service, one, person_id, None, self._clock()).why not in (scans.NOT_LISTED, scans.OVER)

    def check(self, by: Person | Gate, scan: Scan, scan_id: str, language: str) -> Answer | None:
        """Check the code of a personal pass and keep that it was scanned; None for a code that is nobody's.

        Raises NotAllowed for somebody who may not check it, OtherScan for an id that was another scan's.
        """
        code, digest = read_code(scan.code, TURNING_LENGTH), digest_of(SCANNED, scan.code.strip(), scan.direction)
        lost = 0
        while True:
            if (known := self._store.passage(scan_id)) is not None:
                if known.digest != digest:
                    raise OtherScan(known.name)
                return self._answer(by, known, language, repeated=True)
            holder = self._store.holder(code[:HOLDER_LENGTH])
            service, one = self._found(holder.service_id, holder.name) if holder else (None, None)
            period = self._period(holder, code) if holder else None
            if holder is None or service is None or one is None or period is None:
                return None
            now = self._clock()
            listed = self._listed(service, one, holder.person, scan.place, now)
            self._ensure_checks(by, service, one, holder.person, listed)
            reason, direction = self._verdict(service, one, holder, listed, scan, period, now)
            allowed = reason in scans.LET_THROUGH
            left = holder
            if allowed:
                inside = int(one.exits and direction == IN)
                left = replace(holder, period=period, inside=inside, moved_at=now)
            passage = StoredPassage(
                id=scan_id,
                service_id=holder.service_id,
                name=holder.name,
                person=holder.person,
                at=now,
                place=scan.place,
                direction=direction,
                reason=reason,
                allowed=int(allowed),
                gate=by.name if isinstance(by, Gate) else "",
                checked_by="" if isinstance(by, Gate) else who_checks(by),
                digest=digest,
            )
            try:
                self._store.pass_through(passage, left)
            except StaleWrite:
                lost += 1  # somebody scanned the same code meanwhile: look again
                if lost < _TRIES:
                    continue
                passage = replace(passage, reason=scans.CODE_USED, allowed=0)
            return self._answer(by, passage, language)

    def forget(self, person_id: str, reason: str) -> int:
        """Delete every passage of a person and her codes; how many passages there were. Nobody's command: the hall asks."""
        gone = self._store.forget_holder(person_id)
        self._store.scrub()
        LOG.warning("The passages of a person were deleted (%d) because: %s", gone, reason)
        return gone

    def purge_due(self) -> int:
        """Delete passages that were kept for as long as their sheet says, once an hour; how many. Jobs call it."""
        now = self._clock()
        if self._purged is not None and now - self._purged < _EVERY:
            return 0
        self._purged = now
        gone = 0
        for service_id, name in self._store.passes_held():
            _, one = self._found(service_id, name)
            gone += self._store.delete_passages(service_id, name, months_before(now, one.months if one else _GONE))
        if gone:
            self._store.scrub()
        return gone

    # Inside

    def _found(self, service_id: str, name: str) -> tuple[Service | None, PersonalPass | None]:
        live = self._library.live.get(service_id)
        service = live[0] if live else None
        return service, next((one for one in (service.personal_passes if service else ()) if one.name == name), None)

    def _row(self, person: Person, service: Service, one: PersonalPass, language: str) -> PersonalRow | None:
        now = self._clock()
        judged = [self._judged(service, one, row, None, now) for row in _rows(service, one, person.id)]
        listed = _least(judged)
        holder = self._inside(service, one, person) if listed.why else None
        if listed.why == scans.NOT_LISTED and holder is None:
            return None
        known = [] if listed.why == scans.NOT_LISTED else judged
        counts = _counts([other for other in known if other.why == listed.why])
        row = PersonalRow(
            service_id=service.settings.id,
            name=one.name,
            title=one.title(language),
            state="leaving" if holder else listed.why or "given",
            counts=counts,
            places=_all_places([places for places, _ in counts]),
            until=counts[-1][1] if counts else None,
            inside=False,
            exits=one.exits,
        )
        if listed.why and holder is None:
            return row
        holder = self._holder(service, one, person) or self._store.add_holder(
            StoredHolder(
                id=new_holder(),
                service_id=service.settings.id,
                name=one.name,
                person=person.id,
                secret=secrets.token_hex(32),
                made_at=now,
            )
        )
        period = period_of(now)
        left = int((period + 1) * PERIOD - now.timestamp()) + 1
        code = turning_code(holder.id, holder.secret, period)
        return replace(row, inside=bool(holder.inside), code=code, seconds=left)

    def _holder(self, service: Service, one: PersonalPass, person: Person) -> StoredHolder | None:
        return self._store.holder_of(service.settings.id, one.name, person.id)

    def _inside(self, service: Service, one: PersonalPass, person: Person) -> StoredHolder | None:
        """The holder who is inside; None where she is not."""
        holder = self._holder(service, one, person) if one.exits else None
        return holder if holder and holder.inside else None

    def _period(self, holder: StoredHolder, code: str) -> int | None:
        """The period of which a code is; None where it is of none, or of long ago."""
        last = period_of(self._clock() + GRACE)
        return next(
            (
                period
                for period in range(last, last - _REMEMBERED, -1)
                if hmac.compare_digest(turning_code(holder.id, holder.secret, period), code)
            ),
            None,
        )

    def _listed(self, service: Service, one: PersonalPass, person_id: str, place: str | None, now: datetime) -> _Listed:
        """The row of the roll that counts, of several the one that is least in the way; without a place, at any."""
        return _least([self._judged(service, one, row, place, now) for row in _rows(service, one, person_id)])

    def _judged(
        self, service: Service, one: PersonalPass, row: Mapping[str, Value], place: str | None, now: datetime
    ) -> _Listed:
        environment = Environment(row, service.datasets, now=now, calendar=self._library.calendar)
        if one.when is not None and evaluate(one.when, environment) is not True:
            return _Listed(scans.NOT_LISTED, row)
        places, until = places_of(one.places, environment), None
        if one.until is not None and (value := evaluate(one.until, environment)) not in (None, ""):
            end = day_written(value) if isinstance(value, str) else value
            until = moment_of(end, None) or now  # nobody knows until when: then it is over
        why = ""
        if until is not None and until <= now:
            why = scans.OVER
        elif places == []:
            why = scans.NOWHERE
        elif places is not None and place is not None and plain_place(place) not in map(plain_place, places):
            why = scans.WRONG_PLACE
        return _Listed(why, row, None if places is None else tuple(places), until)

    def _verdict(
        self,
        service: Service,
        one: PersonalPass,
        holder: StoredHolder,
        listed: _Listed,
        scan: Scan,
        period: int,
        now: datetime,
    ) -> tuple[str, str]:
        """What comes of a scan, and in which direction. Whoever is inside may leave there, at any time and off the roll."""
        inside = bool(one.exits and holder.inside)
        here = inside and self._came_in_at(holder) in ("", plain_place(scan.place))
        direction = scan.direction or (OUT if here else IN)
        if period < period_of(now - GRACE):
            return scans.OLD_CODE, direction
        if period <= holder.period:
            return scans.CODE_USED, direction
        if direction == OUT:
            if not one.exits:
                return scans.NO_EXITS, direction
            if listed.why == scans.WRONG_PLACE and not here:
                return listed.why, direction
            return scans.LEAVES if here else scans.AGAIN, direction
        if listed.why:
            return listed.why, direction
        came = self._hours(service, one, listed, scan.place, now)
        if came == REFUSE:
            return scans.CLOSED, direction
        return scans.LATE_IN if came == LATE else scans.AGAIN if inside else scans.WELCOME, direction

    def _came_in_at(self, holder: StoredHolder) -> str:
        """Where somebody who is inside came in, plain; empty where that was deleted since."""
        since = holder.moved_at
        if since is None:
            return ""
        which = PassageFilter(service_id=holder.service_id, name=holder.name, person=holder.person, since=since)
        came = [one.place for one in self._store.iter_passages(which) if one.allowed and one.direction == IN]
        return plain_place(came[-1]) if came else ""

    def _hours(self, service: Service, one: PersonalPass, listed: _Listed, place: str, now: datetime) -> str:
        """What the table says of coming in now; what it cannot say is a refusal."""
        if not one.hours:
            return ALLOW
        local = now.astimezone(CAMPUS_ZONE)
        about: tuple[tuple[tuple[str, str], Any], ...] = (
            (TIME, local.time().replace(second=0, microsecond=0)),
            (WEEKDAY, local.isoweekday()),
            (PLACE, place),
        )
        known = {word: value for words, value in about for word in words} | dict(listed.row)
        table = service.tables[one.hours]
        given = {name: known[name] for name in table.names if name in known}
        made = service.decide(one.hours, given, local, calendar=self._library.calendar).outputs
        said = made.get(table.output_names[0]) if isinstance(made, Mapping) else None
        return VERDICTS.get(plain(str(said or "")), REFUSE)

    def _ensure_checks(
        self, by: Person | Gate, service: Service, one: PersonalPass, person_id: str, listed: _Listed
    ) -> None:
        """Gates check every pass; people those as whose keepers the sheet names them."""
        if isinstance(by, Gate):
            return
        if by.id == person_id:
            raise NotAllowed("不能查验自己的通行证。", "Nobody checks a pass of her own.")
        if not self.named(by, service, one.keeper, listed.row, person_id):
            raise NotAllowed(
                "您不是这张通行证的查验人。请核对您的岗位，或请业务主管把您写进“个人通行证”表的“查验人”。",
                "You are no keeper of this pass. Check your post, or have the owner of the service name you in the column keeper.",
            )

    def named(self, by: Person, service: Service, who: Who | None, row: Mapping[str, Value], holder: str = "") -> bool:
        """Whether a who-expression of the sheet names somebody, for a row of the roll."""
        if who is None:
            return False
        directory = self._library.directory
        around = WhoContext(
            directory=directory,
            initiator=directory.people.get(holder) or Person(id=holder, name=""),
            names=row,
            datasets=service.datasets,
            now=self._clock(),
        )
        return by.id in {person.id for person in resolve(who, around)}

    def _answer(self, by: Person | Gate, passage: StoredPassage, language: str, *, repeated: bool = False) -> Answer:
        service, one = self._found(passage.service_id, passage.name)
        answer = Answer(
            allowed=bool(passage.allowed),
            reason=passage.reason,
            message=scans.said(passage.reason, language),
            direction=passage.direction,
            place=passage.place,
            repeated=repeated,
        )
        if service is None or one is None:
            return answer
        listed = self._listed(service, one, passage.person, passage.place, passage.at)
        name = self._library.directory.name(passage.person, language)
        label = "Name" if language == "en" else "姓名"
        shows = [[label, name if isinstance(by, Person) else mask(name, Sensitive.NAME)]]
        if isinstance(by, Person):
            shows += [[column, text] for column in one.shows if (text := _text(listed.row.get(column)))]
        return replace(
            answer,
            title=one.title(language),
            message=scans.said_at(passage.reason, None, listed.until, language),
            until=listed.until,
            shows=shows,
        )


def _rows(service: Service, one: PersonalPass, person_id: str) -> list[dict[str, Value]]:
    """The rows of the roll with a person's number."""
    roll = service.datasets.get(one.roll)
    found = roll.find(person_id) if roll is not None else ()
    return [{name: cell.value for name, cell in row.items()} for row in found]


def _least(judged: Sequence[_Listed]) -> _Listed:
    """The row that is least in the way; the first of several."""
    return max(judged, key=lambda listed: _ORDER.index(listed.why), default=_Listed(scans.NOT_LISTED, {}))


def _counts(judged: Sequence[_Listed]) -> tuple[tuple[tuple[str, ...] | None, datetime | None], ...]:
    """The places of rows by their end, the earliest first and what has no end last."""
    ends = {listed.until for listed in judged}
    order = [*sorted(end for end in ends if end is not None), *([None] if None in ends else [])]
    return tuple((_all_places([listed.places for listed in judged if listed.until == end]), end) for end in order)


def _all_places(several: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """All places, each once; everywhere where one of them is everywhere."""
    known = [places for places in several if places is not None]
    return tuple(dict.fromkeys(place for places in known for place in places)) if len(known) == len(several) else None


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
