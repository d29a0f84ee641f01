"""Number formats that make dates of numbers, as Excel in China and elsewhere writes them."""

import pytest

from banshi.platform.workbook.formats import Shape, shape_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("General", Shape.NUMBER),
        ("G/通用格式", Shape.NUMBER),
        ("@", Shape.NUMBER),
        ("0.00%", Shape.PERCENT),
        ('0"%"', Shape.NUMBER),
        ("#,##0.00;[Red]-#,##0.00", Shape.NUMBER),
        ("0.00E+00", Shape.NUMBER),
        ('0.00"元/kWh"', Shape.NUMBER),
        ('#,##0"日"', Shape.NUMBER),
        ("[DBNum2][$-804]General", Shape.NUMBER),
        (r"\d0", Shape.NUMBER),
        ("[h]:mm:ss", Shape.NUMBER),
        ("[$-409]m/d/yy h:mm AM/PM;@", Shape.DATETIME),
        ("yyyy-mm-dd", Shape.DATE),
        ('yyyy"年"m"月"d"日"', Shape.DATE),
        ('[$-404]e"年"m"月"', Shape.DATE),
        ("[$-F800]dddd, mmmm dd, yyyy", Shape.DATE),
        ('m"月"d"日"', Shape.DATE),
        ("aaaa", Shape.DATE),
        ("mmm", Shape.DATE),
        ("h:mm", Shape.TIME),
        ("mm:ss.0", Shape.TIME),
        ('上午/下午h"时"mm"分"', Shape.TIME),
        ("yyyy/m/d h:mm", Shape.DATETIME),
    ],
)
def test_what_an_authors_format_makes_of_a_number(text, shape):
    assert shape_of(200, text) is shape


@pytest.mark.parametrize(
    ("number", "shape"),
    # ECMA-376 part 1, 18.8.30, with the list for zh-CN
    [(0, Shape.NUMBER), (9, Shape.PERCENT), (14, Shape.DATE), (20, Shape.TIME), (22, Shape.DATETIME), (31, Shape.DATE),
     (33, Shape.TIME), (46, Shape.NUMBER), (49, Shape.NUMBER), (57, Shape.DATE)],
)  # fmt: skip
def test_formats_that_are_known_by_number(number, shape):
    assert shape_of(number, None) is shape
