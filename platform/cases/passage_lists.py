"""Who came and went with personal passes, for the offices that the sheet names: figures, who is not back, files.

Whoever owns the service without being named there sees the same with masked names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banshi.platform.cases import scans
from banshi.platform.cases.personal_passes import PersonalPasses
from banshi.platform.errors import NotAllowed, NotFound, plain_failures
from banshi.platform.exports import Export, table_file
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.model import Service
from banshi.platform.service.passes import IN
from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.service.sensitive import STARS, Sensitive, mask
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import Store
from banshi.storage.passages import PassageFilter, StoredPassage

MOST_SHOWN = 100
_WEEK = timedelta(days=7)
_HEADER = {
    "zh": ("时间", "学工号", "姓名", "方向", "地点", "闸机或查验人", "结果", "放行"),
    "en": ("At", "Number", "Name", "Direction", "Place", "Gate or keeper", "Result", "Let through"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageFigures:
    """How a personal pass is used: `hours` are today's entries by the hour (24 numbers), `late` those of seven days.

    `away` are who went out and are not back, longest first and `MOST_SHOWN` at most: number, name, since when; whose pass is
    over, or whom the roll names no more, is left out. `whole` says that names have no masks.
    """

    service_id: str
    name: str
    title: str
    service: str
    inside: int
    away_count: int
    away: Sequence[tuple[str, str, datetime]]
    late: int
    hours: Sequence[int]
    exits: bool
    months: int
    whole: bool


@plain_failures
class PassageLists:
    """See the module."""

    def __init__(self, store: Store, library: Library, personal: PersonalPasses, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._personal = personal
        self._clock = clock

    def may_look(self, person: Person) -> bool:
        """Whether a person reads the passages of any pass."""
        return any(True for _ in self._offices(person))

    def overview(self, person: Person, language: str = "zh") -> list[PassageFigures]:
        """The figures of every pass whose passages a person reads. Raises NotAllowed where there is none."""
        found = [self._figures(service, one, whole, language) for service, one, whole in self._offices(person)]
        if not found:
            raise NotAllowed
        return found

    def export(
        self,
        person: Person,
        service_id: str,
        name: str,
        file_type: str,
        *,
        since: date | None = None,
        until: date | None = None,
        late: bool = False,
        language: str = "zh",
    ) -> Export:
        """Passages as `xlsx` or `csv`, of some days (both counted) or all, perhaps only late ones.

        Raises NotFound for a pass that is none, or whose passages the person does not read.
        """
        for service, one, whole in self._offices(person):
            if (service.settings.id, one.name) == (service_id, name):
                which = PassageFilter(
                    service_id=service_id,
                    name=name,
                    since=_midnight(since) if since else None,
                    until=_midnight(until + timedelta(days=1)) if until else None,
                    reasons=(scans.LATE_IN,) if late else (),
                )
                rows = (self._line(passage, whole, language) for passage in self._store.iter_passages(which))
                return table_file(file_type, "passages", self._clock(), _HEADER[language], rows)
        raise NotFound("pass", name)

    # Inside

    def _offices(self, person: Person) -> Iterator[tuple[Service, PersonalPass, bool]]:
        """The passes whose passages a person reads, and whether she sees whole names."""
        for service in self._library.services:
            for one in service.personal_passes:
                whole = self._personal.named(person, service, one.office, {})
                if whole or owns(person, service):
                    yield service, one, whole

    def _figures(self, service: Service, one: PersonalPass, whole: bool, language: str) -> PassageFigures:
        now, key = self._clock().astimezone(CAMPUS_ZONE), service.settings.id
        hours = [0] * 24
        for passage in self._store.iter_passages(
            PassageFilter(service_id=key, name=one.name, since=_midnight(now.date()))
        ):
            if passage.allowed and passage.direction == IN:
                hours[passage.at.astimezone(CAMPUS_ZONE).hour] += 1
        late = PassageFilter(service_id=key, name=one.name, since=now - _WEEK, reasons=(scans.LATE_IN,))
        out = self._store.holders(key, one.name, inside=False) if one.exits else []
        away = [holder for holder in out if self._personal.waits_for(service, one, holder.person)]
        return PassageFigures(
            service_id=key,
            name=one.name,
            title=one.title(language),
            service=service.settings.title.get(language),
            inside=len(self._store.holders(key, one.name, inside=True)),
            away_count=len(away),
            away=[
                (*self._who(holder.person, whole, language), holder.moved_at or holder.made_at)
                for holder in away[:MOST_SHOWN]
            ],
            late=sum(1 for _ in self._store.iter_passages(late)),
            hours=hours,
            exits=one.exits,
            months=one.months,
            whole=whole,
        )

    def _who(self, person_id: str, whole: bool, language: str) -> tuple[str, str]:
        name = self._library.directory.name(person_id, language)
        return (person_id, name) if whole else (STARS, mask(name, Sensitive.NAME))

    def _line(self, passage: StoredPassage, whole: bool, language: str) -> list[str]:
        english = language == "en"
        by = passage.gate or self._library.directory.name(passage.checked_by, language)
        return [
            f"{passage.at.astimezone(CAMPUS_ZONE):%Y-%m-%d %H:%M:%S}",
            *self._who(passage.person, whole, language),
            scans.DIRECTIONS[passage.direction][english],
            passage.place,
            by,
            scans.said(passage.reason, language),
            ("yes" if english else "是") if passage.allowed else ("no" if english else "否"),
        ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CAMPUS_ZONE)
