"""The catalogue of faults in the sheet `codes`, and of the setting `code_of` (codes `CODE-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_NAME = fault(
    "CODE-001",
    Severity.ERROR,
    "这一行没有写动态码的名称。",
    "This row has no name.",
    do_zh="在“动态码”列写名称。",
    do_en="Write one into the column code.",
)
NAME_TWICE = fault(
    "CODE-002",
    Severity.ERROR,
    "“{name}”写了两次（第一次在 {first}）。",
    "“{name}” stands there twice (first at {first}).",
    do_zh="每个动态码一个名称。",
    do_en="Give every code a name of its own.",
)
BAD_SECONDS = fault(
    "CODE-003",
    Severity.ERROR,
    "换码秒数“{text}”不是 {least} 到 {most} 的整数。",
    "“{text}” is no whole number of seconds from {least} to {most}.",
    do_zh="写秒数，如 20；空白为 20。",
    do_en="Write seconds, such as 20; blank is 20.",
)
BAD_MINUTES = fault(
    "CODE-004",
    Severity.ERROR,
    "提交分钟“{text}”不是 1 到 {most} 的整数。",
    "“{text}” is no whole number of minutes from 1 to {most}.",
    do_zh="写扫码后多少分钟内要提交，如 5；空白为 5。",
    do_en="Write within how many minutes of the scan the form is sent, such as 5; blank is 5.",
)
BAD_FIELDS = fault(
    "CODE-005",
    Severity.ERROR,
    "看不懂“填入”里的“{text}”。",
    "“{text}” in the column fields cannot be read.",
    do_zh="写“对方的字段=表达式”，几个用分号隔开，如 课程=${{课程}}；场次=${{办件.单号}}。",
    do_en="Write “their field=expression”, several parted by semicolons, such as course=${{course}}; session=${{case.number}}.",
)
FIELD_TWICE = fault(
    "CODE-006",
    Severity.ERROR,
    "“{name}”填了两次。",
    "“{name}” is filled in twice.",
    do_zh="每个字段只填一次；“扫码时间”列里的字段不要再写进“填入”。",
    do_en="Fill a field in once; the field of the column scanned does not stand in fields as well.",
)
NO_SUCH_STEP = fault(
    "CODE-007",
    Severity.ERROR,
    "流程里没有环节“{step}”。",
    "The route has no step “{step}”.",
    do_zh="写“流程”表里的环节号，如 20：这个环节待办时，办理人可以展示动态码。",
    do_en="Write the number of a step, such as 20: while it is open, whoever is asked there may show the code.",
)
NOBODY_SHOWS = fault(
    "CODE-008",
    Severity.ERROR,
    "环节 {step} 不由人办理，没有人能展示动态码。",
    "No person is asked at step {step}, so nobody can show the code.",
    do_zh="换成有办理人的环节。",
    do_en="Name a step at which somebody is asked.",
)
UNKNOWN_SERVICE = fault(
    "CODE-009",
    Severity.WARNING,
    "现在没有编号为“{name}”、有表单的服务：扫码的人打不开表单。",
    "There is no service “{name}” with a form now: whoever scans opens nothing.",
    do_zh="“打开”写服务的编号。两个服务互相提到时，先发布的那个会有这个提醒，可以不管。",
    do_en="“opens” names the id of a service. Of two that name one another the first to be published is told so, and needs nothing.",
)
UNKNOWN_FIELD = fault(
    "CODE-010",
    Severity.ERROR,
    "服务“{service}”的表单里没有“{name}”，或它在明细里，或由表单自己计算，或是附件。",
    "The form of “{service}” has no question “{name}”, or it stands in a repeat, is computed, or is a file.",
    do_zh="写对方表单里的字段名称。",
    do_en="Name a question of the other form.",
)
NOT_TRUSTED = fault(
    "CODE-011",
    Severity.WARNING,
    "服务“{service}”的“{name}”不是只读的：扫码的人可以改掉动态码填的内容。",
    "“{name}” of “{service}” is not read-only: whoever scans can change what the code filled in.",
    do_zh="在那张表单的“只读”列写 是。",
    do_en="Write yes into the column readonly of that form.",
)
NOT_DEMANDED = fault(
    "CODE-012",
    Severity.WARNING,
    "服务“{service}”的设置里没有“须扫动态码”：不扫码也能提交它的表单，而且不认动态码填的内容。",
    "The settings of “{service}” do not have “code_of”: its form is sent without a scan as well, and does not believe what the code fills in.",
    do_zh="在那个服务的设置里加一行“须扫动态码”，写“{own}”。",
    do_en="Add “code_of” with “{own}” to the settings of that service.",
)
SCANNED_NO_MOMENT = fault(
    "CODE-013",
    Severity.ERROR,
    "服务“{service}”的“{name}”不是日期时间字段，放不下扫码时间。",
    "“{name}” of “{service}” is no question of a date and time, so the moment of the scan does not fit.",
    do_zh="写一个“日期时间”字段的名称。",
    do_en="Name a question of the type datetime.",
)
UNKNOWN_SHOWN = fault(
    "CODE-014",
    Severity.ERROR,
    "“显示”里的“{name}”不是表单最外层的字段或明细。",
    "“{name}” in the column shows is no question and no repeat of the form, or stands in a repeat.",
    do_zh="写字段或明细的名称，几个用顿号隔开。",
    do_en="Name questions and repeats, several parted by commas.",
)
SENSITIVE = fault(
    "CODE-015",
    Severity.ERROR,
    "“{name}”标了敏感，不能显示在屏幕上，也不能填给扫码的人。",
    "“{name}” is sensitive: it may neither stand on a screen nor be filled in for whoever scans.",
    do_zh="从“显示”“填入”里去掉它。",
    do_en="Take it out of shows and fields.",
)
OWN_FORM = fault(
    "CODE-016",
    Severity.ERROR,
    "动态码不能打开自己的服务。",
    "A code does not open a form of its own service.",
    do_zh="签到这样的表单另做一个工作簿，“打开”写它的编号。",
    do_en="Give what is scanned a workbook of its own, and name its id under opens.",
)
GIVES_NO_CODE = fault(
    "CODE-017",
    Severity.WARNING,
    "服务“{service}”现在没有打开本服务的动态码：没有人能提交这张表单。",
    "The service “{service}” has no code now that opens this one: nobody can send the form.",
    do_zh="“须扫动态码”写那个服务的编号。两个服务互相提到时，先发布的那个会有这个提醒，可以不管。",
    do_en="“code_of” names the id of that service. Of two that name one another the first to be published is told so, and needs nothing.",
)
DONE_BY_SENDING = fault(
    "CODE-018",
    Severity.ERROR,
    "环节 {step} 在提交申请时就完成了，动态码没有展示的时候。",
    "Step {step} is done by sending the form, so the code is never shown.",
    do_zh="发起人开头连着的环节，提交即完成。在它前面加一个“自动”环节，或换成后面的环节。",
    do_en="Steps of the initiator at the beginning are done by sending. Put a step in mode auto before it, or name a later one.",
)
