"""Data that change every night are replaced though examples of the workbook fail, on the page, over REST and by command.

1. REST: 422 with the examples and a sentence that names `examples`; 201 with it, and the version says which.
2. The command: exit code 1 with the sentence, 0 with `--examples`.
3. The page asks below the list of examples; the owner's page tells them from then on. On a phone in English.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, expect
from visiting import NARROW, Visitor, serve, violations

from banshi.platform.hall import Hall
from banshi.ui import cli
from banshi.ui.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "platform" / "replacing"))
from test_failing_examples_of_data import DEVICES, NIGHT, OWNER


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setenv("BANSHI_DEFINITIONS", str(tmp_path / "definitions"))
    opened = open_test_hall(tmp_path, services={"devices": DEVICES})
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def test_1_rest(web: httpx.AsyncClient) -> None:
    answer = await web.post("/api/v1/sessions", json={"person": OWNER})
    who = {"authorization": f"Bearer {answer.json()['token']}", "accept-language": "zh"}
    table, asked, night = "/api/v1/data/devices/读数", {"name": "读数.csv"}, NIGHT.encode()
    checked = (await web.post(f"{table}/check", headers=who, params=asked, content=night)).json()
    assert (checked["failing"], checked["replaceable"]) == (["灯泡还新"], False)
    answer = await web.put(table, headers=who, params=asked, content=night)
    assert (answer.status_code, answer.json()["failing"]) == (422, ["灯泡还新"])
    assert "examples=true" in answer.json()["detail"]
    assert "灯泡还新" in answer.json()["detail"]
    answer = await web.put(table, headers=who, params={**asked, "examples": "true"}, content=night)
    assert (answer.status_code, answer.json()["version"]["failing"]) == (201, ["灯泡还新"])
    assert "detail" not in answer.json()


def test_2_the_command(hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "读数.csv"
    file.write_bytes(NIGHT.encode())
    arguments = ["data", "replace", "devices", "读数", str(file), "--data", str(tmp_path), "--lang", "zh"]
    assert cli.run(arguments) == 1
    said = capsys.readouterr().out
    assert "--examples" in said
    assert "灯泡还新" in said
    assert cli.run([*arguments, "--examples"]) == 0


def test_3_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    open_test_hall(tmp_path, services={"devices": DEVICES}).close()
    for address in serve(str(tmp_path)):
        owner = Visitor(browser, address, OWNER, NARROW)
        owner.go("/language/en?next=/")
        page = owner.go("/owner/devices/data/读数")
        upload = {"name": "读数.csv", "mimeType": "", "buffer": NIGHT.encode()}
        page.locator("input[type=file]").set_input_files(upload)
        question = page.get_by_label("Replace the data though these examples fail: 灯泡还新")
        replace = page.get_by_role("button", name="Replace and publish")
        replace.click()
        expect(page.locator(".notice-warning").last).to_contain_text("Tick above the button")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        question.check()
        replace.click()
        expect(page.locator(".notice-success")).to_contain_text("is live as version")
        page = owner.go("/owner/devices")
        expect(page.locator(".version").first).to_contain_text("Examples that fail since data were replaced: 灯泡还新")
        owner.done()
