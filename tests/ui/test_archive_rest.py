"""The file of an ended case over REST: the ZIP and the PDF of its page, for those who answer for its service, and in time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from halls import open_test_hall

from banshi.platform.hall import Hall
from banshi.ui.settings import Settings

STUDENT, OWNER, AUDITOR = "20001", "20005", "20006"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def test_the_file_of_a_case(web: httpx.AsyncClient, hall: Hall) -> None:
    student = hall.directory.people[STUDENT]
    sent = hall.submit(student, "borrowing", {"用途": "测试", "天数": 3}, command_id="a")
    path = f"/api/v1/cases/{sent.case_id}/archive"
    assert (await web.get(path)).status_code == 401
    owner = await bearer(web, OWNER)
    early = await web.get(path, headers=owner)
    assert (early.status_code, early.json()["detail"]) == (422, "办件还没有办完，不能归档。")
    assert hall.withdraw(student, sent.case_id, seq=sent.seq, command_id="w").done
    assert (await web.get(path, headers=await bearer(web, STUDENT))).status_code == 403
    assert (await web.get(path, headers=owner, params={"kind": "docx"})).status_code == 422
    assert (await web.get("/api/v1/cases/nosuch/archive", headers=owner)).status_code == 404
    whole = await web.get(path, headers=await bearer(web, AUDITOR))
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/zip")
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    page = await web.get(path, headers=owner, params={"kind": "pdf"})
    assert (page.status_code, page.headers["content-type"], page.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert sent.number in page.headers["content-disposition"]
    shown = await web.get(f"/cases/{sent.case_id}/archive.pdf", headers=owner)
    assert (shown.status_code, shown.content[:5]) == (200, b"%PDF-")
