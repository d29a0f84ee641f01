"""The catalogue of faults of decision tables (`TABLE-…`): 00x layout, 01x when, 03x then, 04x names, 07x runs.

Those of the analysis, 05x and 06x, stand in `analysis_faults`.
"""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_HEADER = fault(
    "TABLE-001",
    Severity.ERROR,
    "这张规则表没有表头行：没有以“当 ”或“则 ”开头的单元格（“当”“则”后面要有空格）。",
    "This table has no header row: no cell begins with `when ` or `then ` (with a space behind the word).",
    do_zh="加一行表头，例如：当 用电量 | 则 单价。",
    do_en="Add a header row, such as: when usage | then price.",
)
UNKNOWN_SETTING = fault(
    "TABLE-002",
    Severity.ERROR,
    "表头上方不认识的设置“{key}”。",
    "Unknown setting “{key}” above the header.",
    do_zh="可用：命中、否则、否则.<结果>、取值.<结果>；自己的备注请以 # 开头。",
    do_en="Use hit, otherwise, otherwise.<output> or values.<output>; begin notes of your own with #.",
)
SETTING_TWICE = fault(
    "TABLE-003",
    Severity.ERROR,
    "设置“{key}”写了两次。",
    "The setting “{key}” stands here twice.",
    do_zh="保留一行，删除另一行。",
    do_en="Keep one row and delete the other.",
)
UNKNOWN_HIT = fault(
    "TABLE-004",
    Severity.ERROR,
    "不认识的命中方式“{word}”。",
    "Unknown hit policy “{word}”.",
    do_zh="可用：唯一、首个、一致、优先、全部、按结果序、汇总、求和、最小、最大、计数。",
    do_en="Use unique, first, any, priority, rule order, output order, collect, sum, min, max or count.",
)
EMPTY_HEADER = fault(
    "TABLE-005",
    Severity.ERROR,
    "“{word}”后面没有内容。",
    "Nothing stands behind “{word}”.",
    do_zh="“当”后面写字段或表达式，“则”后面写结果的名称。",
    do_en="Write a field or an expression behind `when`, and the output's name behind `then`.",
)
UNKNOWN_KIND = fault(
    "TABLE-006",
    Severity.ERROR,
    "不认识的类型“{word}”。",
    "Unknown type “{word}”.",
    do_zh="冒号后面可写：数字、整数、文本、日期、时间、日期时间、布尔。",
    do_en="Behind the colon write number, integer, text, date, time, datetime or boolean.",
)
UNCLEAR_BOUND = fault(
    "TABLE-007",
    Severity.ERROR,
    "“{header}”没有说明是否包含边界值。",
    "“{header}” does not say whether the bound itself is included.",
    do_zh="写成“下限(含)”“下限(不含)”“上限(含)”或“上限(不含)”。",
    do_en="Write `from incl.`, `from excl.`, `to incl.` or `to excl.`.",
)
NO_OUTPUT = fault(
    "TABLE-008",
    Severity.ERROR,
    "这张规则表没有结果列。",
    "This table has no output column.",
    do_zh="加一列“则 <名称>”。",
    do_en="Add a column `then <name>`.",
)
DUPLICATE_OUTPUT = fault(
    "TABLE-009",
    Severity.ERROR,
    "结果“{name}”有两列。",
    "The output “{name}” has two columns.",
    do_zh="删除其中一列，或改名。",
    do_en="Delete or rename one of them.",
)
NEEDS_QUOTES = fault(
    "TABLE-010",
    Severity.ERROR,
    "读不懂“{text}”：文字里有运算符“{sign}”。",
    "“{text}” cannot be read: the text holds the operator “{sign}”.",
    do_zh="如果就是这段文字，请加双引号；如果是公式，请以 = 开头，用 ? 代表输入。",
    do_en="If it is just text, put it in double quotes; if it is a formula, begin with = and write ? for the input.",
)
OPEN_QUOTE = fault(
    "TABLE-011",
    Severity.ERROR,
    "“{text}”的双引号没有成对，或引号外还有文字。",
    "The double quotes of “{text}” do not match, or text stands outside them.",
    do_zh="每段文字前后各写一个双引号，段与段之间用顿号或逗号。",
    do_en="Put one double quote before and one after each text, and commas between texts.",
)
BAD_COMPARISON = fault(
    "TABLE-012",
    Severity.ERROR,
    "“{text}”不能比大小：“{operand}”不是数字、日期或时间。",
    "“{text}” cannot be compared: “{operand}” is no number, date or time.",
    do_zh="写成 >=100 或 >=2026-09-01 这样；不写单位和千分位。",
    do_en="Write >=100 or >=2026-09-01, without a unit or thousands separators.",
)
SPLIT_NAME = fault(
    "TABLE-026",
    Severity.WARNING,
    "“{text}”里的逗号是“或”，会当作几项：{items}。",
    "The commas in “{text}” mean “or”, so it is read as several: {items}.",
    do_zh='化学品这样带逗号的名称，前后请各写一个双引号："{name}"。',
    do_en='Put a name with commas, such as that of a chemical, in double quotes: "{name}".',
)
GROUPED_RANGE = fault(
    "TABLE-025",
    Severity.ERROR,
    "读不懂范围“{text}”：逗号在这里隔开两端，不是千分位。",
    "The range “{text}” cannot be read: a comma parts its two ends here, and no thousands.",
    do_zh="数字不写千分位，例如 [1000,2000)。",
    do_en="Write numbers without separators, such as [1000,2000).",
)
BAD_RANGE = fault(
    "TABLE-013",
    Severity.ERROR,
    "读不懂范围“{text}”。",
    "The range “{text}” cannot be read.",
    do_zh="两端只写数字、日期或时间，例如 [100,200) 或 100..200；单位写在表头的括号里；文字请加双引号。",
    do_en="Write numbers, dates or times alone at both ends, such as [100,200) or 100..200; put units in brackets in the "
    "header, and text in double quotes.",
)
EMPTY_RANGE = fault(
    "TABLE-014",
    Severity.ERROR,
    "范围“{text}”里什么也没有：下限大于上限，或两端相等却不含边界。",
    "The range “{text}” holds nothing: its ends are the wrong way round, or equal and not both included.",
    do_zh="调换两端，或改正数字。",
    do_en="Swap the ends or correct the numbers.",
)
MIXED_SCALE = fault(
    "TABLE-092",
    Severity.ERROR,
    "“{text}”的下限是几，还是几万？看不出来。",
    "Whether the lower end of “{text}” is counted in 万 (ten thousands) too cannot be told.",
    do_zh="两端都写清楚，例如 {whole}；下限确实没有“万”的，写成 50000～200000 这样的数字。",
    do_en="Write both ends out, such as {whole}; where the lower end is meant as it stands, write plain numbers such as 50000~200000.",
)
CHOICE_OR_SIGN = fault(
    "TABLE-093",
    Severity.NOTICE,
    "“{text}”是选项里的一项，这里就按这一项来比。",
    "“{text}” is one of the choices, and stands for that choice here.",
    do_zh="要表示“什么都行”请写 -；表示“没有填”“填了”，请给这个选项换一个名称。",
    do_en="For anything write -; where “missing” or “given” is meant, call the choice by another name.",
)
EMPTY_ITEM = fault(
    "TABLE-015",
    Severity.ERROR,
    "“{text}”中有一项是空的。",
    "One item of “{text}” is empty.",
    do_zh="删除多余的逗号或顿号；要表示“没有填”，单独写“空”。",
    do_en="Delete the comma too many; to say that the input is missing, write `empty` by itself.",
)
BAD_BOUND = fault(
    "TABLE-016",
    Severity.ERROR,
    "上下限列里只写一个数字、日期或时间，不能写“{text}”。",
    "A column of bounds takes one number, date or time, not “{text}”.",
    do_zh="只写数值；没有界限时留空。",
    do_en="Write the value alone; leave the cell blank where there is no bound.",
)
WRONG_KIND = fault(
    "TABLE-017",
    Severity.ERROR,
    "“{text}”不能当作{kind_zh}来读，而这一列比较的是{kind_zh}。",
    "“{text}” cannot be read as a {kind}, and this column compares {kind}s.",
    do_zh="改成{kind_zh}；或在表头写明类型，例如“当 {label} : 文本”。",
    do_en="Write a {kind}, or state the type in the header, such as `when {label} : text`.",
)
THOUSANDS = fault(
    "TABLE-023",
    Severity.ERROR,
    "“{text}”不能当作{kind_zh}来读：逗号在这里是“或”，不是千分位。",
    "“{text}” cannot be read as a {kind}: a comma means “or” here and parts no thousands.",
    do_zh="数字不写千分位，例如 1000。",
    do_en="Write numbers without separators, such as 1000.",
)
HYPHEN = fault(
    "TABLE-024",
    Severity.ERROR,
    "“{text}”不能当作{kind_zh}来读；范围不用连字符写。",
    "“{text}” cannot be read as a {kind}; a range is not written with a hyphen.",
    do_zh="两端都含写成 1000..5000、8:00..12:00，只含起点写成 [1000,5000)、[8:00,12:00)。",
    do_en="Write 1000..5000 or 8:00..12:00 with both ends, [1000,5000) or [8:00,12:00) with the first only.",
)
EXCEL_DATE = fault(
    "TABLE-018",
    Severity.ERROR,
    "这一格是日期 {text}，而这一列比较的是{kind_zh}；可能是 Excel 自动改成了日期。",
    "This cell is the date {text}, but the column compares {kind}s; Excel may have made a date of what was typed.",
    do_zh="先把单元格格式设为“文本”，再重新输入。",
    do_en="Set the cell's format to Text and type the value again.",
)
CAS_REPAIRED = fault(
    "TABLE-019",
    Severity.NOTICE,
    "Excel 把 CAS 号改成了日期 {text}，已按校验码还原为 {cas}。",
    "Excel had made the date {text} of a CAS number; by its check digit it was read as {cas}.",
    do_zh="请核对；把整列格式设为“文本”可避免这种情况。",
    do_en="Please check it; a column formatted as Text keeps Excel from doing this.",
)
INCLUDES_END = fault(
    "TABLE-020",
    Severity.WARNING,
    "“{text}”按包含 {number} 本身来算。",
    "“{text}” is taken to include {number} itself.",
    do_zh="若不包含，请写 >{number} 或 <{number}；若包含，写 >={number} 或 <={number} 更清楚。",
    do_en="Write >{number} or <{number} to exclude it; >={number} or <={number} says plainly that it is included.",
)
LOOKS_RANGE = fault(
    "TABLE-082",
    Severity.WARNING,
    "“{text}”按一个完整的词来比，不表示数、范围或日期。",
    "“{text}” is compared as one word; it is no number, no range and no date.",
    do_zh="数只写数字，单位写在表头；范围写 100..200、[100,200)、>=100，日期写 2026-09-01..2026-12-31；确实是一个词，请加双引号，整列都是词就在表头写“当 {label} : 文本”。",
    do_en="Write numbers alone and units in the header, ranges as 100..200, [100,200) or >=100, dates as 2026-09-01..2026-12-31; quote it if it is a word, or write `when {label} : text` where the whole column is words.",
)
LOOKS_LISTED = fault(
    "TABLE-083",
    Severity.WARNING,
    "“{text}”按一个完整的词来比，不表示“其中任何一个”。",
    "“{text}” is compared as one word; it does not mean “any of these”.",
    do_zh='几个值之间用顿号：{items}；确实是一个词，请加双引号："{text}"。',
    do_en='Put 、 or commas between values: {items}; quote it if it is one word: "{text}".',
)
LOOKS_EXCEPTED = fault(
    "TABLE-084",
    Severity.WARNING,
    "“{text}”按一个完整的词来比，不表示“不是{rest}”。",
    "“{text}” is compared as one word; it does not mean “not {rest}”.",
    do_zh="写 not({rest})，或“非 {rest}”（“非”后面有空格）。",
    do_en="Write not({rest}).",
)
LOOKS_REST = fault(
    "TABLE-085",
    Severity.WARNING,
    "“{text}”按一个词来比，只有填写的就是“{text}”时才算，不表示“别的都算”。",
    "“{text}” is compared as a word: it fits what reads “{text}” only, and does not mean “everything else”.",
    do_zh='别的都算请写 -（减号），或在表上面写“否则”；确实要比这个词，请加双引号："{text}"。',
    do_en='For everything else write -, or `otherwise` above the table; quote it if the word itself is meant: "{text}".',
)
REST_OF_KIND = fault(
    "TABLE-094",
    Severity.ERROR,
    "“{text}”不能当作{kind_zh}来读，而这一列比较的是{kind_zh}。",
    "“{text}” cannot be read as a {kind}, and this column compares {kind}s.",
    do_zh="任何值都可以，或别的都算，请写 -（减号），或在表上面写“否则”。",
    do_en="Where anything will do, or everything else, write -, or `otherwise` above the table.",
)
RANGE_IN_WORDS = fault(
    "TABLE-086",
    Severity.ERROR,
    "“{text}”不能当作{kind_zh}来读，而这一列比较的是{kind_zh}。",
    "“{text}” cannot be read as a {kind}, and this column compares {kind}s.",
    do_zh="单位写在表头，范围写 100..200、[100,200)、>=100 或 2026-09-01..2026-12-31。",
    do_en="Put units in the header, and write ranges as 100..200, [100,200), >=100 or 2026-09-01..2026-12-31.",
)
MISREAD = fault(
    "TABLE-088",
    Severity.ERROR,
    "读不懂“{text}”：它像数字、日期或范围，这一列别的格子也不是文字。",
    "“{text}” cannot be read: it looks like a number, a date or a range, and no other cell of the column is a word.",
    do_zh="范围写 100..200、[100,200)、>=100，几个值写 100、200，日期写 2026-09-01，单位写在表头；确实是一个词，请加双引号，或在表头写“当 {label} : 文本”。",
    do_en="Write ranges as 100..200, [100,200) or >=100, several values as 100, 200, dates as 2026-09-01, and units in the "
    "header; if it is a word, quote it or write `when {label} : text` in the header.",
)
GROUPED_LIST = fault(
    "TABLE-089",
    Severity.WARNING,
    "“{text}”的逗号是“或”，会读作 {items} 这几个数，不是 {number}。",
    "The comma of “{text}” means “or”: it is read as the numbers {items}, not as {number}.",
    do_zh="一个数不写千分位：{number}；几个数之间写顿号：{items}。",
    do_en="Write one number as {number}; put 、 or a comma and a space between several: {items}.",
)
COVERS_ALL = fault(
    "TABLE-090",
    Severity.ERROR,
    "“{text}”里的逗号是“或”，这样任何值都符合。",
    "The comma of “{text}” means “or”, so every value fits.",
    do_zh="要同时满足，写成 {meant}；任何值都可以，就写 -。",
    do_en="Where both must hold write {meant}; where anything will do, write -.",
)
OVER_MIDNIGHT = fault(
    "TABLE-091",
    Severity.NOTICE,
    "“{text}”跨过零点：从前一个时刻到 24:00，和从 0:00 到后一个时刻。",
    "“{text}” runs over midnight: from the first time to 24:00, and from 0:00 to the second.",
    do_zh="确实跨夜，不用改（也可以写成 <06:00, >=22:00 这样）；不跨夜，请调换两端。",
    do_en="Leave it if a night is meant (<06:00, >=22:00 says the same); else swap the ends.",
)
TEXT_AMOUNTS = fault(
    "TABLE-087",
    Severity.WARNING,
    "结果“{name}”里的“{text}”是文字，不能拿来计算。",
    "“{text}” in the output “{name}” is a text; nothing can be computed with it.",
    do_zh="写成数字：{number}（百分数可以用 Excel 的百分比格式），或在表头写“则 {name} : 数字”；本来就是编号、电话或只用来显示的，写“则 {name} : 文本”。",
    do_en="Write the number {number} (Excel's percent format is fine), or `then {name} : number` in the header; where it is a code or only shown, `then {name} : text`.",
)
LOOKS_NEGATED = fault(
    "TABLE-021",
    Severity.WARNING,
    "“{text}”按一个完整的词来读，不表示“不是{rest}”。",
    "“{text}” is read as one word; it does not mean “not {rest}”.",
    do_zh='要表示否定，请在“非”后面留一个空格，或写 not({rest})；确实是一个词，请加双引号："{text}"。',
    do_en='To negate, leave a space behind 非 or write not({rest}); quote it if it is one word: "{text}".',
)
TOO_MUCH = fault(
    "TABLE-022",
    Severity.ERROR,
    "“{text}”在一格里写了太多条件。",
    "“{text}” says too much for one cell.",
    do_zh="一格里最多写一个下限和一个上限，或几个并列的值；更复杂的请以 = 开头写公式。",
    do_en="A cell takes one lower and one upper bound, or a list; for more, write a formula that begins with =.",
)
NO_RESULT = fault(
    "TABLE-030",
    Severity.ERROR,
    "第 {row} 行有条件，却没有任何结果。",
    "Row {row} has conditions but no result.",
    do_zh="在结果列填写，或删除这一行。",
    do_en="Fill in a result, or delete the row.",
)
RESULT_KIND = fault(
    "TABLE-031",
    Severity.ERROR,
    "结果“{text}”不是{kind_zh}，而“{name}”这一列声明为{kind_zh}。",
    "The result “{text}” is no {kind}, but the column “{name}” is declared as {kind}.",
    do_zh="改成{kind_zh}，或修改表头的类型。",
    do_en="Write a {kind}, or change the type in the header.",
)
MIXED_RESULTS = fault(
    "TABLE-032",
    Severity.WARNING,
    "结果“{name}”里既有{kind_zh}也有{other_zh}（本格）。",
    "The output “{name}” holds both {kind}s and a {other} (this cell).",
    do_zh="统一成一种；或在表头写明类型。",
    do_en="Use one of them, or state the type in the header.",
)
TEXT_DIGITS = fault(
    "TABLE-080",
    Severity.NOTICE,
    "结果“{name}”的“{text}”在 Excel 里是文字，别的格子是数字，已按数字读。",
    "“{text}” of the output “{name}” is a text in Excel where the other cells hold numbers: it was read as a number.",
    do_zh="在 Excel 里把这一格转换成数字。",
    do_en="Convert the cell to a number in Excel.",
)
FORMULA_WITHOUT_SIGN = fault(
    "TABLE-081",
    Severity.WARNING,
    "“{text}”像公式，却没有以 = 开头，会当成文字。",
    "“{text}” looks like a formula, but does not begin with =: it is a text.",
    do_zh="公式写成 ={text}；文字请加双引号。",
    do_en="Write ={text} for the formula, or put the text in double quotes.",
)
BAD_DATE = fault(
    "TABLE-033",
    Severity.ERROR,
    "“{text}”不是日期。",
    "“{text}” is no date.",
    do_zh="写成 2026-09-01 这样。",
    do_en="Write it as 2026-09-01.",
)
DATE_ORDER = fault(
    "TABLE-034",
    Severity.ERROR,
    "第 {row} 行的失效日期早于生效日期，永远不会生效。",
    "Row {row} ends before it begins; it is never in force.",
    do_zh="改正两个日期；两个日期当天都算在内。",
    do_en="Correct the dates; both days are included.",
)
UNKNOWN_OUTPUT = fault(
    "TABLE-035",
    Severity.ERROR,
    "“{key}”指的结果“{name}”不在表头里。",
    "“{key}” names the output “{name}”, which the header does not have.",
    do_zh="改成表头里“则”后面的名称。",
    do_en="Use a name that stands behind `then` in the header.",
)
OTHERWISE_SEVERAL = fault(
    "TABLE-036",
    Severity.ERROR,
    "有 {count} 个结果，“否则”却给了 {given} 个值。",
    "There are {count} outputs, but `otherwise` gives {given} values.",
    do_zh="为每个结果各写一行“否则.<结果>”，或在一行里按顺序写齐。",
    do_en="Write a row otherwise.<output> for each, or all values in one row in the order of the outputs.",
)
NO_PRIORITIES = fault(
    "TABLE-037",
    Severity.ERROR,
    "命中方式“{hit}”需要知道哪个结果优先。",
    "The hit policy “{hit}” needs to know which result comes first.",
    do_zh="加一行“取值.<结果>”，从最优先的写起，例如：取值.结论 | 禁止、限制、允许。",
    do_en="Add a row values.<output>, highest priority first, such as: values.verdict | forbid, limit, allow.",
)
NOT_RANKED = fault(
    "TABLE-038",
    Severity.ERROR,
    "结果“{text}”不在“取值.{name}”的清单里，不知道排在第几。",
    "The result “{text}” is not in the list of values.{name}, so its rank is unknown.",
    do_zh="把它加进清单，或改成清单里的值。",
    do_en="Add it to the list, or use a value of the list.",
)
ONE_NUMBER = fault(
    "TABLE-039",
    Severity.ERROR,
    "命中方式“{hit}”只能有一个数字结果，这里有 {count} 个结果列。",
    "The hit policy “{hit}” takes one output of numbers; here are {count} output columns.",
    do_zh="只留一个结果列，其余拆到另一张规则表。",
    do_en="Keep one output column and move the others to another table.",
)
NOT_A_NUMBER = fault(
    "TABLE-040",
    Severity.ERROR,
    "命中方式“{hit}”要把结果当数字来算，“{text}”不是数字。",
    "The hit policy “{hit}” computes with the results, and “{text}” is no number.",
    do_zh="只写数字，不带单位和千分位（不收费写 0），或换一种命中方式。",
    do_en="Write a bare number without a unit or separators (0 for nothing), or use another hit policy.",
)
NUMBER_AS_TEXT = fault(
    "TABLE-046",
    Severity.ERROR,
    "命中方式“{hit}”要把结果当数字来算，这一格的“{text}”却是文字，不是数字。",
    "The hit policy “{hit}” computes with the results, but “{text}” in this cell is a text, not a number.",
    do_zh="去掉引号；单元格的格式是“文本”时改为“常规”，再重新输入；表头写着“: 文字”的，改为“: 数字”。",
    do_en="Remove quotes; if the cell is formatted as text, choose General and type it again; if the header says “: text”, "
    "write “: number”.",
)
NO_ROWS = fault(
    "TABLE-041",
    Severity.WARNING,
    "这张规则表还没有任何规则行。",
    "This table has no rows yet.",
    do_zh="在表头下面填写规则。",
    do_en="Write rows below the header.",
)
DUPLICATE_ID = fault(
    "TABLE-042",
    Severity.WARNING,
    "编号“{id}”在第 {first} 行已经用过。",
    "The id “{id}” already stands in row {first}.",
    do_zh="换一个编号，解释和日志才能分清。",
    do_en="Use another one, so that explanations and logs can tell the rows apart.",
)
DECLARED_KIND = fault(
    "TABLE-043",
    Severity.ERROR,
    "表头说“{label}”是{kind_zh}，实际是{found_zh}。",
    "The header says that “{label}” is a {kind}, but it is a {found}.",
    do_zh="改正冒号后面的类型，或用函数转换，例如 number(…)。",
    do_en="Correct the type behind the colon, or convert the input, for example with number(…).",
)
NOT_A_CHOICE = fault(
    "TABLE-044",
    Severity.ERROR,
    "“{text}”不是“{label}”的选项。",
    "“{text}” is no choice of “{label}”.",
    do_zh="写选项表中 name 列的值。",
    do_en="Write a value of the name column of the choices sheet.",
)
NOT_A_TICK = fault(
    "TABLE-047",
    Severity.ERROR,
    "“{label}”是勾选项，单元格里不能写“{text}”。",
    "“{label}” is a tick, which “{text}” does not say.",
    do_zh="已勾选写 是 或 OK，未勾选写 否 或 空，都可以写 -。",
    do_en="Write yes or OK where it is ticked, no or empty where it is not, and - where it does not matter.",
)
LIST_INPUT = fault(
    "TABLE-045",
    Severity.ERROR,
    "“{label}”可以有多个值，不能直接与单元格比较。",
    "“{label}” can hold several values and cannot be compared with a cell.",
    do_zh="表头写成 selected(…, '值') 或 count(…) 这样的表达式。",
    do_en="Write an expression such as selected(…, 'value') or count(…) in the header.",
)
NO_MATCH = fault(
    "TABLE-070",
    Severity.WARNING,
    "规则表“{table}”没有任何一行适用。",
    "No row of the table “{table}” fits.",
    do_zh="补一行规则，或在表头上方写“否则”。",
    do_en="Add a row, or write `otherwise` above the header.",
)
CONFLICT = fault(
    "TABLE-071",
    Severity.ERROR,
    "规则表“{table}”要求唯一命中，第 {rows} 行却同时适用。",
    "The table “{table}” allows one row only, but rows {rows} fit.",
    do_zh="请主管部门改正规则表。",
    do_en="Please ask the owner to correct the table.",
)
DISAGREEMENT = fault(
    "TABLE-072",
    Severity.ERROR,
    "规则表“{table}”要求结果一致，第 {rows} 行的结果却不同。",
    "The table “{table}” requires equal results, but rows {rows} differ.",
    do_zh="请主管部门改正规则表。",
    do_en="Please ask the owner to correct the table.",
)
OTHER_KIND = fault(
    "TABLE-073",
    Severity.WARNING,
    "“{label}”的值 {value} 是{found_zh}，规则表“{table}”这一列比较的是{kind_zh}，因此不算相等也不比大小。",
    "The value {value} of “{label}” is a {found}, but this column of “{table}” compares {kind}s, so none of them fits.",
    do_zh="检查输入的类型。",
    do_en="Check the type of the input.",
)
RUN_NOT_A_NUMBER = fault(
    "TABLE-074",
    Severity.ERROR,
    "要计算的结果“{text}”是{kind_zh}，不是数字。",
    "The result “{text}” is {kind} and no number, and the table computes with it.",
    do_zh="检查这一格的公式。",
    do_en="Check the formula of this cell.",
)
RUN_UNREADABLE = fault(
    "TABLE-075",
    Severity.ERROR,
    "这一格读不懂，规则表“{table}”不能作出决定。",
    "This cell cannot be read, so the table “{table}” decides nothing.",
    do_zh="请主管部门改正这一格。",
    do_en="Please ask the owner to correct the cell.",
)
UNREADABLE_INPUT = fault(
    "TABLE-078",
    Severity.ERROR,
    "“{label}”的值 {value} 不能当作{kind_zh}来读。",
    "The value {value} of “{label}” cannot be read as a {kind}.",
    do_zh="数字写成 1200，日期写成 2026-09-01，时间写成 08:30，是否写成“是”或“否”。",
    do_en="Write numbers as 1200, dates as 2026-09-01, times as 08:30, and yes or no.",
)
RUN_NOT_WHOLE = fault(
    "TABLE-079",
    Severity.ERROR,
    "“{label}”的值 {value} 不是整数，而规则表“{table}”的表头写明这一列是整数。",
    "The value {value} of “{label}” is no whole number, but the header of “{table}” promises whole numbers.",
    do_zh="填写整数；若可以有小数，把表头的“: 整数”改成“: 数字”。",
    do_en="Give a whole number; where fractions occur, write `: number` in the header.",
)
NOT_A_TEST = fault(
    "TABLE-076",
    Severity.ERROR,
    "公式的结果应为真或假，得到的却是 {value}。",
    "The formula should give true or false, but it gave {value}.",
    do_zh="写成一个判断，例如 =?>${{额度}}。",
    do_en="Write a comparison, such as =?>${{quota}}.",
)
RUN_NOT_RANKED = fault(
    "TABLE-077",
    Severity.ERROR,
    "算出的结果 {value} 不在“取值.{name}”的清单里，不知道排在第几。",
    "The computed result {value} is not in the list of values.{name}, so its rank is unknown.",
    do_zh="把它加进清单，或改正公式。",
    do_en="Add it to the list, or correct the formula.",
)
