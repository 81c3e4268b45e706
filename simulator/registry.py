"""Things that declare themselves: a name, and the declared thing behind it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Declared things by name, complete once the modules that declare them are imported."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._things: dict[str, T] = {}
        self._makers: dict[str, Callable[[], T]] = {}
        self._homes: dict[str, str] = {}
        self._discovered = False

    def add(self, name: str, thing: T, home: str = "") -> None:
        """Declares *thing* under *name*, in the module *home*; a name is declared once."""
        self.add_later(name, lambda: thing)
        self._homes[name] = home

    def add_later(self, name: str, make: Callable[[], T]) -> None:
        """Declares under *name* what *make* gives, once it is asked for."""
        if name in self._makers:
            raise ValueError(f"{name} is declared twice in {self._package}")
        self._makers[name] = make

    def of(self, module: str) -> Iterator[T]:
        """What *module* of the package declares; the others are not imported for it."""
        home = f"{self._package}.{module}"
        importlib.import_module(home)
        return (self._made(name) for name in sorted(self._homes) if self._homes[name] == home)

    def _discover(self) -> None:
        if not self._discovered:
            self._discovered = True
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")

    def __getitem__(self, name: str) -> T:
        self._discover()
        return self._made(name)

    def _made(self, name: str) -> T:
        if name not in self._things:
            self._things[name] = self._makers[name]()
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._makers, key=str.lower))

    def __len__(self) -> int:
        self._discover()
        return len(self._makers)
