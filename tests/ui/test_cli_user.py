"""`banshi user list`, `token` and `sign-out`, on the data folder of a hall."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from halls import open_test_hall

from banshi.rules.values import CAMPUS_ZONE
from banshi.ui import cli


@pytest.fixture
def banshi(capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch):
    monkeypatch.delenv("BANSHI_DATABASE", raising=False)
    open_test_hall(tmp_path).close()

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(["user", *map(str, arguments), "--data", str(tmp_path), "--lang", "en"])
        return (code, *capsys.readouterr())

    return run


def person_of(tmp_path, token: str, *, later: timedelta = timedelta()) -> Any:
    with closing(open_test_hall(tmp_path, clock=lambda: datetime.now(CAMPUS_ZONE) + later)) as hall:
        return hall.person_of(token)


def test_a_token_is_the_person_until_it_ends(banshi, tmp_path):
    code, told, hint = banshi("token", "20003", "--days", 90)
    assert (code, "90 days" in hint) == (0, True)
    token = told.strip()
    assert person_of(tmp_path, token).name == "李敏"
    assert person_of(tmp_path, token, later=timedelta(days=89)).name == "李敏"
    assert person_of(tmp_path, token, later=timedelta(days=91)) is None
    assert token not in (tmp_path / "banshi.sqlite").read_bytes().decode("latin-1"), "only its hash is kept"


def test_signed_out_is_signed_out_everywhere(banshi, tmp_path):
    mine = [json.loads(banshi("token", "20003", "--json")[1])["token"] for _ in range(2)]
    other = banshi("token", "20002")[1].strip()
    assert json.loads(banshi("sign-out", "20003", "--json")[1]) == {"person": "20003", "ended": 2}
    assert [person_of(tmp_path, token) for token in mine] == [None, None]
    assert person_of(tmp_path, other).name == "王建国"


def test_people_are_listed_with_their_roles_and_sign_ins(banshi):
    banshi("token", "20003", "--days", 2)
    found = json.loads(banshi("list", "--query", "财务处", "--json")[1])
    assert [(one["id"], one["name"], one["roles"]) for one in found] == [("20003", "李敏", ["财务处.审核岗"])]
    until = datetime.fromisoformat(found[0]["signed_in_until"]) - datetime.now(CAMPUS_ZONE)
    assert timedelta(days=1, hours=23) < until <= timedelta(days=2)
    table = banshi("list")[1]
    assert "王建国" in table
    assert "administrator" in table


def test_nobody_of_that_number(banshi):
    code, told, wrong = banshi("token", "99999")
    assert (code, told) == (2, "")
    assert "99999" in wrong
