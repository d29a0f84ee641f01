"""The catalogue of faults in the sheets `notices` (codes `NOTICE-…`) and `connect` (codes `CONNECT-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

UNKNOWN_EVENT = fault(
    "NOTICE-001",
    Severity.ERROR,
    "不认识事件“{text}”。可以写：{known}。",
    "“{text}” is no event; there are {known}.",
    do_zh="改用其中一个；“待办、通过、退回、催办”后面可以写环节号，如“待办:20”。",
    do_en="Take one of them; asked, passed, returned and reminded may name steps, as in “asked:20”.",
)
NO_SUCH_STEP = fault(
    "NOTICE-002",
    Severity.ERROR,
    "流程里没有环节 {step}。流程的环节：{steps}。",
    "The route has no step {step}; it has {steps}.",
    do_zh="写流程里的环节号，或不写环节号（所有环节）。",
    do_en="Name a step of the route, or none for all of them.",
)
NOT_OF_STEP = fault(
    "NOTICE-003",
    Severity.ERROR,
    "“{text}”说的是整个办件，后面不能写环节号。",
    "“{text}” is about the whole case and takes no step.",
    do_zh="删去环节号；要说某个环节，写“待办:20”或“通过:20”。",
    do_en="Take the step away; of one step, write “asked:20” or “passed:20”.",
)
UNKNOWN_CHANNEL = fault(
    "NOTICE-004",
    Severity.ERROR,
    "不认识渠道“{text}”。可以写：{known}。",
    "“{text}” is no channel; there are {known}.",
    do_zh="几个渠道之间用顿号隔开，如“站内、邮件”；发给外部系统写“接口:名称”。",
    do_en="Part several by commas, as in “inbox, mail”; for another system write “webhook:name”.",
)
UNKNOWN_CONNECTION = fault(
    "NOTICE-005",
    Severity.ERROR,
    "“接口”表里没有“{name}”。",
    "The sheet connect has no “{name}”.",
    do_zh="在“接口”表里加一行，或改用已有的名称。",
    do_en="Add a row to the sheet connect, or name one that is there.",
)
NO_TEXT = fault(
    "NOTICE-006",
    Severity.ERROR,
    "这一行没有写内容。",
    "This row has no text.",
    do_zh="在“内容”列写要告诉对方的话，可以用 ${{字段}}。",
    do_en="Write what people are told in the column text; ${{field}} may stand in it.",
)
BAD_QUIET = fault(
    "NOTICE-007",
    Severity.ERROR,
    "免打扰时段“{text}”读不懂。",
    "The quiet hours “{text}” cannot be read.",
    do_zh="写起止时刻，如 22:00-07:00。",
    do_en="Write from when until when, such as 22:00-07:00.",
)
OPEN_BRACE = fault(
    "NOTICE-008",
    Severity.ERROR,
    "内容里的 ${{ 没有用 }} 结束：“{text}”。",
    "A ${{ in the text has no }}: “{text}”.",
    do_zh="补上 }}，或把 ${{ 删去。",
    do_en="Add the }}, or take the ${{ away.",
)
NAME_TWICE = fault(
    "NOTICE-009",
    Severity.ERROR,
    "名称“{name}”已用在 {first}。",
    "The name “{name}” stands in {first} already.",
    do_zh="换一个名称。",
    do_en="Use another name.",
)
UNKNOWN_NOTICE = fault(
    "NOTICE-010",
    Severity.ERROR,
    "“通知”表里没有名为“{name}”的行。",
    "The sheet notices has no row called “{name}”.",
    do_zh="在“通知”表里加一行，事件写“调用”，名称写“{name}”。",
    do_en="Add a row with the event “called” and the name “{name}”.",
)
NOT_CALLED = fault(
    "NOTICE-011",
    Severity.ERROR,
    "通知“{name}”的事件不是“调用”，不能由“通过后”发出。",
    "The notice “{name}” is sent on its own event, and not from the column `do`.",
    do_zh="把它的事件改为“调用”，或从“通过后”里删去。",
    do_en="Make its event “called”, or take it out of the column `do`.",
)
NEVER_CALLED = fault(
    "NOTICE-012",
    Severity.WARNING,
    "没有环节发出通知“{name}”。",
    "No step sends the notice “{name}”.",
    do_zh="在某个环节的“通过后”写“通知:{name}”，或改事件。",
    do_en="Write “notify:{name}” into the column `do` of a step, or change the event.",
)
CALLED_NAMELESS = fault(
    "NOTICE-013",
    Severity.ERROR,
    "事件是“调用”的通知要有名称，环节才能发出它。",
    "A notice that steps send needs a name.",
    do_zh="在“名称”列写一个名称。",
    do_en="Give it one in the column name.",
)
NOBODY_ASKED = fault(
    "NOTICE-014",
    Severity.ERROR,
    "事件“{text}”发生时没有人被请求办理，不能发给“办理人”。",
    "Nobody is asked to act on “{text}”, so that there is nobody to tell.",
    do_zh="写明发给谁，如“发起人”或“环节 20”。",
    do_en="Say whom: initiator, for instance, or step 20.",
)
NO_MAIL_ADDRESS = fault(
    "NOTICE-015",
    Severity.WARNING,
    "人员名单没有 email 列，邮件发不到任何人。",
    "The list of people has no column email: mail reaches nobody.",
    do_zh="请信息部门在组织工作簿的人员表里加 email 列，或改用“站内”。",
    do_en="Have a column email added to the people of the organisation, or use the inbox.",
)
TEXT_SHOWS_HIDDEN = fault(
    "NOTICE-016",
    Severity.WARNING,
    "内容里有“{name}”，而环节 {step} 的办理人看不到它；通知会让收到的人看到。",
    "The text shows “{name}”, which step {step} hides from its people; whoever gets the notice sees it.",
    do_zh="从内容里删去它，或确认收到通知的人可以看到。",
    do_en="Take it out of the text, or make sure that those who are told may see it.",
)
TEXT_IS_MASKED = fault(
    "NOTICE-017",
    Severity.NOTICE,
    "内容里有敏感字段“{name}”；通知里只显示遮盖后的内容，谁收到都一样。",
    "The text has the sensitive field “{name}”; messages show it under its mask, whoever gets them.",
    do_zh="需要看到完整内容的人，请到办件里看；也可以从内容里删去它。",
    do_en="Those who need all of it look into the case; or take it out of the text.",
)
SENSITIVE_KEY = fault(
    "NOTICE-018",
    Severity.WARNING,
    "去重键用到敏感字段“{name}”；键会发给对方，个人信息删除以后也还在，可以用来猜出内容。",
    "The key reads the sensitive field “{name}”; keys are sent along and stay when personal data are deleted, so that the value can be guessed.",
    do_zh="改用不敏感的内容，如 ${{办件.单号}}。",
    do_en="Take something that is not sensitive, such as ${{case.number}}.",
)
UNKNOWN_KIND = fault(
    "CONNECT-001",
    Severity.ERROR,
    "不认识接口类型“{text}”。可以写：{known}。",
    "“{text}” is no kind of connection; there are {known}.",
    do_zh="改用其中一个。",
    do_en="Take one of them.",
)
KIND_NOT_AVAILABLE = fault(
    "CONNECT-002",
    Severity.ERROR,
    "平台现在还不能通过“{text}”与外部系统交换。",
    "Connections of the kind “{text}” are not available yet.",
    do_zh="改用 webhook 或 REST。",
    do_en="Use webhook or REST.",
)
BAD_URL = fault(
    "CONNECT-003",
    Severity.ERROR,
    "地址“{text}”不能用：{why}。",
    "The address “{text}” cannot be used: {why_en}.",
    do_zh="写对方提供的完整地址，如 https://shop.example.edu.cn/orders。",
    do_en="Write the whole address that the other side gave, such as https://shop.example.edu.cn/orders.",
)
SECRET_IN_URL = fault(
    "CONNECT-004",
    Severity.WARNING,
    "地址里的“{name}”像是密钥；工作簿会被传阅和存档。",
    "“{name}” in the address looks like a secret; workbooks are passed on and kept.",
    do_zh="请对方改用签名验证，密钥的名称写在“密钥”列。",
    do_en="Have the other side check the signature instead; name the secret in the column auth.",
)
BAD_AUTH = fault(
    "CONNECT-005",
    Severity.ERROR,
    "“密钥”列要写密钥的名称，不能写密钥本身。",
    "The column auth takes the name of a secret, never the secret itself.",
    do_zh="写一个名称（字母、数字、下划线、连字符，不超过 24 个），密钥由管理员存到服务器上；写进来的密钥请作废。",
    do_en=(
        "Write a name (24 letters, digits, underscores or hyphens at most); the administrator keeps the secret on the server. "
        "A secret that stood here should be replaced."
    ),
)
NO_AUTH = fault(
    "CONNECT-006",
    Severity.WARNING,
    "接口“{name}”没有写密钥的名称，推送不签名，对方无法确认是谁发的。",
    "The connection “{name}” names no secret: what is sent is not signed, and the receiver cannot tell whose it is.",
    do_zh="在“密钥”列写密钥的名称。",
    do_en="Name a secret in the column auth.",
)
BAD_MAP = fault(
    "CONNECT-007",
    Severity.ERROR,
    "“映射”里的“{text}”读不懂。",
    "“{text}” in the column map cannot be read.",
    do_zh="按这个样子写：订单号=${{办件.单号}}; 金额=${{金额}}。",
    do_en="Write it like order=${{case.number}}; amount=${{amount}}.",
)
MAP_TWICE = fault(
    "CONNECT-008",
    Severity.ERROR,
    "“映射”里“{name}”写了两次。",
    "“{name}” stands twice in the column map.",
    do_zh="留一个。",
    do_en="Keep one of them.",
)
BAD_RETRY = fault(
    "CONNECT-009",
    Severity.ERROR,
    "重试次数“{text}”要是 1 到 20 的整数。",
    "How often it is tried is a whole number from 1 to 20, not “{text}”.",
    do_zh="写一个整数；空白为 10 次，最后一次约在一天以后。",
    do_en="Write a whole number; blank is 10, the last of them about a day later.",
)
NOTHING_MAPPED = fault(
    "CONNECT-010",
    Severity.ERROR,
    "REST 接口“{name}”没有写要发送的字段。",
    "The REST connection “{name}” sends no field.",
    do_zh="在“映射”列写字段，如 订单号=${{办件.单号}}；只想通知对方发生了什么，类型改为 webhook。",
    do_en="Fill in the column map, such as order=${{case.number}}; to tell only what happened, use the kind webhook.",
)
NEVER_USED = fault(
    "CONNECT-011",
    Severity.WARNING,
    "没有环节或通知用到接口“{name}”。",
    "No step and no notice uses the connection “{name}”.",
    do_zh="在某个环节的“通过后”写“推送:{name}”，或在通知的“渠道”写“接口:{name}”。",
    do_en="Write “push:{name}” into the column `do` of a step, or “webhook:{name}” as the channel of a notice.",
)
SENDS_SENSITIVE = fault(
    "CONNECT-012",
    Severity.WARNING,
    "“映射”把敏感字段“{name}”完整发给接口“{connection}”。",
    "The map sends the sensitive field “{name}” whole to the connection “{connection}”.",
    do_zh="确认对方需要并有权得到它；不需要就从映射里删去。",
    do_en="Make sure that the other side needs it and may have it; else take it out of the map.",
)
SENDS_MASKED = fault(
    "CONNECT-013",
    Severity.NOTICE,
    "“映射”里的“{item}”由敏感字段“{name}”算出；其中出现的敏感内容遮盖后才发给接口“{connection}”。",
    "“{item}” in the map is computed from the sensitive field “{name}”; where that stands in it, it is sent to the connection “{connection}” under its mask.",
    do_zh="对方需要完整内容时，在映射里直接写 ${{{name}}}。",
    do_en="Where the other side needs all of it, name ${{{name}}} in the map itself.",
)
