"""The hash of a body as a tree of its values, against the description in `leaves.py` computed by other means."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaves_oracle import digest_of

from banshi.storage.leaves import Unsalted, body_digest, children, pointer, take_out

SALT = "00112233445566778899aabbccddeeff"
BODY = {
    "actor": "20001",
    "payload": {
        "answers": {
            "姓名": "李沐阳",
            "证件/号": "11010519491231002X",
            "金额": 800,
            "家人": [{"证件": "1"}, {"证件": "2"}],
        },
        "route": {},
        "people": [],
        "done": None,
    },
}

plain = st.none() | st.booleans() | st.integers(-10, 10) | st.text("证ab/~", max_size=3)
values = st.recursive(
    plain,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text("证ab/~", max_size=2), inside, max_size=3),
)


def pointers(value: Any, at: str = "") -> list[str]:
    return [at, *(one for key, item in children(value) for one in pointers(item, pointer(at, key)))]


@given(values)
def test_the_digest_is_as_described(value: Any) -> None:
    assert body_digest(value, SALT, None) == "2:" + digest_of(value, bytes.fromhex(SALT)).hex()


@given(values, st.data())
def test_the_digest_stays_whatever_is_taken_out(value: Any, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(pointers(value)), min_size=1, max_size=3))
    left, parts = take_out(value, SALT, None, chosen[:2], "sealed")
    left, parts = take_out(left, "", parts, chosen[2:], "gone")
    assert body_digest(left, "", parts) == body_digest(value, SALT, None)


def test_what_is_left_can_be_neither_guessed_nor_changed() -> None:
    taken = "/payload/answers/证件~1号"
    left, parts = take_out(BODY, SALT, None, [taken], "gone")
    assert left["payload"]["answers"]["证件/号"] == ""
    assert left["payload"]["answers"]["金额"] == 800
    assert set(parts["gone"]) == {taken}
    told = json.dumps(parts)
    assert SALT not in told
    assert hmac.new(bytes.fromhex(SALT), b"payload", hashlib.sha256).hexdigest()[:32] not in told, (
        "it would give the salt"
    )
    left["payload"]["answers"]["金额"] = 900
    assert body_digest(left, "", parts) != body_digest(BODY, SALT, None)


def test_nothing_may_stand_where_a_value_was_taken_out() -> None:
    left, parts = take_out(BODY, SALT, None, ["/payload/answers/姓名"], "gone")
    left["payload"]["answers"]["姓名"] = "王建国"
    with pytest.raises(Unsalted):
        body_digest(left, "", parts)
