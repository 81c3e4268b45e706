"""Sources of objects: a file or a directory server, as one `ObjectSet`.

`load_objects` takes what `--objects` takes. A source is one module here that declares a reader
(`source.reader`); files are recognised by their content, servers by the scheme of their URL.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.sources.source import SourceRequest, load_objects

__all__ = ["SourceRequest", "load_objects"]


def __getattr__(name: str) -> Any:
    """Imports a public name when it is used: options need only the ways to sign in."""
    if name not in __all__:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from simulator.sources import source

    return getattr(source, name)
