"""The workbook that a new service begins with, as data: its sheets as text tables, and its page of help.

`<…>` is filled in when it is made. Cells are texts; numbers stand without an apostrophe. What stands behind `IDLE` is
written on sheets whose names begin with `#`: the author takes the sign away from those that she wants.
"""

from __future__ import annotations

from collections.abc import Mapping

IDLE: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "数据-限额",
        "规则-审批级别",
        "收费-服务费",
        "制度-申请要求",
        "接口",
        "定时",
        "看板",
        "账户",
        "文书",
        "通行证",
        "动态码",
    ),
    "en": (
        "data.limits",
        "rules.level",
        "fees.service",
        "policy.application",
        "connect",
        "schedule",
        "board",
        "accounts",
        "documents",
        "passes",
        "codes",
    ),
}
HELP_TITLE = {"zh": "说明", "en": "Readme"}
LISTS_TITLE = {"zh": "#下拉列表", "en": "#lists"}

SHEETS: Mapping[str, str] = {
    "zh": """
## 设置
| 项目     | 内容 |
| 编号     | <id> |
| 名称     | <title> |
| 类别     | 综合服务 |
| 主管部门 | <owner> |
| 申请对象 | |
| 复核     | |
| 个人信息保存 | |
| 单号     | <number>{yyyy}{0001} |
| 标题     | CONCAT(${类别}, " ", ${金额}, " 元") |
| 承诺时限 | 5 个工作日 |
| 默认时限 | |
| 办事指南 | 1. 填写申请，附上材料；2. 部门负责人审批；3. 主管部门办理，办结后通知您。 |
| 联系方式 | 请写咨询电话和地点 |
| 关键词   | <title> |
| 依据     | 请写校内规定的名称和文号 |

## 表单
| 类型      | 名称     | 标签         | 提示 | 必填 | 显示条件 | 校验 | 校验提示 | 计算 | 默认值 | 预填 | 外观 | 敏感 | 备注 |
| 分组开始  | 申请内容 | 申请内容     | | | | | | | | | | | 分组只是版面，可以改名、增减 |
| 部门      | 申请部门 | 申请部门     | | <required> | | | | | | ${申请人.部门} | | | 流程里“部门负责人(申请部门)”用它找人 |
| 单选 类别 | 类别     | 申请类别     | | 是 | | | | | | | | | 选项在“选项”表里改 |
| 文本      | 事由     | 申请事由     | 写清做什么、为什么需要 | 是 | | | | | | | multiline | | |
| 整数      | 数量     | 数量         | | 是 | | . >= 1 | 数量至少为 1。 | | | | | | |
| 金额      | 单价     | 单价（元）   | 不涉及费用的填 0 | 是 | | . >= 0 | 单价不能是负数。 | | | | | | |
| 计算      | 金额     | 金额（元）   | | | | | | ROUND(${数量} * ${单价}, 2) | | | | | 自动计算，不用填 |
| 单选 是否 | 急办     | 是否急办     | | 是 | | | | | 否 | | | | |
| 文本      | 急办理由 | 急办理由     | | 是 | ${急办} = "是" | | | | | | | | 只有选了急办才显示 |
| 附件      | 材料     | 证明材料     | 可以附多个文件 | | | | | | | | multiple | | |
| 分组结束  | | | | | | | | | | | | | |
| 分组开始  | 办理填写 | 办理填写     | | | | | | | | | | | 申请人看不到，见流程第 10 步的“隐藏” |
| 文本      | 办理结果 | 办理结果     | | | | | | | | | multiline | | 由第 40 步填写 |
| 分组结束  | | | | | | | | | | | | | |

## 选项
| 列表 | 名称 | 标签 |
| 类别 | 教学 | 教学工作 |
| 类别 | 科研 | 科研工作 |
| 类别 | 行政 | 行政事务 |
| 是否 | 是   | 是 |
| 是否 | 否   | 否 |

## 流程
| 环节号 | 环节名称       | 办理人                      | 方式 | 进入条件 | 可编辑 | 隐藏 | 必填 | 退回到 | 时限 | 无人时 | 同人 | 意见 | 备注 |
| '10    | 提交申请       | 发起人                      | 单人 | | | 办理填写 | | | | | | | |
| '20    | 部门负责人审批 | 部门负责人(申请部门)        | 单人 | | | | | 发起人 | | 上级 | | 选填 | |
| '30    | 上一级负责人审批 | 部门负责人(申请部门, 上1级) | 单人 | ${金额} >= 10000 | | | | 发起人、上一步 | | 管理员 | | 必填 | 1 万元以上才走这一步 |
| '40    | 主管部门办理   | <handler>                   | 办理 | | 办理结果 | | 办理结果 | 发起人 | | 管理员 | 不跳 | | 也可以写 角色:部门.岗位 |
| '50    | 办结           |                             | 自动 | | | | | | | | | | |

## 用例
| 用例               | 申请人      | 申请部门     | 类别 | 事由             | 数量 | 单价 | 急办 | 急办理由 | 期望 金额 | 期望 流程      | 期望 错误 | 备注 |
| 一般申请           | <applicant> | <department> | 教学 | 添置教学用品     | 2    | 150  | 否   | | 300   | <short> | | |
| 满 1 万元：上一级审批 | <applicant> | <department> | 科研 | 委托加工实验装置 | 1    | 10000 | 否  | | 10000 | <long> | | 恰好等于界限的值最值得试 |
| 数量为 0           | <applicant> | <department> | 教学 | 添置教学用品     | 0    | 150  | 否   | | | | 数量 | 应当被拦下 |
| 急办没有写理由     | <applicant> | <department> | 行政 | 补办手续         | 1    | 0    | 是   | | | | 急办理由 | 应当被拦下 |

## 通知
| 名称   | 事件 | 条件 | 发给   | 渠道 | 内容 | 免打扰 | 去重键 | 备注 |
| 请办理 | 待办 |      | 办理人 | 站内 | ${申请人.姓名}的申请“${办件.标题}”等您办理。 | | | |
| 被退回 | 退回 |      | 发起人 | 站内 | 您的申请 ${办件.单号} 被退回：${办件.意见} | | | |
| 已办结 | 办结 |      | 发起人 | 站内 | 您的申请 ${办件.单号} 已办结。 | | | 渠道加“邮件”，同时发到邮箱 |

## 数据-限额
| *类别 | 单价上限 | 备注 |
| 教学  | 5000     | 表达式里写 lookup("限额", ${类别}, "单价上限") |
| 科研  | 20000    | |
| 行政  | 3000     | |

## 规则-审批级别
| 命中 | 唯一 | | | |
| 编号 | 当 ${金额} 下限(含) | 当 ${金额} 上限(不含) | 则 审批级别 | 依据 |
| J1   |       | 10000 | 部门 | 请写规定的名称和条款 |
| J2   | 10000 | 50000 | 学院 | |
| J3   | 50000 |       | 学校 | |

## 收费-服务费
| 项目   | 名称   | 计量    | 起  | 止  | 单价 | 方式 | 条件 | 取整 | 依据 | 备注 |
| 服务费 | 服务费 | ${数量} | 0   | 10  | 5    | 阶梯 | | 0.01 四舍五入 | 请写收费依据 | 10 件以内每件 5 元 |
| 服务费 | 服务费 | ${数量} | 10  |     | 4    | 阶梯 | | 0.01 四舍五入 | | 超出部分每件 4 元 |
| 急办费 | 急办费 |         |     |     | 20   | 定额 | ${急办} = "是" | 0.01 四舍五入 | | |
| 合计   | 合计   |         |     |     |      | 合计 | | | | |

## 制度-申请要求
| 编号 | 当 | 则 | 结论 | 说明 | 办法 | 依据 |
| G1   | ${金额} >= 50000 | 大额 | | | | 请写规定的名称和条款 |
| G2   | ${大额} and ${急办} = "是" | | 禁止 | 金额达到 5 万元的申请不能急办。 | 请把“是否急办”改为“否”。 | |
| G3   | ${数量} > 100 | | 提醒 | 数量超过 100，请在事由里说明用途。 | 核对数量，或补充说明。 | |
## 接口
| 名称 | 类型    | 地址 | 密钥 | 映射 | 重试 | 去重键 | 备注 |
| 台账 | webhook | https://ledger.example.edu.cn/cases | ledger | 单号=${办件.单号}; 金额=${金额} | | ${办件.单号} | 在流程“通过后”写 推送:台账，或在通知的渠道写 接口:台账 |

## 定时
| 任务     | 周期        | 对象        | 条件 | 动作 | 发给 | 渠道 | 备注 |
| 每周清单 | 每周一 8:00 | 办件:办理中 | | 报表 | | | 还没办完的，每周一放进业务主管的站内消息 |

## 看板
| 图表 | 标题     | title::English (en) | 来源 | 分组 | 数值 | 条件 | 备注 |
| 计数 | 各类申请 | Requests by kind    | 办件 | ${类别} | | | 显示在“数据看板” |

## 账户
| 账户 | 持有者                 | 单位 | 下限 | 期初 | 提醒线 | 名称     | 名称::English (en) | 备注 |
| 额度 | 人员: ${申请人.工号} | 元   | 0    | 2000 | 200    | 个人额度 | Personal allowance | 在流程“通过后”写 收费:额度 ${金额}；余额不够的不能通过 |

## 文书
| 文书   | 名称       | 条件 | 模板 | 纸张 | 份数 | 文号 | 印章 | 核验 | 核验内容 | 语言 | 有效期 | 备注 |
| 同意书 | 申请同意书 | ${金额} > 0 | | A4 | 3 | TY{yyyy}-{0001} | 某某大学/业务专用章 | 是 | 类别、金额 | 中文 | 1年 | 模板空白时由平台排版；办结时开出，或在流程“通过后”写 打印:同意书 |

## 通行证
| 通行证 | 名称     | 条件 | 有效从 | 有效到 | 地点 | 次数 | 查出门 | 显示 | 备注 |
| 进门证 | 进门凭证 | ${金额} > 0 | | ADD-WORKING-DAYS(TODAY(), 5) | 东门、西门 | 3次 | 是 | 类别 | 办结时发出，或在流程“通过后”写 发通行证:进门证 |

## 动态码
| 动态码 | 名称   | 环节 | 条件        | 打开       | 填入                                    | 扫码时间 | 换码秒数 | 提交分钟 | 显示 | 备注 |
| 签到   | 签到码 | '40  | ${金额} > 0 | class-sign | 场次=${办件.单号}；课程=${事由}；开放="是" | 扫码时间 | 20       | 5        | 类别、数量 | 第 40 步待办时由办理人展示；打开的服务设置里写“须扫动态码” |
""",
    "en": """
## settings
| key           | value |
| form_id       | <id> |
| form_title    | <title> |
| category      | General |
| owner         | <owner> |
| applicants    | |
| consent       | |
| personal_data_kept | |
| number        | <number>{yyyy}{0001} |
| instance_name | CONCAT(${category}, " ", ${amount}, " yuan") |
| sla           | 5 working days |
| due           | |
| guide         | 1. Fill in the form and attach documents. 2. The head of the department decides. 3. The office in charge does it and tells you. |
| contact       | Telephone and room of the office |
| keywords      | <title> |
| source        | Title and number of the regulation |

## survey
| type                | name        | label              | hint | required | relevant | constraint | constraint_message | calculation | default | prefill | appearance | sensitive | note |
| begin_group         | application | Application        | | | | | | | | | | | a group is only layout: rename, add, remove |
| department          | department  | Department         | | <required> | | | | | | ${applicant.department} | | | the route finds people by it: head(department) |
| select_one category | category    | Kind of request    | | yes | | | | | | | | | its choices stand on the sheet choices |
| text                | reason      | Reason             | What it is for, and why it is needed | yes | | | | | | | multiline | | |
| integer             | quantity    | Quantity           | | yes | | . >= 1 | At least one. | | | | | | |
| money               | price       | Unit price (yuan)  | 0 if it costs nothing | yes | | . >= 0 | The price cannot be negative. | | | | | | |
| calculate           | amount      | Amount (yuan)      | | | | | | ROUND(${quantity} * ${price}, 2) | | | | | computed, not filled in |
| select_one yes_no   | urgent      | Urgent             | | yes | | | | | no | | | | |
| text                | urgency     | Why it is urgent   | | yes | ${urgent} = "yes" | | | | | | | | only shown when it is urgent |
| file                | documents   | Documents          | Several files will do | | | | | | | | multiple | | |
| end_group           | | | | | | | | | | | | | |
| begin_group         | office      | For the office     | | | | | | | | | | | applicants do not see it: see hide in step 10 |
| text                | result      | Result             | | | | | | | | | multiline | | filled in at step 40 |
| end_group           | | | | | | | | | | | | | |

## choices
| list_name | name           | label |
| category  | teaching       | Teaching |
| category  | research       | Research |
| category  | administration | Administration |
| yes_no    | yes            | Yes |
| yes_no    | no             | No |

## route
| step | name                   | who                    | mode | when | edit | hide | require | back | due | empty | same | opinion | note |
| '10  | Application            | initiator              | one  | | | office | | | | | | | |
| '20  | Head of the department | head(department)       | one  | | | | | initiator | | superior | | optional | |
| '30  | Head of the unit above | head(department, up 1) | one  | ${amount} >= 10000 | | | | initiator, previous | | admin | | required | only from 10,000 yuan on |
| '40  | Office in charge       | <handler>              | do   | | result | | result | initiator | | admin | keep | | role:department.role will do as well |
| '50  | Finished               |                        | auto | | | | | | | | | | |

## examples
| example                        | applicant   | department   | category       | reason                       | quantity | price | urgent | urgency | expect amount | expect route   | expect error | note |
| an ordinary request            | <applicant> | <department> | teaching       | Supplies for a course        | 2        | 150   | no     | | 300   | <short> | | |
| 10,000 yuan: the unit above too | <applicant> | <department> | research      | A device for an experiment   | 1        | 10000 | no     | | 10000 | <long> | | values right at a bound are worth trying |
| nothing asked for              | <applicant> | <department> | teaching       | Supplies for a course        | 0        | 150   | no     | | | | quantity | must be stopped |
| urgent without a reason        | <applicant> | <department> | administration | A paper that is missing      | 1        | 0     | yes    | | | | urgency | must be stopped |

## notices
| name  | on       | when | to        | channel | text | quiet | dedupe | note |
| to do | asked    |      | asked     | inbox   | The request “${case.title}” waits for you. | | | |
| back  | returned |      | initiator | inbox   | Your request ${case.number} was returned: ${case.opinion} | | | |
| done  | approved |      | initiator | inbox   | Your request ${case.number} is done. | | | add mail to the channel to write to the mailbox too |

## data.limits
| *category      | highest_price | note |
| teaching       | 5000          | expressions write lookup("limits", ${category}, "highest_price") |
| research       | 20000         | |
| administration | 3000          | |

## rules.level
| hit | unique | | | |
| id  | when ${amount} from (incl.) | when ${amount} to (excl.) | then level | reference |
| L1  |       | 10000 | department | Title and article of the regulation |
| L2  | 10000 | 50000 | school     | |
| L3  | 50000 |       | university | |

## fees.service
| item    | label        | quantity    | from | to | rate | method   | when | round | reference | note |
| service | Service      | ${quantity} | 0    | 10 | 5    | marginal | | 0.01 half-up | Regulation of the fee | 5 yuan each up to ten |
| service | Service      | ${quantity} | 10   |    | 4    | marginal | | 0.01 half-up | | 4 yuan each beyond |
| haste   | Urgent work  |             |      |    | 20   | fixed    | ${urgent} = "yes" | 0.01 half-up | | |
| total   | Total        |             |      |    |      | total    | | | | |

## policy.application
| id | when | then | verdict | message | remedy | reference |
| P1 | ${amount} >= 50000 | large | | | | Title and article of the regulation |
| P2 | ${large} and ${urgent} = "yes" | | forbid | A request of 50,000 yuan or more cannot be urgent. | Please choose No under Urgent. | |
| P3 | ${quantity} > 100 | | warn | There are more than 100; please say under Reason what for. | Check the quantity, or add a word. | |

## connect
| name   | kind    | url | auth | map | retry | key | note |
| ledger | webhook | https://ledger.example.edu.cn/cases | ledger | number=${case.number}; amount=${amount} | | ${case.number} | write push:ledger into the column do of a step, or webhook:ledger as the channel of a notice |

## schedule
| job    | every             | for        | when | do     | to | channel | note |
| weekly | every Monday 8:00 | cases:open | | report | | | what is not done yet, in the inbox of the owners each Monday |

## board
| chart | title            | source | group | value | filter | note |
| count | Requests by kind | cases  | ${category} | | | shown under Boards |

## accounts
| account   | holder                  | unit | floor | opening | low | label              | note |
| allowance | person: ${applicant.id} | yuan | 0     | 2000    | 200 | Personal allowance | write charge:allowance ${amount} under do in the route; without enough left a step is not passed |

## documents
| document | title | when | template | paper | copies | number | seal | verify | shows | language | valid | note |
| consent  | Consent to the request | ${amount} > 0 | | A4 | 3 | C{yyyy}-{0001} | University/Office | yes | category, amount | en | 1 year | laid out by the platform where there is no template; issued with the approval, or write print:consent into the column do of a step |

## passes
| pass  | title      | when | since | until | places | uses | exits | shows | note |
| entry | Entry pass | ${amount} > 0 | | ADD-WORKING-DAYS(TODAY(), 5) | East gate, West gate | 3 times | yes | category | given with the approval, or write pass:entry into the column do of a step |

## codes
| code | title        | step | when          | opens      | fields | scanned | seconds | minutes | shows | note |
| sign | Sign-in code | '40  | ${amount} > 0 | class-sign | 场次=${case.number}; 课程=${reason}; 开放="是" | 扫码时间 | 20 | 5 | category, quantity | shown by whoever is asked at step 40; the service that is opened has code_of in its settings |
""",
}  # fmt: skip

HELP: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("这份工作簿", "这个工作簿就是一项服务。它现在已经能用：检查没有问题，用例全部通过。请一处一处改成您的业务。"),
        ("第 1 步 设置", "编号、名称、主管部门必填。编号发布后不要再改。"),
        ("第 2 步 表单、选项", "一行一道题。改题目、加行、删行都可以；选项在“选项”表，表单里写“单选 列表名”。"),
        ("第 3 步 流程", "一行一个环节，从上到下。改办理人和条件，不要的环节删掉。"),
        ("第 4 步 用例", "一行一个例子：填什么、应当怎样。改了业务就改用例；用例不通过不能发布。"),
        ("第 5 步 通知", "一行一条：什么时候、告诉谁、说什么；不要的行删掉。发给别的系统用“#接口”表。"),
        ("颜色和提示", "深色标题的列必填。把鼠标停在标题上，看这一列写什么。"),
        ("下拉列表", "能选的单元格有下拉列表，也可以写列表以外的内容。列表名和字段名随“选项”“表单”两张表变化。“#下拉列表”表给下拉用，请保留。"),
        ("名称以 # 开头的表", "平台不读。“#数据-…”“#规则-…”“#收费-…”“#制度-…”“#接口”“#定时”“#看板”“#账户”“#文书”“#通行证”“#动态码”是备用的例子：把表名前的 # 去掉就启用；用不着的可以删除。"),
        ("条件和计算", "写 Excel 公式的写法，字段写成 ${字段名}，如 ${金额} >= 10000。行首写 #，这一行不起作用。"),
        ("改好以后", "在“服务管理”页上传：平台逐格指出问题、试算用例，没有问题即可发布。发布前可反复上传检查，不影响正在运行的服务。"),
    ),
    "en": (
        ("This file", "This workbook is a service. It works as it is: no fault, every example passes. Change it, place by place, into yours."),
        ("1. settings", "form_id, form_title and owner are needed. Do not change the id once the service is published."),
        ("2. survey, choices", "A row a question. Change, add and delete rows; choices stand on the sheet choices, the survey says “select_one list”."),
        ("3. route", "A row a step, from top to bottom. Change who and when; delete the steps that you do not need."),
        ("4. examples", "A row an example: what is filled in, and what should come out. A workbook whose examples fail is not published."),
        ("5. notices", "A row a notice: when, whom, what is said; delete those that you do not want. #connect is for other systems."),
        ("Colours and notes", "Columns with a dark header are needed. Point at a header to read what belongs below it."),
        ("Lists", "Cells with a list take other texts too. Names of lists and fields follow the sheets choices and survey. Please keep the sheet #lists."),
        ("Sheets that begin with #", "The platform does not read them. #data, #rules, #fees, #policy, #connect, #schedule, #board, #accounts, #documents, #passes and #codes are examples: take the # away to use one, delete the others."),
        ("Conditions and sums", "Written as in Excel, with ${field} for an answer, such as ${amount} >= 10000. A row that begins with # is left out."),
        ("When it is done", "Upload it under My services: faults are shown cell by cell, examples are run, and without faults it can be published. Nothing that runs changes before."),
    ),
}  # fmt: skip
