"""Registers in a SQL store: written with the command of their case, and refused where somebody wrote since they were read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from banshi.storage.contract import Change, RegisterMoved, StoredCase
from banshi.storage.registers import FILLED_AT_ONCE, RegisterMark, RegisterRow, RowsOf, as_kept
from banshi.storage.schema import cases, register_rows, registers
from banshi.storage.sql_rows import Part, put, record

_FIRST = {"seq": 0, "made_by": "", "made_of": None}


class SqlRegisters(Part):
    """The verbs of `registers.RegisterStore`."""

    def register_mark(self, register: str) -> RegisterMark:
        """How a register stands; one that was never written stands at the beginning."""
        with self._database.reading() as connection:
            row = connection.execute(select(registers).where(registers.c.id == register)).first()
        return record(RegisterMark, row) if row else RegisterMark()

    def register_rows(self, register: str, keys: Collection[str] | None = None) -> list[tuple[str, RegisterRow]]:
        """The rows of a register with the ids of their cases, of all cases or those with one of some keys."""
        query = select(register_rows).where(register_rows.c.register == register)
        if keys is not None:
            query = query.where(register_rows.c.key.in_(keys))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(register_rows.c.case_id, register_rows.c.n))
            return [(row.case_id, record(RegisterRow, row)) for row in rows]

    def fill_register(self, register: str, service_id: str, rows_of: RowsOf, after: str = "") -> str:
        """Make the rows of the next cases of a service anew, those whose ids follow `after`; the last one's id."""
        query = select(cases).where(cases.c.service_id == service_id, cases.c.id > after)
        query = query.order_by(cases.c.id).limit(FILLED_AT_ONCE).with_for_update()

        def fill(connection: Connection) -> str:
            found = [record(StoredCase, row) for row in connection.execute(query)]
            _write(connection, register, {case.id: rows_of(case) for case in found})
            return found[-1].id if found else ""

        return self._database.run_transaction(fill)

    def forget_registers(self) -> None:
        """Let the rows of every register be made anew by whoever reads it next."""
        unmade = update(registers).values(made_by="", made_of=None)
        self._database.run_transaction(lambda connection: connection.execute(unmade))

    def mark_register(self, register: str, made_by: str, made_of: datetime) -> None:
        """Keep by which definition the rows of a register were made."""

        def mark(connection: Connection) -> None:
            _locked(connection, [register])
            values = {"made_by": made_by, "made_of": made_of}
            connection.execute(update(registers).where(registers.c.id == register).values(**values))

        self._database.run_transaction(mark)


def write_registers(connection: Connection, case_id: str, change: Change) -> None:
    """The rows of a case; RegisterMoved where a register has grown since it was read."""
    now = _locked(connection, change.registers_read)
    for register, seen in change.registers_read.items():
        if now[register] != seen:
            raise RegisterMoved(register)
    for register, rows in sorted(change.registered.items()):
        _write(connection, register, {case_id: rows})


def _locked(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of registers, which nobody else changes until the transaction ends."""
    wanted = sorted(names)
    if not wanted:
        return {}
    missing = set(wanted) - set(connection.scalars(select(registers.c.id).where(registers.c.id.in_(wanted))))
    for name in sorted(missing):
        put(connection, registers, {"id": name, **_FIRST})
    query = select(registers.c.id, registers.c.seq).where(registers.c.id.in_(wanted)).order_by(registers.c.id)
    return {row.id: row.seq for row in connection.execute(query.with_for_update())}


def _write(connection: Connection, register: str, rows: Mapping[str, Sequence[RegisterRow]]) -> None:
    """Put rows of cases in the place of those that they have; the register grows where that changes something."""
    mine = (register_rows.c.register == register, register_rows.c.case_id.in_(rows))
    kept: dict[str, list[RegisterRow]] = {case_id: [] for case_id in rows}
    for row in connection.execute(select(register_rows).where(*mine).order_by(register_rows.c.n)):
        kept[row.case_id].append(record(RegisterRow, row))
    changed = [case_id for case_id, new in rows.items() if [*map(as_kept, new)] != kept[case_id]]
    if not changed:
        return
    seq = _locked(connection, [register])[register]
    connection.execute(register_rows.delete().where(mine[0], register_rows.c.case_id.in_(changed)))
    new = [
        {"register": register, "case_id": case_id, "n": n, "key": row.key, "content": row.content}
        for case_id in changed
        for n, row in enumerate(rows[case_id])
    ]
    if new:
        connection.execute(insert(register_rows), new)
    connection.execute(update(registers).where(registers.c.id == register).values(seq=seq + 1))
