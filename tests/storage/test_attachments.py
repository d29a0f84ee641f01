"""Attached files: only what the list takes, told by content; whole or not at all."""

from __future__ import annotations

import hashlib
import os
import zipfile
from io import BytesIO

import pytest
from workbooks import workbook_from_text

from banshi.storage.attachments import AttachmentFolder, NoSuchFile, TooLarge
from banshi.storage.media import TAKEN, AttachmentRefused, EmptyFile, NotWhatItSays, TypeNotTaken, safe_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def zipped(*names: str) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


@pytest.fixture
def folder(tmp_path):
    return AttachmentFolder(tmp_path / "attachments", largest=100_000)


XLSX = workbook_from_text("## 明细\n| 名称 |\n| 乙醇 |")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("发票.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("照片.PNG", PNG, "image/png"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0" + bytes(50), "image/jpeg"),
        ("电表.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(50), "image/heic"),
        ("电表.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(50), "image/webp"),
        ("异响.mp3", b"ID3\x04" + bytes(50), "audio/mpeg"),
        ("异响.m4a", b"\x00\x00\x00\x20ftypM4A " + bytes(50), "audio/mp4"),
        ("异响.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(50), "audio/wav"),
        ("漏水.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(50), "video/mp4"),
        ("漏水.mov", b"\x00\x00\x00\x14ftypqt  " + bytes(50), "video/quicktime"),
        ("漏水.webm", b"\x1a\x45\xdf\xa3" + bytes(50), "video/webm"),
        ("清单.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("论证.docx", zipped("[Content_Types].xml", "word/document.xml"), DOCX_TYPE),
        ("说明.txt", "高锰酸钾".encode(), "text/plain"),
        ("说明.csv", "名称,数量\n高锰酸钾,2".encode("gb18030"), "text/csv"),
    ],
)
def test_files_that_are_taken(folder, tmp_path, name, content, media_type):
    kept = folder.save(name, [content[:7], content[7:]])
    assert (kept.name, kept.size, kept.media_type) == (name, len(content), media_type)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert folder.path(kept.path).read_bytes() == content
    assert folder.path(kept.path).is_relative_to(tmp_path / "attachments")
    assert name not in kept.path
    folder.remove(kept.path)
    folder.remove(kept.path)
    with pytest.raises(NoSuchFile):
        folder.path(kept.path)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.exe", b"MZ", TypeNotTaken),
        ("a.html", b"<script>", TypeNotTaken),
        ("a.svg", b"<svg onload=x>", TypeNotTaken),
        ("a.xlsm", XLSX, TypeNotTaken),
        ("pdf", b"%PDF-1.7", TypeNotTaken),
        ("a.pdf", b"MZ\x90", NotWhatItSays),
        ("a.png", b"GIF89a", NotWhatItSays),
        ("a.jpg", PNG, NotWhatItSays),
        ("a.xlsx", b"PK\x03\x04 cut off", NotWhatItSays),
        ("a.xlsx", zipped("[Content_Types].xml", "word/document.xml"), NotWhatItSays),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), NotWhatItSays),
        ("a.txt", b"MZ\x00\x01", NotWhatItSays),
        ("a.csv", b"\xff\xff\xff", NotWhatItSays),
        ("a.png", b"", EmptyFile),
        ("a.txt", b"", EmptyFile),
        ("a.txt", b"a" * 100_001, TooLarge),
    ],
)
def test_files_that_are_refused_leave_nothing(folder, tmp_path, name, content, error):
    with pytest.raises(error) as refused:
        folder.save(name, [content[i : i + 4096] for i in range(0, len(content), 4096)])
    assert isinstance(refused.value, AttachmentRefused)
    assert name in refused.value.message("zh")
    assert name in refused.value.message("en")
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []


def test_an_upload_that_breaks_off_leaves_nothing(folder, tmp_path):
    def pieces():
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        folder.save("a.txt", pieces())
    assert list((tmp_path / "attachments").iterdir()) == []


def test_what_a_crash_left_is_swept_after_a_day(tmp_path):
    old, new = tmp_path / "1.part", tmp_path / "2.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    AttachmentFolder(tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "ab/../../secret.txt", "", ".", "x.part"])
def test_paths_out_of_the_folder_are_no_files(folder, tmp_path, path):
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "attachments" / "x.part").write_text("x")
    with pytest.raises(NoSuchFile):
        folder.path(path)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("发票.pdf", "发票.pdf"),
        ("C:\\Users\\张三\\发票.pdf", "发票.pdf"),
        ("../../etc/passwd", "passwd"),
        ("发\u202e票\r\n\0.pdf", "发票.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_names_to_show(given, shown):
    assert safe_name(given) == shown


def test_every_type_has_its_test():
    pictures, sounds = {".heic", ".webp", ".png", ".jpg", ".jpeg"}, {".mp3", ".m4a", ".wav"}
    assert set(TAKEN) == {*pictures, *sounds, ".mp4", ".mov", ".webm", ".pdf", ".xlsx", ".docx", ".txt", ".csv"}
