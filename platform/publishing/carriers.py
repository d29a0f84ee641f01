"""Workbooks in `definitions/` with the files beside them: which each names is read once as long as it is the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

from banshi.platform.service.media import MediaFolder
from banshi.platform.workbook import Workbook, read_workbook_guarded
from banshi.platform.workbook.beside import beside, files_named, with_files
from banshi.platform.workbook.shown import with_media


class Carriers:
    """Remembers what the workbooks say, each as it was last read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._read: dict[Path, tuple[str, Workbook | None]] = {}

    def whole(self, data: bytes, path: Path) -> bytes:
        """The bytes of a workbook with the files beside it that it names."""
        workbook = self._of(data, path)
        if workbook is None:
            return data
        return with_media(with_files(data, workbook, beside(path)), workbook, MediaFolder.beside(path).read)

    def names(self, path: Path) -> frozenset[str]:
        """The files that a workbook may mean; none where it cannot be read."""
        try:
            workbook = self._of(path.read_bytes(), path)
        except OSError:
            return frozenset()
        found = () if workbook is None else files_named(workbook)
        return frozenset(name for names in found for name in names if name != path.name)

    def _of(self, data: bytes, path: Path) -> Workbook | None:
        key = hashlib.sha256(data).hexdigest()
        known, workbook = self._read.get(path, ("", None))
        if known != key:
            workbook = read_workbook_guarded(data, path.name)[0]
            self._read[path] = (key, workbook)
        return workbook
