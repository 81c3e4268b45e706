"""One object is equal from whatever source it comes; the generated computers are the sample."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

from simulator.sources import load_objects


def test_json_lines_and_ldif_give_equal_objects(
    generated: Callable[[int], Path], tmp_path: Path
) -> None:
    lines = generated(250)
    ldif = tmp_path / "computers.ldif"
    with ldif.open("w", encoding="utf-8") as out:
        for line in lines.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            out.write(attribute("dn", record["dn"]))
            for name, values in record["attributes"].items():
                out.writelines(attribute(name, value) for value in values)
            out.write("\n")
    one, other = load_objects(str(lines)), load_objects(str(ldif))
    assert len(one.objects) == 250
    for left, right in zip(one.objects, other.objects, strict=True):
        assert (left.dn, left.type, left.classes) == (right.dn, right.type, right.classes)
        assert left.attributes == right.attributes


def attribute(name: str, value: str | dict[str, str]) -> str:
    binary = isinstance(value, dict)
    text = (
        value["base64"] if isinstance(value, dict) else base64.b64encode(value.encode()).decode()
    )
    if not binary and value.isascii():  # type: ignore[union-attr]
        return f"{name}: {value}\n"
    return f"{name}:: " + "\n ".join(text[i : i + 60] for i in range(0, len(text), 60)) + "\n"
