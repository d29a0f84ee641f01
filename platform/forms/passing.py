"""What passing a step does to a form: fields that are filled, numbers that are drawn, cases that are to be opened.

The same for a case and for its preview; only the numbers differ, which a preview does not draw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from banshi.platform.forms.booking import Bookings
from banshi.platform.forms.result import Evaluation
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.routes.asking import FlowContext, who_context
from banshi.platform.routes.hooks import MOST_ROWS, Book, Draw, Fill, Number, Open, Tally, opened_names
from banshi.platform.routes.model import RouteStep
from banshi.platform.routes.state import StepState
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Service
from banshi.rules.expressions import evaluate
from banshi.rules.values import ErrorValue, Value, dumps, loads

DUE, OPENED, FAILED, GIVEN_UP, REPLACED = "due", "opened", "failed", "given up", "replaced"
"""Where an opening stands: not sent yet; a case; not possible, until somebody tries again or gives it up; not counted any
more, since the step was passed anew and opened the same case, or another one."""
APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that a step opened, or will: the `row` of hook `hook` (both from 0) in a round of the step.

    `origin` is the key under which it was first to be opened: whatever happens, it is opened once. `answers` are kept
    until then, `digest` tells them from others. `case_id`, `number` and `verdict` (the state of that case once it is
    final) are known later; `why` and `why_en` say what kept it from being opened. `attempt` counts how often somebody
    had it tried again; -1 where that is of no use.
    """

    step: str
    round: int
    hook: int
    row: int
    service: str
    applicant: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    at: str = ""
    origin: str = ""
    state: str = DUE
    attempt: int = 0
    case_id: str = ""
    number: str = ""
    verdict: str = ""
    why: str = ""
    why_en: str = ""

    @property
    def key(self) -> str:
        """What tells it from all others of the case."""
        return f"{self.step}.{self.round}.{self.hook}.{self.row}"

    def told(self) -> dict[str, str]:
        """What the timeline says of it."""
        names = ("service", "number", "case_id", "verdict", "why", "why_en")
        return {name: value for name in names if (value := getattr(self, name))}

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Opening:
        """The opening that `to_json` gave."""
        return cls(**{**raw, **{name: int(raw[name]) for name in ("round", "hook", "row", "attempt")}})


Openings = Mapping[str, Opening]


def openings_of(raw: Mapping[str, Any]) -> dict[str, Opening]:
    """The openings of a case by key, in the order of the hooks and rows."""
    found = [Opening.from_json(one) for one in raw.values()]
    return {one.key: one for one in sorted(found, key=lambda one: (one.step, one.round, one.hook, one.row))}


def tally_of(openings: Openings, step: str, round_: int) -> Tally:
    """How the cases stand that a step opened in a round."""
    mine = [one for one in openings.values() if one.step == step and one.round == round_ and one.state != REPLACED]
    verdicts = [REFUSED if one.state == GIVEN_UP else one.verdict for one in mine]
    return Tally(len(mine), *map(verdicts.count, (APPROVED, REFUSED, WITHDRAWN)))


@dataclass(frozen=True, kw_only=True)
class FormHooks:
    """See the module; a `routes.hooks.Hooks`.

    `evaluate` gives the form with other answers, `seen` what a step sees of it; `rounds` are the rounds of the steps
    that open cases, `numbered` the numbers that were drawn, by step and hook; `bookings` are what is booked in accounts, None in a preview; `filled` says
    whether they have changed the form.
    """

    service: Service
    evaluation: Evaluation
    evaluate: Callable[[Mapping[str, Any]], Evaluation]
    seen: Callable[[Evaluation], Callable[[RouteStep], str]] = lambda _: lambda _: ""
    draw: Draw = lambda pattern: pattern
    openings: Openings = field(default_factory=dict)
    numbered: Mapping[str, str] = field(default_factory=dict)
    bookings: Bookings | None = None
    rounds: Mapping[str, int] = field(default_factory=dict)
    at: str = ""
    filled: bool = False

    def context(self, context: FlowContext) -> FlowContext:
        """The context with what the form says now, and these hooks."""
        names: dict[str, Value] = dict(self.evaluation.names)
        openers = [step.id for step in self.service.routing.steps if step.opens] if self.service.routing else []
        if openers:
            counts = opened_names({step: self.tally(step) for step in openers})
            names |= {name: Decimal(count) for name, count in counts.items()}
        return replace(context, names=names, seen=self.seen(self.evaluation), hooks=self)

    def closed(self, step: RouteStep, states: Mapping[str, StepState], context: FlowContext) -> FlowContext:
        """What a step with hooks does when it is passed, hook by hook; each knows what those before it have filled in."""
        state = states[step.id]
        hooks = replace(self, rounds={**self.rounds, step.id: state.round})
        context = hooks.context(context)
        for at, hook in enumerate(step.hooks if state.passed else ()):
            match hook:
                case Open():
                    hooks = hooks.with_openings(step, states, at, hook, context)
                case Fill():
                    hooks = hooks.with_field(hook.field, answer_of(evaluate(hook.value, context.environment)))
                case Number():
                    hooks = hooks.with_number(f"{step.id}.{at}", hook)
                case Book() if hooks.bookings is not None:
                    booked = hooks.bookings.after(step.id, state.round, at, hook, context.environment)
                    hooks = replace(hooks, bookings=booked)
            context = hooks.context(context)
        return context

    def tally(self, opener: str) -> Tally:
        """How the cases stand that a step opened when it was last passed."""
        return tally_of(self.openings, opener, self.rounds.get(opener, 0))

    def unmet(self, step: str) -> list[Opening]:
        """What a waiting step waited for and that was not approved."""
        openers = (
            Tree(self.service.routing).nearest(step, lambda earlier: earlier.opens) if self.service.routing else []
        )
        rounds = {opener.id: self.rounds.get(opener.id, 0) for opener in openers}
        return [
            one
            for one in self.openings.values()
            if one.round == rounds.get(one.step)
            and one.state != REPLACED
            and (one.state == GIVEN_UP or one.verdict in (REFUSED, WITHDRAWN))
        ]

    def opened_by(self, opener: str) -> tuple[tuple[str, int], ...]:
        """The services of which a step opened cases when it was last passed, each with how many."""
        counts: dict[str, int] = {}
        for one in self.openings.values():
            if one.step == opener and one.round == self.rounds.get(opener) and one.state != REPLACED:
                counts[one.service] = counts.get(one.service, 0) + 1
        return tuple(counts.items())

    def foreseen(self, context: FlowContext) -> FlowContext:
        """The context as if everything that was opened were approved."""
        done = {
            key: one if one.verdict or one.state == GIVEN_UP else replace(one, verdict=APPROVED)
            for key, one in self.openings.items()
        }
        return replace(self, openings=done).context(context)

    def with_field(self, name: str, value: Any) -> FormHooks:
        """The hooks after a field was filled in."""
        return replace(self, evaluation=self.evaluate({**self.evaluation.answers, name: value}), filled=True)

    def with_number(self, key: str, hook: Number) -> FormHooks:
        """A case keeps the number that it was given, also when it comes by again after a return."""
        number = self.numbered.get(key) or self.draw(hook.pattern)
        return replace(self.with_field(hook.field, number), numbered={**self.numbered, key: number})

    def with_openings(
        self, step: RouteStep, states: Mapping[str, StepState], at: int, hook: Open, context: FlowContext
    ) -> FormHooks:
        """The openings of a hook; what was opened before with the same content, and was not refused, is taken again."""
        made = list(self._wanted(step, states, at, hook, context))
        earlier = [one for one in self.openings.values() if (one.step, one.hook) == (step.id, at)]
        changed: dict[str, Opening] = {}
        for one in earlier:
            if one.state == REPLACED:
                continue
            changed[one.key] = replace(one, state=REPLACED, answers={})
            again = next((new for new in made if _stands(one, new)), None)
            if again is not None:
                made[made.index(again)] = replace(one, round=again.round, row=again.row)
        changed |= {one.key: one for one in made}
        return replace(self, openings={**self.openings, **changed})

    def _wanted(
        self, step: RouteStep, states: Mapping[str, StepState], at: int, hook: Open, context: FlowContext
    ) -> Iterator[Opening]:
        """What a hook opens, row by row, as it is now."""
        rows = list(self._rows(hook, context))
        first = Opening(
            step=step.id, round=states[step.id].round, hook=at, row=0, service=hook.service, at=self.at,
            applicant=context.initiator.id,
        )  # fmt: skip
        if len(rows) > MOST_ROWS:
            yield _failed(
                first, f"有 {len(rows)} 行，最多 {MOST_ROWS} 行", f"there are {len(rows)} rows, {MOST_ROWS} at most"
            )
            return
        for row, inside in enumerate(rows):
            yield self._of_row(replace(first, row=row), hook, inside, who_context(step, states, inside))

    def _of_row(self, blank: Opening, hook: Open, context: FlowContext, around: WhoContext) -> Opening:
        """One opening, filled in; what cannot be computed keeps it from being opened."""
        values = {name: evaluate(value, context.environment) for name, value in hook.fields}
        answers = {name: answer_of(value) for name, value in values.items()}
        applicant = blank.applicant
        if hook.applicant is not None:
            applicant = next((person.id for person in resolve(hook.applicant, around)), "")
        digest = sha256(dumps([hook.service, applicant, answers]).encode("utf-8", "surrogatepass")).hexdigest()
        made = replace(blank, applicant=applicant, answers=answers, digest=digest, origin=blank.key)
        for name, value in values.items():
            if isinstance(value, ErrorValue):
                return _failed(made, *(f"{name}: {value.diagnostic.message(language)}" for language in ("zh", "en")))
        if hook.applicant is not None and not applicant:
            return _failed(made, f"“{hook.applicant.text}”没有人", f"“{hook.applicant.text}” names nobody")
        return made

    def _rows(self, hook: Open, context: FlowContext) -> Iterator[FlowContext]:
        """The context of every case to open: that of the step, or of each row of the repeat."""
        if not hook.each:
            yield context
            return
        names = columns_of(self.service, hook.each)
        count = context.names.get(hook.each)
        for row in range(len(count) if isinstance(count, tuple) else 0):
            columns = {name: context.names[name] for name in names if name in context.names}
            own = {name: value[row] for name, value in columns.items() if isinstance(value, tuple) and row < len(value)}
            yield replace(context, names={**context.names, **own})


def columns_of(service: Service, repeat: str) -> Collection[str]:
    """The names that have one value in every row of a repeat."""
    items = service.survey.walk() if service.survey else ()
    return {item.name for item, repeats in items if repeats == (repeat,)} | {
        name
        for computation in service.order
        if computation.repeat == (repeat,) and computation.kind != "calculation"
        for name in _yields(service, computation.kind, computation.name)
    }


def _yields(service: Service, kind: str, name: str) -> Collection[str]:
    rules: Mapping[str, Any] = {"table": service.tables, "tariff": service.tariffs, "policy": service.policies}[kind]
    return rules[name].output_names  # type: ignore[no-any-return]


def _failed(one: Opening, zh: str, en: str) -> Opening:
    """An opening that can never be sent, since what it would hold cannot be computed."""
    return replace(one, origin=one.key, attempt=-1, why=zh, why_en=en)


def _stands(one: Opening, new: Opening) -> bool:
    """Whether what was opened, or is to be, is the very case that is wanted again."""
    good = one.state in (DUE, OPENED) and one.verdict in ("", APPROVED)
    return good and new.attempt >= 0 and new.round > one.round and one.digest == new.digest


def answer_of(value: Value) -> Any:
    """A value as an answer holds it; what cannot be computed is empty."""
    return None if isinstance(value, ErrorValue) else loads(dumps(list(value) if isinstance(value, tuple) else value))
