"""What the doors say: signing in, signing out, and what may go wrong on the way through the campus sign-in."""

from __future__ import annotations

SIGN_IN: dict[str, tuple[str, str]] = {
    "sign_in.tab": ("登录", "Sign in"),
    "sign_in.title": ("欢迎使用网上办事大厅", "Welcome to the service hall"),
    "sign_in.lead": ("在线申请、在线审批，每一步都看得见。", "Apply online, be answered online, and see every step."),
    "sign_in.campus": ("统一身份认证登录", "Campus sign-in"),
    "sign_in.campus_text": (
        "用您的校园账号登录。密码只在学校的登录页面输入。",
        "Sign in with your campus account. Your password is only entered on the university's own page.",
    ),
    "sign_in.asked": (
        "登录后会回到您要打开的页面；在那里填写过的内容还在。",
        "Afterwards you will be at the page that you asked for; what you typed there is kept.",
    ),
    "sign_in.demo": (
        "这是演示环境：选择一位演示人员，一键进入。",
        "This is a demonstration: choose somebody and enter with one click.",
    ),
    "sign_in.group.apply": ("学生与教师", "Students and teachers"),
    "sign_in.group.handle": ("职能部门（审批与办理）", "Offices, which approve and handle"),
    "sign_in.group.own": ("业务主管（发布工作簿）", "Owners, who publish workbooks"),
    "sign_in.group.watch": ("审计与管理", "Auditor and administrator"),
    "sign_in.nobody": ("还没有演示人员", "There are no demo people yet"),
    "sign_in.nobody_text": (
        "在组织机构工作簿的“人员”表中给人员填写“演示”说明，保存后刷新本页。",
        "Give somebody a demo note on the people sheet of the organisation workbook, save it, and load this page again.",
    ),
    "sign_in.closed": ("现在还不能用浏览器登录", "Nobody can sign in by browser yet"),
    "sign_in.closed_text": (
        "大厅还没有接入统一身份认证。请联系信息化管理部门。",
        "The hall is not connected to the campus sign-in. Please ask the IT office.",
    ),
    "sign_in.left": ("您已退出办事大厅。", "You have signed out of the hall."),
    "sign_in.left_campus": (
        "统一身份认证在这个浏览器里可能仍处于登录状态。使用公共电脑时，请把它也退出。",
        "The campus sign-in may still be open in this browser. On a shared computer, sign out there too.",
    ),
    "sign_in.leave_campus": ("退出统一身份认证", "Sign out of the campus sign-in"),
    "sign_in.again": ("重新登录", "Sign in again"),
    "sign_in.back": ("返回登录页", "Back to the sign-in page"),
    "sign_in.kept": (
        "填写中的表单没有丢：登录后打开它，可以接着填。",
        "A form that you were filling in is not lost: open it after signing in, and go on.",
    ),
    "sign_in.fault.down.title": ("统一身份认证暂时没有响应", "The campus sign-in does not answer"),
    "sign_in.fault.down.text": (
        "请过一两分钟再试。如果一直这样，请告诉信息化管理部门。",
        "Please try again in a minute or two. If it stays like this, tell the IT office.",
    ),
    "sign_in.fault.declined.title": ("统一身份认证没有让您登录", "The campus sign-in did not let you in"),
    "sign_in.fault.declined.text": (
        "可能是您取消了登录，或者您的账号还不能使用办事大厅。可以再试一次；仍不行时请联系信息化管理部门。",
        "You may have cancelled, or your account may not use this hall yet. Try again; if that does not help, ask the IT office.",
    ),
    "sign_in.fault.forged.title": ("这次登录不是在这个浏览器里开始的", "This sign-in was not begun in this browser"),
    "sign_in.fault.forged.text": (
        "为了安全，没有登录任何人。也可能是登录页打开得太久，或者浏览器禁用了 Cookie。请从这里重新登录。",
        "To be safe nobody was signed in. The page may also have been open for too long, or the browser keeps no cookies. Sign in again from here.",
    ),
    "sign_in.fault.late.title": ("这次登录已经过期", "This sign-in has expired"),
    "sign_in.fault.late.text": (
        "登录要在 15 分钟内完成，而且每次只能使用一次。请重新登录。",
        "A sign-in has to be finished within 15 minutes, and counts once. Please sign in again.",
    ),
    "sign_in.fault.unknown.title": ("办事大厅里还没有您的账号", "The hall does not know you yet"),
    "sign_in.fault.unknown.text": (
        "统一身份认证认识您，但大厅的组织机构名单里没有您的学工号，所以没有登录。请把学工号告诉信息化管理部门，请他们补上；如果您有另一个账号，请先退出统一身份认证，再用那个账号登录。",
        "The campus sign-in knows you, but your campus number is not in the hall's list of people, so you are not signed in. Give your number to the IT office, who can add it. If you have another account, sign out of the campus sign-in first, then use that one.",
    ),
    "sign_in.fault.nonsense.title": (
        "统一身份认证的回答无法采信",
        "The answer of the campus sign-in cannot be trusted",
    ),
    "sign_in.fault.nonsense.text": (
        "为了安全，没有登录任何人。请再试一次；如果一直这样，请告诉信息化管理部门，服务器日志里有原因。",
        "To be safe nobody was signed in. Please try again; if it stays like this, tell the IT office: the reason is in the server's log.",
    ),
    "sign_in.fault.stays.title": ("统一身份认证没有提供退出", "The campus sign-in has no sign-out"),
    "sign_in.fault.stays.text": (
        "您已退出办事大厅。使用公共电脑时，请关闭所有浏览器窗口。",
        "You have signed out of the hall. On a shared computer, close all windows of the browser.",
    ),
}
