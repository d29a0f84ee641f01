"""From what happened to a case to the messages that tell of it. Pure: the same happening gives the same messages.

The key of a message is made from what happened, of what, and whom it tells: so that it is told once, however often the
command or the dispatcher is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

from banshi.platform.notices.covering import covered_field, shown_field
from banshi.platform.notices.occurrences import Occurrence
from banshi.platform.people.directory import Directory
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.hooks import Notify, Push
from banshi.platform.routes.state import RouteState
from banshi.platform.service.masking import NO_MASKS, Masks
from banshi.platform.service.model import Field, Service
from banshi.platform.service.notices import (
    CASE_NAMES,
    Connection,
    ConnectionKind,
    Notice,
    On,
    Template,
    Way,
)
from banshi.platform.service.veiled import veiled
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.expressions.tree import Reference
from banshi.rules.values import CAMPUS_ZONE, ErrorValue, Value, dumps
from banshi.storage.contract import FAILED, INBOX, UNREAD, WAITING, WEBHOOK, StoredMessage

MOST_TEXT = 2_000
"""Characters of a message; what is longer is cut."""
MOST_PEOPLE = 500
"""People whom one notice tells at most."""
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What one command did to a case.

    `seq` is that of its first event, `at` when it was (campus time). `context` gives the form's names and the people as they
    are after it, `state` the route. `actor` is who did it, `opinion` what she wrote. `masks` are over what is sensitive in it.
    """

    case_id: str
    number: str
    titles: Mapping[str, str]
    service: Service
    seq: int
    at: datetime
    context: FlowContext
    state: RouteState
    actor: str = ""
    opinion: str = ""
    masks: Masks = NO_MASKS


def tells(service: Service) -> bool:
    """Whether a service tells anybody anything."""
    steps = service.routing.steps if service.routing else ()
    return bool(service.notices) or any(isinstance(hook, Push) for step in steps for hook in step.hooks)


def wanted(service: Service, found: Iterable[Occurrence]) -> list[Occurrence]:
    """The occurrences that a service tells of."""
    return [
        one for one in found if any(True for _ in _notices(service, one)) or any(True for _ in _pushes(service, one))
    ]


def messages_of(happening: Happening, found: Iterable[Occurrence]) -> list[StoredMessage]:
    """What is told of the occurrences of a command, to whom and how."""
    return [message for one in found for message in _Composer(happening, one).messages()]


def _notices(service: Service, one: Occurrence) -> Iterator[Notice]:
    """The notices of an occurrence: its own, and those that the step calls."""
    called = {plain(hook.notice) for hook in _hooks(service, one) if isinstance(hook, Notify)} | (
        {plain(one.notice)} if one.notice else set()
    )
    for notice in service.notices:
        own = notice.on is one.on and (not notice.steps or one.step in notice.steps) and not one.key
        if own or (notice.on is On.CALLED and plain(notice.name) in called):
            yield notice


def _pushes(
    service: Service, one: Occurrence, environment: Environment | None = None
) -> Iterator[tuple[int, Connection]]:
    """What the step, or the job, sends to other systems, each with its place among the hooks.

    Without an `environment` nobody knows which system a case chooses: then each that it may.
    """
    if one.connection in service.connections:
        yield 0, service.connections[one.connection]
    for at, hook in enumerate(_hooks(service, one)):
        if not isinstance(hook, Push):
            continue
        if hook.chosen is not None and environment is None:
            yield from ((at, connection) for connection in service.connections.values())
            continue
        name = evaluate(hook.chosen, environment) if hook.chosen and environment else hook.connection
        if isinstance(name, str) and name in service.connections:
            yield at, service.connections[name]


def _hooks(service: Service, one: Occurrence) -> Sequence[Any]:
    steps = service.routing.steps if service.routing else ()
    return next((step.hooks for step in steps if step.id == one.step), ()) if one.on is On.PASSED else ()


class _Composer:
    """The messages of one occurrence."""

    def __init__(self, happening: Happening, one: Occurrence) -> None:
        self._here = happening
        self._one = one
        self._service = happening.service
        context = happening.context
        labels = partial(_choice_label, self._service)
        self._environment = replace(context.environment, choice_labels=labels)
        self._masks = happening.masks.over(context.names)

    def messages(self) -> Iterator[StoredMessage]:
        """All of them."""
        for notice in _notices(self._service, self._one):
            if notice.when is None or evaluate(notice.when, self._within("zh")) is True:
                for way in notice.ways:
                    yield from self._told(notice, way)
        for at, connection in _pushes(self._service, self._one, self._environment):
            yield self._push(at, connection)

    def _told(self, notice: Notice, way: Way) -> Iterator[StoredMessage]:
        texts = {language: self._text(notice, language) for language in _LANGUAGES}
        if way.connection:
            if (connection := self._service.connections.get(way.connection)) is not None:
                key = self._key(self._once(notice.dedupe), "notice", notice.name, way.connection)
                free_at = self._after_quiet(notice)
                made = self._to_system(connection, key, str(notice.on), texts["zh"])
                yield replace(made, free_at=free_at, content={**made.content, **_told_once(notice.dedupe)})
            return
        for person in self._people(notice)[:MOST_PEOPLE]:
            yield StoredMessage(
                key=self._key(self._once(notice.dedupe), "notice", notice.name, way.channel, person),
                case_id=self._here.case_id,
                service_id=self._service.settings.id,
                channel=way.channel,
                target=person,
                content={
                    "on": str(self._one.on),
                    "number": self._here.number,
                    "title": {language: self._title(language) for language in _LANGUAGES},
                    "text": texts,
                    **_told_once(notice.dedupe),
                },
                made_at=self._here.at,
                free_at=self._here.at if way.channel == INBOX else self._after_quiet(notice),
                state=UNREAD if way.channel == INBOX else WAITING,
            )

    def _push(self, at: int, connection: Connection) -> StoredMessage:
        key = self._key(self._once(connection.key), "push", "" if connection.key else str(at), connection.name)
        made = self._to_system(connection, key, str(self._one.on), "")
        return replace(made, content={**made.content, **_told_once(connection.key)})

    def _to_system(self, connection: Connection, key: str, on: str, text: str) -> StoredMessage:
        """A message to another system. Its body is made once, so that every try sends the same bytes."""
        here = self._within("zh")
        values = {name: evaluate(value, here) for name, value in connection.fields}
        plain_data = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        mapped = dict(connection.fields)
        data = {
            name: covered_field(self._service, mapped[name], plain_data[name], here, self._masks) for name in mapped
        }
        shown = {name: shown_field(mapped[name], data[name], self._masks) for name in mapped}
        wrong = [(name, value) for name, value in values.items() if isinstance(value, ErrorValue)]
        around: dict[str, Any] = {}
        if connection.kind is ConnectionKind.WEBHOOK:
            around = {
                "event": on,
                "key": key,
                "at": self._here.at.isoformat(),
                "service": self._service.settings.id,
                "case": {"id": self._here.case_id, "number": self._here.number, "state": str(self._here.state.outcome)},
                **({"step": self._one.step} if self._one.step else {}),
                **({"text": text} if text else {}),
            }
        body = "" if wrong else _body(around, data)
        seen = {} if wrong or shown == data else {"shown": _body(around, shown)}
        sent_to = {"url": connection.url, "auth": connection.auth, "tries": connection.tries}
        return StoredMessage(
            key=key,
            case_id=self._here.case_id,
            service_id=self._service.settings.id,
            channel=WEBHOOK,
            target=connection.name,
            content={"on": on, "number": self._here.number, "connection": sent_to, "body": body, **seen},
            made_at=self._here.at,
            free_at=self._here.at,
            state=FAILED if wrong else WAITING,
            done_at=self._here.at if wrong else None,
            why={
                language: self._masks.text(
                    "; ".join(f"{name}: {value.diagnostic.message(language)}" for name, value in wrong)
                )
                for language in _LANGUAGES
            }
            if wrong
            else {},
        )

    def _people(self, notice: Notice) -> list[str]:
        """Whom a notice tells, each once."""
        context, state = self._here.context, self._here.state
        people = list(self._one.people) if notice.asked else []
        if notice.to is not None:
            around = WhoContext(
                directory=context.directory,
                initiator=context.initiator,
                names=context.names,
                handlers={step_id: step.approvers for step_id, step in state.steps.items()},
                datasets=context.datasets,
                now=context.now,
                open_tasks=context.open_tasks,
                seed=f"{self._here.case_id}/{notice.name}",
                chosen=context.chosen.get(self._one.step, ()),
            )
            people += [person.id for person in resolve(notice.to, around)]
        elif not notice.asked:
            people.append(context.initiator.id)
        return list(dict.fromkeys(people))

    def _after_quiet(self, notice: Notice) -> datetime:
        return notice.quiet.end(self._here.at) if notice.quiet else self._here.at

    def _once(self, expression: Expression | None) -> str:
        """What makes two messages one, as text; empty where nothing does."""
        value = evaluate(expression, self._within("zh")) if expression is not None else None
        return "" if value is None or isinstance(value, ErrorValue) else dumps(value)

    def _key(self, once: str, *whom: str) -> str:
        """The key: of what is told once, by that; else by the event."""
        one = self._one
        event: tuple[Any, ...] = (self._here.case_id, self._here.seq, str(one.on), one.step, one.round)
        if once or one.key:
            event = ("once", once) if once else ("job", one.key)
        told = [self._service.settings.id, *event, *whom]
        return sha256(dumps(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _title(self, language: str) -> str:
        return " · ".join(filter(None, (self._service.settings.title.get(language), self._here.number)))

    def _text(self, notice: Notice, language: str) -> str:
        if language not in notice.texts:  # then wholly in the language that there is
            language = next(iter(notice.texts), language)
        template = notice.texts.get(language, Template(()))
        here = self._within(language)
        said = (piece if isinstance(piece, str) else self._covered(piece, here, language) for piece in template.pieces)
        return self._masks.text("".join(said))[:MOST_TEXT]

    def _covered(self, piece: Expression, here: Environment, language: str) -> str:
        """A value for people, with masks where it is sensitive: whoever reads it, it stands outside the case."""
        seen = veiled(piece, here, self._masks)
        return self._said(seen, evaluate(seen, here), language)

    def _said(self, piece: Expression, value: Value, language: str) -> str:
        """A value for people; the name of a choice is said by its label, a person's number by her name."""
        field = _field(self._service, piece.root.name) if isinstance(piece.root, Reference) else None
        if field is not None and isinstance(value, str):
            if field.type == "person":
                return self._here.context.directory.name(value, language)
            return _label(self._service, field, value, language)
        if field is not None and isinstance(value, tuple):
            joint = ", " if language == "en" else "、"
            return joint.join(self._said(piece, one, language) for one in value)
        return _plain(value, language)

    def _within(self, language: str) -> Environment:
        """What expressions read: the form, and the case."""
        here, context = self._here, self._here.context
        step = self._service.routing.step(self._one.step) if self._service.routing and self._one.step else None
        due = here.state.steps[self._one.step].due if self._one.step in here.state.steps else None
        facts: dict[str, Value] = {
            "number": here.number,
            "title": here.titles.get(language) or here.titles.get("zh", ""),
            "step": step.title(language) if step else None,
            "actor": _name(context.directory, here.actor, language),
            "opinion": here.opinion or None,
            "due": due.astimezone(CAMPUS_ZONE).replace(tzinfo=None) if due else None,
        }
        # Of a job nothing has happened at a step: what it knows of the case stands among its names.
        told = {word: facts[key] for key, words in CASE_NAMES.items() for word in words}
        named = {word: fact for word, fact in told.items() if fact is not None or word not in context.names}
        return replace(self._environment, values={**context.names, **named}, language=language)


def _told_once(key: Expression | None) -> Mapping[str, Any]:
    """What says that a message is told once, whatever happens later: its key has to be kept."""
    return {} if key is None else {"once": True}


def _body(around: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The body of a message to another system: the bare fields, or the envelope around them."""
    return dumps({**around, "data": data} if around else data)


def _name(directory: Directory, person: str, language: str) -> str | None:
    return directory.name(person, language) if person in directory.people else None


def _field(service: Service, name: str) -> Field | None:
    items = service.survey.walk() if service.survey else ()
    return next((item for item, _ in items if item.name == name and isinstance(item, Field)), None)


def _label(service: Service, field: Field, choice: str, language: str) -> str:
    choices = service.survey.choices.get(field.choices, ()) if service.survey else ()
    return next((one.label.get(language) for one in choices if one.name == choice), "") or choice


def _choice_label(service: Service, question: str, choice: str, language: str) -> str:
    field = _field(service, question)
    return choice if field is None else _label(service, field, choice, language)


def _plain(value: Value, language: str) -> str:
    match value:
        case None:
            return ""
        case ErrorValue():
            return "—"
        case bool():
            return ("yes" if value else "no") if language == "en" else ("是" if value else "否")
        case Decimal():
            return format(value, "f")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return (", " if language == "en" else "、").join(_plain(one, language) for one in value)
        case _:
            return str(value)
