"""A service with rooms that have QR codes, for tests; and a reader of codes."""

from __future__ import annotations

import io
import subprocess

import zxingcpp
from PIL import Image

REPAIR = """
## settings
| form_id | form_title | form_title::English (en) | owner  | 地点       |
| repair  | 教室报修   | Classroom repairs        | 设备处 | 教室[房间] |

## choices
| list_name | name | label  |
| 楼栋      | A    | 教学楼A |
| 楼栋      | B    | 教学楼B |

## survey
| type             | name   | label    | required | constraint    | calculation           | readonly | default |
| select_one 楼栋  | 楼栋   | 楼栋     | yes      |               |                       |          |         |
| text             | 房间   | 房间号   | yes      | regex(., "^\\d{3}$") |                |          |         |
| integer          | 层     | 楼层     |          | . < 30        |                       |          |         |
| text             | 问题   | 问题描述 | yes      |               |                       |          |         |
| calculate        | 位置   |          |          |               | ${楼栋} & "-" & ${房间} |        |         |
| hidden           | 来源   |          |          |               |                       |          | 网页    |
| text             | 单位   | 单位     |          |               |                       | yes      | 后勤处  |
| acknowledge      | 承诺   | 情况属实 |          |               |                       |          |         |
| file             | 照片   | 照片     |          |               |                       |          |         |

## route
| step | name | who                |
| 10   | 申请 | initiator          |
| 20   | 受理 | role:财务处.审核岗 |

## data.教室
| *房间 | 楼栋 | 英文名      | 座位 |
| 301   | A    | Room A-301  | 60   |
| 302   | A    | Room A-302  | 45   |
| 101   | B    | Room B-101  | 120  |
"""


def codes_of(pdf: bytes) -> list[list[str]]:
    """What the QR codes of a PDF say, page by page, from left to right and from top to bottom."""
    done = subprocess.run(["pdftoppm", "-r", "200", "-png", "-"], input=pdf, capture_output=True, check=True)
    pages = [b"\x89PNG" + part for part in done.stdout.split(b"\x89PNG")[1:]]
    found = []
    for page in pages:
        codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
        places = sorted(codes, key=lambda code: (round(code.position.top_left.y / 60), code.position.top_left.x))
        found.append([code.text for code in places])
    return found
