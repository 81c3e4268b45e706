"""What is said of the verdicts of each object, as a column: found once for each combination."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulator.results.results import Columns, Results
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow


def combined(
    results: Results, sides: Sequence[Columns] | None = None
) -> tuple["pyarrow.Array", list[list[Verdict]]]:
    """For each object the number of its combination of verdicts, and the combinations.

    A combination has a verdict for each of *sides*, which are those of *results* unless given.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    base = max(1, len(results.verdicts))
    taken = results.sides if sides is None else sides
    numbers = taken[0].verdicts.combine_chunks().cast(pa.int64())
    for side in taken[1:]:
        numbers = pc.add(pc.multiply(numbers, base), side.verdicts.combine_chunks())
    codes = numbers.dictionary_encode()
    combinations = []
    for number in codes.dictionary.to_pylist():
        verdicts: list[Verdict] = []
        for _ in taken:
            number, last = divmod(number, base)
            verdicts.insert(0, results.verdicts[last])
        combinations.append(verdicts)
    return codes.indices, combinations


def said(
    results: Results,
    say: Callable[[Sequence[Verdict]], str],
    sides: Sequence[Columns] | None = None,
) -> "pyarrow.DictionaryArray":
    """What *say* gives for the verdicts of each object, one for each side as of `combined`."""
    import pyarrow as pa

    numbers, combinations = combined(results, sides)
    texts = [str(say(verdicts)) for verdicts in combinations]
    place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    index = pa.array([place[text] for text in texts], pa.int32())
    return pa.DictionaryArray.from_arrays(index.take(numbers), pa.array(list(place), pa.string()))


def of_last(say: Callable[[Verdict], str]) -> Callable[[Sequence[Verdict]], str]:
    """What *say* gives for the last of several verdicts."""
    return lambda verdicts: say(verdicts[-1])
