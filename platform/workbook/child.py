"""The child process that reads one workbook from standard input: `python -m banshi.platform.workbook.child`.

It bounds its own memory and time before it looks at a byte, and answers with JSON on standard output.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Arguments: seconds of processor time, megabytes of memory, the file's name. Input: the file. Output: JSON."""
    seconds, megabytes, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    _limit(seconds, megabytes)
    from banshi.platform.workbook.reader import read_workbook
    from banshi.platform.workbook.transport import pack

    sys.stdout.buffer.write(pack(*read_workbook(sys.stdin.buffer.read(), file)))


def _limit(seconds: int, megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the parent's time limit is what remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
