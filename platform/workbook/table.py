"""The first sheet of a workbook as a table of any length: rows of texts as they go by, behind the same door as workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from banshi.platform.workbook import faults
from banshi.platform.workbook.parts import read_parts
from banshi.platform.workbook.safety import DAMAGE, TABLE, Refused, chunks, damaged, open_archive
from banshi.platform.workbook.scan import numbered_rows
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE


def table_rows(path: Path, at: list[float]) -> Iterator[list[str]]:
    """The filled rows, each cell as its author reads it, as wide as the last filled cell of the row.

    `at[0]` is how far the reading is, from 0 to 1. Raises OSError for a file that cannot be read, and Refused for one
    that is no workbook, unsafe or damaged, where that shows: it may be rows later.
    """
    file, data = path.name, path.read_bytes()
    try:
        with open_archive(data, file, TABLE) as archive:
            parts, context = read_parts(archive)
            if not parts:
                raise Refused(faults.NO_SHEETS.at(NOWHERE, file=file))
            pieces = _counted(chunks(archive, parts[0].part), archive.getinfo(parts[0].part).file_size, at)
            for _, cells in numbered_rows(parts[0].name, pieces, context):
                yield [Cell(cells.get(column)).text for column in range(max(cells) + 1)]
    except DAMAGE as error:
        raise Refused(damaged(file, error)) from error


def _counted(pieces: Iterator[bytes], size: int, at: list[float]) -> Iterator[bytes]:
    for piece in pieces:
        at[0] += len(piece) / size
        yield piece
