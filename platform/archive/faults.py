"""What can be wrong with an archive file (codes `ARCHIVE-…`); the place of each is a path inside it."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

_AGAIN = "从办事大厅重新导出，并与原件核对。"
_AGAIN_EN = "Export it from the hall anew, and compare the two."

NOT_AN_ARCHIVE = fault(
    "ARCHIVE-001",
    Severity.ERROR,
    "不是归档文件，或文件不完整：{why}",
    "This is no archive file, or not all of one: {why}",
    do_zh=_AGAIN,
    do_en=_AGAIN_EN,
)
CHANGED = fault(
    "ARCHIVE-002",
    Severity.ERROR,
    "内容与归档时不同。",
    "Its content is not what was archived.",
    do_zh=_AGAIN,
    do_en=_AGAIN_EN,
)
GONE = fault(
    "ARCHIVE-003",
    Severity.ERROR,
    "清单里有，归档文件里没有。",
    "The manifest lists it, and it is not there.",
    do_zh=_AGAIN,
    do_en=_AGAIN_EN,
)
ADDED = fault(
    "ARCHIVE-004",
    Severity.ERROR,
    "归档文件里有，清单里没有，或者有两份。",
    "It is there, and the manifest does not list it, or it is there twice.",
    do_zh=_AGAIN,
    do_en=_AGAIN_EN,
)
BROKEN_RECORD = fault(
    "ARCHIVE-005",
    Severity.ERROR,
    "办理记录的第 {line} 行与前后接不上。",
    "Line {line} of the record does not follow from the one before.",
    do_zh=_AGAIN,
    do_en=_AGAIN_EN,
)
INCOMPLETE = fault(
    "ARCHIVE-006",
    Severity.WARNING,
    "归档时就缺这个附件：{why}",
    "This attachment was missing when the case was archived: {why}",
    do_zh="从备份恢复附件后重新归档。",
    do_en="Restore the attachment from a backup and archive the case anew.",
)
