"""What an attached file is, told from its content: only the listed types are taken, and the name must agree."""

from __future__ import annotations

import codecs
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from banshi.storage.contract import StorageError

_NAME_LENGTH = 120
_MOST_PARTS = 5_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class AttachmentRefused(StorageError):
    """A file that is not taken; `message` says why and what to do."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.name = name
        self._texts = {"zh": zh, "en": en}

    def message(self, language: str = "zh") -> str:
        """The sentence for the person who sent the file."""
        return self._texts["en" if language == "en" else "zh"]


class TypeNotTaken(AttachmentRefused):
    """The name's ending is not in the list."""

    def __init__(self, name: str) -> None:
        endings = " ".join(sorted(ending.lstrip(".") for ending in TAKEN))
        super().__init__(
            name,
            f"不接受文件“{name}”的类型。可以上传：{endings}。",
            f"Files like “{name}” are not taken. These are: {endings}.",
        )


class NotWhatItSays(AttachmentRefused):
    """The content is not what the name's ending says."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            f"文件“{name}”的内容与扩展名不符，或文件已损坏。请用原来的软件重新保存后再上传。",
            f"The content of “{name}” is not what its ending says, or is damaged. Save it again and upload it anew.",
        )


class EmptyFile(AttachmentRefused):
    """There is nothing in the file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            f"文件“{name}”是空的，里面没有内容。请打开看一看，重新保存后再上传。",
            f"“{name}” is empty: there is nothing in it. Open it, save it again and upload it anew.",
        )


def _begins(*signs: bytes) -> Callable[[Path], bool]:
    def test(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(16).startswith(signs)

    return test


def _heic(path: Path) -> bool:
    """The photographs of telephones: a box `ftyp` with one of HEIF's brands."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}


def _riff(kind: bytes) -> Callable[[Path], bool]:
    def test(path: Path) -> bool:
        with path.open("rb") as file:
            head = file.read(12)
        return head[:4] == b"RIFF" and head[8:12] == kind

    return test


def _film(path: Path) -> bool:
    """MPEG-4 and QuickTime, sounds too: they begin with a box `ftyp`."""
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp" and not _heic(path)


def _mp3(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(3)
    return head == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")


def _office(part: str) -> Callable[[Path], bool]:
    def test(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        macros = any(name.casefold().endswith("vbaproject.bin") for name in names)
        return len(names) <= _MOST_PARTS and not macros and {"[Content_Types].xml", part} <= names

    return test


def _text(path: Path) -> bool:
    return any(_decodes(path, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 16):
                if b"\0" in piece:
                    return False
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


Types = Mapping[str, tuple[str, Callable[[Path], bool]]]

TAKEN: Types = {
    ".pdf": ("application/pdf", _begins(b"%PDF-")),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".heic": ("image/heic", _heic),
    ".webp": ("image/webp", _riff(b"WEBP")),
    ".mp3": ("audio/mpeg", _mp3),
    ".m4a": ("audio/mp4", _film),
    ".wav": ("audio/wav", _riff(b"WAVE")),
    ".mp4": ("video/mp4", _film),
    ".mov": ("video/quicktime", _film),
    ".webm": ("video/webm", _begins(b"\x1a\x45\xdf\xa3")),
    ".xlsx": (_XLSX, _office("xl/workbook.xml")),
    ".docx": (_DOCX, _office("word/document.xml")),
    ".txt": ("text/plain", _text),
    ".csv": ("text/csv", _text),
}
"""Endings that are taken, with their media type and the test of their content. A new type is one new line."""


SHOWN: Types = {
    **TAKEN,
    ".gif": ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    ".ogg": ("audio/ogg", _begins(b"OggS")),
    ".oga": ("audio/ogg", _begins(b"OggS")),
}
"""Endings of what labels may show: beside what is taken, some that browsers show and nobody is asked for."""


def media_type(name: str, path: Path, known: Types = TAKEN) -> str:
    """The media type of a file, told from its content and its name.

    Raises:
        AttachmentRefused: its type is not taken, it is empty, or it is not what its name says.
    """
    ending = Path(name).suffix.casefold()
    if ending not in known:
        raise TypeNotTaken(name)
    kind, test = known[ending]
    if not path.stat().st_size:
        raise EmptyFile(name)
    if not test(path):
        raise NotWhatItSays(name)
    return kind


def safe_name(name: str) -> str:
    """A file name to show: without folders and control characters, of a length that every system bears."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Categories C* hold control and direction characters, which could make `fdp.exe` read `exe.pdf`.
    kept = "".join(char for char in last if not unicodedata.category(char).startswith("C")).strip(" .")
    stem, ending = Path(kept).stem, Path(kept).suffix
    return (stem[: _NAME_LENGTH - len(ending)] + ending) if kept else "file"
