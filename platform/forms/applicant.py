"""The names that an expression may use for the person who applies: `applicant.department`, `申请人.部门` and so on."""

from __future__ import annotations

from banshi.platform.people.directory import Person
from banshi.rules.values import Value

APPLICANT_NAMES = (
    "applicant",
    "applicant.id",
    "applicant.name",
    "applicant.english_name",
    "applicant.department",
    "applicant.kind",
    "申请人",
    "申请人.工号",
    "申请人.姓名",
    "申请人.部门",
    "申请人.类别",
)
"""The names that always exist; a person's own attributes add `applicant.<attribute>` and `申请人.<attribute>`."""


def is_applicant_name(name: str) -> bool:
    """Whether a name speaks of the applicant. An attribute that a person does not have is empty, not unknown."""
    return name.split(".", 1)[0] in {"applicant", "申请人"}


def applicant_values(person: Person | None) -> dict[str, Value]:
    """The values of those names for a person; empty ones where nobody is signed in."""
    if person is None:
        return dict.fromkeys(APPLICANT_NAMES)
    values: dict[str, Value] = {}
    for key, text in person.attributes.items():
        values[f"applicant.{key}"] = values[f"申请人.{key}"] = text or None
    values |= {
        "applicant": person.id,
        "applicant.id": person.id,
        "applicant.name": person.name or None,
        "applicant.english_name": person.english_name or None,
        "applicant.department": person.department or None,
        "applicant.kind": person.kind or None,
    }
    chinese = {"": "", ".工号": ".id", ".姓名": ".name", ".部门": ".department", ".类别": ".kind"}
    return values | {f"申请人{zh}": values[f"applicant{en}"] for zh, en in chinese.items()}
