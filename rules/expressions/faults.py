"""The catalogue of faults of expressions (`EXPR-…`): 00x syntax, 02x names and functions, 04x types, 06x values."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

EMPTY = fault(
    "EXPR-001",
    Severity.ERROR,
    "这里应有一个表达式，但是空的。",
    "An expression is expected here, but there is none.",
    do_zh="写上表达式，或删除等号。",
    do_en="Write an expression, or delete the equals sign.",
)
TOO_LONG = fault(
    "EXPR-002",
    Severity.ERROR,
    "表达式有 {length} 个字符，最多允许 {limit} 个。",
    "The expression has {length} characters; at most {limit} are allowed.",
    do_zh="把它拆成几个“计算”字段，再引用这些字段。",
    do_en="Split it into several calculations and refer to them by name.",
)
TOO_DEEP = fault(
    "EXPR-003",
    Severity.ERROR,
    "表达式嵌套太深，超过 {limit} 层。",
    "The expression is nested more than {limit} levels deep.",
    do_zh="把它拆成几个“计算”字段，或改用决策表。",
    do_en="Split it into several calculations, or use a decision table.",
)
BAD_CHARACTER = fault(
    "EXPR-004",
    Severity.ERROR,
    "这里不能写“{sign}”。",
    "“{sign}” cannot stand here.",
    do_zh="删除它；如果是文字，请用引号括起来。",
    do_en="Delete it; if it is text, put it in quotes.",
)
WRONG_SIGN = fault(
    "EXPR-005",
    Severity.ERROR,
    "“{sign}”不是这里的运算符。",
    "“{sign}” is not an operator here.",
    do_zh="请改用 {instead}。",
    do_en="Use {instead} instead.",
)
OPEN_TEXT = fault(
    "EXPR-006",
    Severity.ERROR,
    "文字 {text} 的引号没有闭合。",
    "The quotation mark of {text} is never closed.",
    do_zh="在文字末尾补上同样的引号。",
    do_en="Add the same quotation mark after the text.",
)
OPEN_NAME = fault(
    "EXPR-007",
    Severity.ERROR,
    "字段引用写法不完整，应为 ${{字段名}}。",
    "A field is written ${{name}}; here the braces are incomplete or empty.",
    do_zh="补全花括号，并在其中写字段名。",
    do_en="Complete the braces and put the field's name between them.",
)
LONG_NUMBER = fault(
    "EXPR-008",
    Severity.ERROR,
    "数字 {number} 太长，最多 {limit} 位。",
    "The number {number} is too long; at most {limit} digits are allowed.",
    do_zh="如果是卡号、编号，请用引号写成文字。",
    do_en="If it is a card number or a code, put it in quotes as text.",
)
DIGIT_NAME = fault(
    "EXPR-009",
    Severity.ERROR,
    "“{word}”以数字开头，无法判断是数字还是字段。",
    "“{word}” begins with a digit: it is neither a number nor a bare name.",
    do_zh="字段请写成 ${{{word}}}；文字请加引号；数字后面不要写单位。",
    do_en="Write a field as ${{{word}}}, put text in quotes, and write numbers without a unit.",
)
UNIT = fault(
    "EXPR-034",
    Severity.ERROR,
    "“{word}”在数字后面写了单位。",
    "“{word}” has a unit behind its number.",
    do_zh="只写数字：{number}。单位可以写在名称、“单位”列或备注里。",
    do_en="Write the number alone: {number}. The unit may stand in a label, a column “unit” or a note.",
)
MISSING_OPERATOR = fault(
    "EXPR-010",
    Severity.ERROR,
    "“{sign}”前面缺少运算符或逗号。",
    "An operator or a comma is missing before “{sign}”.",
    do_zh="在它前面写上运算符（如 +、且）或逗号。",
    do_en="Put an operator (such as + or and) or a comma before it.",
)
MISSING_VALUE = fault(
    "EXPR-011",
    Severity.ERROR,
    "“{sign}”前面缺少一个值。",
    "A value is missing before “{sign}”.",
    do_zh="补上字段、数字或文字，或删除多余的符号。",
    do_en="Put a field, a number or a text there, or delete the sign that is too much.",
)
ENDS_EARLY = fault(
    "EXPR-012",
    Severity.ERROR,
    "表达式没有写完：末尾还缺一个值。",
    "The expression is not complete: a value is missing at its end.",
    do_zh="补上字段、数字或文字，或删除末尾的符号。",
    do_en="Add a field, a number or a text, or delete the last sign.",
)
OPEN_BRACKET = fault(
    "EXPR-013",
    Severity.ERROR,
    "左括号没有对应的右括号。",
    "This bracket is never closed.",
    do_zh="在适当的位置补上右括号。",
    do_en="Add the closing bracket where it belongs.",
)
EXTRA_BRACKET = fault(
    "EXPR-014",
    Severity.ERROR,
    "多了一个右括号。",
    "There is one closing bracket too many.",
    do_zh="删除它，或在前面补上左括号。",
    do_en="Delete it, or add the opening bracket before it.",
)
MISSING_BRACKET = fault(
    "EXPR-015",
    Severity.ERROR,
    "“{word}”后面应有括号。",
    "“{word}” must be followed by brackets.",
    do_zh="写成 {word}(…)。",
    do_en="Write {word}(…).",
)
PATH = fault(
    "EXPR-016",
    Severity.ERROR,
    "不支持“{text}”这样的路径和筛选；只能写 ../字段、${{明细}}[条件]/字段 和 instance('数据表')/root/item[条件]/列。",
    "Paths and filters such as “{text}” are not known, except ../field, ${{repeat}}[condition]/field and instance('dataset')/root/item[condition]/column.",
    do_zh="用 ${{字段名}} 引用字段，用 lookup(数据表, 键, 列) 查数据。",
    do_en="Refer to a field as ${{name}}, and look data up with lookup(dataset, key, column).",
)
CELL_REFERENCE = fault(
    "EXPR-017",
    Severity.ERROR,
    "不能引用 Excel 单元格（{text}）。",
    "Excel cells ({text}) cannot be referred to.",
    do_zh="请引用字段名；查数据请用 lookup(数据表, 键, 列)。",
    do_en="Refer to a field by its name; look data up with lookup(dataset, key, column).",
)
TOO_BIG = fault(
    "EXPR-018",
    Severity.ERROR,
    "表达式有 {count} 个组成部分，最多允许 {limit} 个。",
    "The expression has {count} parts; at most {limit} are allowed.",
    do_zh="把它拆成几个“计算”字段，再引用这些字段。",
    do_en="Split it into several calculations and refer to them by name.",
)
STRAY_COMMA = fault(
    "EXPR-019",
    Severity.ERROR,
    "逗号只能写在函数或 in 的括号里。",
    "A comma can only stand between the brackets of a function or of in.",
    do_zh="数字不要写千位逗号（1,000 写成 1000）；多个条件之间请写 且 或 或。",
    do_en="Write numbers without separators (1000, not 1,000); join conditions with and or or.",
)
UNKNOWN_NAME = fault(
    "EXPR-020",
    Severity.ERROR,
    "没有名为“{name}”的字段。",
    "There is no field named “{name}”.",
    do_zh="改成表单、计算或规则中已有的名称；如果是文字，请加引号。",
    do_en="Use a name of the form, a calculation or a rule; if it is text, put it in quotes.",
)
GLUED_WORD = fault(
    "EXPR-021",
    Severity.ERROR,
    "没有名为“{name}”的字段；其中的“{word}”与前后文字连在一起，被当成了名称的一部分。",
    "There is no field named “{name}”; “{word}” in it was read as a part of the name.",
    do_zh="在“{word}”两边加空格，或把字段写成 ${{字段名}}。",
    do_en="Put spaces around “{word}”, or write the field as ${{name}}.",
)
YES_NO = fault(
    "EXPR-022",
    Severity.ERROR,
    "“{name}”在表达式中不是值。",
    "“{name}” is not a value in an expression.",
    do_zh='与是否类字段比较请写 {truth}；与选项文字比较请写 "{name}"（加引号）。',
    do_en='Write {truth} for a yes/no field, or "{name}" in quotes for a text.',
)
NO_CURRENT = fault(
    "EXPR-023",
    Severity.ERROR,
    "“{sign}”表示本格的值，但这里没有可代表的值。",
    "“{sign}” stands for the cell's own value, and there is none here.",
    do_zh="请写出字段名。",
    do_en="Write the field's name.",
)
UNKNOWN_FUNCTION = fault(
    "EXPR-024",
    Severity.ERROR,
    "没有名为“{name}”的函数。",
    "There is no function named “{name}”.",
    do_zh="改用函数表中的函数；如果是字段的名称，请去掉后面的括号。",
    do_en="Use a function of the function reference; behind the name of a field write no brackets.",
)
NOT_AVAILABLE = fault(
    "EXPR-025",
    Severity.ERROR,
    "这里没有“{name}”这个函数。",
    "The function “{name}” does not exist here.",
    do_zh="{instead}",
    do_en="{instead_en}",
)
UNKNOWN_DATASET = fault(
    "EXPR-026",
    Severity.ERROR,
    "没有名为“{name}”的数据表。",
    "There is no dataset named “{name}”.",
    do_zh="改成已有的数据表名，或增加工作表“数据-{name}”，或把 {name}.csv 放在工作簿旁边。",
    do_en="Use the name of a dataset, add a sheet data.{name}, or put {name}.csv beside the workbook.",
)
UNKNOWN_COLUMN = fault(
    "EXPR-027",
    Severity.ERROR,
    "数据表“{dataset}”没有“{name}”这一列。",
    "The dataset “{dataset}” has no column “{name}”.",
    do_zh="改成该数据表的列名。",
    do_en="Use the name of one of its columns.",
)
AMBIGUOUS_COLUMN = fault(
    "EXPR-085",
    Severity.ERROR,
    "数据表“{dataset}”有几列都可以叫“{name}”：{columns}。",
    "Several columns of the dataset “{dataset}” may be called “{name}”: {columns}.",
    do_zh="写全列名，连同括号里的部分，并加引号。",
    do_en="Write the whole name with what stands in brackets, in quotes.",
)
TOO_FEW = fault(
    "EXPR-028",
    Severity.ERROR,
    "{function} 的参数太少：有 {count} 个，至少要 {least} 个。",
    "{function} has too few arguments: {count}, at least {least} are needed.",
    do_zh="写法：{usage}。",
    do_en="It is written {usage}.",
)
TOO_MANY = fault(
    "EXPR-029",
    Severity.ERROR,
    "{function} 的参数太多：有 {count} 个，最多 {most} 个。",
    "{function} has too many arguments: {count}, at most {most} are allowed.",
    do_zh="写法：{usage}。",
    do_en="It is written {usage}.",
)
UNPAIRED = fault(
    "EXPR-030",
    Severity.ERROR,
    "{function} 的参数要成对书写，这里有 {count} 个。",
    "The arguments of {function} come in pairs; here are {count}.",
    do_zh="写法：{usage}。",
    do_en="It is written {usage}.",
)
UNKNOWN_QUESTION = fault(
    "EXPR-031",
    Severity.ERROR,
    "“{name}”不是选择题，没有选项标签。",
    "“{name}” is not a choice question and has no labels.",
    do_zh="第二个参数写单选或多选字段的名称。",
    do_en="Give the name of a choice question as the second argument.",
)
BAD_PATTERN = fault(
    "EXPR-032",
    Severity.ERROR,
    "正则表达式 {pattern} 无法使用：{reason}",
    "The regular expression {pattern} cannot be used: {reason}",
    do_zh="检查括号与转义；不支持前后查找和反向引用。",
    do_en="Check brackets and escapes; look-around and back-references are not supported.",
)
BAD_OPTION = fault(
    "EXPR-033",
    Severity.ERROR,
    "{function} 不认识“{option}”，可用：{options}。",
    "{function} does not know “{option}”; it knows {options}.",
    do_zh="改用其中之一。",
    do_en="Use one of these.",
)
WRONG_KIND = fault(
    "EXPR-040",
    Severity.ERROR,
    "“{part}”是{found}，这里需要{wanted}。",
    "“{part}” is {found_en}; {wanted_en} is needed here.",
    do_zh="换成{wanted}，或用函数转换（number()、string()、date()）。",
    do_en="Use {wanted_en}, or convert it with number(), string() or date().",
)
DOUBTFUL_KIND = fault(
    "EXPR-041",
    Severity.WARNING,
    "“{part}”是{found}，这里需要{wanted}；填写的内容不合适时结果会出错。",
    "“{part}” is {found_en} where {wanted_en} is needed; what does not fit will be an error.",
    do_zh="把字段改为合适的类型，或用 number()、date() 转换。",
    do_en="Give the field the right type, or convert it with number() or date().",
)
NEVER_EQUAL = fault(
    "EXPR-042",
    Severity.ERROR,
    "“{left}”是{left_kind}，“{right}”是{right_kind}，不能相互比较。",
    "“{left}” is {left_kind_en} and “{right}” is {right_kind_en}; they cannot be compared.",
    do_zh='让两边是同一类的值：数字不加引号，是否写 TRUE 或 FALSE，日期写成 "2026-09-01"。',
    do_en='Compare values of one kind: numbers without quotes, TRUE or FALSE for yes/no, dates as "2026-09-01".',
)
DOUBTFUL_COMPARISON = fault(
    "EXPR-043",
    Severity.WARNING,
    "“{left}”是{left_kind}，“{right}”是{right_kind}；只有文字恰好能转换时才会相等。",
    "“{left}” is {left_kind_en} and “{right}” is {right_kind_en}; only a text that reads as such can match.",
    do_zh="把文字字段改为数字或日期类型，或给另一边加引号。",
    do_en="Give the text field the right type, or put the other side in quotes.",
)
NOT_A_CHOICE = fault(
    "EXPR-044",
    Severity.ERROR,
    "“{value}”不是“{name}”的选项，这个条件永远不成立。",
    "“{value}” is not a choice of “{name}”, so this can never be true.",
    do_zh="改成选项表中的选项名称（name 列）。",
    do_en="Use the name of a choice (column name of the choices sheet).",
)
MULTIPLE = fault(
    "EXPR-045",
    Severity.ERROR,
    "“{name}”是多选题，用 = 比较时选了两项就不再相等。",
    "“{name}” takes several choices; = fails as soon as two are chosen.",
    do_zh="请写 {instead}。",
    do_en="Write {instead}.",
)
LIST_VALUE = fault(
    "EXPR-046",
    Severity.ERROR,
    "“{part}”含有多个值（明细的一列或多选），不能直接这样计算。",
    "“{part}” holds several values (a column of rows, or choices); they cannot be used like one.",
    do_zh="先汇总成一个值，例如 sum()、max()、count()、join()。",
    do_en="Make one value of them first, for example with sum(), max(), count() or join().",
)
DATE_SUM = fault(
    "EXPR-047",
    Severity.ERROR,
    "日期不能这样计算：{part}。",
    "Dates cannot be computed so: {part}.",
    do_zh="可以：日期 + 天数、日期 - 天数、日期 - 日期（得天数）；加减月份请用 edate()。",
    do_en="Possible: date + days, date - days, date - date (days); for months use edate().",
)
TIME_AS_NUMBER = fault(
    "EXPR-055",
    Severity.ERROR,
    "“{part}”是一天中的时间，不能直接加减乘除。",
    "“{part}” is a time of day; it cannot be computed with as it is.",
    do_zh="decimal-time() 把时间变成一天的几分之几，相差的小时数是 (decimal-time(结束) - decimal-time(开始)) * 24。",
    do_en="decimal-time() makes it a part of a day; the hours between two are (decimal-time(end) - decimal-time(begin)) * 24.",
)
NOT_A_CONDITION = fault(
    "EXPR-048",
    Severity.WARNING,
    "“{part}”是{found}，这里用作条件：只要不为空就成立。",
    "“{part}” is {found_en} used as a condition: it holds whenever it is not empty.",
    do_zh='写成完整的比较，例如 {part} = "…"。',
    do_en='Write a comparison, for example {part} = "…".',
)

NEVER_HOLDS = fault(
    "EXPR-049",
    Severity.WARNING,
    "这个条件永远不成立：“{name}”不可能同时满足 {parts}。",
    "This condition can never hold: “{name}” cannot meet {parts_en} at once.",
    do_zh="检查数值和符号；如果满足其中一个就够，请把“且”改成“或”。",
    do_en="Check the values and signs; if one of them is enough, write or instead of and.",
)
NEVER_TRUE = fault(
    "EXPR-050",
    Severity.WARNING,
    "“{part}”永远不成立，与填写的内容无关。",
    "“{part}” can never hold, whatever is filled in.",
    do_zh="检查数值、符号和两边的字段；其中一边可能应为另一个字段。",
    do_en="Check the values, the sign and the fields; one side was perhaps meant to be another field.",
)
CHAINED = fault(
    "EXPR-054",
    Severity.ERROR,
    "两个比较不能连着写。",
    "Two comparisons cannot be chained.",
    do_zh="写成 {first} and {second}。",
    do_en="Write {first} and {second}.",
)
CHOICES_AS_TEXT = fault(
    "EXPR-051",
    Severity.WARNING,
    "“{name}”是多选题，{part} 是在选中的各项连成的文字里找一段文字，“甲乙”里也能找到“甲”。",
    "“{name}” takes several choices; {part} looks for a piece of the text that they make together, and “ab” holds “a”.",
    do_zh="请写 {instead}。",
    do_en="Write {instead}.",
)
NO_OTHERWISE = fault(
    "EXPR-052",
    Severity.WARNING,
    "{part} 没有写条件不成立时是多少，那时按 0 计算。",
    "{part} does not say what the number is where the condition does not hold; it counts as 0 then.",
    do_zh="写上第三个参数，例如 if(条件, 3, 0)。",
    do_en="Give a third argument, as in if(condition, 3, 0).",
)
WRONG_CAS = fault(
    "EXPR-053",
    Severity.WARNING,
    "“{value}”的校验位不对，没有这样的 CAS 号，这里永远不会相等。",
    "“{value}” has a wrong check digit: there is no such CAS number, so this can never be equal.",
    do_zh="核对这个 CAS 号。",
    do_en="Check the CAS number.",
)

DIVISION_BY_ZERO = fault(
    "EXPR-060",
    Severity.ERROR,
    "除数为 0：{part}。",
    "Division by zero: {part}.",
    do_zh="先判断除数，例如 if(除数 = 0, 0, …)，或检查填写的数字。",
    do_en="Test the divisor first, for example if(divisor = 0, 0, …), or check the numbers given.",
)
WRONG_VALUE = fault(
    "EXPR-061",
    Severity.ERROR,
    "“{value}”不是{wanted}，无法计算 {part}。",
    "“{value}” is not {wanted_en}, so {part} cannot be computed.",
    do_zh="检查填写的内容，或用 iferror() 给出替代值。",
    do_en="Check what was filled in, or give a substitute with iferror().",
)
OUT_OF_RANGE = fault(
    "EXPR-062",
    Severity.ERROR,
    "{part} 的结果太大或无法表示。",
    "The result of {part} is too large or cannot be represented.",
    do_zh="检查数字和乘方。",
    do_en="Check the numbers and powers.",
)
UNKNOWN_KEY = fault(
    "EXPR-063",
    Severity.ERROR,
    "数据表“{dataset}”中没有“{key}”。",
    "The dataset “{dataset}” has no entry “{key}”.",
    do_zh="在数据表中补上这一行，或给 lookup 写第四个参数作为缺省值。",
    do_en="Add the row to the dataset, or give lookup a fourth argument as a default.",
)
AMBIGUOUS_KEY = fault(
    "EXPR-070",
    Severity.ERROR,
    "数据表“{dataset}”中“{columns}”是“{key}”的有 {count} 行，不知道取哪一行。",
    "In the dataset “{dataset}”, {count} rows have “{key}” as {columns}, so nobody knows which is meant.",
    do_zh='删去多余的行；几列合起来才能确定一行的，把这几列都标上 *，写 lookup("{dataset}", keys(列1, 列2), …)。',
    do_en="Delete the rows too many; where several columns together tell a row, mark each of them with * and write "
    'lookup("{dataset}", keys(column1, column2), …).',
)
FIRST_OF_KEY = fault(
    "EXPR-072",
    Severity.WARNING,
    "数据表“{dataset}”没有标 * 的列，“{columns}”是“{key}”的有 {count} 行，lookup 取第一行。",
    "The dataset “{dataset}” marks no column with *; {count} rows have “{key}” as {columns}, and lookup takes the first.",
    do_zh='要取唯一的一行，把合起来能确定一行的列都标上 *，写 lookup("{dataset}", keys(列1, 列2), …)；就要第一行，用 pulldata。',
    do_en='To find one row, mark the columns that together tell it with * and write lookup("{dataset}", keys(column1, '
    "column2), …); where the first row is meant, use pulldata.",
)
KEY_COUNT = fault(
    "EXPR-071",
    Severity.ERROR,
    "数据表“{dataset}”的键有 {marked} 列（{columns}），这里却给了 {given} 个，确定不了是哪一行。",
    "The key of the dataset “{dataset}” has {marked} columns ({columns}), but {given} are given here; that tells no row.",
    do_zh="每个标了 * 的列各给一个值，按列的顺序：{call}。几列合起来才是键的，每列都标上 *。",
    do_en="Give one value for each column marked *, in their order: {call}. Mark every column that belongs to the key.",
)
NO_DIRECTORY = fault(
    "EXPR-064",
    Severity.ERROR,
    "这里没有组织机构数据，无法计算 {part}。",
    "There is no directory of people here, so {part} cannot be computed.",
    do_zh="提供组织机构工作簿，或改用字段。",
    do_en="Provide the organisation workbook, or use a field.",
)
BAD_ARGUMENT = fault(
    "EXPR-065",
    Severity.ERROR,
    "{part}：{reason}",
    "{part}: {reason_en}",
    do_zh="检查参数，或用 iferror() 给出替代值。",
    do_en="Check the argument, or give a substitute with iferror().",
)
NO_BRANCH = fault(
    "EXPR-066",
    Severity.ERROR,
    "{part} 中没有一个条件成立，也没有写否则的值。",
    "None of the conditions of {part} holds, and there is no value for otherwise.",
    do_zh="最后加一对 TRUE, 缺省值（IFS），或加一个缺省值（SWITCH）。",
    do_en="End with TRUE, default (IFS) or with a default value (SWITCH).",
)
NO_CALENDAR = fault(
    "EXPR-067",
    Severity.ERROR,
    "这里没有校历，无法计算 {part}。",
    "There is no campus calendar here, so {part} cannot be computed.",
    do_zh="提供校历工作簿；只看星期的天数请用 networkdays()、workday()。",
    do_en="Provide the calendar workbook; for days of the week only use networkdays() and workday().",
)
OUTSIDE_CALENDAR = fault(
    "EXPR-068",
    Severity.ERROR,
    "校历中没有 {year} 年的安排，无法计算 {part}。",
    "The campus calendar holds nothing of {year}, so {part} cannot be computed.",
    do_zh="在校历工作簿中补上这一年的放假和调休。",
    do_en="Add the days off and make-up days of that year to the calendar workbook.",
)
TOO_MANY_ROWS = fault(
    "EXPR-069",
    Severity.ERROR,
    "{part} 要逐行查找的数据超过 {limit} 行。",
    "{part} would go through more than {limit} rows of data.",
    do_zh="不要在筛选条件里再筛选；先用“计算”字段算出里面的值，或改用 lookup(数据表, 键, 列)。",
    do_en="Do not filter inside a filter: compute the inner value in a calculation first, or use lookup(dataset, key, column).",
)
OF_WHICH_ROW = fault(
    "EXPR-080",
    Severity.ERROR,
    "方括号里的“{text}”可以指被筛选的行，也可以指公式所在的行。",
    "In square brackets, “{text}” may mean the row that is looked at or the row in which the formula stands.",
    do_zh="被筛选的行写 字段 或 position()，公式所在的行写 current()/../字段 或 position(current()/..)。",
    do_en="For the row that is looked at write field or position(), for the formula's own row current()/../field or position(current()/..).",
)
NOT_A_REPEAT = fault(
    "EXPR-081",
    Severity.ERROR,
    "“{name}”不是明细，方括号和 / 不能跟在它后面。",
    "“{name}” is no repeat, so no square bracket and no path can follow it.",
    do_zh="写明细的名称，如 ${{明细}}[数量 > 2]；取数据表的行写 instance('数据表')/root/item[条件]/列。",
    do_en="Name a repeat, as in ${{repeat}}[amount > 2]; for the rows of a dataset write instance('dataset')/root/item[condition]/column.",
)
NOT_IN_REPEAT = fault(
    "EXPR-082",
    Severity.ERROR,
    "“{name}”不在明细“{repeat}”里。",
    "“{name}” is not in the repeat “{repeat}”.",
    do_zh="写这个明细里的字段；其他字段直接写 ${{字段}}。",
    do_en="Name a field of this repeat; write any other field as ${{field}}.",
)
REPEAT_NAMED = fault(
    "EXPR-087",
    Severity.ERROR,
    "“{name}”不是明细，{function} 取不到它的第几行。",
    "“{name}” is no repeat, so {function} can take no row of it.",
    do_zh="第二个参数写字段所在的明细的名称，例如 indexed-repeat(${{数量}}, ${{明细}}, 1)。",
    do_en="As the second argument name the repeat that the field is in, as in indexed-repeat(${{amount}}, ${{repeat}}, 1).",
)
NO_ROWS = fault(
    "EXPR-083",
    Severity.ERROR,
    "这里没有明细“{name}”的各行，无法计算 {part}。",
    "The rows of the repeat “{name}” are not known here, so {part} cannot be computed.",
    do_zh="带上整份填报来算；只有各列的数时，写 countif、sumif 或先在明细里算好。",
    do_en="Compute it with the whole form; where only columns are given, use countif or sumif, or compute it in the repeat.",
)
NATURAL_LOG = fault(
    "EXPR-084",
    Severity.NOTICE,
    "log() 是自然对数（同 XLSForm），Excel 的 LOG() 以 10 为底。",
    "log() is the natural logarithm, as in XLSForm; Excel's LOG() is to base 10.",
    do_zh="要以 10 为底写 log10(x)；写 ln(x) 就不再提示。",
    do_en="For base 10 write log10(x); ln(x) silences this.",
)
OF_WHICH_GROUP = fault(
    "EXPR-086",
    Severity.ERROR,
    "几个分组里都有“{name}”，分不清指哪一个。",
    "“{name}” stands in several groups; it is not clear which one is meant.",
    do_zh="写成 {ways}，或给它们起不同的名称。",
    do_en="Write {ways}, or give them different names.",
)
NO_BALANCES = fault(
    "EXPR-088",
    Severity.ERROR,
    "这里没有账户，无法计算 {part}。",
    "There are no accounts here, so {part} cannot be computed.",
    do_zh="余额只有服务器上的表单知道；请在网页表单、接口或试办里办理。",
    do_en="Only a form on the server knows balances; use the form, REST or a trial.",
)
BALANCE_UNSEEN = fault(
    "EXPR-089",
    Severity.ERROR,
    "“{holder}”在账户“{name}”里的余额您看不到，或没有这个持有者。",
    "You may not see what “{holder}” has in “{name}”, or there is no such holder.",
    do_zh="请选自己的项目、房间或账户；能看到哪些，见“我的账户”。",
    do_en="Pick a project, room or account of your own; “My balances” shows which there are.",
)
BALANCE_NOT_HERE = fault(
    "EXPR-090",
    Severity.ERROR,
    "这里不能用 {function}：余额会变，判定要留下当时的数。",
    "{function} may not stand here: balances change, and a decision keeps the value that it used.",
    do_zh="在表单里加一道“计算”，写 {function}(…)，这里引用那道计算。",
    do_en="Add a calculation with {function}(…) to the form, and read that here.",
)
UNKNOWN_BALANCE = fault(
    "EXPR-091",
    Severity.ERROR,
    "“账户”表里没有“{name}”。",
    "The sheet accounts has no “{name}”.",
    do_zh="在“账户”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet accounts, or name one that is there.",
)
BALANCE_OF_WHAT = fault(
    "EXPR-092",
    Severity.ERROR,
    "{function} 的第一个参数是加引号的账户名称，不是“{part}”。",
    "The first argument of {function} is the name of an account in quotes, not “{part}”.",
    do_zh='写成 {function}("项目经费", ${{项目}})。',
    do_en='Write {function}("funds", ${{project}}).',
)
