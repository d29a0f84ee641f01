"""The people, routes and moves that the tests of routes share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.sheets.route_sheet import parse_route
from banshi.platform.workbook import read_workbook
from banshi.rules.values import Value

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PEOPLE = [
    Person(id="s1", name="陈晓雨", department="化工学院"),
    Person(id="h1", name="王建国", department="化工学院"),
    Person(id="f1", name="李敏", department="财务处", roles=frozenset({"财务处.审核岗"})),
    Person(id="f2", name="钱进", department="财务处", roles=frozenset({"财务处.审核岗", "财务处.复核岗"})),
    Person(id="b1", name="赵磊", department="保卫处", roles=frozenset({"保卫处.审核岗"})),
    Person(id="a1", name="孙静", department="信息中心", roles=frozenset({"administrator"})),
    *(Person(id=f"v{i}", name=f"评委{i}", department="学术委员会", roles=frozenset({"评审.委员"})) for i in range(5)),
]
DIRECTORY = Directory(
    people={person.id: person for person in PEOPLE},
    departments={
        "化工学院": Department(name="化工学院", head="h1", parent="学校"),
        "财务处": Department(name="财务处", head="f1", parent="学校"),
        "学术委员会": Department(name="学术委员会", head="v0", parent="学校"),
        "学校": Department(name="学校", head="a1"),
    },
)


def context(initiator: str = "s1", *, seen: Callable[[RouteStep], str] = lambda _: "", **names: Value) -> FlowContext:
    """What a route is decided by, with the form's names."""
    return FlowContext(directory=DIRECTORY, initiator=DIRECTORY.people[initiator], now=NOW, names=names, seen=seen)


def route_of(table: str) -> Route:
    """The route of a text table, which has no fault."""
    workbook, faults = read_workbook(workbook_from_text("## route\n" + table), "r.xlsx")
    assert workbook is not None, faults
    route, found = parse_route(workbook.sheets[0])
    assert not found, [str(fault.message()) for fault in found]
    assert route is not None
    return route
