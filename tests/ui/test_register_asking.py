"""A workbook by which rows of a register change: REST, the commands and going back on the screen ask by `rows` as the page does.

1. REST: 422 with the sentence for a workbook, for going back, for a table; 201 with `rows`.
2. The commands: exit code 2 with the sentence, 0 with `--rows`.
3. Going back on the screen is done once the box is ticked; a file that waits in the folder says why, and is consented to there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from halls import open_test_hall, write
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, Visitor, serve, violations
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.ui import cli
from banshi.ui.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_register_asking import BY_NAME, OWNER, RENAMED, apply
from test_register_changes import CARS

TABLE = "车辆,开始\r\n粤A00001,2026-09-01\r\n".encode()
ANSWER = "台账“占用”里办件记的 5 行中，0 行没有了，5 行变了"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Hall]:
    monkeypatch.setenv("BANSHI_DEFINITIONS", str(tmp_path / "definitions"))
    opened = open_test_hall(tmp_path, services={"car": getattr(request, "param", CARS)})
    apply(opened)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def bearer(web: httpx.AsyncClient) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": OWNER})
    return {"authorization": f"Bearer {answer.json()['token']}", "accept-language": "zh"}


def refused(answer: httpx.Response) -> bool:
    said = answer.json()["detail"]
    return answer.status_code == 422 and ANSWER in said and "rows=true" in said


async def test_1_a_workbook_and_going_back(web: httpx.AsyncClient) -> None:
    who, body = await bearer(web), workbook_from_text(RENAMED)
    asked = {"name": "car.xlsx"}
    assert refused(await web.post("/api/v1/workbooks", headers=who, params=asked, content=body))
    answer = await web.post("/api/v1/workbooks", headers=who, params={**asked, "rows": "true"}, content=body)
    assert answer.status_code == 201
    back = "/api/v1/owned/car/rollback"
    assert refused(await web.post(back, headers=who, json={}))
    assert (await web.post(back, headers=who, json={"rows": True})).status_code == 201


@pytest.mark.parametrize("hall", [BY_NAME], indirect=True)
async def test_1_a_table(web: httpx.AsyncClient) -> None:
    who, address = await bearer(web), "/api/v1/data/car/占用"
    asked = {"name": "占用.csv"}
    assert refused(await web.put(address, headers=who, params=asked, content=TABLE))
    assert (await web.put(address, headers=who, params={**asked, "rows": "true"}, content=TABLE)).status_code == 201


@pytest.fixture
def banshi(hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.run([*map(str, arguments), "--data", str(tmp_path), "--lang", "zh"])
        return code, "".join(capsys.readouterr())

    return run


def told(found: tuple[int, str]) -> bool:
    said = found[1].replace("\n", "")
    return found[0] == 2 and ANSWER in said and "--rows" in said


def test_2_publish_and_rollback(banshi: Any, tmp_path: Path) -> None:
    file = tmp_path / "car.xlsx"
    file.write_bytes(workbook_from_text(RENAMED))
    assert told(banshi("publish", file))
    assert banshi("publish", file, "--rows")[0] == 0
    assert told(banshi("rollback", "car"))
    assert banshi("rollback", "car", "--rows")[0] == 0


@pytest.mark.parametrize("hall", [BY_NAME], indirect=True)
def test_2_data_replace(banshi: Any, tmp_path: Path) -> None:
    file = tmp_path / "占用.csv"
    file.write_bytes(TABLE)
    assert told(banshi("data", "replace", "car", "占用", file))
    assert banshi("data", "replace", "car", "占用", file, "--rows")[0] == 0


def test_3_on_the_screen(browser: Browser, tmp_path: Path) -> None:
    made = open_test_hall(tmp_path, services={"car": CARS})
    apply(made)
    made.workshop.publish(made.directory.people[OWNER], "car.xlsx", workbook_from_text(RENAMED), rows=True)
    made.close()
    shut = serve(str(tmp_path))
    owner = Visitor(browser, next(shut), OWNER, DESKTOP)
    page = owner.go("/owner/car")
    page.locator(".version").nth(1).get_by_role("button", name="回到这一版").click()
    dialog = page.get_by_role("dialog", name="回到这一版")
    # What was lost with the new name comes back: all five rows change.
    question = dialog.get_by_label("台账“占用”里办件的 5 行：0 行没有了，5 行变了")
    dialog.get_by_role("button", name="回到这一版").click()
    expect(page.locator(".notice-warning")).to_contain_text("请先勾选")
    expect(page.locator(".version")).to_have_count(2)
    question.check()
    dialog.get_by_role("button", name="回到这一版").click()
    expect(page.locator(".version")).to_have_count(3)

    write(tmp_path / "definitions", "car/car.xlsx", RENAMED)
    for _ in range(20):
        page = owner.go("/owner/car")
        plan = page.locator(".panel-plans .plan")
        if plan.count():
            break
    expect(plan).to_contain_text(ANSWER)
    expect(plan).to_contain_text("没有立即发布")
    assert violations(page) == []
    plan.get_by_role("button", name="同意发布").click()
    expect(page.locator(".version")).to_have_count(4)
    owner.done()
    for _ in shut:
        pass
