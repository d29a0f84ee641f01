"""Decisions by tables of 10x4, 100x6 and 2,000x6, one at a time and 100,000 at a time, against named peers.

    .venv/bin/uv pip install -e '.[bench]'      # zen-engine
    .venv/bin/python benchmarks/tables.py

Half of the columns are ranges of numbers, half one of eight words; a fifth of the cells is blank, the last row fits
everything, the hit policy is `first`. Every engine must give the same answers, or nothing is printed. Times are CPU
seconds of one thread, the best of several runs.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from banshi.platform.service.model import Service, Settings, Texts
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, parse
from banshi.rules.tables import Decider, Hit, Input, Output, Result, Row, Table, decide
from banshi.rules.tables.columns import Columns
from banshi.rules.tables.reading import read_test
from banshi.rules.values import Kind

WORDS = "abcdefgh"
NOW = datetime(2026, 9, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
Tested = tuple[int, int] | str | None
Inputs = dict[str, int | str]


def rules_of(rows: int, columns: int, random_: random.Random) -> list[list[Tested]]:
    """The cells: (from, before) in an even column, a word in an odd one, or None."""
    made: list[list[Tested]] = []
    for _ in range(rows - 1):
        cells: list[Tested] = []
        for column in range(columns):
            low = random_.randrange(1000)
            tested: Tested = (low, low + random_.randint(50, 300)) if column % 2 == 0 else random_.choice(WORDS)
            cells.append(None if random_.random() < 0.2 else tested)
        made.append(cells)
    return [*made, [None] * columns]


def inputs_of(count: int, columns: int, random_: random.Random) -> list[Inputs]:
    """Inputs without any two alike in all columns, as good as always."""
    return [
        {f"x{i}": random_.randrange(1200) if i % 2 == 0 else random_.choice(WORDS) for i in range(columns)}
        for _ in range(count)
    ]


def table_of(rules: Sequence[Sequence[Tested]]) -> Table:
    """The rules as a table of ours."""
    columns = []
    for i in range(len(rules[0])):
        expression, _ = parse(f"x{i}", Place("rules", "A1"))
        assert expression is not None
        columns.append(Input(expression=expression, kind=Kind.NUMBER if i % 2 == 0 else Kind.TEXT, declared=True))
    rows = []
    for number, cells in enumerate(rules):
        texts = [f"[{cell[0]},{cell[1]})" if isinstance(cell, tuple) else cell for cell in cells]
        tests = tuple(read_test(Cell(text, Place("rules", f"A{number + 2}")))[0] for text in texts)
        rows.append(Row(number=number + 2, tests=tests, results=(Result(value=Decimal(number)),)))
    return Table(name="rules", inputs=tuple(columns), outputs=(Output(name="row"),), rows=tuple(rows), hit=Hit.FIRST)


def if_chain(rules: Sequence[Sequence[Tested]]) -> Callable[[Mapping[str, Any]], int]:
    """What a programmer would generate: one `if` a row."""
    lines = ["def decide(x):", *(f"    x{i} = x['x{i}']" for i in range(len(rules[0])))]
    for number, cells in enumerate(rules):
        parts = [
            f"{cell[0]} <= x{i} < {cell[1]}" if isinstance(cell, tuple) else f"x{i} == {cell!r}"
            for i, cell in enumerate(cells)
            if cell is not None
        ]
        lines.append(f"    if {' and '.join(parts) or 'True'}: return {number}")
    names: dict[str, Any] = {}
    exec("\n".join(lines), names)
    chain: Callable[[Mapping[str, Any]], int] = names["decide"]
    return chain


def zen(rules: Sequence[Sequence[Tested]]) -> Callable[[Inputs], int] | None:
    """zen-engine in its fast use: the loader gives content that is compiled already. None where it is not installed."""
    try:
        from zen import ZenDecisionContent, ZenEngine
    except ImportError:
        return None

    def cell(tested: Tested) -> str:
        return f"[{tested[0]}..{tested[1]})" if isinstance(tested, tuple) else f'"{tested}"' if tested else ""

    fields = [{"id": f"x{i}", "name": f"x{i}", "field": f"x{i}"} for i in range(len(rules[0]))]
    rows = [
        {"_id": str(number), "out": str(number), **{f"x{i}": cell(tested) for i, tested in enumerate(cells)}}
        for number, cells in enumerate(rules)
    ]
    table = {"hitPolicy": "first", "inputs": fields, "outputs": [{"id": "out", "name": "out", "field": "out"}]}
    graph = {
        "nodes": [
            {"id": "a", "type": "inputNode", "name": "in"},
            {"id": "b", "type": "decisionTableNode", "name": "table", "content": {**table, "rules": rows}},
            {"id": "c", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "1", "sourceId": "a", "targetId": "b", "type": "edge"},
            {"id": "2", "sourceId": "b", "targetId": "c", "type": "edge"},
        ],
    }
    content = ZenDecisionContent(json.dumps(graph))
    engine = ZenEngine({"loader": lambda _: content})

    def run(inputs: Inputs) -> int:
        found: int = engine.evaluate("table", inputs)["result"]["out"]
        return found

    return run


def durable(rules: Sequence[Sequence[Tested]]) -> Callable[[Inputs], int]:
    """durable-rules, contained so that it neither crashes nor leaks: 50 rows a ruleset, a last rule that always holds,
    an own session for every event, deleted after it.
    """
    from durable.engine import Host

    class Quiet(Host):  # type: ignore[misc]  # no types
        """Without the threads that look for timers."""

        def _run(self) -> None:
            return

    hit: list[int] = []

    def action(number: int) -> Callable[[Any], None]:
        return lambda _: hit.append(number)

    def condition(cells: Sequence[Tested]) -> dict[str, Any]:
        parts: list[dict[str, Any]] = [{"t": 1}]
        for i, cell in enumerate(cells):
            if isinstance(cell, tuple):
                parts += [{"$gte": {f"x{i}": cell[0]}}, {"$lt": {f"x{i}": cell[1]}}]
            elif cell is not None:
                parts.append({f"x{i}": cell})
        return {"$and": parts} if len(parts) > 1 else parts[0]

    host = Quiet()
    names = []
    for start in range(0, len(rules), 50):
        part = {
            f"r{number}": {"all": [{"m": condition(rules[number])}], "pri": number + 1, "run": action(number)}
            for number in range(start, min(start + 50, len(rules)))
        }
        part["none"] = {"all": [{"m": {"t": 1}}], "pri": 100_000, "run": action(-1)}
        names.append(f"set{start}")
        host.set_rulesets({names[-1]: part})
    counter = iter(range(10**9))

    def run(inputs: Inputs) -> int:
        sid = str(next(counter))
        for name in names:
            hit.clear()
            host.post(name, {"t": 1, "sid": sid, **inputs})
            host.delete_state(name, sid)
            if hit[0] >= 0:
                return hit[0]
        return -1

    return run


def measured(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The CPU seconds of the fastest of some runs of each; they take turns, so that a busy machine slows all alike."""
    found = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            found[name] = min(found[name], time.process_time() - start)
    return found


def shown(title: str, found: Mapping[str, float], unit: float, form: str) -> None:
    """Print times, and each as a multiple of the first."""
    print(f"\n{title}")
    first = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"  {name:32}{seconds * unit:10{form}}{seconds / first:9.1f}")


def single(rows: int, columns: int) -> float:
    """Print the microseconds of one decision by every engine; the seconds of ours."""
    rules = rules_of(rows, columns, random.Random(rows))
    inputs = inputs_of(1000, columns, random.Random(1))
    chain, table, contained, peer = if_chain(rules), table_of(rules), durable(rules), zen(rules)
    typed = [{k: Decimal(v) if isinstance(v, int) else v for k, v in one.items()} for one in inputs]
    expected = [chain(one) for one in inputs]
    decider, env, day = Decider(table), Environment({}, now=NOW), NOW.date()
    service = Service(file="", sha256="", settings=Settings(id="rules", title=Texts()), tables={"rules": table})
    few = 20 if rows > 1000 else 100
    # Amounts with two decimals that were never seen: nothing of them is remembered.
    cents = iter(range(1, 100))
    unseen: list[list[dict[str, Any]]] = []

    def new() -> None:
        more = Decimal(next(cents)).scaleb(-2)
        unseen[:] = [[{k: v + more if isinstance(v, Decimal) else v for k, v in one.items()} for one in typed]]

    new()
    by_raw, found_by, other, reasons = Decider(table).find, decider.find, Decider(table).find, lambda: env
    runs: dict[str, Callable[[], object]] = {
        "Decider.find, outputs": lambda: [by_raw(one, day, reasons).outputs for one in inputs],
        "… of amounts as Decimal": lambda: [found_by(one, day, reasons).outputs for one in typed],
        "outputs and fired cells": lambda: [((d := found_by(one, day, reasons)).outputs, d.fired) for one in typed],
        "amounts never seen": lambda: [other(one, day, reasons).outputs for one in unseen[0]],
        "service.decide": lambda: [service.decide("rules", one).outputs for one in inputs],
        "decide, no explanation": lambda: [
            decide(table, Environment(one, now=NOW), explained=False) for one in typed[:100]
        ],
        "decide, explained": lambda: [decide(table, Environment(one, now=NOW)) for one in typed[:100]],
        "generated if-chain": lambda: [chain(one) for one in inputs],
        "durable-rules, contained": lambda: [contained(one) for one in inputs[:few]],
    }
    sizes = {name: 100 for name in runs if name.startswith("decide")} | {"durable-rules, contained": few}
    if peer is not None:
        runs["zen-engine, compiled content"] = lambda: [peer(one) for one in inputs[:500]]
        sizes["zen-engine, compiled content"] = 500
        assert [peer(one) for one in inputs[:300]] == expected[:300]
    assert [int(decider(one, env).outputs["row"]) for one in typed] == expected
    assert [int(service.decide("rules", one, NOW).outputs["row"]) for one in inputs] == expected
    assert [contained(one) for one in inputs[:few]] == expected[:few]
    found = dict.fromkeys(runs, float("inf"))
    for _ in range(25):
        new()
        for name, seconds in measured(runs, 1).items():
            found[name] = min(found[name], seconds / sizes.get(name, len(inputs)))
    shown(f"{rows:,} x {columns}: microseconds a decision, and times as long as Decider.find", found, 1e6, ".2f")
    return found["Decider.find, outputs"]


def by_hand(
    rules: Sequence[Sequence[Tested]], columns: Mapping[str, npt.NDArray[Any]], size: int
) -> npt.NDArray[np.int64]:
    """What a programmer would write in numpy: every rule over the inputs that no rule above it took."""
    answer = np.full(size, -1)
    left = np.arange(size)
    for number, cells in enumerate(rules):
        fits = np.ones(len(left), dtype=bool)
        for i, cell in enumerate(cells):
            values = columns[f"x{i}"][left]
            if isinstance(cell, tuple):
                fits &= (values >= cell[0]) & (values < cell[1])
            elif cell is not None:
                fits &= values == WORDS.index(cell)
        answer[left[fits]] = number
        left = left[~fits]
    return answer


def batch() -> None:
    """Print the seconds of 100,000 decisions by the table of 2,000 x 6."""
    rules = rules_of(2000, 6, random.Random(2000))
    inputs = inputs_of(100_000, 6, random.Random(2))
    table = table_of(rules)
    frame = {
        f"x{i}": np.array([one[f"x{i}"] for one in inputs]) if i % 2 == 0 else [one[f"x{i}"] for one in inputs]
        for i in range(6)
    }
    coded = {
        name: column if isinstance(column, np.ndarray) else np.array([WORDS.index(word) for word in column])
        for name, column in frame.items()
    }
    columns = Columns(table)
    env = Environment({}, now=NOW)
    assert np.array_equal(columns.decide(frame, env).rows, by_hand(rules, coded, len(inputs)))
    found = measured(
        {
            "Columns, deciding rows": lambda: columns.decide(frame, env),
            "Columns, frame of outputs": lambda: columns.decide(frame, env).frame(),
            "numpy by hand, words as numbers": lambda: by_hand(rules, coded, len(inputs)),
        },
        5,
    )
    shown("100,000 inputs through 2,000 x 6: seconds, and times as long as Columns", found, 1, ".3f")


if __name__ == "__main__":
    small, _, large = single(10, 4), single(100, 6), single(2000, 6)
    print(f"\n2,000 rows cost {large / small:.1f} times what 10 rows cost.")
    batch()
