"""`aadsim doctor`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from simulator.cli.options import directory_options, output_options, source_request
from simulator.cli.output import FINDINGS, deliver
from simulator.doctor import Diagnosis, Level, diagnose_all
from simulator.enrolment import code_lines, enrolment_codes
from simulator.errors import UsageError
from simulator.reports.json_parts import SCHEMA_VERSION, dump


@click.command()
@click.argument("objects", metavar="[O]...", nargs=-1)
@click.option("--tenant", metavar="GUID", help="The tenant that devices should register with.")
@click.option("--code", type=int, metavar="N", help="Explain an enrolment status code instead.")
@directory_options
@output_options
def doctor(
    objects: tuple[str, ...], tenant: str | None, code: int | None, format_: str,
    output: Path | None, **values: Any,
) -> int:  # fmt: skip
    """The directory's side of device registration, and what is wrong with it.

    \b
    aadsim doctor ldaps://dc1.contoso.com --user reader@contoso.com --tenant GUID
    aadsim doctor --code 37

    Looks at the service connection point, the partitions, and what the account may read of
    computers. Several URLs, one for each domain or forest, are examined with one account. Reads
    only.
    """
    if code is not None:
        if objects:
            raise UsageError("--code explains a code and asks no server", "give one of the two")
        deliver([dump(_code_form(code))] if format_ == "json" else code_lines(code), output)
        return 0
    if not objects:
        raise UsageError("no server to examine", "give an LDAP URL, or --code N")
    found = diagnose_all(objects, source_request(values, frozenset()), tenant)
    deliver([dump(_form(found))] if format_ == "json" else _lines(found), output)
    return FINDINGS if any(one.problems for one in found) else 0


def _lines(all_found: Sequence[Diagnosis]) -> Iterator[str]:
    for number, found in enumerate(all_found):
        if number:
            yield ""
        yield from _one(found)


def _one(found: Diagnosis) -> Iterator[str]:
    count = found.problems
    yield f"{found.source}: {count} problem{'' if count == 1 else 's'}, read as {found.account}"
    for finding in sorted(found.findings, key=lambda f: list(Level).index(f.level), reverse=True):
        codes = f" (enrolment code {', '.join(map(str, finding.codes))})" if finding.codes else ""
        yield f"{finding.level:<8} {finding.text}{codes}"
        if finding.help:
            yield f"         = help: {finding.help}"


def _form(all_found: Sequence[Diagnosis]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "doctor",
        "problems": sum(found.problems for found in all_found),
        "directories": [
            {
                "source": found.source,
                "account": found.account,
                "problems": found.problems,
                "findings": [
                    {"level": str(f.level), "text": f.text, "codes": list(f.codes), "help": f.help}
                    for f in found.findings
                ],
            }
            for found in all_found
        ],
    }


def _code_form(code: int) -> dict[str, Any]:
    known = enrolment_codes().get(code)
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "doctor",
        "code": code,
        "printings": {"2022": known.first or None, "2023": known.later or None} if known else {},
        "help": known.look if known else "",
    }
