"""What the screens say where a cell of a workbook is looked at, and of long lists of versions."""

from __future__ import annotations

LOOKING: dict[str, tuple[str, str]] = {
    "look.title": ("{place} 的内容", "What is in {place}"),
    "look.hint": ("查看这一格和它所在的行", "Look at this cell and its row"),
    "look.row": ("第 {row} 行，由左到右", "Row {row}, from left to right"),
    "look.blank": ("（空）", "(blank)"),
    "look.asked": ("有问题的一格", "the faulty cell"),
    "look.nothing": ("这个位置读不出内容。", "Nothing can be read there."),
    "look.close": ("关闭", "Close"),
    "version.older": ("另外 {count} 个较早的版本", "{count} earlier versions"),
    "version.older.one": ("另外 {count} 个较早的版本", "{count} earlier version"),
}
