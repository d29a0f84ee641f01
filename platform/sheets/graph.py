"""What must be known before what: a graph of names, in an order that suits, and the circles in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from banshi.rules.diagnostics import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """Something that yields names from other names: a field, a repeat, a table, a tariff or a policy.

    `rules` are its cells that read names, where it has several.
    """

    key: str
    label: str
    reads: frozenset[str]
    yields: tuple[str, ...]
    place: Place
    rules: tuple[tuple[frozenset[str], Place], ...] = ()

    def reading(self, other: Vertex) -> Place:
        """The cell that makes this hang on another."""
        return next((place for names, place in self.rules if not names.isdisjoint(other.yields)), self.place)


class Graph:
    """Vertices in the order of the workbook; an edge leads from a vertex to each that yields a name it reads."""

    def __init__(self, vertices: Sequence[Vertex]) -> None:
        self.vertices: Mapping[str, Vertex] = {vertex.key: vertex for vertex in vertices}
        producers: dict[str, str] = {}
        for vertex in vertices:
            for name in vertex.yields:
                producers.setdefault(name, vertex.key)
        self._needs = {
            vertex.key: sorted({producers[name] for name in vertex.reads if name in producers}) for vertex in vertices
        }

    def components(self) -> list[list[str]]:
        """The strongly connected components, each after those that it needs (Tarjan's algorithm, without recursion)."""
        number: dict[str, int] = {}
        low: dict[str, int] = {}
        open_keys: dict[str, None] = {}
        found: list[list[str]] = []
        for start in self.vertices:
            if start in number:
                continue
            stack: list[tuple[str, Iterator[str]]] = []
            self._visit(start, number, low, open_keys, stack)
            while stack:
                key, needs = stack[-1]
                following = next((need for need in needs if need not in number or need in open_keys), None)
                if following is None:
                    stack.pop()
                    if stack:
                        low[stack[-1][0]] = min(low[stack[-1][0]], low[key])
                    if low[key] == number[key]:
                        component = [open_keys.popitem()[0]]
                        while component[-1] != key:
                            component.append(open_keys.popitem()[0])
                        found.append(component[::-1])
                elif following in number:
                    low[key] = min(low[key], number[following])
                else:
                    self._visit(following, number, low, open_keys, stack)
        return found

    def circles(self) -> list[list[Vertex]]:
        """One shortest way round for every circle, beginning with its first vertex in the workbook."""
        position = {key: i for i, key in enumerate(self.vertices)}
        found = []
        for component in self.components():
            first = min(component, key=position.__getitem__)
            if len(component) > 1 or first in self._needs[first]:
                found.append([self.vertices[key] for key in self._way_round(first, set(component))])
        return sorted(found, key=lambda circle: position[circle[0].key])

    def _visit(
        self,
        key: str,
        number: dict[str, int],
        low: dict[str, int],
        open_keys: dict[str, None],
        stack: list[tuple[str, Iterator[str]]],
    ) -> None:
        number[key] = low[key] = len(number)
        open_keys[key] = None
        stack.append((key, iter(self._needs[key])))

    def _way_round(self, first: str, component: set[str]) -> list[str]:
        """The shortest way from a vertex back to itself inside its component, without the return."""
        came_from: dict[str, str] = {}
        waiting = [first]
        for key in waiting:
            for need in self._needs[key]:
                if need == first:
                    way = [key]
                    while way[-1] != first:
                        way.append(came_from[way[-1]])
                    return way[::-1]
                if need in component and need not in came_from:
                    came_from[need] = key
                    waiting.append(need)
        return [first]
