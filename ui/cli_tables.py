"""Tables that the command line is given and gives back: CSV, xlsx and Parquet by the file's ending, a chunk at a time."""

from __future__ import annotations

import codecs
import csv
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from banshi.platform.workbook.safety import Refused
from banshi.platform.workbook.table import table_rows
from banshi.platform.workbook.writing import Entry, xlsx_bytes
from banshi.rules.expressions import fold_name
from banshi.rules.tables.inputs import number_in, read_input
from banshi.rules.tables.literals import read_day
from banshi.rules.values import Kind
from banshi.ui.cli_files import written
from banshi.ui.cli_talk import WrongCall, unreadable

XLSX, PARQUET = (".xlsx", ".xlsm"), (".parquet",)
_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO = {"true": True, "false": False, "是": True, "否": False}
_LONGEST_NUMBER = 15  # digits; what is longer is an account or card number, as in Excel

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Source:
    """A table to read: its header, its rows, how far the reading is (0 to 1, None where that cannot be known).

    `typed` says that cells have kinds already; else they are texts as somebody typed them.
    """

    header: list[str]
    rows: Iterator[Row]
    encoding: str = "utf-8-sig"
    typed: bool = False
    done: Callable[[], float | None] = lambda: None

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """The rows in lists of this size."""
        while chunk := list(islice(self.rows, size)):
            yield chunk


def source_of(path: Path) -> Source:
    """The table in a file. Raises WrongCall for a file that is no table."""
    ending = path.suffix.lower()
    if ending in XLSX:
        found = _xlsx(path)
    elif ending in PARQUET:
        found = _parquet(path)
    else:
        found = _csv(path)
    if not any(found.header):
        raise WrongCall(f"{path} 里没有表头行。", f"{path} has no header row.")
    twice = next((name for i, name in enumerate(found.header) if name and name in found.header[:i]), "")
    if twice:
        raise WrongCall(f"{path} 的列“{twice}”出现了两次。", f"{path} has the column “{twice}” twice.")
    return found


def typed(text: str) -> object:
    """A cell of a CSV as Excel would take it; `00123` and very long numbers stay text."""
    word = text.strip()
    if _NUMBER.fullmatch(word) and sum(char.isdigit() for char in word) <= _LONGEST_NUMBER:
        return Decimal(word)
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            return text
    return _YES_NO.get(word.lower(), text) if word else None


def as_written(text: str) -> object:
    """A cell of a CSV as people write it: besides what `typed` takes, `1,200`, `２００`, `2026/9/1` and `2026/9/1 8:00`."""
    value, word = typed(text), fold_name(text).strip()
    if ":" in word and isinstance(moment := read_input(word, Kind.DATETIME), datetime):
        return moment
    if not isinstance(value, str) or word.startswith("0") or sum(char.isdigit() for char in word) > _LONGEST_NUMBER:
        return value
    number = number_in(word)
    return number if isinstance(number, Decimal) else read_day(word) or text


Write = Callable[[Row], None]


@contextmanager
def target_of(path: Path, header: Sequence[str], source: Source, money: dict[str, int | None]) -> Iterator[Write]:
    """A table to write, by the file's ending; the old file stays until the new one is complete.

    `money` names the columns that hold amounts, with their digits after the point (None: as many as there are).
    """
    ending = path.suffix.lower()
    if ending in PARQUET:
        with _beside(path) as temporary, _parquet_writer(temporary, header, money) as write:
            yield write
    elif ending in XLSX:
        with _beside(path) as temporary, _xlsx_writer(temporary, header, source) as write:
            yield write
    else:
        with written(path, encoding=source.encoding) as file:
            writer = csv.writer(file)
            writer.writerow(header)
            yield lambda row: writer.writerow([_csv_cell(cell) for cell in row])


def _csv_cell(cell: object) -> object:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else cell


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside the target that takes its place when it is complete."""
    try:
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise unreadable(path, error) from None
    temporary = Path(name)
    try:
        open(handle, "wb").close()  # noqa: PTH123  # the handle, not the path
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _xlsx_writer(path: Path, header: Sequence[str], source: Source) -> Iterator[Write]:
    """Rows go to a text file first: openpyxl asks for them, and the caller sends them."""
    import pickle

    with tempfile.TemporaryFile() as spool:
        yield lambda row: pickle.dump(row, spool)
        spool.seek(0)

        def rows() -> Iterator[Sequence[Entry]]:
            while True:
                try:
                    row = pickle.load(spool)  # noqa: S301  # our own file, without a name
                except EOFError:
                    return
                yield [_xlsx_cell(cell, source) for cell in row]

        with path.open("wb") as file:
            file.writelines(xlsx_bytes("账单", header, rows()))


def _xlsx_cell(cell: object, source: Source) -> Entry:
    """Numbers as numbers, so that Excel adds them up; texts (and what only looks like a number) as they are."""
    if isinstance(cell, str):
        found = cell if source.typed else typed(cell)
        return found if isinstance(found, Decimal | date) else cell
    return cell if isinstance(cell, Decimal | date | bool | int) or cell is None else str(cell)


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet  # pa.parquet
    except ImportError:
        raise WrongCall(
            "读写 Parquet 需要 pyarrow：pip install 'banshi[bulk]'。",
            "Parquet needs pyarrow: pip install 'banshi[bulk]'.",
        ) from None
    return pa


def _parquet(path: Path) -> Source:
    pa = _pyarrow()
    try:
        file = pa.parquet.ParquetFile(path)
    except OSError as error:
        raise unreadable(path, error) from None
    except pa.ArrowException:
        raise WrongCall(
            f"{path} 不是 Parquet 表，或者没有写完。", f"{path} is no Parquet table, or only a part of one."
        ) from None
    read = [0]

    def rows() -> Iterator[Row]:
        for batch in file.iter_batches(batch_size=20_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                read[0] += 1
                yield row

    total = max(file.metadata.num_rows, 1)
    return Source(_header(file.schema_arrow.names), rows(), typed=True, done=lambda: read[0] / total)


@contextmanager
def _parquet_writer(path: Path, header: Sequence[str], money: dict[str, int | None]) -> Iterator[Write]:
    """Amounts are decimals (texts where nothing rounds them). The other columns have the kind of the first rows."""
    pa = _pyarrow()
    waiting: list[Row] = []
    writer: Any = None

    def flush() -> None:
        nonlocal writer
        columns = list(zip(*waiting, strict=True)) or [()] * len(header)
        arrays = [_arrow(pa, name, column, money, writer) for name, column in zip(header, columns, strict=True)]
        table = pa.table(arrays, names=list(header))
        if writer is None:
            writer = pa.parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
        waiting.clear()

    def write(row: Row) -> None:
        waiting.append(row)
        if len(waiting) >= 20_000:
            flush()

    yield write
    if waiting or writer is None:
        flush()
    writer.close()


def _arrow(pa: Any, name: str, column: Sequence[object], money: dict[str, int | None], writer: Any) -> Any:
    if name in money:
        digits = money[name]
        if digits is None:
            return pa.array([None if cell is None else format(cell, "f") for cell in column], pa.string())
        return pa.array(column, pa.decimal128(38, digits))
    if writer is not None:
        return pa.array(column, writer.schema.field(name).type)
    array = pa.array(column)
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _xlsx(path: Path) -> Source:
    """The first sheet, read as it goes by: a year of meter readings need not fit into memory, as a workbook does."""
    at = [0.0]
    rows = _xlsx_rows(path, at)
    header = _header(next(rows, []))
    return Source(header, _filled(rows), done=lambda: at[0])


def _xlsx_rows(path: Path, at: list[float]) -> Iterator[list[str]]:
    try:
        yield from table_rows(path, at)
    except OSError as error:
        raise unreadable(path, error) from None
    except Refused as refusal:
        said = refusal.diagnostic
        raise WrongCall(
            f"{said.message('zh')}{said.remedy('zh')}", f"{said.message('en')} {said.remedy('en')}"
        ) from None


def _header(names: Sequence[object]) -> list[str]:
    return [str(name).strip() for name in names]


def _filled(rows: Iterator[Row]) -> Iterator[Row]:
    return (row for row in rows if any(str(cell).strip() for cell in row))


def _csv(path: Path) -> Source:
    encoding = _encoding(path)
    size = max(path.stat().st_size, 1)
    at = [0]
    rows = _csv_rows(path, encoding, at)
    return Source(_header(next(rows, [])), _filled(rows), encoding, done=lambda: min(at[0] / size, 1.0))


def _csv_rows(path: Path, encoding: str, at: list[int]) -> Iterator[Row]:
    try:
        with path.open("rb") as raw, codecs.getreader(encoding)(raw) as file:

            def lines() -> Iterator[str]:
                # Only line feeds end a line here: U+2028 in a remark does not, as it would for the codec's own lines.
                rest, number, opened = "", 0, 0
                while block := file.read(1 << 16):
                    at[0] = raw.tell()
                    *whole, rest = (rest + block).split("\n")
                    for line in whole:
                        number += 1
                        if line.count('"') % 2:
                            opened = 0 if opened else number
                        yield line + "\n"
                if rest.count('"') % 2:
                    opened = 0 if opened else number + 1
                if opened:  # else every row behind it would be taken for one cell, in silence
                    raise WrongCall(
                        f"{path} 第 {opened} 行的引号没有关上，后面的行无法分清。请改正后再算。",
                        f"{path}: the quote in line {opened} is never closed, so the rows behind it cannot be told apart.",
                    )
                if rest:
                    yield rest

            yield from csv.reader(lines())
    except OSError as error:
        raise unreadable(path, error) from None
    except csv.Error as error:
        raise WrongCall(f"{path} 不是 CSV 表：{error}", f"{path} is not a CSV table: {error}.") from None


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, else GB 18030, in which Excel saves CSV on a Chinese machine."""
    try:
        with path.open("rb") as file:
            if file.read(3) == codecs.BOM_UTF8:
                return "utf-8-sig"
            for encoding in ("utf-8", "gb18030"):
                file.seek(0)
                if _decodes(iter(lambda: file.read(1 << 20), b""), encoding):
                    return encoding
    except OSError as error:
        raise unreadable(path, error) from None
    raise WrongCall(f"{path} 不是文本文件。", f"{path} is not a text file.")


def _decodes(blocks: Iterator[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
