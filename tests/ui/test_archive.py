"""The archive on the command line.

C1 a period as files in a folder, with the catalogue · C2 a full disk leaves no half file, and what was there stays ·
C3 what was changed is named, and the exit code is 1
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from halls import FILED, open_test_hall

from banshi.ui import cli

STUDENT = "20001"
LARGE = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a hall where a case was withdrawn on each of three days, with a large file."""
    folder = tmp_path_factory.mktemp("hall")
    moments = iter(datetime(2026, 3, day, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")) for day in (1, 2, 3))
    now = [next(moments)]
    hall = open_test_hall(folder, clock=lambda: now[0], services={"borrowing": FILED})
    student = hall.directory.people[STUDENT]
    for number in (1, 2, 3):
        file = hall.attach(student, "合同.pdf", iter([b"%PDF-1.7\n", os.urandom(LARGE)]))
        answers = {"用途": f"第{number}次", "天数": 7, "合同": file}
        sent = hall.submit(student, "borrowing", answers, command_id=f"c{number}")
        seq = hall.case(student, sent.case_id).seq
        hall.withdraw(student, sent.case_id, seq=seq, command_id=f"w{number}")
        now[0] = next(moments, now[0])
    hall.close()
    return folder


def banshi(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    """The exit code and what was printed as JSON."""
    capsys.readouterr()
    code = cli.run([*map(str, arguments), "--json"])
    printed = capsys.readouterr().out
    return code, json.loads(printed) if printed else None


def test_c1_a_period_as_files(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "2026/归档"
    days = ("--since", "2026-03-02", "--until", "2026-03-03")
    assert banshi(capsys, "archive", out, "--data", data, *days) == (0, {"folder": str(out), "cases": 2})
    assert {path.name for path in out.iterdir()} == {"JY20260002.zip", "JY20260003.zip", "案卷目录.xlsx"}
    for name in ("JY20260002.zip", "JY20260003.zip"):
        assert banshi(capsys, "archive", "--check", out / name) == (0, [])
    rows = list(openpyxl.load_workbook(out / "案卷目录.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == ["0012-WS·2026-D30-JY20260002", "0012-WS·2026-D30-JY20260003"]


def test_c2_a_full_disk_leaves_no_half_file(data: Path, tmp_path: Path) -> None:
    """The system refuses every file that grows beyond half of what a case takes, as a full disk does."""
    whole = b"an older file, whole"
    (tmp_path / "JY20260001.zip").write_bytes(whole)
    program = (
        "import resource, sys\n"
        "from banshi.ui import cli\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({LARGE // 2}, {LARGE // 2}))\n"
        "sys.exit(cli.run(sys.argv[1:]))\n"
    )
    call = [sys.executable, "-c", program, "archive", str(tmp_path), "--data", str(data), "--lang", "en"]
    ran = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "File too large" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("JY20260001.zip", whole)]


def test_c3_what_was_changed_is_named(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert banshi(capsys, "archive", tmp_path, "--data", data, "--until", "2026-03-01")[0] == 0
    path = tmp_path / "JY20260001.zip"
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["answers.json"] = files["answers.json"].replace("第1次".encode(), "第2次".encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    code, found = banshi(capsys, "archive", "--check", path)
    assert (code, [(one["code"], one["sheet"]) for one in found]) == (1, [("ARCHIVE-002", "answers.json")])
    assert cli.run(["archive", "--check", str(path)]) == 1
    assert "answers.json" in capsys.readouterr().out


def test_what_makes_no_sense_is_told(data: Path, tmp_path: Path) -> None:
    for wrong in ((), ("--check", "nothing.zip"), (tmp_path, "--check", "nothing.zip")):
        assert cli.run(["archive", *map(str, wrong)]) == 2
    assert cli.run(["archive", str(tmp_path), "--data", str(tmp_path)]) == 2
    assert cli.run(["archive", str(tmp_path), "--data", str(data), "--since", "gestern"]) == 2
    assert cli.run(["archive", str(tmp_path), "--data", str(data), "--service", "nothing"]) == 2
    assert list(tmp_path.iterdir()) == []
