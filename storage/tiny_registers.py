"""Registers in a TinyDB store: written with the command of their case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from banshi.storage.contract import Change, RegisterMoved, StoredCase
from banshi.storage.registers import FILLED_AT_ONCE, RegisterMark, RegisterRow, RowsOf, as_kept
from banshi.storage.schema import cases, register_rows, registers
from banshi.storage.tiny_rows import TinyDatabase, TinyPart, kept


class TinyRegisters(TinyPart):
    """The verbs of `registers.RegisterStore`."""

    def register_mark(self, register: str) -> RegisterMark:
        """How a register stands; one that was never written stands at the beginning."""
        with self._base.reading():
            return _mark(self._base, register)

    def register_rows(self, register: str, keys: Collection[str] | None = None) -> list[tuple[str, RegisterRow]]:
        """The rows of a register with the ids of their cases, of all cases or those with one of some keys."""
        with self._base.reading():
            rows = self._base.find(
                register_rows, lambda row: row["register"] == register and (keys is None or row["key"] in keys)
            )
        rows.sort(key=lambda row: (row["case_id"], row["n"]))
        return [(row["case_id"], kept(RegisterRow, register_rows, row)) for row in rows]

    def fill_register(self, register: str, service_id: str, rows_of: RowsOf, after: str = "") -> str:
        """Make the rows of the next cases of a service anew, those whose ids follow `after`; the last one's id."""

        def fill() -> str:
            rows = self._base.find(cases, lambda row: row["service_id"] == service_id and row["id"] > after)
            next_ones = sorted(rows, key=lambda row: str(row["id"]))[:FILLED_AT_ONCE]
            found = [kept(StoredCase, cases, row) for row in next_ones]
            _write(self._base, register, {case.id: rows_of(case) for case in found})
            return found[-1].id if found else ""

        return self._base.run_transaction(fill)

    def forget_registers(self) -> None:
        """Let the rows of every register be made anew by whoever reads it next."""

        def forget() -> None:
            for row in self._base.find(registers):
                self._base.change(registers, row, {"made_by": "", "made_of": None})

        self._base.run_transaction(forget)

    def mark_register(self, register: str, made_by: str, made_of: datetime) -> None:
        """Keep by which definition the rows of a register were made."""

        def mark() -> None:
            seq = _mark(self._base, register).seq
            self._base.put(registers, {"id": register, "seq": seq, "made_by": made_by, "made_of": made_of})

        self._base.run_transaction(mark)


def write_registers(base: TinyDatabase, case_id: str, change: Change) -> None:
    """The rows of a case; RegisterMoved where a register has grown since it was read."""
    for register, seen in change.registers_read.items():
        if _mark(base, register).seq != seen:
            raise RegisterMoved(register)
    for register, rows in change.registered.items():
        _write(base, register, {case_id: rows})


def _mark(base: TinyDatabase, register: str) -> RegisterMark:
    row = base.get(registers, register)
    return kept(RegisterMark, registers, row) if row else RegisterMark()


def _write(base: TinyDatabase, register: str, rows: Mapping[str, Sequence[RegisterRow]]) -> None:
    """Put rows of cases in the place of those that they have; the register grows where that changes something."""
    changed = False
    for case_id, new in rows.items():
        old = base.find(register_rows, lambda row: row["register"] == register and row["case_id"] == case_id)  # noqa: B023  (asked at once)
        old.sort(key=lambda row: int(row["n"]))
        values = [
            {"register": register, "case_id": case_id, "n": n, "key": row.key, "content": row.content}
            for n, row in enumerate(new)
        ]
        if [kept(RegisterRow, register_rows, row) for row in old] == [*map(as_kept, new)]:
            continue
        base.delete(register_rows, old)
        base.insert(register_rows, *values)
        changed = True
    if changed:
        mark = _mark(base, register)
        grown = {"id": register, "seq": mark.seq + 1, "made_by": mark.made_by, "made_of": mark.made_of}
        base.put(registers, grown)
