"""Files replaced as a whole: a reader sees the old content or the new, never a part of it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

__all__ = ["replace_file"]


def replace_file(path: str, content: bytes) -> None:
    """Give the file this content at once, or leave it as it is and raise OSError.

    A link stays a link, a file keeps its mode, and one that may not be written is left alone. What is no regular
    file, such as a pipe, is written to.
    """
    target = os.path.realpath(path)
    mode = None
    with suppress(FileNotFoundError):
        mode = os.stat(target).st_mode
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as stream:
            stream.write(content)
        return
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(None, "Permission denied")
    directory, name = os.path.split(target)
    beside = os.path.join(directory, f".{name}.{os.getpid()}")
    stream = open(beside, "xb")  # noqa: SIM115
    try:
        with stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
