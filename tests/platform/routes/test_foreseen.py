"""What is foreseen of races and of returned cases, against what then happens.

F1 a race that is not decided: no branch is said to have lost, each may not be needed, and who it would ask is told, also
behind its first step · F2 where only as many branches are asked as are needed, all are needed · F3 a decided race says
that another branch was first · F4 a returned case goes on where it will: straight back, through again, or only what
changed.
"""

from __future__ import annotations

import pytest
from route_people import context, route_of

from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.flow import act, begin, resubmit
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.preview import PreviewStep, path_text, preview
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteState, StepStatus

RACE = """
| step | name       | who                | when            | group       | same |
| 10   | 申请       | initiator          |                 |             |      |
| 31   | 财务审核   | role:财务处.审核岗 |                 | 会审({join}) | 不跳 |
| 32   | 保卫审核   | role:保卫处.审核岗 |                 | 会审({join}) | 不跳 |
| 32.1 | 学院复核   | head(申请部门)     |                 | 会审({join}) | 不跳 |
| 33   | 学术审核   | head("学术委员会") | ${涉外} = "是"  | 会审({join}) | 不跳 |
| 40   | 校长办公室 | head("学校")       |                 |             | 不跳 |
"""
PEOPLE = {"31": "f1", "32": "b1", "32.1": "h1", "33": "v0", "40": "a1"}


def by_id(steps: tuple[PreviewStep, ...]) -> dict[str, PreviewStep]:
    return {step.id: step for step in steps}


def spare(steps: tuple[PreviewStep, ...]) -> dict[str, int]:
    return {step.id: step.spare for step in steps if step.spare}


def told(steps: tuple[PreviewStep, ...]) -> dict[str, str]:
    return {step.id: person.id for step in steps for person in step.people if step.id in PEOPLE}


@pytest.mark.parametrize(("join", "need"), [("任一", 1), ("2", 2)])
def test_f1_no_branch_has_lost_before_one_has_won(join: str, need: int) -> None:
    route, around = route_of(RACE.replace("{join}", join)), context(申请部门="化工学院", 涉外="是")
    before = preview(route, around)
    sent = begin(route, around).state
    for steps in (before, preview(route, around, sent)):
        assert not [step.id for step in steps if step.reason is Reason.JOINED]
        assert spare(steps) == dict.fromkeys(["31", "32", "32.1", "33"], need)
        assert told(steps) == PEOPLE
    assert {step.spare_text() for step in before} == {"", f"可能不需要：{'任一' if need == 1 else '任 2 '}支完成即可"}
    assert path_text(route, before) == "10>{31,32>32.1,33}>40"


def test_f2_branches_that_are_all_needed_are_not_said_to_be_spare() -> None:
    route, around = route_of(RACE.replace("{join}", "2")), context(申请部门="化工学院", 涉外="否")
    steps = preview(route, around)
    assert spare(steps) == {}
    assert by_id(steps)["33"].reason is Reason.CONDITION
    assert spare(preview(route_of(RACE.replace("{join}", "全部")), context(申请部门="化工学院", 涉外="是"))) == {}


def test_f3_a_race_is_lost_once_it_is_decided() -> None:
    route, around = route_of(RACE.replace("{join}", "2")), context(申请部门="化工学院", 涉外="是")
    state = act(route, begin(route, around).state, "33", "v0", "approve", around).state
    one = preview(route, around, state)
    assert spare(one) == dict.fromkeys(["31", "32", "32.1"], 2)
    assert not [step.id for step in one if step.reason is Reason.JOINED]
    state = act(route, state, "31", "f1", "approve", around).state
    two = preview(route, around, state)
    assert spare(two) == {}
    assert {step.id for step in two if step.reason is Reason.JOINED} == {"32", "32.1"}


SERIAL = """
| step | name       | who                | when           | back           | same |
| 10   | 申请       | initiator          |                |                |      |
| 20   | 学院负责人 | head(申请部门)     |                |                | 不跳 |
| 30   | 财务审核   | role:财务处.审核岗 | ${金额} > 1000 |                | 不跳 |
| 40   | 校长办公室 | head("学校")       |                | 发起人 !{how} | 不跳 |
"""


class Sees:
    """What each step sees of the form: step 20 sees what is `changed`."""

    def __init__(self) -> None:
        self.changed = False

    def __call__(self, step: RouteStep) -> str:
        return f"{step.id}{self.changed and step.id == '20'}"


def returned(how: str, sees: Sees, amount: int) -> tuple[Route, RouteState, FlowContext]:
    """A case that the last step has returned to its applicant, who says another amount now."""
    route = route_of(SERIAL.replace("{how}", how))
    around = context(seen=sees, 申请部门="化工学院", 金额=2000)
    state = begin(route, around).state
    for step, person in (("20", "h1"), ("30", "f1")):
        state = act(route, state, step, person, "approve", around).state
    state = act(route, state, "40", "a1", "return", around, target="initiator").state
    return route, state, context(seen=sees, 申请部门="化工学院", 金额=amount)


def asked_again(route: Route, state: RouteState, around: FlowContext) -> set[str]:
    """The steps that are asked when the case is sent again, in whatever order: what really happens."""
    now, asked = resubmit(route, state, around).state, set()
    while tasks := now.tasks():
        asked |= {task.step for task in tasks}
        now = act(route, now, tasks[0].step, tasks[0].person, "approve", around).state
    return asked


@pytest.mark.parametrize(
    ("how", "changed", "amount", "expected"),
    [
        ("直达", True, 2000, {"40"}),
        ("直达", True, 10, {"40"}),
        ("重走", False, 2000, {"20", "30", "40"}),
        ("重走", False, 10, {"20", "40"}),
        ("按变更", False, 2000, {"40"}),
        ("按变更", True, 2000, {"20", "40"}),
        ("按变更", True, 10, {"20", "40"}),
    ],
)
def test_f4_a_returned_case_goes_on_where_it_is_said_to(
    how: str, changed: bool, amount: int, expected: set[str]
) -> None:
    sees = Sees()
    route, state, around = returned(how, sees, amount)
    sees.changed = changed
    steps = preview(route, around, state)
    ahead = {step.id for step in steps if step.state is StepStatus.PENDING} - {"10"}
    assert ahead == expected == asked_again(route, state, around)
    kept = by_id(steps)["20"]
    assert (kept.state is StepStatus.DONE) == ("20" not in expected)
    assert [person.id for person in kept.people] == ["h1"]
