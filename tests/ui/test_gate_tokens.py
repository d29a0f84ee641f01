"""Tokens of gates.

T1 two gates with one token, a token that is too short and a name without a place let nobody in, and are told by name
T2 they are told at start, and by the health page; no token is ever told
"""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from banshi.platform.cases.gates import Gate
from banshi.ui import server
from banshi.ui.gate_tokens import gate_of, told, unused
from banshi.ui.settings import Settings

GATES = {
    "海棠1栋/东门": SecretStr("token-of-the-east-gate"),
    "海棠1栋/西门": SecretStr("one-token-for-two-gates"),
    "银杏2栋": SecretStr("one-token-for-two-gates"),
    "滨江B101": SecretStr("fifteen-signs-0"),
    "/后门": SecretStr("token-of-a-gate-nowhere"),
}


def test_t1_only_good_tokens_let_a_gate_in() -> None:
    assert gate_of("token-of-the-east-gate", GATES) == Gate("海棠1栋/东门")
    for token in ("one-token-for-two-gates", "fifteen-signs-0", "token-of-a-gate-nowhere", "", "token-of-the-east-gat"):
        assert gate_of(token, GATES) is None
    assert [(name, zh) for name, zh, _ in unused(GATES)] == [
        ("海棠1栋/西门", "口令与“银杏2栋”的相同"),
        ("银杏2栋", "口令与“海棠1栋/西门”的相同"),
        ("滨江B101", "口令不到 16 个字符"),
        ("/后门", "名称里没有地点"),
    ]
    assert unused({"海棠1栋": SecretStr("sixteen-signs-00")}) == []


def test_t2_they_are_told_at_start(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stop(Exception):
        pass

    def compose(*_: object) -> None:
        raise Stop

    monkeypatch.setattr(server, "compose", compose)
    (tmp_path / "definitions").mkdir()
    settings = Settings(data=tmp_path / "data", definitions=tmp_path / "definitions", port=0, gates=GATES)
    with pytest.raises(Stop):
        server.serve(settings)
    said = capsys.readouterr().err
    assert said.splitlines() == told(GATES)
    assert "The gate “滨江B101” is not let in: its token has fewer than 16 characters." in said
    assert not any(secret.get_secret_value() in said for secret in GATES.values())
