"""The catalogue of faults that reading a workbook can find (codes `BOOK-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_COLUMN = fault(
    "BOOK-020",
    Severity.ERROR,
    "不认识的列“{column}”。",
    "Unknown column “{column}”.",
    do_zh="改用标准列名，或在列名前加 # 作为自己的备注列。",
    do_en="Use a standard column name, or put # before the name to keep the column as your own note.",
)
DUPLICATE_COLUMN = fault(
    "BOOK-021",
    Severity.ERROR,
    "列“{column}”出现了两次。",
    "The column “{column}” stands here twice.",
    do_zh="删除其中一列，或改名。",
    do_en="Delete or rename one of them.",
)
MISSING_COLUMN = fault(
    "BOOK-022",
    Severity.ERROR,
    "缺少列“{column}”。",
    "The column “{column}” is missing.",
    do_zh="在表头行中加上这一列。",
    do_en="Add it to the header row.",
)
EMPTY_FILE = fault(
    "BOOK-001",
    Severity.ERROR,
    "文件“{file}”是空的。",
    "The file “{file}” is empty.",
    do_zh="请在 Excel 中打开原文件，另存为 .xlsx 后重新上传。",
    do_en="Open the original in Excel, save it as .xlsx and upload it again.",
)
NOT_A_WORKBOOK = fault(
    "BOOK-002",
    Severity.ERROR,
    "文件“{file}”不是 Excel 工作簿。",
    "The file “{file}” is not an Excel workbook.",
    do_zh="请上传 .xlsx 文件。",
    do_en="Upload an .xlsx file.",
)
TEXT_FILE = fault(
    "BOOK-003",
    Severity.ERROR,
    "文件“{file}”是文本（CSV）文件，不是 Excel 工作簿。",
    "The file “{file}” is a text (CSV) file, not an Excel workbook.",
    do_zh="请在 Excel 中打开它，另存为“Excel 工作簿 (*.xlsx)”后上传。",
    do_en="Open it in Excel, save it as “Excel Workbook (*.xlsx)” and upload that.",
)
OLD_EXCEL = fault(
    "BOOK-004",
    Severity.ERROR,
    "文件“{file}”是旧版 Excel（.xls）格式。",
    "The file “{file}” is in the old Excel format (.xls).",
    do_zh="请在 Excel 中另存为“Excel 工作簿 (*.xlsx)”后上传。",
    do_en="Save it in Excel as “Excel Workbook (*.xlsx)” and upload that.",
)
OLD_EXCEL_READ = fault(
    "BOOK-018",
    Severity.NOTICE,
    "文件“{file}”是旧版 Excel（.xls）：只读取了值，看不到其中的公式。",
    "The file “{file}” is an old Excel file (.xls): its values were read, and its formulas were not seen.",
    do_zh="建议在 Excel 中另存为“Excel 工作簿 (*.xlsx)”。",
    do_en="Better save it in Excel as “Excel Workbook (*.xlsx)”.",
)
PASSWORD = fault(
    "BOOK-005",
    Severity.ERROR,
    "文件“{file}”设置了打开密码，无法读取。",
    "The file “{file}” is protected by a password and cannot be read.",
    do_zh="请在 Excel 的“文件 → 信息 → 保护工作簿”中取消密码，保存后重新上传。",
    do_en="Remove the password in Excel (File → Info → Protect Workbook), save and upload it again.",
)
WEB_PAGE = fault(
    "BOOK-006",
    Severity.ERROR,
    "文件“{file}”其实是网页或 XML 表格，只是改了扩展名。",
    "The file “{file}” is a web page or an XML table under another name.",
    do_zh="请在 Excel 中打开它，另存为“Excel 工作簿 (*.xlsx)”后上传。",
    do_en="Open it in Excel, save it as “Excel Workbook (*.xlsx)” and upload that.",
)
OTHER_OFFICE = fault(
    "BOOK-007",
    Severity.ERROR,
    "文件“{file}”是{what}，不是 .xlsx 工作簿。",
    "The file “{file}” is {what_en}, not an .xlsx workbook.",
    do_zh="请用 Excel 或 WPS 另存为“Excel 工作簿 (*.xlsx)”后上传。",
    do_en="Save it as “Excel Workbook (*.xlsx)” and upload that.",
)
DAMAGED = fault(
    "BOOK-008",
    Severity.ERROR,
    "文件“{file}”已损坏或没有传完（{detail}）。",
    "The file “{file}” is damaged or incomplete ({detail}).",
    do_zh="请重新保存并上传；若 Excel 也打不开，请使用备份。",
    do_en="Save and upload it again; if Excel cannot open it either, use a backup.",
)
TOO_LARGE = fault(
    "BOOK-009",
    Severity.ERROR,
    "文件“{file}”太大：{what}为 {found}，上限 {limit}。",
    "The file “{file}” is too large: {what_en} is {found}, the limit is {limit}.",
    do_zh="请删除图片、多余的工作表或大片空白格式，把大数据拆成单独的 data 工作簿。",
    do_en="Remove pictures, unused sheets or large formatted areas, or move large data into a workbook of its own.",
)
ZIP_BOMB = fault(
    "BOOK-010",
    Severity.ERROR,
    "文件“{file}”解压后会膨胀 {ratio} 倍，已拒绝读取。",
    "The file “{file}” would grow {ratio} times when it is unpacked; it was not read.",
    do_zh="正常的工作簿不会这样。请在 Excel 中新建工作簿，把内容复制过去再上传。",
    do_en="No normal workbook does so. Copy the content into a new workbook and upload that.",
)
DOCTYPE = fault(
    "BOOK-011",
    Severity.ERROR,
    "文件“{file}”的内部部件 {part} 含有 DOCTYPE 声明，已拒绝读取。",
    "The part {part} inside the file “{file}” holds a DOCTYPE declaration; it was not read.",
    do_zh="Excel 不会写出这样的文件。请在 Excel 中新建工作簿，把内容复制过去再上传。",
    do_en="Excel never writes one. Copy the content into a new workbook and upload that.",
)
UNSAFE_ENTRY = fault(
    "BOOK-012",
    Severity.ERROR,
    "文件“{file}”的内部部件名“{part}”不安全，已拒绝读取。",
    "The part name “{part}” inside the file “{file}” is unsafe; it was not read.",
    do_zh="Excel 不会写出这样的文件。请在 Excel 中新建工作簿，把内容复制过去再上传。",
    do_en="Excel never writes one. Copy the content into a new workbook and upload that.",
)
READING_STOPPED = fault(
    "BOOK-013",
    Severity.ERROR,
    "读取文件“{file}”超过了时间或内存限制（{seconds} 秒，{megabytes} MB），已停止。",
    "Reading the file “{file}” went past the limit of time or memory ({seconds} s, {megabytes} MB) and was stopped.",
    do_zh="请删除多余的工作表和大片空白格式后再上传。",
    do_en="Remove unused sheets and large formatted areas, then upload it again.",
)
NO_SHEETS = fault(
    "BOOK-014",
    Severity.ERROR,
    "工作簿“{file}”里没有工作表。",
    "The workbook “{file}” has no sheet.",
    do_zh="请至少加入一张标准工作表，例如 survey（表单）或 rules（规则）。",
    do_en="Add at least one sheet of the standard, such as survey or rules.",
)
PROGRAM_FAILED = fault(
    "BOOK-015",
    Severity.ERROR,
    "检查文件“{file}”时，平台自己出了错（{error}）。",
    "The platform itself failed while it checked the file “{file}” ({error}).",
    do_zh="请把这个文件交给管理员，记录里有详情；已上线的版本照常使用。",
    do_en="Give this file to the administrator, whose log has the details; the live version stays.",
)
MACROS = fault(
    "BOOK-030",
    Severity.WARNING,
    "工作簿含有宏（{part}）。宏不会被运行。",
    "The workbook holds macros ({part}). They are never run.",
    do_zh="请另存为不含宏的 .xlsx。",
    do_en="Save it as .xlsx without macros.",
)
EXTERNAL_LINKS = fault(
    "BOOK-031",
    Severity.WARNING,
    "工作簿链接到其他文件（{part}）。链接不会被打开。",
    "The workbook links to other files ({part}). The links are not followed.",
    do_zh="请在“数据 → 编辑链接”中断开链接，把值粘贴进来。",
    do_en="Break the links (Data → Edit Links) and paste the values.",
)
EMBEDDED = fault(
    "BOOK-032",
    Severity.WARNING,
    "工作簿嵌入了其他对象（{part}）。它们不会被读取。",
    "The workbook embeds other objects ({part}). They are not read.",
    do_zh="请删除嵌入的对象。",
    do_en="Delete the embedded objects.",
)
CONNECTIONS = fault(
    "BOOK-033",
    Severity.WARNING,
    "工作簿带有数据连接或自定义界面（{part}）。它们不会被使用。",
    "The workbook holds data connections or a custom interface ({part}). They are not used.",
    do_zh="请删除连接，把数据粘贴为值。",
    do_en="Remove the connections and paste the data as values.",
)
HIDDEN_SHEET = fault(
    "BOOK-034",
    Severity.WARNING,
    "工作表“{sheet}”是隐藏的，但其中的规则同样生效。",
    "The sheet “{sheet}” is hidden; what it says takes effect all the same.",
    do_zh="请取消隐藏，让审核人能看到全部规则。",
    do_en="Unhide it, so that an auditor sees every rule.",
)
HIDDEN_ROWS = fault(
    "BOOK-035",
    Severity.WARNING,
    "第 {rows} 行是隐藏的（或被筛选掉），但同样生效。",
    "Rows {rows} are hidden (or filtered out); they take effect all the same.",
    do_zh="请取消隐藏或清除筛选。",
    do_en="Unhide them or clear the filter.",
)
HIDDEN_COLUMNS = fault(
    "BOOK-036",
    Severity.WARNING,
    "{columns} 列是隐藏的，但同样生效。",
    "The columns {columns} are hidden; they take effect all the same.",
    do_zh="请取消隐藏。",
    do_en="Unhide them.",
)
FAR_CELL = fault(
    "BOOK-040",
    Severity.ERROR,
    "这个单元格离表格太远（上限 {rows} 行、{columns} 列），没有读取。",
    "This cell stands too far away (the limit is {rows} rows and {columns} columns); it was not read.",
    do_zh="按 Ctrl+End 找到它，删除所在的行或列。",
    do_en="Press Ctrl+End to find it, and delete its row or column.",
)
FORMULA_VALUE = fault(
    "BOOK-041",
    Severity.WARNING,
    "这里是 Excel 公式（{formula}），按它上次算出的值读取。",
    "This is an Excel formula ({formula}); the value that it last gave was taken.",
    do_zh="请粘贴为值；如果想写的是本平台的表达式，请在前面加英文单引号 '。",
    do_en="Paste it as a value; if you mean an expression of this platform, put an apostrophe ' before it.",
)
FORMULA_WITHOUT_VALUE = fault(
    "BOOK-042",
    Severity.ERROR,
    "这里是 Excel 公式（{formula}），但文件里没有它的值。",
    "This is an Excel formula ({formula}), and the file holds no value for it.",
    do_zh="请在 Excel 中打开并保存一次，或粘贴为值；如果想写的是本平台的表达式，请在前面加英文单引号 '。",
    do_en="Open and save the file in Excel, or paste a value; if you mean an expression of this platform, "
    "put an apostrophe ' before it.",
)
ERROR_VALUE = fault(
    "BOOK-043",
    Severity.ERROR,
    "单元格的值是错误 {error}。",
    "The cell holds the error {error}.",
    do_zh="请改正公式或填入值；如果想写的是本平台的表达式，请在前面加英文单引号 '。",
    do_en="Mend the formula or type a value; for an expression of this platform, put an apostrophe ' before it.",
)
BAD_NUMBER = fault(
    "BOOK-044",
    Severity.ERROR,
    "单元格里的数“{text}”读不出来。",
    "The number “{text}” in this cell cannot be read.",
    do_zh="请重新输入这个数。",
    do_en="Type the number again.",
)
BAD_DATE = fault(
    "BOOK-045",
    Severity.ERROR,
    "单元格设成了日期格式，但 {text} 不是有效的日期。",
    "The cell is formatted as a date, but {text} is not one.",
    do_zh="请重新输入日期，或把格式改为“常规”。",
    do_en="Type the date again, or set the format to General.",
)
LONG_NUMBER = fault(
    "BOOK-046",
    Severity.WARNING,
    "这个数超过 15 位，Excel 会丢掉后面的数字。",
    "This number has more than 15 digits; Excel loses the last ones.",
    do_zh="身份证号、卡号请设为文本格式后重新输入。",
    do_en="Format the cell as text and type it again; ID and card numbers are text.",
)
LONG_TEXT = fault(
    "BOOK-047",
    Severity.ERROR,
    "单元格的文字超过 {limit} 个字符，没有读取。",
    "The text of this cell has more than {limit} characters; it was not read.",
    do_zh="请缩短，或拆成多个单元格。",
    do_en="Shorten it, or split it over several cells.",
)
MORE_OF_THESE = fault(
    "BOOK-048",
    Severity.WARNING,
    "这张表里还有 {count} 处同样的问题（{code}）没有一一列出。",
    "{count} more cells of this sheet have the same fault ({code}); they are not listed one by one.",
    do_zh="按上面的办法一并处理。",
    do_en="Mend them in the same way.",
)
TOO_MANY_CELLS = fault(
    "BOOK-049",
    Severity.ERROR,
    "从这个单元格起，内容超过了上限（{limit} 个单元格），没有读取。",
    "From this cell on, the content passes the limit of {limit} cells; it was not read.",
    do_zh="请把大数据拆成单独的 data 工作簿。",
    do_en="Move large data into a workbook of its own.",
)
UNKNOWN_SHEET = fault(
    "BOOK-050",
    Severity.ERROR,
    "不认识的工作表“{sheet}”。",
    "Unknown sheet “{sheet}”.",
    do_zh="改用标准表名；若只是自己的说明，请让表名以“说明”或 # 开头。",
    do_en="Use a sheet name of the standard; begin the name of your own notes with # or “readme”.",
)
OWN_SHEET = fault(
    "BOOK-053",
    Severity.WARNING,
    "工作表“{sheet}”不是标准表，没有使用。",
    "The sheet “{sheet}” is not one of the standard; it is not used.",
    do_zh="若是自己的说明，可让表名以“说明”或 # 开头。",
    do_en="Begin the name of your own notes with # or “readme”.",
)
DUPLICATE_SHEET = fault(
    "BOOK-051",
    Severity.ERROR,
    "工作表“{sheet}”与“{first}”是同一张表。",
    "The sheets “{sheet}” and “{first}” are the same thing twice.",
    do_zh="合并成一张，或加上不同的后缀（例如 规则-危化品）。",
    do_en="Make one of them, or give them different suffixes (such as rules.hazard).",
)
LOOKALIKE_SHEET = fault(
    "BOOK-052",
    Severity.ERROR,
    "工作表“{sheet}”与“{first}”只差全角半角、空格或大小写，是同一张表。",
    "The sheets “{sheet}” and “{first}” differ only in width, blanks or letter case: they are one sheet twice.",
    do_zh="合并成一张，或加上不同的后缀。",
    do_en="Make one of them, or give them different suffixes.",
)
TITLE_ROW = fault(
    "BOOK-054",
    Severity.NOTICE,
    "“{text}”当作标题，表头从第 {row} 行读。",
    "“{text}” is taken for a title; the header is read from row {row}.",
    do_zh="不用处理；在它前面写 # 就不再提示。",
    do_en="Leave it; a # before it silences this.",
)
REMARK_ROW = fault(
    "BOOK-055",
    Severity.NOTICE,
    "第 {row} 行当作备注，不参与计算。",
    "Row {row} is taken for a remark and not used.",
    do_zh="不用处理；在它前面写 # 就不再提示。",
    do_en="Leave it; a # before it silences this.",
)
FILE_UNREADABLE = fault(
    "BOOK-056",
    Severity.ERROR,
    "读不懂工作簿旁边的文件“{file}”。",
    "The file “{file}” beside the workbook cannot be read.",
    do_zh="CSV 存成 UTF-8 或 GBK，第一行写列名；XML 按 root、item 两层写。",
    do_en="Save a CSV in UTF-8 with the names of the columns in its first row; an XML has a root with items.",
)
