"""Record what the engine of routes does today: `python tests/record_histories.py NAME` adds `NAME.jsonl` to the histories.

One line is one case: its route as the table of a workbook, the form's number, and every move with what it changed of the
state. A history of a released version is never recorded anew: cases under it are stored, and must go on as they were
(`tests/platform/routes/test_histories.py`). The cases are the random walks of a fixed seed, so that every kind of move is
among them.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from random_routes import Doing, doings
from route_people import context, route_of

from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.flow import begin
from banshi.platform.routes.model import BackMode, Route
from banshi.platform.routes.state import RouteState
from banshi.rules.values import dumps

HISTORIES = Path(__file__).parent / "platform/routes/histories"
CASES = 9
LONGEST = 24

ROUTES = {
    "化学品采购": """
| step | name       | who                                | mode      | when     | group      | back | same | differ | cc            |
| 10   | 申请       | initiator                          |           |          |            |      |      |        |               |
| 20   | 学院负责人 | head(申请部门)                     |           |          |            | 任意 |      |        | person:f1@end |
| 30   | 财务初审   | role:财务处.审核岗                 | claim     |          | 会签       | 任意 | 不跳 |        |               |
| 30.1 | 财务复核   | role:财务处.复核岗                 |           | ${n} > 3 | 会签       | 任意 |      | 30     |               |
| 31   | 保卫处     | role:保卫处.审核岗                 |           |          | 会签       | 任意 |      |        |               |
| 40   | 校长办公室 | head("学校")                       |           | ${n} > 3 |            | 任意 |      |        |               |
""",
    "学术评审": """
| step | name       | who                                | mode      | group      | back        | same | empty |
| 10   | 申请       | initiator                          |           |            |             |      |       |
| 20   | 委员票决   | role:评审.委员                     | ratio 2/3 |            | 任意!按变更 |      |       |
| 30   | 加权表决   | person:v0×2 + person:v1 + person:v2 | weight >50% |          | 任意!直达   | 不跳 |       |
| 40   | 三人会审   | role:财务处.审核岗                 | 3人       | 抢先(任一) | 任意        |      | 管理员 |
| 41   | 依次签阅   | role:评审.委员 - person:v0         | sequence  | 抢先(任一) | 任意        | 不跳 |       |
| 50   | 学校批准   | head("学校")                       |           |            | 任意        |      |       |
""",
    "经费支付": """
| step | name       | who                | mode     | back      | differ |
| 10   | 申请       | initiator          |          |           |        |
| 20   | 抢占审核   | role:财务处.审核岗 | claim    | 任意      |        |
| 30   | 财务系统   |                    | callback |           | 20     |
| 40   | 知会保卫处 | role:保卫处.审核岗 | notify   |           |        |
| 50   | 登记       | role:财务处.审核岗 | do       | 任意!重走 |        |
| 60   | 归档编号   |                    | auto     |           |        |
""",
}  # fmt: skip


def around(n: int, text: int) -> FlowContext:
    """The form of a recorded case: its number, and the text that every step sees."""
    return context(n=Decimal(n), seen=lambda step: f"{step.id}:{text}")


def doing_of(raw: dict[str, Any]) -> Doing:
    """A recorded move."""
    arguments = tuple(tuple(a) if isinstance(a, list) else a for a in raw["arguments"])
    return Doing(raw["what"], arguments, target=raw["target"], how=BackMode(raw["how"]), by=raw["by"])


def moves(route: Route, n: int, chance: random.Random) -> Iterator[tuple[Doing, int, RouteState]]:
    """A random walk: each move, the text of the form at it, and the state after it."""
    text = 0
    state = begin(route, around(n, text)).state
    for _ in range(LONGEST):
        possible = list(doings(route, state, around(n, text)))
        if not possible:
            return
        # First the kind of move, then which: otherwise nearly all of them would be approvals and signers.
        kind = chance.choice(sorted({(doing.what, str(doing.arguments[2:3])) for doing in possible}))
        doing = chance.choice([doing for doing in possible if (doing.what, str(doing.arguments[2:3])) == kind])
        if "refuse" in doing.what + str(doing.arguments) and chance.random() < 0.8:
            continue
        text += chance.random() < 0.2
        state = doing(route, state, around(n, text)).state
        yield doing, text, state


def plain(state: RouteState) -> Any:
    """A state as it is read from storage."""
    return json.loads(dumps(state.to_json()))


def changed(before: Any, after: Any) -> Any:
    """What a move changed: the outcome, and the steps that are not as they were."""
    return {**after, "steps": [now for was, now in zip(before["steps"], after["steps"], strict=True) if was != now]}


def record() -> Iterator[str]:
    """The lines of a history of today's engine."""
    chance = random.Random("histories")
    for name, table in ROUTES.items():
        route = route_of(table)
        for _ in range(CASES):
            n = chance.choice([1, 9])
            before = begun = plain(begin(route, around(n, 0)).state)
            made = []
            for doing, text, state in moves(route, n, chance):
                after = plain(state)
                made.append({**asdict(doing), "text": text, "changed": changed(before, after)})
                before = after
            yield dumps({"name": name, "route": table, "n": n, "begun": begun, "moves": made})


def main(name: str) -> None:
    """Write a history of today's engine; one that is there stays."""
    HISTORIES.mkdir(exist_ok=True)
    path = HISTORIES / f"{name}.jsonl"
    if path.exists():
        raise SystemExit(f"{path.name} is recorded, and stays as it is.")
    lines = list(record())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(lines)} cases, {sum(len(json.loads(line)['moves']) for line in lines)} moves")


if __name__ == "__main__":
    main(sys.argv[1])
