"""`banshi log checkpoint`, `export` and `verify`.

G1 verify needs nothing but the files: 0 where all fits, 1 with the first entry that does not, 2 where there is no such file
G2 one changed byte, one removed case, one reordered entry: named in Chinese and in English, and in JSON
G3 a log that does not continue its checkpoint gets no new one, and the exit code is 1
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall

from banshi.ui import cli

Lines = list[bytes]


@pytest.fixture
def banshi(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: object, lang: str = "zh") -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(["log", *map(str, arguments), "--lang", lang])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a hall with three cases."""
    folder = tmp_path / "data"
    folder.mkdir()
    hall = open_test_hall(folder)
    student = hall.directory.people["20001"]
    for number, purpose in enumerate(("催化剂表征", "电镜制样", "热重分析")):
        answers = {"用途": purpose, "天数": Decimal(7)}
        assert hall.submit(student, "borrowing", answers, command_id=f"c{number}").done
    hall.close()
    return folder


@pytest.fixture
def kept(banshi: Any, data: Path, tmp_path: Path) -> tuple[Path, Path]:
    """An export, and the checkpoint that the auditor keeps."""
    assert banshi("checkpoint", "--data", data, "--out", tmp_path / "auditor")[0] == 0
    out = tmp_path / "log.zip"
    assert banshi("export", "--data", data, "--out", out)[0] == 0
    return out, next((tmp_path / "auditor").glob("*.json"))


def altered(path: Path, alter: Callable[[Lines], Any]) -> Path:
    """The same export with other lines."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    lines = files["entries.jsonl"].splitlines(keepends=True)
    alter(lines)
    other = path.with_name("altered.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, content in {**files, "entries.jsonl": b"".join(lines)}.items():
            archive.writestr(name, content)
    return other


def one_byte(lines: Lines) -> None:
    assert "电镜制样".encode() in lines[3]
    lines[3] = lines[3].replace("电镜制样".encode(), "电镜制徉".encode())


def one_case(lines: Lines) -> None:
    lines[3:5] = []


def one_place(lines: Lines) -> None:
    lines[3], lines[5] = lines[5], lines[3]


def test_g1_what_was_not_altered_fits_without_the_hall(
    banshi: Any, data: Path, kept: tuple[Path, Path], tmp_path: Path
) -> None:
    export, checkpoint = kept
    data.rename(tmp_path / "gone")
    code, out, _ = banshi(
        "verify", export, "--checkpoint", checkpoint, "--key", tmp_path / "auditor" / "public-key.pem"
    )
    assert (code, "相符：8 条，3 件" in out) == (0, True)
    code, out, _ = banshi("verify", export, "--checkpoint", checkpoint, lang="en")
    assert (code, "Everything fits: 8 entries of 3 cases" in out) == (0, True)
    code, out, _ = banshi("verify", export, "--checkpoint", checkpoint, "--json")
    told = json.loads(out)
    assert (code, told["fine"], told["entry"], told["faults"]) == (0, True, None, [])
    code, out, _ = banshi("verify", export)
    assert (code, "LOG-025" in out) == (0, True)


@pytest.mark.parametrize(
    ("alter", "code", "entry", "zh", "en"),
    [
        (one_byte, "LOG-011", 3, "第 3 条（JY0002）的内容与它的散列值不符", "The body of entry 3 (JY0002) does not fit its hash"),
        (one_case, "LOG-013", 3, "缺第 3–4 条：被删除", "Entry 3–4 is missing: it was removed"),
        (one_place, "LOG-014", 3, "第 3 条不在它的位置上，在第 6 行才出现", "Entry 3 is not in its place, but on line 6"),
    ],
)  # fmt: skip
def test_g2_the_first_entry_that_does_not_fit_is_named(
    banshi: Any, kept: tuple[Path, Path], alter: Any, code: str, entry: int, zh: str, en: str
) -> None:
    export, checkpoint = kept
    path = altered(export, alter)
    for language, sentence in (("zh", zh), ("en", en)):
        exit_code, out, _ = banshi("verify", path, "--checkpoint", checkpoint, lang=language)
        assert exit_code == 1
        assert sentence in re.sub(r"(?<=JY)\d{4}", "", out)
    exit_code, out, _ = banshi("verify", path, "--checkpoint", checkpoint, "--json")
    told = json.loads(out)
    assert (exit_code, told["fine"], told["entry"], [one["code"] for one in told["faults"]]) == (
        1,
        False,
        entry,
        [code],
    )
    assert (told["faults"][0]["zh"][0], told["faults"][0]["en"][0].isascii()) != ("", "")


def test_g1_what_is_not_there_is_a_wrong_call(banshi: Any, kept: tuple[Path, Path], tmp_path: Path) -> None:
    export, checkpoint = kept
    for arguments in (
        (tmp_path / "no.zip",),
        (export, "--checkpoint", tmp_path / "no.json"),
        (export, "--key", tmp_path / "no.pem"),
    ):
        code, _, err = banshi("verify", *arguments)
        assert (code, "没有找到文件" in err) == (2, True)
    assert banshi("verify")[0] == 2
    assert banshi("verify", "--checkpoint", checkpoint)[0] == 2


def test_g1_two_checkpoints_alone(banshi: Any, data: Path, kept: tuple[Path, Path], tmp_path: Path) -> None:
    _, first = kept
    hall = open_test_hall(data)
    assert hall.submit(hall.directory.people["20001"], "borrowing", {"用途": "拉曼", "天数": 1}, command_id="c9").done
    hall.close()
    code, out, _ = banshi("checkpoint", "--data", data, "--out", tmp_path / "auditor", "--json")
    made = json.loads(out)
    assert (code, made["checkpoint"]["size"], made["checkpoint"]["previous"]["size"]) == (0, 10, 8)
    assert banshi("verify", "--checkpoint", made["file"], "--previous", first)[0] == 0
    assert banshi("verify", "--checkpoint", first, "--previous", made["file"])[0] == 1


def test_g1_the_wrong_kind_of_export_is_a_wrong_call(banshi: Any, data: Path, tmp_path: Path) -> None:
    for out, more in (("log.docx", ()), ("log.zip", ("--service", "borrowing"))):
        assert banshi("export", "--data", data, "--out", tmp_path / out, *more)[0] == 2
        assert not (tmp_path / out).exists()


def test_g3_a_log_that_was_altered_gets_no_checkpoint(
    banshi: Any, data: Path, kept: tuple[Path, Path], tmp_path: Path
) -> None:
    with sqlite3.connect(data / "banshi.sqlite") as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute("DELETE FROM log_entries WHERE position = 7")
    before = sorted((tmp_path / "auditor").iterdir())
    code, _, err = banshi("checkpoint", "--data", data, "--out", tmp_path / "auditor", lang="en")
    assert (code, "entries before it were changed or removed" in err) == (1, True)
    assert sorted((tmp_path / "auditor").iterdir()) == before


def test_g1_verify_loads_no_database(kept: tuple[Path, Path]) -> None:
    """In a process of its own, in which the libraries of stores and screens cannot be imported."""
    script = (
        "import sys\n"
        "for name in ('sqlalchemy', 'alembic', 'nicegui', 'sqlite3'): sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from banshi.platform.audit.verify import verify\n"
        "verdict = verify(Path(sys.argv[1]), checkpoint=Path(sys.argv[2]))\n"
        "print(verdict.fine, verdict.entries)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *map(str, kept)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.stdout.split() == ["True", "8"], ran.stderr
