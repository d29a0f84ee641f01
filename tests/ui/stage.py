"""Serve a hall for the browser tests: `python tests/ui/stage.py PORT [FOLDER [SECONDS]]`.

Without a folder it is the fake hall, which shows every state at once; with one, a real hall on that folder, which takes
so many seconds before and after it keeps a draft. In the environment STAGE_PERIOD is after how many seconds the code of a personal pass changes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def main() -> int:
    from banshi.ui import server
    from banshi.ui.settings import Settings

    port, folder = int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder is None:
        from fake_hall import FakeHall

        async def watch(_: object) -> None:
            await asyncio.Event().wait()

        server.watch = watch
        server.open_hall = lambda **_: FakeHall()
        return server.serve(Settings(port=port, data=Path("nowhere")))
    from halls import definitions_in, open_test_hall

    from banshi.platform.cases import personal_passes
    from banshi.platform.documents import codes

    def slowly(keep: Callable[..., Any]) -> Callable[..., Any]:
        def kept(*answers: Any, **more: Any) -> Any:
            time.sleep(float(sys.argv[3]))
            at = keep(*answers, **more)
            time.sleep(float(sys.argv[3]))
            return at

        return kept

    def opened(**_: Any) -> Any:
        hall = open_test_hall(folder)
        if len(sys.argv) > 3:
            hall.save_draft = slowly(hall.save_draft)
        return hall

    if period := os.environ.get("STAGE_PERIOD"):
        codes.PERIOD = personal_passes.PERIOD = int(period)
    server.open_hall = opened
    return server.serve(Settings(port=port, data=folder, definitions=definitions_in(folder)))


if __name__ == "__main__":
    sys.exit(main())
