"""The catalogue of faults in data sheets that are registers (codes `REG-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_COUNTS = fault(
    "REG-001",
    Severity.ERROR,
    "看不懂“{text}”：台账里记哪些办件？",
    "“{text}” does not say which cases have rows in the register.",
    do_zh="写 在办（提交以后、没有不同意也没有撤回的都算）或 办结（只算通过的）。",
    do_en="Write open (sent, and neither refused nor withdrawn) or approved.",
)
NO_FORM = fault(
    "REG-002",
    Severity.ERROR,
    "台账“{name}”要由办件来记，但这个工作簿没有表单。",
    "Cases add rows to the register “{name}”, but this workbook has no form.",
    do_zh="补上表单工作表；只查别的服务的台账时，写“取自”而不写“台账”。",
    do_en="Add a survey sheet; a sheet that only reads the register of another service has “of” and no “register”.",
)
UNKNOWN_VALUE = fault(
    "REG-003",
    Severity.ERROR,
    "台账“{name}”的列“{column}”要取“{value}”，但没有这个题目。",
    "The column “{column}” of the register “{name}” takes “{value}”, which is no question.",
    do_zh="列名写成题目的名称，或者在“取值”行里写 {column}=题目；也可以取 {facts}。规则的结果先用一道计算题接住。",
    do_en="Call the column as the question, or write {column}=question in the row “values”; {facts} may be taken too. What a rule yields is put into a calculation first.",
)
NOT_IN_ROWS = fault(
    "REG-004",
    Severity.ERROR,
    "台账“{name}”的列“{column}”取的“{value}”在明细“{repeat}”里，一个办件有好几个。",
    "“{value}”, which the column “{column}” of the register “{name}” takes, stands in the repeat “{repeat}”: a case has several.",
    do_zh="在表头上面加一行“明细”，写 {repeat}，一行明细记一行。",
    do_en="Add a row “rows” above the header with {repeat}, so that each of its rows is one in the register.",
)
NO_REPEAT = fault(
    "REG-005",
    Severity.ERROR,
    "台账“{name}”的明细“{repeat}”不是表单里的明细。",
    "“{repeat}”, whose rows the register “{name}” takes, is no repeat of the form.",
    do_zh="写 begin_repeat 那一行的名称。",
    do_en="Write the name of a begin_repeat row.",
)
NO_COLUMN = fault(
    "REG-006",
    Severity.ERROR,
    "“取值”里的“{column}”不是这张表的列。",
    "“{column}” in “values” is no column of this sheet.",
    do_zh="写成 列=题目，几个用分号隔开；列写在下面的表头里。",
    do_en="Write column=question, several with semicolons between; the columns stand in the header below.",
)
SENSITIVE = fault(
    "REG-007",
    Severity.ERROR,
    "台账“{name}”的列“{column}”取了敏感的“{value}”：别人办事时会读到。",
    "The column “{column}” of the register “{name}” takes the sensitive “{value}”: the forms of others would read it.",
    do_zh="换成不敏感的题目，或者去掉这一列。",
    do_en="Take a question that is not sensitive, or leave the column out.",
)
SENSITIVE_WHEN = fault(
    "REG-012",
    Severity.ERROR,
    "台账“{name}”的条件读了敏感的“{value}”：有没有这一行，就说出了它。",
    "The condition of the register “{name}” reads the sensitive “{value}”: whether a row is there would tell it.",
    do_zh="换成不敏感的题目。",
    do_en="Take a question that is not sensitive.",
)
NOT_KEPT = fault(
    "REG-008",
    Severity.ERROR,
    "台账“{name}”的列“{column}”取的“{value}”是{kind}，不能记进台账。",
    "“{value}”, which the column “{column}” of the register “{name}” takes, is {kind_en} and cannot be kept there.",
    do_zh="换成文本、数字、日期、时间、人员、部门或单选的题目。",
    do_en="Take a question for a text, number, date, time, person, department or one choice.",
)
READ_ELSEWHERE = fault(
    "REG-009",
    Severity.ERROR,
    "这里读了台账“{name}”。台账随时在变，只能在表单和定时的“条件”里读：否则以后说不清当时是怎么算的。",
    "The register “{name}” is read here. It changes all the time and is read by the form and by the conditions of jobs alone; else nobody could say later what a decision was made by.",
    do_zh="在表单里加一道计算题去读台账，这里用那道题的名称；办件会把当时的结果留下来。",
    do_en="Add a calculation to the form that reads it, and use its name here: the case keeps what it gave then.",
)
NO_SUCH_REGISTER = fault(
    "REG-010",
    Severity.WARNING,
    "服务“{service}”现在没有台账“{name}”：从那里没有行来。",
    "The service “{service}” has no register “{name}” now: no rows come from there.",
    do_zh="“取自”写服务的编号；那个服务里要有同名的数据表，表头上面有“台账”一行。两个服务互相读时，先发布的那个会有这个提醒，可以不管。",
    do_en="“of” names the id of a service; it has a data sheet of the same name with a row “register” above its header. Of two that read one another the first to be published is told so, and needs nothing.",
)
LACKS_COLUMN = fault(
    "REG-011",
    Severity.WARNING,
    "服务“{service}”的台账“{name}”没有列“{column}”：从那里来的行，这一列是空的。",
    "The register “{name}” of the service “{service}” has no column “{column}”: rows from there have nothing in it.",
    do_zh="两边用同样的列名，或者去掉这一列。",
    do_en="Call the columns alike, or leave this one out.",
)
VALIDITY = fault(
    "REG-013",
    Severity.ERROR,
    "台账“{name}”的列“{column}”是有效期，不是题目：办件记的行从哪一天起、到哪一天为止有效，没有写。",
    "The column “{column_en}” of the register “{name}” says when a row is valid, and is no question: nothing says since when, or until when, rows of cases are.",
    do_zh="在“取值”行里写 {column}=题目（日期题）；不是有效期的，换一个列名，如 开始、结束。",
    do_en="Write {column_en}=question (one that asks for a day) in the row “values”; where it is no validity, give the column another name, such as start or end.",
)
ROWS_GO = fault(
    "REG-014",
    Severity.WARNING,
    "发布以后，台账“{name}”里办件记的 {before} 行中，{lost} 行没有了，{changed} 行变了{columns}。",
    "Of the {before} rows that cases have in the register “{name}”, {lost} would be gone once this is published, and {changed} would change{columns_en}.",
    do_zh="题目改了名称的，保留原来的名称，或者让列仍取原来的题目；确实要这样的，发布时勾选确认（命令行加 --rows，接口加 rows=true）；存入目录的文件，在服务页“待生效的版本”里同意。",
    do_en="Where a question has another name, keep the old one, or have the column take it still. If it is meant so, confirm it when you publish (--rows on the command line, rows=true over REST); of a file in the folder, consent under “Versions to come” on the page of the service.",
)
