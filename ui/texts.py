"""Every text of the screens, in Chinese and English, in one table; and values as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from banshi.platform.words import EVENTS, KINDS, OUTCOMES, STATES
from banshi.rules.values import dumps
from banshi.ui.texts_accounts import ACCOUNTS
from banshi.ui.texts_archive import ARCHIVE
from banshi.ui.texts_audit import AUDIT
from banshi.ui.texts_boards import BOARDS
from banshi.ui.texts_data import DATA
from banshi.ui.texts_grants import GRANTS
from banshi.ui.texts_impact import IMPACT
from banshi.ui.texts_jobs import JOBS
from banshi.ui.texts_live_codes import LIVE_CODES
from banshi.ui.texts_looking import LOOKING
from banshi.ui.texts_messages import MESSAGES
from banshi.ui.texts_papers import PAPERS
from banshi.ui.texts_passes import PASSES
from banshi.ui.texts_personal_passes import PERSONAL_PASSES
from banshi.ui.texts_privacy import PRIVACY
from banshi.ui.texts_publishing import PUBLISHING
from banshi.ui.texts_routes import ROUTES
from banshi.ui.texts_sign_in import SIGN_IN
from banshi.ui.texts_statistics import STATISTICS
from banshi.ui.texts_tasks import TASKS
from banshi.ui.texts_workshop import WORKSHOP

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh-CN", "en": "en-US"}

TABLE: dict[str, tuple[str, str]] = {
    "product": ("办事 Banshi", "Banshi"),
    "language": ("中文", "English"),
    # The frame
    "frame.skip": ("跳到正文", "Skip to the content"),
    "frame.menu": ("菜单", "Menu"),
    "frame.sign_out": ("退出登录", "Sign out"),
    "nav.label": ("主导航", "Main"),
    "nav.label_phone": ("底部导航", "Bottom"),
    "nav.hall": ("服务大厅", "Services"),
    "nav.cases": ("我的办件", "My cases"),
    "nav.tasks": ("待办", "Tasks"),
    "nav.owner": ("服务管理", "My services"),
    "nav.auditor": ("规则日志", "Rule log"),
    "nav.hall.short": ("大厅", "Services"),
    "nav.cases.short": ("办件", "Cases"),
    "nav.stand_ins": ("代办", "Standing in"),
    "nav.tasks.short": ("待办", "Tasks"),
    "nav.owner.short": ("管理", "Manage"),
    "nav.auditor.short": ("日志", "Log"),
    "nav.count.tasks": ("{count} 项待办", "{count} open tasks"),
    "nav.count.cases": ("{count} 件被退回", "{count} returned to you"),
    "list.all": ("全部", "All"),
    "list.comma": ("、", ", "),
    "list.colon": ("：", ": "),
    "list.semicolon": ("；", "; "),
    "list.pages": ("翻页", "Pages"),
    "list.total": ("共 {count} 条", "{count} in all"),
    "list.page": ("第 {page} / {last} 页", "Page {page} of {last}"),
    "list.previous": ("上一页", "Previous"),
    "list.next": ("下一页", "Next"),
    **SIGN_IN,
    # The hall
    "hall.title": ("您好，{name}，想办什么事？", "Hello {name}, what can we do for you?"),
    "hall.lead": ("选择一项服务，填一张表，跟踪每一步。", "Choose a service, fill in one form, follow every step."),
    "hall.search": ("搜索服务", "Search services"),
    "hall.search_hint": ("输入事项名称、部门或关键词", "A service, a department or a keyword"),
    "hall.search_button": ("搜索", "Search"),
    "hall.categories": ("服务类别", "Categories"),
    "hall.all": ("全部", "All"),
    "hall.waiting": ("项待您处理", "waiting for you"),
    "hall.returned": ("件申请被退回，请修改", "came back to you to be mended"),
    "hall.drafts": ("份申请尚未提交", "begun and not sent"),
    "hall.found": ("找到 {count} 项服务", "{count} services found"),
    "hall.found.one": ("找到 {count} 项服务", "{count} service found"),
    "hall.nothing": ("没有找到相符的服务", "No service fits"),
    "hall.nothing_text": ("换个说法试试，或查看全部服务。", "Try other words, or look at all services."),
    "hall.show_all": ("查看全部服务", "All services"),
    "hall.empty": ("还没有上线的服务", "No service is online yet"),
    "hall.empty_text": (
        "部门发布工作簿后，服务会出现在这里。",
        "A service appears here as soon as a department publishes its workbook.",
    ),
    # One service
    "service.back": ("返回服务大厅", "All services"),
    "service.offered": ("由{owner}提供", "Offered by {owner}"),
    "service.apply": ("开始办理", "Apply now"),
    "service.guide": ("办事指南", "Guide"),
    "service.no_guide": ("主管部门还没有填写办事指南。", "The department has not written a guide yet."),
    "service.steps": ("办理流程", "Steps"),
    "service.steps_text": (
        "实际经过的环节由您填写的内容决定，填表时会实时显示。",
        "Which steps your case takes depends on your answers; the form shows them as you type.",
    ),
    "service.facts": ("基本信息", "At a glance"),
    "service.who": ("申请对象", "Who may apply"),
    "service.who_text": ("您可以申请", "You may apply"),
    "service.sla": ("承诺时限", "Promised time"),
    "service.owner": ("主管部门", "Department"),
    "service.contact": ("联系方式", "Contact"),
    "service.source": ("办理依据", "Legal basis"),
    "service.updated": ("更新时间", "Updated"),
    "service.version": ("版本", "Version"),
    # The form
    "form.back": ("返回办事指南", "Back to the guide"),
    "form.lead": ("内容会自动保存，提交前可以再次核对。", "What you type is saved by itself; you can check it all before sending."),
    "form.draft": ("已恢复您在 {at} 保存的草稿。", "Your draft of {at} is back."),
    "form.changed": (
        "这张表单在您填写期间更新了，还没有提交。您填写的内容都在，请重新打开表单，核对后再提交。",
        "This form has changed while you filled it in, and nothing was sent. Your answers are kept: open the form again, check them, and send.",
    ),
    "form.draft_other_version": (
        "表单在此之后有更新，请重新核对各项内容。",
        "The form has changed since then; please check every answer.",
    ),
    "form.as_before": (
        "您上次申请这项服务是 {at}（{number}）。可以用那次填写的内容开始，附件和确认需要重新提供。",
        "You last applied for this on {at} ({number}). You can begin with what you wrote then; files and consents are given anew.",
    ),
    "form.as_before_do": ("用上次的内容填写", "Begin with my last answers"),
    "form.discard": ("放弃草稿，重新填写", "Discard and start anew"),
    "form.discard_sure": ("放弃这份草稿？", "Discard this draft?"),
    "form.discard_text": ("填过的内容会被删除，不能恢复。", "What was filled in is deleted and cannot be brought back."),
    "form.discard_do": ("放弃", "Discard"),
    "form.bill": ("费用", "Charges"),
    "form.findings": ("需要注意", "Please note"),
    "form.route": ("将由谁办理", "Who will be asked"),
    "form.route_text": ("按目前填写的内容预计，提交后按此办理。", "Foreseen from your answers so far."),
    "form.route_empty": ("填写后显示将经过的环节。", "The steps appear as you fill in the form."),
    "form.sent": ("申请已提交", "Your application has been sent"),
    "form.number": ("办件编号", "Case number"),
    "form.next": ("接下来", "What happens next"),
    "form.no_next": ("该申请无需审批，已经办结。", "No approval is needed; your case is complete."),
    "form.to_case": ("查看办理进度", "Follow the case"),
    "form.to_hall": ("返回服务大厅", "All services"),
    "form.by_excel": ("用 Excel 填写", "Fill in by Excel"),
    # A form filled in by Excel
    "filling.title": ("用 Excel 填写：{title}", "Fill in by Excel: {title}"),
    "filling.lead": (
        "一次填一件，或最多 {count} 件。上传后先逐行检查，确认之后才提交。",
        "One case, or up to {count} at once. Every row is checked first; nothing is sent before you confirm.",
    ),
    "filling.back": ("返回表单", "Back to the form"),
    "filling.first": ("1. 下载模板", "1. Download the template"),
    "filling.first_text": (
        "模板里有下拉选项和填写说明，一行一件。每次办理请下载新的模板。附件不在模板里：要附文件的，请在表单里填写。",
        "It has lists to pick from and notes, one case a row. Take a new template each time. Files are not part of it: attach them in the form.",
    ),
    "filling.download": ("下载 Excel 模板", "Download the Excel template"),
    "filling.second": ("2. 上传填好的文件", "2. Upload the file that you filled in"),
    "filling.hint": (
        ".xlsx 文件，不超过 {megabytes} MB。先检查，确认之后才提交。",
        "An .xlsx file of at most {megabytes} MB. It is checked first and sent when you confirm.",
    ),
    "filling.gone": ("文件已过期，请重新上传。", "The file is no longer here; please upload it again."),
    "filling.ready": ("{count} 件可以提交", "{count} ready to be sent"),
    "filling.faulty": ("{count} 件有问题", "{count} with faults"),
    "filling.sent": ("{count} 件已提交", "{count} sent"),
    "filling.none": ("没有可以提交的内容", "There is nothing to send"),
    "filling.checked": ("已检查“{file}”", "“{file}” was checked"),
    "filling.marked": ("下载标出问题的副本", "Download the copy with the faults marked"),
    "filling.numbers": ("下载写有办件编号的副本", "Download the copy with the case numbers"),
    "filling.to_form": ("填到网页表单里", "Put it into the form on screen"),
    "filling.replaces": ("您有一份没有提交的草稿，会被它替换。", "You have a draft that is not sent; it would be replaced."),
    "filling.send": ("提交 {count} 件", "Send {count}"),
    "filling.send_text": ("只提交没有问题的行，提交后不能从这里撤回。", "Only rows without faults are sent. It cannot be undone here."),
    "filling.sending": ("正在提交：{done} / {total}", "Sending: {done} of {total}"),
    "filling.done": ("已提交 {count} 件。", "{count} cases have been sent."),
    "filling.done.one": ("已提交 {count} 件。", "{count} case has been sent."),
    "filling.rows": ("各行的情况", "How each row stands"),
    "filling.row": ("行", "Row"),
    "filling.says": ("内容", "What it says"),
    "filling.state": ("情况", "State"),
    "filling.number": ("办件编号", "Case number"),
    "filling.state.ready": ("可以提交", "Ready"),
    "filling.state.faulty": ("有问题", "Faults"),
    "filling.state.sent": ("已提交", "Sent"),
    # Lists of cases and tasks
    "cases.title": ("我的办件", "My cases"),
    "cases.lead": ("您提交的全部申请，以及它们走到了哪一步。", "Everything you applied for, and how far it is."),
    "cases.drafts": ("尚未提交", "Not sent yet"),
    "cases.draft_saved": ("保存于 {at}", "saved {at}"),
    "cases.empty": ("您还没有提交过申请", "You have not applied for anything yet"),
    "cases.empty_text": ("提交后，可在这里查看进度和结果。", "Once sent, a case can be followed here."),
    "cases.to_hall": ("去服务大厅", "Go to the services"),
    "cases.service": ("事项", "Case"),
    "cases.state": ("状态", "State"),
    "cases.step": ("当前环节", "Current step"),
    "cases.submitted": ("提交时间", "Sent"),
    **{f"case.state.{key}": both for key, both in STATES.items()},
    **TASKS,
    **DATA,
    **PAPERS,
    **PASSES,
    **PERSONAL_PASSES,
    **LIVE_CODES,
    **PRIVACY,
    **PUBLISHING,
    **ROUTES,
    **LOOKING,
    **WORKSHOP,
    **STATISTICS,
    **ARCHIVE,
    **MESSAGES,
    **JOBS,
    **BOARDS,
    **ACCOUNTS,
    **GRANTS,
    **AUDIT,
    **IMPACT,
    # One case
    "case.back": ("返回我的办件", "My cases"),
    "case.back_case": ("返回上一件办件", "The case before"),
    "case.back_board": ("返回单位看板", "Unit board"),
    "case.back_tasks": ("返回待办", "Tasks"),
    "case.number": ("办件编号", "Case number"),
    "case.applicant": ("申请人", "Applicant"),
    "case.submitted": ("提交时间", "Sent"),
    "case.waits_for": ("正在等", "Waits for"),
    "case.next": ("下一环节", "Next step"),
    "case.next_again": ("重新提交后到", "Goes to when sent again"),
    "case.at_step": ("当前环节", "Current step"),
    "case.form": ("申请内容", "Application"),
    "case.fill": ("请填写下面可以填写的内容，其余内容只读。", "Please fill in what is open below; the rest is read-only."),
    "case.print": ("打印", "Print"),
    "case.service": ("服务事项", "Service"),
    "case.jump": ("去办理", "To your step"),
    "case.route": ("办理流程", "Route"),
    "case.bill": ("费用", "Charges"),
    "case.findings": ("规则提示", "What the rules note"),
    "case.timeline": ("办理记录", "What happened"),
    "case.decisions": ("规则依据", "What the rules decided"),
    "case.decisions_text": ("每个结果都可以追溯到工作簿的单元格。", "Every result can be traced to a cell of the workbook."),
    "case.next_task": ("查看其他待办", "Other tasks"),
    "case.withdraw": ("撤回申请", "Withdraw"),
    "case.withdraw_sure": ("确定撤回这份申请吗？", "Withdraw this application?"),
    "case.withdraw_text": (
        "撤回后办理即告终止，如需办理请重新提交。",
        "The case ends here; to go on later, you will have to apply again.",
    ),
    "case.withdrawn": ("申请已撤回。", "The application has been withdrawn."),
    "task.mine": ("请您处理：{step}", "Your step: {step}"),
    "case.refused": ("没有通过", "Refused"),
    "case.refused_text": ("这份申请没有通过，已经办结。需要时可以另行申请。", "This application was refused and is closed. You may apply again."),
    "task.returned": ("请修改后重新提交", "Please mend and send again"),
    "task.returned_text": (
        "申请已退回给您。请按原因修改“申请内容”，核对后重新提交。",
        "The application came back to you. Mend what it says under “Application”, check it, and send it again.",
    ),
    "task.opinion": ("办理意见（选填）", "Opinion (optional)"),
    "task.opinion_needed": ("办理意见", "Opinion"),
    "task.opinion_hint": ("退回或不同意时，请写明理由", "Say why when you return or refuse"),
    "task.opinion_missing": ("请填写办理意见。", "Please write your opinion."),
    "task.opinion_why": ("请填写办理意见，让申请人知道原因。", "Please write your opinion, so that the applicant knows why."),
    "task.opinion.own": ("您的意见（选填）", "Your words (optional)"),
    "task.opinion_needed.own": ("您的意见", "Your words"),
    "task.opinion_hint.own": ("没有办好的，请写明哪里不对", "Say what is still wrong when you send it back"),
    "task.opinion_missing.own": ("请填写您的意见。", "Please write a few words."),
    "task.opinion_why.own": ("请写明哪里不对，让办理人知道。", "Please say what is wrong, so that the office knows."),
    "task.return_to": ("退回到", "Return to"),
    "task.applicant": ("申请人", "The applicant"),
    "task.cancel": ("取消", "Cancel"),
    "task.action.approve": ("同意", "Approve"),
    "task.action.approve.own": ("确认", "Confirm"),
    "task.action.done.own": ("确认", "Confirm"),
    "task.action.return.own": ("退回重办", "Send back"),
    "task.action.refuse.own": ("不认可", "Do not accept"),
    "task.action.done": ("办理完成", "Mark as done"),
    "task.action.return": ("退回修改", "Return"),
    "task.action.refuse": ("不同意", "Refuse"),
    "task.sure.return": ("退回这份申请？", "Return this application?"),
    "task.sure_text.return": ("您的意见会一并送达，修改后可以再次提交。", "Your opinion goes with it; it can be mended and sent again."),
    "task.sure.return.own": ("退回重办？", "Send it back?"),
    "task.sure_text.return.own": ("您写的会一并送达，办好后再请您确认。", "Your words go with it; you are asked again once it is done."),
    "task.sure.refuse.own": ("不认可办理结果？", "Not accept how it was done?"),
    "task.sure_text.refuse.own": ("办理将就此结束，办理人会看到您写的。", "The case ends here, and the office sees your words."),
    "task.sure.refuse": ("不同意这份申请？", "Refuse this application?"),
    "task.sure_text.refuse": ("办理将就此结束，申请人会看到您的意见。", "The case ends here, and the applicant sees your opinion."),
    "task.done.approve": ("已处理。", "Done."),
    "task.done.last": ("已处理，办件已办结。", "Done. The case is complete."),
    "task.done.return": ("已退回。", "The case has been returned."),
    "task.done.refuse": ("已处理：不同意。", "The case has been refused."),
    "task.done.resubmit": ("已重新提交。", "The application has been sent again."),
    "step.state.done": ("已完成", "Done"),
    "step.state.active": ("办理中", "Now"),
    "step.state.pending": ("待进行", "To come"),
    "step.state.skipped": ("不需要", "Not needed"),
    "step.state.refused": ("不同意", "Refused"),
    "step.state.returned": ("已退回", "Returned"),
    "step.mode.any": ("（任一人办理）", " (any one of them)"),
    "step.mode.all": ("（全部办理）", " (all of them)"),
    "step.department": ("（{name}）", " ({name})"),
    "step.more": (" 等 {count} 人", " and others, {count} in all"),
    "step.group": ("与其他环节同时进行", "Side by side with other steps"),
    "step.group_any": ("与其他环节同时进行，任一支完成即可", "Side by side with other steps; one branch is enough"),
    "step.group_some": (
        "与其他环节同时进行，任 {count} 支完成即可",
        "Side by side with other steps; {count} branches are enough",
    ),
    "step.left_out": ("本次不需要的环节（{count}）", "Steps not needed this time ({count})"),
    "step.instead": ("{name}（代{whom}）", "{name} (for {whom})"),
    "step.waits": ("等 {name}", "Waits for {name}"),
    "step.then": ("然后是 {name}", "Then {name}"),
    "step.asked_since": ("{at} 起", "since {at}"),
    "step.role.claimed": ("已领取", "has claimed it"),
    "step.role.consult": ("{name} 征求其意见", "asked for advice by {name}"),
    "step.role.before": ("{name} 前加签", "added before {name}"),
    "step.role.after": ("{name} 后加签", "added after {name}"),
    "step.role.beside": ("{name} 并加签", "added beside {name}"),
    "step.since": ("{at} 到达", "Since {at}"),
    "diagram.title": ("流程图", "Diagram"),
    "diagram.not_reached": ("未进行", "Not reached"),
    "step.due": ("{at} 前办理", "Due {at}"),
    "step.overdue": ("已超时：应在 {at} 前办理", "Overdue: it was due {at}"),
    **{f"event.{key}": both for key, both in EVENTS.items()},
    "event.by": ("{name}", "{name}"),
    "event.by_system": ("系统", "The platform"),
    "bill.caption": ("费用明细：{name}", "Charges: {name}"),
    "bill.total": ("合计", "Total"),
    "bill.shares": ("分摊", "Shared between"),
    "bill.nothing": ("没有适用的收费项目，不收费。", "No charge applies."),
    "bill.carry": ("{item}：结转下期 {amount}", "{item}: {amount} carried to next time"),
    **{f"decision.kind.{key}": both for key, both in KINDS.items()},
    **{f"decision.outcome.{key}": both for key, both in OUTCOMES.items()},
    "decision.more_cells": ("等，另有 {count} 处", "and {count} more"),
    # The owner's console
    "drop.choose": ("选择工作簿", "Choose a workbook"),
    "drop.drop": ("或把它拖到这里", "or drop it here"),
    "drop.hint": (".xlsx 文件，不超过 {megabytes} MB；它用到的 csv、图片等文件请一起选。检查不会影响正在运行的服务。",
                  "An .xlsx file of at most {megabytes} MB; choose files that it names (csv, pictures …) with it. Checking it changes nothing that runs."),
    "drop.large": ("文件超过 {megabytes} MB，请精简后再试。", "The file has more than {megabytes} MB; please make it smaller."),
    "drop.refused": (
        "文件太大，服务器没有收下。请删去不用的工作表和图片，或拆分后再上传；仍不行时请告诉管理员。",
        "The file is too large for the server. Remove what is not needed or split it; else tell the administrator.",
    ),
    "drop.checking": ("正在检查…", "Checking…"),
    "drop.failed": ("上传没有成功，请检查网络后重试。", "The upload failed; please check the network and try again."),
    "owner.title": ("服务管理", "My services"),
    "owner.lead": (
        "上传工作簿，逐格查看问题，试算通过后发布上线。",
        "Upload a workbook, see its faults cell by cell, publish it when its examples pass.",
    ),
    "owner.new": ("新建服务", "New service"),
    "owner.new_like": ("照此新建", "New one like this"),
    "owner.new_text": (
        "下载一份可以直接使用的工作簿：有下拉列表、填写提示和用例。改好后在本页上传。",
        "Download a workbook that works as it is, with drop-downs, notes and examples. Change it, then upload it on this page.",
    ),
    "owner.new_like_text": (
        "下载与“{title}”相同的工作簿，编号、名称换成新的，并补上下拉列表和填写提示。",
        "Download the workbook of “{title}” with another id and title, and with drop-downs and notes where it has none.",
    ),
    "owner.new_title": ("服务名称", "Title of the service"),
    "owner.new_language": ("工作簿语言", "Language of the workbook"),
    "owner.new_download": ("下载工作簿", "Download the workbook"),
    "owner.services": ("我管理的服务", "Services of mine"),
    "owner.empty": ("您还没有服务", "You have no services yet"),
    "owner.empty_text": ("上传第一份工作簿，检查通过后即可发布。", "Upload a first workbook; once it passes, publish it."),
    "owner.back": ("返回服务管理", "My services"),
    "owner.live": ("版本 {version} · {at} 发布", "Version {version} · published {at}"),
    "owner.open_cases": ("{count} 件在办", "{count} open cases"),
    "owner.open": ("在办件数", "Open cases"),
    "owner.running": ("运行中", "Live"),
    "owner.faulty": ("新文件有问题", "New file has faults"),
    "owner.faulty_file": ("保存的文件 {file} 有问题，没有上线。", "The saved file {file} has faults and was not published."),
    "owner.faulty_text": ("正在运行的是上一个正确的版本。", "The last good version keeps running."),
    "owner.never": ("尚未发布", "Not published yet"),
    "owner.published": ("发布时间", "Published"),
    "owner.published_by": ("发布人", "Published by"),
    "owner.by_folder": ("工作簿目录", "Workbook folder"),
    "owner.origin.file": ("保存到目录后自动发布", "Saved into the folder"),
    "owner.origin.upload": ("网页上传", "Uploaded"),
    "owner.origin.rollback": ("回到旧版", "Gone back"),
    "owner.origin.planned": ("按计划生效", "Planned"),
    "owner.versions": ("版本记录", "Versions"),
    "owner.version_live": ("运行中", "Live"),
    "owner.download": ("下载", "Download"),
    "owner.export_cases": ("导出办件 {kind}", "Cases as {kind}"),
    "owner.upload_gone": ("这份上传已过期，请重新上传。", "This upload has expired; please upload the file again."),
    "report.title": ("{file} 的检查结果", "What was found in {file}"),
    "report.good": ("检查通过，可以发布", "It can be published"),
    "report.bad": ("有问题需要修改", "It needs mending"),
    "report.file": ("{file} · {title}", "{file} · {title}"),
    "report.count.error": ("{count} 个错误", "{count} errors"),
    "report.count.warning": ("{count} 个警告", "{count} warnings"),
    "report.count.notice": ("{count} 个提示", "{count} notices"),
    "report.count.examples": ("{count} 个用例未通过", "{count} examples failed"),
    "report.count.error.one": ("{count} 个错误", "{count} error"),
    "report.count.warning.one": ("{count} 个警告", "{count} warning"),
    "report.count.notice.one": ("{count} 个提示", "{count} notice"),
    "report.count.examples.one": ("{count} 个用例未通过", "{count} example failed"),
    "report.changes": ("与现行版相比有 {count} 处不同", "{count} differences from the live version"),
    "report.changes.one": ("与现行版相比有 {count} 处不同", "{count} difference from the live version"),
    "report.more_changes": ("还有 {count} 处。", "And {count} more."),
    "report.faults": ("问题清单", "Faults"),
    "report.cell": ("位置", "Where"),
    "report.what": ("问题与处理办法", "What is wrong, what to do"),
    "report.severity": ("级别", "Severity"),
    "report.severity.error": ("错误", "Error"),
    "report.severity.warning": ("警告", "Warning"),
    "report.severity.notice": ("提示", "Notice"),
    "report.marked": ("下载标出问题的副本", "Copy with faults marked"),
    "report.remedy": ("处理办法：{text}", "What to do: {text}"),
    "report.more": ("另有 {count} 个问题，修改后重新上传即可看到。", "{count} more; they show when these are mended."),
    "report.unreached": ("{count} 行没有用例走到", "{count} rows that no example reaches"),
    "report.unreached.one": ("{count} 行没有用例走到", "{count} row that no example reaches"),
    "report.unreached_rows": (
        "走到 {total} 行中的 {reached} 行，没有走到第 {rows} 行",
        "{reached} of {total} rows reached; not row {rows}",
    ),
    "report.examples": ("示例试算：{total} 个中 {passed} 个通过", "Examples: {passed} of {total} passed"),
    "report.passed": ("通过", "passed"),
    "report.failed": ("未通过", "failed"),
    "report.new": (
        "将新增服务“{title}”（编号 {id}，主管部门：{owner}）。",
        "This adds a new service, “{title}” ({id}, owner {owner}).",
    ),
    "report.replaces": ("将替换“{title}”（{id}）的现行版本 {version}。", "This replaces version {version} of “{title}” ({id})."),
    "report.other": (
        "注意：这份工作簿是另一项服务（{id}），不是本页的服务。",
        "Mind: this workbook is another service ({id}), not the one of this page.",
    ),
    "report.ready": ("发布后立即生效；在办的办件仍按原版本办理。", "It is live at once; open cases stay on their version."),
    "report.not_ready": ("修改以上错误后重新上传，才能发布。", "Mend the errors above and upload the file again to publish it."),
    "report.publish": ("发布上线", "Publish"),
    "report.published": ("“{title}”已发布，版本 {version}。", "“{title}” is live as version {version}."),
    "report.not_published": ("没有发布：工作簿没有通过检查。", "Not published: the workbook did not pass."),
    "report.to_service": ("查看服务", "Look at the service"),
    # The auditor's log
    "auditor.title": ("规则日志", "Rule log"),
    "auditor.lead": ("每一次规则运算都有记录：输入、命中的单元格、结果和解释。", "Every decision on record: inputs, the cells that fired, results, reasons."),
    "auditor.search": ("关键词", "Words"),
    "auditor.search_hint": ("单号、规则、申请人、金额、单元格", "Number, rule, applicant, amount, cell"),
    "auditor.service": ("服务", "Service"),
    "auditor.kind": ("类别", "Kind"),
    "auditor.outcome": ("结论", "Outcome"),
    "auditor.find": ("查询", "Search"),
    "auditor.reset": ("清除条件", "Clear"),
    "auditor.export": ("导出 {kind}", "Export {kind}"),
    "auditor.empty": ("没有相符的记录", "Nothing fits"),
    "auditor.empty_text": ("放宽条件再试；提交的每份申请都会在这里留下记录。", "Search more widely; every application leaves its record here."),
    "auditor.decision": ("规则", "Decision"),
    "auditor.result": ("结果", "Result"),
    "auditor.at": ("时间", "Time"),
    "auditor.back_one": ("返回这条规则日志", "The entry in the rule log"),
    "auditor.back": ("返回规则日志", "Rule log"),
    "auditor.scope": ("明细行", "Row"),
    "auditor.engine": ("推理引擎", "Engine"),
    "auditor.to_case": ("查看办件", "Open the case"),
    "auditor.explanation": ("怎样得出", "How it came about"),
    "auditor.explanation_text": ("逐层展开，直到工作簿的单元格。", "Open a line to see what it rests on, down to the cell."),
    "auditor.outputs": ("结果", "Results"),
    "auditor.inputs": ("输入", "Inputs"),
    "auditor.fired": ("命中的单元格", "Cells that fired"),
    "auditor.none_fired": ("没有命中任何行。", "No row fired."),
    "auditor.workbook": ("下载该版本工作簿", "Workbook of this version"),
    "auditor.faults": ("运算中的问题", "Faults on the way"),
    # When something fails
    "error.home": ("返回服务大厅", "Back to the services"),
    "error.unexpected": ("操作没有完成，请稍后重试。问题已记录。", "That did not work; please try again. It has been noted."),
    "error.400.title": ("无法理解这个请求", "We did not understand that"),
    "error.400.text": ("请检查网址后重试。", "Please check the address and try again."),
    "error.401.title": ("请先登录", "Please sign in"),
    "error.401.text": ("登录后即可继续。", "You can go on once you are signed in."),
    "error.403.title": ("没有权限", "Not for you to see"),
    "error.403.text": ("您没有查看或办理它的权限。", "You may not see or do this."),
    "error.404.title": ("页面不存在", "There is no such page"),
    "error.404.text": ("它可能已被移走，或网址有误。", "It may have moved, or the address has a slip."),
    "error.409.title": ("内容已经变化", "It has changed meanwhile"),
    "error.409.text": ("请查看最新状态后再操作。", "Please look at the latest state."),
    "error.413.title": ("文件太大", "Too large"),
    "error.413.limit": (
        "文件超过 {size}，没有收下。请压缩或拆分后再上传。",
        "The file is larger than {size}, and was not taken. Make it smaller or split it.",
    ),
    "error.413.text": (
        "文件超过了大小上限。请压缩或拆分后再上传。",
        "The file is larger than what we take. Make it smaller or split it.",
    ),
    "error.500.title": ("系统出了点问题", "Something went wrong"),
    "error.500.text": ("问题已记录，请稍后重试。", "It has been noted; please try again later."),
    "error.503.title": ("暂时无法保存", "Nothing can be saved just now"),
    "error.503.text": ("数据没有改变，请稍后重试。", "Nothing was changed; please try again later."),
}  # fmt: skip


def size_text(size: int) -> str:
    """A number of bytes as people read it: `20 MB`, `512 KB`."""
    megabytes = size / 1024 / 1024
    return f"{megabytes:.1f}".removesuffix(".0") + " MB" if megabytes >= 1 else f"{max(1, size // 1024)} KB"


class Texts:
    """The texts in one language: `t("case.number")`; `{facts}` are given by name."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._column = LANGUAGES.index(self.language)

    def __call__(self, key: str, **facts: object) -> str:
        """The text of a key; English has another one for a `count` of 1 (`key.one`) where it needs it."""
        one = f"{key}.one"
        text = TABLE[one if facts.get("count") == 1 and one in TABLE else key][self._column]
        return text.format_map(facts) if facts else text

    def of(self, language: str, key: str) -> str:
        """The text of a key in another language."""
        return TABLE[key][LANGUAGES.index(language)]

    def maybe(self, key: str, otherwise: str) -> str:
        """The text of a key that a later version may not know yet."""
        return TABLE[key][self._column] if key in TABLE else otherwise

    def value(self, value: object) -> str:
        """A value of the rule language as people read it."""
        match value:
            case None:
                return ""
            case bool():
                return {"zh": "是", "en": "yes"}[self.language] if value else {"zh": "否", "en": "no"}[self.language]
            case str():
                return value
            case Decimal():
                return format(value, "f")
            case int() | float():
                return str(value)
            case Mapping() if "error" in value:
                return str(value["error"])
            case Mapping():
                pairs = (f"{key} = {self.value(item)}" for key, item in value.items() if item is not None)
                return {"zh": "；", "en": "; "}[self.language].join(pairs)
            case list() | tuple():
                return self("list.comma").join(self.value(item) for item in value)
            case _:
                return dumps(value).strip('"')

    def money(self, amount: object) -> str:
        """An amount in yuan with two digits after the point; a dash when there is none."""
        try:
            number = Decimal(str(amount))
        except InvalidOperation:
            return "—"
        if not number.is_finite():
            return "—"
        # An amount that is not rounded may have more digits than a fen; zeros behind them say nothing.
        digits = max(2, -int(number.normalize().as_tuple().exponent))
        return f"¥ {number:,.{digits}f}"


def half(text: str, language: str) -> str:
    """The part in one language of a text that says the same in Chinese and then in English."""
    found = re.fullmatch(r"(.*[\u3000-\u9fff\uff00-\uffef])\s+([A-Z][^\u3400-\u9fff]*)", text.strip(), re.DOTALL)
    return found[2 if language == "en" else 1] if found else text
