"""Files are read object by object: what is held follows the largest object, not the file."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.sources import load_objects
from simulator.sources.json_stream import JsonError, JsonText
from simulator.sources.source import open_objects
from simulator.sources.textfile import LARGEST
from simulator.values import Reference
from tests import object_formats as formats

FEW, MANY = 200, 600
BYTES_FOR_EACH = 150  # an object that is held takes some thousands


def json_lines(records: formats.Fleet) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


WRITERS: dict[str, Callable[..., str]] = {
    **formats.WRITERS,
    "computers.jsonl": json_lines,
}


def repeated(writer: Callable[..., str], times: int) -> str:
    """What *writer* prints of one computer *times* over, without so many calls of it."""
    record = next(r for r in formats.sample() if r["attributes"]["cn"] == "XP-VALID")
    one, two = writer([record]), writer([record, record])
    at = next(i for i, (a, b) in enumerate(zip(one + "\0", two, strict=False)) if a != b)
    return one[:at] + two[at : at + len(two) - len(one)] * (times - 1) + one[at:]


def peak(path: Path, times: int) -> int:
    """The most that is held at a time while *path* is read and its objects are dropped."""
    gc.collect()
    tracemalloc.start()
    try:
        assert sum(1 for _ in open_objects(str(path)).objects) == times
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def growth(content: Callable[[int], str], tmp_path: Path, file: str = "") -> float:
    """How much more is held for each object more."""

    def held(times: int) -> int:
        path = tmp_path / str(times)
        formats.write(path, content(times), file)
        return peak(path, times)

    held(2)  # what the first reading imports and keeps
    return (held(MANY) - held(FEW)) / (MANY - FEW)


@pytest.mark.parametrize("file", WRITERS)
def test_what_is_held_does_not_grow_with_the_file(tmp_path: Path, file: str) -> None:
    assert growth(lambda times: repeated(WRITERS[file], times), tmp_path, file) < BYTES_FOR_EACH


def test_a_list_within_one_object_of_clixml_is_not_held(tmp_path: Path) -> None:
    """Export-Clixml -InputObject writes one object that is the list of all."""

    def listed(times: int) -> str:
        head, _, rest = repeated(formats.clixml, times).partition("\n")
        inner = rest.removesuffix("</Objs>\n")
        return f'{head}\n<Obj RefId="L"><LST>{inner}</LST></Obj></Objs>\n'

    assert growth(listed, tmp_path) < BYTES_FOR_EACH


TWICE = [f for f in WRITERS if f not in ("csvde.csv", "get-adcomputer.csv", "csexport.xml",
                                         "get-adcomputer-base64.csv", "ldapsearch.ldif", "ldifde.ldf",
                                         "ldifde-unicode.ldf", "computers.jsonl")]  # fmt: skip


@pytest.mark.parametrize("file", TWICE)
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, file: str) -> None:
    """These are gone through twice; what was found the first time must hold the second."""
    path = tmp_path / "objects"
    formats.write(path, repeated(WRITERS[file], MANY), file)
    objects = open_objects(str(path)).objects
    next(objects)
    wide = "Professional".encode("utf-16-le")
    content = path.read_bytes()
    at = max(content.rfind(b"Professional"), content.rfind(wide))
    with path.open("r+b") as stream:
        stream.seek(at)
        stream.write(b"p")
    with pytest.raises(InputError, match="was changed while it was read") as caught:
        list(objects)
    assert caught.value.message.startswith(str(path)) and caught.value.help


def clixml(*objects: str) -> str:
    return f"<Objs>{''.join(objects)}</Objs>"


def computer(number: int, *properties: str) -> str:
    return (
        f'<Obj RefId="{number}"><Props><S N="DistinguishedName">CN=PC{number},DC=b</S>'
        f'<S N="ObjectClass">computer</S><G N="ObjectGUID">{number:032x}</G>'
        f"{''.join(properties)}</Props></Obj>"
    )


LIST = '<Obj N="memberOf" RefId="70"><LST><S>CN=G,DC=b</S><S>CN=H,DC=b</S></LST></Obj>'
AGAIN = '<Ref N="memberOf" RefId="70" />'


@pytest.mark.parametrize(
    "content",
    [
        clixml(computer(1, LIST), computer(2), computer(3, AGAIN)),
        clixml(computer(1, LIST), computer(2, AGAIN), computer(3, AGAIN)),
        clixml(f"<Obj><LST>{computer(1, LIST)}{computer(2)}{computer(3, AGAIN)}</LST></Obj>"),
        clixml(computer(1, LIST.replace("G", "X")), computer(2, LIST), computer(3, AGAIN)),
    ],
    ids=["two before", "several", "within a list", "a number that begins anew"],
)
def test_a_reference_of_clixml_to_an_object_before(tmp_path: Path, content: str) -> None:
    path = tmp_path / "objects"
    formats.write(path, content)
    last = load_objects(str(path)).objects[2].attributes["memberOf"]
    assert last == (Reference("CN=G,DC=b"), Reference("CN=H,DC=b"))


def test_an_object_of_clixml_twice_by_reference(tmp_path: Path) -> None:
    path = tmp_path / "objects"
    formats.write(path, clixml(computer(1), computer(2), '<Ref RefId="1" />'))
    with pytest.raises(InputError, match="object 3: CN=PC1,DC=b has the objectGUID of"):
        load_objects(str(path))
    formats.write(path, clixml(computer(1), '<Ref RefId="7" />'))
    with pytest.raises(InputError, match="object 2: an object without DistinguishedName"):
        load_objects(str(path))


# JSON value by value, in pieces of any size

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def in_pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def elements(text: str, size: int) -> list[object] | str:
    """The elements of the list *text*, or the line and the words of the error."""
    read = JsonText(in_pieces(text, size), "f")
    try:
        found = list(read.elements())
        if read.peek():
            read.fail("Extra data")
    except JsonError as error:
        return f"{error.line}: {error.problem}"
    return found


@given(st.lists(VALUES, max_size=5), st.integers(1, 40), st.booleans())
def test_pieces_make_no_difference(values: list[object], size: int, ascii: bool) -> None:
    text = json.dumps(values, indent=1, ensure_ascii=ascii)
    assert elements(text, size) == values


@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(1, 40), st.data())
def test_a_fault_is_found_on_the_line_where_it_is(
    values: list[object], size: int, data: st.DataObject
) -> None:
    """Wherever the text is cut or spoilt, the error is that of the whole text."""
    text = json.dumps(values, indent=1)
    at = data.draw(st.integers(1, len(text) - 1))
    spoilt = text[:at] + data.draw(st.sampled_from(["", "}", "\x00", "nul", '"', ":", "\\u12"]))
    try:
        json.loads(spoilt)
    except json.JSONDecodeError as error:
        found = elements(spoilt, size)
        assert isinstance(found, str)
        assert found.partition(":")[0] == str(error.lineno)
    else:
        assert elements(spoilt, size) == json.loads(spoilt)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1,\n NaN]", "2: is not JSON: NaN is not a number of JSON"),
        ('[\n{"a": "\\uD800"}]', "2: half a surrogate pair is no character"),
        ("[\n" + "[" * 200_000, "2: is nested too deeply"),
        ("[" + "1" * 5000 + "]", "1: is not JSON: a number has thousands of digits"),
        ("[1 2]", "1: is not JSON: Expecting ',' delimiter"),
        ('["a\nb"]', "1: is not JSON: Invalid control character"),
    ],
)
def test_what_is_no_json(text: str, problem: str) -> None:
    for size in (1000, 1 << 20):
        found = elements(text, size)
        assert isinstance(found, str) and found.startswith(problem)


def test_a_value_without_an_end_is_not_read_for_ever() -> None:
    piece = "x" * (1 << 20)
    taken: list[int] = []

    def pieces() -> Iterator[str]:
        yield '["'
        for number in range(1 << 12):
            taken.append(number)
            yield piece

    with pytest.raises(InputError, match="f:1: a value of more than 64 MB"):
        list(JsonText(pieces(), "f").elements())
    assert len(taken) << 20 <= 2 * LARGEST + (1 << 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_without_an_end(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "objects"
    begun = "dn: CN=a,DC=b\ncn: "
    with path.open("w", encoding=encoding) as stream:
        stream.write(begun)
        for _ in range(70):
            stream.write("x" * (1 << 20))
    with pytest.raises(InputError, match=":2: a line of more than 64 MB"):
        load_objects(str(path))
