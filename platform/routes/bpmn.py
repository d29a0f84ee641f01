"""A route as BPMN 2.0 XML (OMG formal/2011-01-03), for people and tools that read it; our engine does not run it.

- A condition is an exclusive gateway with a way around the step; a group that waits for all its branches stands between
  parallel gateways.
- A group that waits for some of its branches is a sub-process: a parallel gateway starts the branches, a complex gateway
  opens as soon as enough are through (or all are at their end: one that was skipped is not through), and a terminate
  event cuts off the rest. A complex gateway alone would let the others go on, and an inclusive one waits for all.
- A step of several people who all count is multi-instance, in sequence or side by side, with the condition that ends it
  early. In these conditions, `approvals` and `refusals` are numbers of people, or sums of weights where votes are
  weighted, out of `whole`; as in the engine, where not all of them together would be enough, all of them are wanted.
- A step that one of several may do is one user task with several potential owners.
- A return is a text annotation, for a flow out of a parallel block is none; a refusal, which ends the case, is another.
- Conditions are in the language of the workbook (`expressionLanguage`); the columns of the sheet are in our namespace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from banshi.platform.people.who import Who
from banshi.platform.routes.deadline import DEFAULT_OVERDUE, Due, Overdue
from banshi.platform.routes.diagram import Box, Diagram, Line, Part, Shape, diagram
from banshi.platform.routes.hooks import Book, Fill, Give, Hook, Notify, Number, Open, Print, Push, Unmet, Wait
from banshi.platform.routes.model import (
    DEFAULT_OPERATIONS,
    BackMode,
    CopyAt,
    Empty,
    Mode,
    Operation,
    Route,
    RouteStep,
    Same,
    SelfApproval,
    Threshold,
)

EXPRESSIONS = "urn:banshi:expressions"
PEOPLE = "urn:banshi:people"
NAMESPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:omgdc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:omgdi": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:banshi": "urn:banshi:route",
}
_NOT_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TASKS = {
    Mode.AUTO: "serviceTask",
    Mode.CALLBACK: "receiveTask",
    Mode.NOTIFY: "sendTask",
    Mode.WAIT: "callActivity",
}
_NODES = {
    Part.START: "startEvent",
    Part.END: "endEvent",
    Part.CHOICE: "exclusiveGateway",
    Part.MERGE: "exclusiveGateway",
    Part.FORK: "parallelGateway",
    Part.JOIN: "parallelGateway",
    Part.RACE: "subProcess",
    Part.ENTRY: "startEvent",
    Part.ENOUGH: "complexGateway",
    Part.STOP: "endEvent",
}
_DIVERGING = (Part.CHOICE, Part.FORK)
_CONVERGING = (Part.MERGE, Part.JOIN, Part.ENOUGH)


def to_bpmn(route: Route, title: str, language: str = "zh") -> bytes:
    """The file, in UTF-8, with names in a language. The same route gives the same bytes."""
    picture = diagram(route, language)
    root = ET.Element(
        "bpmn:definitions",
        {**NAMESPACES, "id": "definitions", "targetNamespace": "urn:banshi:route", "expressionLanguage": EXPRESSIONS},
    )
    process = ET.SubElement(root, "bpmn:process", {"id": "process", "name": _xml(title), "isExecutable": "false"})
    _fill(process, picture, "")
    _draw(root, picture)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _fill(parent: ET.Element, picture: Diagram, frame: str) -> None:
    """What stands directly in the process or in a frame: nodes, flows, then notes, as the schema wants it."""
    shapes = [shape for shape in picture.shapes if shape.frame == frame]
    lines = [line for line in picture.lines if line.frame == frame]
    for shape in shapes:
        if shape.part is not Part.NOTE:
            _node(parent, shape, picture)
    for line in lines:
        if not line.note:
            _flow(parent, line, picture)
    for shape in shapes:
        if shape.part is Part.NOTE:
            note = ET.SubElement(parent, "bpmn:textAnnotation", {"id": shape.id})
            _text(note, "bpmn:text", shape.text)
    for line in lines:
        if line.note:
            ET.SubElement(
                parent, "bpmn:association", {"id": line.id, "sourceRef": line.source, "targetRef": line.target}
            )


def _node(parent: ET.Element, shape: Shape, picture: Diagram) -> None:
    step = shape.step if shape.part is Part.STEP else None
    node = ET.SubElement(parent, f"bpmn:{_tag(shape)}", {"id": shape.id})
    if shape.text:
        node.set("name", _xml(shape.text))
    if step is not None:
        columns = ET.SubElement(ET.SubElement(node, "bpmn:extensionElements"), "banshi:step")
        for name, text in columns_of(step).items():
            _text(columns, "banshi:column", text).set("name", name)
    flows = [line for line in picture.lines if not line.note]
    for line in flows:
        if line.target == shape.id:
            _text(node, "bpmn:incoming", line.id)
    for line in flows:
        if line.source == shape.id:
            _text(node, "bpmn:outgoing", line.id)
            if line.around:
                node.set("default", line.id)
    if shape.part in _DIVERGING + _CONVERGING:
        node.set("gatewayDirection", "Diverging" if shape.part in _DIVERGING else "Converging")
    if step is not None and step.mode.asks:
        _asked(node, step)
    elif shape.part is Part.ENOUGH and shape.block is not None:
        opens = f"${{branchesThrough}} >= {shape.block.need} or ${{activationCount}} = {len(shape.block.branches)}"
        _formal(node, "bpmn:activationCondition", opens)
    elif shape.part is Part.STOP:
        ET.SubElement(node, "bpmn:terminateEventDefinition", {"id": f"terminate_{shape.id}"})
    elif shape.part is Part.RACE:
        _fill(node, picture, shape.id)


def _tag(shape: Shape) -> str:
    if shape.step is not None and shape.part is Part.STEP:
        return _TASKS.get(shape.step.mode, "userTask")
    return _NODES[shape.part]


def _asked(node: ET.Element, step: RouteStep) -> None:
    """The people of a user task, and how several of them decide."""
    owner = ET.SubElement(node, "bpmn:potentialOwner", {"id": f"owner_{node.get('id')}"})
    assigned = ET.SubElement(owner, "bpmn:resourceAssignmentExpression")
    _text(assigned, "bpmn:formalExpression", step.who.text).set("language", PEOPLE)
    ends = completion(step)
    if ends:
        one_by_one = "true" if step.mode is Mode.SEQUENCE else "false"
        several = ET.SubElement(node, "bpmn:multiInstanceLoopCharacteristics", {"isSequential": one_by_one})
        _formal(several, "bpmn:completionCondition", ends)


def completion(step: RouteStep) -> str:
    """When enough of a step's people have decided, in the workbook's language; empty where one of them is enough."""
    if step.mode.asks_everybody:
        return "${refusals} >= 1 or ${approvals} = ${whole}"
    if not step.mode.counts or step.threshold is None:
        return ""
    threshold = step.threshold
    top, bottom = threshold.value.numerator, threshold.value.denominator
    # In whole numbers, for a third has no decimals.
    needed = f"{top}{' * ${whole}' if threshold.share else ''}"
    possible = _reached("${whole}", needed, bottom, strict=threshold.strict)
    passed = _reached("${approvals}", needed, bottom, strict=threshold.strict)
    still = _reached("(${whole} - ${refusals})", needed, bottom, strict=threshold.strict)
    return f"if({possible}, {passed} or not({still}), ${{refusals}} > 0 or ${{approvals}} = ${{whole}})"


def _reached(amount: str, needed: str, bottom: int, *, strict: bool) -> str:
    return f"{amount}{f' * {bottom}' if bottom != 1 else ''} {'>' if strict else '>='} {needed}"


def _flow(parent: ET.Element, line: Line, picture: Diagram) -> None:
    facts = {"id": line.id, "sourceRef": line.source, "targetRef": line.target}
    flow = ET.SubElement(parent, "bpmn:sequenceFlow", facts)
    if line.text:
        flow.set("name", _xml(line.text))
    source = next(shape for shape in picture.shapes if shape.id == line.source)
    if source.part is Part.CHOICE and not line.around and source.step is not None and source.step.when is not None:
        _formal(flow, "bpmn:conditionExpression", source.step.when.text)


def _formal(parent: ET.Element, name: str, text: str) -> None:
    _text(parent, name, text).set("xsi:type", "bpmn:tFormalExpression")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = _xml(text)
    return made


def _xml(text: str) -> str:
    """Without the control characters that XML cannot carry; a reader would make each return a line feed."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# The picture


def _draw(root: ET.Element, picture: Diagram) -> None:
    """Where everything stands (BPMN DI)."""
    drawn = ET.SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(drawn, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    for shape in picture.shapes:
        made = ET.SubElement(plane, "bpmndi:BPMNShape", {"id": f"shape_{shape.id}", "bpmnElement": shape.id})
        if shape.part in (Part.CHOICE, Part.MERGE):
            made.set("isMarkerVisible", "true")
        if shape.part is Part.RACE:
            made.set("isExpanded", "true")
        _bounds(made, shape.box)
        _label(made, shape.label)
    for line in picture.lines:
        made = ET.SubElement(plane, "bpmndi:BPMNEdge", {"id": f"edge_{line.id}", "bpmnElement": line.id})
        for x, y in line.points:
            ET.SubElement(made, "omgdi:waypoint", {"x": str(x), "y": str(y)})
        _label(made, line.label)


def _label(parent: ET.Element, box: Box | None) -> None:
    if box is not None:
        _bounds(ET.SubElement(parent, "bpmndi:BPMNLabel"), box)


def _bounds(parent: ET.Element, box: Box) -> None:
    facts = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    ET.SubElement(parent, "omgdc:Bounds", {name: str(value) for name, value in facts.items()})


# The columns of the sheet


def columns_of(step: RouteStep) -> Mapping[str, str]:
    """The columns of a step's row as the route sheet writes them, in its English words; without what is usual."""
    texts = {name: column(step) for name, column in _COLUMNS.items()}
    return {name: text for name, text in texts.items() if text}


def _mode(mode: Mode, threshold: Threshold | None) -> str:
    if threshold is None:
        return "" if mode is Mode.ONE else mode
    value = threshold.value
    percent = "%" if mode is Mode.WEIGHT and threshold.share else ""
    return f"{mode} {'>' if threshold.strict else ''}{value * 100 if percent else value}{percent}"


def _wait(wait: Wait) -> str:
    need = {0: "", 1: " any"}.get(wait.need, f" {wait.need}")
    return f"{Mode.WAIT}{need}" + ("" if wait.unmet is Unmet.GO_ON else f" !{wait.unmet}")


def _hook(hook: Hook) -> str:
    word = hook.use if isinstance(hook, Book) else _HOOKS[type(hook)]
    return f"{word}:{hook.text}"


_HOOKS: Mapping[type[Hook], str] = {
    Open: "open",
    Fill: "set",
    Number: "number",
    Push: "push",
    Notify: "notify",
    Print: "print",
    Give: "pass",
}


def _operations(step: RouteStep) -> Iterator[str]:
    for operation in Operation:
        if (operation in step.operations) is not (operation in DEFAULT_OPERATIONS):
            yield f"{'+' if operation in step.operations else '-'}{operation}"


def _back(step: RouteStep) -> str:
    if step.back == ("initiator", "previous") and step.back_mode is BackMode.ASK:
        return ""
    return "、".join(step.back) + ("" if step.back_mode is BackMode.ASK else f" !{step.back_mode}")


def due_text(due: Due) -> str:
    """A due cell: `2 working day`, `table:维修时限[类别]`, `field:需求日期-1 day`."""
    span = f"{due.span.count} {due.span.unit}" if due.span else ""
    if due.table:
        return f"table:{due.table}{'.' if due.column else ''}{due.column}[{due.key}]"
    if due.field:
        return f"field:{due.field}{'+' if due.later else '-'}{span}" if span else f"field:{due.field}"
    return span


def _overdue(entry: Overdue) -> str:
    return f"{entry.percent}% {entry.deed}" + (f": {entry.who.text}" if entry.who else "")


def _same(step: RouteStep) -> Iterator[str]:
    if step.same is not Same.ADJACENT:
        yield step.same
    if step.self_approval is not SelfApproval.SUPERIOR:
        yield f"self: {step.self_approval}"


def _copy(who: Who, at: CopyAt) -> str:
    return who.text if at is CopyAt.PASSED else f"{who.text} @{at}"


def _opinion(step: RouteStep) -> Sequence[str]:
    phrases = f"phrases: {'|'.join(step.phrases)}" if step.phrases else ""
    parts = ("required" if step.opinion_required else "", phrases, "signature" if step.signature else "")
    return [part for part in parts if part]


_COLUMNS: Mapping[str, Callable[[RouteStep], str]] = {
    "step": lambda step: step.id,
    "name": lambda step: step.name,
    "name::en": lambda step: step.name_en,
    "who": lambda step: step.who.text,
    "mode": lambda step: _wait(step.wait) if step.mode is Mode.WAIT else _mode(step.mode, step.threshold),
    "when": lambda step: step.when.text if step.when else "",
    "group": lambda step: step.group if step.join == "all" else f"{step.group}({step.join})",
    "edit": lambda step: "、".join(step.edit),
    "hide": lambda step: "、".join(step.hide),
    "require": lambda step: "、".join(step.require),
    "ops": lambda step: " ".join(_operations(step)),
    "back": _back,
    "due": lambda step: due_text(step.due) if step.due else "",
    "overdue": lambda step: "; ".join(map(_overdue, step.overdue)) if step.overdue != DEFAULT_OVERDUE else "",
    "empty": lambda step: {Empty.ADMIN: "", Empty.PERSON: step.stand_in}.get(step.empty, step.empty),
    "same": lambda step: "; ".join(_same(step)),
    "differ": lambda step: "、".join(step.differ),
    "cc": lambda step: "; ".join(_copy(copy.who, copy.at) for copy in step.copies),
    "do": lambda step: "; ".join(map(_hook, step.hooks)),
    "opinion": lambda step: "; ".join(_opinion(step)),
}
