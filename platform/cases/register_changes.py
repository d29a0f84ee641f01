"""What a new version of a service makes of the rows that its cases have in registers: gone, or saying something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from banshi.platform.cases.registering import made_by, rows_of
from banshi.platform.service.model import Service
from banshi.platform.service.registers import Register
from banshi.platform.sheets import register_faults as faults
from banshi.platform.views import RegisterChange
from banshi.rules.diagnostics import Diagnostic
from banshi.storage.contract import CaseFilter, Store
from banshi.storage.registers import RegisterRow


@dataclass(slots=True)
class _Count:
    """Rows of a register before and after."""

    before: int = 0
    lost: int = 0
    changed: int = 0
    blank: Counter[str] = field(default_factory=Counter)


def register_changes(store: Store, live: Service, new: Service) -> list[tuple[RegisterChange, Diagnostic]]:
    """The registers whose rows of cases would be others under a new version, each with its sentence.

    All cases of the service are gone through, but only where a register is made otherwise.
    """
    some = [
        (old, made)
        for name, old in live.registers.items()
        if old.counts is not None
        for made in (new.registers.get(name),)
        if made is None or made.counts is None or made_by(old, live) != made_by(made, new)
    ]
    if not some:
        return []
    counts = {old.name: _Count() for old, _ in some}
    for case in store.iter_cases(CaseFilter(service_id=live.settings.id)):
        for old, made in some:
            before = rows_of(old, live, case)
            _compare(old, before, rows_of(made, new, case) if made is not None else [], counts[old.name])
    return [
        (
            RegisterChange(name=old.name, before=one.before, lost=one.lost, changed=one.changed),
            _told(old, made, one),
        )
        for old, made in some
        if (one := counts[old.name]).lost or one.changed
    ]


def _compare(register: Register, before: Sequence[RegisterRow], after: Sequence[RegisterRow], count: _Count) -> None:
    """Rows of one case: one whose key is blank now can be found by nobody, and is as good as gone."""
    count.before += len(before)
    left = list(after)
    for row in before:
        same = next((one for one in left if one.key == row.key), None) or (left[0] if left else None)
        if same is None or (row.key and not same.key):
            count.lost += 1
            if same is not None:
                left.remove(same)
                count.blank.update(_blank(register, row, same))
            continue
        left.remove(same)
        if any(same.content.get(column) != row.content.get(column) for column in register.columns):
            count.changed += 1
            count.blank.update(_blank(register, row, same))


def _blank(register: Register, before: RegisterRow, after: RegisterRow) -> Iterator[str]:
    """The columns in which nothing stands any more."""
    for column in register.columns:
        if before.content.get(column) is not None and after.content.get(column) is None:
            yield column


def _told(old: Register, made: Register | None, count: _Count) -> Diagnostic:
    place = (made or old).at("register")
    names = "、".join(column for column in old.columns if count.blank[column])
    return faults.ROWS_GO.at(
        place,
        name=old.name,
        before=count.before,
        lost=count.lost,
        changed=count.changed,
        columns=f"（空了的列：{names}）" if names else "",
        columns_en=f" (columns that become blank: {names.replace('、', ', ')})" if names else "",
    )
