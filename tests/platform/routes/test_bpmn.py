"""The BPMN file of a route.

B1 it is valid against the OMG's schema · B2 it has the elements that the sheet's rows call for, counted from the rows
alone · B3 who follows its flows meets the steps that the engine asks, for every value of a condition · B4 its columns,
put back into a route sheet, give the same route · B5 a completion condition holds exactly when the engine counts the
votes as decided · B6 nothing in the picture covers anything else · B7 the same route gives the same bytes, texts come
out as they went in.

The schema (BPMN20.xsd and its parts, OMG dtc/2010-05-04) is read from the package of SpiffWorkflow, which ships it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import SpiffWorkflow
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from random_routes import THRESHOLDS, routes
from route_people import NOW, route_of
from workbooks import workbook_from_text

from banshi.platform.people.who import parse_who
from banshi.platform.routes.bpmn import columns_of, completion, to_bpmn
from banshi.platform.routes.diagram import Box, Diagram, Part, bounds, diagram, key
from banshi.platform.routes.model import Mode, Route, RouteStep
from banshi.platform.routes.state import Action, StepState, StepStatus, Vote
from banshi.platform.routes.voting import Verdict, verdict
from banshi.platform.sheets import load
from banshi.platform.sheets.do_column import parse_hooks
from banshi.platform.sheets.route_sheet import parse_route
from banshi.platform.workbook import read_workbook
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse

ROOT = Path(__file__).parents[3]
SHIPPED = ("dormitory-electricity", "laboratory-purchasing", "large-instruments")
SCHEMA = etree.XMLSchema(etree.parse(str(Path(SpiffWorkflow.__file__).parent / "bpmn/parser/schema/BPMN20.xsd")))
NS = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "x": "urn:banshi:route"}
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

EXAMPLE = """
    | step | name | who | mode | when | group | ops | back | empty | same | differ | cc | opinion | due | overdue | do |
    | 10 | 填写 | initiator | | | | | | | | | | | |
    | 20 | 部门审核 & "复核" <一> | head(申请部门) | | | | +bulk -transfer | initiator !straight | | keep; self: skip | | role:财务处.审核岗 @end | required; phrases: 同意｜请补充材料 | 2工作日 | 80%提醒;100%催办;150%转上级;200%抄送:角色:财务处.审核岗 |
    | 30 | 财务处会签 | role:财务处.审核岗 | all | ${n} > 3 and "<" < ">" | 会签(any) | | | superior | | | | | |
    | 30.1 | 财务处复核 | role:财务处.复核岗 | sequence | | 会签(any) | | any | | | initiator | | signature | |
    | 31 | 保卫处会签 | role:保卫处.审核岗 | | | 会签(any) | | | f1 | | | | | 字段:需求日期-1天 | 100%自动通过 |
    | 40 | 专家投票 | role:评审.委员 | ratio >1/2 | | 论证 | | 20 !changed | | | 20 | | | 表:时限表.论证[类别] |
    | 41 | 委员投票 | role:评审.委员*2 | weight 60% | | 论证 | | | | | | | | 字段:需求日期+4小时 |
    | 42 | 两人同意 | role:评审.委员 | at least 2 | | 论证 | | | | | | | | 表:时限表[类别] |
    | 50 | 建卡 | system | auto | | | | | | | | | | |
    | 60 | 等待付款 | system | callback | | | | | | | | | | |
    | 70 | 告知保卫处 | role:保卫处.审核岗 | notify | ${n} > 3 | | | | | | | | | |
    | 80 | 领取 | initiator | do | | | | | | | | | | 30分钟 | | 编号:号码=LX{yyyy}{001}；开:acceptance(每行 明细, 代 字段:保管人, 名称=品名)；填:结论="通过" |
    | 90 | 等待验收 | system | wait(any) !return | | | | | | | | | | | | |
"""


def shipped(name: str) -> Route:
    service, _ = load(ROOT / "definitions" / name / f"{name}.xlsx")
    assert service is not None
    assert service.routing is not None
    return service.routing


def read(route: Route, language: str = "zh") -> etree._Element:
    root = etree.fromstring(to_bpmn(route, "大型仪器购置论证", language))
    SCHEMA.assertValid(root)
    return root


def branches(route: Route) -> dict[str, tuple[str, set[str]]]:
    """The groups of branches side by side: the join and the branches, from the rows alone."""
    found: dict[str, tuple[str, set[str]]] = {}
    for step in route.steps:
        if step.group:
            found.setdefault(step.group, (step.join, set()))[1].add(step.id.split(".")[0])
    return {name: group for name, group in found.items() if len(group[1]) > 1}


def expected(route: Route) -> Counter[str]:
    """B2: the elements from the rows."""
    count: Counter[str] = Counter(startEvent=1, endEvent=1)
    ways = 0
    for step in route.steps:
        words = {"auto": "serviceTask", "callback": "receiveTask", "notify": "sendTask", "wait": "callActivity"}
        count[words.get(step.mode, "userTask")] += 1
        several = step.mode in ("all", "sequence", "ratio", "at least", "weight")
        count["multiInstanceLoopCharacteristics"] += several
        if step.when:
            count["exclusiveGateway"] += 2
            ways += 1
    for join, names in branches(route).values():
        ways += len(names) - 1
        if join == "all" or (join.isdigit() and int(join) >= len(names)):
            count["parallelGateway"] += 2
        else:
            count.update(("parallelGateway", "complexGateway", "subProcess", "startEvent", "endEvent"))
            count["terminateEventDefinition"] += 1
    tasks = len(route.steps)
    events = ("exclusiveGateway", "parallelGateway", "complexGateway", "subProcess", "startEvent", "endEvent")
    nodes = tasks + sum(count[name] for name in events)
    # In a connected net, each way beside the first adds one flow to those of a tree; every frame is a net of its own.
    count["sequenceFlow"] = nodes - 1 - count["subProcess"] + ways
    return +count


def check_elements(route: Route, root: etree._Element) -> None:
    found = Counter(etree.QName(element).localname for element in root.iterfind(".//b:*", NS))
    wanted = expected(route)
    assert {name: found[name] for name in wanted} == dict(wanted)
    assert found["complexGateway"] == wanted["complexGateway"]
    assert found["association"] == found["textAnnotation"]
    drawn = [shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")]
    parts = [*root.iterfind(".//b:process//*[@id]", NS)]
    named = {
        element.get("id")
        for element in parts
        if not etree.QName(element).localname.endswith(("EventDefinition", "potentialOwner"))
    }
    assert Counter(drawn) == Counter(named)


def met(root: etree._Element, n: int) -> list[str]:
    """B3: the step ids in the order in which the flows lead to them; all branches of a group, whatever its join."""
    elements = {element.get("id"): element for element in root.iterfind(".//b:process//*[@id]", NS)}
    flows = [element for element in elements.values() if element.tag == f"{{{NS['b']}}}sequenceFlow"]
    arrived: Counter[str] = Counter()
    seen: list[str] = []

    def follow(node: str) -> None:
        element = elements[node]
        arrived[node] += 1
        gate = etree.QName(element).localname
        if gate in ("parallelGateway", "complexGateway") and arrived[node] < len(element.findall("b:incoming", NS)):
            return
        column = element.find("b:extensionElements/x:step/x:column[@name='step']", NS)
        if column is not None:
            seen.append(column.text)
        if gate == "subProcess":
            (start,) = element.findall("b:startEvent", NS)
            follow(start.get("id"))
        leaving = [flow for flow in flows if flow.get("sourceRef") == node]
        for flow in leaving:
            condition = flow.findtext("b:conditionExpression", namespaces=NS)
            if gate == "exclusiveGateway" and len(leaving) == 2:
                holds = _holds(next(f.findtext("b:conditionExpression", namespaces=NS) for f in leaving if len(f)), n)
                if holds is (condition is None):
                    continue
                assert condition is not None or flow.get("id") == element.get("default")
            follow(flow.get("targetRef"))

    follow("start")
    assert arrived["end"] == 1
    return seen


def _holds(text: str, n: int) -> bool:
    expression, faults = parse(text, NOWHERE)
    assert expression is not None, faults
    value = evaluate(expression, Environment(values={"n": Decimal(n)}, now=NOW))
    assert isinstance(value, bool)
    return value


def wanted_steps(route: Route, n: int) -> list[str]:
    return [step.id for step in route.steps if step.when is None or _holds(step.when.text, n)]


def plain(step: RouteStep) -> RouteStep:
    """Without the places of the cells."""
    who, _ = parse_who(step.who.text, NOWHERE) if step.who.text else (None, None)
    copies = tuple(replace(copy, who=parse_who(copy.who.text, NOWHERE)[0]) for copy in step.copies)
    when = parse(step.when.text, NOWHERE)[0] if step.when else None
    overdue = tuple(
        replace(entry, who=parse_who(entry.who.text, NOWHERE)[0]) if entry.who else entry for entry in step.overdue
    )
    hooks = parse_hooks(Cell(columns_of(step).get("do", "")), [])
    return replace(step, place=NOWHERE, who=who, when=when, copies=copies, overdue=overdue, hooks=hooks, cells={})


def back_in_a_sheet(root: etree._Element) -> Route:
    """B4: the route sheet that the columns of a file make."""
    rows = [
        {column.get("name"): column.text for column in step.iterfind("x:column", NS)}
        for step in root.iterfind(".//x:step", NS)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    for row in rows:
        if "who" not in row:
            row["who"] = "system"
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    text = "".join("| " + " | ".join(cell.replace("|", "｜") for cell in line) + " |\n" for line in lines)
    workbook, faults = read_workbook(workbook_from_text("## route\n" + text), "r.xlsx")
    assert workbook is not None, faults
    route, _ = parse_route(workbook.sheets[0])
    assert route is not None
    return route


def check_columns(route: Route, root: etree._Element) -> None:
    assert [plain(step) for step in back_in_a_sheet(root).steps] == [plain(step) for step in route.steps]


def check_picture(picture: Diagram) -> None:
    """B6: no two boxes come close but a frame and what it holds; lines cross no box that they do not end at."""
    solid = [shape for shape in picture.shapes if shape.part is not Part.RACE]
    frames = {shape.id: shape for shape in picture.shapes if shape.part is Part.RACE}
    boxes = [*bounds(solid), *(line.label for line in picture.lines if line.label)]
    for one, two in combinations(boxes, 2):
        assert not _meet(_grown(one), two), (one, two)
    for box in boxes + [frame.box for frame in frames.values()]:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height
    for shape in solid:
        for frame in frames.values():
            inside = shape.frame == frame.id
            assert _within(shape.box, frame.box) if inside else not _meet(shape.box, frame.box)
    for line in picture.lines:
        ends = {line.source, line.target}
        for (x1, y1), (x2, y2) in pairwise(line.points):
            assert x1 == x2 or y1 == y2, "lines run level or upright"
            thin = _grown(Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)))
            for shape in solid:
                for box in filter(None, [None if shape.id in ends else shape.box, shape.label]):
                    assert not _meet(thin, box), (line.id, shape.id)
    _lines_meet_their_shapes(picture)


def _lines_meet_their_shapes(picture: Diagram) -> None:
    places = {shape.id: shape.box for shape in picture.shapes}
    for line in picture.lines:
        for name, (x, y) in ((line.source, line.points[0]), (line.target, line.points[-1])):
            box = places[name]
            on_side = x in (box.x, box.x + box.width) and box.y <= y <= box.y + box.height
            on_edge = y in (box.y, box.y + box.height) and box.x <= x <= box.x + box.width
            assert on_side or on_edge, (line.id, name)


def _grown(box: Box) -> Box:
    """With the three pixels around it that shall stay free."""
    return Box(box.x - 3, box.y - 3, box.width + 6, box.height + 6)


def _meet(one: Box, two: Box) -> bool:
    return (
        one.x < two.x + two.width
        and two.x < one.x + one.width
        and one.y < two.y + two.height
        and two.y < one.y + one.height
    )


def _within(one: Box, two: Box) -> bool:
    across = two.x <= one.x and one.x + one.width <= two.x + two.width
    return across and two.y <= one.y and one.y + one.height <= two.y + two.height


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_routes(name: str, language: str) -> None:
    """B1, B2, B4, B6, B7."""
    route = shipped(name)
    root = read(route, language)
    check_elements(route, root)
    check_columns(route, root)
    check_picture(diagram(route, language))
    assert to_bpmn(route, "甲", language) == to_bpmn(shipped(name), "甲", language)
    assert to_bpmn(route, "甲", language).decode().isascii() is False


@settings(max_examples=60, deadline=None)
@given(routes(), st.sampled_from(["zh", "en"]))
def test_random_routes(route: Route, language: str) -> None:
    """B1, B2, B3, B4, B6."""
    root = read(route, language)
    check_elements(route, root)
    for n in (3, 4):
        assert sorted(met(root, n)) == sorted(wanted_steps(route, n))
    if any(step.who.text for step in route.steps):
        check_columns(route, root)
    check_picture(diagram(route, language))


def test_every_mode_and_column() -> None:
    """B1 to B4, B6 on a route that has them all."""
    route = route_of(EXAMPLE)
    root = read(route)
    check_elements(route, root)
    check_columns(route, root)
    check_picture(diagram(route))
    assert met(root, 4) == [step.id for step in route.steps]
    assert met(root, 1) == [step.id for step in route.steps if step.id not in ("30", "70")]
    assert root.find(".//b:userTask[@id='step_20']", NS).get("name") == '部门审核 & "复核" <一>'
    assert root.find(".//b:complexGateway", NS).findtext("b:activationCondition", namespaces=NS) == (
        "${branchesThrough} >= 1 or ${activationCount} = 2"
    )
    many = {
        task.get("id"): task.find("b:multiInstanceLoopCharacteristics", NS).get("isSequential")
        for task in root.iterfind(".//b:userTask[b:multiInstanceLoopCharacteristics]", NS)
    }
    assert many == {f"step_{n}": "true" if n == "30.1" else "false" for n in ("30", "30.1", "40", "41", "42")}
    owner = "b:potentialOwner/b:resourceAssignmentExpression/b:formalExpression"
    assert root.find(".//b:userTask[@id='step_31']", NS).findtext(owner, namespaces=NS) == "role:保卫处.审核岗"


def test_returns_are_notes_and_never_flows() -> None:
    root = read(route_of(EXAMPLE))
    notes = {
        note.get("id"): note.findtext("b:text", namespaces=NS) for note in root.iterfind(".//b:textAnnotation", NS)
    }
    assert notes["note_step_20"] == "可退回：发起人，之后直达"
    assert notes["note_step_40"].startswith("可退回：20 部门审核")
    assert notes["note_start"] == "任一环节不通过，办件即结束"
    assert {"note_step_10", "note_step_50", "note_step_60", "note_step_70"}.isdisjoint(notes)
    ties = {(tie.get("sourceRef"), tie.get("targetRef")) for tie in root.iterfind(".//b:association", NS)}
    assert ties == {(note.removeprefix("note_"), note) for note in notes}
    places = {shape.get("bpmnElement"): int(shape[0].get("x")) for shape in root.iter(f"{DI}BPMNShape")}
    flows = [(f.get("sourceRef"), f.get("targetRef")) for f in root.iterfind(".//b:sequenceFlow", NS)]
    assert all(places[source] < places[target] for source, target in flows), "every flow leads to the right"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_step_is_complete_when_the_votes_decide(data: st.DataObject) -> None:
    """B5, in the workbook's language and in the engine."""
    mode = data.draw(st.sampled_from([Mode.ALL, Mode.SEQUENCE, *THRESHOLDS]))
    threshold = data.draw(st.sampled_from(THRESHOLDS[mode])) if mode.counts else None
    people = [f"v{i}" for i in range(data.draw(st.integers(1, 6)))]
    said = data.draw(st.lists(st.sampled_from([Action.APPROVE, Action.REFUSE]), max_size=len(people)))
    weights = [Decimal(data.draw(st.integers(1, 4))) if mode is Mode.WEIGHT else Decimal(1) for _ in people]
    state = StepState(
        status=StepStatus.ACTIVE,
        mode=mode,
        people=tuple(people),
        weights=tuple(weights) if mode is Mode.WEIGHT else (),
        votes=tuple(Vote(person, action) for person, action in zip(people, said, strict=False)),
    )
    who, _ = parse_who("role:评审.委员", NOWHERE)
    step = RouteStep(id="10", name="投票", who=who, mode=mode, threshold=threshold)
    votes = list(zip(said, weights, strict=False))
    facts = {
        "approvals": Decimal(sum(weight for action, weight in votes if action is Action.APPROVE)),
        "refusals": Decimal(sum(weight for action, weight in votes if action is Action.REFUSE)),
        "whole": Decimal(sum(weights)),
    }
    expression, faults = parse(completion(step), NOWHERE)
    assert expression is not None, faults
    assert evaluate(expression, Environment(values=facts, now=NOW)) is (verdict(state, threshold) is not Verdict.OPEN)


def test_one_of_several_needs_no_loop() -> None:
    who, _ = parse_who("role:评审.委员", NOWHERE)
    steps = [RouteStep(id="10", name="审", who=who, mode=mode) for mode in (Mode.ONE, Mode.ANY, Mode.CLAIM, Mode.DO)]
    assert [completion(step) for step in steps] == [""] * 4


@given(st.lists(st.text(min_size=1), min_size=2, unique=True))
def test_ids_stay_different(texts: list[str]) -> None:
    keys = [key(text) for text in texts]
    assert len(set(keys)) == len(keys)
    assert all("_" not in key and key.isascii() for key in keys)


@given(st.text(min_size=1))
def test_any_text_makes_a_file(text: str) -> None:
    """B7: names from cells may hold anything, control characters too, which XML cannot carry."""
    who, _ = parse_who("initiator", NOWHERE)
    root = read(Route((RouteStep(id=text, name=text, who=who),)))
    (column,) = root.iterfind(".//x:column[@name='name']", NS)
    lines = re.sub("\r\n?", "\n", text)
    assert (column.text or "") == "".join(c for c in lines if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
