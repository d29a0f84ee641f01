"""What a decision came to, in lines for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from banshi.platform.audit.telling import told

D = Decimal
POLICY = {
    "facts": {"需现场核查": True, "管制类别": ["易制毒", "易制爆"]},
    "findings": [
        {"id": "D03", "verdict": "warn", "message": "人均达到 80 kWh。", "message_en": "80 kWh a head.", "checked": True},
        {"id": "H07", "verdict": "require", "message": "缺少备案。", "message_en": "", "checked": False},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "outputs", "language", "lines"),
    [
        ("table", {"预警等级": "异常", "现场": True, "备注": None}, "zh", ["预警等级 = 异常", "现场 = 是", "备注 = —"]),
        ("table", [{"材料": "发票"}, {"材料": "合同"}], "zh", ["材料 = 发票", "材料 = 合同"]),
        ("table", D("90.5"), "en", ["电费 = 90.5"]),
        ("table", None, "zh", ["没有适用的行"]),
        ("table", [], "en", ["No row applies"]),
        ("tariff", {"夏季": D(0), "阶梯": D("423.40000"), "电费.total": D("423.4")}, "zh", ["阶梯 = 423.40", "合计 = 423.40"]),
        ("tariff", {"电费.total": 0}, "zh", ["合计 = 0.00"]),
        ("tariff", {"单价": D("0.6980"), "电费.total": None}, "en", ["单价 = 0.698", "Total = —"]),
        ("policy", POLICY, "zh", ["D03 提醒：人均达到 80 kWh。", "H07 未核查：缺少备案。", "需现场核查", "管制类别 = 易制毒、易制爆"]),
        ("policy", POLICY, "en", ["D03 warn: 80 kWh a head.", "H07 not checked: 缺少备案。", "需现场核查", "管制类别 = 易制毒, 易制爆"]),
        ("policy", {"facts": {}, "findings": []}, "en", ["Nothing to note"]),
    ],
)  # fmt: skip
def test_told(kind: str, outputs: Any, language: str, lines: list[str]) -> None:
    assert list(told(kind, "电费", outputs, language)) == lines
