"""Serve the fake hall: `python tests/ui/stage.py PORT`. For looking at the screens, and for the browser tests."""

from __future__ import annotations

import asyncio
import importlib
import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def without_a_hall() -> None:
    """Let the screens import while the real hall does not."""
    try:
        importlib.import_module("banshi.platform.opening")
    except Exception:
        hall, opening = types.ModuleType("banshi.platform.hall"), types.ModuleType("banshi.platform.opening")
        hall.Hall = object
        opening.open_hall = opening.watch = None
        sys.modules["banshi.platform.hall"], sys.modules["banshi.platform.opening"] = hall, opening


def main() -> None:
    without_a_hall()
    from fake_hall import FakeHall

    from banshi.ui import server
    from banshi.ui.settings import Settings

    async def watch(_: object) -> None:
        await asyncio.Event().wait()

    server.watch = watch
    server.open_hall = lambda **_: FakeHall()
    sys.exit(server.serve(Settings(port=int(sys.argv[1]), data=Path("/tmp/banshi-stage"))))


if __name__ == "__main__":
    main()
