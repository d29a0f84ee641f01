"""The pictures and sounds that versions carry, laid out as files for as long as a process runs."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from banshi.platform.workbook.shown import media_in

MOST_VERSIONS = 64


class Drawer:
    """A folder for each of the versions that were asked for last; what lies there can be made again from the version."""

    def __init__(self) -> None:
        """Begin with nothing; the folder of folders is made when it is needed, and goes with this object."""
        self._lock = threading.Lock()
        self._root: TemporaryDirectory[str] | None = None
        self._folders: dict[str, Path | None] = {}

    def folder(self, sha256: str, workbook: Callable[[], bytes | None]) -> Path | None:
        """The folder of what a version carries; None where it carries nothing. `workbook` gives its bytes."""
        with self._lock:
            if sha256 in self._folders:
                self._folders[sha256] = self._folders.pop(sha256)  # the one that was asked for last
            else:
                self._folders[sha256] = self._laid_out(sha256, media_in(workbook() or b""))
                if len(self._folders) > MOST_VERSIONS:
                    oldest = self._folders.pop(next(iter(self._folders)))
                    if oldest is not None:
                        shutil.rmtree(oldest, ignore_errors=True)
            return self._folders[sha256]

    def _laid_out(self, sha256: str, files: dict[str, bytes]) -> Path | None:
        if not files:
            return None
        self._root = self._root or TemporaryDirectory(prefix="banshi-media-")
        folder = Path(self._root.name) / sha256
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return folder
