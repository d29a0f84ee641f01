"""`banshi publish`, `rollback` and `migrate` on the data folder of a hall.

C1 what is published, planned or proposed ends with 0; faults in the workbook with 1 and publish nothing; what makes no
sense with 2 · C2 --json is one document · C3 a hall that runs takes it up · C4 a dry run moves nothing and says what cannot
be moved, and why · C5 the files and pictures beside the workbook go with it
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from halls import BORROWING, open_test_hall
from test_publishing_journey import DEARER, ELECTRICITY, GUARDED, GUARDED_DEARER
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui import cli

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_moving import LATER, MIGRATE, ROUTE, apply

NEXT = datetime.now(CAMPUS_ZONE).year + 1
OWNER, STUDENT = "20005", "20001"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setenv("BANSHI_DEFINITIONS", str(tmp_path / "definitions"))
    opened = open_test_hall(tmp_path, services={"electricity": ELECTRICITY, "guarded": GUARDED})
    yield opened
    opened.close()


@pytest.fixture
def banshi(hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(name: str, *arguments: object, lang: str = "zh") -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run([name, *map(str, arguments), "--data", str(tmp_path), "--lang", lang])
        return (code, *capsys.readouterr())

    return run


def save(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "电费.xlsx"
    path.write_bytes(workbook_from_text(text))
    return path


def versions(hall: Hall, service: str = "electricity") -> list[tuple[str, str, str]]:
    rows = hall.workshop.versions(hall.directory.people[OWNER], service)
    return [(row.origin, row.published_by, row.note) for row in rows]


def test_c1_c3_publish_and_roll_back(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    code, out, _ = banshi("publish", save(tmp_path, DEARER), "--note", "每度 0.712 元", "--person", OWNER)
    assert (code, "“宿舍电费”已发布，版本 " in out) == (0, True)
    assert hall.refresh() == 1
    assert "0.712" in str(hall.evaluate(hall.directory.people[STUDENT], "electricity", {"用电量": 1})["bills"])
    code, out, _ = banshi("rollback", "electricity", lang="en")
    assert (code, "is live as version" in out) == (0, True)
    assert versions(hall) == [
        ("rollback", "command-line", ""), ("upload", OWNER, "每度 0.712 元"), ("file", "", ""),
    ]  # fmt: skip


def test_c1_c2_faults_publish_nothing(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    file = save(tmp_path, DEARER.replace("71.2", "71.9"))
    code, out, _ = banshi("publish", file)
    assert (code, "examples!D2" in out, "没有发布" in out) == (1, True, True)
    code, out, _ = banshi("publish", file, "--json")
    found = json.loads(out)
    assert (code, found["version"], found["plan"], found["report"]["publishable"]) == (1, None, None, False)
    assert len(versions(hall)) == 1


def test_c1_planned_and_proposed(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    code, out, _ = banshi("publish", save(tmp_path, DEARER), "--at", f"{NEXT}-12-01T00:00")
    assert (code, f"将于 {NEXT}-12-01 00:00 生效" in out) == (0, True)
    code, out, _ = banshi("publish", save(tmp_path, GUARDED_DEARER), "--json", "--person", OWNER)
    assert (code, json.loads(out)["plan"]["state"]) == (0, "proposed")
    assert len(versions(hall)) == len(versions(hall, "guarded")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("publish", "nothing.xlsx"), "没有找到文件"),
        (("publish", "电费.xlsx", "--at", "1 December"), "不是时间"),
        (("publish", "电费.xlsx", "--at", "2001-12-01T00:00"), "已经过去"),
        (("publish", "电费.xlsx", "--person", "99999"), "组织机构里没有工号 99999"),
        (("publish", "电费.xlsx", "--person", STUDENT), "没有查看或办理它的权限"),
        (("rollback", "electricity"), "没有更早的版本"),
        (("rollback", "electricity", "0" * 12), "没有找到版本"),
        (("rollback", "nothing"), "没有找到服务“nothing”"),
        (("migrate", "borrowing", "--cases", "JY20990001"), "JY20990001"),
    ],
)
def test_c1_wrong_calls(
    banshi: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    save(tmp_path, DEARER)
    monkeypatch.chdir(tmp_path)
    code, out, err = banshi(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_c1_a_folder_that_is_no_hall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for call in (["migrate", "x"], ["rollback", "x"], ["publish", str(save(tmp_path, DEARER))]):
        assert cli.run([*call, "--data", str(tmp_path / "nowhere"), "--lang", "zh"]) == 2
        assert "不是办事大厅的数据目录" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_c4_cases_are_moved_and_what_cannot_be_is_told(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    assert banshi("migrate", "borrowing")[:2] == (0, "没有要转的办件。\n")
    moving, stuck = apply(hall, "a"), apply(hall, "c", 天数=9)
    numbers = [hall.case(hall.directory.people[STUDENT], case).row.number for case in (moving, stuck)]
    stricter = BORROWING.partition("## examples")[0].replace("| . > 0 ", "| . < 8 ").replace(ROUTE, LATER + MIGRATE)
    assert banshi("publish", save(tmp_path, stricter))[0] == 0
    owner = hall.directory.people[OWNER]
    hall.refresh()
    assert hall.workshop.movable(owner, "borrowing") == 2
    code, out, _ = banshi("migrate", "borrowing", "--dry-run", "--json")
    rows = {row["number"]: row for row in json.loads(out)}
    assert (code, {number: row["done"] for number, row in rows.items()}) == (1, dict.fromkeys(numbers, False))
    assert (rows[numbers[0]]["why"], "“借用天数”不符合填写要求" in rows[numbers[1]]["why"]) == ("", True)
    assert hall.workshop.movable(owner, "borrowing") == 2
    code, out, _ = banshi("migrate", "borrowing", "--cases", numbers[0], "--note", "办法修订")
    assert (code, numbers[0] in out, numbers[1] in out) == (0, True, False)
    assert hall.workshop.movable(owner, "borrowing") == 1
    code, out, _ = banshi("migrate", "borrowing", lang="en")
    assert (code, "0 moved, 1 cannot be." in out) == (1, True)


ROOMS = """
## settings
| form_id | form_title | owner | applicants |
| rooms | 借教室 | 设备处 | person:20001 |
## survey
| type | name | label | image |
| select_one_from_file rooms.csv | room | 教室 | 平面图.png |
## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 设备处 | person:20003 |
"""


def test_c5_files_and_pictures_beside_it(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    folder = tmp_path / "草稿"
    (folder / "media").mkdir(parents=True)
    (folder / "rooms.csv").write_text("name,label\ne101,东教 101\n", encoding="utf-8")
    picture = b"\x89PNG\r\n\x1a\n" + bytes(20)
    (folder / "media" / "平面图.png").write_bytes(picture)
    (folder / "借教室.xlsx").write_bytes(workbook_from_text(ROOMS))
    code, out, _ = banshi("publish", folder / "借教室.xlsx", "--person", OWNER)
    assert code == 0, out
    hall.refresh()
    student = hall.directory.people[STUDENT]
    assert "东教 101" in hall.form_schema(student, "rooms").decode()
    _, path = hall.media(student, "平面图.png", service_id="rooms")
    assert isinstance(path, Path)
    assert path.read_bytes() == picture
    # What is downloaded has them inside, and is checked so.
    name, data = hall.workshop.workbook_bytes(hall.directory.people[OWNER], "rooms", hall.workshop.versions(
        hall.directory.people[OWNER], "rooms")[0].sha256)  # fmt: skip
    alone = tmp_path / "下载" / name
    alone.parent.mkdir()
    alone.write_bytes(data)
    assert cli.run(["check", str(alone), "--lang", "zh"]) == 0
