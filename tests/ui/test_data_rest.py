"""Data sets over REST and by command, on a real hall.

1. They are listed, read, and given away as files that can be put back.
2. A new table is checked: its faults, and a page of what it would change; nothing is published.
3. It replaces the old one: 201, 200 for the same again, 202 for a plan, 422 with faults, 409 for another live version.
4. Only owners may.
5. The commands do the same on the data folder; faults end with 1, what makes no sense with 2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from halls import open_test_hall
from test_data_journey import KNOWN, METERS, table
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui import cli
from banshi.ui.settings import Settings

NEXT = datetime.now(CAMPUS_ZONE).year + 1
OWNER, ADMIN, STUDENT = "20005", "20007", "20001"
MORE = table("| '0301 | 2026-10-31 | 15.5 | |", "| '0302 | 2026-10-31 | 1065 | |")
TABLE = "/api/v1/data/meters/读数"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setenv("BANSHI_DEFINITIONS", str(tmp_path / "definitions"))
    opened = open_test_hall(tmp_path, services={"meters": METERS})
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


def versions(hall: Hall) -> list[str]:
    return [row.note for row in hall.workshop.versions(hall.directory.people[OWNER], "meters")]


async def test_1_listed_read_and_given_away(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    (listed,) = (await web.get("/api/v1/data/meters", headers=who)).json()
    assert (listed["name"], listed["rows"], listed["readings"]) == ("读数", 6, True)
    assert (listed["keys"], listed["since"], listed["until"]) == (["房间", "抄表日"], "2026-07-31", "2026-09-30")
    page = (await web.get(TABLE, headers=who, params={"query": "0301", "size": 2, "page": 2})).json()
    assert page["total"] == 3
    assert page["rows"] == [["0301", "2026-09-30", "99905", "", "105"]]
    for kind in ("xlsx", "csv"):
        file = await web.get(f"{TABLE}/table.{kind}", headers=who)
        again = await web.put(TABLE, headers=who, content=file.content, params={"name": f"a.{kind}"})
        assert (again.status_code, again.json()["same"]) == (200, True), again.text


async def test_2_checked(web: httpx.AsyncClient, hall: Hall) -> None:
    who = await bearer(web, OWNER)
    asked = {"name": "十月.xlsx", "what": "added", "query": "1065"}
    found = (await web.post(f"{TABLE}/check", headers=who, params=asked, content=MORE)).json()
    assert (found["replaceable"], found["same"]) == (True, False)
    assert [(one["code"], one["cell"], one["severity"]) for one in found["diagnostics"]] == [
        ("READ-014", "C8", "warning")
    ]
    difference = found["difference"]
    assert (difference["before"], difference["after"], difference["added"], difference["total"]) == (6, 8, 2, 1)
    assert difference["rows"][0]["title"] == "0302 2026-10-31"
    assert "data" not in found
    assert len(versions(hall)) == 1


async def test_3_replaced_once_planned_and_refused(web: httpx.AsyncClient, hall: Hall) -> None:
    who = await bearer(web, OWNER)
    checked = (await web.post(f"{TABLE}/check", headers=who, content=MORE)).json()
    made = await web.put(TABLE, headers=who, params={"replaces": checked["replaces"]}, content=MORE)
    assert made.status_code == 201
    assert made.json()["version"]["note"] == "数据“读数”：新增 2 行。"
    again = await web.put(TABLE, headers=who, content=MORE)
    assert (again.status_code, again.json()["version"]["sha256"]) == (200, made.json()["version"]["sha256"])
    assert versions(hall) == ["数据“读数”：新增 2 行。", ""]
    older = workbook_from_text(f"## 读数\n{KNOWN}")
    late = await web.put(TABLE, headers=who, params={"replaces": checked["replaces"]}, content=older)
    assert late.status_code == 409
    planned = await web.put(TABLE, headers=who, params={"at": f"{NEXT}-01-01T00:00:00+08:00"}, content=older)
    assert (planned.status_code, planned.json()["plan"]["state"]) == (202, "planned")
    faulty = await web.put(TABLE, headers=who, content="房间,抄表日,表底\n0301,昨天,1\n".encode())
    assert faulty.status_code == 422
    assert {(one["code"], one["cell"]) for one in faulty.json()["diagnostics"]} >= {("DATA-010", "B2")}


async def test_4_only_owners(web: httpx.AsyncClient) -> None:
    who = await bearer(web, STUDENT)
    assert (await web.get("/api/v1/data/meters", headers=who)).status_code == 403
    assert (await web.put(TABLE, headers=who, content=MORE)).status_code == 403
    owner = await bearer(web, OWNER)
    missing = await web.get("/api/v1/data/meters/没有", headers=owner)
    assert (missing.status_code, "没有找到数据表“没有”" in missing.text) == (404, True)
    assert (await web.put(TABLE, content=MORE)).status_code == 401


@pytest.fixture
def banshi(hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object, lang: str = "zh") -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(["data", *map(str, arguments), "--data", str(tmp_path), "--lang", lang])
        return (code, *capsys.readouterr())

    return run


def test_5_by_command(banshi: Any, hall: Hall, tmp_path: Path) -> None:
    code, out, _ = banshi("list", "meters")
    assert (code, "读数" in out, "2026-09-30" in out) == (0, True, True)
    taken = tmp_path / "读数.csv"
    assert banshi("get", "meters", "读数", "--out", taken)[0] == 0
    code, out, _ = banshi("replace", "meters", "读数", taken)
    assert (code, "与现在的数据相同" in out) == (0, True)
    new = tmp_path / "十月.xlsx"
    new.write_bytes(MORE)
    code, out, _ = banshi("check", "meters", "读数", new, "--marked", tmp_path / "marked.xlsx", lang="en")
    assert (code, "6 rows before, 8 after: 2 new" in out, "+ 0302 2026-10-31" in out) == (0, True, True)
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx")["十月"]["C8"].comment is not None
    code, out, _ = banshi("replace", "meters", "读数", new, "--note", "十月", "--json", "--person", OWNER)
    assert (code, json.loads(out)["version"]["note"]) == (0, "十月")
    assert versions(hall) == ["十月", ""]
    bad = tmp_path / "bad.csv"
    bad.write_bytes("房间,抄表日,表底\n0301,昨天,1\n".encode("gbk"))
    code, out, _ = banshi("replace", "meters", "读数", bad)
    assert (code, "DATA-010" in out, "没有替换" in out) == (1, True, True)
    assert banshi("get", "meters", "没有", "--out", taken)[0] == 2
    assert banshi("get", "meters", "读数", "--out", tmp_path / "x.pdf")[0] == 2
