"""The catalogue of faults that answers to a form can have (codes `FORM-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_FIELD = fault(
    "FORM-001",
    Severity.ERROR,
    "这张表单没有“{name}”这一项。",
    "This form has no item “{name}”.",
    do_zh="核对名称；表单改版后请刷新页面再填。",
    do_en="Check the name; if the form was changed, reload the page.",
)
MISSPELT_FIELD = fault(
    "FORM-026",
    Severity.ERROR,
    "这张表单没有“{name}”这一项。",
    "This form has no item “{name}”.",
    do_zh="改用“{near}”。",
    do_en="Use “{near}”.",
)
NOT_A_NUMBER = fault(
    "FORM-002",
    Severity.ERROR,
    "“{label}”不是数字。",
    "“{label}” is not a number.",
    do_zh="只写数字，例如 12、12.50 或 1,000，不写单位。",
    do_en="Write digits only, such as 12, 12.50 or 1,000, without a unit.",
)
NOT_WHOLE = fault(
    "FORM-003",
    Severity.ERROR,
    "“{label}”应是整数。",
    "“{label}” must be a whole number.",
    do_zh="去掉小数部分。",
    do_en="Leave out the decimals.",
)
NOT_MONEY = fault(
    "FORM-004",
    Severity.ERROR,
    "“{label}”是金额，最多两位小数。",
    "“{label}” is an amount of money: two decimals at most.",
    do_zh="四舍五入到分再填写。",
    do_en="Round it to the cent.",
)
NUMBER_TOO_LONG = fault(
    "FORM-005",
    Severity.ERROR,
    "“{label}”的数字太长。",
    "The number in “{label}” is too long.",
    do_zh="最多 {most} 位数字。编号、卡号一类请用文本项。",
    do_en="At most {most} digits. Codes and card numbers belong in a text item.",
)
NOT_A_DATE = fault(
    "FORM-006",
    Severity.ERROR,
    "“{label}”不是日期。",
    "“{label}” is not a date.",
    do_zh="写成 2026-09-01 这样。",
    do_en="Write it as 2026-09-01.",
)
NOT_A_TIME = fault(
    "FORM-007",
    Severity.ERROR,
    "“{label}”不是时间。",
    "“{label}” is not a time of day.",
    do_zh="写成 08:30 这样。",
    do_en="Write it as 08:30.",
)
NOT_A_DATETIME = fault(
    "FORM-008",
    Severity.ERROR,
    "“{label}”不是日期加时间。",
    "“{label}” is not a date with a time.",
    do_zh="写成 2026-09-01 08:30 这样。",
    do_en="Write it as 2026-09-01 08:30.",
)
NOT_A_MONTH = fault(
    "FORM-046",
    Severity.ERROR,
    "“{label}”不是年月。",
    "“{label}” is not a month of a year.",
    do_zh="写成 2026-09 这样。",
    do_en="Write it as 2026-09.",
)
NOT_A_YEAR = fault(
    "FORM-047",
    Severity.ERROR,
    "“{label}”不是年份。",
    "“{label}” is not a year.",
    do_zh="写成 2026 这样。",
    do_en="Write it as 2026.",
)
ODD_COMMAS = fault(
    "FORM-048",
    Severity.ERROR,
    "“{label}”里的“{text}”看不出是多少：逗号只用来三位一分。",
    "It is not clear what “{text}” in “{label}” comes to: commas only part thousands.",
    do_zh="一千写成 1000 或 1,000，一又四分之一写成 1.25。",
    do_en="Write one thousand as 1000 or 1,000, one and a quarter as 1.25.",
)
COUNTED_TOO_MANY = fault(
    "FORM-049",
    Severity.ERROR,
    "“{label}”要有 {count} 行，最多 {most} 行。",
    "“{label}” would have {count} rows; {most} at most.",
    do_zh="把决定行数的数改小，其余的分几次提交，或作为附件上传。",
    do_en="Make the number of rows smaller; send the rest in parts, or upload a file.",
)
NOT_YES_NO = fault(
    "FORM-009",
    Severity.ERROR,
    "“{label}”只能是“是”或“否”。",
    "“{label}” can only be yes or no.",
    do_zh="勾选或不勾选；在表格里写“是”或“否”。",
    do_en="Tick it or leave it; in a spreadsheet write yes or no.",
)
NOT_TEXT = fault(
    "FORM-010",
    Severity.ERROR,
    "“{label}”应是文字。",
    "“{label}” must be text.",
    do_zh="重新填写这一项。",
    do_en="Fill this item in again.",
)
TEXT_TOO_LONG = fault(
    "FORM-011",
    Severity.ERROR,
    "“{label}”太长，最多 {most} 个字。",
    "“{label}” is too long: {most} characters at most.",
    do_zh="缩短文字，或作为附件上传。",
    do_en="Shorten the text or upload it as a file.",
)
NOT_A_CHOICE = fault(
    "FORM-012",
    Severity.ERROR,
    "“{label}”里没有选项“{value}”。",
    "“{label}” has no choice “{value}”.",
    do_zh="从列出的选项中选择。",
    do_en="Pick one of the choices that are listed.",
)
NOT_OFFERED = fault(
    "FORM-013",
    Severity.ERROR,
    "按您填写的其他内容，“{label}”不能选“{value}”。",
    "With your other answers, “{value}” cannot be chosen in “{label}”.",
    do_zh="重新选择这一项。",
    do_en="Choose again.",
)
NOT_A_PERSON = fault(
    "FORM-014",
    Severity.ERROR,
    "“{label}”里的“{value}”不是任何人的工号或学号。",
    "“{value}” in “{label}” is nobody's campus number.",
    do_zh="填写姓名后在列表中选择，或核对工号、学号。",
    do_en="Write a name and choose from the list, or check the campus number.",
)
NOT_A_DEPARTMENT = fault(
    "FORM-015",
    Severity.ERROR,
    "“{label}”里的部门“{value}”查不到。",
    "There is no department “{value}” as “{label}” says.",
    do_zh="从部门列表中选择。",
    do_en="Choose a department from the list.",
)
NOT_A_FILE = fault(
    "FORM-016",
    Severity.ERROR,
    "“{label}”里的附件没有上传成功。",
    "The file in “{label}” was not uploaded.",
    do_zh="移除后重新上传。",
    do_en="Remove it and upload it again.",
)
NOT_AN_IMAGE = fault(
    "FORM-017",
    Severity.ERROR,
    "“{label}”只收图片。",
    "“{label}” takes pictures only.",
    do_zh="上传 JPG、PNG 等格式的图片。",
    do_en="Upload a picture, such as JPG or PNG.",
)
NOT_A_RECORDING = fault(
    "FORM-038",
    Severity.ERROR,
    "“{label}”只收{kind_zh}文件。",
    "“{label}” takes {kind} files only.",
    do_zh="音频上传 MP3、M4A、WAV，视频上传 MP4、MOV、WebM。",
    do_en="Upload sounds as MP3, M4A or WAV, films as MP4, MOV or WebM.",
)
TOO_MANY_FILES = fault(
    "FORM-018",
    Severity.ERROR,
    "“{label}”最多 {most} 个附件。",
    "“{label}” takes {most} files at most.",
    do_zh="移除多余的附件，或合并成一个文件。",
    do_en="Remove some, or put them into one file.",
)
NOT_ROWS = fault(
    "FORM-019",
    Severity.ERROR,
    "“{label}”应是若干行明细。",
    "“{label}” must be a list of rows.",
    do_zh="每一行一个对象，放在列表里。",
    do_en="Give a list with one object a row.",
)
TOO_MANY_ROWS = fault(
    "FORM-020",
    Severity.ERROR,
    "“{label}”最多 {most} 行。",
    "“{label}” takes {most} rows at most.",
    do_zh="分几次提交，或作为附件上传。",
    do_en="Send it in parts, or upload a file.",
)
REQUIRED = fault(
    "FORM-021",
    Severity.ERROR,
    "请填写“{label}”。",
    "Fill in “{label}”.",
    do_zh="这一项必填。",
    do_en="This item is required.",
)
REQUIRED_CHOICE = fault(
    "FORM-027",
    Severity.ERROR,
    "请选择“{label}”。",
    "Choose “{label}”.",
    do_zh="这一项必选。",
    do_en="This item is required.",
)
REQUIRED_TICK = fault(
    "FORM-028",
    Severity.ERROR,
    "请勾选“{label}”。",
    "Tick “{label}”.",
    do_zh="同意后才能提交。",
    do_en="It can only be sent when this is ticked.",
)
REQUIRED_FILE = fault(
    "FORM-029",
    Severity.ERROR,
    "请上传“{label}”。",
    "Upload “{label}”.",
    do_zh="这一项必须有附件。",
    do_en="A file is required here.",
)
REQUIRED_READONLY = fault(
    "FORM-022",
    Severity.ERROR,
    "“{label}”应由系统带出，现在没有值。",
    "“{label}” is filled in by the system, which has no value for it.",
    do_zh="请联系主管部门补全资料后再提交。",
    do_en="Ask the department in charge to complete your data, then send again.",
)
CONSTRAINT = fault(
    "FORM-023",
    Severity.ERROR,
    "“{label}”不符合填写要求。",
    "“{label}” does not meet the requirement.",
    do_zh="要求是：{rule}",
    do_en="The requirement is: {rule}",
)
NOT_COMPUTED = fault(
    "FORM-024",
    Severity.ERROR,
    "“{label}”算不出来：{reason}",
    "“{label}” cannot be computed: {reason}",
    do_zh="核对它用到的各项。若仍不行，请把本提示告诉主管部门。",
    do_en="Check the items it uses. If that does not help, tell the department in charge.",
)
UNSEEN_NOT_COMPUTED = fault(
    "FORM-050",
    Severity.ERROR,
    "按{questions}现在的填写，有一项算不出来（{label}：{reason}）",
    "With {questions} as filled in now, something cannot be computed ({label}: {reason})",
    do_zh="核对{questions}，例如是否填了 0。填写无误的，请把本提示告诉主管部门，修改工作簿的 {cell}。",
    do_en="Check {questions}, for example for a 0. If all is right, tell the department in charge: the cell {cell} of the workbook has to be mended.",
)
CIRCULAR = fault(
    "FORM-025",
    Severity.ERROR,
    "“{name}”的计算绕回到了自己。",
    "The computation of “{name}” leads back to itself.",
    do_zh="请告诉主管部门修改工作簿。",
    do_en="Tell the department in charge to mend the workbook.",
)
NO_MATCH = fault(
    "FORM-030",
    Severity.ERROR,
    "规则“{name}”没有适用于这些内容的行：{inputs}。",
    "No row of the rules “{name}” fits: {inputs}.",
    do_zh="核对填写的内容；确实如此的，请告诉主管部门补充规则。",
    do_en="Check your answers; if they are right, tell the department in charge that a rule is missing.",
)
CONFLICT = fault(
    "FORM-031",
    Severity.ERROR,
    "规则“{name}”有几行同时适用，结果不一：{inputs}。",
    "Several rows of the rules “{name}” fit and disagree: {inputs}.",
    do_zh="请告诉主管部门修改规则。",
    do_en="Tell the department in charge to mend the rules.",
)
RULE_ERROR = fault(
    "FORM-032",
    Severity.ERROR,
    "规则“{name}”算不出结果：{reason}",
    "The rules “{name}” give no result: {reason}",
    do_zh="核对填写的内容；若仍不行，请告诉主管部门。",
    do_en="Check your answers; if that does not help, tell the department in charge.",
)
BILL_ERROR = fault(
    "FORM-033",
    Severity.ERROR,
    "费用“{name}”算不出来：{reason}",
    "The fees “{name}” cannot be computed: {reason}",
    do_zh="核对填写的数量和日期；若仍不行，请告诉主管部门。",
    do_en="Check the quantities and dates; if that does not help, tell the department in charge.",
)
FORBIDDEN = fault(
    "FORM-034",
    Severity.ERROR,
    "按制度“{name}”第 {id} 条，不能提交。",
    "Statement {id} of the policy “{name}” forbids this.",
    do_zh="见条文说明。",
    do_en="See the statement.",
)
REQUIRED_BY_POLICY = fault(
    "FORM-035",
    Severity.ERROR,
    "按制度“{name}”第 {id} 条，还缺材料或手续。",
    "Statement {id} of the policy “{name}” asks for more.",
    do_zh="补齐后再提交。",
    do_en="Complete it, then send again.",
)
NOT_CHECKED = fault(
    "FORM-036",
    Severity.ERROR,
    "制度“{name}”第 {id} 条还不能判断：缺少 {missing}。",
    "Statement {id} of the policy “{name}” was not checked: {missing} is missing.",
    do_zh="补填缺少的内容，才能判断。",
    do_en="Fill in what is missing, so that it can be checked.",
)
NOT_ALL_RANKED = fault(
    "FORM-045",
    Severity.ERROR,
    "“{label}”要把每个选项都排出先后，还差 {count} 个。",
    "“{label}” puts every choice in order; still to be placed: {count}.",
    do_zh="把所有选项排好。",
    do_en="Put all of them in order.",
)
NOT_KNOWN = fault(
    "FORM-037",
    Severity.ERROR,
    "“{name}”还不知道：得出它的规则缺少内容，或者算不出来。",
    "“{name}” is not known: the rule that yields it lacks something, or cannot be computed.",
    do_zh="补填规则需要的内容，或在环节里人工核对。",
    do_en="Fill in what the rule needs, or check it by hand at the step.",
)
