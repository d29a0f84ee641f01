"""One case under the live version and under a draft: evaluated as the desk does when it is sent, and compared.

Pure: nothing is read from a store or written to one, no number is drawn. Policies are inferred by the plain fixpoint, which
gives what durable-rules is checked against.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

from banshi.platform.cases.desk import NO_ROUTE, seen_digest
from banshi.platform.cases.hooked import hooks_of
from banshi.platform.forms import Evaluation, evaluate_form
from banshi.platform.forms.rights import answered, known, withheld
from banshi.platform.impact.blame import Blame, Side, Used, reads_of, unlike_lines
from banshi.platform.impact.model import BillPair, Compared, Consequence, Note, Part, Sent
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.choosing import choosing
from banshi.platform.routes.model import Route
from banshi.platform.routes.preview import path_text, preview
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets.differences import Change, Difference
from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.names import sheet_kind
from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import evaluate
from banshi.rules.policies import Finding, FixpointEngine, Verdict
from banshi.rules.tariffs import Bill, BillLine, Tariff
from banshi.rules.tariffs.rounding import EXACT
from banshi.rules.values import CAMPUS_ZONE

LOG = logging.getLogger("banshi")
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Both versions, what is different between their workbooks, and the campus around them. It pickles."""

    live: Service
    draft: Service
    changes: Sequence[Difference]
    directory: Directory
    calendar: Calendar
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """What keeps a case from being sent."""

    key: tuple[str, str, str]
    place: Place
    about: str
    zh: str
    en: str


class Comparison:
    """See the module."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._engine = FixpointEngine()
        self._blame = Blame(setup.changes, setup.live, setup.draft)
        self._renamed = {
            sheet_kind(change.new)[1]: sheet_kind(change.old)[1]
            for change in setup.changes
            if change.change is Change.SHEET_RENAMED and change.kind == "fees"
        }
        same = _goes_by_conditions(setup.live.routing, setup.draft.routing)
        same = same and setup.live.datasets == setup.draft.datasets  # tables name people too
        self._route = (setup.live.routing or NO_ROUTE) if same else None

    def of(self, case: Sent) -> Compared:
        """The case under both versions; one that cannot be evaluated says so and stops no other."""
        try:
            return self._of(case)
        except Exception as error:
            LOG.exception("The case %s could not be evaluated.", case.id)
            why = type(error).__name__
            failed = Note(Consequence.FAILED, (), f"无法测算（{why}）", f"cannot be evaluated ({why})")
            return replace(_about(case), consequences=frozenset({Consequence.FAILED}), notes=(failed,))

    def _of(self, case: Sent) -> Compared:
        old = Side(self._setup.live, self._evaluated(self._setup.live, case, case.last[0]))
        new = Side(self._setup.draft, self._evaluated(self._setup.draft, case, case.last[1]))
        paths = ("", "")
        if self._route is None or not self._same_way(self._route, old, new, case):
            paths = self._path(old, case), self._path(new, case)
        pairs = tuple(self._bills(old, new))
        money = [pair for pair in pairs if not pair.unit]
        notes = [
            *self._obstacles(old, new, case),
            *self._amounts(old, new, pairs),
            *self._findings(old, new),
            *self._results(old, new),
        ]
        if paths[0] != paths[1]:
            notes.append(self._other_route(old, new, paths))
        was, now = _sum(pair.old for pair in money), _sum(pair.new for pair in money)
        found = {note.consequence for note in notes}
        found |= {Consequence.UNBILLED for pair in pairs if (pair.old is None) != (pair.new is None)}
        if was is not None and now is not None:
            # One bill may cost more and another less: what counts is what the case costs.
            found |= {Consequence.MORE} if now > was else {Consequence.LESS} if now < was else set()
        else:
            found |= {Consequence.MORE for pair in money if _difference(pair) > 0}
            found |= {Consequence.LESS for pair in money if _difference(pair) < 0}
        then = _sum(case.bills.values()) if case.bills else None
        return replace(
            _about(case),
            consequences=frozenset(found),
            bills=pairs,
            old=was if money else None,
            new=now if money else None,
            then=then,
            parts=tuple(self._parts(old, new, pairs)),
            notes=tuple(notes),
            old_path=paths[0],
            new_path=paths[1],
            differs=self._differs(case, old, then, was),
            live_errors=bool(old.evaluation.errors),
        )

    # Evaluating

    def _now(self, case: Sent) -> datetime:
        sent = case.at.astimezone(CAMPUS_ZONE)
        day = self._setup.as_of
        return sent if day is None else datetime.combine(day, time(sent.hour, sent.minute), CAMPUS_ZONE)

    def _evaluated(self, service: Service, case: Sent, last: Mapping[str, Any]) -> Evaluation:
        kept = known(service, case.answers)
        # What an office fills in, and nobody has yet, is not missing.
        return self._evaluate(service, case, kept, last, withheld(service) - answered(kept))

    def _evaluate(
        self,
        service: Service,
        case: Sent,
        answers: Mapping[str, Any],
        last: Mapping[str, Any],
        unseen: Collection[str] = (),
    ) -> Evaluation:
        return evaluate_form(
            service,
            answers,
            now=self._now(case),
            person=case.applicant,
            directory=self._setup.directory,
            calendar=self._setup.calendar,
            engine=self._engine,
            stored=answers,
            last=last,
            withheld=unseen,
            explained=False,
        )

    def _context(self, side: Side, case: Sent) -> FlowContext:
        service, new = side.service, side.service is self._setup.draft
        renamed = service.routing.earlier.renamed if service.routing and new else {}
        chosen = {renamed.get(step, step): tuple(ids) for step, ids in case.chosen.items()}
        now = self._now(case)
        context = FlowContext(
            directory=self._setup.directory,
            initiator=case.applicant,
            now=now,
            names=side.evaluation.names,
            datasets=service.datasets,
            choice_labels=service.choice_label,
            calendar=self._setup.calendar,
            seen=lambda step: seen_digest(service, step, side.evaluation, chosen),
            chosen=chosen,
        )

        def again(answers: Mapping[str, Any]) -> Evaluation:
            return self._evaluate(service, case, answers, case.last[new])

        hooks = hooks_of(service, side.evaluation, again, None, now, None, service.accounts)
        if hooks is None:
            return context
        return replace(hooks, seen=lambda found: lambda step: seen_digest(service, step, found, chosen)).context(
            context
        )

    def _same_way(self, route: Route, old: Side, new: Side, case: Sent) -> bool:
        """Whether every condition of a route is decided alike on both sides, and names the same people: then so is its way."""
        names = [side.evaluation.names for side in (old, new)]
        if any(names[0].get(name) != names[1].get(name) for step in route.steps for name in step.who.names):
            return False
        around = [self._context(side, case).environment for side in (old, new)]
        conditions = [step.when for step in route.steps if step.when is not None]
        return all(len({repr(evaluate(when, one)) for one in around}) == 1 for when in conditions)

    def _path(self, side: Side, case: Sent) -> str:
        route = side.service.routing
        return "" if route is None else path_text(route, preview(route, self._context(side, case)))

    # Comparing

    def _bills(self, old: Side, new: Side) -> Iterator[BillPair]:
        before, after = old.evaluation.bills, new.evaluation.bills
        later = {self._before(name): name for name in after if self._before(name) in before}
        for name in dict.fromkeys((*(later.get(name, name) for name in before), *after)):
            was, now = before.get(self._before(name)), after.get(name)
            made = now or was
            assert made is not None
            charged = any(bill.applies for bill in (was, now) if bill is not None)
            yield BillPair(name, made.unit, was.total if was else ZERO, now.total if now else ZERO, charged)

    def _before(self, name: str) -> str:
        """What a bill of the draft is called in the live version, where only its sheet has another name."""
        head, dot, tariff = name.rpartition(".")
        return f"{head}{dot}{self._renamed.get(tariff, tariff)}"

    def _parts(self, old: Side, new: Side, pairs: Sequence[BillPair]) -> Iterator[Part]:
        """The difference in money, taken apart by the changes that make it; the parts add up to it."""
        found: dict[tuple[int, ...], Decimal] = {}
        for pair in pairs:
            for cells, difference in self._taken_apart(old, new, pair) if not pair.unit else ():
                found[cells] = EXACT.add(found.get(cells, ZERO), difference)
        return (Part(cells, difference) for cells, difference in found.items() if difference)

    def _amounts(self, old: Side, new: Side, pairs: Sequence[BillPair]) -> Iterator[Note]:
        """What bills in something else than money come to, with the changes that make it."""
        for pair in pairs:
            if pair.unit and _difference(pair):
                cells = {cell for made, _ in self._taken_apart(old, new, pair) for cell in made}
                said = f"{pair.old:f} → {pair.new:f} {pair.unit}"
                yield Note(Consequence.AMOUNT, tuple(sorted(cells)), f"{pair.name}：{said}", f"{pair.name}: {said}")

    def _taken_apart(self, old: Side, new: Side, pair: BillPair) -> Iterator[tuple[tuple[int, ...], Decimal]]:
        """The difference of a bill by the changes that make it; nothing where one version has no total."""
        was, now = old.evaluation.bills.get(self._before(pair.name)), new.evaluation.bills.get(pair.name)
        if pair.old is None or pair.new is None:
            return
        rest = pair.new - pair.old
        for cells, difference in self._lines(old, new, pair.name, was, now):
            yield cells, difference
            rest = EXACT.subtract(rest, difference)
        if rest:
            used = [
                Used(_places(line for line in bill.lines if not line.charge) if bill else frozenset())
                for bill in (was, now)
            ]
            yield self._blame.cells(old, new, *used), rest

    def _lines(
        self, old: Side, new: Side, name: str, was: Bill | None, now: Bill | None
    ) -> Iterator[tuple[tuple[int, ...], Decimal]]:
        names = self._before(name), name
        tariffs = tuple(
            side.service.tariffs.get(called.rpartition(".")[2]) for side, called in zip((old, new), names, strict=True)
        )
        lines = tuple([line for line in bill.lines if line.charge] if bill else [] for bill in (was, now))
        for item in dict.fromkeys(line.item for line in chain(*lines)):
            reads = [_reads(tariff, item) for tariff in tariffs]
            for gone, come in _unlike(*([line for line in side if line.item == item] for side in lines)):
                difference = (_sum(line.amount for line in come) or ZERO) - (_sum(line.amount for line in gone) or ZERO)
                if difference:
                    used = Used(_places(gone), reads[0]), Used(_places(come), reads[1])
                    yield self._blame.cells(old, new, *used), difference

    def _obstacles(self, old: Side, new: Side, case: Sent) -> Iterator[Note]:
        """What keeps the case from being sent under the draft and did not, and what does no longer."""
        before = {one.key: one for one in self._wrong(old, case)}
        after = {one.key: one for one in self._wrong(new, case)}
        for key, one in after.items():
            if key in before:
                continue
            gone = Used(_offered(old, one, old.evaluation))
            here = Used(frozenset({one.place}) | _offered(new, one, old.evaluation), self._read_by(new, one))
            cells = self._blame.cells(old, new, gone, here)
            refused = any(finding.place == one.place for finding in _forbidding(new.evaluation))
            yield Note(Consequence.REFUSED if refused else Consequence.UNSENT, cells, one.zh, one.en)
        if before and not after:
            one = next(iter(before.values()))
            cells = self._blame.cells(old, new, Used(frozenset({one.place}), self._read_by(old, one)), Used())
            yield Note(Consequence.ACCEPTED, cells, f"不再有：{one.zh}", f"no longer: {one.en}")

    def _wrong(self, side: Side, case: Sent) -> Iterator[_Obstacle]:
        statements = {finding.place: finding.id for finding in side.evaluation.findings}
        for error in side.evaluation.errors:
            key = (error.path, error.code, statements.get(error.place, ""))
            yield _Obstacle(key, error.place, error.about or error.path, error.message("zh"), error.message("en"))
        route = side.service.routing
        if route is not None and any(step.who.choice for step in route.steps):
            for choice in choosing(route, self._context(side, case)):
                for zh, en in choice.wrong:
                    step = choice.step
                    said = f"{step.name}：{zh}", f"{step.title('en')}: {en}"
                    yield _Obstacle((f"chosen.{step.id}", "FORM-CHOSEN", zh), step.at("who"), "", *said)

    def _read_by(self, side: Side, one: _Obstacle) -> frozenset[str]:
        """The names behind an obstacle: its own question, or what its statement reads."""
        rows = (row for policy in side.service.policies.values() for row in policy.statements)
        expressions = [said for row in rows if row.place == one.place for said in row.expressions]
        question = one.about.rpartition(".")[2].partition("[")[0]
        return reads_of(expressions) | ({question} if question else frozenset())

    def _findings(self, old: Side, new: Side) -> Iterator[Note]:
        """What statements say now and did not, and no longer say; one that forbids is told as an obstacle."""
        before, after = _said(old.evaluation), _said(new.evaluation)
        for key in dict.fromkeys((*after, *before)):
            here, there = key in after, key in before
            finding = after.get(key) or before[key]
            blocks = finding.verdict in (Verdict.FORBID, Verdict.REQUIRE)
            if here == there or blocks:
                continue
            side = new if here else old
            used = Used(frozenset({finding.place}), self._read_by(side, _obstacle_of(finding)))
            cells = self._blame.cells(old, new, *((Used(), used) if here else (used, Used())))
            said = finding.message or finding.id, finding.message_en or finding.message or finding.id
            zh, en = ("新命中", "newly says") if here else ("不再命中", "no longer says")
            yield Note(Consequence.FINDING, cells, f"{zh} {finding.id}：{said[0]}", f"{finding.id} {en}: {said[1]}")

    def _results(self, old: Side, new: Side) -> Iterator[Note]:
        before, after = _tables(old.evaluation), _tables(new.evaluation)
        for key, was in before.items():
            now = after.get(key)
            if now is None or (was.outcome, was.outputs) == (now.outcome, now.outputs):
                continue
            reads = [side.service.tables[key[0]].names for side in (old, new)]
            used = [Used(frozenset(decision.fired), names) for decision, names in zip((was, now), reads, strict=True)]
            name = f"{key[1]}.{key[0]}" if key[1] else key[0]
            change = f"{_shown(was)} → {_shown(now)}"
            yield Note(Consequence.RESULT, self._blame.cells(old, new, *used), f"{name}：{change}", f"{name}: {change}")

    def _other_route(self, old: Side, new: Side, paths: tuple[str, str]) -> Note:
        steps = [_steps(side.service.routing, path) for side, path in zip((old, new), paths, strict=True)]
        only = steps[0].keys() ^ steps[1].keys()
        used = []
        for side in (old, new):
            mine = [step for step in (side.service.routing or NO_ROUTE).steps if step.id in only]
            places = {place for step in mine for place in (step.place, *step.cells.values())}
            reads = reads_of(step.when for step in mine if step.when) | {n for step in mine for n in step.who.names}
            used.append(Used(frozenset(places), reads))
        said = f"{paths[0] or '—'} → {paths[1] or '—'}"
        return Note(Consequence.ROUTE, self._blame.cells(old, new, *used), said, said)

    def _differs(self, case: Sent, live: Side, then: Decimal | None, was: Decimal | None) -> bool:
        """Whether the live version does not say today what was decided then."""
        said = frozenset((path, finding.id) for (path, *_), finding in _said(live.evaluation).items())
        return (then is not None and then != was) or said != case.findings


def _offered(side: Side, one: _Obstacle, evaluation: Evaluation) -> frozenset[Place]:
    """Where the choices stand that were taken at an obstacle's question."""
    question = one.about.rpartition(".")[2].partition("[")[0]
    form = side.service.survey
    items = (item for item, _ in form.walk() if item.name == question and isinstance(item, Field)) if form else ()
    taken = set(Side(side.service, evaluation).texts(question))
    lists = (form.choices.get(item.choices, ()) for item in items) if form else ()
    return frozenset(choice.place for choices in lists for choice in choices if plain(choice.name) in taken)


def _about(case: Sent) -> Compared:
    return Compared(
        id=case.id,
        number=case.number,
        title=case.title,
        applicant=case.applicant.name,
        state=case.state,
        at=case.at,
        earlier=case.earlier,
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total = EXACT.add(total, amount)
    return total


def _difference(pair: BillPair) -> Decimal:
    return ZERO if pair.old is None or pair.new is None else pair.new - pair.old


def _places(lines: Iterable[BillLine]) -> frozenset[Place]:
    return frozenset(place for line in lines for place in line.places)


def _reads(tariff: Tariff | None, item: str) -> frozenset[str]:
    """What the rows of an item read; a percentage also reads other items."""
    if tariff is None:
        return frozenset()
    return reads_of(one for line in tariff.lines if line.item == item for one in line.expressions) - {item}


def _unlike(old: Sequence[BillLine], new: Sequence[BillLine]) -> Iterator[tuple[list[BillLine], list[BillLine]]]:
    """The lines of an item that are not the same on both sides: in pairs, or all together where their numbers differ."""
    left = unlike_lines(old, new)
    if len(left[0]) == len(left[1]):
        yield from (([gone], [come]) for gone, come in zip(*left, strict=True))
    else:
        yield left


def _said(evaluation: Evaluation) -> dict[tuple[str, str, str, bool], Finding]:
    """What statements say, by row of the form, statement, verdict, and whether they could be checked."""
    pairs = zip(evaluation.finding_paths, evaluation.findings, strict=True)
    return {(path, one.id, str(one.verdict), one.not_checked): one for path, one in pairs}


def _forbidding(evaluation: Evaluation) -> list[Finding]:
    return [one for one in evaluation.findings if one.verdict is Verdict.FORBID and not one.not_checked]


def _obstacle_of(finding: Finding) -> _Obstacle:
    return _Obstacle(("", finding.id, ""), finding.place, "", "", "")


def _tables(evaluation: Evaluation) -> dict[tuple[str, str], Decision]:
    return {(one.name, one.scope): one for one in evaluation.decisions if one.kind == "table"}


def _shown(decision: Decision) -> str:
    if decision.outcome is not Outcome.OK:
        return str(decision.outcome)
    outputs = decision.outputs
    if isinstance(outputs, Mapping):
        return "、".join(f"{name}={_plain(value)}" for name, value in outputs.items())
    return _plain(outputs)


def _plain(value: object) -> str:
    return "—" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def _steps(route: Route | None, path: str) -> dict[str, None]:
    """The steps of a path, by their ids."""
    words = path.replace("{", ">").replace("}", ">").replace(",", ">").split(">")
    return {step.id: None for step in (route or NO_ROUTE).steps if step.id in words}


def _goes_by_conditions(old: Route | None, new: Route | None) -> bool:
    """Whether a route is the same in both versions and goes its way by conditions and names of people alone.

    Hooks change what is read on the way, and where steps hide something, an approval that counts for another step depends on
    what both show.
    """
    plain = not any(step.hooks or step.hide or step.who.choice for step in (old or NO_ROUTE).steps)
    return plain and (old or NO_ROUTE) == (new or NO_ROUTE)
