"""The catalogue of faults in the sheet `documents` and in its templates (codes `DOC-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

TEMPLATE_SYNTAX = fault(
    "DOC-001",
    Severity.ERROR,
    "模板第 {line} 行写得不完整：{text}。",
    "Line {line} of the template cannot be read: {text}.",
    do_zh="花括号要成对：{{{{字段}}}}；{{% for 行 in 明细 %}} 要有 {{% endfor %}}，{{% if … %}} 要有 {{% endif %}}。",
    do_en="Braces come in pairs: {{{{field}}}}; {{% for row in items %}} wants {{% endfor %}}, {{% if … %}} wants {{% endif %}}.",
)
TEMPLATE_UNKNOWN = fault(
    "DOC-002",
    Severity.ERROR,
    "模板第 {line} 行用了不认识的名称“{name}”。",
    "Line {line} of the template uses the unknown name “{name}”.",
    do_zh="改用表单里的字段、规则的结果、办件、文书或申请人；名称里的点和横线在模板里写成下划线。",
    do_en="Use a question of the form, a result of the rules, case, paper or applicant; dots and hyphens of a name are written as _ in templates.",
)
TEMPLATE_PART = fault(
    "DOC-003",
    Severity.ERROR,
    "模板第 {line} 行：“{of}”里没有“{name}”。可以写：{known}。",
    "Line {line} of the template: “{of}” has no “{name}”; there are {known}.",
    do_zh="改用其中一个。",
    do_en="Take one of them.",
)
TEMPLATE_FORBIDDEN = fault(
    "DOC-004",
    Severity.ERROR,
    "模板第 {line} 行有不允许的内容：{text}。文书不能加载、运行或引用别处的东西。",
    "Line {line} of the template holds what no paper may: {text}. A paper loads, runs and refers to nothing.",
    do_zh="删去它。图片写成 data:image/png 或 jpeg 的地址，印章写在“印章”列；字段只能写在文字里，不能写在标签、style 或网址里。",
    do_en="Take it out. Pictures are data:image/png or jpeg addresses, seals stand in the column seal; fields stand in text, not in tags, styles or addresses.",
)
NO_FILE = fault(
    "DOC-005",
    Severity.ERROR,
    "工作簿旁边没有文件“{file}”，或读不懂它。",
    "There is no file “{file}” beside the workbook, or it cannot be read.",
    do_zh="把文件放进工作簿所在的文件夹，或与工作簿一起上传；模板存成 UTF-8，印章是 PNG 或 JPEG 图片。",
    do_en="Put it into the folder of the workbook, or upload both together; templates are UTF-8, seals PNG or JPEG pictures.",
)
BAD_PAPER = fault(
    "DOC-006",
    Severity.ERROR,
    "不认识纸张“{text}”。可以写：{known}，后面可以加“横向”。",
    "“{text}” is no paper; there are {known}, with “landscape” behind it where that is meant.",
    do_zh="例如 A4 或 A5 横向；空白为 A4。",
    do_en="As in A4 or A5 landscape; blank is A4.",
)
BAD_COPIES = fault(
    "DOC-007",
    Severity.ERROR,
    "看不懂份数“{text}”。",
    "“{text}” is no number of copies.",
    do_zh="写 1 到 100 的整数，或得出数的字段，如 ${{份数}}；下载也算份数的，后面写“含下载”；空白为不限。",
    do_en="Write a whole number from 1 to 100, or a field that gives one, such as ${{copies}}; with “with downloads” behind it where these count too. Blank is as many as anybody likes.",
)
BAD_NUMBER = fault(
    "DOC-008",
    Severity.ERROR,
    "文号“{text}”不能编号：{why}。",
    "“{text}” numbers nothing: {why_en}.",
    do_zh="例如 ZD{{yyyy}}-{{000001}}。",
    do_en="As in ZD{{yyyy}}-{{000001}}.",
)
BAD_LANGUAGE = fault(
    "DOC-009",
    Severity.ERROR,
    "不认识语言“{text}”。",
    "“{text}” is no language.",
    do_zh="写 中文、英文 或 中英（每种语言一份）；空白为中文。",
    do_en="Write zh, en or both (one paper each); blank is zh.",
)
BAD_VALID = fault(
    "DOC-010",
    Severity.ERROR,
    "看不懂有效期“{text}”。",
    "“{text}” is no period and no day.",
    do_zh="写 30天、6个月、1年，或给出最后一天的表达式，如 ${{毕业日期}}；空白为长期有效。",
    do_en="Write 30 days, 6 months, 1 year, or an expression of the last day, as in ${{graduation}}; blank is without end.",
)
BAD_YES = fault(
    "DOC-011",
    Severity.ERROR,
    "“{text}”不是“是”或“否”。",
    "“{text}” is neither yes nor no.",
    do_zh="要二维码和核验页写 是，不要写 否；空白为是。",
    do_en="Write yes for a QR code and a check page, no for none; blank is yes.",
)
NAME_TWICE = fault(
    "DOC-012",
    Severity.ERROR,
    "“{name}”写了两次（第一次在 {first}）。",
    "“{name}” stands there twice (first at {first}).",
    do_zh="每份文书一个名称。",
    do_en="Give every paper a name of its own.",
)
NO_NAME = fault(
    "DOC-013",
    Severity.ERROR,
    "这一行没有写文书的名称。",
    "This row has no name.",
    do_zh="在“文书”列写名称。",
    do_en="Write one into the column document.",
)
UNKNOWN_DOCUMENT = fault(
    "DOC-014",
    Severity.ERROR,
    "“文书”表里没有“{name}”。",
    "The sheet documents has no “{name}”.",
    do_zh="在“文书”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet documents, or name one that is there.",
)
UNKNOWN_SHOWN = fault(
    "DOC-015",
    Severity.ERROR,
    "“核验内容”里的“{name}”不是表单的字段，也不是规则的结果，或在明细里。",
    "“{name}” in the column shows is no question and no result of the rules, or stands in a repeat.",
    do_zh="写字段的名称，几个用顿号隔开。",
    do_en="Name questions, several parted by commas.",
)
NEVER_ISSUED = fault(
    "DOC-016",
    Severity.WARNING,
    "工作簿没有流程，“{name}”永远不会开出。",
    "The workbook has no route, so “{name}” is never issued.",
    do_zh="加上“流程”表。",
    do_en="Add a sheet route.",
)
SHOWS_MASKED = fault(
    "DOC-017",
    Severity.NOTICE,
    "核验页上“{name}”打码显示，因为它标了敏感。",
    "The check page shows “{name}” under its mask, for it is sensitive.",
    do_zh="不用处理；任何人凭文书上的码都能看到核验页。",
    do_en="Leave it: anybody who has the code of the paper sees that page.",
)
UNCHECKED = fault(
    "DOC-018",
    Severity.WARNING,
    "“{name}”不核验，“核验内容”不起作用。",
    "“{name}” has no check page, so the column shows has no effect.",
    do_zh="把“核验”写成 是，或清空“核验内容”。",
    do_en="Write yes into verify, or empty shows.",
)
