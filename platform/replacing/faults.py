"""The catalogue of faults in a table that is to replace a data set (codes `DATA-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

EMPTY = fault(
    "DATA-001",
    Severity.ERROR,
    "“{file}”是空的，连表头也没有。",
    "There is nothing in “{file}”, not even a header.",
    do_zh="第一行写列名，下面写数据；表格放在第一张工作表里。要清空数据的，留下表头。",
    do_en="Put the names of the columns into the first row and the data below, on the first sheet. To have no data, keep the header.",
)
OTHER_SHEETS = fault(
    "DATA-002",
    Severity.WARNING,
    "文件里有几张工作表，只读了“{sheet}”。",
    "The file has several sheets; only “{sheet}” was read.",
    do_zh="要读另一张的，把它改名为“{wanted}”，或单独存成一个文件。",
    do_en="To have another one read, call it “{wanted}” or save it as a file of its own.",
)
MISSPELT_COLUMN = fault(
    "DATA-003",
    Severity.ERROR,
    "原来的表里没有“{column}”列。",
    "The old table has no column “{column}”.",
    do_zh="改成原来的列名；确实要换列名的，请上传整个工作簿，把用到它的地方一起改。",
    do_en="Use the old name. To change the name of a column, upload the whole workbook with what reads it.",
)
NEW_COLUMN = fault(
    "DATA-004",
    Severity.WARNING,
    "“{column}”是新的列。",
    "The column “{column}” is new.",
    do_zh="不需要的话删去这一列。",
    do_en="Delete it if it is not wanted.",
)
NO_KEY_COLUMN = fault(
    "DATA-005",
    Severity.ERROR,
    "缺少关键列“{column}”。",
    "The key column “{column}” is missing.",
    do_zh="加上这一列，每行都要填。",
    do_en="Add it, and fill it in on every row.",
)
COLUMN_GONE = fault(
    "DATA-006",
    Severity.WARNING,
    "原来的“{column}”列没有了。",
    "The column “{column}” of the old table is gone.",
    do_zh="漏了的请补上；读它的规则会在下面的检查里报错。",
    do_en="Add it if it was left out; rules that read it are told below.",
)
NO_HEADER = fault(
    "DATA-007",
    Severity.WARNING,
    "这一列有内容，但没有列名，没有读。",
    "This column has no name above it; it was not read.",
    do_zh="写上列名，或删去这一列。",
    do_en="Give it a name, or delete it.",
)
NOT_A_NUMBER = fault(
    "DATA-008",
    Severity.ERROR,
    "“{column}”列原来都是数，这里是“{text}”。",
    "The column “{column}” held numbers; here is “{text}”.",
    do_zh="写成数，单位写在列名里；没有数的留空。",
    do_en="Write a number, with its unit in the name of the column; leave it blank where there is none.",
)
KEY_NOT_A_NUMBER = fault(
    "DATA-009",
    Severity.WARNING,
    "关键列“{column}”原来都是数，这里是“{text}”。",
    "The key column “{column}” held numbers; here is “{text}”.",
    do_zh="核对有没有写错；查找时文字和数按写法比较。",
    do_en="See whether it is right; keys are compared as they are written.",
)
NOT_A_DAY = fault(
    "DATA-010",
    Severity.ERROR,
    "“{column}”列原来都是日期，这里是“{text}”。",
    "The column “{column}” held dates; here is “{text}”.",
    do_zh="写成 2026-11-01 或 Excel 的日期。",
    do_en="Write 2026-11-01 or a date of Excel.",
)
ZEROS_LOST = fault(
    "DATA-011",
    Severity.ERROR,
    "“{column}”列原来是 {width} 位、可以以 0 开头的编码，这里是数 {text}，开头的 0 丢了。",
    "The column “{column}” held codes of {width} digits that may begin with 0; here is the number {text} without its zeros.",
    do_zh="把这一列设为文本格式，重新填写 {meant}。",
    do_en="Format the column as text and type {meant} again.",
)
DIGITS_LOST = fault(
    "DATA-012",
    Severity.ERROR,
    "“{column}”列的 {text} 是一串长数字被 Excel 变成的，后面的数字已经丢了。",
    "{text} in the column “{column}” was a long row of digits; Excel has lost the last ones.",
    do_zh="把这一列设为文本格式，重新填写；csv 不要用 Excel 打开再保存，用“数据”里的“自文本/CSV”把这一列导入成文本。",
    do_en="Format the column as text and type it again; do not open and save a csv in Excel, but import it by Data › From Text/CSV with this column as text.",
)
MADE_A_DAY = fault(
    "DATA-013",
    Severity.WARNING,
    "“{column}”列原来是文字，这里 Excel 存成了日期 {text}。",
    "The column “{column}” held texts; here Excel has made the date {text}.",
    do_zh="像 3-2 这样的编号会被 Excel 变成日期：设为文本格式，重新填写。",
    do_en="Excel makes dates of codes such as 3-2: format the column as text and type it again.",
)
OVERLAP = fault(
    "DATA-014",
    Severity.ERROR,
    "“{key}”有两行在 {day} 同时有效（另一行在 {other}）。",
    "Two rows of {key} are valid on {day} (the other is at {other}).",
    do_zh="改生效或失效日期，让它们首尾相接。",
    do_en="Change from or until so that one ends before the other begins.",
)
MANY_GONE = fault(
    "DATA-015",
    Severity.WARNING,
    "原来的 {before} 行里有 {gone} 行没有了，超过三分之一。",
    "{gone} of the {before} rows are gone, more than a third.",
    do_zh="核对这是不是整张表：上传的表会替换原来的全部内容，不是追加。",
    do_en="See whether this is the whole table: what is uploaded replaces everything, and is not added to it.",
)
ALL_GONE = fault(
    "DATA-017",
    Severity.WARNING,
    "新表只有表头：原来的 {before} 行会全部删去。",
    "The new table has only its header: all {before} rows go.",
    do_zh="确实要清空的，发布时勾选确认；否则上传带数据的表。办件记在台账里的行不受影响。",
    do_en="If they are to go, confirm it when you publish; else upload a table with rows. Rows that cases have in a register stay.",
)
OF_CASES = fault(
    "DATA-018",
    Severity.NOTICE,
    "“{column}”列有单号的 {count} 行是办件记的，没有读。",
    "{count} rows with a number in “{column}” come from cases; they were not read.",
    do_zh="不用改：这些行随办件变，不能在这里改。",
    do_en="Nothing needs to be done: these rows change with their cases, and not here.",
)
OWN_CONSUMPTION = fault(
    "DATA-016",
    Severity.NOTICE,
    "“{column}”列由平台从读数算出，文件里的没有用。",
    "The column “{column}” is computed from the readings; that of the file is not used.",
    do_zh="不用改。",
    do_en="Nothing needs to be done.",
)
