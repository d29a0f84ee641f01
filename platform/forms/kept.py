"""Which kept row a sent row is: rows have no names, so a row that was removed must not hand its answers to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import tzinfo
from typing import Any

from banshi.platform.forms.answers import read_answer
from banshi.platform.forms.rights import leaves
from banshi.platform.service.model import UNSEEN, Field, Item, Repeat

_NOBODYS = UNSEEN | {"note"}


def aligned(
    items: Iterable[Item],
    kept: Mapping[str, Any],
    sent: Mapping[str, Any],
    withheld: Collection[str],
    zone: tzinfo | None,
) -> dict[str, Any]:
    """The kept answers with the rows of every repeat in the order of the sent ones.

    A sent row keeps what was kept for a row that is the same in everything its sender may fill in; any other is new and
    keeps nothing. Of equal rows one more or less leaves open which is which: then none of them keeps anything.
    """
    found = dict(kept)
    for item in leaves(items):
        if not isinstance(item, Repeat) or item.name not in sent:
            continue
        before, after = _rows(kept.get(item.name)), _rows(sent[item.name])
        old: dict[tuple[Hashable, ...], list[Mapping[str, Any]]] = {}
        for row in before:
            old.setdefault(_said(item.children, row, withheld, zone), []).append(row)
        new = [_said(item.children, row, withheld, zone) for row in after]
        counts = Counter(new)
        same = {said: iter(rows) for said, rows in old.items() if len(rows) == counts[said]}
        found[item.name] = [
            aligned(item.children, next(same[said]) if said in same else {}, row, withheld, zone)
            for said, row in zip(new, after, strict=True)
        ]
    return found


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row if isinstance(row, Mapping) else {} for row in value] if isinstance(value, (list, tuple)) else []


def _said(
    items: Iterable[Item], row: Mapping[str, Any], withheld: Collection[str], zone: tzinfo | None
) -> tuple[Hashable, ...]:
    """What a row says of everything that its sender may fill in, in a form that compares."""
    said: list[Hashable] = []
    for item in leaves(items):
        value = row.get(item.name)
        if item.name in withheld:
            continue
        if isinstance(item, Repeat):
            said.append(tuple(_said(item.children, inside, withheld, zone) for inside in _rows(value)))
        elif item.type in {"file", "image"}:
            said.append(tuple(str(file.get("id")) for file in _rows(value)))
        elif isinstance(item, Field) and item.type not in _NOBODYS and item.calculation is item.readonly is None:
            answer = read_answer(item, value, zone)
            said.append(repr(value) if answer.fault else answer.value)
    return tuple(said)
