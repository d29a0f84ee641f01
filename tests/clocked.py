"""A hall whose services do things by the clock, for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from halls import ORGANISATION, store_in, write

from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import Store
from banshi.storage.jobs import StoredRun

CAMPUS = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 9, 21, 6, 0, tzinfo=CAMPUS)
STUDENT, HEAD, OWNER, ADMIN = "20001", "20002", "20005", "20007"

# The alarms of section 6.6: a data sheet of readings, and cases for those who exceed the quota.
ALARM = """
## settings
| form_id | form_title | owner  |
| alarm   | 超额处置   | 设备处 |

## survey
| type    | name   | label    | required |
| text    | 建筑   | 建筑     | yes      |
| decimal | 超出率 | 超出率   | yes      |
| text    | 原因   | 原因     |          |

## route
| step | name | who                | mode |
| 10   | 生成 | initiator          |      |
| 20   | 核实 | role:财务处.审核岗 |      |
"""
ENERGY = """
## settings
| form_id | form_title | owner  |
| energy  | 能耗监测   | 设备处 |

## data.readings
| *建筑  | 实际 | 定额 | 责任人 |
| 教学楼 | 130  | 100  | '20001 |
| 图书馆 | 119  | 100  | '20002 |
| 体育馆 | 90   | 100  | '20001 |
| 食堂   | 240  | 200  | '99999 |

## notices
| name | on     | to          | text                                        | text::en                              |
| 超额 | called | 字段:责任人 | ${建筑}用了 ${实际} 度，定额 ${定额} 度（${定时.任务}） | ${建筑} used ${实际} of ${定额} |

## schedule
| job      | every        | for      | when                    | do                                                                     | to       |
| 开处置单 | {every}      | readings | ${实际} / ${定额} >= 1.2 | open:alarm(建筑=${建筑}, 超出率=${实际} / ${定额} - 1, for field:责任人) |          |
| 提醒     | 每周一 8:00  | readings | ${实际} > ${定额}       | remind:超额                                                            |          |
| 周报     | 每周五 17:00 | readings |                         | report(建筑=${建筑}, 差=${实际} - ${定额})                             | 人:20007 |
"""


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)


def open_hall(
    folder: Path,
    clock: Callable[[], datetime],
    *,
    store: Store | None = None,
    every: str = "每天 07:00",
    **services: str,
) -> Hall:
    """A hall with the energy service, the alarms that it opens, and others by their ids."""
    write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    for name, text in {"alarm": ALARM, "energy": ENERGY.replace("{every}", every), **services}.items():
        write(folder / "definitions", f"{name}/{name}.xlsx", text)
    hall = Hall(
        store=store or store_in(folder),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        clock=clock,
        log_key=folder / "log-key.pem",
    )
    hall.scan()
    return hall


def fire(hall: Hall) -> int:
    """Do everything that is due; in how many portions."""
    portions = 0
    while hall.jobs.fire_due():
        portions += 1
        assert portions < 10_000, "it comes to no end"
    return portions


def runs(hall: Hall, job: str = "开处置单", service_id: str = "energy") -> list[StoredRun]:
    """The runs of a job, the first instant first."""
    return hall._store.runs(service_id, job)[::-1]
