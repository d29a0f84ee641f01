"""Services as text tables, read by the real reader, and their forms evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.forms import Evaluation, evaluate_form
from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import has_errors
from banshi.rules.policies import FixpointEngine

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STUDENT = Person(
    id="2026001",
    name="陈思远",
    english_name="Chen Siyuan",
    department="化学学院",
    kind="学生",
    attributes={"宿舍": "B2-305"},
)
DIRECTORY = Directory(
    people={"2026001": STUDENT, "t001": Person(id="t001", name="王建国", department="化学学院")},
    departments={"化学学院": Department(name="化学学院", head="t001")},
)
_SETTINGS = "## settings\n| form_id | form_title |\n| test | 测试 |\n"


class Evaluate(Protocol):
    """How tests evaluate a form."""

    def __call__(self, text: str, answers: Mapping[str, object], **more: Any) -> Evaluation:
        """The sheets as text, the answers, and what else `evaluate_form` takes."""
        ...


def service_of(text: str, *, strict: bool = True) -> Service:
    """The service of a text table; with `strict`, the checker must find no error in it."""
    service, faults = load_bytes(workbook_from_text(_SETTINGS + text), "测试.xlsx", DIRECTORY)
    assert service is not None, [(str(item.place), item.message()) for item in faults]
    assert not (strict and has_errors(faults)), [(str(item.place), item.message()) for item in faults]
    return service


def run(service: Service, answers: Mapping[str, object], **more: Any) -> Evaluation:
    """Evaluate with the usual circumstances."""
    facts: dict[str, Any] = {"now": NOW, "person": STUDENT, "engine": FixpointEngine(), **more}
    return evaluate_form(service, answers, **facts)


@pytest.fixture
def evaluate() -> Evaluate:
    """Read a workbook without a fault and evaluate its form once."""
    return lambda text, answers, **more: run(service_of(text), answers, **more)


@pytest.fixture
def evaluate_loosely() -> Evaluate:
    """The same for a workbook that the checker would not let through, such as one whose rules overlap."""
    return lambda text, answers, **more: run(service_of(text, strict=False), answers, **more)


@pytest.fixture(scope="session")
def any_service() -> Any:
    """Read a workbook, each only once."""
    return lru_cache(service_of)


@pytest.fixture
def directory() -> Directory:
    """Two people and a department."""
    return DIRECTORY


def codes(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What is wrong, as (path, code)."""
    return [(error.path, error.code) for error in evaluation.errors]


@pytest.fixture(name="codes")
def codes_fixture() -> Any:
    """What is wrong, as (path, code)."""
    return codes
