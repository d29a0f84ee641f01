"""Serve a hall for the browser tests: `python tests/ui/stage.py PORT [FOLDER]`.

Without a folder it is the fake hall, which shows every state at once; with one, a real hall on that folder.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

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
    from halls import open_test_hall

    server.open_hall = lambda **_: open_test_hall(folder)
    return server.serve(Settings(port=port, data=folder, definitions=folder / "definitions"))


if __name__ == "__main__":
    sys.exit(main())
