"""The files at a location: one file, those below a folder, or the members of a zip archive."""

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from simulator.errors import InputError
from simulator.rulefiles.shipped import Place
from simulator.rulefiles.textfile import MAXIMUM_SIZE, read_bytes

MAXIMUM_FILES = 5_000
MAXIMUM_UNPACKED = 4 * MAXIMUM_SIZE

# The name of a file below the location, and what gives its content, told the name to show.
Found: TypeAlias = tuple[str, Callable[[str], bytes]]


def is_archive(path: Path) -> bool:
    """Whether the file *path* begins as a zip archive does."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


def files(place: Place) -> Iterator[Found]:
    """Every file at *place* with its name below it, sorted."""
    if place.path.is_dir():
        yield from _below(place)
    elif is_archive(place.path):
        yield from _members(place)
    else:
        yield place.path.name, partial(read_bytes, place.path)


def _below(place: Place) -> Iterator[Found]:
    paths: list[Path] = []
    for folder, _, names in os.walk(place.path, onerror=_refuse_folder):
        paths += [Path(folder, name) for name in names if Path(folder, name).is_file()]
        if len(paths) > MAXIMUM_FILES:
            raise InputError(
                f"{place.name}: there are more than {MAXIMUM_FILES} files below this folder",
                "give the folder of the rules alone",
            )
    for name, path in sorted((path.relative_to(place.path).as_posix(), path) for path in paths):
        yield name, partial(read_bytes, path)


def _refuse_folder(error: OSError) -> None:
    raise InputError(
        f"{error.filename}: cannot be read: {error.strerror}",
        "check the right to read the folder and everything below it",
    )


# What `zipfile` raises for archives that are cut off, changed, or made in a way it does not know.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OSError,
)  # fmt: skip
_PACK_AGAIN = "pack the folder of the export again, or give the folder itself"


def _members(place: Place) -> Iterator[Found]:
    """The members of an archive, read in memory; nothing is ever written."""
    try:
        with zipfile.ZipFile(place.path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
    except _DAMAGE as error:
        raise InputError(f"{place.name}: the archive is damaged: {error}", _PACK_AGAIN) from None
    size = sum(each.file_size for each in members)
    if len(members) > MAXIMUM_FILES or size > MAXIMUM_UNPACKED:
        raise InputError(
            f"{place.name}: the archive holds {len(members)} files of {size} bytes, too many",
            "pack the folder of the rules alone",
        )
    names = [each.filename.replace("\\", "/") for each in members]
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or name in (".", ""):
            message = f"{place.name}: the member `{name}` points out of the archive"
            raise InputError(message, "such an archive is not to be trusted")
    for name in sorted(set(names)):
        if names.count(name) > 1:
            raise InputError(f"{place.name}: two members are called `{name}`", _PACK_AGAIN)
    for name, member in sorted(zip(names, members, strict=True), key=lambda each: each[0]):
        yield name, partial(_member, place, member)


def _member(place: Place, member: zipfile.ZipInfo, name: str) -> bytes:
    """The content of *member*, which may unpack to no more than it says, nor than any file may."""
    limit = min(member.file_size, MAXIMUM_SIZE)
    try:
        with zipfile.ZipFile(place.path) as archive, archive.open(member) as stream:
            content = stream.read(limit + 1)
    except _DAMAGE as error:
        raise InputError(f"{name}: cannot be unpacked: {error}", _PACK_AGAIN) from None
    if len(content) > limit:
        raise InputError(f"{name}: is larger than it may be", "give the folder of the rules alone")
    return content
