"""Sources of objects: a file or a directory server, as one `ObjectSet`.

`load_objects` takes what `--objects` takes. A source is one module here that declares a reader
(`source.reader`); files are recognised by their content, servers by the scheme of their URL.
"""

from simulator.sources.source import SourceRequest, load_objects

__all__ = ["SourceRequest", "load_objects"]
