"""Reading expressions (workbook standard, sections 1 and 2; forms.md 3.5 and 3.6).

P1  a leading `=` is optional; fields are `${name}` or bare names; `.` and `?` are the cell's own value
P2  full-width and half-width signs, digits and quotes mean the same; texts in quotes are kept letter by letter
P3  Excel's precedence: sign, %, ^, * /, + -, &, comparisons; then not, and, or
P4  a fault names the cell and the characters, and says what is wrong there
P5  length, parts, depth and digits are bounded; nothing that anybody types raises
P6  the JSON tree is the one of the contract with the browser
"""

from __future__ import annotations

import pickle
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.rules.diagnostics import CATALOGUE, NOWHERE, Diagnostic, Place
from banshi.rules.expressions import parse
from banshi.rules.expressions.characters import fold
from banshi.rules.expressions.parser import MAX_DEPTH, MAX_LENGTH, MAX_PARTS

CELL = Place("survey", "C14")


def tree(text: str) -> dict[str, object]:
    expression, faults = parse(text, CELL)
    assert expression is not None, [item.message("en") for item in faults]
    return expression.to_json()


def fault(text: str) -> tuple[str, str]:
    """The code of the one fault, and the characters that it points at."""
    expression, (found,) = parse(text, CELL)
    assert expression is None
    assert (found.place.sheet, found.place.cell) == ("survey", "C14")
    assert found.place.span is not None
    assert facts_of(found) <= dict(found.facts).keys()
    return found.code, text[slice(*found.place.span)]


def facts_of(item: Diagnostic) -> set[str]:
    """The facts that the four sentences of a fault name."""
    texts = (item.fault.zh, item.fault.en, item.fault.remedy_zh, item.fault.remedy_en)
    return {field for text in texts for _, field, _, _ in Formatter().parse(text) if field}


def name(text: str) -> dict[str, object]:
    return {"t": "name", "v": text}


def num(text: str) -> dict[str, object]:
    return {"t": "num", "v": text}


def op(sign: str, *operands: object) -> dict[str, object]:
    return {"t": "op", "v": sign, "a": list(operands)}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("= 用电量 > 10", "用电量 > 10"),  # P1
        ("＝ 用电量 ＞ １０", "用电量 > 10"),  # P2
        ("${用电量} > 10", "用电量 > 10"),
        ("$ { 用电量 } > 10", "用电量 > 10"),
        ("＄｛用电量｝ > 10", "用电量 > 10"),
        ("${Ａ栋}", "${A栋}"),
        ("a\n\t>\u00a010", "a > 10"),
        ("a ≥ 10", "a >= 10"),
        ("a ≤ 10", "a <= 10"),
        ("a ≠ 10", "a <> 10"),
        ("a <> 10", "a != 10"),
        ("a == 10", "a = 10"),
        ("a × 2 ÷ 3 − 1", "a * 2 / 3 - 1"),
        ("a div 2", "a / 2"),
        ("a 且 b 或 非 c", "a and b or not c"),
        ("a AND b Or NOT c", "a and b or not c"),
        ("a>1且b>2", "a>1 and b>2"),
        ("a>1并且b>2或者c", "a>1 and b>2 or c"),
        ("(a>1)或b", "(a>1) or b"),
        ("如果（a，1，2）", "IF(a, 1, 2)"),
        ("in-role(a、b)", "in-role(a, b)"),
        ("四舍五入(a, 2)", "ROUND(a, 2)"),
        ("“甲”", '"甲"'),
        ("‘甲’", "'甲'"),
        ("”甲”", '"甲"'),
        ('"甲”', '"甲"'),
        ("＂甲＂", '"甲"'),
        ("true", "TRUE"),
        ("position(..)", "position()"),
        ("position( .. )", "position()"),
        ("?", "."),
        ("COUNT-SELECTED(a)", "count-selected(a)"),
        ("string-length(a)", "LEN(a)"),
        ("pow(2, 3)", "POWER(2, 3)"),
        ("instance('l’)/root/item[k = 1]/v", "instance('l')/root/item[k = 1]/v"),
        ("instance(“l”)/root/item[k = 1]/v", "instance('l')/root/item[k = 1]/v"),
        ("_xlfn.TEXTJOIN('、', TRUE, a)", "textjoin('、', TRUE, a)"),
    ],
)
def test_two_ways_to_write_one_thing(text: str, same: str) -> None:
    assert tree(text) == tree(same)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ('"他说“好”，ａ＞１"', "他说“好”，ａ＞１"),
        ("'，＝（ $ { x }'", "，＝（ $ { x }"),
        ('"a""b"', 'a"b'),
        ("'it''s'", "it's"),
        ('""', ""),
        ('“他说"好"”', '他说"好"'),
        ('"两\n行"', "两\n行"),
        ("' 前后 '", " 前后 "),
    ],
)
def test_text_in_quotes_is_kept(text: str, content: str) -> None:  # P2
    assert tree(text) == {"t": "text", "v": content}


def test_two_texts_with_curly_quotes_are_two() -> None:
    assert tree("“甲” & “乙”") == op("&", {"t": "text", "v": "甲"}, {"t": "text", "v": "乙"})


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("-2^2", "(-2)^2"),  # Excel: 4
        ("2^3^2", "(2^3)^2"),  # Excel: 64
        ("2^-1", "2^(-1)"),
        ("50%^2", "(50%)^2"),
        ("-5%", "(-5)%"),
        ("50%%", "(50%)%"),
        ("1+2*3", "1+(2*3)"),
        ("1-2-3", "(1-2)-3"),
        ("8/4/2", "(8/4)/2"),
        ("1+2&3+4", "(1+2)&(3+4)"),
        ("a&b=c", "(a&b)=c"),
        ("a=1 and b=2 or c=3", "((a=1) and (b=2)) or (c=3)"),
        ("a or b and c", "a or (b and c)"),
        ("not a = b", "not (a = b)"),
        ("not a and b", "(not a) and b"),
        ("not(a) = b", "(not a) = b"),
        ("a < b = c", "(a < b) = c"),
        ("1 + 2 > 2 in (TRUE)", "(1 + 2 > 2) in (TRUE)"),
        ("a not in (1, 2)", "not(a in (1, 2))"),
    ],
)
def test_precedence(text: str, brackets: str) -> None:  # P3
    assert tree(text) == tree(brackets)


def test_json_of_every_kind_of_node() -> None:  # P6
    assert tree("0.10") == num("0.10")
    assert tree("'0.10'") == {"t": "text", "v": "0.10"}
    assert tree("FALSE") == {"t": "bool", "v": False}
    assert tree("费用.total") == name("费用.total")
    assert tree(".") == {"t": "self"}
    assert tree("-a") == op("neg", name("a"))
    assert tree("a%") == op("pct", name("a"))
    assert tree("a mod 2") == op("mod", name("a"), num("2"))
    assert tree("a - b - c") == op("-", op("-", name("a"), name("b")), name("c"))
    assert tree("a in (1, b)") == {"t": "in", "a": [name("a"), num("1"), name("b")]}
    assert tree("合计(a)") == {"t": "call", "v": "sum", "a": [name("a")]}
    assert tree("非 a") == {"t": "call", "v": "not", "a": [name("a")]}


def test_a_run_of_one_operator_is_one_node() -> None:
    assert tree("a + b + c") == op("+", name("a"), name("b"), name("c"))
    assert tree("a and b and c") == op("and", name("a"), name("b"), name("c"))
    assert tree("a + (b + c)") == op("+", name("a"), op("+", name("b"), name("c")))
    assert tree("a + b - c + d") == op("+", op("-", op("+", name("a"), name("b")), name("c")), name("d"))


def test_hyphens_subtract_except_in_function_names_and_braces() -> None:
    assert tree("a-b") == op("-", name("a"), name("b"))
    assert tree("${a}-${b}") == op("-", name("a"), name("b"))
    assert tree("${a-b}") == name("a-b")
    assert tree("total-sum(a)") == op("-", name("total"), tree("sum(a)"))
    assert tree("a-count-selected(b)") == op("-", name("a"), tree("count-selected(b)"))
    assert tree("jr:choice-name(a, '${a}')")["v"] == "jr:choice-name"


def test_words_are_operators_only_behind_a_value() -> None:
    assert tree("and(a, b)") == {"t": "call", "v": "and", "a": [name("a"), name("b")]}
    assert tree("${mod} mod ${div}") == op("mod", name("mod"), name("div"))
    assert tree("mod(a, 2)")["t"] == "call"
    assert tree("a and (b)") == op("and", name("a"), name("b"))


def test_names_are_the_fields_read() -> None:
    expression, _ = parse("if(${a-1} > . and b.c = 'd', lookup(电价, 档次, 单价), sum(费用))", CELL)
    assert expression is not None
    assert expression.names == {"a-1", "b.c", "档次", "费用"}  # neither texts, nor the dataset and column of lookup
    label, _ = parse("jr:choice-name(${类别}, ${类别2})", CELL)
    assert label is not None
    assert label.names == {"类别"}
    column, _ = parse("lookup('电价', 1, ${列})", CELL)
    assert column is not None


def test_an_expression_pickles_and_compares() -> None:
    expression, _ = parse("if(a > 1, '甲', 2 * b)", CELL)
    assert pickle.loads(pickle.dumps(expression)) == expression


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "EXPR-001", ""),
        ("=", "EXPR-001", "="),
        ("a + #", "EXPR-004", "#"),
        ("a && b", "EXPR-005", "&&"),
        ("a || b", "EXPR-005", "||"),
        ("!a", "EXPR-005", "!"),
        ("if(a；1)", "EXPR-005", "；"),
        ("a = '甲", "EXPR-006", "'甲"),
        ("a = “甲", "EXPR-006", "“甲"),
        ("${a > 1", "EXPR-007", "${"),
        ("${} > 1", "EXPR-007", "${}"),
        ("1" * 41, "EXPR-008", "1" * 41),
        ("10元 > 5", "EXPR-034", "10元"),
        ("a > 1.5万", "EXPR-034", "1.5万"),
        ("0.698元/度", "EXPR-034", "0.698元"),
        ("2024级 = 1", "EXPR-009", "2024级"),
        ("a b", "EXPR-010", "b"),
        ("if(a 1, 2)", "EXPR-010", "1"),
        ("(a)(b)", "EXPR-010", "("),
        ("5 % 3", "EXPR-010", "3"),
        ("a + * b", "EXPR-011", "*"),
        ("if(a,,b)", "EXPR-011", ","),
        ("and a", "EXPR-011", "and"),
        ("a = = b", "EXPR-011", "="),
        ("a +", "EXPR-012", "+"),
        ("a 且", "EXPR-012", "且"),
        ("if(a, (b + 1, 2)", "EXPR-013", "("),
        ("a > 1)", "EXPR-014", ")"),
        ("a in 1", "EXPR-015", "in"),
        ("a[1]/b[2]", "EXPR-016", "["),
        ("a[1", "EXPR-012", "1"),
        ("a[b > position(..)]", "EXPR-080", "position(..)"),
        ("$A$1 + 1", "EXPR-017", "$A$1"),
        ("A1:B2", "EXPR-017", "A1:"),
        ("价格!A1", "EXPR-017", "价格!"),
        ("1,000 + a", "EXPR-019", ","),
    ],
)
def test_faults_of_syntax(text: str, code: str, at: str) -> None:  # P4
    assert fault(text) == (code, at)


def test_the_place_counts_in_the_text_as_typed() -> None:
    _, (found,) = parse("＝ 用电量 ＋ ＊ 2", CELL)
    assert found.place.span == (8, 9)


def test_every_fault_of_expressions_speaks_two_languages() -> None:
    entries = [entry for code, entry in CATALOGUE.items() if code.startswith("EXPR-")]
    assert len(entries) > 40
    for entry in entries:
        for text in (entry.zh, entry.remedy_zh, entry.en, entry.remedy_en):
            assert text, entry.code
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in entry.en), entry.code


def test_bounds() -> None:  # P5
    assert parse("1" + "+1" * (MAX_PARTS // 2 - 1), CELL)[0] is not None
    assert fault("1" + "+1" * (MAX_PARTS // 2))[0] == "EXPR-018"
    assert parse("a" * (MAX_LENGTH + 1), CELL)[1][0].code == "EXPR-002"
    assert parse("-" * (MAX_DEPTH - 1) + "1", CELL)[0] is not None
    assert fault("-" * MAX_DEPTH + "1")[0] == "EXPR-003"
    assert fault("if(a, 1, " * 150 + "2" + ")" * 150)[0] == "EXPR-003"
    assert parse("(" * 1000 + "1" + ")" * 1000, CELL)[0] is not None  # brackets alone make no deep tree


_PIECES = st.sampled_from(
    [
        *("${", "}", "a", "用电量", "$", "1", ".5", "(", ")", ",", "'", '"', "“", "”", "and", "且", "not", "in", "="),
        *(
            "<",
            "-",
            "^",
            "%",
            "..",
            ".",
            "?",
            "if(",
            "sum(",
            "count-selected(",
            "\n",
            "＝",
            "!",
            "&",
            "[",
            "jr:",
            "1e9",
        ),
        *("lookup(", "：", "\0", "position(..)", "${a}"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join)))
@settings(max_examples=600, deadline=None)
def test_nothing_that_is_typed_raises(text: str) -> None:  # P5
    expression, faults = parse(text, CELL)
    assert (expression is None) == bool(faults)
    for item in faults:
        assert item.message("zh")
        assert item.remedy("en")
        assert item.place.span is not None
        start, end = item.place.span
        assert 0 <= start <= end <= len(text)
    if expression is not None:
        assert expression.to_json()


@given(st.text(max_size=50))
@settings(deadline=None)
def test_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.characters(exclude_characters='"“”„＂', exclude_categories=["Cs"]), max_size=30))
@settings(deadline=None)
def test_any_text_between_straight_quotes_is_itself(text: str) -> None:
    assert tree(f'"{text}"') == {"t": "text", "v": text}
    assert parse(f'"{text}" & 1', NOWHERE)[0] is not None
