"""The tokens of gates as an administrator set them: which let a gate in, and what is wrong with the others."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping

from pydantic import SecretStr

from banshi.platform.cases.gates import Gate

SHORTEST = 16
"""Characters that a token has at least."""


def gate_of(token: str, gates: Mapping[str, SecretStr]) -> Gate | None:
    """The gate whose token this is; None for none. Every token is looked at, so that the time tells nothing."""
    found = [name for name, secret in gates.items() if hmac.compare_digest(_bytes(secret), token.encode())]
    return Gate(found[0]) if len(found) == 1 and not _wrong(found[0], gates) else None


def unused(gates: Mapping[str, SecretStr]) -> list[tuple[str, str, str]]:
    """The gates that are not let in: name, and why in Chinese and in English. No token is told."""
    return [(name, *why) for name in gates if (why := _wrong(name, gates))]


def told(gates: Mapping[str, SecretStr]) -> list[str]:
    """The same as lines for an administrator, Chinese and English in turn."""
    return [
        line
        for name, zh, en in unused(gates)
        for line in (
            f"闸机“{name}”不能使用：{zh}。请改设置 BANSHI_GATES。",
            f"The gate “{name}” is not let in: {en}. Mend the setting BANSHI_GATES.",
        )
    ]


def _wrong(name: str, gates: Mapping[str, SecretStr]) -> tuple[str, str] | None:
    token = _bytes(gates[name])
    if not name.partition("/")[0].strip():
        return "名称里没有地点", "its name has no place"
    if len(gates[name].get_secret_value()) < SHORTEST:
        return f"口令不到 {SHORTEST} 个字符", f"its token has fewer than {SHORTEST} characters"
    if Counter(map(_bytes, gates.values()))[token] > 1:
        same = [other for other in gates if other != name and _bytes(gates[other]) == token]
        return f"口令与“{'”“'.join(same)}”的相同", f"it has the token of “{'”, “'.join(same)}” too"
    return None


def _bytes(secret: SecretStr) -> bytes:
    return secret.get_secret_value().encode()
