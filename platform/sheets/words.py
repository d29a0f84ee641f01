"""The words of the sheets, English and Chinese, as data: question types, columns, settings, yes and no."""

from __future__ import annotations

import re
from dataclasses import dataclass

from banshi.platform.service.model import Retention
from banshi.platform.service.sensitive import Sensitive
from banshi.platform.workbook.columns import Column, plain
from banshi.rules.values import Kind


@dataclass(frozen=True, slots=True)
class Type:
    """A question type: its canonical word, all its words, and what its answer is to an expression."""

    name: str
    words: tuple[str, ...]
    kind: Kind = Kind.TEXT


TYPES = (
    Type("text", ("text", "string", "q string", "add text prompt", "文本")),
    Type(
        "integer",
        (
            "integer",
            "int",
            "q int",
            "add integer prompt",
            "percentage",
            "number of days in last month",
            "number of days in last six months",
            "number of days in last year",
            "整数",
        ),
        Kind.NUMBER,
    ),
    Type("decimal", ("decimal", "q decimal", "add decimal prompt", "小数"), Kind.NUMBER),
    Type("money", ("money", "金额"), Kind.NUMBER),
    Type("date", ("date", "q date", "add date prompt", "日期"), Kind.DATE),
    Type("time", ("time", "时间"), Kind.TIME),
    Type(
        "datetime",
        (
            "datetime",
            "dateTime",
            "date time",
            "q date time",
            "q dateTime",
            "add date time prompt",
            "add dateTime prompt",
            "日期时间",
        ),
        Kind.DATETIME,
    ),
    Type(
        "select_one",
        (
            "select_one",
            "select one",
            "select1",
            "q select1",
            "select one from",
            "select one using",
            "add select one prompt using",
            "select_one_from_file",
            "select_one_external",
            "单选",
        ),
    ),
    Type(
        "select_multiple",
        (
            "select_multiple",
            "select multiple",
            "select multiple from",
            "select multiple using",
            "q select",
            "select all that apply",
            "select all that apply from",
            "add select multiple prompt using",
            "select_multiple_from_file",
            "多选",
        ),
        Kind.LIST,
    ),
    Type("rank", ("rank", "odk:rank", "rank_from_file", "排序"), Kind.LIST),
    Type("file", ("file", "add file prompt", "附件", "文件")),
    Type("range", ("range", "范围"), Kind.NUMBER),
    Type("geopoint", ("geopoint", "location", "gps", "q geopoint", "q location", "add location prompt", "位置")),
    Type("geotrace", ("geotrace", "q geotrace", "路线")),
    Type("geoshape", ("geoshape", "q geoshape", "区域")),
    Type("barcode", ("barcode", "q barcode", "add barcode prompt", "二维码", "条码")),
    Type("audio", ("audio", "q audio", "add audio prompt", "音频")),
    Type("video", ("video", "q video", "add video prompt", "视频")),
    Type("image", ("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt", "图片", "照片")),
    Type("signature", ("signature", "签名")),
    Type("note", ("note", "q note", "add note prompt", "说明")),
    Type("calculate", ("calculate", "calculation", "q calculate", "add calculate prompt", "计算"), Kind.ANY),
    Type("acknowledge", ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt", "确认")),
    Type("hidden", ("hidden", "隐藏"), Kind.ANY),
    Type("start", ("start", "start time", "get start time", "开始时间"), Kind.DATETIME),
    Type("end", ("end", "end time", "get end time", "结束时间"), Kind.DATETIME),
    Type("today", ("today", "get today", "填写日期"), Kind.DATE),
    Type("username", ("username", "user name", "uri:username", "本人编号")),
    Type("email", ("email", "uri:email", "本人邮箱")),
    Type("phonenumber", ("phonenumber", "phone number", "get phone number", "uri:phonenumber", "本人电话")),
    Type("person", ("person", "人员")),
    Type("department", ("department", "部门")),
    Type("account", ("account", "账户")),
    Type("begin_group", ("begin_group", "begin group", "group", "分组开始", "开始分组", "分组")),
    Type("end_group", ("end_group", "end group", "分组结束", "结束分组")),
    Type(
        "begin_repeat",
        (
            "begin_repeat",
            "begin repeat",
            "repeat",
            "begin lgroup",
            "begin looped group",
            "明细开始",
            "开始明细",
            "明细",
        ),
    ),
    Type("end_repeat", ("end_repeat", "end repeat", "end lgroup", "end looped group", "明细结束", "结束明细")),
)
"""The types that this version builds."""

FILE_TYPES = frozenset(map(plain, ("csv-external", "xml-external")))
"""Rows that only name a file: it is read because it lies beside the workbook."""

SELECTS = ("select_one", "select_multiple", "rank")
NAMING = (*SELECTS, "account")
"""Types behind which a list of choices stands, or an account."""
NOT_AVAILABLE = {
    "osm": (
        ("osm", "entity"),
        "请把数据放进 data（数据）表。",
        "Put the data into a data sheet.",
    ),
    "cascading_select": (
        ("cascading_select",),
        "请改用几道“单选”，用“选项过滤”相连。",
        "Use a select_one for every level, with a choice_filter.",
    ),
    "loop": (
        ("begin loop",),
        "请改用“明细”，或为每个选项写一个分组。",
        "Use a repeat, or a group for every choice.",
    ),
    "include": (("include",), "请把那张表单的行复制进来。", "Copy the rows of that form."),
    "url": (("url",), "请改用“说明”。", "Use note."),
}  # fmt: skip
"""Types of the standard that this version does not build: words, what to do instead."""

STORED_EMPTY = (
    "deviceid", "device id", "get device id", "uri:deviceid", "imei", "subscriberid", "subscriber id",
    "get subscriber id", "uri:subscriberid", "simserial", "sim serial", "sim id", "get sim id", "uri:simserial", "audit",
    "start-geopoint", "background-geopoint", "background-audio", "background audio", "caseid", "comments", "text audit", "audio audit", "speed violations count",
    "speed violations list", "sensor_stream", "sensor_statistic",
)  # fmt: skip
"""Facts about a device of XLSForm and of SurveyCTO: a browser has none of them."""

DIALECT = re.compile(r"(?:db|cht|esri):[\w-]+|tel")
"""Question types of dialects (CHT's `db:person` and `tel`, Survey123's): asked as a text."""

KOBO = {
    plain(word): (word, column)
    for column, words in (
        ("score_choices", ("begin_score", "score__row", "end_score")),
        ("rank_items", ("begin_rank", "rank__level", "end_rank")),
        ("matrix_list", ("begin_kobomatrix", "end_kobomatrix")),
    )
    for word in words
}
"""KoboToolbox's questions in rows: by word, the word and the column that names the choices of all rows."""

TYPE_BY_WORD = {plain(word): known for known in TYPES for word in known.words}
NOT_AVAILABLE_BY_WORD = {
    plain(word): (do_zh, do_en) for words, do_zh, do_en in NOT_AVAILABLE.values() for word in words
}
EMPTY_BY_WORD = frozenset(map(plain, STORED_EMPTY))
TYPE_WORDS = tuple(word for known in TYPES for word in known.words)
SELECT_WORDS = tuple(word for known in TYPES if known.name in SELECTS for word in known.words)

MEDIA = ("image", "big-image", "audio", "video")
MEDIA_COLUMNS = tuple(
    Column(kind, (kind, f"media::{kind}", f"media:{kind}", word))
    for kind, word in zip(MEDIA, ("图片", "大图", "音频", "视频"), strict=True)
)
"""Columns that name files for the label of a question or a choice."""

SURVEY_COLUMNS = (
    Column("type", ("type", "类型", "题型"), needed=True),
    Column("name", ("name", "名称", "字段")),
    Column("label", ("label", "caption", "标签")),
    Column("hint", ("hint", "提示")),
    Column("guidance", ("guidance_hint", "详细提示")),
    Column("relevant", ("relevant", "relevance", "显示条件")),
    Column("required", ("required", "必填")),
    Column("required_message", ("required_message", "requiredMsg", "必填提示")),
    Column("constraint", ("constraint", "校验")),
    Column("constraint_message", ("constraint_message", "constraining_message", "constraintMsg", "校验提示")),
    Column("calculation", ("calculation", "calculate", "计算")),
    Column("trigger", ("trigger", "触发")),
    Column("default", ("default", "默认值", "默认")),
    Column("readonly", ("readonly", "read_only", "只读")),
    Column("choice_filter", ("choice_filter", "选项过滤", "选项筛选")),
    Column("appearance", ("appearance", "外观")),
    Column("parameters", ("parameters", "参数")),
    Column("repeat_count", ("repeat_count", "count", "jr:count", "行数", "次数")),
    Column("prefill", ("prefill", "预填")),
    Column("sensitive", ("sensitive", "敏感", "敏感信息")),
    Column("note", ("note", "notes", "备注")),
    Column("score_choices", ("kobo--score-choices",)),
    Column("rank_items", ("kobo--rank-items",)),
    Column("matrix_list", ("kobo--matrix_list",)),
    *MEDIA_COLUMNS,
)
SURVEY_NOT_AVAILABLE = (
    "autoplay", "media", "body", "compact_tag", "rows",
    "sms_field", "sms_option", "sms_response", "sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format", "noAppErrorString", "no_app_error_string",
    "bind", "instance", "save_to", "save_incomplete", "entities", "disabled", "publishable", "minimum_seconds",
)  # fmt: skip
"""Columns (or the part before `::`) that the standard or its dialects know and this version does not use."""

CHOICES_COLUMNS = (
    Column("list_name", ("list_name", "list name", "列表", "列表名"), needed=True),
    Column("name", ("name", "value", "名称", "值"), needed=True),
    Column("label", ("label", "caption", "标签")),
    *MEDIA_COLUMNS,
)
CHOICES_NOT_AVAILABLE = ("media", "geometry")
STYLED = ("label", "hint", "guidance")
TRANSLATED = (*STYLED, "required_message", "constraint_message", *MEDIA)

SETTINGS = (
    Column("id", ("form_id", "set_form_id", "id_string", "id", "编号", "服务编号")),
    Column("title", ("form_title", "set_form_title", "title", "名称", "服务名称")),
    Column("version", ("version", "版本")),
    Column("instance_name", ("instance_name", "标题")),
    Column("category", ("category", "类别")),
    Column("owner", ("owner", "主管部门")),
    Column("applicants", ("applicants", "申请对象")),
    Column("number", ("number", "单号")),
    Column("sla", ("sla", "承诺时限")),
    Column("due", ("due", "默认时限")),
    Column("guide", ("guide", "办事指南")),
    Column("contact", ("contact", "联系方式")),
    Column("keywords", ("keywords", "关键词")),
    Column("icon", ("icon", "图标")),
    Column("choice_duplicates", ("allow_choice_duplicates", "允许同名选项")),
    Column("source", ("source", "依据")),
    Column("archive", ("archive", "档案分类号")),
    Column("retention", ("retention", "保管期限")),
    Column("consent", ("consent", "复核")),
    Column("places", ("places", "地点")),
    Column("code_of", ("code_of", "须扫动态码")),
    Column("personal_kept", ("personal_data_kept", "个人信息保存", "个人信息保存期限")),
)
RETENTIONS = {plain(word): retention for retention, words in {
    Retention.PERMANENT: ("永久", "permanent"),
    Retention.THIRTY: ("30年", "定期30年", "30 years", "30"),
    Retention.TEN: ("10年", "定期10年", "10 years", "10"),
}.items() for word in words}  # fmt: skip
SETTINGS_TRANSLATED = ("title", "category", "guide", "contact", "sla", "source")
SETTINGS_NOT_AVAILABLE = (
    "default_language", "默认语言", "open_from", "开放", "open_until", "截止", "anonymous", "匿名", "style",
    "public_key", "submission_url", "auto_send", "auto_delete", "namespaces", "path", "name",
    "client_editable", "clean_text_values", "omit_instanceID", "instance_xmlns", "sms_keyword", "sms_separator",
    "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_response", "prefix", "delimiter", "attribute",
    "add_none_option", "xml_root", "flat",
)  # fmt: skip
SETTINGS_HEADINGS = ("key", "value", "键", "设置", "项", "项目", "值", "内容", "setting")

SENSITIVE_WORDS = {
    Sensitive.ID_CARD: ("证件号", "身份证号", "身份证", "id card"),
    Sensitive.PHONE: ("手机", "手机号", "电话", "phone"),
    Sensitive.BANK_CARD: ("银行卡号", "银行卡", "bank card"),
    Sensitive.NAME: ("姓名", "name"),
}
"""How much of a sensitive answer stays visible: by kind, its words."""

YES = frozenset(map(plain, ("true", "true()", "yes", "y", "1", "是", "必填", "√", "✓")))
NO = frozenset(map(plain, ("false", "false()", "no", "n", "0", "否", "选填", "非必填", "×")))

SENSITIVE = {
    **{plain(word): kind for kind, words in SENSITIVE_WORDS.items() for word in words},
    **dict.fromkeys(YES, Sensitive.ANY),
}

LANGUAGES = {plain(word): code for code, words in {
    "zh": ("zh", "cn", "chinese", "中文", "汉语", "简体中文", "中文(简体)"),
    "en": ("en", "english", "英文", "英语"),
}.items() for word in words}  # fmt: skip

SHEETS_NOT_ACTIVE = (
    "entities",
)  # fmt: skip
SHEETS_SHARED = (
    "people", "departments", "posts", "roles", "delegations", "calendar", "holidays", "makeup", "hours", "terms",
)  # fmt: skip
