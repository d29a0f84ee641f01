"""Random people on random routes in a whole hall: store, timers, restarts.

`make soak` does 20,000 actions; `HALL_ACTIONS=1000` in the environment bounds them. The routes are those of `random_routes`,
written as workbooks, checked and published; every action is a command of the hall. Always:

H1 the stored case is the fold of its events, and its open tasks are those of its route
H2 what was acknowledged stays, over a restart too; a repeated command has one effect, a stale one none
H3 a timer fires once, however often and by however many halls it is looked for, and whatever jumps the clock makes
H4 when everybody approves from here, the steps are done that the page of the case foresees
H5 no open case waits for nobody, and every case can be brought to its end
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import write
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_routes import CAMPUS, routes

from banshi.platform.cases.callbacks import Answer
from banshi.platform.cases.case import fold
from banshi.platform.errors import HallError, Stale
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.routes.bpmn import columns_of
from banshi.platform.routes.deadline import parse_due
from banshi.platform.routes.model import Mode, Route
from banshi.platform.routes.state import RouteState
from banshi.platform.views import Receipt
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter, TaskFilter
from banshi.storage.sql import SqlStore

ACTIONS = int(os.environ.get("HALL_ACTIONS", "20000"))
OF_A_ROUTE = 60
DUES = ("", "1天", "4小时")
OVERDUES = ("100%提醒", "80%提醒;100%转上级", "100%自动通过", "100%自动退回", "50%催办;100%抄送:role:财务处.审核岗")
NOBODY = "role:财务处.复核岗 - role:财务处.复核岗"
FORM = """
## settings
| form_id | form_title | owner  |
| walk    | 随机流程   | 设备处 |

## survey
| type    | name | label | required |
| integer | n    | 数量  | yes      |
| text    | 说明 | 说明  |          |

## route
"""


def organisation() -> str:
    """The people and departments of `random_routes` as a workbook."""
    people = (f"| {p.id} | {p.name} | {p.department} | {'、'.join(sorted(p.roles))} |" for p in CAMPUS.people.values())
    units = [f"| {name} | {unit.head} | {unit.parent} |" for name, unit in CAMPUS.departments.items()]
    units += [f"| {name} | a1 | 学校 |" for name in ("保卫处", "信息中心", "设备处")]
    head = "## people\n| id | name | department | roles |\n"
    return head + "\n".join(people) + "\n\n## departments\n| name | head | parent |\n" + "\n".join(units) + "\n"


def workbook_of(route: Route, chance: random.Random) -> str:
    """A route as a workbook, some of its steps with deadlines; without what the check refuses."""
    rows = []
    for step in route.steps:
        cells = {**columns_of(step), "who": step.who.text.replace("role:无.人", NOBODY)}
        branches = {other.id.partition(".")[0] for other in route.steps if step.group and other.group == step.group}
        if len(branches) < 2 or not step.group:
            cells["group"] = step.group
        cells["differ"] = "、".join(one for one in step.differ if one in ("initiator", "10"))
        if step.mode is Mode.WAIT:
            cells["mode"] = Mode.DO
        if step.mode.takes_time and not step.who.only_initiator and (due := chance.choice(DUES)):
            assert parse_due(due)
            cells |= {"due": due, "overdue": chance.choice(OVERDUES)}
        rows.append(cells)
    names = list(dict.fromkeys(name for cells in rows for name in cells))
    lines = [names, *([cells.get(name, "") for name in names] for cells in rows)]
    return FORM + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


class Walk:
    """One hall with one service, and what people do there."""

    def __init__(self, folder: Path, text: str, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        write(folder / "definitions", "organisation/organisation.xlsx", organisation())
        write(folder / "definitions", "walk/walk.xlsx", text)
        self.hall = self.opened()
        self.acknowledged: dict[str, Receipt] = {}
        self.commands = 0

    def opened(self) -> Hall:
        hall = Hall(
            store=SqlStore(self.folder / "banshi.sqlite"),
            attachments=AttachmentFolder(self.folder / "attachments"),
            definitions=self.folder / "definitions",
            engine=FixpointEngine(),
            clock=lambda: self.now,
        )
        hall.scan()
        return hall

    @property
    def published(self) -> bool:
        return "walk" in self.hall._library.live

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def command(self) -> str:
        self.commands += 1
        return f"c{self.commands}"

    def remember(self, receipt: Receipt) -> Receipt:
        known = self.acknowledged.get(receipt.case_id)
        assert known is None or receipt.seq >= known.seq
        self.acknowledged[receipt.case_id] = receipt
        return receipt

    def send(self) -> str:
        answers = {"n": self.chance.randint(0, 6), "说明": "采购"}
        command = self.command()
        receipt = self.hall.submit(self.person("s1"), "walk", answers, command_id=command)
        assert receipt.done, receipt.problems
        again = self.hall.submit(self.person("s1"), "walk", answers, command_id=command)
        assert (again.case_id, again.repeated) == (receipt.case_id, True)
        return self.remember(receipt).case_id

    def act(self, case_id: str) -> bool:
        """One thing that somebody may do; False when nobody can do anything any more."""
        hall, chance = self.hall, self.chance
        state = RouteState.from_json(hall._desk.case(case_id).route)
        if awaited := [one for one in hall.awaited("walk") if one.case_id == case_id]:
            one, succeeded = chance.choice(awaited), chance.random() < 0.7
            what = Answer(case_id=case_id, step=one.step_id, round=one.round, succeeded=succeeded)
            receipt = self.remember(hall.answered("walk", what))
            assert hall.answered("walk", what).repeated
            return receipt.done
        if state.outcome.final:
            return False
        who = "s1" if state.outcome == "returned" else chance.choice(state.tasks()).person
        view = hall.case(self.person(who), case_id)
        if state.outcome == "returned":
            action, task, more = "resubmit", "", {"answers": {**view.answers, "说明": chance.choice("甲乙")}}
        else:
            mine = chance.choice(view.tasks)
            task, more = mine.id, {"opinion": "核对过"}
            action = chance.choice(
                [*mine.actions, *mine.actions, *(h for h in mine.handing if h in ("claim", "release"))]
            )
            if action == "return":
                more["return_to"] = chance.choice(mine.return_to)[0]
                more["how"] = chance.choice(mine.how) if mine.how else "ask"
            if mine.handing and chance.random() < 0.2:
                handing = [h for h in mine.handing if h not in ("claim", "release")]
                action = chance.choice(handing or ["approve"])
                more["people"] = [chance.choice(sorted(hall.directory.people))]
        command = self.command()
        with suppress(Stale):
            if view.seq > 1:
                hall.withdraw(self.person("s1"), case_id, seq=view.seq - 1, command_id=f"stale{command}")
                assert all(e.kind in ("reminded", "urged", "copied") for e in hall._store.events(case_id)[-2:-1])
                return True
        try:
            receipt = hall.act(self.person(who), case_id, task, action, seq=view.seq, command_id=command, **more)
        except HallError:
            return True  # such as a colleague who may not act here: nothing has changed, which is looked at below
        if receipt.done:
            self.remember(receipt)
            assert hall.act(self.person(who), case_id, task, action, seq=view.seq, command_id=command, **more).repeated
        return True

    def ended(self, case_id: str) -> bool:
        stored = self.hall._store.case(case_id)
        return stored is None or stored.finished_at is not None

    def let_time_pass(self) -> None:
        """The clock jumps, and two halls look for timers."""
        self.now += timedelta(hours=self.chance.choice([-1, 1, 5, 30]))
        beside = self.opened()
        try:
            for _ in range(20):
                if not self.hall.fire_timers() + beside.fire_timers():
                    break
            before = {case: len(self.hall._store.events(case)) for case in self.acknowledged}
            assert self.hall.fire_timers() == beside.fire_timers() == 0
            assert before == {case: len(self.hall._store.events(case)) for case in self.acknowledged}
        finally:
            beside._store.close()

    def restart(self) -> None:
        self.hall.close()
        self.hall = self.opened()

    def check(self, case_id: str) -> None:
        """H1, H2, H5."""
        store = self.hall._store
        stored, events = store.case(case_id), store.events(case_id)
        assert stored is not None
        assert fold(case_id, events).stored() == stored
        assert stored.seq == len(events) >= self.acknowledged[case_id].seq
        state = RouteState.from_json(stored.snapshot["route"])
        rows = store.tasks(TaskFilter(case_id=case_id), size=1000)[0]
        tasks = sorted((row.task.step_id, row.task.round, row.task.person) for row in rows if row.task.state == "open")
        assert tasks == sorted((task.step, task.round, task.person) for task in state.tasks())
        assert state.outcome != "open" or tasks or state.awaited()

    def finish(self, case_id: str) -> None:
        """H4, H5: everybody approves, in the order of the tasks, with nothing else between."""
        hall, route = self.hall, self.hall._library.live["walk"][0].routing
        assert route is not None
        foreseen = {step.id for step in hall.case(self.person("s1"), case_id).steps if step.state != "skipped"}
        for _ in range(200):
            state = RouteState.from_json(hall._desk.case(case_id).route)
            if state.outcome.final:
                break
            if tasks := state.tasks():
                who = self.person(tasks[0].person)
                view = hall.case(who, case_id)
                task = next(t for t in view.tasks if (t.step_id, t.whose) == (tasks[0].step, ""))
                done = hall.act(
                    who, case_id, task.id, "approve", opinion="同意", seq=view.seq, command_id=self.command()
                )
            elif state.outcome == "returned":
                view = hall.case(self.person("s1"), case_id)
                done = hall.act(self.person("s1"), case_id, "", "resubmit", seq=view.seq, command_id=self.command())
            else:
                one = next(one for one in hall.awaited("walk") if one.case_id == case_id)
                done = hall.answered("walk", Answer(case_id=case_id, step=one.step_id, round=one.round, succeeded=True))
            assert done.done, done.problems
            self.remember(done)
            self.check(case_id)
        view = hall.case(self.person("s1"), case_id)
        assert view.row.state == "approved"
        passed = {step.id for step in view.steps if step.state != "skipped"}
        assert passed <= foreseen
        assert all(route.step(step_id).join != "all" for step_id in foreseen - passed), "but for who lost a race"


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_nothing_is_lost_or_stuck_in_a_hall(tmp_path: Path) -> None:
    done = {"actions": 0, "cases": 0, "routes": 0, "unpublished": 0}

    @settings(
        max_examples=10 * ACTIONS // OF_A_ROUTE,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(routes(), st.integers(0, 2**32))
    def many(route: Route, seed: int) -> None:
        if done["actions"] >= ACTIONS:
            return
        chance = random.Random(seed)
        folder = tmp_path / f"{done['routes'] + done['unpublished']}"
        walk = Walk(folder, workbook_of(route, chance), chance)
        try:
            if not walk.published:
                done["unpublished"] += 1
                return
            done["routes"] += 1
            case_id, left = "", OF_A_ROUTE
            while left > 0:
                left -= 1
                if not case_id or not walk.act(case_id):
                    case_id = walk.send()
                    done["cases"] += 1
                    if walk.ended(case_id):
                        break  # nobody is asked on this route
                done["actions"] += 1
                if chance.random() < 0.15:
                    walk.let_time_pass()
                if chance.random() < 0.05:
                    walk.restart()
                walk.check(case_id)
            for row in walk.hall._store.iter_cases(CaseFilter(states=("open", "returned"))):
                walk.finish(row.id)
        finally:
            walk.hall.close()

    many()
    print(f"\n{done}")
    assert done["actions"] >= ACTIONS
