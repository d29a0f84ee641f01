"""Media of labels: pictures, sounds and films in the folder `media` beside the workbook, named in its sheets.

What a cell names is checked against the folder when the workbook is read. A version carries its pictures and sounds
(`workbook/shown.py`); what it does not carry is found in the folder anew when a form is shown, so that a file that is put
there later is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from banshi.platform.service import media_faults as faults
from banshi.platform.service.model import Field, Form, Media
from banshi.platform.service.svg import Drawing, clean_svg
from banshi.rules.diagnostics import Diagnostic
from banshi.storage.media import SHOWN, AttachmentRefused, media_type

FOLDER = "media"
SVG = "image/svg+xml"
MAP = "image-map"
"""The appearance of a question whose choices are the shapes of a picture."""

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg")
_ENDINGS = {
    "image": _PICTURES,
    "big-image": _PICTURES,
    "audio": (".mp3", ".m4a", ".wav", ".ogg", ".oga"),
    "video": (".mp4", ".webm"),
}
_LIMITS = {"image": 5, "big-image": 10, "audio": 20, "video": 100}
_MEGABYTE = 1024 * 1024
_SVG_LIMIT = 1
"""How large files may be, in MiB: what a telephone loads while somebody fills in a form."""


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """The folder of media of one workbook; it need not be there. `carried` is where those that a version carries lie."""

    path: Path
    carried: Path | None = None

    @classmethod
    def beside(cls, workbook: Path) -> MediaFolder:
        """The folder that belongs to a workbook."""
        return cls(workbook.parent / FOLDER)

    def find(self, media: Media) -> Path | None:
        """The file, where it is one that may be shown; a link that leaves the folder is none."""
        if not _is_name(media.file) or not _is_shown(media):
            return None
        return self._found(media.file, _limit(media))

    def read(self, file: str) -> bytes | None:
        """The content of a picture or sound; None for what is not there or could not be shown."""
        path = self._found(file, max(_LIMITS.values()) * _MEGABYTE) if _is_name(file) else None
        try:
            return path.read_bytes() if path is not None else None
        except OSError:
            return None

    def _found(self, file: str, limit: int) -> Path | None:
        for folder in filter(None, (self.carried, self.path)):
            path = folder / file
            try:
                if path.resolve().parent == folder.resolve() and path.is_file() and path.stat().st_size <= limit:
                    return path
            except OSError:
                continue
        return None

    def stamp(self) -> int:
        """A number that changes when a file comes into the folder or leaves it."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return 0


def kind_of(path: Path) -> str:
    """The media type of a file in the folder, by its ending."""
    ending = path.suffix.casefold()
    return SVG if ending == ".svg" else SHOWN[ending][0]


def drawing(path: Path) -> Drawing | None:
    """An SVG that is safe to show; None where it cannot be read."""
    try:
        return clean_svg(path.read_bytes())
    except OSError:
        return None


def check_media(form: Form, folder: MediaFolder) -> Iterator[Diagnostic]:
    """What is wrong with the files that a form names, each at its cell."""
    for media in form.media():
        yield from _check(media, folder)
    for item, _ in form.walk():
        if isinstance(item, Field) and item.choices and MAP in item.appearance.split():
            yield from _check_map(item, [choice.name for choice in form.choices.get(item.choices, ())], folder)


def _check(media: Media, folder: MediaFolder) -> Iterator[Diagnostic]:
    if not _is_name(media.file):
        yield faults.PATH.at(media.place, file=media.file)
    elif not _is_shown(media):
        kinds = " ".join(ending.lstrip(".") for ending in _ENDINGS[media.kind])
        yield faults.KIND.at(media.place, file=media.file, kinds=kinds)
    elif (path := folder.find(media)) is not None:
        yield from _check_content(media, path)
    elif (size := _size(folder.path / media.file)) > _limit(media):
        told = f"{size / _MEGABYTE:.1f} MB"
        yield faults.TOO_LARGE.at(media.place, file=media.file, size=told, limit=f"{_limit(media) // _MEGABYTE} MB")
    else:
        yield faults.MISSING.at(media.place, file=media.file)


def _check_content(media: Media, path: Path) -> Iterator[Diagnostic]:
    if kind_of(path) == SVG:
        picture = drawing(path)
        if picture is None:
            yield faults.DAMAGED.at(media.place, file=media.file)
        elif picture.left_out:
            yield faults.PARTS_LEFT_OUT.at(media.place, file=media.file, parts="、".join(picture.left_out))
        return
    try:
        media_type(media.file, path, SHOWN)
    except (AttachmentRefused, OSError):
        yield faults.DAMAGED.at(media.place, file=media.file)


def _check_map(item: Field, names: Collection[str], folder: MediaFolder) -> Iterator[Diagnostic]:
    maps = [media for media in item.media if media.kind == "image" and media.file.casefold().endswith(".svg")]
    if not maps:
        yield faults.NO_MAP.at(item.place)
    for media in maps:
        path = folder.find(media)
        picture = drawing(path) if path else None
        missing = [name for name in names if picture is not None and name not in picture.ids]
        if missing:
            yield faults.NO_AREA.at(media.place, file=media.file, choices="、".join(missing))


def _is_name(file: str) -> bool:
    return file not in {"", ".", ".."} and not any(char in file for char in "/\\:\0")


def _is_shown(media: Media) -> bool:
    return Path(media.file).suffix.casefold() in _ENDINGS[media.kind]


def _limit(media: Media) -> int:
    return (_SVG_LIMIT if media.file.casefold().endswith(".svg") else _LIMITS[media.kind]) * _MEGABYTE


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
