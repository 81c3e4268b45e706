"""Files that are there whole or not at all: written beside, put in place at the end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import UsageError


@contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """A file beside *output* that takes its place in the end, and is gone if anything fails.

    Raises `UsageError` where it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror}",
            "name a file in a folder of yours",
        ) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(output)
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror or error}",
            "look at the space and the rights there; nothing was written",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
