"""The catalogue of faults in the sheets of a service and in how they fit together (codes `SHEET-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

EMPTY_SHEET = fault(
    "SHEET-001",
    Severity.WARNING,
    "工作表“{sheet}”是空的。",
    "The sheet “{sheet}” is empty.",
    do_zh="填写内容，或删除这张表。",
    do_en="Fill it in, or delete it.",
)
ONLY_ONE_SHEET = fault(
    "SHEET-002",
    Severity.ERROR,
    "“{sheet}”是第二张同类的表；一个工作簿里只能有一张（已有“{first}”）。",
    "“{sheet}” is a second sheet of its kind; a workbook has one (there is “{first}”).",
    do_zh="合并到第一张表里。",
    do_en="Move its rows to the first one.",
)
SHEET_NOT_ACTIVE = fault(
    "SHEET-003",
    Severity.WARNING,
    "工作表“{sheet}”已保留，但在本版本中不起作用。",
    "The sheet “{sheet}” is kept, but is not active in this version.",
    do_zh="可以保留；在平台支持之前请不要依赖它。",
    do_en="It may stay; do not rely on it until the platform supports it.",
)
SHARED_SHEET = fault(
    "SHEET-004",
    Severity.WARNING,
    "工作表“{sheet}”属于组织或日历工作簿，在服务工作簿里不起作用。",
    "The sheet “{sheet}” belongs to the organisation or calendar workbook; it has no effect in a service.",
    do_zh="移到组织（organisation）或日历（calendar）工作簿中。",
    do_en="Move it to the organisation or the calendar workbook.",
)
NOTHING_IN_IT = fault(
    "SHEET-005",
    Severity.ERROR,
    "工作簿“{file}”里没有表单、规则、收费、制度或数据。",
    "The workbook “{file}” holds no form, rules, fees, policy or data.",
    do_zh="至少加入 survey（表单）、rules（规则）、fees（收费）、policy（制度）或 data（数据）中的一张表。",
    do_en="Add at least one sheet: survey, rules, fees, policy or data.",
)

UNKNOWN_SETTING = fault(
    "SHEET-010",
    Severity.ERROR,
    "不认识的设置“{key}”。",
    "Unknown setting “{key}”.",
    do_zh="改用标准的设置名，或在前面加 # 作为自己的备注。",
    do_en="Use a setting of the standard, or put # before it to keep it as your own note.",
)
SETTING_NOT_AVAILABLE = fault(
    "SHEET-011",
    Severity.WARNING,
    "设置“{key}”是标准的一部分，但在本版本中不起作用。",
    "The setting “{key}” is part of the standard, but has no effect in this version.",
    do_zh="可以保留；在平台支持之前请不要依赖它。",
    do_en="It may stay; do not rely on it until the platform supports it.",
)
SETTING_TWICE = fault(
    "SHEET-012",
    Severity.ERROR,
    "设置“{key}”写了两次。",
    "The setting “{key}” is given twice.",
    do_zh="只保留一处。",
    do_en="Keep one of them.",
)
BAD_ID = fault(
    "SHEET-013",
    Severity.ERROR,
    "服务编号“{id}”不能用。",
    "The service id “{id}” cannot be used.",
    do_zh="编号只用字母、数字、汉字、- 和 _，最多 64 个字符，例如 dorm-electricity。",
    do_en="Use letters, digits, - and _ only, at most 64 characters, such as dorm-electricity.",
)
ID_FITTED = fault(
    "SHEET-019",
    Severity.WARNING,
    "编号“{id}”里有网址中不能用的字符，已改用“{made}”。",
    "The id “{id}” has characters that cannot stand in an address; “{made}” is used.",
    do_zh="编号只用字母、数字、汉字、- 和 _，最多 64 个字符。",
    do_en="Use letters, digits, - and _ only, at most 64 characters.",
)
OWN_SETTING = fault(
    "SHEET-096",
    Severity.WARNING,
    "“{key}”不是标准设置，没有使用。",
    "“{key}” is not a setting of the standard; it is not used.",
    do_zh="若是自己的备注，可在前面加 #。",
    do_en="Put # before it if it is your own note.",
)
SERVICE_TWICE = fault(
    "SHEET-018",
    Severity.ERROR,
    "服务编号“{id}”已被另一个文件 {file} 使用。",
    "The service id “{id}” belongs to another file, {file}.",
    do_zh="给其中一个换编号，或删去多余的文件。",
    do_en="Give one of them another id, or delete the file that is not wanted.",
)
NOT_YOURS = fault(
    "SHEET-118",
    Severity.ERROR,
    "这项服务（{title}）由另一个部门主管，您不能试运行、测算或发布它。",
    "This service ({title}) belongs to another department: you cannot try it out, see its impact or publish it.",
    do_zh="核对设置表的编号和主管部门；确实要改的，请那个部门的业务主管上传。",
    do_en="Check its id and its owner in the settings; if it is meant, an owner of that department uploads it.",
)
RESERVED_ID = fault(
    "SHEET-017",
    Severity.ERROR,
    "服务编号不能是“{id}”：它是平台共用工作簿的名字。",
    "A service cannot be called “{id}”: that is the name of a workbook which all services share.",
    do_zh="换一个编号，例如 {id}-service。",
    do_en="Choose another id, such as {id}-service.",
)
BAD_NUMBER_PATTERN = fault(
    "SHEET-014",
    Severity.ERROR,
    "单号格式“{pattern}”不能用：{why}。",
    "The number pattern “{pattern}” cannot be used: {why_en}.",
    do_zh="写成例如 BX{{yyyy}}{{000001}}：可用 {{yyyy}} {{yy}} {{mm}} {{dd}}，以及一个流水号，如 {{000001}}。",
    do_en="Write, for example, BX{{yyyy}}{{000001}}: {{yyyy}} {{yy}} {{mm}} {{dd}} and one counter.",
)
SETTINGS_WITHOUT_VALUES = fault(
    "SHEET-015",
    Severity.ERROR,
    "设置表里没有值。",
    "The settings sheet holds no values.",
    do_zh="写成两列（设置、值），或第一行写设置名、第二行写值。",
    do_en="Use two columns (setting, value), or the settings in the first row and their values in the second.",
)
NO_TITLE = fault(
    "SHEET-016",
    Severity.WARNING,
    "服务没有名称，暂用文件名。",
    "The service has no title; the file's name stands in.",
    do_zh="在设置表中填写 form_title 名称。",
    do_en="Give form_title in the settings sheet.",
)

NO_TYPE = fault(
    "SHEET-020",
    Severity.ERROR,
    "这一行没有写题型。",
    "This row has no type.",
    do_zh="在“类型”列填写题型，例如：文本、整数、单选 列表名。",
    do_en="Give the type, such as text, integer or select_one list.",
)
SKIPPED_ROW = fault(
    "SHEET-093",
    Severity.WARNING,
    "这一行没有名称，也没有标签，没有使用。",
    "This row has neither a name nor a label; it is not used.",
    do_zh="请把它补全；若是备注，可在第一格前加 #。",
    do_en="Complete it, or put # before its first cell if it is your own note.",
)
UNKNOWN_TYPE = fault(
    "SHEET-021",
    Severity.ERROR,
    "不认识的题型“{type}”。",
    "Unknown question type “{type}”.",
    do_zh="改用标准的题型。",
    do_en="Use a type of the standard.",
)
TYPE_NOT_AVAILABLE = fault(
    "SHEET-022",
    Severity.ERROR,
    "题型“{type}”是标准的一部分，但在本版本中还不能使用。",
    "The question type “{type}” is part of the standard, but is not available in this version.",
    do_zh="{instead}",
    do_en="{instead_en}",
)
STORED_EMPTY = fault(
    "SHEET-023",
    Severity.WARNING,
    "浏览器不能提供“{type}”，这一项会留空。",
    "A browser cannot supply “{type}”; the item stays empty.",
    do_zh="可以保留或删除这一行。",
    do_en="Keep or delete the row.",
)
TAKEN_FOR_TEXT = fault(
    "SHEET-094",
    Severity.WARNING,
    "“{type}”是别的系统的题型，这里按文本填写。",
    "“{type}” is a question type of another system; it is asked as a text here.",
    do_zh="如果要选人，请改用“人员”。",
    do_en="Use person where somebody is to be chosen.",
)
NO_NAME = fault(
    "SHEET-024",
    Severity.ERROR,
    "这一行没有写字段名称。",
    "This row has no field name.",
    do_zh="在“名称”列填写字段名称，例如 amount 或 金额。",
    do_en="Give the field a name, such as amount.",
)
BAD_NAME = fault(
    "SHEET-025",
    Severity.ERROR,
    "“{name}”不能作字段名称。",
    "“{name}” cannot be the name of a field.",
    do_zh="名称以字母或汉字开头，只含字母、汉字、数字、_ 和 -，不含空格，最多 64 个字符。",
    do_en="A name begins with a letter and holds letters, digits, _ and - only, at most 64 characters.",
)
NAME_TWICE = fault(
    "SHEET-026",
    Severity.ERROR,
    "名称“{name}”已经在 {first} 用过。",
    "The name “{name}” is used already at {first}.",
    do_zh="改用不同的名称。",
    do_en="Choose another name.",
)
LOOKALIKE_NAME = fault(
    "SHEET-027",
    Severity.WARNING,
    "名称“{name}”含有全角字符，按“{plain}”处理。",
    "The name “{name}” holds full-width characters; it is taken as “{plain}”.",
    do_zh="改为半角字符。",
    do_en="Use half-width characters.",
)
NO_LIST = fault(
    "SHEET-028",
    Severity.ERROR,
    "选择题没有写选项列表。",
    "This select question names no list of choices.",
    do_zh="写成“单选 列表名”，列表放在 choices（选项）表里。",
    do_en="Write select_one and the name of a list of the choices sheet.",
)
BAD_SEARCH = fault(
    "SHEET-095",
    Severity.ERROR,
    "看不懂“{text}”。",
    "“{text}” cannot be understood.",
    do_zh="写成 search('数据表', 'matches', '列', ${{字段}})；比较方式有 contains、matches、startswith、endswith。",
    do_en="Write search('data sheet', 'matches', 'column', ${{field}}); it compares by contains, matches, startswith or endswith.",
)
UNKNOWN_LIST = fault(
    "SHEET-029",
    Severity.ERROR,
    "没有选项列表“{list}”。",
    "There is no list of choices “{list}”.",
    do_zh="在 choices（选项）表中加上这个列表，或改用已有的列表；选项在文件里的，把文件放在工作簿旁边，或一起上传。",
    do_en="Add the list to the choices sheet, or use one that is there; where a file has the choices, put it beside the workbook, or upload both together.",
)
DEFAULT_NO_CHOICE = fault(
    "SHEET-117",
    Severity.ERROR,
    "默认值“{value}”不在“{field}”的选项里。",
    "The default “{value}” is not among the choices of “{field}”.",
    do_zh="改成选项的名称（选项表“名称”列），或删去默认值。",
    do_en="Use the name of a choice (column “name” of the choices sheet), or delete the default.",
)
NO_CALCULATION = fault(
    "SHEET-030",
    Severity.ERROR,
    "计算项“{name}”没有写算式。",
    "The calculation “{name}” has no expression.",
    do_zh="在“计算”列写上表达式。",
    do_en="Write an expression in the column calculation.",
)
NO_LABEL = fault(
    "SHEET-031",
    Severity.WARNING,
    "“{name}”没有标签，将显示名称。",
    "“{name}” has no label; its name is shown.",
    do_zh="在“标签”列写上填表人看到的文字。",
    do_en="Write in the column label what people shall read.",
)
END_WITHOUT_BEGIN = fault(
    "SHEET-032",
    Severity.ERROR,
    "“{type}”前面没有对应的开始行。",
    "“{type}” has no row that begins it.",
    do_zh="删除这一行，或补上开始行。",
    do_en="Delete this row, or add the row that begins it.",
)
BEGIN_WITHOUT_END = fault(
    "SHEET-033",
    Severity.ERROR,
    "“{name}”没有结束行。",
    "“{name}” is never ended.",
    do_zh="在它最后一题之后加上“{end}”。",
    do_en="Add {end} below its last question.",
)
WRONG_END = fault(
    "SHEET-034",
    Severity.ERROR,
    "这里结束的是“{type}”，但还没有结束的是 {open}（{first}）。",
    "“{type}” stands here, but what is still open is {open} ({first}).",
    do_zh="分组和明细要成对嵌套，先开始的后结束。",
    do_en="Groups and repeats nest: what began last ends first.",
)
TOO_DEEP = fault(
    "SHEET-035",
    Severity.ERROR,
    "分组嵌套超过 {limit} 层。",
    "Groups are nested more than {limit} deep.",
    do_zh="请减少嵌套。",
    do_en="Nest them less deeply.",
)
COLUMN_NOT_AVAILABLE = fault(
    "SHEET-036",
    Severity.WARNING,
    "列“{column}”是标准的一部分，但在本版本中不起作用。",
    "The column “{column}” is part of the standard, but has no effect in this version.",
    do_zh="可以保留；在平台支持之前请不要依赖它。",
    do_en="It may stay; do not rely on it until the platform supports it.",
)
OWN_COLUMN = fault(
    "SHEET-037",
    Severity.WARNING,
    "列“{column}”不是标准列，没有使用。",
    "The column “{column}” is not one of the standard; it is not used.",
    do_zh="若是自己的备注，可在列名前加 #。",
    do_en="Put # before its name if it is your own note.",
)
BAD_PARAMETER = fault(
    "SHEET-039",
    Severity.ERROR,
    "参数“{text}”读不懂。",
    "The parameter “{text}” cannot be read.",
    do_zh="写成 名称=值，用空格隔开，例如 start=1 end=10。",
    do_en="Write name=value, separated by blanks, such as start=1 end=10.",
)

CHOICE_WITHOUT_LIST = fault(
    "SHEET-045",
    Severity.ERROR,
    "这个选项没有写所属列表。",
    "This choice belongs to no list.",
    do_zh="在“列表”列填写列表名。",
    do_en="Give the list in the column list_name.",
)
CHOICE_WITHOUT_NAME = fault(
    "SHEET-046",
    Severity.ERROR,
    "这个选项没有名称（保存的值）。",
    "This choice has no name (the value that is stored).",
    do_zh="在“名称”列填写。",
    do_en="Give it in the column name.",
)
CHOICE_TWICE = fault(
    "SHEET-047",
    Severity.ERROR,
    "列表“{list}”里的选项“{name}”已经在 {first} 出现过。",
    "The choice “{name}” of the list “{list}” stands already at {first}.",
    do_zh="删除或改名。",
    do_en="Delete or rename one of them.",
)
CHOICE_WITH_BLANK = fault(
    "SHEET-048",
    Severity.WARNING,
    "多选题“{field}”的选项“{name}”含有空格，按文字填写时会被当作两个选项。",
    "The choice “{name}” of the multiple choice “{field}” holds a blank; typed as text it reads as two.",
    do_zh="名称中不要用空格，显示的文字写在标签里。",
    do_en="Leave blanks out of the name; what people read stands in the label.",
)
FILE_NOT_AVAILABLE = fault(
    "SHEET-060",
    Severity.ERROR,
    "工作簿旁边没有文件“{file}”。",
    "There is no file “{file}” beside the workbook.",
    do_zh="把这个 csv、xlsx 或 xml 文件放进工作簿所在的文件夹，或与工作簿一起上传；也可以把数据粘贴到这张表里。",
    do_en="Put this csv, xlsx or xml file into the folder of the workbook, or upload it together with the workbook; or paste the data into this sheet.",
)
KEY_TWICE = fault(
    "SHEET-061",
    Severity.ERROR,
    "主键“{key}”已经在 {first} 出现过。",
    "The key “{key}” stands already at {first}.",
    do_zh="删除重复的行；或给更多的列加 *，使每行的主键不同。",
    do_en="Delete one of the rows, or mark more columns with * so that every key is different.",
)
NO_KEY = fault(
    "SHEET-062",
    Severity.ERROR,
    "这一行没有主键。",
    "This row has no key.",
    do_zh="填写带 * 的列。",
    do_en="Fill in the columns marked *.",
)
BAD_PERIOD = fault(
    "SHEET-063",
    Severity.ERROR,
    "{column}“{text}”不是日期，或晚于失效日期。",
    "{column} “{text}” is no date, or lies after the date until.",
    do_zh="填写日期，例如 2026-09-01；生效不晚于失效。",
    do_en="Give a date such as 2026-09-01, from not after until.",
)
TEXT_DIGITS = fault(
    "SHEET-112",
    Severity.NOTICE,
    "“{column}”列的“{text}”在 Excel 里是文字，别的格子是数字，已按数字读。",
    "“{text}” in the column “{column}” is a text in Excel where the other cells hold numbers: it was read as a number.",
    do_zh="在 Excel 里把这一格转换成数字。",
    do_en="Convert the cell to a number in Excel.",
)
NO_NUMBER = fault(
    "SHEET-113",
    Severity.WARNING,
    "“{column}”列的别的格子是数字，“{text}”不是。",
    "“{text}” is no number, where the other cells of the column “{column}” are.",
    do_zh="只写数字，单位写在列名里。",
    do_en="Write the number only, and its unit in the header.",
)
EMPTY_AMONG_NUMBERS = fault(
    "SHEET-116",
    Severity.NOTICE,
    "“{column}”列有 {count} 格空着（{cells}）：查到它时结果是空，不是 0，用它算的金额也可能是空。",
    "{count} cells of the column “{column}” are blank ({cells}): looked up, they are empty and not 0, and so may be what is computed with them.",
    do_zh="漏填的补上；本来就没有的可以不管，或在公式里用 coalesce 给出默认值。",
    do_en="Fill in what was forgotten; where there is none, leave it, or give a default with coalesce.",
)
UNKNOWN_NAME = fault(
    "SHEET-070",
    Severity.ERROR,
    "没有字段“{name}”。",
    "There is no field “{name}”.",
    do_zh="改用表单或规则中已有的名称。",
    do_en="Use a name of the form or the rules.",
)
CIRCLE = fault(
    "SHEET-071",
    Severity.ERROR,
    "互相依赖成了一个圈：{path}（{cells}）。",
    "These depend on each other in a circle: {path} ({cells}).",
    do_zh="改写其中一处，使它不再用到圈里的其他项。",
    do_en="Change one of them, so that it no longer uses the others.",
)
ZERO_DIVISOR = fault(
    "SHEET-076",
    Severity.WARNING,
    "除数 {part} 在没有填写时是 0，这时算不出来，表单也提交不了。",
    "The divisor {part} is 0 as long as nothing is filled in; then this cannot be computed, and the form cannot be sent.",
    do_zh="先判断除数，例如 if(除数 > 0, 被除数 div 除数, 0)，或在 relevant 中写除数大于 0。",
    do_en="Test the divisor first, as in if(divisor > 0, dividend div divisor, 0), or say in relevant that it is above 0.",
)
FILTER_ELSEWHERE = fault(
    "SHEET-077",
    Severity.ERROR,
    "{part} 要逐行筛选明细，只能写在表单和规则里。",
    "{part} goes through the rows of a repeat, which is done in forms and rules alone.",
    do_zh="在表单里加一道计算题写它，这里用那道题的名称。",
    do_en="Add a calculation to the form that says it, and use its name here.",
)
AMBIGUOUS_ITEM = fault(
    "SHEET-072",
    Severity.ERROR,
    "“{name}”是多张收费表的项目（{cells}），在这里分不清是哪一个。",
    "“{name}” is an item of several tariffs ({cells}); here it is not clear which one is meant.",
    do_zh="给项目起不同的名称，或使用“收费表名.total”。",
    do_en="Give the items different names, or use the total, TARIFF.total.",
)
TWO_REPEATS = fault(
    "SHEET-073",
    Severity.ERROR,
    "“{rule}”同时用到两个明细里的字段：{names}。",
    "“{rule}” uses fields of two repeats at once: {names}.",
    do_zh="拆成两张表，或先用计算项汇总其中一个明细。",
    do_en="Make two of it, or sum one of the repeats up in a calculation first.",
)
SUM_WITHIN_ROW = fault(
    "SHEET-074",
    Severity.ERROR,
    "“{rule}”按“{repeat}”逐行计算，这里却要汇总其中的“{name}”：一行之内没有可汇总的内容。",
    "“{rule}” runs once a row of “{repeat}”, but “{name}” of that repeat is summed up here: there is one row only.",
    do_zh="在明细之外加一个计算项，例如 sum(${{{name}}})，再在这里使用它。",
    do_en="Add a calculation outside the repeat, such as sum(${{{name}}}), and use that.",
)

ROUTE_WITHOUT_FORM = fault(
    "SHEET-075",
    Severity.ERROR,
    "有流程，但没有表单。",
    "There is a route, but no form.",
    do_zh="加上 survey（表单）表。",
    do_en="Add a survey sheet.",
)

UNKNOWN_EXAMPLE_COLUMN = fault(
    "SHEET-080",
    Severity.ERROR,
    "用例的列“{column}”不是字段，也不是期望。",
    "The column “{column}” of the examples is neither a field nor an expectation.",
    do_zh="例子的名字写在“用例”列；字段写名称；明细写成 items[1].cas 或 items.cas；期望写成 expect route、expect fees.total 等。",
    do_en="The column `example` names the example; others are a field's name, items[1].cas or items.cas for a repeat, expect route, expect fees.total and so on.",
)
UNKNOWN_EXPECTATION = fault(
    "SHEET-081",
    Severity.ERROR,
    "看不懂的期望“{column}”。",
    "The expectation “{column}” cannot be read.",
    do_zh="可用：expect route、expect who 环节号、expect fees.total、expect fees.名称.项目、expect rules.名称.结果、"
    "expect policy.名称.事实或编号、expect error，或 expect 加一个计算项的名称。",
    do_en="Use: expect route, expect who STEP, expect fees.total, expect fees.NAME.ITEM, expect rules.NAME.OUTPUT, "
    "expect policy.NAME.FACT or ID, expect error, or expect and the name of a calculation.",
)
EXPECTATION_NOT_AVAILABLE = fault(
    "SHEET-082",
    Severity.ERROR,
    "期望“{column}”在本版本中还不能检查。",
    "The expectation “{column}” cannot be checked in this version.",
    do_zh="删除这一列，或在列名前加 #。",
    do_en="Delete the column, or put # before its name.",
)
NO_EXPECTATION = fault(
    "SHEET-083",
    Severity.WARNING,
    "这个用例没有写任何期望，只检查能否提交。",
    "This example expects nothing; it only shows that the form can be sent.",
    do_zh="至少填写一个 expect（期望）列。",
    do_en="Fill in at least one expect column.",
)
UNKNOWN_APPLICANT = fault(
    "SHEET-084",
    Severity.ERROR,
    "组织里没有工号“{person}”。",
    "The organisation has no person “{person}”.",
    do_zh="填写组织工作簿中的工号。",
    do_en="Give the id of a person of the organisation workbook.",
)
EXAMPLE_ANSWER = fault(
    "SHEET-085",
    Severity.ERROR,
    "用例“{name}”的这个答案填不进表单：{why}",
    "This answer of example “{name}” does not fit the form: {why_en}",
    do_zh="填选项表里有的选项，或符合字段类型的内容；若本来就应当被拦下，请写在 expect error（期望 错误）列。",
    do_en="Give a choice of the list, or what the type of the field takes; if it is meant to be stopped, say so in the column expect error.",
)

EXAMPLE_FAILED_BEFORE = fault(
    "SHEET-146",
    Severity.WARNING,
    "用例“{name}”在现行版本里已经不成立：换数据时同意了。",
    "The example “{name}” fails in the live version already: data were replaced all the same.",
    do_zh="按现在的数据改用例，或者让用例不依赖会换的数据；改好才能发布工作簿。",
    do_en="Change the example to the data as they are, or have it rest on none that are replaced; the workbook is published once it passes.",
)
EXAMPLE_DIFFERS = fault(
    "SHEET-090",
    Severity.ERROR,
    "用例“{name}”：{column_zh} 应为“{expected}”，{found}。",
    "Example “{name}”: {column} should be “{expected}”, {found_en}.",
    do_zh="核对规则或期望，改正不对的一边。",
    do_en="Check the rules and the expectation, and mend the one that is wrong.",
)
EXAMPLE_NOT_SENT = fault(
    "SHEET-091",
    Severity.ERROR,
    "用例“{name}”不能提交：{why}",
    "Example “{name}” cannot be sent: {why_en}",
    do_zh="改正填写的内容；若本来就应当被拦下，请写在 expect error（期望 错误）列。",
    do_en="Mend the answers; if it is meant to be stopped, say so in the column expect error.",
)
EXAMPLE_NO_ERROR = fault(
    "SHEET-092",
    Severity.ERROR,
    "用例“{name}”应当被“{expected}”拦下，但没有。",
    "Example “{name}” should be stopped by “{expected}”, but is not.",
    do_zh="核对规则或期望，改正不对的一边。",
    do_en="Check the rules and the expectation, and mend the one that is wrong.",
)

NO_SUCH_STEP = fault(
    "SHEET-100",
    Severity.ERROR,
    "流程里没有环节“{step}”。",
    "The route has no step “{step}”.",
    do_zh="“新环节”填本工作簿“流程”里的环节号：{steps}。",
    do_en="`new` is the number of a step of this workbook's route: {steps}.",
)
MOVED_TWICE = fault(
    "SHEET-101",
    Severity.ERROR,
    "旧环节“{step}”已经对应环节 {first}。",
    "The old step “{step}” is step {first} already.",
    do_zh="一个旧环节只写一行。",
    do_en="Give an old step one row only.",
)

BAD_RETENTION = fault(
    "SHEET-110",
    Severity.ERROR,
    "保管期限“{text}”不认识。",
    "“{text}” is no retention period.",
    do_zh="写 永久、30年 或 10年；不归档时留空。",
    do_en="Write permanent, 30 years or 10 years, or leave it blank.",
)

BAD_CONSENT = fault(
    "SHEET-130",
    Severity.ERROR,
    "“复核”填的是“{text}”，看不出要不要第二个人复核。",
    "“{text}” does not say whether a second person has to consent.",
    do_zh="发布要由第二个人复核的填“是”，不要的填“否”或留空。",
    do_en="Write yes where a second person has to consent to every new version, else no, or leave it blank.",
)
NOBODY_CONSENTS = fault(
    "SHEET-131",
    Severity.WARNING,
    "发布要由第二个人复核，而“{owner}”的业务主管和管理员一共只有 {count} 人：没有第二个人。",
    "A second person has to consent, but of owners in “{owner}” and administrators there are {count} in all.",
    do_zh="在组织工作簿里给这个部门再设一位业务主管，或设一位管理员；不需要复核的，把“复核”改为“否”。",
    do_en="Name another owner in this department, or an administrator, in the organisation's workbook; else set consent to no.",
)

UNQUOTED = fault(
    "SHEET-111",
    Severity.WARNING,
    "“{name}”会被当作要给出的一项数据，而它只用来和别的数据比较。",
    "“{name}” is taken for something that is to be given, and is only compared with something else.",
    do_zh='如果它是文字，请加双引号："{name}"；确实是另一列数据，可以不管。',
    do_en='If it is a text, put it in double quotes: "{name}". If it is a column of its own, leave it.',
)
CHOICES_FROM_NO_ROWS = fault(
    "SHEET-114",
    Severity.ERROR,
    "“{name}”不是明细里的题目，不能作为单选、多选的选项。",
    "“{name}” is no question inside a repeat, so it cannot give the choices of a select_one or select_multiple.",
    do_zh="写明细里一道题的名称，或写选项表的名称。",
    do_en="Name a question of a repeat, or a list of choices.",
)
ODD_INPUT = fault(
    "SHEET-115",
    Severity.WARNING,
    "“{name}”会被当作要给出的一项数据的名称；这样写不是比较，也不能引用 Excel 单元格。",
    "“{name}” is taken for the name of something that is to be given; it neither compares nor refers to an Excel cell.",
    do_zh="比较写成 数量 > 500 这样；没有上限的留空；要用别的行，写那一行的项目名称。",
    do_en="Compare as in amount > 500; leave a bound blank where there is none; for another row write the name of its item.",
)

BAD_SENSITIVE = fault(
    "SHEET-140",
    Severity.ERROR,
    "“敏感”填的是“{text}”，看不出怎样遮盖。",
    "“{text}” does not say how a sensitive answer is masked.",
    do_zh="写 是、证件号、手机、银行卡号 或 姓名；不敏感的写“否”或留空。",
    do_en="Write yes, id card, phone, bank card or name; no, or nothing, where it is not sensitive.",
)
BAD_KEEPING = fault(
    "SHEET-141",
    Severity.ERROR,
    "“个人信息保存”填的是“{text}”，看不出保存多久。",
    "“{text}” does not say how long personal data are kept.",
    do_zh="写办结以后保存多久，如 3年 或 6个月；一直保存的留空。",
    do_en="Write how long after the end of a case, such as 3 years or 6 months; leave it blank to keep them.",
)
NOT_MARKED = fault(
    "SHEET-142",
    Severity.NOTICE,
    "“{name}”要填{what}，而没有标为敏感：有权查看办件的人都看得到全部号码。",
    "“{name}” asks for {what_en} and is not marked as sensitive: whoever may see the case sees all of it.",
    do_zh="在“敏感”列写 {word}，只有经办的人看到全部；确实不敏感的写“否”。",
    do_en="Write {word_en} into the column sensitive, so that only those who handle the case see it; no, if it is not sensitive.",
)
TITLE_IS_MASKED = fault(
    "SHEET-144",
    Severity.NOTICE,
    "标题里有敏感的 {names}，或由它得出的内容：人人看得到标题，所以这几处遮盖。",
    "The title has {names} in it, which is sensitive or derives from what is: everybody sees titles, so masks stand there.",
    do_zh="在标题里用不敏感的题目，单号和申请人本来就在旁边；由敏感内容算出而本身不敏感的，在“敏感”列写“否”。",
    do_en="Use other questions in the title; number and applicant stand beside it anyway. Write no into the column sensitive of what is computed and not sensitive itself.",
)
MESSAGE_IS_MASKED = fault(
    "SHEET-145",
    Severity.NOTICE,
    "“{id}”的文字里有敏感的 {names}，或由它得出的内容：申请人和经办的人看到全部，其他人看到的这几处遮盖。",
    "The text of “{id}” has {names} in it, which is sensitive or derives from what is: who applied and who handles the case sees all of it, others see masks there.",
    do_zh="不必让别人看到的，可以不改；由敏感内容算出而本身不敏感的，在“敏感”列写“否”。",
    do_en="Leave it where others need not see it. Write no into the column sensitive of what is computed and not sensitive itself.",
)
NOTHING_DELETED = fault(
    "SHEET-143",
    Severity.NOTICE,
    "写了个人信息保存多久，而表单里没有标为敏感的题目，到期没有可以删除的。",
    "A period is given for personal data, and no question is marked as sensitive: there is nothing to delete.",
    do_zh="在表单的“敏感”列里标出个人信息；没有的，把这一项清空。",
    do_en="Mark personal data in the column sensitive of the survey, or leave the setting blank.",
)
