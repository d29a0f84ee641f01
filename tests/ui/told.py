"""What the server says of answers, as a browser gets it: the real evaluation, for forms that stand on a page without a hall."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workbooks import workbook_from_text

from banshi.platform.forms import evaluate_form
from banshi.platform.sheets import load_bytes
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import dumps, loads
from banshi.ui.components.form import for_browser


def server(text: str, answers: dict[str, Any]) -> dict[str, Any]:
    """What the real server says of answers, as it comes over the wire."""
    settings = "## settings\n| form_id | form_title |\n| t | 测试申请 |\n"
    service, faults = load_bytes(workbook_from_text(settings + text), "测试.xlsx")
    assert service is not None, faults
    now = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = evaluate_form(service, answers, now=now, engine=FixpointEngine())
    return for_browser(loads(dumps(found.to_json())))
