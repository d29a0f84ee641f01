"""A service with every sort of question, for tests that look at forms."""

from __future__ import annotations

GALLERY = """
## settings
| form_id | form_title   | form_title::en      | category | owner  | number         |
| gallery | 实验室开放日 | Laboratory open day | 实验室   | 设备处 | KF{yyyy}{0001} |

## survey
| type                | name     | label          | label::en               | hint           | required | constraint | constraint_message | appearance   | calculation     | parameters           |
| begin_group         | 活动     | 活动信息       | The event               | 请如实填写     |          |            |                    |              |                 |                      |
| note                | 须知     | 请提前五天申请 | Apply five days before  | 节假日不开放   |          |            |                    |              |                 |                      |
| text                | 主题     | 活动主题       | Title                   | 不超过二十字   | yes      |            |                    |              |                 |                      |
| text                | 介绍     | 活动介绍       | Description             |                |          |            |                    | multiline    |                 |                      |
| integer             | 人数     | 参加人数       | Number of people        |                | yes      | . > 0      | 至少一人           |              |                 |                      |
| money               | 经费     | 经费（元）     | Money (yuan)            |                |          |            |                    |              |                 |                      |
| date                | 日期     | 活动日期       | Date                    |                | yes      |            |                    |              |                 |                      |
| time                | 时间     | 开始时间       | Start                   |                |          |            |                    |              |                 |                      |
| datetime            | 布展     | 布展时间       | Set-up                  |                |          |            |                    |              |                 |                      |
| end_group           |          |                |                         |                |          |            |                    |              |                 |                      |
| begin_group         | 选择     | 场地与服务     | Place and services      |                |          |            |                    |              |                 |                      |
| select_one campus   | 校区     | 校区           | Campus                  | 选定后列出楼宇 | yes      |            |                    |              |                 |                      |
| select_one building | 楼宇     | 楼宇           | Building                |                |          |            |                    | minimal      |                 |                      |
| select_one building | 备用楼宇 | 备用楼宇       | Second building         |                |          |            |                    | autocomplete |                 |                      |
| select_multiple aid | 服务     | 所需服务       | Services                |                |          |            |                    |              |                 |                      |
| range               | 音量     | 音量           | Loudness                |                |          |            |                    |              |                 | start=0 end=10 step=1 |
| geopoint            | 位置     | 集合地点       | Meeting point           |                |          |            |                    |              |                 |                      |
| barcode             | 资产     | 资产编号       | Asset number            |                |          |            |                    |              |                 |                      |
| person              | 联系人   | 联系人         | Contact                 |                | yes      |            |                    |              |                 |                      |
| department          | 协办     | 协办部门       | Other department        |                |          |            |                    |              |                 |                      |
| file                | 方案     | 活动方案       | Plan                    |                |          |            |                    |              |                 |                      |
| image               | 海报     | 海报           | Poster                  |                |          |            |                    |              |                 |                      |
| end_group           |          |                |                         |                |          |            |                    |              |                 |                      |
| begin_group         | 明细     | 物品与讲者     | Goods and speakers      |                |          |            |                    |              |                 |                      |
| begin_repeat        | 物品     | 物品           | Goods                   |                |          |            |                    |              |                 |                      |
| text                | 品名     | 品名           | Name                    |                | yes      |            |                    |              |                 |                      |
| integer             | 件数     | 件数           | Pieces                  |                | yes      |            |                    |              |                 |                      |
| select_one campus   | 存放     | 存放校区       | Kept at                 |                |          |            |                    |              |                 |                      |
| end_repeat          |          |                |                         |                |          |            |                    |              |                 |                      |
| begin_repeat        | 讲者     | 讲者           | Speakers                |                |          |            |                    | cards        |                 |                      |
| text                | 姓名     | 姓名           | Full name               |                | yes      |            |                    |              |                 |                      |
| file                | 简历     | 简历           | Short biography         |                |          |            |                    |              |                 |                      |
| end_repeat          |          |                |                         |                |          |            |                    |              |                 |                      |
| calculate           | 总件数   | 总件数         | Pieces in all           |                |          |            |                    |              | sum(${件数})    |                      |
| acknowledge         | 承诺     | 本人承诺所填属实 | What I wrote is true  |                | yes      |            |                    |              |                 |                      |
| end_group           |          |                |                         |                |          |            |                    |              |                 |                      |

## choices
| list_name | name | label    | label::en       |
| campus    | e    | 东校区   | East campus     |
| campus    | w    | 西校区   | West campus     |
| building  | b1   | 实验一楼 | Laboratory 1    |
| building  | b2   | 实验二楼 | Laboratory 2    |
| building  | b3   | 图书馆   | Library         |
| aid       | sound | 音响    | Sound           |
| aid       | guard | 安保    | Guards          |

## fees
| item | label | quantity | rate | method |
| 场地 | 场地费 | ${人数} | 2 | flat   |

## route
| step | name       | who                |
| 10   | 申请       | initiator          |
| 20   | 学院负责人 | head(申请部门)     |
| 30   | 财务处     | role:财务处.审核岗 |
"""
