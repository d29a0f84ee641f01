"""The catalogue of faults in the media of labels: pictures, sounds and films beside the workbook (codes `MEDIA-…`).

Published forms often come without their files, so that none of these but a path keeps a form from being published.
"""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

PATH = fault(
    "MEDIA-001",
    Severity.ERROR,
    "“{file}”是路径，不是文件名。",
    "“{file}” is a path, not the name of a file.",
    do_zh="把文件放进工作簿旁边的 media 文件夹，这里只写文件名，例如 校区图.png。",
    do_en="Put the file into the folder media beside the workbook, and write its name only, such as campus.png.",
)
KIND = fault(
    "MEDIA-002",
    Severity.WARNING,
    "“{file}”不是这一列可用的类型，不会显示。",
    "“{file}” is of no kind that this column can show; it is left out.",
    do_zh="这一列可用：{kinds}。其他格式浏览器放不出来，请先转换（例如 3gp 转成 mp4）。",
    do_en="This column takes {kinds}. Browsers show no others: convert the file first (3gp to mp4, say).",
)
MISSING = fault(
    "MEDIA-003",
    Severity.WARNING,
    "media 文件夹里没有“{file}”，不会显示。",
    "There is no “{file}” in the folder media; it is left out.",
    do_zh="把文件放进工作簿旁边的 media 文件夹，名称（包括大小写）要一致；或清空这个单元格。",
    do_en="Put it into the folder media beside the workbook, under exactly this name, or empty the cell.",
)
TOO_LARGE = fault(
    "MEDIA-004",
    Severity.WARNING,
    "“{file}”有 {size}，超过 {limit}，不会显示。",
    "“{file}” has {size}, more than {limit}; it is left out.",
    do_zh="缩小图片，或把音频、视频压缩、剪短。",
    do_en="Make the picture smaller, or the sound or film shorter.",
)
DAMAGED = fault(
    "MEDIA-005",
    Severity.WARNING,
    "“{file}”的内容与扩展名不符，或文件已损坏，不会显示。",
    "The content of “{file}” is not what its ending says, or is damaged; it is left out.",
    do_zh="用原来的软件重新保存（SVG 存为“纯 SVG”），再放进 media 文件夹。",
    do_en="Save it again (an SVG as plain SVG), and put it into the folder media anew.",
)
PARTS_LEFT_OUT = fault(
    "MEDIA-006",
    Severity.NOTICE,
    "“{file}”里的 {parts} 不安全或不支持，显示时会去掉。",
    "{parts} in “{file}” are not safe or not supported, and are not shown.",
    do_zh="如果图看起来完整，可以不管；否则改用普通的形状、文字和颜色重画这些部分。",
    do_en="If the picture looks whole, nothing need be done; else draw these parts with plain shapes, texts and colours.",
)
NO_AREA = fault(
    "MEDIA-007",
    Severity.WARNING,
    "图“{file}”上没有这些选项的区域：{choices}；只能从列表中选。",
    "The map “{file}” has no area for {choices}: these can be chosen from the list only.",
    do_zh="在 SVG 里把对应形状的 id 改成选项的名称。",
    do_en="Give the shape of each in the SVG the choice's name as its id.",
)
NO_MAP = fault(
    "MEDIA-008",
    Severity.WARNING,
    "外观 image-map 需要一张 SVG 图；现在只显示列表。",
    "The appearance image-map needs an SVG picture; only the list is shown.",
    do_zh="在“图片”（image）列写上 SVG 文件名，形状的 id 与选项的名称相同。",
    do_en="Name an SVG file in the column image; its shapes have the choices' names as ids.",
)
