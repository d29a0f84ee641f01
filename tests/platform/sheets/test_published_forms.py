"""What published XLSForms have and the standard's page does not name: older words, and sheets that are not neat.

Each is a reduced copy, in our words, of something that `benchmarks/form_corpus.py` found in a published form.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyxform import aliases, question_type_dictionary
from workbooks import workbook_from_text

from banshi.platform.forms import evaluate_form
from banshi.platform.sheets import load_bytes, words
from banshi.platform.workbook.columns import plain
from banshi.rules.diagnostics import Severity, has_errors
from banshi.rules.policies import FixpointEngine


def form(text):
    """The service of a form that its checker finds no error in, and the other faults as code and cell."""
    service, found = load_bytes(
        workbook_from_text("## settings\n| form_id | form_title |\n| t | 测试 |\n" + text), "t.xlsx"
    )
    assert not has_errors(found), [(str(item.place), item.message()) for item in found]
    return service, [(item.code, str(item.place)) for item in found]


def test_rules_under_the_old_headers_are_in_force():
    service, found = form(
        """
        ## survey
        | type | name | caption::English (en) | bind: relevant | bind::constraint | bind:jr:constraintMsg | requiredMsg |
        | integer | age | Age | | . < 150 | Too old | Say it |
        | text | job | Job | ${age} > 17 | | | |
        """
    )
    assert found == []
    age, job = service.survey.children
    assert (age.constraint.text, age.constraint_message.get(), age.required_message.get()) == (
        ". < 150",
        "Too old",
        "Say it",
    )
    assert (age.label.get("en"), job.relevant.text) == ("Age", "${age} > 17")


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("add integer prompt", "integer"),
        ("q picture", "image"),
        ("get start time", "start"),
        ("trigger", "acknowledge"),
        ("add select one prompt using l", "select_one"),
        ("select all that apply from l", "select_multiple"),
        ("get device id", "hidden"),
    ],
)
def test_the_words_of_the_first_xlsforms(word, type_):
    service, _ = form(
        f"## survey\n| type | name | label |\n| {word} | a | 甲 |\n## choices\n| list_name | name | label |\n| l | x | X |"
    )
    assert service.survey.children[0].type == type_


def test_or_specify_other():
    service, _ = form(
        """
        ## survey
        | type | name | label |
        | select one from l or specify other | a | 甲 |
        ## choices
        | list name | name | label |
        | l | x | X |
        """
    )
    assert [item.name for item in service.survey.children] == ["a", "a_other"]
    assert [choice.name for choice in service.survey.choices["l"]] == ["x", "other"]


@pytest.mark.parametrize("word", ["begin loop over l", "cascading_select l", "include other_form"])
def test_what_is_not_built_is_told_with_what_to_do(word):
    _, found = load_bytes(workbook_from_text(f"## survey\n| type | name | label |\n| {word} | a | 甲 |"), "t.xlsx")
    assert ("SHEET-022", "survey!A2") in [(item.code, str(item.place)) for item in found]


@pytest.mark.parametrize(("begin", "end"), [("begin loop over l", "end loop"), ("begin_loop over l", "end_loop")])
def test_a_loop_is_one_fault(begin, end):
    rows = f"| {begin} | round | 各轮 |\n| integer | n_%(name)s | 数 |\n| {end} | | |\n| text | b | 乙 |"
    text = f"## survey\n| type | name | label |\n{rows}\n## choices\n| list_name | name | label |\n| l | x | X |"
    _, found = load_bytes(workbook_from_text(text.replace("n_%(name)s", "n")), "t.xlsx")
    errors = [(item.code, str(item.place)) for item in found if item.severity is Severity.ERROR]
    assert errors == [("SHEET-022", "survey!A2")]
    alone = f"## survey\n| type | name | label |\n| {end} | | |\n| text | b | 乙 |"
    _, found = load_bytes(workbook_from_text(alone), "t.xlsx")
    assert "survey!A2" in [str(item.place) for item in found if item.severity is Severity.ERROR]


def test_every_older_type_of_the_standard_is_known():
    """pyxform's own table of types is the oracle; what is not built is told so."""
    source = Path(question_type_dictionary.__file__).read_text("utf-8")
    types = re.findall(r'^    "([^"]+)": \{', source, re.MULTILINE)
    assert len(types) > 80
    known = {*words.TYPE_BY_WORD, *words.EMPTY_BY_WORD, *words.NOT_AVAILABLE_BY_WORD, *words.FILE_TYPES}
    assert [name for name in (*types, *aliases.select) if plain(name) not in known] == []


def test_a_row_that_names_nothing_is_skipped_and_one_that_does_is_a_fault():
    text = """
        ## survey
        | section | type | name | label | hint |
        | Part one | | | | |
        | | text | a | 甲 | |
        | | | | | 1200 |
        ## choices
        | list_name | name | label | order |
        | l | x | X | 1 |
        | | | | 0 |
        """
    _, found = form(text)
    assert [entry for entry in found if entry[0] == "SHEET-093"] == [
        ("SHEET-093", "survey!B2"),
        ("SHEET-093", "survey!B4"),
        ("SHEET-093", "choices!A3"),
    ]
    _, found = load_bytes(workbook_from_text(text.replace("Part one | | | |", "Part one | | b | |")), "t.xlsx")
    assert ("SHEET-020", "survey!B2") in [(item.code, str(item.place)) for item in found]


def test_a_column_that_looks_like_one_that_is_there_is_the_authors_own():
    _, found = form("## survey\n| type | name | label | label_en |\n| text | a | 甲 | A |")
    assert found == [("SHEET-037", "survey!D1")]
    _, found = load_bytes(workbook_from_text("## survey\n| type | name | lable |\n| text | a | 甲 |"), "t.xlsx")
    assert ("BOOK-020", "survey!C1") in [(item.code, str(item.place)) for item in found]


DISTRICTS = """
    ## survey
    | type | name | label | choice_filter |
    | select_one city | city | 城市 | |
    | select_one district | district | 区 | city=${city} |
    ## choices
    | list_name | name | label | city |
    | city | gz | 广州 | |
    | city | sz | 深圳 | |
    | district | centre | 广州中心区 | gz |
    | district | centre | 深圳中心区 | sz |
    | district | nansha | 南沙 | gz |
    """


def test_names_of_choices_may_come_again_where_the_settings_say_so():
    data = workbook_from_text(
        "## settings\n| form_id | form_title | allow_choice_duplicates |\n| t | 测试 | yes |\n" + DISTRICTS
    )
    service, found = load_bytes(data, "t.xlsx")
    assert found == []

    def errors(city, district):
        return _errors(service, {"city": city, "district": district})

    assert errors("gz", "centre") == errors("sz", "centre") == errors("gz", "nansha") == []
    assert [code for code, _ in errors("sz", "nansha")] == ["FORM-013"]
    _, found = load_bytes(workbook_from_text(DISTRICTS), "t.xlsx")
    assert ("SHEET-047", "choices!B5") in [(item.code, str(item.place)) for item in found]


def test_external_choices_are_lists_of_their_own():
    service, found = form(
        """
        ## survey
        | type | name | label | choice_filter |
        | select_one place | a | 甲 | |
        | select_one_external place | b | 乙 | kind=${a} |
        ## choices
        | list_name | name | label |
        | place | x | 一类 |
        ## external_choices
        | list_name | name | label | kind |
        | place | p | 地点 | x |
        | place | p | 地点 | y |
        """
    )
    assert found == []
    assert _errors(service, {"a": "x", "b": "p"}) == []
    assert [path for _, path in _errors(service, {"a": "p", "b": "x"})] == ["a", "b"]


def _errors(service, answers):
    found = evaluate_form(service, answers, now=datetime(2026, 9, 1, tzinfo=UTC), engine=FixpointEngine())
    return [(error.code, error.path) for error in found.errors]
