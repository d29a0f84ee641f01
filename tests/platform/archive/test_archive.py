"""Archive files of cases that have ended.

A1 a file holds the whole case, and its manifest the SHA-256 of every file, which is computed here a second time
A2 a changed, removed, added or moved byte, file or event is named, and a file from outside does no harm
A3 only the owners of a service and the auditors take files, and only of cases that have ended
A4 cases are found by number, person, outcome and the day of ending, both days counted
A5 many cases are one file with a catalogue; what could not be archived is said, and stops nothing
A6 the file number is built as the service says
A7 the page of a case is a PDF too, with signatures and the names of files, or there is none
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from halls import FILED, open_test_hall

from banshi.platform.archive.archivist import ArchiveQuestion
from banshi.platform.archive.manifest import check
from banshi.platform.documents.pdf import NotRendered
from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300


class Office:
    """A hall with a clock that can be set, and what people do there."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=CAMPUS)
        self.hall: Hall = open_test_hall(folder, clock=lambda: self.now, services={"borrowing": FILED})
        self.count = 0

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def send(self, purpose: str = "催化剂表征", who: str = STUDENT, *, name: str = "合同.pdf") -> str:
        """Apply, with a file."""
        self.count += 1
        file = self.hall.attach(self.person(who), name, iter([PDF]))
        answers = {"用途": purpose, "天数": Decimal(7), "合同": file}
        return self.hall.submit(self.person(who), "borrowing", answers, command_id=f"c{self.count}").case_id

    def decide(self, case_id: str, who: str, action: str = "approve", opinion: str = "") -> None:
        view = self.hall.case(self.person(who), case_id)
        command = f"{who}-{view.seq}-{case_id}"
        done = self.hall.act(
            self.person(who), case_id, view.tasks[0].id, action, seq=view.seq, command_id=command, opinion=opinion
        )
        assert done.done

    def finished(self, purpose: str = "催化剂表征", *, opinion: str = "同意借用") -> str:
        """A case that was approved by all."""
        case_id = self.send(purpose)
        self.decide(case_id, HEAD, opinion=opinion)
        self.decide(case_id, FINANCE)
        return case_id

    def zip_of(self, case_id: str, who: str = OWNER) -> bytes:
        return b"".join(self.hall.archive_case(self.person(who), case_id)[2])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path / "hall")
    yield opened
    opened.hall.close()


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a1_a_file_holds_the_whole_case_and_the_hash_of_every_file(office: Office) -> None:
    case_id = office.finished("<b>表征</b> & 测试", opinion="同意，借到 3 月 9 日")
    name, media_type, parts = office.hall.archive_case(office.person(OWNER), case_id)
    files = entries(b"".join(parts))
    assert (name, media_type) == ("JY20260001.zip", "application/zip")
    manifest = json.loads(files.pop("manifest.json"))
    listed = {one["path"]: (one["size"], one["sha256"]) for one in manifest["files"]}
    assert listed == {path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()}
    assert set(files) == {
        "case.html", "answers.json", "timeline.json", "decisions.json", "record.jsonl", "attachments/合同.pdf",
    }  # fmt: skip
    assert files["attachments/合同.pdf"] == PDF
    assert json.loads(files["answers.json"])["answers"]["用途"] == "<b>表征</b> & 测试"
    assert [one["opinion"] for one in json.loads(files["timeline.json"]) if one["kind"] == "approved"] == [
        "同意，借到 3 月 9 日", "",
    ]  # fmt: skip
    html = files["case.html"].decode()
    assert "&lt;b&gt;表征&lt;/b&gt; &amp; 测试" in html
    assert "<b>表征" not in html
    for text in (
        "JY20260001",
        "0012-WS·2026-D30-JY20260001",
        "陈晓雨",
        "王建国",
        "同意，借到 3 月 9 日",
        "87.5",
        "30年",
    ):
        assert text in html, text
    about = manifest["case"]
    assert (about["number"], about["state"], about["retention"]) == ("JY20260001", "approved", "30 years")


def test_a1_the_record_chains_as_the_docs_say(office: Office) -> None:
    files = entries(office.zip_of(office.finished()))
    previous = ""
    lines = files["record.jsonl"].decode().splitlines()
    for number, line in enumerate(lines, 1):
        start, _, rest = line.rpartition(', "hash": "')
        found = json.loads(line)
        assert (found["event"]["seq"], found["previous"]) == (number, previous)
        previous = hashlib.sha256(start.encode()).hexdigest()
        assert rest == previous + '"}'
    assert json.loads(files["manifest.json"])["record"] == {"events": len(lines), "head": previous}
    assert [json.loads(line)["event"]["kind"] for line in lines][:2] == ["submitted", "approved"]


def test_a1_an_untouched_file_is_told_so(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "JY.zip"
    path.write_bytes(office.zip_of(office.finished()))
    assert check(path) == []


@pytest.mark.parametrize(
    "inside", ["case.html", "answers.json", "timeline.json", "decisions.json", "record.jsonl", "attachments/合同.pdf"]
)
def test_a2_a_changed_byte_is_named(office: Office, tmp_path: Path, inside: str) -> None:
    files = entries(office.zip_of(office.finished()))
    middle = len(files[inside]) // 2
    files[inside] = files[inside][:middle] + bytes([files[inside][middle] ^ 1]) + files[inside][middle + 1 :]
    found = check(zipped(files, tmp_path / "changed.zip"))
    assert ("ARCHIVE-002", inside) in {(one.code, str(one.place)) for one in found}
    assert {str(one.place) for one in found} == {inside}


@pytest.mark.parametrize(("inside", "code"), [("answers.json", "ARCHIVE-002"), ("manifest.json", "ARCHIVE-001")])
def test_a2_a_byte_changed_in_the_zip_itself_is_found(office: Office, tmp_path: Path, inside: str, code: str) -> None:
    whole = office.zip_of(office.finished())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        info, content = archive.getinfo(inside), archive.read(inside)
    path, changed = tmp_path / "changed.zip", 0
    for at in range(1, info.compress_size - 1, 17):
        data = bytearray(whole)
        data[info.header_offset + 30 + len(inside) + at] ^= 1
        if _reads_as(bytes(data), inside, content):
            continue  # the same content, compressed in another way
        changed += 1
        path.write_bytes(data)
        assert (code, inside) in [(one.code, str(one.place)) for one in check(path)]
    assert changed > info.compress_size / 17 - 5


def _reads_as(data: bytes, inside: str, content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(inside) == content
    except (zipfile.BadZipFile, zlib.error):
        return False


def test_a2_what_is_gone_and_what_was_added(office: Office, tmp_path: Path) -> None:
    files = entries(office.zip_of(office.finished()))
    del files["timeline.json"]
    files["attachments/补充.pdf"] = PDF
    path = zipped(files, tmp_path / "other.zip")
    assert {(one.code, str(one.place)) for one in check(path)} == {
        ("ARCHIVE-003", "timeline.json"),
        ("ARCHIVE-004", "attachments/补充.pdf"),
    }
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("case.html", files["case.html"])
    assert ("ARCHIVE-004", "case.html") in {(one.code, str(one.place)) for one in check(path)}


def taken_out(lines: list[bytes]) -> list[bytes]:
    return lines[:1] + lines[2:]


def put_about(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], *lines[2:]]


def cut_short(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


@pytest.mark.parametrize(("forge", "line"), [(taken_out, 2), (put_about, 1), (cut_short, None)])
def test_a2_a_forged_record_is_found_though_the_manifest_was_mended(
    office: Office, tmp_path: Path, forge: Callable[[list[bytes]], list[bytes]], line: int | None
) -> None:
    files = entries(office.zip_of(office.finished()))
    lines = forge(files["record.jsonl"].splitlines(keepends=True))
    files["record.jsonl"] = b"".join(lines)
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        data = files[one["path"]]
        one.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    files["manifest.json"] = json.dumps(manifest).encode()
    (found,) = check(zipped(files, tmp_path / "forged.zip"))
    assert (found.code, str(found.place)) == ("ARCHIVE-005", "record.jsonl")
    assert f"第 {line or len(lines)} 行" in found.message("zh")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        {"a.txt": b"x"},
        {"manifest.json": b"{"},
        {"manifest.json": b'{"format": "other", "files": []}'},
        {"manifest.json": b'{"format": "banshi archive 1"}'},
        {"manifest.json": b'{"format": "banshi archive 1", "files": [{"path": 1}]}'},
        {
            "manifest.json": b'{"format": "banshi archive 1", "files": [{"path": "manifest.json", "size": 1, "sha256": ""}]}'
        },
        {"manifest.json": b'{"format": "banshi archive 1", "files": ["x"]}'},
        {"manifest.json": b'{"format": "banshi archive 1", "files": [{"path": "a.txt"}]}', "a.txt": b"x"},
        {"manifest.json": b"[" * 100_000},
    ],
)
def test_a2_a_file_of_another_sort_is_told_and_does_no_harm(tmp_path: Path, data: bytes | dict[str, bytes]) -> None:
    path = tmp_path / "some.zip"
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        zipped(data, path)
    assert {one.code for one in check(path)} <= {"ARCHIVE-001", "ARCHIVE-002", "ARCHIVE-004"}
    assert check(path)


def test_a2_a_truncated_file_is_told(office: Office, tmp_path: Path) -> None:
    data = office.zip_of(office.finished())
    path = tmp_path / "half.zip"
    for length in (10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        assert [one.code for one in check(path)] == ["ARCHIVE-001"]


def test_a3_only_owners_and_auditors_and_only_at_the_end(office: Office) -> None:
    case_id = office.send()
    with pytest.raises(Declined):
        office.hall.archive_case(office.person(OWNER), case_id)
    assert office.hall.archive(office.person(OWNER), ArchiveQuestion()).total == 0
    office.decide(case_id, HEAD, "refuse", "理由不充分")
    for who in (OWNER, AUDITOR, ADMIN):
        assert office.zip_of(case_id, who)
        assert office.hall.case(office.person(who), case_id).may_archive
        assert office.hall.archive(office.person(who), ArchiveQuestion()).total == 1
    for who in (STUDENT, HEAD, FINANCE):
        with pytest.raises(NotAllowed):
            office.hall.archive_case(office.person(who), case_id)
        for asks in (office.hall.archive, office.hall.archive_each):
            with pytest.raises(NotAllowed):
                list(asks(office.person(who), ArchiveQuestion()))  # type: ignore[operator]
        with pytest.raises(NotAllowed):
            office.hall.export_archive(office.person(who), ArchiveQuestion(), "zip")
        assert office.hall.archive_services(office.person(who)) == []
    assert not office.hall.case(office.person(HEAD), case_id).may_archive
    foreign = replace(office.person(OWNER), department="财务处")
    with pytest.raises(NotAllowed):
        office.hall.archive_case(foreign, case_id)


def test_a4_found_by_number_person_outcome_and_day_of_ending(office: Office) -> None:
    ends = [(2026, 3, 31, 23, 59), (2026, 4, 1, 0, 0), (2026, 4, 30, 23, 59), (2026, 5, 1, 0, 0)]
    for number, end in enumerate(ends, 1):
        case_id = office.send(f"第{number}次")
        office.decide(case_id, HEAD)
        office.now = datetime(*end, tzinfo=CAMPUS)
        office.decide(case_id, FINANCE, "refuse" if number == 3 else "approve", "不妥")
    office.send("还在办理")

    def found(**asked: object) -> list[str]:
        page = office.hall.archive(office.person(OWNER), ArchiveQuestion(**asked))  # type: ignore[arg-type]
        assert page.total == len(page.items)
        return sorted(row.case.number[-1] for row in page.items)

    assert found() == ["1", "2", "3", "4"]
    assert found(since=date(2026, 4, 1), until=date(2026, 4, 30)) == ["2", "3"]
    assert found(since=date(2026, 5, 1)) == ["4"]
    assert found(until=date(2026, 3, 31)) == ["1"]
    assert found(since=date.min, until=date.max) == ["1", "2", "3", "4"]
    assert found(state="refused") == ["3"]
    assert found(query="jy20260002") == ["2"]
    assert found(person="陈晓雨") == found(person=STUDENT) == ["1", "2", "3", "4"]
    assert found(person="赵磊") == found(person="没有这个人") == []
    with pytest.raises(NotAllowed):
        found(service_id="nothing")


def test_a5_many_cases_are_one_file_with_a_catalogue(office: Office, tmp_path: Path) -> None:
    first, second = office.finished("甲"), office.finished("乙")
    name, _, parts = office.hall.export_archive(office.person(AUDITOR), ArchiveQuestion(), "zip")
    path = tmp_path / name
    path.write_bytes(b"".join(parts))
    assert check(path) == []
    files = entries(path.read_bytes())
    for folder, case_id in (("JY20260001/", first), ("JY20260002/", second)):
        alone = entries(office.zip_of(case_id, AUDITOR))
        assert {name.removeprefix(folder) for name in files if name.startswith(folder)} == set(alone)
        assert files[folder + "record.jsonl"] == alone["record.jsonl"]
    sheet = openpyxl.load_workbook(io.BytesIO(files["案卷目录.xlsx"])).active
    head, *rows = sheet.iter_rows(values_only=True)
    for number, row in enumerate(rows, 1):
        line = dict(zip(head, row, strict=True))
        folder = f"JY2026000{number}/"
        assert (line["序号"], line["归档文件"], line["责任者"]) == (number, folder, "设备处")
        assert line["清单 SHA-256"] == hashlib.sha256(files[folder + "manifest.json"]).hexdigest()
    assert len(rows) == 2
    files["JY20260002/answers.json"] += b" "
    (changed,) = check(zipped(files, tmp_path / "changed.zip"))
    assert (changed.code, str(changed.place)) == ("ARCHIVE-002", "JY20260002/answers.json")


def test_a5_a_lost_or_changed_attachment_is_said_and_stops_nothing(office: Office, tmp_path: Path) -> None:
    lost, changed, whole = office.finished("甲"), office.finished("乙"), office.finished("丙")
    for case_id, act in ((lost, Path.unlink), (changed, lambda path: path.write_bytes(b"%PDF-1.7 forged"))):
        stored = office.hall.case(office.person(OWNER), case_id).answers["合同"]
        act(office.hall.attachment(office.person(STUDENT), stored["id"])[2])
    found = dict[str, list[str]]()
    for name, pieces in office.hall.archive_each(office.person(OWNER), ArchiveQuestion()):
        path = tmp_path / name
        path.write_bytes(b"".join(pieces))
        found[name] = [] if path.suffix == ".xlsx" else [f"{one.code} {one.message('zh')}" for one in check(path)]
    assert found == {
        "JY20260001.zip": ["ARCHIVE-006 归档时就缺这个附件：文件不在了。"],
        "JY20260002.zip": ["ARCHIVE-006 归档时就缺这个附件：文件与上传时不同。"],
        "JY20260003.zip": [],
        "案卷目录.xlsx": [],
    }
    rows = openpyxl.load_workbook(tmp_path / "案卷目录.xlsx").active.iter_rows(min_row=2, values_only=True)
    assert [bool(row[-1]) for row in rows] == [True, True, False]
    assert office.zip_of(whole)


def test_a5_names_that_windows_cannot_have_or_that_are_there_twice(office: Office) -> None:
    case_id = office.send(name="报价:A/B?.pdf")
    office.decide(case_id, HEAD, "refuse", "请重报")
    files = entries(office.zip_of(case_id))
    assert [name for name in files if name.startswith("attachments/")] == ["attachments/B-.pdf"]


def test_a6_a_service_that_says_nothing_has_no_file_number(tmp_path: Path) -> None:
    hall = open_test_hall(tmp_path)
    student, owner = hall.directory.people[STUDENT], hall.directory.people[OWNER]
    sent = hall.submit(student, "borrowing", {"用途": "测试", "天数": 7}, command_id="c1")
    hall.withdraw(student, sent.case_id, seq=hall.case(student, sent.case_id).seq, command_id="w1")
    (row,) = hall.archive(owner, ArchiveQuestion()).items
    assert (row.case.state, row.file_number, row.retention) == ("withdrawn", "", "")
    files = entries(b"".join(hall.archive_case(owner, sent.case_id)[2]))
    assert json.loads(files["manifest.json"])["case"]["file_number"] == ""
    hall.close()


def test_a6_labels_that_mention_answers_hold_them(tmp_path: Path) -> None:
    text = FILED.replace("| 借用天数 |", "| ${用途}借用天数 |")
    hall = open_test_hall(tmp_path, services={"borrowing": text})
    student, owner = hall.directory.people[STUDENT], hall.directory.people[OWNER]
    sent = hall.submit(student, "borrowing", {"用途": "表征", "天数": 7}, command_id="c1")
    hall.withdraw(student, sent.case_id, seq=hall.case(student, sent.case_id).seq, command_id="w1")
    html = entries(b"".join(hall.archive_case(owner, sent.case_id)[2]))["case.html"].decode()
    assert "表征借用天数" in html
    assert "${" not in html
    hall.close()


def test_a7_the_page_as_a_pdf(office: Office) -> None:
    case_id = office.send()
    png = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEElEQVR4nGNgYGjAgYaUBABhfCAB9X84UgAAAABJRU5ErkJggg=="
    signature = office.hall.attach(office.person(HEAD), "签名.png", iter([base64.b64decode(png)]))
    view = office.hall.case(office.person(HEAD), case_id)
    done = office.hall.act(
        office.person(HEAD), case_id, view.tasks[0].id, "approve", opinion="同意 <meta name=x>", signature=signature["id"],
        seq=view.seq, command_id="signed",
    )  # fmt: skip
    assert done.done, done.problems
    with pytest.raises(Declined):
        office.hall.archive_pdf(office.person(OWNER), case_id)
    office.decide(case_id, FINANCE)
    for key in (STUDENT, HEAD, FINANCE):
        with pytest.raises(NotAllowed):
            office.hall.archive_pdf(office.person(key), case_id)
    name, made = office.hall.archive_pdf(office.person(AUDITOR), case_id)
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True).stdout
    text = unicodedata.normalize("NFKC", said.decode())
    assert name == "JY20260001.pdf"
    for part in ("JY20260001", "催化剂表征", "合同.pdf", "同意 <meta name=x>", "87.50", "0012-WS"):
        assert part in text, part
    drawn = subprocess.run(["pdfimages", "-list", "-"], input=made, capture_output=True, check=True).stdout
    assert len(drawn.splitlines()) == 3, "a heading of two lines, and the signature"


def test_a7_where_it_cannot_be_rendered_there_is_no_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = office.finished()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotRendered):
        office.hall.archive_pdf(office.person(OWNER), case_id)
    assert entries(office.zip_of(case_id)), "the ZIP needs no program"
