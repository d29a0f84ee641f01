"""What the impact says of causes, where a sheet, a row or a unit is another.

1. Points are no money: they are told with their cell, and nobody pays more for them. 2. A choice, a sheet that is gone is
named. 3. A sheet that is only called otherwise makes no difference. 4. A route by money does not blame the points.
"""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.platform.impact.model import Consequence, Impact, ImpactQuestion
from banshi.platform.people.directory import Person

STUDENT, OWNER = "20001", "20005"
PRINTING = """
## settings
| form_id  | form_title | owner  |
| printing | 自助打印   | 设备处 |

## survey
| type          | name | label    | required |
| select_one 楼 | 楼栋 | 楼栋     | yes      |
| decimal       | 次数 | 次数     | yes      |
| decimal       | 公斤 | 废纸公斤 | yes      |

## choices
| list_name | name  | label |
| 楼        | 银杏  | 银杏  |
| 楼        | 海棠  | 海棠  |

## fees.现金
| item | quantity | rate | method |
| 机费 | ${次数}  | 3.55 | flat   |

## fees.积分
| item | quantity | rate | method | round  | unit |
| 积分 | ${公斤}  | 10   | flat   | 1 down | 积分 |

## fees.加急
| item | rate | method | when        |
| 加急 | 2    | fixed  | ${次数} > 9 |

## route
| step | name   | who                | when              |
| 10   | 申请   | initiator          |                   |
| 20   | 打印室 | role:财务处.审核岗 |                   |
| 30   | 保卫处 | role:保卫处.审核岗 | ${fees.total} > 36 |
"""
CASES = [("银杏", "8", "2.16"), ("海棠", "10", "1"), ("银杏", "12", "0.5")]
"""By hand: cash 28.40, 35.50, 42.60, with 2.00 more from ten copies on; points 21, 10, 5."""


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    opened = open_test_hall(tmp_path, services={"printing": PRINTING})
    student = opened.directory.people[STUDENT]
    for number, (building, copies, kilos) in enumerate(CASES):
        answers = {"楼栋": building, "次数": Decimal(copies), "公斤": Decimal(kilos)}
        assert opened.submit(student, "printing", answers, command_id=f"c{number}").done
    return opened


def impact(hall: Hall, text: str) -> Impact:
    owner: Person = hall.directory.people[OWNER]
    run = hall.workshop.begin_impact(owner, "printing.xlsx", workbook_from_text(text), ImpactQuestion())
    for _ in range(1200):
        state = hall.workshop.impact(owner, run)
        if state.over:
            break
        time.sleep(0.05)
    assert state.result is not None, state
    return state.result


def groups(found: Impact) -> dict[str, tuple[int, Decimal, set[Consequence]]]:
    return {
        " ".join(cell.place for cell in group.cells): (group.cases, group.difference, set(group.consequences))
        for group in found.cells
    }


def test_points_are_told_and_are_no_money(hall: Hall) -> None:
    """1: 2.16, 1 and 0.5 kg at 12 give 25, 12, 6 points instead of 21, 10, 5."""
    found = impact(hall, PRINTING.replace("| ${公斤}  | 10   |", "| ${公斤}  | 12   |"))
    assert (found.counts, found.difference) == ({Consequence.AMOUNT: 3}, 0)
    assert groups(found) == {"fees.积分!C2": (3, 0, {Consequence.AMOUNT})}
    said = {note.zh for row in found.rows[Consequence.AMOUNT] for note in row.notes}
    assert said == {"积分：21 → 25 积分", "积分：10 → 12 积分", "积分：5 → 6 积分"}
    assert {(bill.name, bill.old, bill.new) for bill in found.bills if bill.unit} == {("积分", 36, 43)}


def test_less_money_and_more_points_cost_less(hall: Hall) -> None:
    """1: 8, 10 and 12 copies at 3.5 cost 0.40, 0.50, 0.60 less."""
    text = PRINTING.replace("| ${公斤}  | 10   |", "| ${公斤}  | 12   |").replace("| 3.55 |", "| 3.5  |")
    found = impact(hall, text)
    assert (found.counts[Consequence.LESS], Consequence.MORE in found.counts) == (3, False)
    assert found.difference == Decimal("-1.50")


def test_a_choice_that_is_gone_is_named(hall: Hall) -> None:
    """2."""
    found = impact(hall, PRINTING.replace("| 楼        | 银杏  | 银杏  |\n", ""))
    assert found.counts == {Consequence.UNSENT: 2}
    assert groups(found) == {"choices!A2": (2, 0, {Consequence.UNSENT})}


def test_a_tariff_that_is_gone_is_named(hall: Hall) -> None:
    """2: 37.50 was above 36 yuan with the 2.00 that are gone, 35.50 is not; 44.60 stays above as 42.60."""
    start, end = PRINTING.index("## fees.加急"), PRINTING.index("## route")
    found = impact(hall, PRINTING[:start] + PRINTING[end:])
    assert found.counts == {Consequence.LESS: 2, Consequence.ROUTE: 1}
    assert groups(found) == {"fees.加急!A1": (2, Decimal("-4.00"), {Consequence.LESS, Consequence.ROUTE})}


def test_another_name_of_a_sheet_is_no_difference(hall: Hall) -> None:
    """3."""
    found = impact(hall, PRINTING.replace("fees.加急", "fees.急件"))
    assert (found.same, found.counts, groups(found)) == (3, {}, {})


def test_a_route_by_money_does_not_blame_points(hall: Hall) -> None:
    """4: 35.50 + 2 is 37.50, at 3.35 it is 35.50: not above 36 any more."""
    text = PRINTING.replace("| ${公斤}  | 10   |", "| ${公斤}  | 12   |").replace("| 3.55 |", "| 3.35 |")
    found = impact(hall, text)
    assert found.counts[Consequence.ROUTE] == 1
    (places,) = [places for places, (_, _, what) in groups(found).items() if Consequence.ROUTE in what]
    assert places == "fees.现金!C2"
