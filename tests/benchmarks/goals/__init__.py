"""The goals, by what they are about; each is declared where it is measured."""

from tests.benchmarks.goals import (  # noqa: F401  # importing declares
    certificate,
    counts,
    expression,
    lines,
    pull,
    run,
    start,
)
