"""Start the hall: settings in, composition, serve."""

from __future__ import annotations

import sys

from banshi.ui.settings import Settings


def main() -> int:
    """Read the settings from the environment and the command line, and serve until stopped."""
    settings = Settings(_cli_parse_args=True)
    from banshi.ui.server import serve  # the libraries take seconds; `--help` and a wrong option do not wait for them

    return serve(settings)


if __name__ == "__main__":
    sys.exit(main())
