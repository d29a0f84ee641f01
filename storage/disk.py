"""Small facts about the disk: whether there is room, and writing a folder's entries down for good."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_LITTLE = 256 * 1024


def room_left(near: Path) -> bool:
    """Whether the disk that holds a file or its folder has more than a quarter of a megabyte left."""
    folder = near if near.is_dir() else near.parent
    try:
        return shutil.disk_usage(folder).free > _LITTLE
    except OSError:
        return True


def is_full(error: OSError) -> bool:
    """Whether the system refused a write because there is no room (disk, quota, or a limit on file sizes)."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sync_folder(folder: Path) -> None:
    """Make sure that a file which was just renamed into a folder is still there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
