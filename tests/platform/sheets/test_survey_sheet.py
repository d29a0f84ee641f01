"""The survey and choices sheets.

Requirements (workbook.md, section 4; forms.md, 3.6):
R1  English and Chinese headers and types, mixed freely, in any letter case and with blanks for underscores.
R2  Translations `label::中文 (zh)`; a bare `label` stands for every language.
R3  Groups and repeats nest; a missing end never hides what follows.
R4  TRUE, yes and 是 under `required` mean always.
R5  A type of the standard that this version lacks is told apart from one that nobody knows.
R6  All faults at once, each at its cell.
"""

import pytest
from workbooks import workbook_from_text

from banshi.platform.service.model import Field, Group, Repeat
from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.choices_sheet import choice_datasets, parse_choices
from banshi.platform.sheets.survey_sheet import MAX_DEPTH, parse_survey
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Severity
from banshi.rules.values import Kind


def survey(rows, header="| type | name | label |"):
    """The items and faults of a survey sheet; `rows` are the rows below the header."""
    workbook, found = read_workbook(workbook_from_text(f"## 表单\n{header}\n{rows}"), "x.xlsx")
    parsed, more = parse_survey(workbook.sheets[0])
    return parsed.items, found + more


def only(rows, header="| type | name | label |"):
    items, found = survey(rows, header)
    assert found == []
    (item,) = items
    return item


def codes(found):
    return [(item.code, item.place.cell) for item in found]


@pytest.mark.parametrize(
    ("word", "type_", "kind"),
    [
        ("text", "text", Kind.TEXT), ("文本", "text", Kind.TEXT), ("TEXT", "text", Kind.TEXT),
        ("integer", "integer", Kind.NUMBER), ("整数", "integer", Kind.NUMBER),
        ("decimal", "decimal", Kind.NUMBER), ("小数", "decimal", Kind.NUMBER),
        ("money", "money", Kind.NUMBER), ("金额", "money", Kind.NUMBER),
        ("date", "date", Kind.DATE), ("日期", "date", Kind.DATE),
        ("time", "time", Kind.TIME), ("时间", "time", Kind.TIME),
        ("dateTime", "datetime", Kind.DATETIME), ("日期时间", "datetime", Kind.DATETIME),
        ("file", "file", Kind.TEXT), ("附件", "file", Kind.TEXT),
        ("image", "image", Kind.TEXT), ("图片", "image", Kind.TEXT),
        ("note", "note", Kind.TEXT), ("说明", "note", Kind.TEXT),
        ("acknowledge", "acknowledge", Kind.TEXT), ("确认", "acknowledge", Kind.TEXT),
        ("hidden", "hidden", Kind.ANY), ("隐藏", "hidden", Kind.ANY),
        ("person", "person", Kind.TEXT), ("人员", "person", Kind.TEXT),
        ("department", "department", Kind.TEXT), ("部门", "department", Kind.TEXT),
    ],
)  # fmt: skip
def test_r1_types_in_two_languages(word, type_, kind):
    item = only(f"| {word} | a | 甲 |")
    assert (item.type, item.kind, item.name) == (type_, kind, "a")


@pytest.mark.parametrize(
    "word",
    [
        "select_one 类别",
        "select one 类别",
        "select1 类别",
        "单选 类别",
        "单选  类别",
        "Select_One 类别",
        "select one from 类别",
    ],
)
def test_r1_selects_name_their_list(word):
    item = only(f"| {word} | a | 甲 |")
    assert (item.type, item.choices, item.kind) == ("select_one", "类别", Kind.TEXT)


def test_r1_a_multiple_select_is_a_list():
    item = only("| 多选 危险源 | a | 甲 |")
    assert (item.type, item.choices, item.kind) == ("select_multiple", "危险源", Kind.LIST)


def test_r1_chinese_and_english_headers_mix():
    item = only(
        "| 整数 | 数量 | 数量 | 件 | 是 | .>0 | 要大于零 | 1 | FALSE | w4 | ${x}>1 | rows=3 |",
        "| 类型 | name | 标签 | 提示 | required | 校验 | constraint_message | 默认值 | Read Only | 外观 | relevance | 参数 |",
    )
    assert item.hint.get() == "件"
    assert item.required.text == "true()"
    assert item.constraint.text == ".>0"
    assert item.constraint_message.get() == "要大于零"
    assert item.default.text == "1"
    assert item.readonly is None
    assert item.appearance == "w4"
    assert item.relevant.names == {"x"}
    assert item.parameters == {"rows": "3"}
    assert str(item.constraint.place) == "表单!F2"


def test_r2_translations_in_any_column_order():
    item = only(
        "| Amount | text | a | 金额 | in yuan | 甲 |",
        "| label::English (en) | type | name | 标签::中文 (zh-CN) | hint::English(en) | label |",
    )
    assert item.label.by_language == (("", "甲"), ("en", "Amount"), ("zh", "金额"))
    assert (item.label.get("en"), item.label.get("zh"), item.label.get("fr")) == ("Amount", "金额", "甲")
    assert item.hint.get("en") == "in yuan"


def test_r2_languages_by_name_without_a_code():
    item = only("| text | a | 甲 | A |", "| type | name | label::中文 | label::english |")
    assert item.label.by_language == (("zh", "甲"), ("en", "A"))


NESTED = """
    | 分组开始 | g | 基本 |
    | text | a | 甲 |
    | begin repeat | items | 明细 |
    | text | cas | CAS |
    | 明细结束 | | |
    | end_group | | |
    | text | z | 末 |
"""


def test_r3_groups_and_repeats_nest():
    items, found = survey(NESTED)
    assert found == []
    group, last = items
    assert isinstance(group, Group)
    assert not isinstance(group, Repeat)
    first, repeat = group.children
    assert isinstance(repeat, Repeat)
    assert [item.name for item in (group, first, repeat, *repeat.children, last)] == ["g", "a", "items", "cas", "z"]


def test_r3_a_group_that_never_ends_is_named_where_it_begins_and_keeps_its_questions():
    items, found = survey(NESTED.replace("| end_group | | |", ""))
    assert codes(found) == [("SHEET-033", "B2")]
    assert [child.name for child in items[0].children] == ["a", "items", "z"]


def test_r3_an_end_without_a_beginning():
    items, found = survey("| end_repeat | | |\n| text | a | 甲 |")
    assert codes(found) == [("SHEET-032", "A2")]
    assert [item.name for item in items] == ["a"]


def test_r3_crossed_ends_are_named_and_the_rest_is_read_rightly():
    items, found = survey(
        """
        | begin_group | g | 基本 |
        | begin_repeat | items | 明细 |
        | text | cas | CAS |
        | end_group | | |
        | text | z | 末 |
        """
    )
    assert codes(found) == [("SHEET-034", "A5")]
    assert [item.name for item in items] == ["g", "z"]


def test_r3_endless_nesting_is_refused_and_cannot_hurt():
    depth = 3_000
    rows = "".join(f"| begin_group | g{i} | 组 |\n" for i in range(depth)) + "| end_group |||\n" * depth
    items, found = survey(rows)
    assert {item.code for item in found} == {"SHEET-035"}

    def deep(item):
        return 1 + max(map(deep, item.children), default=0) if isinstance(item, Group) else 0

    assert max(map(deep, items)) == MAX_DEPTH


@pytest.mark.parametrize("word", ["TRUE", "yes", "是", "true()", "必填", "'1", "1", "Yes"])
def test_r4_always_required(word):
    assert only(f"| text | a | 甲 | {word} |", "| type | name | label | required |").required.text == "true()"


@pytest.mark.parametrize("word", ["", "FALSE", "no", "否", "false()", "0", "选填"])
def test_r4_never_required(word):
    assert only(f"| text | a | 甲 | {word} |", "| type | name | label | required |").required is None


@pytest.mark.parametrize("word", ["rank 类别", "odk:rank 类别", "排序 类别", "rank_from_file 类别.csv"])
def test_r1_a_rank_is_a_list(word):
    item = only(f"| {word} | a | 甲 |")
    assert (item.type, item.choices, item.kind) == ("rank", "类别", Kind.LIST)


@pytest.mark.parametrize(
    ("word", "type_", "kind", "default"),
    [
        ("start", "start", Kind.DATETIME, "now()"), ("end", "hidden", Kind.DATETIME, "now()"),
        ("today", "hidden", Kind.DATE, "today()"), ("username", "hidden", Kind.TEXT, "${applicant.id}"),
        ("email", "hidden", Kind.TEXT, "${applicant.email}"), ("phone number", "hidden", Kind.TEXT, "${applicant.phone}"),
    ],
)  # fmt: skip
def test_r1_facts_about_a_filling_in_are_computed(word, type_, kind, default):
    item = only(f"| {word} | a | |")
    assert (item.type, item.kind, item.default.text) == (type_, kind, default)


def test_r1_a_signature_is_a_picture():
    item = only("| 签名 | a | 负责人签名 |")
    assert (item.type, item.appearance) == ("image", "signature")


@pytest.mark.parametrize("word", ["db:person", "tel", "cht:x"])
def test_r5_types_of_dialects_are_asked_as_texts(word):
    items, found = survey(f"| {word} | a | 甲 |")
    assert [(item.code, item.severity) for item in found] == [("SHEET-094", Severity.WARNING)]
    assert [item.type for item in items] == ["text"]


def test_r4_required_when():
    item = only("| text | a | 甲 | ${x} = '是' |", "| type | name | label | required |")
    assert item.required.names == {"x"}


@pytest.mark.parametrize(
    "word",
    ["entity", "osm"],
)
def test_r5_known_to_the_standard_but_not_here(word):
    items, found = survey(f"| {word} | a | 甲 |\n| text | b | 乙 |")
    assert codes(found) == [("SHEET-022", "A2")]
    assert found[0].severity is Severity.ERROR
    assert "{" not in found[0].remedy() + found[0].remedy("en")
    assert found[0].remedy("en").isascii()
    assert [item.name for item in items] == ["a", "b"]  # so that what names it is no fault as well


@pytest.mark.parametrize("word", ["deviceid", "simserial", "audit", "start-geopoint", "caseid", "text audit"])
def test_r5_what_a_browser_cannot_know_is_stored_empty_with_a_warning(word):
    items, found = survey(f"| {word} | a | |")
    assert [(item.code, item.severity) for item in found] == [("SHEET-023", Severity.WARNING)]
    assert [(item.type, item.name) for item in items] == [("hidden", "a")]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("txet", "text"),
        ("整数型", "整数"),
        ("selectone 类别", "select_one"),
        ("beginn group", "begin_group"),
        ("zzz", ""),
    ],
)
def test_r5_a_type_that_nobody_knows_gets_did_you_mean(word, near):
    end = "\n| end group | | |" if "group" in word else ""
    _, found = survey(f"| {word} | a | 甲 |{end}")
    assert codes(found) == [("SHEET-021", "A2")]
    question = f"您是不是想写：{near}？" if near else ""
    assert found[0].message() == f"不认识的题型“{word}”。{question}"


def test_r6_all_faults_at_once_each_at_its_cell():
    _, found = survey(
        """
        | 单选 | b | 乙 | | |
        | | c | 丙 | | |
        | text | | 丁 | | |
        | text | 3d | 戊 | | |
        | text | a b | 己 | | |
        | calculate | f | | | |
        | text | g | | 1 + | |
        | text | h | 辛 | | end |
        """,
        "| type | name | label | relevant | parameters |",
    )
    expected = [
        ("SHEET-028", "A2"), ("SHEET-020", "A3"), ("SHEET-024", "B4"), ("SHEET-025", "B5"), ("SHEET-025", "B6"),
        ("SHEET-030", "A7"), ("EXPR", "D8"), ("SHEET-031", "C8"), ("SHEET-039", "E9"),
    ]  # fmt: skip
    got = [(code.split("-")[0] if code.startswith("EXPR") else code, cell) for code, cell in codes(found)]
    assert sorted(got) == sorted(expected)


def test_or_other_adds_a_choice_and_a_question():
    """XLSForm: a choice “other”, and a text question `<name>_other` that is relevant where it is chosen."""
    text = """
        ## survey
        | type | name | label |
        | select_one 仪器 or_other | 设备 | 借哪一台 |
        | select_multiple 仪器 或其他 | 还要 | 还要什么 |
        ## choices
        | list_name | name | label |
        | 仪器 | sem | 扫描电镜 |
        | 仪器 | xrd | X 射线衍射仪 |
    """
    loaded, found = load_bytes(workbook_from_text(text), "借用.xlsx")
    assert [item for item in found if item.severity is Severity.ERROR] == []
    assert [choice.name for choice in loaded.survey.choices["仪器"]] == ["sem", "xrd", "other"]
    assert [item.name for item, _ in loaded.survey.walk()] == ["设备", "设备_other", "还要", "还要_other"]
    chosen = loaded.form({"设备": "other", "设备_other": "热重分析仪", "还要": ["xrd"], "还要_other": "不该留下"})
    assert chosen.answers == {"设备": "other", "设备_other": "热重分析仪", "还要": ("xrd",)}
    assert [(error.path, error.code) for error in loaded.form({"设备": "tga"}).errors] == [("设备", "FORM-012")]


@pytest.mark.parametrize(
    ("parameters", "fits", "does_not"),
    [
        ("", ["1", "10"], ["0", "11", "1.5"]),
        ("start=0 end=100 step=5", ["0", "35", "100"], ["36", "105"]),
        ("start=-1, end=1, step=0.25", ["-1", "-0.75", "0.25"], ["0.3", "1.25"]),
        # Counted down from the start: 10, 8, … 0, and 10, 6, 2.
        ("start=10 end=0 step=2", ["0", "4", "10"], ["1", "12", "-2"]),
        ("start=10 end=0 step=-4", ["2", "6", "10"], ["0", "4", "14"]),
    ],
)
def test_a_range_is_a_number_between_two_in_steps(parameters, fits, does_not):
    """XLSForm: start 1, end 10, step 1 where nothing is said."""
    text = (
        f"## survey\n| type | name | label | parameters | constraint |\n| range | 分 | 评分 | {parameters} | . != 7 |"
    )
    loaded, found = load_bytes(workbook_from_text(text), "评分.xlsx")
    assert found == []
    wrong = [value for value in (*fits, *does_not) if loaded.form({"分": value}).errors]
    assert wrong == does_not
    assert "评分" in loaded.form({"分": does_not[0]}).errors[0].message("zh")
    assert loaded.form({"分": "7"}).errors or "7" not in fits


def test_bounds_of_a_range_that_are_no_numbers_are_a_fault():
    _, found = survey(
        "| range | a | 甲 | start=一 end=5 |\n| range | b | 乙 | step=0 |", "| type | name | label | parameters |"
    )
    assert codes(found) == [("SHEET-039", "D2"), ("SHEET-039", "D3")]


def test_places_codes_and_recordings():
    text = """
        ## survey
        | type | name | label | appearance |
        | geopoint | 地点 | 报修地点 | |
        | barcode | 资产 | 资产编号 | |
        | 视频 | 现场 | 现场视频 | new |
    """
    loaded, found = load_bytes(workbook_from_text(text), "报修.xlsx")
    assert found == []
    looks = {item.name: (item.type, item.appearance) for item, _ in loaded.survey.walk()}
    assert looks == {"地点": ("text", "locate"), "资产": ("text", "scan"), "现场": ("file", "new video")}
    for place in ("23.0484 113.3915", "-23.5 113.3915 41.2 8.0", "23.0484 113.3915 0"):
        assert loaded.form({"地点": place}).errors == ()
    for place in ("图书馆", "23.0484", "23.0484,113.3915", "23.0484 113.3915 1 2 3"):
        assert [error.path for error in loaded.form({"地点": place}).errors] == ["地点"]


def test_choices_may_stand_on_a_data_sheet_or_the_sheet_of_external_choices():
    """XLSForm: `select_one_from_file FILE` with `value` and `label`, `select_one_external LIST` with a filter."""
    text = """
        ## survey
        | type | name | label | parameters | choice_filter |
        | select_one_from_file 楼栋.csv | 楼 | 楼栋 | value=代码 label=楼名 | |
        | select_one_external 房间 | 室 | 房间 | | 楼=${楼} |
        | 单选 学院 | 院 | 学院 | | |
        ## data.楼栋
        | 代码* | 楼名 | 校区 |
        | HT1 | 海棠 1 栋 | 滨江 |
        | HT2 | 海棠 2 栋 | 滨江 |
        ## 数据-学院
        | 名称* |
        | 化工学院 |
        ## external_choices
        | list_name | name | label | 楼 |
        | 房间 | 301 | 301 室 | HT1 |
        | 房间 | 302 | 302 室 | HT2 |
    """
    loaded, found = load_bytes(workbook_from_text(text), "宿舍.xlsx")
    assert [item for item in found if item.severity is not Severity.NOTICE] == []
    labels = {name: [(c.name, c.label.get()) for c in choices] for name, choices in loaded.survey.choices.items()}
    assert labels == {
        "楼栋": [("HT1", "海棠 1 栋"), ("HT2", "海棠 2 栋")],
        "房间": [("301", "301 室"), ("302", "302 室")],
        "学院": [("化工学院", "化工学院")],
    }
    assert loaded.form({"楼": "HT1", "室": "301", "院": "化工学院"}).errors == ()
    assert [error.path for error in loaded.form({"楼": "HT1", "室": "302"}).errors] == ["室"]


def test_the_choices_of_a_data_sheet_have_labels_in_other_languages():
    text = """
        ## survey
        | type | name | label | parameters |
        | 单选 楼栋 | 楼 | 楼栋 | value=代码 label=楼名 |
        ## data.楼栋
        | 代码* | 楼名 | 楼名::English (en) | 校区::English (en) |
        | HT1 | 海棠 1 栋 | Crabapple Hall 1 | Riverside |
        | HT2 | 海棠 2 栋 | | Riverside |
    """
    loaded, found = load_bytes(workbook_from_text(text), "宿舍.xlsx")
    assert [item for item in found if item.severity is not Severity.NOTICE] == []
    one, two = loaded.survey.choices["楼栋"]
    assert (one.label.get("zh"), one.label.get("en")) == ("海棠 1 栋", "Crabapple Hall 1")
    assert (two.label.get("zh"), two.label.get("en")) == ("海棠 2 栋", "海棠 2 栋")


def test_r6_misspelt_columns_are_faults_and_foreign_ones_are_named():
    _, found = survey(
        "| text | a | 甲 | 1 | 2 | 3 | 4 | 5 | 6 |",
        "| type | name | label | relevent | 负责老师 | #备注 | save_to | media::autoplay | bind::type |",
    )
    assert [(item.code, item.place.cell, item.severity) for item in found] == [
        ("SHEET-037", "E1", Severity.WARNING),
        ("SHEET-036", "G1", Severity.WARNING),
        ("SHEET-036", "H1", Severity.WARNING),
        ("SHEET-036", "I1", Severity.WARNING),
        ("BOOK-020", "D1", Severity.ERROR),
    ]
    assert "relevant" in found[-1].message()


@pytest.mark.parametrize(
    ("kind", "default", "told"),
    [
        ("单选 方式", "包月", ["“包月”"]),
        ("单选 方式", "全周", ["“全周”", "week"]),
        ("单选 方式", "week", []),
        ("多选 方式", "week day", []),
        ("多选 方式", "week nigth", ["“nigth”", "night"]),
        ("单选 次数", "2", []),
        ("单选 次数", "3", ["“3”"]),
        ("单选 方式", "if(1=1, 'week', 'day')", []),
        ("单选 方式 or_other", "other", []),
    ],
)
def test_r7_a_default_is_among_the_choices(kind, default, told):
    text = f"""
        ## 设置
        | 编号 | 名称 |
        | t | 测试 |
        ## 表单
        | 类型 | 名称 | 标签 | 默认值 |
        | {kind} | 计费 | 计费方式 | {default} |
        ## 选项
        | 列表 | 名称 | 标签 |
        | 方式 | week | 全周 |
        | 方式 | day | 白天 |
        | 方式 | night | 夜间 |
        | 次数 | 1 | 一次 |
        | 次数 | 2 | 两次 |
    """
    _, found = load_bytes(workbook_from_text(text), "t.xlsx")
    sentences = [item.message() for item in found if item.code == "SHEET-117"]
    assert len(sentences) == bool(told)
    assert all(word in sentences[0] for word in told)
    assert [str(item.place) for item in found if item.code == "SHEET-117"] == ["表单!D2"] * bool(told)


def test_r7_an_unknown_list_is_told_where_it_is_named():
    _, found = load_bytes(
        workbook_from_text("## survey\n| type | name | label |\n| select_one campos | a | 校区 |"), "t.xlsx"
    )
    assert [str(item.place) for item in found if item.code == "SHEET-029"] == ["survey!A2"]


@pytest.mark.parametrize(
    ("header", "meant"),
    [("必添", "必填"), ("校检", "校验"), ("标鉴", "标签"), ("预添", "预填"), ("来源", ""), ("编号", "")],
)
def test_r6_a_chinese_column_with_one_wrong_character_is_a_fault(header, meant):
    _, found = survey("| 文本 | a | 1 |", f"| 类型 | 名称 | {header} |")
    (fault,) = [item for item in found if item.place.cell == "C1"]
    assert (fault.code, meant in fault.message()) == ("BOOK-020" if meant else "SHEET-037", True)


def test_r6_a_sheet_without_the_column_type():
    items, found = survey("| a | 甲 |", "| name | label |")
    assert items == ()
    assert [item.code for item in found] == ["BOOK-022"]
    assert "type" in found[0].message()


def test_groups_and_notes_may_stand_without_a_name():
    items, found = survey("| 分组 | | |\n| note | | 请如实填写 |\n| 分组结束 | | |")
    assert found == []
    assert [items[0].name, items[0].children[0].name] == ["分组_2", "note_3"]


def test_a_name_in_full_width_is_taken_in_half_width_with_a_warning():
    items, found = survey("| text | Ａ１ | 甲 |")
    assert [(item.code, item.severity) for item in found] == [("SHEET-027", Severity.WARNING)]
    assert items[0].name == "A1"


def test_fields_that_texts_mention_come_with_their_cells():
    workbook, _ = read_workbook(
        workbook_from_text(
            "## survey\n| type | name | label | hint::en |\n| text | a | 见 ${b} 和 ${ 丙 } | see ＄｛d｝ |"
        ),
        "x.xlsx",
    )
    parsed, _ = parse_survey(workbook.sheets[0])
    assert [(name, place.cell) for name, place in parsed.mentions] == [("b", "C2"), ("丙", "C2"), ("d", "D2")]


@pytest.mark.parametrize(
    ("cell", "type_", "names", "text"),
    [
        ("2026-09-01", "date", set(), 'date("2026-09-01")'),
        ("'2026-09-01", "date", set(), '"2026-09-01"'),
        ("上海", "text", set(), '"上海"'),
        ("红-1", "text", set(), '"红-1"'),
        ("教材（精装）", "text", set(), '"教材（精装）"'),
        ('他说"好"', "text", set(), '"他说""好"""'),
        ("10", "integer", set(), "10"),
        ("'10", "integer", set(), '"10"'),
        ("TRUE", "text", set(), "true()"),
        ("today()", "date", set(), "today()"),
        ("'=a & b", "text", {"a", "b"}, "=a & b"),
        ("${a}", "text", {"a"}, "${a}"),
        ("a + 1", "integer", {"a"}, "a + 1"),
    ],
)
def test_a_default_is_a_constant_unless_it_is_plainly_an_expression(cell, type_, names, text):
    item = only(f"| {type_} | x | 甲 | {cell} |", "| type | name | label | default |")
    assert (item.default.text, item.default.names) == (text, names)


def choices(rows, header="| list_name | name | label |"):
    workbook, _ = read_workbook(workbook_from_text(f"## 选项\n{header}\n{rows}"), "x.xlsx")
    return parse_choices(workbook.sheets[0])


def test_choices_keep_their_order_their_labels_and_their_own_columns():
    lists, found = choices(
        """
        | 校区 | dx | 大学城 | University City | 2 | 广州 |
        | 校区 | lg | 龙洞 | Longdong | 1 | 广州 |
        | 是否 | 1 | 是 | Yes | | |
        """,
        "| 列表 | 名称 | 标签::中文 (zh) | label::English (en) | level | 城市 |",
    )
    assert found == []
    assert list(lists) == ["校区", "是否"]
    first, second = lists["校区"]
    assert (first.name, first.label.get("en"), second.label.get("zh")) == ("dx", "University City", "龙洞")
    assert {name: cell.text for name, cell in first.columns.items()} == {"level": "2", "城市": "广州"}
    assert lists["是否"][0].name == "1"
    data = choice_datasets(lists)["校区"]
    assert data.find("lg")[0]["城市"].text == "广州"
    assert data.find("lg")[0]["label"].text == "龙洞"


def test_what_is_wrong_with_choices():
    lists, found = choices("| | a | 甲 |\n| l | | 乙 |\n| l | b | 丙 |\n| l | b | 丁 |")
    assert codes(found) == [("SHEET-045", "A2"), ("SHEET-046", "B3"), ("SHEET-047", "B5")]
    assert "B4" in found[-1].message()
    assert [choice.label.get() for choice in lists["l"]] == ["丙"]


def test_a_misspelt_column_of_choices_is_a_fault_only_where_the_right_one_is_missing():
    _, found = choices("| l | b | 丙 |", "| list_name | name | lable |")
    assert [item.code for item in found] == ["BOOK-020"]
    _, found = choices("| l | b | 丙 | 2 |", "| list_name | name | label | level |")
    assert found == []


def test_places_of_choices_are_not_available():
    _, found = choices("| l | b | 丙 | 1 2 |", "| list_name | name | label | geometry |")
    assert codes(found) == [("SHEET-036", "D1")]


def test_fields_are_frozen_and_every_field_has_its_cell():
    items, _ = survey(NESTED)
    assert isinstance(items[1], Field)
    assert [str(item.place) for item in items] == ["表单!B2", "表单!B8"]


KOBO = """
## survey
| type | name | label | kobo--score-choices | kobo--rank-items | required |
| begin_score | 满意 | 满意度 | 程度 | | |
| score__row | 速度 | 上门速度 | | | true |
| score__row | 态度 | 服务态度 | | | |
| end_score | | | | | |
| begin_rank | 优先 | 优先次序 | | 方案 | |
| rank__level | 一 | 第一 | | | |
| rank__level | 二 | 第二 | | | |
| rank__level | 三 | 第三 | | | |
| end_rank | | | | | |
## choices
| list_name | name | label |
| 程度 | good | 好 |
| 程度 | bad | 差 |
| 方案 | home | 国产 |
| 方案 | import | 进口 |
| 方案 | rent | 租用 |
"""


def test_ratings_and_ranks_of_kobo_are_read_as_what_they_mean():
    """KoboToolbox: `begin_score` is one list for every row, `begin_rank` one list for every level, no item twice."""
    service, found = load_bytes(workbook_from_text(KOBO), "x.xlsx")
    assert found == []
    score, rank = service.survey.children
    assert (score.appearance, [(row.type, row.name, row.choices) for row in score.children]) == (
        "table-list", [("select_one", "速度", "程度"), ("select_one", "态度", "程度")]
    )  # fmt: skip
    assert [(row.type, row.choices) for row in rank.children] == [("select_one", "方案")] * 3
    answers = {"速度": "good", "一": "rent", "二": "home", "三": "import"}
    assert service.form(answers).errors == ()
    assert [error.path for error in service.form(answers | {"三": "rent"}).errors] == ["三"]
    assert [error.path for error in service.form(answers | {"三": None, "速度": None}).errors] == ["速度"]
    _, found = load_bytes(workbook_from_text(KOBO.replace("| 程度 | | |", "| | | |")), "x.xlsx")
    assert codes(found) == [("SHEET-028", "A3"), ("SHEET-028", "A4")]


MATRIX = """
## survey
| type | name | label | kobo--matrix_list | required |
| begin_kobomatrix | furniture | 现有家具 | 家具 | |
| integer | count | 数量 | | yes |
| select_one 状况 | state | 状况 | | |
| end_kobomatrix | | | | |
| text | note | 备注 | | |
## choices
| list_name | name | label |
| 家具 | desk | 桌子 |
| 家具 | chair | 椅子 |
| 状况 | good | 完好 |
| 状况 | bad | 损坏 |
"""


def test_a_matrix_of_kobo_asks_every_question_for_every_choice():
    service, found = load_bytes(workbook_from_text(MATRIX), "x.xlsx")
    assert found == []
    matrix, note = service.survey.children
    assert (matrix.appearance, note.name) == ("grid", "note")
    assert [(row.name, row.label.get(), [cell.name for cell in row.children]) for row in matrix.children] == [
        ("furniture_desk", "桌子", ["furniture_desk_count", "furniture_desk_state"]),
        ("furniture_chair", "椅子", ["furniture_chair_count", "furniture_chair_state"]),
    ]
    answers = {"furniture_desk_count": 3, "furniture_desk_state": "good", "furniture_chair_state": "none"}
    errors = [(error.path, error.texts.get("zh")) for error in service.form(answers).errors]
    assert [path for path, _ in errors] == ["furniture_chair_count", "furniture_chair_state"]
    assert "椅子：数量" in errors[0][1]


def test_a_matrix_of_kobo_says_what_its_rows_are():
    _, found = load_bytes(workbook_from_text(MATRIX.replace("| 家具 | |", "| 家什 | |")), "x.xlsx")
    assert ("SHEET-029", "D2") in codes(found)
    _, found = load_bytes(workbook_from_text(MATRIX.replace("| 现有家具 | 家具 |", "| 现有家具 | |")), "x.xlsx")
    assert ("SHEET-028", "A2") in codes(found)
    english = MATRIX.replace("| label |", "| label::English (en) |")
    service, _ = load_bytes(workbook_from_text(english.replace("数量", "Count").replace("桌子", "Desk")), "x.xlsx")
    assert service.survey.children[0].children[0].children[0].label.get("en") == "Desk: Count"
