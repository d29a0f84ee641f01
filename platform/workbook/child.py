"""The child process that opens one workbook: `python -m banshi.platform.workbook.child TASK SECONDS MEGABYTES …`.

It bounds its own memory and time before it looks at a byte. Input and answer go over the standard pipes.
"""

from __future__ import annotations

import gc
import sys

_WRITING = ("mark", "dress", "replace")


def main() -> None:
    """`read … FILE` answers with the sheets as JSON (`rows` with comments too), `look …` with a row, `mark …`, `dress …` and `replace …` with a copy."""
    task, seconds, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    writes = task in _WRITING
    _limit(seconds, megabytes, writes=writes)
    gc.disable()  # a workbook is many small things that all stay: looking for garbage among them finds none
    given = sys.stdin.buffer.read()
    sys.stdout.buffer.write(_answer(task, given, sys.argv[4:]))


def _answer(task: str, given: bytes, facts: list[str]) -> bytes:
    if task in _WRITING:
        return _copied(task, given)
    if task == "look":
        from banshi.platform.workbook.looking import read_row

        file, sheet, row = facts
        return read_row(given, file, sheet, int(row))
    return _read(given, facts[0], comments=task == "rows")


def _read(data: bytes, file: str, *, comments: bool) -> bytes:
    from banshi.platform.workbook.reader import read_workbook
    from banshi.platform.workbook.transport import pack

    return pack(*read_workbook(data, file, comments=comments))


def _copied(task: str, given: bytes) -> bytes:
    """A copy of a workbook; before its bytes stand the length of the plan and the plan, as JSON."""
    import orjson

    from banshi.platform.workbook.dressing import dressed
    from banshi.platform.workbook.marking import mark
    from banshi.platform.workbook.marking.replacing import Plan, with_rows_replaced

    length = int.from_bytes(given[:8], "big")
    plan, data = orjson.loads(given[8 : 8 + length]), given[8 + length :]
    if task == "dress":
        return dressed(data, plan)
    if task == "replace":
        return with_rows_replaced(data, Plan.of_json(plan))
    marks, values, codes = plan
    return mark(data, [tuple(entry) for entry in marks], [tuple(value) for value in values], codes)


def _limit(seconds: int, megabytes: int, *, writes: bool) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the parent's time limit is what remains
        return
    # openpyxl writes sheets to a temporary file on the way; a reader has nothing to write.
    files = 256 * 1024 * 1024 if writes else 0
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
