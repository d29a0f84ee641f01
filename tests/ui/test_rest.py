"""Doors, files and the REST interface.

1. Nobody gets anything without a session; a bearer token and the cookie are equally good.
2. What the hall declines comes back with its status and a sentence in the language asked for.
3. Numbers keep their digits both ways.
4. A form sent twice has one effect. What cannot be sent comes back with its problems.
5. Uploads stop at their limits; only owners upload workbooks; a filled-in template stays with the session it came in.
6. Exports are downloads with a safe name.
7. A form is filled in by Excel over REST as on its page.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fake_hall import FakeHall
from prometheus_client.parser import text_string_to_metric_families

from banshi.platform.views import Receipt

STUDENT, HEAD, OWNER, AUDITOR = "S20230117", "10310", "10311", "10811"
ADMINISTRATOR = "90001"


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    assert answer.status_code == 201
    return {"authorization": f"Bearer {answer.json()['token']}"}


@pytest.mark.parametrize(
    "path",
    ["/api/v1/services", "/api/v1/cases", "/api/v1/tasks", "/api/v1/decisions", "/files/F1", "/export/log.csv", "/workbooks/a/b",
     "/services/seal/template.xlsx", "/services/seal/fillings/x",
     "/api/v1/fillings/seal/template.xlsx", "/services/seal/media/a.png", "/cases/C1/media/a.png"],
)  # fmt: skip
async def test_1_nothing_without_a_session(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path)).status_code == 401
    assert (await web.get(path, headers={"authorization": "Bearer nonsense"})).status_code == 401


async def test_1_a_page_without_a_session_leads_to_sign_in_and_back(web: httpx.AsyncClient) -> None:
    answer = await web.get("/export/log.csv?q=电", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/export/log.csv")


async def test_1_the_cookie_of_the_sign_in_page(web: httpx.AsyncClient) -> None:
    answer = await web.post("/sign-in", data={"person": STUDENT, "next": "/cases"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await web.get("/api/v1/cases")).status_code == 200
    await web.post("/sign-out")
    assert (await web.get("/api/v1/cases")).status_code == 401


async def test_sign_in_leads_to_no_other_site(web: httpx.AsyncClient) -> None:
    answer = await web.post("/sign-in", data={"person": STUDENT, "next": "//evil.example"})
    assert answer.headers["location"] == "/"


async def test_only_demo_people_and_only_in_a_demonstration(web: httpx.AsyncClient, settings: Any) -> None:
    assert (await web.post("/api/v1/sessions", json={"person": "nobody"})).status_code == 404
    settings.demo = False
    assert (await web.post("/api/v1/sessions", json={"person": STUDENT})).status_code == 403
    assert (await web.post("/sign-in", data={"person": STUDENT})).status_code == 403
    assert "陈思远" not in (await web.get("/sign-in")).text


async def test_the_sign_in_page_shows_people_and_escapes_them(
    web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fake_hall

    evil = fake_hall.person("X1", "<script>alert(1)</script>", "", '"><img src=x>', "", "")
    monkeypatch.setattr(fake_hall, "PEOPLE", [*fake_hall.PEOPLE, evil])
    page = (await web.get("/sign-in?next=/cases")).text
    assert "陈思远" in page
    assert 'name="next" value="/cases"' in page
    assert "<script" not in page
    assert "<img" not in page


async def test_2_what_the_hall_declines(web: httpx.AsyncClient) -> None:
    head = await bearer(web, STUDENT)
    for path, status in [
        ("services/nowhere", 404),
        ("services/forbidden", 403),
        ("decisions", 403),
        ("owned", 403),
        ("what", 404),
    ]:
        answer = await web.get(f"/api/v1/{path}", headers=head)
        assert answer.status_code == status
        assert answer.json()["detail"]
    zh = await web.get("/api/v1/services/nowhere", headers=head)
    en = await web.get("/api/v1/services/nowhere", headers={**head, "accept-language": "en"})
    assert zh.json()["detail"] == "没有找到服务“nowhere”。"
    assert en.json()["detail"] == "There is no service “nowhere”."


async def test_2_somebody_was_faster(web: httpx.AsyncClient, hall: FakeHall) -> None:
    head = await bearer(web, HEAD)
    hall.faster = True
    deed = {"action": "approve", "seq": 4, "command_id": "command-1"}
    answer = await web.post("/api/v1/cases/C1/tasks/T1", headers=head, json=deed)
    assert answer.status_code == 409
    assert "韩雪" in answer.json()["detail"]
    assert hall.acts == []


async def test_3_numbers_keep_their_digits(web: httpx.AsyncClient, hall: FakeHall) -> None:
    head = await bearer(web, STUDENT)
    text = (await web.get("/api/v1/cases/C1", headers=head)).text
    assert '"total": 38.39' in text
    assert '"amount": 9.60' in text
    body = '{"answers": {"amount": 0.1000000000000000055}, "version": ""}'
    await web.put("/api/v1/services/seal/draft", headers=head, content=body)
    assert str(hall.saved[STUDENT, "seal"][0]["amount"]) == "0.1000000000000000055"


async def test_3_of_a_colleague_only_the_name_goes_out(web: httpx.AsyncClient) -> None:
    steps = (await web.get("/api/v1/cases/C1", headers=await bearer(web, STUDENT))).json()["steps"]
    assert set(steps[0]["people"][0]) == {"id", "name", "english_name", "department"}


async def test_4_a_form_sent_twice_has_one_effect(web: httpx.AsyncClient, hall: FakeHall) -> None:
    head = await bearer(web, STUDENT)
    sent = {"answers": {"instrument": "显微镜"}, "command_id": "command-1"}
    first = await web.post("/api/v1/services/large-instrument/cases", headers=head, json=sent)
    again = await web.post("/api/v1/services/large-instrument/cases", headers=head, json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert len(hall.receipts) == 1


async def test_4_problems_come_back(web: httpx.AsyncClient) -> None:
    sent = {"answers": {}, "command_id": "command-1"}
    answer = await web.post("/api/v1/services/seal/cases", headers=await bearer(web, STUDENT), json=sent)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "instrument"


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"[]", b'{"answers": 1, "command_id": "command-1"}', b'{"answers": {}}', b"[" * 100000,
                b'{"answers": {}, "command_id": "command-1", "more": 1}', b'{"answers": {}, "command_id": "../../etc"}'],
)  # fmt: skip
async def test_4_an_unreadable_body_is_told_so(web: httpx.AsyncClient, content: bytes) -> None:
    answer = await web.post("/api/v1/services/seal/cases", headers=await bearer(web, STUDENT), content=content)
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


async def test_5_an_attachment_comes_and_stays_private(web: httpx.AsyncClient, hall: FakeHall) -> None:
    head = await bearer(web, STUDENT)
    form = await web.post("/files", headers=head, files={"file": ("成绩单.pdf", b"x" * 900)})
    bare = await web.post("/files", headers={**head, "x-file-name": "%E6%88%90.pdf"}, content=b"y" * 1000)
    assert [answer.status_code for answer in (form, bare)] == [200, 200]
    assert form.json() == {"id": form.json()["id"], "name": "成绩单.pdf", "size": 900, "type": "application/pdf"}
    assert bare.json()["name"] == "成.pdf"
    other = await web.get(f"/files/{form.json()['id']}", headers=await bearer(web, HEAD))
    assert other.status_code == 403


async def test_5_uploads_stop_at_their_limits(web: httpx.AsyncClient, hall: FakeHall) -> None:
    head = await bearer(web, OWNER)
    too_much = b"x" * 1001
    assert (await web.post("/files", headers=head, content=too_much)).status_code == 413
    assert (await web.post("/files", headers=head, files={"file": ("a", too_much)})).status_code == 413
    assert (await web.post("/workbooks", headers=head, content=b"x" * 2001)).status_code == 413
    several = [("file", ("a.xlsx", b"x" * 1500)), ("file", ("b.csv", b"x" * 501))]
    assert (await web.post("/workbooks/together", headers=head, files=several)).status_code == 413
    assert hall.files == {}


async def test_5_only_owners_upload_workbooks_with_their_files(web: httpx.AsyncClient) -> None:
    files = [("file", ("../a.xlsx", b"xy")), ("file", ("学生.csv", b"z"))]
    refused = await web.post("/workbooks/together", headers=await bearer(web, STUDENT), files=files)
    taken = await web.post("/workbooks/together", headers=await bearer(web, OWNER), files=files)
    assert refused.status_code == 403
    assert {**taken.json(), "id": ""} == {"id": "", "name": "a.xlsx", "size": 3}


async def test_5_only_owners_upload_workbooks(web: httpx.AsyncClient) -> None:
    assert (await web.post("/workbooks", headers=await bearer(web, STUDENT), content=b"x")).status_code == 403
    head = await bearer(web, OWNER)
    assert (await web.post("/workbooks", headers=head, content=b"x")).json()["size"] == 1
    bad = await web.post("/api/v1/workbooks?name=a.xlsx", headers=head, content=b"bad")
    good = await web.post("/api/v1/workbooks?name=a.xlsx", headers=head, content=b"good")
    assert (bad.status_code, good.status_code) == (422, 201)
    fault = bad.json()["report"]["diagnostics"][0]
    assert (fault["sheet"], fault["cell"], fault["severity"]) == ("survey", "F12", "error")
    assert fault["remedy"]["en"] == "Did you mean usage? Please correct the cell."


@pytest.mark.parametrize("path", ["/workbooks/new.xlsx", "/api/v1/workbooks/new.xlsx"])
async def test_5_only_owners_begin_a_service(web: httpx.AsyncClient, path: str) -> None:
    owner, student = await bearer(web, OWNER), await bearer(web, STUDENT)
    made = await web.get(path, params={"title": "印章使用"}, headers=owner)
    assert (made.status_code, made.content) == (200, b"PK")
    assert made.headers["content-disposition"].endswith("%E5%8D%B0%E7%AB%A0%E4%BD%BF%E7%94%A8.xlsx")
    assert (await web.get(path, params={"title": "印章使用"}, headers=student)).status_code == 403
    assert (await web.get(path, params={"title": "印章使用"})).status_code == 401
    assert (await web.get(path, headers=owner)).status_code == 422


async def test_5_a_filled_in_template_stays_with_its_session(web: httpx.AsyncClient) -> None:
    student, other = await bearer(web, STUDENT), await bearer(web, HEAD)
    sent = await web.post("/fillings", content=b"PK filled", headers={**student, "x-file-name": "seal.xlsx"})
    address = f"/services/seal/fillings/{sent.json()['id']}"
    found = await web.get(address, headers=student)
    assert (found.status_code, found.content) == (200, b"PK filled")
    assert found.headers["content-disposition"].startswith("attachment")
    assert (await web.get(address, headers=other)).status_code == 404
    assert (await web.get(address.replace("seal", "forbidden"), headers=student)).status_code == 403
    large = await web.post("/fillings", content=bytes(2 * 1024 * 1024 + 1), headers=student)
    assert large.status_code == 413
    assert large.json()["detail"] == "文件超过 2 MB，没有收下。请压缩或拆分后再上传。"


async def test_6_exports_are_downloads(web: httpx.AsyncClient) -> None:
    head = await bearer(web, AUDITOR)
    answer = await web.get("/export/log.csv?q=电费", headers=head)
    assert answer.content == b"a,b\r\n1,2\r\n"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''rule-log.csv"
    assert (await web.get("/export/log.exe", headers=head)).status_code == 404
    assert (await web.get("/api/v1/exports/decisions.xlsx", headers=head)).status_code == 200
    assert (await web.get("/workbooks/lab-chemicals/abc", headers=head)).content == b"PK-workbook"


async def test_health_is_open_and_says_little(web: httpx.AsyncClient) -> None:
    assert (await web.get("/healthz")).json() == {"ok": True}
    assert (await web.get("/api/v1/health")).json() == {"ok": True}


async def test_an_administrator_reads_the_metrics(web: httpx.AsyncClient) -> None:
    told = await web.get("/api/v1/metrics", headers=await bearer(web, ADMINISTRATOR))
    assert told.status_code == 200
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    read = {one.name: one.samples for one in text_string_to_metric_families(told.text)}
    assert [(one.labels, one.value) for one in read["banshi_cases"]] == [({"state": "open"}, 12.0)]
    assert read["process_resident_memory_bytes"][0].value > 1_000_000
    assert (await web.get("/api/v1/metrics", headers=await bearer(web, STUDENT))).status_code == 403
    assert (await web.get("/api/v1/metrics")).status_code == 401


async def test_an_error_inside_is_not_shown(
    web: httpx.AsyncClient, hall: FakeHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = await bearer(web, STUDENT)
    monkeypatch.setattr(hall, "my_cases", lambda *_, **__: 1 / 0)
    program = await web.get("/api/v1/cases", headers=head)
    assert program.status_code == 500
    assert "division" not in program.text


async def test_the_language_is_remembered(web: httpx.AsyncClient) -> None:
    answer = await web.get("/language/en?next=/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "Welcome to the service hall" in (await web.get("/sign-in")).text
    assert (await web.get("/language/xx?next=https://evil.example")).headers["location"] == "/"


async def test_4_whom_the_applicant_chose_goes_along(web: httpx.AsyncClient, hall: FakeHall) -> None:
    headers = await bearer(web, STUDENT)
    form = {"answers": {"instrument": "离心机"}, "command_id": "chosen-0001", "chosen": {"30": ["10310", "10311"]}}
    assert (await web.post("/api/v1/services/large-instrument/cases", json=form, headers=headers)).status_code == 201
    assert hall.chosen == {"30": ["10310", "10311"]}
    wrong = {**form, "chosen": {"30": "10310"}}
    assert (await web.post("/api/v1/services/large-instrument/cases", json=wrong, headers=headers)).status_code == 422


async def test_7_a_form_filled_in_by_excel(web: httpx.AsyncClient) -> None:
    student = await bearer(web, STUDENT)
    template = await web.get("/api/v1/fillings/seal/template.xlsx", headers=student)
    assert template.content.startswith(b"PK")
    assert template.headers["content-disposition"].startswith("attachment")
    checked = await web.post("/api/v1/fillings/seal/check?name=盖章.xlsx", content=template.content, headers=student)
    told = checked.json()
    assert (checked.status_code, told["file"], told["sendable"]) == (200, "盖章.xlsx", 1)
    assert [row["state"] for row in told["rows"]] == ["sent", "faulty", "ready"]
    assert told["rows"][1]["diagnostics"][0]["remedy"]
    sent = await web.post("/api/v1/fillings/seal", params={"version": told["version"]}, content=b"PK", headers=student)
    assert sent.status_code == 422  # a row is faulty still
    assert [row["state"] for row in sent.json()["rows"]] == ["sent", "faulty", "sent"]
    assert (
        await web.post("/api/v1/fillings/seal", content=b"PK", headers=student)
    ).status_code == 422  # which version?
    marked = await web.post("/api/v1/fillings/seal/marked", content=b"PK marked", headers=student)
    assert marked.content == b"PK marked"
    large = await web.post("/api/v1/fillings/seal/check", content=bytes(2 * 1024 * 1024 + 1), headers=student)
    assert large.status_code == 413


async def test_open_cases_are_moved_by_their_owner(web: httpx.AsyncClient) -> None:
    owner = await bearer(web, OWNER)
    plan = (await web.get("/api/v1/owned/seal/moves", headers=owner)).json()
    assert [(row["then"], bool(row["obstacles"])) for row in plan["items"]] == [(["财务处"], False), ([], True)]
    asked = {"cases": ["C1", "C2"], "note": "办法修订", "command_id": "command-move-1"}
    answer = await web.post("/api/v1/owned/seal/moves", json=asked, headers=owner)
    assert answer.json() == [{"case": "C1", "done": True, "why": ""}, {"case": "C2", "done": False, "why": "办法修订"}]
    assert (
        await web.post("/api/v1/owned/seal/moves", json=asked, headers=await bearer(web, STUDENT))
    ).status_code == 403
    assert (await web.post("/api/v1/owned/seal/moves", json={"cases": []}, headers=owner)).status_code == 422


async def test_2_a_case_is_opened_again_or_given_up(
    web: httpx.AsyncClient, hall: FakeHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def again(person: Any, case_id: str, key: str, **how: Any) -> Receipt:
        asked.append((person.id, case_id, key, how))
        return Receipt(done=True, case_id=case_id, number="2026000001", seq=9)

    monkeypatch.setattr(hall, "open_again", again, raising=False)
    head = await bearer(web, HEAD)
    answer = await web.post(
        "/api/v1/cases/C1/openings", headers=head, json={"key": "20.1.0.3", "give_up": True, "command_id": "command-1"}
    )
    assert (answer.status_code, answer.json()["seq"]) == (200, 9)
    assert asked == [(HEAD, "C1", "20.1.0.3", {"give_up": True, "command_id": "command-1"})]
    assert (await web.post("/api/v1/cases/C1/openings", headers=head, json={"key": ""})).status_code == 422


async def test_6_statistics_are_for_those_who_answer_for_a_service(web: httpx.AsyncClient) -> None:
    owner, student = await bearer(web, OWNER), await bearer(web, STUDENT)
    told = (await web.get("/api/v1/statistics", headers=owner)).json()
    assert (told["total"]["cases"], told["steps"][0]["worktime"]["median"]) == (120, 20_000)
    assert '"refusal_rate": 0.0833' in (await web.get("/api/v1/statistics", headers=owner)).text  # every digit
    for address in ("/api/v1/exports/statistics/steps.csv", "/export/statistics/steps.csv"):
        answer = await web.get(f"{address}?since=2026-09-01&step=20", headers=owner)
        assert (answer.status_code, answer.text) == (200, "2026-09-01,20")
        assert (await web.get(f"{address}?since=yesterday", headers=owner)).status_code == 422
        assert (await web.get(address.replace("csv", "exe"), headers=owner)).status_code == 404
        assert (await web.get(address, headers=student)).status_code == 403
        assert (await web.get(address)).status_code == 401
    assert (await web.get("/api/v1/statistics", headers=student)).status_code == 403


async def test_6_statistics_refuse_what_asks_for_nothing(web: httpx.AsyncClient) -> None:
    """Whoever writes `service` for `service_id` does not get the figures of every service."""
    owner = await bearer(web, OWNER)
    for address in ("/api/v1/statistics", "/api/v1/exports/statistics/steps.csv"):
        answer = await web.get(f"{address}?service=borrowing", headers=owner)
        assert answer.status_code == 422
        (fault,) = answer.json()["detail"]
        assert fault["where"] == "query.service"
        assert "service_id" in fault["what"]
    assert (await web.get("/api/v1/statistics?service_id=borrowing&language=en", headers=owner)).status_code == 200


async def test_the_board_is_for_the_head_of_a_unit(web: httpx.AsyncClient) -> None:
    head, student = await bearer(web, HEAD), await bearer(web, STUDENT)
    board = (await web.get("/api/v1/board", headers=head)).json()
    assert [load["name"] for load in board["loads"]] == ["韩雪", "唐建业"]
    assert (board["page"]["items"][0]["seen"], board["page"]["items"][0]["task"]["title"]) == (False, "")
    assert (await web.get("/api/v1/board", headers=student)).status_code == 403
    asked = {"tasks": ["T1"], "to": OWNER, "command_id": "handing-over-1"}
    answer = await web.post("/api/v1/board", headers=head, json=asked)
    assert answer.json() == [{"task": "T1", "done": True, "why": ""}]
    assert (await web.post("/api/v1/board", headers=head, json={**asked, "tasks": []})).status_code == 422
