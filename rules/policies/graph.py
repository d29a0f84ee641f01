"""What depends on what: groups of things that depend on each other in a circle, what is depended on first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def groups(nodes: Sequence[N], needs: Mapping[N, Iterable[N]]) -> list[list[N]]:
    """The strongly connected components (Tarjan 1972, without recursion): a group comes after all that it needs."""
    order: dict[N, int] = {}
    lowest: dict[N, int] = {}
    stack: list[N] = []
    on_stack: set[N] = set()
    found: list[list[N]] = []
    for root in nodes:
        if root in order:
            continue
        work = [(root, iter(needs.get(root, ())))]
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                stack.append(node)
                on_stack.add(node)
            for below in rest:
                if below not in order:
                    work.append((below, iter(needs.get(below, ()))))
                    break
                if below in on_stack:
                    lowest[node] = min(lowest[node], order[below])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == order[node]:
                    found.append(_pop(stack, on_stack, node))
    return found


def _pop(stack: list[N], on_stack: set[N], until: N) -> list[N]:
    group: list[N] = []
    while True:
        node = stack.pop()
        on_stack.discard(node)
        group.append(node)
        if node == until:
            return group[::-1]
