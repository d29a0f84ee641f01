"""An auditor looks at one masked answer for a reason, and the applicant sees that; at a desktop and on a phone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, expect
from relief import ID, RELIEF, approved, found_in, person, sent
from visiting import DESKTOP, NARROW, Visitor, serve, violations


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hall")


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[str]:
    """A case that has ended, and one whose personal data were deleted."""
    opened = open_test_hall(folder, services={"relief": RELIEF})
    made = [sent(opened, "1"), sent(opened, "2")]
    for case_id in made:
        approved(opened, case_id)
    opened.erase(person(opened, "孙静"), made[1], "本人书面申请", command_id="erase")
    opened.close()
    return made


@pytest.fixture(scope="module")
def hall(folder: Path, cases: list[str]) -> Iterator[str]:
    yield from serve(str(folder))


def test_an_auditor_looks_for_a_reason(browser: Browser, hall: str, cases: list[str]) -> None:
    auditor = Visitor(browser, hall, "20006", DESKTOP)
    page = auditor.go(f"/cases/{cases[0]}")
    expect(page.locator(".panel-masked")).to_contain_text("110105********002X")
    assert not found_in(page.content())
    page.get_by_role("button", name="查看身份证号", exact=True).click()
    expect(page.locator(".notice-warning")).to_contain_text("请先写明查看的原因")
    page.get_by_label("查看的原因").fill("核对低保名单")
    page.get_by_label("查看的原因").blur()
    page.get_by_role("button", name="查看身份证号", exact=True).click()
    expect(page.locator(".panel-masked")).to_contain_text(ID)
    assert violations(page) == []
    page.reload()
    expect(page.locator(".panel-masked")).to_contain_text("110105********002X")
    assert ID not in page.content()
    page = auditor.go("/auditor/looks")
    expect(page.get_by_role("row").nth(1)).to_contain_text("核对低保名单")
    auditor.done()

    student = Visitor(browser, hall, "20001", NARROW)
    student.go("/language/en?next=/")
    page = student.go(f"/cases/{cases[0]}")
    expect(page.locator(".event").filter(has_text="Looked at a sensitive answer")).to_contain_text("核对低保名单")
    expect(page.locator(".panel-form")).to_contain_text(ID)
    expect(page.locator(".panel-masked")).to_have_count(0)
    assert violations(page) == []
    student.done()


def test_what_was_deleted_is_said(browser: Browser, hall: str, cases: list[str]) -> None:
    student = Visitor(browser, hall, "20001", DESKTOP)
    page = student.go(f"/cases/{cases[1]}")
    expect(page.locator(".panel-form")).to_contain_text("应请求删除了：受助人、身份证号、手机、困难等级、收入证明。")
    assert not found_in(page.content())
    student.done()


def test_programs_get_masks_and_look_for_a_reason(hall: str, cases: list[str]) -> None:
    def asked(path: str, body: object = None, token: str = "") -> tuple[bytes, str]:
        headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{hall}/api/v1{path}", data, headers)) as answer:
            return answer.read(), answer.headers["cache-control"]

    token = json.loads(asked("/sessions", {"person": "20006"})[0])["token"]
    told, kept = asked(f"/cases/{cases[0]}", token=token)
    assert not found_in(told.decode())
    assert "no-store" in kept, "ASVS 14.3.2"
    look = {"path": "证件号", "reason": "核对", "command_id": "look-by-program"}
    assert json.loads(asked(f"/cases/{cases[0]}/looks", look, token)[0])["value"] == ID
