"""The process tree of a route: blocks one after another, the branches of a group side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from banshi.platform.routes.model import Route, RouteStep


@dataclass(frozen=True, slots=True)
class Block:
    """One step, or the branches of a group; in a branch, steps follow one another.

    `need` is how many branches must be through before the block is; the others are cut off then.
    """

    branches: tuple[tuple[RouteStep, ...], ...]
    need: int = 1

    @property
    def race(self) -> bool:
        """Whether not all branches are needed."""
        return self.need < len(self.branches)

    @property
    def steps(self) -> tuple[RouteStep, ...]:
        """Every step of the block, branch by branch."""
        return tuple(step for branch in self.branches for step in branch)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a step stands: its block, its branch, its place in the branch, all counted from 0."""

    block: int
    branch: int
    index: int

    def before(self, other: Position) -> bool:
        """Whether a step here is always closed before the other one begins."""
        if self.block != other.block:
            return self.block < other.block
        return self.branch == other.branch and self.index < other.index

    def beside(self, other: Position) -> bool:
        """Whether the two stand in different branches of one group."""
        return self.block == other.block and self.branch != other.branch


@dataclass(frozen=True)
class Tree:
    """A route seen as blocks. `40`, `40.1` and `40.2` of a group are one branch, `41` is another."""

    route: Route

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in order."""
        blocks: list[Block] = []
        for label, rows in groupby(self.route.steps, key=lambda step: step.group):
            steps = tuple(rows)
            if not label:
                blocks += [Block(((step,),)) for step in steps]
                continue
            branches: dict[str, list[RouteStep]] = {}
            for step in steps:
                branches.setdefault(step.id.partition(".")[0], []).append(step)
            blocks.append(Block(tuple(map(tuple, branches.values())), _need(steps[0].join, len(branches))))
        return tuple(blocks)

    @cached_property
    def positions(self) -> dict[str, Position]:
        """The position of every step by its id."""
        return {
            step.id: Position(b, i, j)
            for b, block in enumerate(self.blocks)
            for i, branch in enumerate(block.branches)
            for j, step in enumerate(branch)
        }

    @cached_property
    def leading(self) -> tuple[RouteStep, ...]:
        """The steps at the top that only the initiator has, and may have: sending the form does them."""
        steps: list[RouteStep] = []
        for step in self.route.steps:
            kept_away = {"initiator", *(other.id for other in steps)}.intersection(step.differ)
            if step.group or not step.who.only_initiator or not step.mode.asks or kept_away:
                break
            steps.append(step)
        return tuple(steps)

    def suffix(self, step_id: str) -> tuple[RouteStep, ...]:
        """A step and those after it in its branch."""
        at = self.positions[step_id]
        return self.blocks[at.block].branches[at.branch][at.index :]

    def between(self, target: str, here: str) -> tuple[RouteStep, ...]:
        """The steps that a return from `here` to `target` clears: what has to be gone through again.

        A branch beside the target keeps its approvals; every block after the target's is cleared up to this one.
        """
        goal, start = self.positions[target], self.positions[here]
        cleared = list(self.suffix(target))
        for block in self.blocks[goal.block + 1 : start.block + 1]:
            cleared += block.steps
        if goal.beside(start):
            cleared += self.suffix(here)
        return tuple(cleared)

    def stages_before(self, step_id: str) -> Iterator[tuple[tuple[RouteStep, ...], ...]]:
        """Going backwards from a step: its own branch, then block by block; every branch from its end."""
        at = self.positions[step_id]
        yield (self.blocks[at.block].branches[at.branch][: at.index][::-1],)
        for block in reversed(self.blocks[: at.block]):
            yield tuple(branch[::-1] for branch in block.branches)

    def nearest(self, step_id: str, wanted: Callable[[RouteStep], bool]) -> tuple[RouteStep, ...]:
        """The nearest wanted steps before a step: one, or the last one of each branch of a group."""
        for stage in self.stages_before(step_id):
            found = [next(filter(wanted, branch), None) for branch in stage]
            if any(found):
                return tuple(step for step in found if step is not None)
        return ()


def differing_both_ways(route: Route) -> Route:
    """The route, in which the later of two steps that must differ knows of it, whichever of them says so."""
    places = Tree(route).positions
    steps = []
    for step in route.steps:
        ahead = (one for one in route.steps if step.id in one.differ and places[one.id].before(places[step.id]))
        more = tuple(one.id for one in ahead if one.id not in step.differ)
        steps.append(replace(step, differ=(*step.differ, *more)) if more else step)
    return replace(route, steps=tuple(steps))


def _need(join: str, branches: int) -> int:
    """How many branches a join waits for."""
    return {"all": branches, "any": 1}.get(join) or min(int(join), branches)
