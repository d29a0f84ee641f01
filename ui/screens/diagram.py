"""The picture of a route, for a case with how far it is: told by a sign, a border and a word, not by colour alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from banshi.platform.routes.diagram import GATEWAY, LINE, Box, Diagram, Line, Part, Shape
from banshi.platform.routes.diagram_texts import label_lines
from banshi.platform.views import StepView
from banshi.ui import browser
from banshi.ui.components.drawing import Drawing, Node
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import div, icon, span, tag
from banshi.ui.texts import Texts

_SIGNS = {
    "done": "M-4 0l3 3l5-6",
    "active": "M-3-5l8 5l-8 5z",
    "pending": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "skipped": "M-5 0h10",
    "refused": "M-4-4l8 8M4-4l-8 8",
}
_CROSS, _PLUS = "M-7-7l14 14M7-7l-14 14", "M-10 0h20M0-10v20"
_MARKS = {
    Part.CHOICE: _CROSS,
    Part.MERGE: _CROSS,
    Part.FORK: _PLUS,
    Part.JOIN: _PLUS,
    Part.ENOUGH: _PLUS + _CROSS,
}
_ARROW = 7


def route_diagram(screen: Screen, ask: Callable[..., Diagram], where: str, steps: Sequence[StepView] = ()) -> None:
    """A disclosure that asks the hall for the picture of a case or a service when it is opened first.

    `steps` are the steps of the case; without them nothing is said about progress.
    """
    t = screen.t

    async def opened() -> None:
        if drawing.default_slot.children:
            return
        picture = await screen.ask(ask, where, screen.language)
        with drawing:
            _picture(t, picture, {step.id: step for step in steps})
        browser.scroll_to_now(drawing)

    with tag("details", "", "panel diagram") as made:
        with tag("summary"):
            icon("right", "icon icon-small")
            span(t("diagram.title"), "strong")
        drawing = div("diagram-box", role="region", tabindex="0", aria_label=t("diagram.title"))
    made.on("toggle", screen.guarded(opened), args=[])


def _picture(t: Texts, picture: Diagram, steps: Mapping[str, StepView]) -> None:
    with Drawing().draw(), Node("svg", "", {"width": picture.width, "height": picture.height, "role": "img"}):
        Node("title", t("diagram.title"), {})
        Node("desc", _told(t, picture, steps), {})
        for line in picture.lines:
            _line(line)
        for shape in picture.shapes:
            _shape(t, shape, steps)


def _told(t: Texts, picture: Diagram, steps: Mapping[str, StepView]) -> str:
    """The picture in words: every step, with its state in a case."""
    names = []
    for shape in picture.shapes:
        if shape.step is not None and shape.part is Part.STEP:
            state = _state(t, steps, shape.step.id)
            names.append(f"{shape.text} ({state})" if state else shape.text)
    return t("list.semicolon").join(names)


def _state(t: Texts, steps: Mapping[str, StepView], step_id: str) -> str:
    """The word for a step's state; a case that has ended does not come to the steps that are left."""
    if not steps:
        return ""
    return t(f"step.state.{steps[step_id].state}") if step_id in steps else t("diagram.not_reached")


def _shape(t: Texts, shape: Shape, steps: Mapping[str, StepView]) -> None:
    box = shape.box
    match shape.part:
        case Part.STEP:
            _step(t, shape, steps)
        case Part.RACE:
            _rectangle(box, "dg-frame", 12)
            _write(label_lines(shape.text, box.width - 32)[:1], box.x + 16, box.y + LINE + 6, "dg-start")
        case Part.NOTE:
            Node("path", "", {"d": f"M{box.x + 12} {box.y}H{box.x}v{box.height}h12", "class": "dg-line"})
            _write(label_lines(shape.text, box.width - 16), box.x + 8, box.y + LINE, "dg-start dg-soft")
        case Part.START | Part.END | Part.ENTRY | Part.STOP:
            half = box.width // 2
            Node("circle", "", {"cx": box.x + half, "cy": box.y + half, "r": half - 1, "class": f"dg-{shape.part}"})
            if shape.part is Part.STOP:
                Node("circle", "", {"cx": box.x + half, "cy": box.y + half, "r": half - 8, "class": "dg-full"})
        case _:
            half = GATEWAY // 2
            middle = f"translate({box.x + half} {box.y + half})"
            Node("path", "", {"d": f"M{-half} 0L0 {-half}L{half} 0L0 {half}z", "transform": middle, "class": "dg-node"})
            Node("path", "", {"d": _MARKS[shape.part], "transform": middle, "class": "dg-mark"})
    if shape.label:
        _label(shape.text, shape.label)


def _step(t: Texts, shape: Shape, steps: Mapping[str, StepView]) -> None:
    box = shape.box
    step_id = shape.step.id if shape.step else ""
    word = _state(t, steps, step_id)
    state = steps[step_id].state if step_id in steps else ""
    middle = box.x + box.width // 2
    _rectangle(box, f"dg-step is-{state or 'plain'}", 8)
    lines = label_lines(shape.text, box.width - 20)
    down = box.height - LINE * (len(lines) + bool(word))
    _write(lines, middle, box.y + down // 2 + LINE - 4, "dg-name")
    if not word:
        return
    foot = box.y + box.height - down // 2 - 4
    _write([word], middle - 18, foot, f"dg-start dg-state is-{state or 'plain'}")
    if state in _SIGNS:
        Node("path", "", {"d": _SIGNS[state], "transform": f"translate({middle - 30} {foot - 4})", "class": f"dg-sign is-{state}"})  # fmt: skip


def _line(line: Line) -> None:
    (x, y), *others = line.points
    way = f"M{x} {y}" + "".join(f"L{a} {b}" for a, b in others)
    Node("path", "", {"d": way, "class": "dg-line dg-tie" if line.note else "dg-line"})
    if not line.note:
        (x1, y1), (x2, y2) = line.points[-2:]
        right = (x2 > x1) - (x2 < x1)
        down = (y2 > y1) - (y2 < y1)
        back, side = (x2 - _ARROW * right, y2 - _ARROW * down), (4 * down, 4 * right)
        head = f"M{x2} {y2}L{back[0] - side[0]} {back[1] - side[1]}L{back[0] + side[0]} {back[1] + side[1]}z"
        Node("path", "", {"d": head, "class": "dg-full"})
    if line.label:
        _write([line.text], line.label.x, line.label.y + LINE - 4, "dg-start dg-soft")


def _label(text: str, box: Box) -> None:
    _write(label_lines(text, box.width), box.x + box.width // 2, box.y + LINE - 4, "dg-soft")


def _write(lines: Sequence[str], x: int, y: int, classes: str) -> None:
    for index, text in enumerate(lines):
        Node("text", text, {"x": x, "y": y + LINE * index, "class": classes})


def _rectangle(box: Box, classes: str, radius: int) -> None:
    facts = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": radius}
    Node("rect", "", {**facts, "class": classes})
