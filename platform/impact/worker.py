"""The child process that compares cases: `python -m banshi.platform.impact.worker`.

Over its pipes come pickles of ours with their lengths before them: first the `Setup`, then lists of cases; a list of
comparisons answers each. It is kind to the hall beside it, and ends when its input does.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from typing import IO, Any

_LENGTH = 8


def send(pipe: IO[bytes], value: object) -> None:
    """Write one value."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_LENGTH, "big"))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one value; EOFError where the other side has ended."""
    head = pipe.read(_LENGTH)
    length = int.from_bytes(head, "big")
    data = pipe.read(length) if len(head) == _LENGTH else b""
    if len(head) < _LENGTH or len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  (from our own process, which we started)


def _received(pipe: IO[bytes]) -> Iterator[Any]:
    while True:
        try:
            value = receive(pipe)
        except EOFError:
            return
        yield value


def main() -> None:
    """Answer until nothing comes any more."""
    from banshi.platform.impact.comparing import Comparison

    if hasattr(os, "nice"):
        os.nice(10)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    comparison = Comparison(receive(asked))
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    for cases in _received(asked):
        send(answers, [comparison.of(case) for case in cases])


if __name__ == "__main__":
    main()
