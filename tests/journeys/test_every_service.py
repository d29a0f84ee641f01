"""Every shipped service in a browser: a form that an example fills in is gone through, sent and decided on.

E1 the applicant finds her draft, goes from page to page, sends it and sees her case; who is asked next agrees on its page, as far as a step
wants nothing but that. What a step wants filled in is said through the facade, as the example has it, or another example of the service. In the
end nobody is asked any more. Students and those who work outside (keepers, drivers, repair workers) are on a phone, offices at a desktop; nothing
goes wrong in the page, and axe finds nothing in the form, the review and the case.
`class-sign` is opened by the scan of a live code alone: `tests/ui/test_live_codes_journey.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, PHONE, Visitor, violations

from banshi.platform.forms.rights import spread, withheld, without
from banshi.platform.hall import Hall
from banshi.platform.service.model import Field, Service
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE, Kind
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import TaskFilter
from banshi.storage.sql import SqlStore

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name for path in (ROOT / "definitions").iterdir() if path.is_dir())
SERVICES = [name for name in SERVICES if name not in ("organisation", "calendar", "class-sign")]
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc000000114944415478da633871f61256c430b424001"
    "0cc99c17a24060e0000000049454e44ae426082"
)
OUTSIDE = ("宿管员", "驾驶员", "维修工")
"""The roles of people who are not at a desk."""
MOST_STEPS = 20
MOST_TRIES = 12
pytestmark = [pytest.mark.soak, pytest.mark.browser, pytest.mark.timeout(300)]


@dataclass
class Campus:
    """A hall in a process of its own, another on the same store in this one, and what was prepared for each service."""

    url: str
    hall: Hall
    store: SqlStore
    prepared: dict[str, tuple[str, Mapping[str, Any]]]


def opened(folder: Path) -> tuple[Hall, SqlStore]:
    store = SqlStore(folder / "data" / "banshi.sqlite")
    hall = Hall(
        store=store,
        attachments=AttachmentFolder(folder / "data" / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        log_key=folder / "data" / "log-key.pem",
    )
    hall.scan()
    return hall, store


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    folder = tmp_path_factory.mktemp("campus")
    shutil.copytree(ROOT / "definitions", folder / "definitions")
    (folder / "data").mkdir()
    hall, store = opened(folder)
    prepared = {name: found for name in SERVICES if (found := prepare(hall, name)) is not None}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "BANSHI_PORT": str(port),
        "BANSHI_DATA": str(folder / "data"),
        "BANSHI_DEFINITIONS": str(folder / "definitions"),
    }
    around = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI"))}
    with (folder / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "run.py")], env=around | settings, stdout=log, stderr=log, cwd=folder
        )
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "log.txt").read_text(encoding="utf-8")
                time.sleep(0.5)
        with closing(hall):
            yield Campus(url, hall, store, prepared)
        server.terminate()
        server.wait(20)


def prepare(hall: Hall, name: str) -> tuple[str, Mapping[str, Any]] | None:
    """The draft of the first example that can be sent now: its applicant, and all that it fills in."""
    service = hall._library.service(name)
    for example in service.examples:
        person = hall.directory.people.get(example.applicant)
        if person is None or "error" in example.expect:
            continue
        whole = dict(service.reader.answers(example.answers)[0])
        answers = with_files(hall, person, without(whole, service, withheld(service)))
        if not hall._desk.filled(service, answers, person, "zh").errors:
            hall.save_draft(person, name, answers, service.sha256)
            return person.id, whole
    return None


def with_files(hall: Hall, person: Any, value: Any) -> Any:
    match value:
        case {"id": str(known), "name": str(name)} if known.startswith("example-"):
            return hall.attach(person, f"{Path(name).stem}.png", iter([PICTURE]))
        case Mapping():
            return {key: with_files(hall, person, item) for key, item in value.items()}
        case list():
            return [with_files(hall, person, item) for item in value]
        case _:
            return value


@pytest.mark.parametrize("name", SERVICES)
def test_e1_a_form_is_sent_and_decided_on(browser: Browser, campus: Campus, name: str) -> None:
    assert name in campus.prepared, "no example can be sent now"
    applicant, whole = campus.prepared[name]
    visitor = Visitor(browser, campus.url, applicant, device(campus, applicant))
    page = visitor.go(f"/services/{name}/apply")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".bf-actions .bf-primary")).to_be_visible()
    assert violations(page) == []
    number = send(page)
    page.get_by_text("查看办理进度").click()
    page.wait_for_url("**/cases/*")
    expect(page.get_by_text(number).first).to_be_visible()
    assert violations(page) == []
    case_id = page.url.rpartition("/")[2]
    visitor.done()
    for _ in range(MOST_STEPS):
        if not decide(browser, campus, name, case_id, whole):
            break
    assert tasks(campus, case_id) == []


def device(campus: Campus, person_id: str) -> dict[str, int]:
    """What somebody holds in her hands."""
    person = campus.hall.directory.people[person_id]
    outside = any(role.rpartition(".")[2] in OUTSIDE for role in person.roles)
    return PHONE if outside or person.kind == "学生" else DESKTOP


def send(page: Page) -> str:
    """Go to the end of the form, and send it; the number of the case."""
    submit = page.get_by_role("button", name="提交", exact=True)
    for _ in range(12):
        if submit.count():
            break
        step = page.locator(".bf-step-now").inner_text() if page.locator(".bf-step-now").count() else ""
        page.locator(".bf-actions .bf-primary").click()
        if step:
            expect(page.locator(".bf-step-now")).not_to_have_text(step)
        else:
            page.wait_for_timeout(1000)
    expect(submit).to_be_visible()
    assert violations(page) == []
    submit.click()
    expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
    return page.locator(".done-number .strong").inner_text()


def tasks(campus: Campus, case_id: str) -> list[Any]:
    return [row.task for row in campus.store.tasks(TaskFilter(case_id=case_id, state="open"), size=50)[0]]


def decide(browser: Browser, campus: Campus, name: str, case_id: str, whole: Mapping[str, Any]) -> bool:
    """Who is asked agrees; whether anything was done."""
    waiting = tasks(campus, case_id)
    if not waiting:
        return False
    task, service = waiting[0], campus.hall._library.service(name)
    step = service.routing.step(task.step_id)
    if not (step.require or step.edit or step.opinion_required or step.signature):
        visitor = Visitor(browser, campus.url, task.person, device(campus, task.person))
        page = visitor.go(f"/cases/{case_id}")
        page.get_by_role("button", name=re.compile("^(同意|确认|办理完成)$")).click()
        expect(page.locator(".notice-success")).to_contain_text("已处理")
        visitor.done()
        return True
    filled(campus, service, case_id, task, whole)
    return True


def something(service: Service, item: Field, person: str) -> Any:
    """What an office may write where the example says nothing."""
    if item.choices:
        name = service.survey.choices[item.choices][0].name if item.choices in service.survey.choices else ""
        return [name] if item.type == "select_multiple" else name
    if item.type in ("file", "image"):
        return {"id": "example-", "name": "照片"}
    now = datetime.now(CAMPUS_ZONE)
    usual = {
        Kind.NUMBER: 1,
        Kind.DATE: f"{now:%Y-%m-%d}",
        Kind.DATETIME: f"{now:%Y-%m-%dT%H:%M}",
        Kind.BOOLEAN: True,
    }
    return usual.get(item.kind, person if item.type == "person" else "已核对，编号 2026-118")


def filled(campus: Campus, service: Service, case_id: str, task: Any, whole: Mapping[str, Any]) -> None:
    """The same with what the step wants: as the example has it, or another one, or else something that fits."""
    person = campus.hall.directory.people[task.person]
    step = service.routing.step(task.step_id)
    wanted, required = spread(service, (*step.edit, *step.require)), spread(service, step.require)
    left = {key: candidates(service, key, task.person, whole) for key in wanted}
    said = {key: whole[key] for key in wanted if whole.get(key) not in (None, "", [])}
    said |= {key: left[key].pop(0) for key in required - set(said) if left[key]}
    for turn in range(MOST_TRIES):
        seq = campus.hall.case(person, case_id).seq
        answers = with_files(campus.hall, person, said)
        told = {
            "answers": answers,
            "opinion": "已核对，同意办理",
            "command_id": f"{case_id}-{task.id}-{turn}",
            "seq": seq,
        }
        receipt = campus.hall.act(person, case_id, task.id, "approve", **told)
        if receipt.done:
            return
        wrong = {re.split(r"[\[.]", problem.path)[0] for problem in receipt.problems}
        more = {key: left[key].pop(0) for key in wrong & set(left) if left[key]}
        assert more, (task.step_id, said, [f"{one.path}: {one.message}" for one in receipt.problems])
        said |= more
    pytest.fail(f"step {task.step_id}: {MOST_TRIES} tries")


def candidates(service: Service, key: str, person: str, whole: Mapping[str, Any]) -> list[Any]:
    """What a question may be answered with, the most likely first."""
    others = [dict(service.reader.answers(one.answers)[0]) for one in service.examples if "error" not in one.expect]
    found = [one[key] for one in (whole, *others) if one.get(key) not in (None, "", [])]
    fields = {item.name: item for item, around in service.survey.walk() if isinstance(item, Field) and not around}
    if key in fields:
        usual = something(service, fields[key], person)
        found += [usual, 100, "https://mooc.example.edu.cn/course/118", "13800000001"]
    return [one for at, one in enumerate(found) if one not in found[:at]]
