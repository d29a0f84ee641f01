"""A route as a picture: where every step, gateway and line stands, from left to right, without overlaps.

A route is blocks one after another, so it is laid out from its smallest pieces: each piece stands on a middle line, has
a width and a reach above and below it, and pieces are put in a row or one above the other. Lengths are pixels. The
BPMN export (`bpmn.py`) and the drawing of the screens show the same picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from banshi.platform.routes.diagram_texts import label_lines, opens_text, refusal_text, return_text, word
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.tree import Block, Tree

GAP, MARGIN, LINE = 40, 24, 16
TASK, GATEWAY, EVENT = 140, 50, 36
COLUMN = 120  # for the question of a condition
FORK = 80  # for the name of a group: narrow, so that it ends before the lines of the branches turn


class Part(StrEnum):
    """What a shape is. `choice` and `merge` go around a step, `fork` and `join` hold the branches of a group.

    A group that does not wait for all its branches is a `race`: a frame with an entry, a fork, an `enough` where the
    branches arrive, and a `stop` that cuts off the others.
    """

    START = "start"
    END = "end"
    STEP = "step"
    CHOICE = "choice"
    MERGE = "merge"
    FORK = "fork"
    JOIN = "join"
    RACE = "race"
    ENTRY = "entry"
    ENOUGH = "enough"
    STOP = "stop"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `y` grows downwards."""

    x: int
    y: int
    width: int
    height: int

    def moved(self, x: int, y: int) -> Box:
        """The same rectangle elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Something in the picture. `label` is where the text stands when not inside; `frame` is the race around it.

    `step` belongs to a step and to the choice before it, `block` to all shapes of a group.
    """

    id: str
    part: Part
    box: Box
    text: str = ""
    label: Box | None = None
    frame: str = ""
    step: RouteStep | None = None
    block: Block | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From one shape to another. `note` ties a text to a shape, `around` goes past a step that is skipped."""

    source: str
    target: str
    points: tuple[tuple[int, int], ...]
    text: str = ""
    label: Box | None = None
    frame: str = ""
    note: bool = False
    around: bool = False

    @property
    def id(self) -> str:
        """No two lines have the same ends."""
        return f"{'note' if self.note else 'flow'}_{self.source}_to_{self.target}"


@dataclass(frozen=True, slots=True)
class Diagram:
    """The whole picture: shapes from left to right, a frame before what it holds."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Part of a picture around the middle line y = 0, from x = 0 to `width`; `entry` and `exit` are shapes with an x."""

    width: int
    up: int
    down: int
    entry: tuple[str, int]
    exit: tuple[str, int]
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...] = field(default=())

    def moved(self, x: int, y: int = 0) -> _Piece:
        return replace(
            self,
            entry=(self.entry[0], self.entry[1] + x),
            exit=(self.exit[0], self.exit[1] + x),
            shapes=tuple(replace(s, box=s.box.moved(x, y), label=s.label and s.label.moved(x, y)) for s in self.shapes),
            lines=tuple(
                replace(
                    one, points=tuple((a + x, b + y) for a, b in one.points), label=one.label and one.label.moved(x, y)
                )
                for one in self.lines
            ),
        )


def diagram(route: Route, language: str = "zh", *, full: bool = True) -> Diagram:
    """The picture of a route, with texts in a language. The same route gives the same picture.

    Unless it is `full`, it leaves out what conditions ask, and the notes about returns and refusals.
    """
    tree = Tree(route)
    leading = frozenset(step.id for step in tree.leading)
    drawer = _Drawer(route, leading, language, full=full)
    blocks = [drawer.block(block) for block in tree.blocks]
    whole = _row([drawer.start(), *blocks, drawer.event("end", Part.END)])
    placed = whole.moved(MARGIN, MARGIN + whole.up)
    return Diagram(whole.width + 2 * MARGIN, whole.up + whole.down + 2 * MARGIN, placed.shapes, placed.lines)


def key(step_id: str) -> str:
    """A step's id as part of an XML name; different ids stay different."""
    return re.sub(r"[^A-Za-z0-9.]", lambda found: f"-{ord(found[0]):x}-", step_id)


class _Drawer:
    """Makes the pieces."""

    def __init__(self, route: Route, leading: frozenset[str], language: str, *, full: bool) -> None:
        self.full = full
        self.route = route
        self.leading = leading
        self.language = language

    def block(self, block: Block) -> _Piece:
        """One step, the branches of a group, or the frame of a race."""
        if len(block.branches) == 1:
            return _row([self.step(step) for step in block.branches[0]])
        return self.race(block) if block.race else self.group(block, Part.JOIN)

    def start(self) -> _Piece:
        """The start, with a word about refusals where a step can refuse."""
        start = self.event("start", Part.START)
        if not self.full or not any(step.mode.decides for step in self.route.steps):
            return start
        return _noted(start.moved((TASK - EVENT) // 2), "start", EVENT, refusal_text(self.language))

    def event(self, name: str, part: Part, *, text: str | None = None) -> _Piece:
        """A circle with its name below."""
        text = word(part, self.language) if text is None else text
        label = Box((EVENT - FORK) // 2, EVENT // 2 + 4, FORK, LINE) if text else None
        shape = Shape(id=name, part=part, box=_centred(EVENT, EVENT), text=text, label=label)
        return _alone(shape, down=EVENT // 2 + (4 + LINE if text else 0))

    def step(self, step: RouteStep) -> _Piece:
        """A step: with a way around it when it has a condition, and with where it may return to."""
        name = f"step_{key(step.id)}"
        text = step.title(self.language)
        # Below the name there is room for the state, or for the marker of several people.
        height = 24 + LINE * (1 + len(label_lines(text, TASK - 20)))
        shape = Shape(id=name, part=Part.STEP, box=_centred(TASK, height), text=text, step=step)
        piece = _alone(shape)
        silent = not self.full or step.id in self.leading
        texts = (opens_text(step, self.language), "" if silent else return_text(step, self.route, self.language))
        if note := ("; " if self.language == "en" else "；").join(filter(None, texts)):
            piece = _noted(piece, name, height, note)
        return piece if step.when is None else self.conditional(step, step.when.text, piece, height)

    def conditional(self, step: RouteStep, condition: str, inner: _Piece, height: int) -> _Piece:
        """The choice before a step, the step, and the merge behind it; whoever skips the step passes below."""
        number = key(step.id)
        choice, merge = f"choice_{number}", f"merge_{number}"
        middle = COLUMN // 2
        text = " ".join(condition.split()) if self.full else ""
        asked = _captioned(
            Shape(id=choice, part=Part.CHOICE, box=_centred(GATEWAY, GATEWAY), text=text, step=step), COLUMN
        )
        placed = inner.moved(COLUMN + GAP // 2)
        end = placed.exit[1] + GAP
        merged = Shape(id=merge, part=Part.MERGE, box=_centred(GATEWAY, GATEWAY).moved(end, 0))
        low = height // 2 + GAP // 2
        right = middle + GATEWAY // 2
        yes = Box(right + 6, -LINE - 2, 30, LINE)
        no = Box(middle + 4, GATEWAY // 2 + 4, 30, LINE)
        rounds = ((middle, GATEWAY // 2), (middle, low), (end + GATEWAY // 2, low), (end + GATEWAY // 2, GATEWAY // 2))
        return _Piece(
            width=end + GATEWAY,
            up=max(inner.up, _top(asked)),
            down=max(inner.down, low + 4),
            entry=(choice, middle - GATEWAY // 2),
            exit=(merge, end + GATEWAY),
            shapes=(_moved(asked, middle - GATEWAY // 2), *placed.shapes, merged),
            lines=(
                Line(
                    source=choice,
                    target=placed.entry[0],
                    points=((right, 0), (placed.entry[1], 0)),
                    text=word("yes", self.language),
                    label=yes,
                ),
                Line(
                    source=choice, target=merge, points=rounds, text=word("no", self.language), label=no, around=True
                ),
                *placed.lines,
                Line(source=placed.exit[0], target=merge, points=((placed.exit[1], 0), (end, 0))),
            ),
        )  # fmt: skip

    def group(self, block: Block, closing: Part) -> _Piece:
        """A fork, the branches one above the other, and where they come together."""
        number = key(block.steps[0].id)
        fork, join = f"fork_{number}", f"{closing}_{number}"
        branches = [_row([self.step(step) for step in branch]) for branch in block.branches]
        start = GATEWAY + GAP
        end = start + max(branch.width for branch in branches) + GAP
        half = (sum(branch.up + branch.down for branch in branches) + GAP * (len(branches) - 1)) // 2
        opened = Shape(id=fork, part=Part.FORK, box=_centred(GATEWAY, GATEWAY), text=block.steps[0].group, block=block)
        closed = Shape(id=join, part=closing, box=_centred(GATEWAY, GATEWAY), block=block)
        if closing is Part.ENOUGH:
            closed = replace(closed, text=word(Part.ENOUGH, self.language).format(need=block.need))
        else:
            opened = _captioned(opened, FORK)
        closed = _captioned(closed, FORK)
        shapes, lines, top = [opened], [], -half
        for branch in branches:
            y = top + branch.up
            placed = branch.moved(start, y)
            shapes += placed.shapes
            lines += [
                Line(source=fork, target=placed.entry[0], points=_bent(GATEWAY, 0, GATEWAY + GAP // 2, placed.entry[1], y)),
                *placed.lines,
                Line(source=placed.exit[0], target=join, points=_bent(placed.exit[1], y, end - GAP // 2, end, 0)),
            ]  # fmt: skip
            top += branch.up + branch.down + GAP
        return _Piece(
            width=end + GATEWAY,
            up=max(half, _top(opened), _top(closed)),
            down=max(half + 1, GATEWAY // 2),
            entry=(fork, 0),
            exit=(join, end + GATEWAY),
            shapes=(*shapes, _moved(closed, end)),
            lines=tuple(lines),
        )

    def race(self, block: Block) -> _Piece:
        """A frame that is left as soon as enough branches are through."""
        number = key(block.steps[0].id)
        inside = _row([
            self.event(f"entry_{number}", Part.ENTRY, text=""),
            _without_name(self.group(block, Part.ENOUGH)),
            self.event(f"stop_{number}", Part.STOP, text=""),
        ])  # fmt: skip
        name = f"race_{number}"
        head = MARGIN + LINE
        width = inside.width + 2 * MARGIN
        box = Box(0, -inside.up - head, width, inside.up + inside.down + head + MARGIN)
        frame = Shape(id=name, part=Part.RACE, box=box, text=block.steps[0].group, block=block)
        placed = inside.moved(MARGIN)
        return _Piece(
            width=width,
            up=inside.up + head,
            down=inside.down + MARGIN,
            entry=(name, 0),
            exit=(name, width),
            shapes=(frame, *(replace(shape, frame=name) for shape in placed.shapes)),
            lines=tuple(replace(line, frame=name) for line in placed.lines),
        )


def _without_name(piece: _Piece) -> _Piece:
    """The frame bears the name of a race, not its fork."""
    first, *others = piece.shapes
    return replace(piece, shapes=(replace(first, text=""), *others))


def _row(pieces: Sequence[_Piece]) -> _Piece:
    """Pieces one after another, tied by straight lines."""
    placed, x = [], 0
    for piece in pieces:
        placed.append(piece.moved(x))
        x += piece.width + GAP
    ties = [
        Line(source=one.exit[0], target=two.entry[0], points=((one.exit[1], 0), (two.entry[1], 0)))
        for one, two in pairwise(placed)
    ]
    return _Piece(
        width=x - GAP,
        up=max(piece.up for piece in placed),
        down=max(piece.down for piece in placed),
        entry=placed[0].entry,
        exit=placed[-1].exit,
        shapes=tuple(shape for piece in placed for shape in piece.shapes),
        lines=tuple(_woven([piece.lines for piece in placed], ties)),
    )


def _woven(inside: Sequence[tuple[Line, ...]], ties: Sequence[Line]) -> Iterator[Line]:
    for index, lines in enumerate(inside):
        yield from lines
        yield from ties[index : index + 1]


def _alone(shape: Shape, down: int = 0) -> _Piece:
    box = shape.box
    end = box.width
    reach = box.height // 2
    return _Piece(width=end, up=reach, down=down or reach, entry=(shape.id, 0), exit=(shape.id, end), shapes=(shape,))


def _noted(piece: _Piece, name: str, height: int, text: str) -> _Piece:
    """A note above a shape as high as `height`, on the middle of a column as wide as a task."""
    tall = 10 + LINE * len(label_lines(text, TASK - 16))
    top = -(height // 2) - GAP // 2 - tall
    note = Shape(id=f"note_{name}", part=Part.NOTE, box=Box(0, top, TASK, tall), text=text)
    tie = Line(source=name, target=note.id, points=((TASK // 2, -(height // 2)), (TASK // 2, top + tall)), note=True)
    return replace(piece, width=TASK, up=max(piece.up, -top), shapes=(*piece.shapes, note), lines=(*piece.lines, tie))


def _captioned(shape: Shape, width: int) -> Shape:
    """A gateway at x = 0 with its text above."""
    if not shape.text:
        return shape
    tall = LINE * len(label_lines(shape.text, width))
    return replace(shape, label=Box((GATEWAY - width) // 2, -GATEWAY // 2 - 4 - tall, width, tall))


def _centred(width: int, height: int) -> Box:
    return Box(0, -(height // 2), width, height)


def _top(shape: Shape) -> int:
    return -(shape.label or shape.box).y


def _moved(shape: Shape, x: int) -> Shape:
    return replace(shape, box=shape.box.moved(x, 0), label=shape.label and shape.label.moved(x, 0))


def _bent(x: int, y: int, turn: int, end: int, level: int) -> tuple[tuple[int, int], ...]:
    """From a point to another: straight, or with one step up or down at `turn`."""
    if y == level:
        return ((x, y), (end, y))
    return ((x, y), (turn, y), (turn, level), (end, level))


def bounds(shapes: Iterable[Shape]) -> Iterator[Box]:
    """Every rectangle that is taken by a shape or by its text."""
    for shape in shapes:
        yield shape.box
        if shape.label:
            yield shape.label
