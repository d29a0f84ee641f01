"""Registers: what cases have taken is seen by the forms of others, at once, and by two at once by one of them.

1. A row is there from the sending of its case until that is refused or withdrawn (or from its approval); its own case does not see it.
2. Of many who send at once what only one may have, one gets it; on a store of either kind.
3. One register reads those of other services; a row of a repeat is a row of the register.
4. Cases that are older than the register are in it, and what its definition says anew holds for all.
5. Looking rows up by a key gives what going through all of them gives.
8. The condition of a job reads registers as they are when its row is come to; the rest of the job reads none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from clocked import CAMPUS, Clock, fire
from halls import open_test_hall, write
from hypothesis import given
from hypothesis import strategies as st

from banshi.platform.cases.registering import LiveDataset
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.values import ErrorValue
from banshi.storage.contract import CaseFilter

STUDENT, HEAD, OTHER, OWNER = "20001", "20002", "20003", "20005"
CARS = """
## settings
| form_id | form_title | owner  | number         |
| car     | 用车预约   | 设备处 | YC{yyyy}{0001} |

## survey
| type    | name | label    | required | calculation | constraint | constraint_message |
| text    | 车辆 | 车牌     | yes      |             |            |                    |
| date    | 出发 | 出发日期 | yes      |             |            |                    |
| calculate | 冲突 |        |          | count(instance('占用')/root/item[车辆 = ${车辆} and 开始 <= ${返回} and 结束 >= ${出发}]) | | |
| date    | 返回 | 返回日期 | yes      |             | ${冲突} = 0 | 这辆车这几天已经约出去了 |
| calculate | 谁约了 |      |          | join('、', instance('占用')/root/item[车辆 = ${车辆}]/单号) | | |

## data.占用
| 台账 | 在办 |
| 取值 | 开始=出发; 结束=返回; 单号=办件.单号 |
| 车辆* | 开始 | 结束 | 单号 |
| 粤A00001 | 2026-09-01 | 2026-09-03 | 手工 |

## route
| step | name       | who            | same |
| 10   | 申请       | initiator      |      |
| 20   | 学院负责人 | head(申请部门) |      |
"""
CLAIMS = """
## settings
| form_id | form_title | owner  | number         |
| claim   | 费用报销   | 财务处 | BX{yyyy}{0001} |

## survey
| type         | name     | label    | required | constraint | constraint_message |
| text         | 事由     | 事由     | yes      |            |                    |
| begin_repeat | 发票     | 发票     |          |            |                    |
| text         | 发票号码 | 发票号码 | yes      | pulldata('发票', '单号', '发票号码', .) = '' | 这张发票已经报过了 |
| money        | 金额     | 金额     | yes      |            |                    |
| end_repeat   |          |          |          |            |                    |

## data.发票
| 台账 | 在办 |
| 明细 | 发票 |
| 条件 | ${金额} > 0 |
| 取值 | 单号=case.number |
| 取自 | trip |
| 发票号码* | 单号 |

## route
| step | name       | who            |
| 10   | 申请       | initiator      |
| 20   | 学院负责人 | head(申请部门) |
"""
TRIPS = CLAIMS.replace("| claim   | 费用报销", "| trip    | 出差报销").replace("| 取自 | trip |", "| 取自 | claim |")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"car": CARS, "claim": CLAIMS, "trip": TRIPS})
    assert {"car", "claim", "trip"} <= set(opened._library.live), {
        name: [str(one) + one.message() for one in report.diagnostics]
        for name, report in opened._library.faulty().items()
    }
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def book(hall: Hall, car: str, first: str, last: str, person: str = STUDENT, command: str = ""):
    answers = {"车辆": car, "出发": first, "返回": last}
    return hall.submit(who(hall, person), "car", answers, command_id=command or f"{person}{car}{first}{last}")


def decide(hall: Hall, case_id: str, action: str, person: str = HEAD, **more: object) -> None:
    case = hall.case(who(hall, person), case_id)
    receipt = hall.act(
        who(hall, person),
        case_id,
        case.tasks[0].id,
        action,
        seq=case.seq,
        command_id=f"{case_id}{action}{case.seq}",
        **more,
    )
    assert receipt.done, receipt.problems


def test_1_what_others_have_taken_is_taken_until_it_is_given_back(hall):
    first = book(hall, "粤A00001", "2026-09-04", "2026-09-06")
    assert first.done, first.problems
    (problem,) = book(hall, "粤A00001", "2026-09-06", "2026-09-08", OTHER).problems
    assert (problem.path, problem.message) == ("返回", "这辆车这几天已经约出去了")
    assert book(hall, "粤A00001", "2026-09-03", "2026-09-03", OTHER).problems, "the row of the sheet counts as well"
    assert book(hall, "粤A00002", "2026-09-06", "2026-09-08", OTHER).done, "another car"
    assert book(hall, "粤A00001", "2026-09-07", "2026-09-08", OTHER).done, "other days"
    decide(hall, first.case_id, "refuse", opinion="改期")
    again = book(hall, "粤A00001", "2026-09-04", "2026-09-06", OTHER, "again")
    assert again.done, again.problems
    case = hall.case(who(hall, OTHER), again.case_id)
    hall.withdraw(who(hall, OTHER), again.case_id, seq=case.seq, command_id="withdraw")
    assert book(hall, "粤A00001", "2026-09-04", "2026-09-06", STUDENT, "third").done


def test_1_a_case_does_not_see_itself_when_it_comes_back_and_is_sent_again(hall):
    first = book(hall, "粤A00003", "2026-09-04", "2026-09-06")
    decide(hall, first.case_id, "return", opinion="早一天走", return_to="initiator")
    assert book(hall, "粤A00003", "2026-09-05", "2026-09-05", OTHER).problems, "what is returned is still taken"
    other = book(hall, "粤A00003", "2026-09-03", "2026-09-03", OTHER)
    answers = {"车辆": "粤A00003", "出发": "2026-09-03", "返回": "2026-09-06"}
    person = who(hall, STUDENT)
    seq = hall.case(person, first.case_id).seq
    again = hall.act(person, first.case_id, "", "resubmit", answers=answers, seq=seq, command_id="r1")
    assert again.problems, "the other one is there meanwhile"
    answers["出发"] = "2026-09-04"
    assert hall.act(person, first.case_id, "", "resubmit", answers=answers, seq=seq, command_id="r2").done
    stored = hall._store.case(first.case_id)
    assert stored.snapshot["answers"]["谁约了"] == other.number


def test_3_an_invoice_is_claimed_once_in_all_services(hall):
    rows = [{"发票号码": "24442000000012345678", "金额": "35.50"}, {"发票号码": "24442000000012345679", "金额": "0"}]
    first = hall.submit(who(hall, STUDENT), "claim", {"事由": "试剂", "发票": rows}, command_id="c1")
    assert first.done, first.problems
    for service in ("claim", "trip"):
        more = [{"发票号码": "24442000000012345677", "金额": "1"}, rows[0]]
        found = hall.submit(who(hall, OTHER), service, {"事由": "会议", "发票": more}, command_id=f"c2{service}")
        assert [(one.path, one.message) for one in found.problems] == [("发票[2].发票号码", "这张发票已经报过了")]
    zero = hall.submit(who(hall, OTHER), "trip", {"事由": "会议", "发票": [{**rows[1], "金额": "9"}]}, command_id="c3")
    assert zero.done, "a row that does not fit the condition is none"


def test_2_of_many_who_send_at_once_one_gets_it(hall):
    done: list[bool] = []
    start = threading.Barrier(8)

    def send(number: int) -> None:
        start.wait()
        rows = [{"发票号码": f"2444200000009999999{number % 2}", "金额": "10"}]
        service = "claim" if number < 4 else "trip"
        receipt = hall.submit(
            who(hall, STUDENT), service, {"事由": str(number), "发票": rows}, command_id=f"race{number}"
        )
        done.append(receipt.done)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 6 + [True] * 2


def agree(hall: Hall, service: str) -> None:
    """An administrator consents to a file that takes rows out of a register."""
    (plan,) = [row for row in hall.workshop.plans(who(hall, "20007"), service) if row.state == "proposed"]
    hall.workshop.consent(who(hall, "20007"), service, plan.id)


def test_4_older_cases_are_in_a_register_and_follow_what_it_says_anew(hall):
    plain = CARS.replace("| 台账 | 在办 |\n", "").replace("| 取值 | 开始=出发; 结束=返回; 单号=办件.单号 |\n", "")
    write(hall.definitions, "car/car.xlsx", plain)
    assert all(report.publishable for report in hall.scan())
    first = book(hall, "粤A00009", "2026-09-04", "2026-09-06")
    assert book(hall, "粤A00009", "2026-09-04", "2026-09-06", OTHER).done, "nothing tells of the other"
    write(hall.definitions, "car/car.xlsx", CARS)
    hall.scan()
    assert book(hall, "粤A00009", "2026-09-06", "2026-09-06", OTHER, "late").problems
    write(hall.definitions, "car/car.xlsx", CARS.replace("| 台账 | 在办 |", "| 台账 | 办结 |"))
    hall.scan()
    agree(hall, "car")
    assert book(hall, "粤A00009", "2026-09-06", "2026-09-06", OTHER, "later").done, "neither was approved"
    decide(hall, first.case_id, "approve")
    assert book(hall, "粤A00009", "2026-09-04", "2026-09-04", OTHER, "last").problems


SUMS = (
    CLAIMS.replace("| 明细 | 发票 |\n", "")
    .replace("${金额} > 0", "CONDITION")
    .replace("| 取自 | trip |\n", "")
    .replace("| 发票号码* | 单号 |", "| 事由* | 单号 |")
    .replace("pulldata('发票', '单号', '发票号码', .) = ''", "")
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("sum(${金额}) > 100", True),
        ("count(${发票}) >= 2", True),
        ("max(${金额}) > 200", False),
        ("lookup('标准', ${事由}, '记') = '是'", True),
    ],
)
def test_6_a_condition_may_look_over_all_rows_and_other_sheets(tmp_path, condition, holds):
    text = SUMS.replace("CONDITION", condition) + "\n## data.标准\n| 事由* | 记 |\n| 试剂 | 是 |\n"
    with closing(open_test_hall(tmp_path, services={"claim": text})) as hall:
        rows = [{"发票号码": "1", "金额": "150"}, {"发票号码": "2", "金额": "1"}]
        assert hall.submit(who(hall, STUDENT), "claim", {"事由": "试剂", "发票": rows}, command_id="c").done
        assert len(hall._store.register_rows("claim.发票")) == holds
        if "lookup" in condition:
            write(hall.definitions, "claim/claim.xlsx", text.replace("| 试剂 | 是 |", "| 试剂 | 否 |"))
            hall.scan()
            agree(hall, "claim")
            hall._desk._registers.number("claim", "发票")
            assert hall._store.register_rows("claim.发票") == []


def test_7_a_register_of_others_is_found_by_a_key_of_ones_own(tmp_path):
    drivers = """
## settings
| form_id | form_title | owner  |
| drv     | 驾驶员     | 设备处 |

## survey
| type      | name | label | calculation |
| text      | 人   | 人    |             |
| calculate | 次   |       | count(instance('占用')/root/item[单号 = ${人}]) |

## data.占用
| 取自 | car |
| 单号* | 车辆 |
"""
    with closing(open_test_hall(tmp_path, services={"car": CARS, "drv": drivers})) as hall:
        number = book(hall, "粤A00001", "2026-10-01", "2026-10-02").number
        receipt = hall.submit(who(hall, STUDENT), "drv", {"人": number}, command_id="d")
        assert hall._store.case(receipt.case_id).snapshot["answers"]["次"] == 1


CARS_TAKEN = ["粤A1", "粤A2", "12", "12.0", ""]
ASKED = [
    "count(instance('占用')/root/item[车 = ${问}])",
    "count(instance('占用')/root/item[${问} = 车 and 天 > 2])",
    "join(',', instance('占用')/root/item[天 > 1 and 车 = ${问}]/天)",
    "join(',', instance('占用')/root/item[车 = ${问} or 天 = 3]/天)",
    "join(',', instance('占用')/root/item[position() = 2]/车)",
    "pulldata('占用', '天', '车', ${问})",
    "pulldata('占用', '车', '天', 2)",
    "lookup('占用', ${问}, '天', 'nothing')",
]


@given(st.lists(st.tuples(st.sampled_from(CARS_TAKEN), st.integers(1, 4)), max_size=8), st.sampled_from(CARS_TAKEN))
def test_5_looking_up_by_key_gives_what_going_through_all_gives(taken, asked):
    rows = [{"车": Cell(car or None), "天": Cell(Decimal(days))} for car, days in taken]
    plain = Dataset("占用", ("车", "天"), ("车",), tuple(rows), marked=False)
    asked_for: list[object] = []

    def fetch(keys):
        asked_for.append(keys)
        return [row for row in rows[2:] if keys is None or row["车"].text in keys]

    for text in ASKED:
        sheet = Dataset("占用", ("车", "天"), ("车",), tuple(rows[:2]), marked=False, live=True)
        live = LiveDataset(sheet, fetch, by_key=True)
        expression, _ = parse(text, NOWHERE)
        here, there = (
            evaluate(expression, Environment({"问": asked}, {"占用": table}, now=datetime(2026, 9, 1, tzinfo=UTC)))
            for table in (plain, live)
        )
        assert here == there or (isinstance(here, ErrorValue) and isinstance(there, ErrorValue)), text
    assert not asked or [asked] in [list(keys) for keys in asked_for if keys is not None]


ALERTS = """
## settings
| form_id | form_title | owner  | number         |
| alert   | 设备告警   | 设备处 | GJ{yyyy}{0001} |

## survey
| type | name | label    | required |
| text | 设备 | 设备     | yes      |
| text | 结果 | 处理结果 |          |

## data.读数
| 设备* | 温差 | 备注 |
| 空调1 | 7    |      |
| 空调2 | 6    |      |
| 空调3 | 2    |      |

## data.在办
| 台账 | 在办 |
| 条件 | isblank(${结果}) |
| 设备* |
| 空调2 |

## schedule
| job  | every      | for  | when                                                                                | do                                      |
| 立案 | 每天 02:00 | 读数 | ${温差} >= 5 and count(instance('在办')/root/item[设备 = ${设备}]) = 0 | open:alert(设备=${设备}, for 人:20001) |

## route
| step | name | who                | edit | require |
| 10   | 立案 | initiator          |      |         |
| 20   | 处理 | head(申请部门)     | 结果 | 结果    |
| 30   | 确认 | role:财务处.审核岗 |      |         |
"""


def test_8_a_job_opens_no_second_case_while_the_register_has_one(tmp_path):
    """Of two devices above the limit one is being repaired; the other has a case until its result is there."""
    clock = Clock(datetime(2026, 9, 21, 12, 0, tzinfo=CAMPUS))

    def night(day: int) -> int:
        clock.now = datetime(2026, 9, day, 2, 1, tzinfo=CAMPUS)
        fire(hall)
        return len(list(hall._store.iter_cases(CaseFilter(service_id="alert"))))

    with closing(open_test_hall(tmp_path, services={"alert": ALERTS}, clock=clock)) as hall:
        fire(hall)
        assert night(22) == 1
        assert night(23) == 1, "its case is open"
        (case,) = hall._store.iter_cases(CaseFilter(service_id="alert"))
        assert case.snapshot["answers"]["设备"] == "空调1"
        decide(hall, case.id, "approve", answers={"结果": "已加氟"})
        assert night(24) == 2, "the result is there, and the difference still too large"
        assert night(25) == 2


def test_8_what_else_a_job_says_reads_no_register(tmp_path):
    wrong = ALERTS.replace("open:alert(设备=${设备},", "open:alert(设备=pulldata('在办', '设备', '设备', ${设备}),")
    with closing(open_test_hall(tmp_path, services={"alert": wrong})) as hall:
        found = [item.code for report in hall._library.faulty().values() for item in report.diagnostics]
        assert [code for code in found if code.startswith("REG")] == ["REG-009"]
