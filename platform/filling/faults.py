"""What can be wrong with a template that comes back, beside what the form itself says (codes `FILL-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NOT_A_TEMPLATE = fault(
    "FILL-001",
    Severity.ERROR,
    "“{file}”不是本平台生成的填报模板，或模板中隐藏的第一行已被删除。",
    "“{file}” is no template that this platform made, or the hidden first row of its sheets was deleted.",
    do_zh="请在服务的填报页下载模板，把内容粘贴进去。",
    do_en="Download the template from the form of the service, and paste your rows into it.",
)
OTHER_SERVICE = fault(
    "FILL-002",
    Severity.ERROR,
    "这是“{other}”的模板，不是“{service}”的。",
    "This is the template of “{other}”, not of “{service}”.",
    do_zh="请到那项服务的填报页上传，或下载这项服务的模板。",
    do_en="Upload it on the form of that service, or download the template of this one.",
)
OLD_TEMPLATE = fault(
    "FILL-003",
    Severity.WARNING,
    "模板是按表单的旧版本（{old}）生成的，现在的版本是 {new}；已按字段名对应各列。",
    "The template was made for an older version of the form ({old}); it is {new} now. Columns were matched by name.",
    do_zh="核对下面列出的各列；也可以下载新模板。",
    do_en="Look at the columns named below, or download a new template.",
)
UNKNOWN_COLUMN = fault(
    "FILL-004",
    Severity.WARNING,
    "表单现在没有“{label}”（{name}）这一列，其中的内容不会提交。",
    "The form does not ask for “{label}” ({name}); what stands in this column is not sent.",
    do_zh="确认不需要这些内容；需要时写到别的列里。",
    do_en="Make sure that it is not needed, or write it into another column.",
)
MISSING_COLUMN = fault(
    "FILL-005",
    Severity.WARNING,
    "模板里没有“{label}”（{name}）这一列，按没有填写处理。",
    "The template has no column “{label}” ({name}); it counts as left blank.",
    do_zh="需要填写时，请下载新模板。",
    do_en="Download a new template if you want to fill it in.",
)
OWN_COLUMN = fault(
    "FILL-006",
    Severity.WARNING,
    "这一列是自己加的，不对应表单的任何一项，不会提交。",
    "This column was added; it is no item of the form and is not sent.",
    do_zh="把内容移到模板原有的列里，或不必理会。",
    do_en="Move what it holds into a column of the template, or leave it.",
)
DUPLICATE_COLUMN = fault(
    "FILL-007",
    Severity.ERROR,
    "“{label}”（{name}）有两列。",
    "There are two columns “{label}” ({name}).",
    do_zh="只留一列；不要复制带隐藏第一行的整列。",
    do_en="Keep one; do not copy whole columns with the hidden first row.",
)
OWN_SHEET = fault(
    "FILL-008",
    Severity.WARNING,
    "工作表“{sheet}”不对应表单现在的任何部分，没有读取。",
    "The sheet “{sheet}” is no part of the form as it is now; it was not read.",
    do_zh="确认不需要其中的内容；需要时移到模板的工作表里。",
    do_en="Make sure that it is not needed, or move its rows into a sheet of the template.",
)
DUPLICATE_SHEET = fault(
    "FILL-009",
    Severity.ERROR,
    "工作表“{sheet}”与“{first}”是同一张表的两份。",
    "The sheets “{sheet}” and “{first}” are copies of one sheet.",
    do_zh="把内容合到一张表里，删除另一张。",
    do_en="Put all rows into one and delete the other.",
)
NO_ROWS = fault(
    "FILL-010",
    Severity.ERROR,
    "没有填写任何内容。",
    "Nothing was filled in.",
    do_zh="从第 3 行起填写，一行一件。",
    do_en="Fill in rows from row 3 on, one case a row.",
)
TOO_MANY_ROWS = fault(
    "FILL-011",
    Severity.ERROR,
    "一个文件最多 {most} 件，这里有 {count} 件。",
    "A file may hold {most} cases at most; here are {count}.",
    do_zh="请分成几个文件，每个文件另下载一份模板。",
    do_en="Split it into several files, each from a template of its own.",
)
DUPLICATE_KEY = fault(
    "FILL-012",
    Severity.ERROR,
    "编号“{key}”用了两次，分不清明细属于哪一行。",
    "The number “{key}” stands twice, so it is not clear which row its details belong to.",
    do_zh="每行用不同的编号，并改正明细表里的编号。",
    do_en="Give every row a number of its own, and correct the sheet of details.",
)
UNKNOWN_KEY = fault(
    "FILL-013",
    Severity.ERROR,
    "“{sheet}”里没有编号为“{key}”的行，{cell} 这一行明细无处可归。",
    "There is no row with the number “{key}” on the sheet “{sheet}”, so the row of {cell} belongs nowhere.",
    do_zh="填写它所属那一行的编号。",
    do_en="Write the number of the row that it belongs to.",
)
NO_KEY = fault(
    "FILL-021",
    Severity.ERROR,
    "第 {row} 行没有填“{column}”，分不清它属于“{sheet}”里的哪一行。",
    "Row {row} has no “{column}”, so it is not clear which row of the sheet “{sheet}” it belongs to.",
    do_zh="在这一格填写它所属那一行的编号；多余的行请清空。",
    do_en="Write the number of the row that it belongs to into this cell, or clear the row.",
)
NO_SHEET_ABOVE = fault(
    "FILL-022",
    Severity.ERROR,
    "“{title}”这张表不见了，第 {row} 行起的明细无处可归。",
    "The sheet “{title}” is gone, so the details from row {row} on belong nowhere.",
    do_zh="请在模板里填写，不要删除其中的工作表。",
    do_en="Fill the template in without deleting any of its sheets.",
)
AMBIGUOUS = fault(
    "FILL-014",
    Severity.ERROR,
    "“{text}”可以指：{meant}。",
    "“{text}” may mean: {meant}.",
    do_zh="照这里的写法填写其中一个；人员可以填工号。",
    do_en="Write one of them as it stands here; for a person, the campus number.",
)
LOST_DIGITS = fault(
    "FILL-015",
    Severity.ERROR,
    "这个数超过 15 位，Excel 已经丢掉了后面的数字。",
    "This number has more than 15 digits; Excel has lost the last ones.",
    do_zh="把单元格设为文本格式后重新输入。",
    do_en="Format the cell as text and type it again.",
)
NOT_ASKED = fault(
    "FILL-016",
    Severity.WARNING,
    "按这一行的其他内容，表单不问“{label}”，填写的内容不会提交。",
    "With the other answers of this row the form does not ask for “{label}”; what stands here is not sent.",
    do_zh="核对前面的选择；不需要时可以清空。",
    do_en="Check the answers before it, or clear the cell.",
)
NOT_TAKEN = fault(
    "FILL-017",
    Severity.WARNING,
    "“{label}”由系统给出，这里填写的内容不会提交。",
    "“{label}” is given by the platform; what stands here is not sent.",
    do_zh="可以清空。",
    do_en="You may clear the cell.",
)
CHANGED_AFTER_SENDING = fault(
    "FILL-018",
    Severity.ERROR,
    "这一行写着办理结果“{text}”，但内容不是当时提交的内容。已提交的办件不受影响。",
    "This row bears the result “{text}”, but it does not hold what was sent then. The case that was sent is unchanged.",
    do_zh="要作为新的一件提交，请清空“办理结果”这一格；要改已提交的办件，请到“我的办件”。",
    do_en="To send it as a new case, clear the result cell; to change the case that was sent, go to “My cases”.",
)
UNREAD_CELLS = fault(
    "FILL-019",
    Severity.ERROR,
    "工作表“{sheet}”里读不出来的单元格太多（{code}），有些没有一一列出。",
    "Too many cells of the sheet “{sheet}” cannot be read ({code}); not all of them are named.",
    do_zh="先改正列出的单元格，再上传一次。",
    do_en="Mend those that are named, and upload the file again.",
)
CHOSEN_ON_SCREEN = fault(
    "FILL-020",
    Severity.ERROR,
    "环节“{step}”由申请人选择办理人，Excel 里不能选。",
    "The applicant chooses who is asked at the step “{step}”, which Excel cannot do.",
    do_zh="请在表单上填写并选择；只有一件时，可以点“填到网页表单里”接着办。",
    do_en="Fill the form in on the screen and choose there; a file of one case can be put into the form on screen.",
)
