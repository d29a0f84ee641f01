"""Functions of texts. Positions count characters from 1 in Excel's functions, from 0 in XLSForm's `substr`."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    MAX_TEXT,
    Problem,
    bad_argument,
    bounded,
    clock_of,
    is_empty,
    to_moment,
    to_number,
    to_string,
    to_text,
    to_whole,
    wrong,
)
from banshi.rules.expressions.format_dates import date_text
from banshi.rules.expressions.format_tokens import Sections, is_date_format
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.text_formats import number_in_format, text_in_format, text_in_section, understood
from banshi.rules.values import Kind, Value

_END = MAX_TEXT
MAX_PATTERN = 1_000
MAX_FORMAT = 255
"""Characters in a format: Excel's own bound."""


@function("left", Kind.TEXT, "text: text", "count: number?", words=("左",),
    zh="左边的几个字符（缺省 1 个）。",
    en="The first characters (one when the count is missing).",
    example='left("化学学院", 2)', shows="化学", source="Excel")  # fmt: skip
def left(text: str, count: Decimal = Decimal(1)) -> Value:
    """Take from the start."""
    return text[: to_whole(count, 0, _END)]


@function("right", Kind.TEXT, "text: text", "count: number?", words=("右",),
    zh="右边的几个字符（缺省 1 个）。",
    en="The last characters (one when the count is missing).",
    example='right("化学学院", 2)', shows="学院", source="Excel")  # fmt: skip
def right(text: str, count: Decimal = Decimal(1)) -> Value:
    """Take from the end."""
    length = to_whole(count, 0, _END)
    return text[-length:] if length else ""


@function("mid", Kind.TEXT, "text: text", "start: number", "count: number", words=("中间",),
    zh="从第几个字符起取几个字符，第一个字符是 1。",
    en="Characters from a position on; the first is 1.",
    example='mid("YJ2026001", 3, 4)', shows="2026", source="Excel")  # fmt: skip
def mid(text: str, start: Decimal, count: Decimal) -> Value:
    """Take from the middle."""
    first = to_whole(start, 1, _END) - 1
    return text[first : first + to_whole(count, 0, _END)]


@function("substr", Kind.TEXT, "text: string", "start: number", "end: number?", words=("子串",),
    zh="从 start 到 end 之前的字符，第一个字符是 0；负数从末尾数。",
    en="The characters from start to before end; the first is 0, negative numbers count from the end.",
    example='substr("YJ2026001", 2, 6)', shows="2026", source="XLSForm")  # fmt: skip
def substr(text: str, start: Decimal, end: Decimal | None = None) -> Value:
    """Slice."""
    return text[to_whole(start, -_END, _END) : None if end is None else to_whole(end, -_END, _END)]


@function("len", Kind.NUMBER, "text: text", words=("string-length", "长度", "字数"),
    zh="有几个字符；空值为 0。",
    en="How many characters there are; 0 for an empty value.",
    example='len("阳江校区")', shows="4", source="Excel LEN, XLSForm string-length")  # fmt: skip
def len_(text: str) -> Value:
    """Count characters."""
    return Decimal(len(text))


@function("trim", Kind.TEXT, "text: text", words=("去空格",),
    zh="去掉首尾空格，中间连续的空格只留一个（只管半角空格，同 Excel；换行和全角空格请用 normalize-space）。",
    en="Drops outer spaces; inner runs of spaces become one. Only plain spaces, as in Excel; line breaks and wide "
    "spaces are for normalize-space.",
    example='trim("  a   b ")', shows="a b", source="Excel")  # fmt: skip
def trim(text: str) -> Value:
    """Tidy spaces."""
    return " ".join(part for part in text.split(" ") if part)


@function("normalize-space", Kind.TEXT, "text: string", words=("去空白",),
    zh="去掉首尾空白，中间连续的空白（空格、换行、制表符、全角空格）换成一个空格。",
    en="Drops outer blanks; inner runs of blanks (spaces, line breaks, tabs, wide spaces) become one space.",
    example='normalize-space("  a \u3000  b ")', shows="a b", source="XLSForm")  # fmt: skip
def normalize_space(text: str) -> Value:
    """Tidy every kind of blank. XPath names four of them; a wide space is one for whoever types Chinese."""
    return " ".join(text.split())


@function("upper", Kind.TEXT, "text: text", words=("大写",), zh="字母变大写。", en="Letters in capitals.",
    example='upper("b203")', shows="B203", source="Excel")  # fmt: skip
def upper(text: str) -> Value:
    """Make capitals."""
    return text.upper()


@function("lower", Kind.TEXT, "text: text", words=("小写",), zh="字母变小写。", en="Letters in lower case.",
    example='lower("B203")', shows="b203", source="Excel")  # fmt: skip
def lower(text: str) -> Value:
    """Make small letters."""
    return text.lower()


def joined(separator: str, texts: Iterable[str]) -> str:
    """The texts with the separator between, if they are not too long; raises `Problem`."""
    result, first = "", True
    for text in texts:
        result = bounded(result + ("" if first else separator) + text)
        first = False
    return result


@function("concat", Kind.TEXT, "values: list*", words=("concatenate", "连接"),
    zh="把值连成一段文字；明细的一列逐行相连。是、否写成 TRUE、FALSE（同 Excel）。",
    en="Makes one text of the values; a column of rows is joined row by row. Yes and no are TRUE and FALSE, as in Excel.",
    example='concat("A", 12, "-", 0.50)', shows="A12-0.5", source="Excel, XLSForm")  # fmt: skip
def concat(*values: Value) -> Value:
    """Join without a separator."""
    return joined("", map(to_text, values))


@function("join", Kind.TEXT, "separator: string", "values: list*", words=("拼接",),
    zh="用分隔符把值连成一段文字。",
    en="Makes one text of the values with a separator between.",
    example='join("、", "甲", "乙")', shows="甲、乙", source="XLSForm")  # fmt: skip
def join(separator: str, *values: Value) -> Value:
    """Join with a separator."""
    return joined(separator, map(to_string, values))


@function("textjoin", Kind.TEXT, "separator: text", "skip_empty: truth", "values: list+", words=("文本合并",),
    zh="用分隔符连接；第二个参数为 TRUE 时跳过空值。",
    en="Joins with a separator; leaves empty values out when the second argument is TRUE.",
    example='textjoin("、", TRUE, "甲", "", "乙")', shows="甲、乙", source="Excel")  # fmt: skip
def textjoin(separator: str, skip_empty: bool, *values: Value) -> Value:
    """Join, perhaps without the empty ones."""
    return joined(separator, (to_text(value) for value in values if not (skip_empty and is_empty(value))))


def wildcard(pattern: str) -> Any:
    """Excel's wildcards as a regular expression: `*` any characters, `?` one, `~` before either takes it as it is."""
    parts = re.findall(r"~[*?~]|[*?]|[^*?~]+|~", pattern)
    meaning = {"*": ".*", "?": "."}
    return compiled(
        "(?is)" + "".join(meaning.get(part) or re2.escape(part.removeprefix("~") or part) for part in parts)
    )


def _find(wanted: str, text: str, start: Decimal, pattern: Any = None) -> Value:
    first = to_whole(start, 1, _END) - 1
    if first > len(text):
        raise bad_argument("起点超出了文字", "the start lies behind the text")
    if pattern is not None:
        match = pattern.search(text[first:])
        found = first + match.start() if match else -1
    else:
        found = text.find(wanted, first)
    if found < 0:
        raise Problem(faults.BAD_ARGUMENT, reason=f"找不到“{wanted[:40]}”", reason_en=f"“{wanted[:40]}” was not found")
    return Decimal(found + 1)


@function("find", Kind.NUMBER, "wanted: text", "text: text", "start: number?", words=("查找位置",),
    zh="第一次出现的位置，第一个字符是 1，区分大小写；没有时是错误值。",
    en="Where it first stands, counted from 1, letter case matters; an error when it is not there.",
    example='find("-", "B2-305")', shows="3", source="Excel")  # fmt: skip
def find(wanted: str, text: str, start: Decimal = Decimal(1)) -> Value:
    """Find as it is written."""
    return _find(wanted, text, start)


@function("search", Kind.NUMBER, "wanted: text", "text: text", "start: number?", words=("搜索位置",),
    zh="同 find，但不区分大小写，可用通配符 * 和 ?（~* 表示星号本身）。",
    en="Like find, in any letter case; * stands for any characters and ? for one (~* is a star).",
    example='search("b", "A-B")', shows="3", source="Excel")  # fmt: skip
def search(wanted: str, text: str, start: Decimal = Decimal(1)) -> Value:
    """Find in any letter case."""
    return _find(wanted, text, start, wildcard(wanted))


@function("substitute", Kind.TEXT, "text: text", "old: text", "new: text", "which: number?", words=("替换",),
    zh="把旧文字都换成新文字；第四个参数只换第几个。",
    en="Replaces the old text by the new one everywhere; a fourth argument picks one place.",
    example='substitute("2026/09/01", "/", "-")', shows="2026-09-01", source="Excel")  # fmt: skip
def substitute(text: str, old: str, new: str, which: Decimal | None = None) -> Value:
    """Replace by content."""
    if not old:
        return text
    if which is None:
        if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
            raise Problem(faults.OUT_OF_RANGE)
        return text.replace(old, new)
    at = -len(old)
    for _ in range(to_whole(which, 1, _END)):
        at = text.find(old, at + len(old))
        if at < 0:
            return text
    return text[:at] + new + text[at + len(old) :]


@function("replace", Kind.TEXT, "text: text", "start: number", "count: number", "new: text", words=("按位置替换",),
    zh="从第几个字符起的几个字符换成新文字。",
    en="Replaces characters from a position on.",
    example='replace("13800001111", 4, 4, "****")', shows="138****1111", source="Excel")  # fmt: skip
def replace(text: str, start: Decimal, count: Decimal, new: str) -> Value:
    """Replace by position."""
    first = to_whole(start, 1, _END) - 1
    return text[:first] + new + text[first + to_whole(count, 0, _END) :]


@function("rept", Kind.TEXT, "text: text", "count: number", words=("重复",),
    zh="重复几次；结果最多 32767 个字符。",
    en="Repeats a text; the result has at most 32,767 characters.",
    example='rept("*", 3)', shows="***", source="Excel")  # fmt: skip
def rept(text: str, count: Decimal) -> Value:
    """Repeat."""
    times = to_whole(count, 0, _END)
    if len(text) * times > MAX_TEXT:
        raise Problem(faults.OUT_OF_RANGE)
    return text * times


@function("exact", Kind.BOOLEAN, "left: text", "right: text", words=("完全相同",),
    zh="两段文字完全相同时为 TRUE，区分大小写。",
    en="TRUE when two texts are the same, letter case included.",
    example='exact("a", "A")', shows="FALSE", source="Excel")  # fmt: skip
def exact(first: str, second: str) -> Value:
    """Compare as texts."""
    return first == second


@function("contains", Kind.BOOLEAN, "text: string", "part: string", words=("包含",),
    zh="文字中含有另一段文字时为 TRUE。",
    en="TRUE when a text holds another.",
    example='contains("易制毒化学品", "易制毒")', shows="TRUE", source="XLSForm")  # fmt: skip
def contains(text: str, part: str) -> Value:
    """Look inside."""
    return part in text


@function("starts-with", Kind.BOOLEAN, "text: string", "start: string", words=("开头是",),
    zh="以另一段文字开头时为 TRUE。",
    en="TRUE when a text begins with another.",
    example='starts-with("B2-305", "B2")', shows="TRUE", source="XLSForm")  # fmt: skip
def starts_with(text: str, start: str) -> Value:
    """Look at the start."""
    return text.startswith(start)


@function("ends-with", Kind.BOOLEAN, "text: string", "end: string", words=("结尾是",),
    zh="以另一段文字结尾时为 TRUE。",
    en="TRUE when a text ends with another.",
    example='ends-with("报告.pdf", ".pdf")', shows="TRUE", source="XLSForm")  # fmt: skip
def ends_with(text: str, end: str) -> Value:
    """Look at the end."""
    return text.endswith(end)


@function("substring-before", Kind.TEXT, "text: string", "mark: string", words=("之前",),
    zh="标记第一次出现之前的文字；没有标记时为空文字。",
    en="The text before the first mark; an empty text without one.",
    example='substring-before("B2-305", "-")', shows="B2", source="XLSForm")  # fmt: skip
def substring_before(text: str, mark: str) -> Value:
    """Cut before the mark."""
    before, found, _ = text.partition(mark) if mark else ("", "", text)
    return before if found else ""


@function("substring-after", Kind.TEXT, "text: string", "mark: string", words=("之后",),
    zh="标记第一次出现之后的文字；没有标记时为空文字。",
    en="The text after the first mark; an empty text without one.",
    example='substring-after("B2-305", "-")', shows="305", source="XLSForm")  # fmt: skip
def substring_after(text: str, mark: str) -> Value:
    """Cut after the mark."""
    return text.partition(mark)[2] if mark else text


@function("translate", Kind.TEXT, "text: string", "from: string", "to: string", words=("逐字替换",),
    zh="把 from 中的每个字符换成 to 中同一位置的字符，没有对应的删去。",
    en="Changes each character of from into the one at the same place of to; drops those without one.",
    example='translate("2026/09/01", "/", "-")', shows="2026-09-01", source="XLSForm")  # fmt: skip
def translate(text: str, old: str, new: str) -> Value:
    """Change letter by letter; of a letter that stands twice in `from`, the first counts."""
    table: dict[int, str | None] = {}
    for i, letter in enumerate(old):
        table.setdefault(ord(letter), new[i] if i < len(new) else None)
    return text.translate(table)


@function("string", Kind.TEXT, "value: string", words=("文字",),
    zh='把值转成文字；是、否写成 true、false（同 XPath）；用 & 连接时写成 TRUE、FALSE（同 Excel）。',
    en="A value as text; yes and no are true and false, as in XPath, where & writes TRUE and FALSE, as in Excel.",
    example="string(12.50)", shows="12.5", source="XLSForm")  # fmt: skip
def string(text: str) -> Value:
    """Make a text."""
    return text


@function("boolean-from-string", Kind.BOOLEAN, "text: string", words=("文字是否",),
    zh='文字是 "true" 或 "1" 时为 TRUE。', en='TRUE for the texts "true" and "1".',
    example='boolean-from-string("1")', shows="TRUE", source="XLSForm")  # fmt: skip
def boolean_from_string(text: str) -> Value:
    """Read a truth."""
    return text.strip().casefold() in ("true", "1")


@function("regex", Kind.BOOLEAN, "text: string", "pattern: string", words=("正则", "匹配"),
    zh="整段文字符合正则表达式时为 TRUE（RE2 语法，可写 \\uXXXX）。",
    en="TRUE when the whole text fits a regular expression (RE2 syntax, \\uXXXX is understood).",
    example='regex("YJ2026", "[A-Z]{2}[0-9]{4}")', shows="TRUE", source="XLSForm")  # fmt: skip
def regex(text: str, pattern: str) -> Value:
    """Match the whole text in linear time."""
    return compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """A regular expression, compiled by RE2, which cannot run away; raises `Problem`."""
    if len(pattern) > MAX_PATTERN:
        raise Problem(faults.BAD_PATTERN, pattern=pattern[:20] + "…", reason=f"> {MAX_PATTERN}")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        return re2.compile(re.sub(r"\\u([0-9a-fA-F]{4})", r"\\x{\1}", pattern), options)
    except re2.error as broken:
        reason = broken.args[0] if broken.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Problem(faults.BAD_PATTERN, pattern=pattern, reason=text) from None


@function("digest", Kind.TEXT, "text: string", "algorithm: text", "encoding: text?", words=("摘要",),
    zh="文字的散列值：MD5、SHA-1、SHA-256、SHA-384、SHA-512；编码是 base64（默认）或 hex。",
    en="The hash of a text: MD5, SHA-1, SHA-256, SHA-384 or SHA-512, in base64 (by default) or hex.",
    example='digest("abc", "MD5", "hex")', shows="900150983cd24fb0d6963f7d28e17f72", source="XLSForm")  # fmt: skip
def digest(text: str, algorithm: str, encoding: str = "base64") -> Value:
    """Hash the UTF-8 bytes."""
    name = algorithm.strip().lower().replace("-", "")
    if name not in _HASHES:
        raise Problem(faults.BAD_OPTION, function="digest", option=algorithm[:MAX_FORMAT], options=" ".join(_HASHES))
    made = hashlib.new(name, text.encode(), usedforsecurity=False)
    match encoding.strip().lower():
        case "hex":
            return made.hexdigest()
        case "base64":
            return b64encode(made.digest()).decode()
    raise Problem(faults.BAD_OPTION, function="digest", option=encoding[:MAX_FORMAT], options="base64 hex")


_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")


@function("base64-decode", Kind.TEXT, "text: string",
    zh="把 base64 编码的文字还原。", en="The text that was written in base64.",
    example='base64-decode("5Yqe5LqL")', shows="办事", source="XLSForm")  # fmt: skip
def base64_decode(text: str) -> Value:
    """Decode to UTF-8; blank for what is no base64 text, as in ODK."""
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        return ""


_FORMATS = '"0.00" "#,##0.00" "000" "0%" "0.00E+00" "# ?/?" "yyyy-mm-dd hh:mm:ss" "yyyy年m月d日"'


@function("text", Kind.TEXT, "value: any", "format: text", words=("文本",), context=True,
    zh='按 Excel 格式写成文字：数字 "0.00" "#,##0.00" "000" "0%" "0.##" "# ?/?"，日期 "yyyy-mm-dd hh:mm:ss" "yyyy年m月d日 aaaa"，'
    '正数;负数;零 分段。',
    en='A value in an Excel format: numbers "0.00", "#,##0.00", "000", "0%", "0.##", "# ?/?", dates "yyyy-mm-dd hh:mm:ss", '
    '"d mmm yyyy"; sections for positive;negative;zero.',
    example='text(1234.5, "#,##0.00")', shows="1,234.50", source="Excel")  # fmt: skip
def text_(context: Context, value: Value, pattern: str) -> Value:
    """Fill an Excel format; an ISO date as text counts as a date, as it does in Excel."""
    if is_empty(value):
        return ""
    made = _in_format(value, format_of(pattern), context.env.now.tzinfo)
    if made is None:
        raise _bad_format(pattern)
    return made


def _bad_format(pattern: str) -> Problem:
    return Problem(faults.BAD_OPTION, function="text", option=pattern[:MAX_FORMAT], options=_FORMATS)


def format_of(pattern: str) -> Sections:
    """The sections of a format; raises `Problem` for one that no value can be written in."""
    found = understood(pattern) if len(pattern) <= MAX_FORMAT else None
    if found is None:
        raise _bad_format(pattern)
    return found


def _in_format(value: Value, found: Sections, zone: tzinfo | None) -> str | None:
    if is_date_format(found[0]):
        if isinstance(value, str):
            value = clock_of(value) or to_moment(value, zone)
        elif isinstance(value, datetime):
            value = to_moment(value, zone)
        elif not isinstance(value, (date, time)):
            raise wrong(value, Kind.DATE)
        return date_text(value, found[0]) if value is not None else None
    if isinstance(value, bool):
        return text_in_format(to_text(value), found)
    if isinstance(value, (date, time)):
        return None
    if isinstance(value, str):
        try:
            number = to_number(value)
        except Problem:
            return text_in_format(value, found)
    else:
        number = to_number(value)
    if number is None:
        return text_in_format(to_text(value), found)
    if any(kind == "text" for kind, _ in found[0]):
        return text_in_section(to_text(value), found[0])
    return number_in_format(number, found)
