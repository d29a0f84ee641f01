"""What a table answers when one row holds, when several do, and when none does (workbook.md 5, design.md 7)."""

from __future__ import annotations

import pickle
from datetime import datetime, time
from decimal import Decimal

import pytest
from rule_sheets import NOW, env, table_of

from banshi.rules.decision import Outcome
from banshi.rules.tables import decide, named_outputs
from banshi.rules.tables.explaining import nearly
from banshi.rules.values import ErrorValue, Kind, dumps, from_json, loads

D = Decimal


def lodging(hit: str, above: str = "") -> str:
    """Rows 1 and 2 both hold for 广州 and 8; nothing holds for 北京."""
    return f"""
        | 命中 | {hit} |
        {above}
        | 编号 | 当 城市 | 当 天数 | 则 标准 |
        | H1   | 广州    | <=10    | 490     |
        | H2   | 广州、深圳 | >5   | 450     |
        | H3   | 上海    |         | 500     |
    """


BOTH = env(城市="广州", 天数=8)
NONE = env(城市="北京", 天数=8)


@pytest.mark.parametrize(
    ("hit", "outputs"),
    [
        ("first", {"标准": D(490)}),
        ("首个", {"标准": D(490)}),
        ("rule order", [{"标准": D(490)}, {"标准": D(450)}]),
        ("全部", [{"标准": D(490)}, {"标准": D(450)}]),
        ("collect", [{"标准": D(490)}, {"标准": D(450)}]),
        ("汇总", [{"标准": D(490)}, {"标准": D(450)}]),
        ("sum", D(940)),
        ("求和", D(940)),
        ("min", D(450)),
        ("最小", D(450)),
        ("max", D(490)),
        ("最大", D(490)),
        ("count", D(2)),
        ("计数", D(2)),
    ],
)
def test_two_rows_hold(hit, outputs):
    decision = decide(table_of(lodging(hit)), BOTH)
    assert (decision.outcome, decision.outputs) == (Outcome.OK, outputs)


@pytest.mark.parametrize("hit", ["unique", "唯一", "", "any", "一致"])
def test_two_rows_that_contradict_each_other_are_a_reported_conflict_and_never_a_value(hit):
    table = table_of(lodging(hit))
    decision = decide(table, BOTH)
    assert decision.outcome is Outcome.CONFLICT
    assert decision.outputs is None
    assert [str(place) for place in decision.fired] == ["规则-测试!D3", "规则-测试!D4"]
    assert "3 (H1)" in decision.explanation[0].zh
    assert "4 (H2)" in decision.explanation[0].zh
    assert isinstance(named_outputs(table, decision)["标准"], ErrorValue)


def test_unique_is_the_default():
    table = table_of(lodging("").replace("| 命中 |  |", ""))
    assert decide(table, BOTH).outcome is Outcome.CONFLICT
    assert decide(table, env(城市="深圳", 天数=8)).outputs == {"标准": D(450)}


def test_any_allows_rows_that_agree():
    table = table_of(lodging("any").replace("450", "490.0"))
    decision = decide(table, BOTH)
    assert (decision.outcome, decision.outputs) == (Outcome.OK, {"标准": D(490)})
    assert len(decision.fired) == 2


@pytest.mark.parametrize("hit", ["unique", "first", "any", "sum", "min", "max"])
def test_nothing_holds_is_a_reported_outcome(hit):
    decision = decide(table_of(lodging(hit)), NONE)
    assert (decision.outcome, decision.outputs, decision.fired) == (Outcome.NO_MATCH, None, ())
    assert [item.code for item in decision.diagnostics] == ["TABLE-070"]
    assert "北京" in decision.explanation[0].parts[0].zh


@pytest.mark.parametrize(("hit", "outputs"), [("collect", []), ("rule order", []), ("count", D(0))])
def test_a_list_of_nothing_and_a_count_of_nothing_are_answers(hit, outputs):
    decision = decide(table_of(lodging(hit)), NONE)
    assert (decision.outcome, decision.outputs) == (Outcome.OK, outputs)


@pytest.mark.parametrize(
    ("hit", "outputs"), [("unique", {"标准": D(380)}), ("collect", [{"标准": D(380)}]), ("sum", D(380))]
)
def test_otherwise_answers_where_nothing_holds(hit, outputs):
    table = table_of(lodging(hit, "| 否则 | 380 |"))
    decision = decide(table, NONE)
    assert (decision.outcome, decision.outputs) == (Outcome.OK, outputs)
    assert [str(place) for place in decision.fired] == ["规则-测试!B2"]
    assert decide(table, env(城市="上海", 天数=1)).outputs != outputs


def test_otherwise_never_covers_a_conflict():
    assert decide(table_of(lodging("unique", "| 否则 | 380 |")), BOTH).outcome is Outcome.CONFLICT


REVIEW = """
    | 命中 | {hit} |
    | 取值.结论 | 禁止、限制 | 允许 |
    | 当 数量 | 则 结论 | 则 说明 |
    | >=10    | 允许    | 备案    |
    | >=100   | 禁止    | 超量    |
    | >=50    | 限制    | 双人    |
    | >=50    | 限制    | 双锁    |
"""


def test_priority_takes_the_result_that_stands_first_in_the_list():
    table = table_of(REVIEW.format(hit="优先"))
    assert decide(table, env(数量=100)).outputs == {"结论": "禁止", "说明": "超量"}
    assert decide(table, env(数量=50)).outputs == {"结论": "限制", "说明": "双人"}
    assert decide(table, env(数量=10)).outputs == {"结论": "允许", "说明": "备案"}


def test_output_order_lists_all_results_in_the_order_of_the_list():
    decision = decide(table_of(REVIEW.format(hit="output order")), env(数量=120))
    assert [row["说明"] for row in decision.outputs] == ["超量", "双人", "双锁", "备案"]


def test_a_computed_result_outside_the_list_is_an_error():
    table = table_of(REVIEW.format(hit="priority").replace("允许    | 备案", '\'="别"&"的" | 备案'))
    decision = decide(table, env(数量=10))
    assert (decision.outcome, decision.outputs) == (Outcome.ERROR, None)
    assert decision.diagnostics[0].place.cell == "B4"


@pytest.mark.parametrize(("level", "said"), [("490", "“490”是文字"), (None, "“—”是空的")])
def test_a_computed_result_that_is_no_number_is_called_what_it_is(level, said):
    table = table_of("| 命中 | 求和 |\n| 当 城市 | 则 标准 |\n| 广州 | '=定额 |")
    decision = decide(table, env(城市="广州", 定额=level))
    assert (decision.outcome, decision.outputs) == (Outcome.ERROR, None)
    assert said in decision.diagnostics[0].message()


def test_first_looks_no_further_than_the_first_row_that_holds():
    table = table_of("""
        | 命中 | 首个 |
        | 当 数量 | 则 结果 |
        | >10 | 多 |
        | '=?/0>1 | 坏 |
    """)
    assert decide(table, env(数量=11)).outputs == {"结果": "多"}
    failed = decide(table, env(数量=10))
    assert (failed.outcome, failed.outputs) == (Outcome.ERROR, None)
    assert failed.diagnostics[0].place.cell == "A4"


def test_computed_results_read_fields_and_their_errors_are_outcomes():
    table = table_of("""
        | 当 数量 | 则 金额 |
        | >0 | '=数量*单价 |
        | 0 | '=1/数量 |
    """)
    assert decide(table, env(数量=3, 单价=D("0.698"))).outputs == {"金额": D("2.094")}
    failed = decide(table, env(数量=0))
    assert failed.outcome is Outcome.ERROR
    assert isinstance(failed.outputs["金额"], ErrorValue)
    assert table.names == {"数量", "单价"}


def test_an_input_that_cannot_be_computed_is_an_error_at_its_cell():
    decision = decide(table_of("| 当 ${甲}/${乙} | 则 丙 |\n| - | 1 |"), env(甲=1, 乙=0))
    assert (decision.outcome, decision.outputs) == (Outcome.ERROR, None)
    assert decision.diagnostics[0].place.cell == "A1"


def test_rows_hold_from_their_first_day_to_their_last_both_included():
    table = table_of("""
        | 当 城市 | 生效 | 失效 | 则 标准 |
        | 广州 | 2014-01-01 | 2026-09-15 | 340 |
        | 广州 | 2026-09-16 |  | 450 |
    """)

    def on(day: int) -> object:
        return decide(table, env({"城市": "广州"}, now=datetime(2026, 9, day, 23, 59, tzinfo=NOW.tzinfo))).outputs

    assert on(15) == {"标准": D(340)}
    assert on(16) == {"标准": D(450)}
    early = decide(table, env({"城市": "广州"}, now=datetime(2013, 12, 31, 12, 0, tzinfo=NOW.tzinfo)))
    assert early.outcome is Outcome.NO_MATCH
    assert "2013-12-31" in early.explanation[0].zh


def test_a_decision_names_inputs_rows_and_cells_and_prints_as_json():
    table = table_of("""
        | 编号 | 当 CAS号 | 当 浓度 下限(不含) | 当 浓度 上限(含) | 则 类别 | 依据 |
        | Y1 | 7722-84-1 | 8 | | 易制爆 | 名录 |
    """)
    decision = decide(table, env({"CAS号": "7722-84-1", "浓度": D("30.0")}), scope="items[2]")
    assert decision.inputs == {"CAS号": "7722-84-1", "浓度": D("30.0")}
    told = decision.explanation[0]
    assert [str(part.place) for part in told.parts] == ["规则-测试!B2", "规则-测试!C2", "规则-测试!E2"]
    assert "名录" in told.zh
    printed = loads(dumps(decision.to_json()))
    assert printed["fired"] == ["规则-测试!E2"]
    assert (printed["kind"], printed["scope"], printed["inputs"]["浓度"]) == ("table", "items[2]", D("30.0"))


def test_two_columns_of_bounds_are_one_range():
    table = table_of("""
        | when 用电量 from incl. | when 用电量 to excl. | then 档 |
        |     | 200 | 1 |
        | 200 | 400 | 2 |
        | 400 | -   | 3 |
    """)
    answers = {n: decide(table, env(用电量=D(n))).outputs for n in ("-1", "199.99", "200", "399", "400", "99999")}
    assert [answer["档"] for answer in answers.values()] == [1, 1, 2, 2, 3, 3]
    assert decide(table, env(用电量=None)).outcome is Outcome.NO_MATCH


def test_a_table_pickles_and_answers_the_same():
    table = table_of(lodging("first"))
    before = decide(table, BOTH)
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    assert decide(again, BOTH) == before


def test_names_of_outputs_for_other_tables():
    first = table_of(lodging("first"))
    assert named_outputs(first, decide(first, BOTH)) == {"标准": D(490)}
    assert named_outputs(first, decide(first, NONE)) == {"标准": None}
    every = table_of(lodging("collect"))
    assert named_outputs(every, decide(every, BOTH)) == {"标准": (D(490), D(450))}
    added = table_of(lodging("sum"))
    assert named_outputs(added, decide(added, BOTH)) == {"标准": D(940)}
    assert every.output_kinds["标准"] == "list"
    assert first.output_names == ("标准",)


def test_an_explanation_can_be_left_out():
    table = table_of(lodging("first"))
    assert decide(table, BOTH, explained=False).explanation == ()
    assert decide(table, BOTH, explained=False).outputs == {"标准": D(490)}


def test_rows_that_nearly_fit_are_those_with_the_fewest_cells_that_miss():
    table = table_of("""
        | 命中 | 首个 |
        | 当 城市 | 当 天数 | 当 职级 | 则 标准 |
        | 广州 | <=3 | 甲 | 1 |
        | 上海 | <=10 | 乙 | 2 |
        | 广州 | <=10 | 丙 | 3 |
        | 广州 | '=?>99 | 乙 | 4 |
    """)
    given = env(城市="广州", 天数=8, 职级="乙")
    near = nearly(table, given, decide(table, given).inputs)
    assert [(row.label, [part.place.cell for part in row.parts]) for row in near] == [
        ("6", ["B6"]),
        ("4", ["A4"]),
        ("5", ["C5"]),
    ]
    given = env(城市="北京", 天数=2, 职级="甲")
    near = nearly(table, given, decide(table, given).inputs)
    assert [row.label for row in near] == ["3"]


def test_headers_declare_whole_numbers_times_and_instants():
    table = table_of("""
        | 当 节次: 整数 | 当 开始: 时间 | 当 提交: 日期时间 | 则 结果 |
        | <=4 | <12:00 | >=2026-09-01 08:00 | 上午 |
        | >=5 | | | 下午 |
    """)
    assert table.input_kinds == {"节次": Kind.NUMBER, "开始": Kind.TIME, "提交": Kind.DATETIME}
    assert table.inputs[0].whole
    raw = {"节次": 4, "开始": "11:59", "提交": "2026-09-01T08:00"}
    given = {name: from_json(value, table.input_kinds[name]) for name, value in raw.items()}
    assert decide(table, env(given)).outputs == {"结果": "上午"}
    assert decide(table, env({**given, "开始": time(12, 0)})).outputs is None


@pytest.mark.parametrize(
    "written",
    [
        "[12:00,24:00)",
        "12:00..24:00",
        "12:00~24:00:00",
        "[12:00，24:00]",
        ">=12:00 且 <24:00",
        "不早于12:00且＜24：00",
    ],
)
def test_a_range_of_times_may_end_with_the_day(written: str) -> None:
    table = table_of(f"| 命中 | 首个 |\n| 当 时刻 | 则 班次 |\n| [0:00,12:00) | 早 |\n| {written} | 晚 |")
    shifts = {
        clock: decide(table, env(时刻=clock)).outputs["班次"]
        for clock in (time(0), time(11, 59), time(12), time(23, 59, 59))
    }
    assert list(shifts.values()) == ["早", "早", "晚", "晚"]


def test_every_time_of_day_is_before_midnight() -> None:
    table = table_of("| 命中 | 首个 |\n| 当 时刻 | 则 班次 |\n| <12:00 | 早 |\n| <24:00 | 晚 |")
    assert [decide(table, env(时刻=clock)).outputs["班次"] for clock in (time(0), time(23, 59))] == ["早", "晚"]


def test_ticks_of_every_kind_are_yes_and_no() -> None:
    table = table_of(
        "| 命中 | 首个 |\n| 当 住校 | 当 数量 | 则 结论 |\n| TRUE | <5 | 甲 |\n| 否 | | 乙 |\n| √ | | 丙 |"
    )
    assert table.input_kinds["住校"] is Kind.BOOLEAN
    assert decide(table, env(住校=True, 数量=9)).outputs == {"结论": "丙"}
    assert decide(table, env(住校=False, 数量=1)).outputs == {"结论": "乙"}
