"""Moving open cases to the version of their service that is in force: what it would come to, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.desk import NO_ROUTE, Desk, digest_of, problems_of
from banshi.platform.cases.records import events_of, plain_json
from banshi.platform.cases.show import case_row
from banshi.platform.errors import Declined, HallError
from banshi.platform.forms import Evaluation
from banshi.platform.forms.passing import openings_of
from banshi.platform.forms.rights import answered, known, withheld
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.migration import Moved, Said, moved
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.model import Service
from banshi.platform.views import MoveRow, Page
from banshi.storage.contract import CaseFilter, Change, Draw, Store

OPEN = (str(RouteOutcome.OPEN), str(RouteOutcome.RETURNED))
MIGRATED = "migrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What moving one case comes to: from which version to which, the form and the route there, what is in the way."""

    case: Case
    old: Service
    new: Service
    evaluation: Evaluation
    move: Moved
    obstacles: tuple[Said, ...]
    notes: tuple[Said, ...]


class Mover:
    """See the module. A plan is made anew from the case as it stands each time, so that what is done is what was shown."""

    def __init__(self, store: Store, library: Library, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._clock = clock

    def count(self, service_id: str) -> int:
        """How many open cases of a service have another version than the live one."""
        return self._store.count_cases(self._which(service_id))

    def plans(self, service_id: str, page: int, size: int, language: str) -> Page:
        """What moving the open cases of earlier versions would come to, newest first; nothing is changed."""
        rows, total = self._store.cases(self._which(service_id), page=page, size=size)
        items = [self._row(of_stored(row), language) for row in rows]
        return Page(items=items, page=page, size=size, total=total)

    def move(self, person: Person, service_id: str, case_id: str, *, command_id: str, note: str, language: str) -> str:
        """Move one case to the live version; Declined where it cannot be. A case that is there already stays as it is."""
        command_id, digest = f"{command_id}:{case_id}", digest_of("move", case_id)
        if done := self._desk.done(person, command_id, digest):
            return done.number
        case = self._desk.case(case_id)
        if case.service_id != service_id or str(case.state) not in OPEN:
            raise Declined("这件已经办结，或者不是这项服务的。", "The case is closed, or not one of this service.")
        if case.version == self._library.service(service_id).sha256:
            return case.number
        plan = self._plan(case, language)
        if plan.obstacles:
            raise Declined(*("；".join(texts) for texts in zip(*plan.obstacles, strict=True)))
        first = {
            "version": plan.new.sha256,
            "from": plan.old.sha256,
            **({"opinion": note} if note else {}),
            **({"chosen": chosen} if (chosen := _chosen(case, plan.new)) != case.chosen else {}),
        }
        making = self._desk.moving(plan.new, lambda draw: _made(self._moved(case, plan.evaluation, draw)))

        def change(draw: Draw) -> Change:
            return self._desk.moved(MIGRATED, person.id, case, plan.new, making(draw), first, plan.evaluation)

        return self._desk.commit(person, case, command_id, change, digest).number

    def _which(self, service_id: str) -> CaseFilter:
        live = self._library.service(service_id)
        return CaseFilter(service_id=service_id, states=OPEN, not_version=live.sha256)

    def _plan(self, case: Case, language: str) -> Plan:
        """What moving comes to; HallError where the version of the case cannot be read any more."""
        old = self._library.version(case.service_id, case.version)
        new = self._library.service(case.service_id)
        applicant = self._desk.applicant(case)
        # What an office fills in, and nobody has yet, is not missing.
        unseen = withheld(new) - answered(case.answers)
        kept = known(new, case.answers)
        evaluation = self._desk.evaluate(new, kept, applicant, language, case_id=case.id, stored=kept, withheld=unseen)
        move = self._moved(case, evaluation, None)
        wrong = tuple(_wrong(evaluation))
        returned = case.state is RouteOutcome.RETURNED
        return Plan(
            case=case,
            old=old,
            new=new,
            evaluation=evaluation,
            move=move,
            obstacles=(*move.obstacles, *_torn(case, new), *(() if returned else wrong)),
            notes=(
                *move.notes,
                *(
                    (f"退回修改时，申请人要补正：{zh}", f"sending it again, the applicant has to mend: {en}")
                    for zh, en in (wrong if returned else ())
                ),
                *_lost(old, case, evaluation),
                *_charged(case, evaluation),
            ),
        )

    def _moved(self, case: Case, evaluation: Evaluation, draw: Draw | None) -> Moved:
        """Where the case comes to stand."""
        old, new = self._library.version(case.service_id, case.version), self._library.service(case.service_id)
        context = self._desk.context(new, evaluation, self._desk.applicant(case), case, _chosen(case, new), draw)
        rounds: dict[str, int] = {}
        for task in self._desk.tasks_of(case):
            rounds[task.step_id] = max(task.round, rounds.get(task.step_id, 0))
        state = RouteState.from_json(case.route)
        return moved(old.routing or NO_ROUTE, new.routing or NO_ROUTE, state, context, rounds)

    def _row(self, case: Case, language: str) -> MoveRow:
        directory = self._library.directory

        def name(person: str) -> str:
            return directory.name(person, language)

        masks = self._library.masks_over(case.stored())
        row = case_row(case.stored(), self._desk.service_of(case), name, language, masks, numbered=True)
        try:
            plan = self._plan(case, language)
        except HallError as error:
            return MoveRow(case=row, version=case.version[:12], obstacles=[error.message(language)])
        at = language == "en"
        after: list[str] = []
        if plan.move.progress is not None and not plan.obstacles:
            state = plan.move.progress.state
            moved_case = case.after(events_of(MIGRATED, "", self._clock(), plan.move.progress, {}))
            after = list(case_row(moved_case.stored(), plan.new, name, language, masks, numbered=True).current_steps)
            after = after if state.outcome in OPEN else [_ENDS[at]]
        return MoveRow(
            case=row,
            version=plan.old.version,
            then=after,
            obstacles=[said[at] for said in plan.obstacles],
            notes=[said[at] for said in plan.notes],
        )


_ENDS = ("办结", "finished")


def _made(move: Moved) -> Progress:
    """What a move came to that nothing was in the way of."""
    assert move.progress is not None
    return move.progress


def _chosen(case: Case, new: Service) -> Mapping[str, Any]:
    """Whom the applicant chose, by the steps as they are numbered now."""
    renamed = new.routing.earlier.renamed if new.routing else {}
    return {renamed.get(step, step): ids for step, ids in case.chosen.items()}


def _wrong(evaluation: Evaluation) -> Iterator[Said]:
    """What the form of the new version objects to."""
    pairs = zip(problems_of(evaluation, "zh"), problems_of(evaluation, "en"), strict=True)
    for zh, en in pairs:
        yield (
            f"{zh.about}：{zh.message}" if zh.about else zh.message,
            f"{en.about}: {en.message}" if en.about else en.message,
        )


def _torn(case: Case, new: Service) -> Iterator[Said]:
    """Steps that opened other cases and are called otherwise now: their verdicts would find no step."""
    steps = {step.id for step in new.routing.steps} if new.routing else set()
    renamed = new.routing.earlier.renamed if new.routing else {}
    for step in sorted({opening.step for opening in openings_of(case.openings).values()}):
        if step not in steps or renamed.get(step, step) != step:
            yield (
                f"环节 {step} 开出过其他事项，在新版本里没有或改了号",
                f"step {step} has opened other cases, and the new version has no such step or another number for it",
            )


def _lost(old: Service, case: Case, evaluation: Evaluation) -> Iterator[Said]:
    """Answers that the new form has no question for, or does not ask in this case."""
    gone = answered(case.answers) - answered(plain_json(evaluation.answers))
    items = [item for item, _ in old.survey.walk() if item.name in gone] if old.survey else []
    if items:
        zh, en = (dict.fromkeys(item.label.get(language) or item.name for item in items) for language in ("zh", "en"))
        yield (
            f"新版本不再有这些内容：{'、'.join(zh)}；原来填的留在记录里",
            f"no longer part of the form: {', '.join(en)}; what was filled in stays in the record",
        )


def _charged(case: Case, evaluation: Evaluation) -> Iterator[Said]:
    """Bills that come to another amount."""
    before = {path: bill.get("total") for path, bill in case.shown.get("bills", {}).items()}
    for path, bill in evaluation.bills.items():
        was = before.get(path)
        if bill.total is not None and was is not None and Decimal(was) != bill.total:
            yield f"费用（{path}）由 {was} 变为 {bill.total}", f"the bill ({path}) is {bill.total} instead of {was}"
