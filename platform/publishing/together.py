"""A workbook that is uploaded with the files that it names, or whose live version carries them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from banshi.platform.errors import Declined
from banshi.platform.sheets.settings_sheet import parse_settings
from banshi.platform.workbook import Workbook, read_workbook_guarded
from banshi.platform.workbook.beside import ENDINGS, PAPERS, files_named, with_files
from banshi.platform.workbook.shown import is_shown, with_media

_OF_A_SERVICE = frozenset({"settings", "survey", "route", "rules", "fees", "policy", "people", "calendar"})


def together(
    files: Mapping[str, bytes],
    carried: Callable[[str], Mapping[str, bytes]],
    shown: Callable[[str, str], bytes | None] = lambda _service, _name: None,
) -> tuple[str, bytes]:
    """The name of the one workbook among some files, and its bytes with the others that it names.

    `carried` gives the files of a service's live version, `shown` a picture or sound of it or in its folder: they stand
    in for those that did not come. A file that cannot
    be read as a workbook is given back as it is, for the check to say why. Raises Declined for several workbooks, and for
    files without one.
    """
    read = {name: read_workbook_guarded(data, name)[0] for name, data in files.items() if not _is_named(name)}
    books = {name: book for name, book in read.items() if book is not None and _is_service(book)}
    named = {name for book in books.values() for names in files_named(book) for name in names}
    chosen = [name for name in books or read if name not in named]
    if len(chosen) > 1:
        raise Declined(
            f"一次只上传一份工作簿，这里有：{'、'.join(chosen)}。其他文件应是它用到的 csv、xlsx、xml、图片或声音。",
            f"Upload one workbook at a time; these are {', '.join(chosen)}. The others should be files that it names.",
        )
    if not chosen:
        raise Declined(
            "这些文件里没有工作簿；请把工作簿（.xlsx）一起选上。",
            "There is no workbook among these files; choose it (.xlsx) together with them.",
        )
    (name,) = chosen
    book, data = read[name], files[name]
    if book is None:
        return name, data
    service_id = parse_settings(next(book.of_kind("settings"), None), book.file)[0].id
    older = carried(service_id)
    whole = with_files(data, book, lambda file: files.get(file, older.get(file)))
    return name, with_media(whole, book, lambda file: files[file] if file in files else shown(service_id, file))


def _is_named(name: str) -> bool:
    """Whether a file can only be one that a workbook names: rows, a picture, a sound."""
    return Path(name).suffix.casefold() in (*ENDINGS[:2], *PAPERS) or is_shown(name)


def _is_service(book: Workbook) -> bool:
    return any(sheet.kind in _OF_A_SERVICE for sheet in book.sheets)
