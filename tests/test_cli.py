"""The command line as its users meet it: answers, mistakes, exit statuses, formats."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from simulator.cli import COMMANDS, cli
from simulator.cli.output import deliver
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
CONNECTOR = str(ROOT / "fixtures" / "connector.toml")
PUBLISHED = ("--before", "standard-1.4", "--after", "standard-1.4", "--after", "server-2012-r2")


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.delenv("AADSIM_PASSWORD", raising=False)
    return Command(monkeypatch, capsys)


# -- what is asked, and the answer -------------------------------------------------------------


def test_preview_says_first_how_many_enter_and_leave(aadsim: Command) -> None:
    ran = aadsim("preview", *PUBLISHED, "--objects", FLEET, "--connector", CONNECTOR)
    assert ran.status == 0
    assert ran.out.splitlines()[0].startswith("Of 349 objects, ")
    assert "SRV2012R2-VALID" in ran.out
    assert "certificate-valid" in ran.out


def test_preview_tells_each_object_in_json_as_in_text(aadsim: Command) -> None:
    ran = aadsim("preview", *PUBLISHED, "--objects", FLEET, "--connector", CONNECTOR,
                 "--format", "json")  # fmt: skip
    document = json.loads(ran.out)
    assert document["schema_version"] == 1
    assert sum(document["counts"].values()) == len(document["results"]) == 349
    entering = {r["name"] for r in document["results"] if r["change"] == "ENTERS"}
    text = aadsim("preview", *PUBLISHED, "--objects", FLEET, "--connector", CONNECTOR,
                  "--limit", "0").out  # fmt: skip
    listed = text.split("ENTERS:")[1].split("\n\n")[0]
    rows = listed.splitlines()[2:]
    assert len(rows) == len(entering)
    assert all(any(row.startswith(f"  {name} ") for row in rows) for name in entering)
    keys = [(r["dn"].casefold(), r["object_guid"]) for r in document["results"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("limit, status", [("0", 1), ("500", 0), ("0%", 1), ("100%", 0)])
def test_more_removals_than_allowed_are_a_finding(
    aadsim: Command, limit: str, status: int
) -> None:
    ran = aadsim("preview", "--before", "standard-2016", "--after", "standard-1.4",
                 "--objects", FLEET, "--max-removed", limit)  # fmt: skip
    assert ran.status == status
    assert ("GATE:" in ran.out) == (status == 1)


def test_audit_counts_every_object(aadsim: Command) -> None:
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", "json")
    document = json.loads(ran.out)
    assert ran.status == 0
    assert sum(document["counts"].values()) == len(document["results"]) == 349
    assert document["objects"]["read"] == 349
    assert {"object_guid", "dn", "name", "type", "operating_system", "operating_system_version",
            "outcome", "reason", "assumptions", "certificates"} <= set(document["results"][0])  # fmt: skip


def test_equal_input_gives_equal_bytes(aadsim: Command) -> None:
    arguments = ("audit", "--rules", "standard-1.4", "--objects", FLEET, "--format", "json")
    assert aadsim(*arguments).out == aadsim(*arguments).out


def test_where_keeps_the_objects_for_which_it_is_true(aadsim: Command) -> None:
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", "json",
                 "--where", 'Left([operatingSystemVersion], 3) = "6.3"')  # fmt: skip
    versions = {r["operating_system_version"] for r in json.loads(ran.out)["results"]}
    assert versions and all(v.startswith("6.3") for v in versions)


def test_where_takes_an_attribute_of_an_extended_schema(aadsim: Command, tmp_path: Path) -> None:
    objects = tmp_path / "objects.jsonl"
    form = {
        "objectClass": ["top", "computer"],
        "objectGUID": {"guid": "11111111-2222-4333-8444-555555555555"},
        "cn": "A",
    }
    for badge in ({"contosoBadge": "7"}, {}):
        objects.write_text(json.dumps({"dn": "CN=A,DC=x", "attributes": form | badge}))
        ran = aadsim("audit", "--rules", "standard-2016", "--objects", str(objects), "--as-of",
                     "2026-01-01T00:00:00Z", "--where", '[contosoBadge]="7"')  # fmt: skip
        assert ran.status == (0 if badge else 2), ran.err


def test_strict_turns_an_uncertain_object_into_exit_status_3(aadsim: Command) -> None:
    arguments = ("audit", "--rules", "standard-1.4", "--objects", FLEET)
    assert aadsim(*arguments).status == 0
    assert aadsim(*arguments, "--strict").status == 3


def test_another_reading_can_be_taken(aadsim: Command) -> None:
    arguments = ("audit", "--rules", "standard-1.4", "--objects", FLEET, "--format", "json")
    decided = json.loads(aadsim(*arguments).out)["counts"]
    other = json.loads(aadsim(*arguments, "--assume", "A-08=error").out)["counts"]
    settled = json.loads(aadsim(*arguments, "--assume", "A-08=decided").out)["counts"]
    assert decided["UNCERTAIN"] and "ERROR" not in decided
    assert other["ERROR"] == decided["UNCERTAIN"]
    assert "UNCERTAIN" not in settled


@pytest.mark.parametrize(
    "name",
    ["SRV2012R2-VALID", "srv2012r2-valid", "SRV2012R2-VALID$",
     "CN=SRV2012R2-VALID,OU=Windows,OU=Servers,DC=corp,DC=example",
     "cn=srv2012r2-valid, ou=windows, ou=servers, dc=corp, dc=example"],
)  # fmt: skip
def test_an_object_is_found_by_name_account_and_dn(aadsim: Command, name: str) -> None:
    ran = aadsim("explain", name, "--rules", "standard-1.4", "--objects", FLEET)
    assert ran.status == 0
    assert ran.out.startswith("SRV2012R2-VALID: FILTERED (os-version-excluded)")


def test_explain_shows_the_clause_its_values_and_each_certificate(aadsim: Command) -> None:
    ran = aadsim("explain", "SRV2012R2-MIXED-NONE-VALID", "--rules", "standard-1.4", "--rules",
                 "server-2012-r2", "--objects", FLEET)  # fmt: skip
    assert "In from AD - Computer Join - Server 2012 R2" in ran.out
    assert 'Left([operatingSystemVersion], 3) = "6.3"' in ran.out
    assert '[operatingSystemVersion] = "6.3 (9600)"' in ran.out
    assert "does not count: expired on 20" in ran.out
    assert "does not count: its subject does not name this object" in ran.out
    assert "fails  cloudFiltered NOTEQUAL true   value: True" in ran.out


def test_explain_tells_both_sides_of_a_change(aadsim: Command) -> None:
    ran = aadsim("explain", "SRV2012R2-VALID", "--rules", "standard-1.4", "--after",
                 "standard-1.4", "--after", "server-2012-r2", "--objects", FLEET)  # fmt: skip
    before, _, after = ran.out.partition("== after ==")
    assert "FILTERED (os-version-excluded)" in before
    assert "SYNCS (certificate-valid)" in after


def test_explain_has_everything_in_json_too(aadsim: Command) -> None:
    ran = aadsim("explain", "SRV2012R2-VALID", "--rules", "standard-1.4", "--objects", FLEET,
                 "--format", "json")  # fmt: skip
    side = json.loads(ran.out)["explanation"]
    assert side["outcome"] == "FILTERED"
    assert any(f["wins"] and f["attribute"] == "cloudFiltered" for f in side["inbound"]["flows"])
    assert side["outbound"][0]["scope"][0]["applies"] is False


def test_output_is_written_whole(aadsim: Command, tmp_path: Path) -> None:
    file = tmp_path / "audit.json"
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", "json",
                 "--output", str(file))  # fmt: skip
    assert ran.out == ""
    assert json.loads(file.read_text(encoding="utf-8"))["command"] == "audit"
    assert [p.name for p in tmp_path.iterdir()] == ["audit.json"]


def test_functions_prints_the_reference(aadsim: Command) -> None:
    assert "Mid(" in aadsim("functions").out
    assert "Windows" in aadsim("functions", "Mid").out or "Mid" in aadsim("functions", "Mid").out
    names = {
        f["name"] for f in json.loads(aadsim("functions", "--format", "json").out)["functions"]
    }
    assert {"IIF", "Where", "CertSubject", "RegexIsMatch"} <= names


def test_a_script_gets_the_values_that_only_the_server_knows(
    aadsim: Command, tmp_path: Path
) -> None:
    script = tmp_path / "open.ps1"
    script.write_text(
        "New-ADSyncRule -Name 'Lab' -Direction 'Inbound' -Precedence $p -SourceObjectType "
        "'computer' -TargetObjectType 'device' -LinkType 'Join' -OutVariable syncRule\n"
        "Add-ADSyncAttributeFlowMapping -SynchronizationRule $syncRule[0] -Source @('True') "
        "-Destination 'cloudFiltered' -FlowType 'Constant' -OutVariable syncRule\n"
        "Add-ADSyncRule -SynchronizationRule $syncRule[0]\n"
    )
    arguments = ("preview", "--before", "standard-2016", "--after", "standard-2016", "--after",
                 str(script), "--objects", FLEET)  # fmt: skip
    refused = aadsim(*arguments)
    assert refused.status == 2
    assert "--set 'p=...'" in refused.err
    given = aadsim(*arguments, "--set", "p=90")
    assert given.status == 0
    assert given.out.startswith("Of 349 objects, 0 enter, 324 leave")


# -- mistakes: place, problem, way out, exit status --------------------------------------------

RULE = """
name = "Mine"
direction = "Inbound"
source_object_type = "computer"
target_object_type = "device"
link_type = "Provision"
precedence = 90
join = [[{{ source = "objectGUID", target = "deviceId" }}]]
[[flow]]
target = "cloudFiltered"
type = "Expression"
expression = '''{expression}'''
"""

EXPRESSIONS = {
    "does not parse": (
        "IIF(True, NULL",
        ["Mine > cloudFiltered:12:20", "never closed", "add `)`"],
    ),
    "hyphenated": ("String-FromGuid([objectGUID])", ["String-FromGuid", "write StringFromGuid"]),
    "unknown function": ("Foo([cn])", ["unknown-function", "no function `Foo`"]),
    "curly quotes": ("[cn] = \u201cx\u201d", ["curly quote", "straight quotes"]),
    "entity": ("[cn] = NULL &amp;&amp; True", ["`&amp;` is an HTML entity", "write &"]),
    "wrong case": ("IIF(IsPresent([displayname]),True,NULL)", ["`displayname`", "[displayName]"]),
    "type": ("IIF([cn] = 5,True,NULL)", ["cannot compare", "CStr or CNum"]),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_a_rule_with_a_bad_expression_is_refused(
    aadsim: Command, tmp_path: Path, case: str
) -> None:
    expression, words = EXPRESSIONS[case]
    file = tmp_path / "mine.toml"
    file.write_text(RULE.format(expression=expression), encoding="utf-8")
    ran = aadsim("audit", "--rules", str(file), "--objects", FLEET, "--output",
                 str(tmp_path / "result"))  # fmt: skip
    assert ran.status == 2
    assert ran.out == ""
    for word in [*words, "mine.toml", "^", "help:"]:
        assert word in ran.err
    assert not (tmp_path / "result").exists()


MISTAKES = {
    "rules that are none": (
        ["audit", "--rules", FLEET, "--objects", FLEET],
        ["fleet.jsonl", "help:"],
    ),
    "an unknown rule set": (
        ["audit", "--rules", "standard-2017", "--objects", FLEET],
        ["standard-2017", "standard-2016"],
    ),
    "objects that are none": (
        ["audit", "--rules", "standard-2016", "--objects", CONNECTOR],
        ["connector.toml", "help:"],
    ),
    "a missing file": (
        ["audit", "--rules", "standard-2016", "--objects", "nowhere.jsonl"],
        ["nowhere.jsonl", "help:"],
    ),
    "a clone without its original": (
        ["audit", "--rules", "server-2012-r2", "--objects", FLEET],
        ["In from AD - Computer Join", "standard-2016"],
    ),
    "an unknown object": (
        ["explain", "SRV2012R2-VALUD", "--rules", "standard-2016", "--objects", FLEET],
        ["no object `SRV2012R2-VALUD`", "SRV2012R2-VALID"],
    ),
    "part of a name": (
        ["explain", "20-CERTS", "--rules", "standard-2016", "--objects", FLEET],
        ["no object `20-CERTS`", "SRV2012R2-20-CERTS"],
    ),
    "a time that is none": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--as-of", "tomorrow"],
        ["--as-of tomorrow", "2026-"],
    ),
    "an unknown assumption": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--assume", "A-99=x"],
        ["A-99", "A-01"],
    ),
    "an unknown reading": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--assume", "A-08=maybe"],
        ["A-08", "decided, error"],
    ),
    "a bad gate": (
        ["preview", *PUBLISHED, "--objects", FLEET, "--max-removed", "many"],
        ["--max-removed many", "2%"],
    ),
    "a bad gate of a unit": (
        ["preview", *PUBLISHED, "--objects", FLEET, "--max-removed-in", "OU=X,DC=y", "few"],
        ["--max-removed-in OU=X,DC=y few", "2%"],
    ),
    "a gate of a unit that is none": (
        [
            "preview",
            *PUBLISHED,
            "--objects",
            FLEET,
            "--max-removed-in",
            "OU=Client,DC=corp,DC=example",
            "5",
        ],
        ["no object is at or below it", "OU=Clients,DC=corp,DC=example"],
    ),
    "a gate of the end of a name": (
        [
            "preview",
            *PUBLISHED,
            "--objects",
            FLEET,
            "--max-removed-in",
            "Clients,DC=corp,DC=example",
            "5",
        ],
        ["no object is at or below it", "OU=Clients,DC=corp,DC=example"],
    ),
    "a password that nobody gives": (
        ["audit", "--rules", "standard-2016", "--objects", "ldaps://127.0.0.1/", "--user", "x"],
        ["no password of x", "AADSIM_PASSWORD"],
    ),
    "a connector without a domain": (
        [
            "audit",
            "--rules",
            "standard-2016",
            "--objects",
            FLEET,
            "--connector",
            str(ROOT / "rules" / "standard-2016" / "connectors.toml"),
        ],
        ["--connector: contoso.com", "names no domain", "[[connector.partition]]"],
    ),
    "a delimiter of two characters": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--delimiter", ";;"],
        ["--delimiter ;;", "single character"],
    ),
    "an unknown option": (["audit", "--rule", "standard-2016"], ["--rules"]),
    "a misspelt command": (["adit"], ["no command `adit`", "did you mean audit?"]),
    "an unknown command": (["graph"], ["no command `graph`", "--help"]),
    "an empty command": ([""], ["no command ``", "--help"]),
    "the empty name of an object": (
        ["explain", "--rules", "standard-2016", "--objects", FLEET, ""],
        ["no object ``", "give its name, sAMAccountName, DN or objectGUID"],
    ),
    "a missing option": (["audit", "--rules", "standard-2016"], ["--objects"]),
    "a bad condition": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--where", "[cn] ="],
        ["--where", "ends too soon"],
    ),
    "a condition on an attribute in the wrong case": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--where", '[CN]="x"'],
        ["--where", "no attribute `CN`", "write [cn]"],
    ),
    "a condition that is another in each run": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--where", "RandomNum(1,2) = 1"],
        ["--where", "RandomNum gives another value at every call"],
    ),
    "a condition where one object is asked for": (
        [
            "explain",
            "SRV2012R2-VALID",
            "--rules",
            "standard-2016",
            "--objects",
            FLEET,
            "--where",
            "True",
        ],
        ["--where"],
    ),
    "a condition on a misspelt attribute": (
        [
            "audit",
            "--rules",
            "standard-2016",
            "--objects",
            FLEET,
            "--where",
            '[operatingSytem]="x"',
        ],
        ["--where", "no object has an attribute `operatingSytem`", "[operatingSystem]"],
    ),
    "an unknown function": (["functions", "mid"], ["no function `mid`", "write Mid"]),
    "a folder that cannot be written": (
        ["audit", "--rules", "standard-2016", "--objects", FLEET, "--output", "/nowhere/x"],
        ["--output /nowhere/x", "help:"],
    ),
    "an expression that does not parse": (["eval", "1 +"], ["expression:1:", "ends too soon"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_message_with_a_way_out(aadsim: Command, case: str) -> None:
    arguments, words = MISTAKES[case]
    ran = aadsim(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_an_ambiguous_name_lists_the_candidates(aadsim: Command, tmp_path: Path) -> None:
    file = tmp_path / "twins.jsonl"
    twins = [
        {"dn": f"CN=PC1,OU={ou},DC=corp,DC=example",
         "attributes": {"objectClass": ["top", "computer"], "cn": "PC1",
                        "objectGUID": {"guid": f"00000000-0000-0000-0000-00000000000{n}"}}}
        for n, ou in enumerate(("A", "B"))
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(t) for t in twins), encoding="utf-8")
    ran = aadsim("explain", "PC1", "--rules", "standard-2016", "--objects", str(file))
    assert ran.status == 2
    assert "names 2 objects" in ran.err
    assert "CN=PC1,OU=A,DC=corp,DC=example" in ran.err


def test_an_object_without_guid_is_refused(aadsim: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"dn": "CN=PC1,DC=x", "attributes": {"objectClass": ["computer"]}}))
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", str(file))
    assert ran.status == 2
    for word in ("one.jsonl", "CN=PC1,DC=x", "objectGUID"):
        assert word in ran.err


# -- eval --------------------------------------------------------------------------------------


def test_eval_gives_the_value(aadsim: Command) -> None:
    ran = aadsim("eval", "Left([operatingSystemVersion], 3)", "--set",
                 "operatingSystemVersion=6.3 (9600)")  # fmt: skip
    assert (ran.status, ran.out) == (0, '"6.3"\n')


def test_eval_says_what_failed_on_these_values(aadsim: Command) -> None:
    ran = aadsim("eval", 'Error("no")', "--format", "json")
    document = json.loads(ran.out)
    assert ran.status == 1
    assert document["error"]["code"] == "error-function"
    assert document["error"]["message"] == "no"


def test_eval_on_an_object_of_a_file(aadsim: Command) -> None:
    ran = aadsim("eval", "Count([userCertificate])", "--object", "SRV2012R2-20-CERTS",
                 "--objects", FLEET)  # fmt: skip
    assert ran.out == "20\n"


# -- the process -------------------------------------------------------------------------------


def test_an_interrupted_run_leaves_nothing_half_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"ldap://127.0.0.1:{silent.getsockname()[1]}/DC=x"
        with subprocess.Popen(
            [sys.executable, "-m", "simulator", "audit", "--rules", "standard-2016", "--objects",
             url, "--plain", "--output", str(tmp_path / "result")],
            cwd=ROOT, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            connection, _ = silent.accept()
            with connection:
                connection.recv(1)  # it waits for an answer that never comes
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "interrupted" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SRV2012R2-EXPIRED", "the certificate expired on 2025-11-22T00:00:00Z"),
        ("SRV2012R2-16-EXPIRED", "all 16 certificates have expired"),
        ("SRV2012R2-OTHER-OBJECT", "the certificate does not name this object"),
        ("SRV2012R2-UNREADABLE", "the certificate is not readable as a certificate"),
    ],
)
def test_the_reason_is_a_sentence(aadsim: Command, name: str, sentence: str) -> None:
    ran = aadsim("explain", name, "--rules", "standard-1.4", "--rules", "server-2012-r2",
                 "--objects", FLEET)  # fmt: skip
    assert ran.out.splitlines()[1].strip() == sentence


def test_help_tells_of_each_command_what_the_command_tells() -> None:
    for name, words in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None and command.help is not None
        assert command.help.splitlines()[0] == words


def test_ctrl_c_before_the_program_runs_is_told_in_one_line(tmp_path: Path) -> None:
    """What is imported first of all stands in for the moment."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["aadsim"].partition(":")
    ran = subprocess.run(
        [sys.executable, "-c", f"import {module} as m; m.{function}()"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (
        130,
        "",
        "interrupted: nothing was written",
    )


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("report saved --verify ", "--verify"),
        ("report saved --verify=", "--verify"),
        ("audit -r standard-2016 -o x --sign ", "--sign"),
        ("audit -r standard-2016 -o x --current  --quiet", "--current"),
        ("audit -r standard-2016 -o  --quiet", "-o"),
        ("eval 1 --set a= --output ", "--output"),
    ],
)
def test_an_option_with_an_empty_value_is_refused(line: str, option: str, aadsim: Command) -> None:
    ran = aadsim(*line.split(" "))
    assert ran.status == 2 and ran.err.startswith(f"error: {option}: its value is empty")


@pytest.mark.parametrize("line", ["eval --set a= [a]", "eval --set=a= [a]", "functions Mid"])
def test_what_is_not_the_value_of_an_option_may_be_empty(line: str, aadsim: Command) -> None:
    assert aadsim(*line.split(" ")).status == 0


HEAVY = ("lark", "cryptography", "ldap3", "pyarrow", "numpy", "rich", "regex", "msgspec")


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (("--help",), HEAVY),
        (("--version",), HEAVY),
        (("functions", "--help"), ("cryptography", "ldap3", "pyarrow", "numpy")),
        (
            ("eval", "Left([cn], 1)", "--set", "cn=a"),
            (*HEAVY, "json", "hashlib", "simulator.rule"),
        ),
        (
            ("eval", 'RegexIsMatch("CN={a}", "CN=[{]*a", "IgnoreCase")'),
            (
                "regex",
                "simulator.language.patterns.translated",
                "simulator.language.patterns.tree",
            ),
        ),
        (
            ("eval", "[cn]", "--object", "XP-VALID", "--objects", FLEET),
            (
                "lark",
                "cryptography",
                "ldap3",
                "pyarrow",
                "numpy",
                "rich",
                "regex",
                "simulator.sources.ldap_url",
                "simulator.sources.ldif_file",
            ),
        ),
        (("doctor", "--code", "37"), ("lark", "cryptography", "pyarrow", "numpy")),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_command_imports_only_what_it_needs(
    arguments: tuple[str, ...], unneeded: tuple[str, ...]
) -> None:
    program = (
        f"import sys; sys.argv = ['aadsim', *{arguments!r}]\n"
        "from simulator.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([m for m in {unneeded!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


ENDS = [  # what the shell does with the output, the exit status, and what is said
    ("functions >/dev/full", 2, "error: the output cannot be written: No space left on device"),
    ("--help >/dev/full", 2, "error: the output cannot be written: No space left on device"),
    ("functions >&-", 0, ""),
    ("functions | head -c 1 >/dev/null", 0, ""),
    ("audit {fleet} --format html | head -c 1 >/dev/null", 0, ""),
    ("audit {fleet} | head -c 1 >/dev/null", 0, ""),
    ("functions nothing 2>/dev/full", 2, ""),
    ("audit --nothing 2>/dev/full", 2, ""),
    ("audit {fleet} --output /dev/full", 2, "error: --output /dev/full: is no regular file"),
    ("audit {fleet} --output .", 2, "error: --output .: is a folder"),
    ("snapshot fixtures/fleet.jsonl --output .", 2, "error: --output .: is a folder"),
]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
@pytest.mark.parametrize(("command", "status", "said"), ENDS)
def test_output_that_cannot_be_written(command: str, status: int, said: str) -> None:
    fleet = "--rules standard-2016 --objects fixtures/fleet.jsonl"
    line = f"set -o pipefail; {sys.executable} -m simulator {command.format(fleet=fleet)}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stderr.partition("\n")[0]) == (status, said)


def test_a_link_stays_a_link(aadsim: Command, tmp_path: Path) -> None:
    link, target = tmp_path / "link.txt", tmp_path / "target.txt"
    link.symlink_to(target)
    aadsim(
        "audit", "--rules", "standard-2016", "--objects", "fixtures/fleet.jsonl",
        "--output", str(link),
    )  # fmt: skip
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("Of 349 objects")


@pytest.mark.parametrize("terminal", [True, False])
def test_names_steer_no_terminal_and_reach_a_pipe_unchanged(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    deliver(["CN=\x1b[31mRED"], None)
    assert capsys.readouterr().out == ("CN=\\u001b[31mRED\n" if terminal else "CN=\x1b[31mRED\n")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_that_there_is_no_object_is_said_in_one_line(aadsim: Command, form: str) -> None:
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--where", "False",
                 "--format", form)  # fmt: skip
    assert ran.status == 0 and "There is no object.\n" in ran.out
    assert not {"outcome", "operating", "|"} & set(ran.out.split())


SWAPPED = [
    ("audit --rules {objects} --objects {rules}", "{objects}: these look like objects"),
    ("audit --rules {objects} --objects {objects}", "{objects}: these look like objects"),
    ("audit --rules {rules} --objects {rules}", "{rules}: these look like rules"),
    ("preview --before {rules} --after {objects} --objects {rules}", "{objects}: these look like"),
    ("explain X --rules standard-1.4 --objects {rules}", "{rules}: these look like rules"),
    ("snapshot {rules} --output new.parquet", "{rules}: these look like rules"),
    (
        "check {objects}",
        "{objects}: these look like objects, not rules\n  = help: give rule files",
    ),
    ("rules {objects}", "{objects}: these look like objects"),
]


@pytest.mark.parametrize(("line", "problem"), SWAPPED)
@pytest.mark.parametrize(
    "rules", ["rule-formats/lab.xml", "rule-formats/lab.json", "standard-1.4"]
)
@pytest.mark.parametrize(
    "objects", ["own-get-adcomputer.csv", "own-csexport.xml", "own-ldifde.ldf"]
)
def test_rules_and_objects_swapped_are_told_as_such(
    line: str, problem: str, rules: str, objects: str, aadsim: Command
) -> None:
    data = ROOT / "tests" / "data"
    names = {
        "rules": str(data / rules) if "/" in rules else rules,
        "objects": str(data / "objects" / objects),
    }
    ran = aadsim(*line.format(**names).split())
    assert ran.status == 2 and ran.err.startswith(f"error: {problem.format(**names)}")


WRONG = ["fixtures/README.md", "fixtures/devices.csv", "nowhere"]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_neither_rules_nor_objects_is_not_told_as_swapped(
    wrong: str, aadsim: Command
) -> None:
    assert "these look" not in aadsim("audit", "--rules", wrong, "--objects", FLEET).err
    assert "these look" not in aadsim("audit", "--rules", "standard-1.4", "--objects", wrong).err


def test_a_preview_with_rules_is_told_of_before_and_after(aadsim: Command) -> None:
    ran = aadsim("preview", "--rules", "standard-1.4", "--objects", FLEET)
    assert ran.status == 2 and "--before and --after" in ran.err


def test_the_beginning_of_many_names_tells_how_many_begin_alike(aadsim: Command) -> None:
    names = Path(FLEET).read_text(encoding="utf-8").splitlines()
    begin = [n for n in names if n.startswith('{"dn": "CN=SRV2012R2-')]
    ran = aadsim("explain", "SRV2012R2-", "--rules", "standard-1.4", "--objects", FLEET)
    told = re.search(r"did you mean ([^?]+)\? (\d+) more begin with it\.", ran.err)
    assert told and len(told[1].split(", ")) + int(told[2]) == len(begin)


def test_the_flow_that_fails_under_another_reading_is_named(aadsim: Command) -> None:
    ran = aadsim("explain", "NO-OS-V10-VALID", "--rules", "standard-1.4", "--objects", FLEET)
    reading = ran.out.partition("reading      A-08 = error: ERROR (error)\n")[2]
    assert reading.startswith(
        "             cloudFiltered of In from AD - Computer Join: type-mism"
    )


def test_a_result_without_a_name_is_told_as_such(aadsim: Command) -> None:
    ran = aadsim("report", "")
    assert ran.status == 2 and ran.err.startswith("error: no saved result: the name of the file")


# Unicode 16: general categories Cc, Cf, Zl and Zp
@pytest.mark.parametrize(
    "sign",
    [*"\0\x1b\x7f\x9b\xad\u061c\u200b\u200e\u2028\u202e\u2066\u2069\ufeff"],
)
def test_an_error_has_no_sign_that_nobody_sees(aadsim: Command, sign: str) -> None:
    ran = aadsim("explain", f"PC{sign}1", "--rules", "standard-1.4", "--objects", FLEET)
    assert ran.status == 2
    assert sign not in ran.err and f"PC\\u{ord(sign):04x}1" in ran.err


RUN = "audit --rules r --objects o.jsonl --connector c.toml --current o.json"
WRITES_WHAT_IT_READS = [
    *(f"{RUN} --output {name}" for name in ("r/r.toml", "o.jsonl", "c.toml", "./o.json")),
    "preview --before r --after standard-1.4 --objects o.jsonl --output r/r.toml",
    "preview --before standard-1.4 --after r/r.toml --objects o.jsonl --output r/../r/r.toml",
    "explain SRV2012R2-VALID --rules r --objects link --output o.jsonl",
    "eval 1 --objects o.jsonl --object SRV2012R2-VALID --output link",
    "check r --connector c.toml --output c.toml",
    "rules standard-1.4 --diff r --output r/r.toml",
    "rules r/r.toml --to toml --output r/r.toml",
    "snapshot o.jsonl --output o.jsonl",
    "doctor ldaps://dc1.contoso.com --ca-file o.json --output o.json",
]


@pytest.mark.parametrize("command", WRITES_WHAT_IT_READS)
def test_no_command_overwrites_what_it_reads(
    aadsim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r").mkdir()
    for name in ("r/r.toml", "o.jsonl", "c.toml", "o.json"):
        Path(name).write_text("whatever")
    Path("link").symlink_to("o.jsonl")
    ran = aadsim(*command.split())
    assert (ran.status, ran.out) == (2, "")
    assert re.match("error: --output [^ ]+: would overwrite what is read from [^ ]+\n", ran.err)
    assert "whatever" in Path(command.split()[-1]).read_text()


def test_a_new_file_beside_what_is_read_is_written(aadsim: Command, tmp_path: Path) -> None:
    source = tmp_path / "copy.incomplete.jsonl"
    source.write_bytes(Path(FLEET).read_bytes())
    ran = aadsim("snapshot", str(source), "--output", str(tmp_path / "copy.jsonl"))
    assert ran.status == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.incomplete.jsonl", "copy.jsonl"]
