"""Files that are there whole or not at all: written beside, put in place at the end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import UsageError


@contextmanager
def replacing(output: Path, option: str = "--output") -> Iterator[Path]:
    """A file beside *output* that takes its place in the end, and is gone if anything fails.

    A link stays one: what it points to is replaced. Raises `UsageError` where it cannot be
    written, or is something else than a file, which would be gone for a file; the message names
    the *option* that gave it.
    """
    target = Path(os.path.realpath(output))
    try:
        if target.exists() and not target.is_file():
            kind = "a folder" if target.is_dir() else "no regular file"
            raise UsageError(f"{option} {output}: is {kind}", "name a file in a folder of yours")
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UsageError(
            f"{option} {output}: cannot be written: {error.strerror}",
            "name a file in a folder of yours",
        ) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise UsageError(
            f"{option} {output}: cannot be written: {error.strerror or error}",
            "look at the space and the rights there; nothing was written",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
