"""`aadsim eval`, `repl` and `check` as their users meet them, and completion."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from simulator.check import check as check_rules
from simulator.cli.repl import history_file, inputs, prompt_session
from simulator.cli.session import Session, is_complete
from simulator.errors import Diagnostic, Severity, Source, Span
from simulator.language.complete import call_at, completions
from simulator.objects import ObjectSet
from simulator.reports.sarif import sarif
from simulator.rulefiles import load_rules
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


# -- eval --------------------------------------------------------------------------------------


def test_eval_keeps_the_value_apart_from_what_is_said_of_it(aadsim: Command) -> None:
    ran = aadsim("eval", "[cn] <> [sn]", "--set", "cn=PC1")
    assert (ran.status, ran.out) == (0, "True\n")
    for words in ("note: null-compare", "rests on A-06", "NULL, because not given: sn"):
        assert words in ran.err


def test_eval_traces_each_step(aadsim: Command) -> None:
    ran = aadsim("eval", "Len([cn]) + 1", "--set", "cn=PC1", "--trace")
    assert ran.out.splitlines() == [
        "Len([cn]) + 1 -> 4",
        "  Len([cn]) -> 3",
        '    [cn] -> "PC1"',
        "4",
    ]


def test_a_long_step_is_shortened(aadsim: Command) -> None:
    ran = aadsim("eval", " & ".join(f'"{n:09}"' for n in range(30)), "--trace")
    assert max(len(line.split(" -> ")[0]) for line in ran.out.splitlines()[:1]) < 110
    assert " … " in ran.out


def test_eval_shows_where_it_failed(aadsim: Command) -> None:
    ran = aadsim("eval", "1 + CNum(Item([description], 3))", "--set", "description=a", "--trace")
    assert ran.status == 1
    assert ran.out.splitlines()[0].startswith("1 + CNum(Item([description], 3)) -> error: Item")
    assert "expression:1:10: index-out-of-range" in ran.err
    assert "^^^^^^^^^^^^^^^^^^^^^^" in ran.err
    assert "help: use ItemOrNull" in ran.err


def test_eval_gives_every_kind_of_value_as_json(aadsim: Command) -> None:
    values = {
        '"a" & "b"': ("str", "ab"), "1 + 1": ("num", 2), "1 = 1": ("bool", True),
        "NULL": ("null", None), 'CDate("2024-01-01")': ("dt", "2024-01-01T00:00:00Z"),
        "CBin(1, 2)": ("bin", {"base64": "AQA="}), 'CRef("CN=a")': ("ref", "CN=a"),
        'Split("a,b", ",")': ("mvstr", ["a", "b"]), "IgnoreThisFlow": ("literal", "IgnoreThisFlow"),
    }  # fmt: skip
    for text, (kind, value) in values.items():
        document = json.loads(aadsim("eval", text, "--format", "json").out)
        assert (document["type"], document["value"], document["error"]) == (kind, value, None)
        assert {"schema_version", "command", "expression", "as_of", "assumptions"} <= set(document)


def test_a_refused_expression_is_json_too(aadsim: Command) -> None:
    ran = aadsim("eval", "Foo([cn]) & $x", "--format", "json")
    document = json.loads(ran.out)
    assert ran.status == 2
    assert document["error"] == {
        "code": "unknown-function", "message": "no function `Foo`", "line": 1, "column": 1,
        "hint": "`aadsim functions` lists all there are",
    }  # fmt: skip
    assert [f["code"] for f in document["findings"]] == ["unknown-function", "unknown-variable"]


def test_eval_takes_another_reading_and_another_time(aadsim: Command) -> None:
    assert aadsim("eval", '"a" = "A"', "--assume", "A-05=ignore-case").out == "True\n"
    ran = aadsim("eval", "Now()", "--as-of", "2024-02-03T04:05:06Z")
    assert ran.out == "2024-02-03T04:05:06Z\n"


def test_eval_takes_parameters_from_the_connector(aadsim: Command, tmp_path: Path) -> None:
    file = tmp_path / "connectors.toml"
    file.write_text(
        '[[connector]]\nid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"\nname = "contoso"\nkind = "AD"\n'
        'attributes = ["cn"]\nparameters = { "Forest.FQDN" = "contoso.com" }\n',
        encoding="utf-8",
    )
    ran = aadsim("eval", "%Forest.FQDN% & %Connector.ID% & [sn]", "--connector", str(file))
    assert ran.out == '"contoso.com{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"\n'
    assert "not-imported: the connector does not import `sn`" in ran.err
    given = aadsim("eval", "%Domain.FQDN%", "--set", "%Domain.FQDN%=x")
    assert given.out == '"x"\n'


# -- the conversation --------------------------------------------------------------------------


def session(objects: str = FLEET) -> Session:
    def load(location: str) -> ObjectSet:
        from simulator import load_objects

        return load_objects(location)

    return Session(NOW, load, load(objects))


def test_a_session_remembers_the_object_and_what_is_set() -> None:
    talk = session()
    assert talk.prompt == "aadsim> "
    assert talk.respond("[cn]").lines == ["NULL"]
    assert talk.respond(":object srv2012r2-valid").lines[0].startswith("CN=SRV2012R2-VALID,")
    assert talk.prompt == "SRV2012R2-VALID> "
    assert talk.respond("Left([operatingSystemVersion], 3)").lines == ['"6.3"']
    talk.respond(":set operatingSystemVersion=6.2 description=a description=b")
    assert talk.respond("Left([operatingSystemVersion], 3)").lines == ['"6.2"']
    assert talk.respond("Count([description])").lines == ["2"]
    assert 'operatingSystemVersion = "6.2"' in talk.respond(":attributes").lines
    talk.respond(":unset operatingSystemVersion")
    assert talk.respond("Left([operatingSystemVersion], 3)").lines == ['"6.3"']


def test_a_session_traces_and_takes_readings() -> None:
    talk = session()
    assert talk.respond(":trace").lines == ["trace is on"]
    assert talk.respond('Len("ab")').lines == ['Len("ab") -> 2', "2"]
    assert talk.respond(":trace off").lines == ["trace is off"]
    assert talk.respond(":assume A-05=ignore-case").lines == []
    assert talk.respond('"a" = "A"').lines == ["True"]
    listed = talk.respond(":assume").lines
    assert len(listed) == 37
    assert any(line.endswith("(ignore-case) [taken: ignore-case]") for line in listed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (":objects x", "no command `:objects`"),
        (":object", "`:object` needs something"),
        (":object nobody", "no object `nobody`"),
        (":load nowhere.jsonl", "nowhere.jsonl"),
        (":set cn", "is no NAME=VALUE"),
        (":assume A-99=x", "no assumption `A-99`"),
        (":functions mid", "write Mid"),
        ("Left([cn]", "never closed"),
        ("Foo()", "no function `Foo`"),
        ('Error("no")', "error-function: no"),
    ],
)
def test_a_mistake_is_told_and_the_session_goes_on(text: str, words: str) -> None:
    response = session().respond(text)
    assert response.failed and not response.quit
    assert response.lines == [] and words in "\n".join(response.remarks)


def test_help_names_every_command() -> None:
    talk = session()
    told = "\n".join(talk.respond(":help").lines)
    for completion in talk.complete(":", 1):
        assert completion.text in told
    assert talk.respond(":quit").quit
    assert talk.respond("").lines == []
    assert "SIGNATURE" in talk.respond(":functions Mid").lines


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Left([cn], 3)", True), ("Left([cn],", False), ("Left(", False), ("(1", False), ("1 +", False),
        ("1 &&", False), ("1 ||\n", False), ('"abc', False), ('"a(b"', True), ("[a(b]", True),
        ("[cn] =", False), ("", True), (":set x=(", True), ("1))", True), ('"a\\"', False),
        ('"a\\\\"', True), ("Left([cn],\n 3)", True),
    ],
)  # fmt: skip
def test_whether_an_input_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) == complete


def test_inputs_are_as_long_as_it_takes() -> None:
    lines = ["1\n", "Left([cn],\n", " 3)\n", "IIF(\n", "\n", "2 +\n", "3"]
    assert [i.strip() for i in inputs(lines)] == ["1", "Left([cn],\n 3)", "IIF(", "2 +\n3"]
    assert list(inputs(["1 +"])) == ["1 +"]


def test_a_pipe_is_read_to_its_end(
    aadsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("1 +\n 1\n[cn]\nFoo(1)\n:quit\n5\n"))
    ran = aadsim("repl", "--objects", FLEET, "--object", "SRV2012R2-VALID")
    assert ran.status == 1
    assert ran.out.splitlines()[1:] == ["2", '"SRV2012R2-VALID"']
    assert "no function `Foo`" in ran.err


def test_a_pipe_without_failures_exits_with_0(
    aadsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    ran = aadsim("repl", "--as-of", "2024-01-01T00:00:00Z")
    assert (ran.status, ran.out) == (0, "1\n")


def test_the_repl_needs_objects_for_an_object(aadsim: Command) -> None:
    assert aadsim("repl", "--object", "x").status == 2


def test_the_history_is_in_the_folder_for_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history_file() == tmp_path / "aadsim" / "history"


@pytest.mark.skipif(sys.platform == "win32", reason="the pipe input of prompt_toolkit is POSIX")
def test_the_line_editor_goes_on_while_a_bracket_is_open_and_completes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    talk = session()
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        prompting = prompt_session(talk, no_history=False)
        keys.send_text("Left([cn],\r3)\r")
        assert prompting.prompt("> ") == "Left([cn],\n3)"
        keys.send_text("1 + 1\r")
        assert prompting.prompt("> ") == "1 + 1"
        keys.send_text("(\r\r")
        assert prompting.prompt("> ") == "(\n"
        completer = prompting.completer
        assert completer is not None
        offered = completer.get_completions(Document("Left(UCas", 9), CompleteEvent())
        assert [(c.text, c.start_position) for c in offered] == [("UCase(", -4)]
        keys.send_text("\x04")
        with pytest.raises(EOFError):
            prompting.prompt("> ")
    assert "+1 + 1" in history_file().read_text(encoding="utf-8")


def test_no_history_is_kept_if_not_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        prompting = prompt_session(session(), no_history=True)
        keys.send_text("1\r")
        prompting.prompt("> ")
    assert list(tmp_path.iterdir()) == []


# -- completion --------------------------------------------------------------------------------

ATTRIBUTES = ("cn", "comment", "operatingSystem", "operatingSystemVersion")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RegexI|", ["RegexIsMatch("]),
        ("pad|", ["PadLeft(", "PadRight("]),
        ("IIF([op|", ["[operatingSystem]", "[operatingSystemVersion]"]),
        ("[OPERATINGSYSTEMV|", ["[operatingSystemVersion]"]),
        ("IIF(True, [c|, 1)", ["[cn]", "[comment]"]),
        ("%dom|", ["%Domain.FQDN%", "%Domain.LDAP%", "%Domain.Netbios%"]),
        ("Authori|", ["AuthoritativeNull"]),
        ("With($certs, 1, $c|)", ["$certs"]),
        ("With($a, 1, With($b, 2, $|", ["$a", "$b"]),
        ('InStr([cn], "a", 1, vb|', ["vbBinaryCompare", "vbTextCompare"]),
        ('Contains([cn], "a", C|', ["CaseInsensitive", "CaseSensitive"]),
        ('ConvertFromBase64("a", U|', ["Unicode", "UTF8"]),
        ('ValueCount("com|', ["comment"]),
        ('"Lef|', []),
        ('"a" & Lef|', ["Left("]),
        ("[cn] |", []),
        ("123|", []),
        ("|", []),
    ],
)
def test_completions(text: str, found: list[str]) -> None:
    cursor = text.index("|")
    given = completions(text.replace("|", ""), cursor, ATTRIBUTES)
    assert [c.text for c in given] == found
    for completion in given:
        begun = text[completion.start : cursor]
        assert completion.text.casefold().startswith(begun.casefold())


def test_a_completion_tells_what_it_is() -> None:
    (found,) = completions("Mi", 2)
    assert (found.text, found.start) == ("Mid(", 0)
    assert found.meaning == "bin or str Mid(bin or str text, num start[, num length])"


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Left(", ("Left", 0)), ("Left([cn], ", ("Left", 1)), ("Left(Trim([a]), ", ("Left", 1)),
        ('Left("a,(", ', ("Left", 1)), ("IIF((1", None), ("Left([cn], 3, ", None), ("1 + ", None),
        ("Switch(1, 2, 3, 4, ", ("Switch", 4)), ("Foo(", None), ("Left([a]) ", None),
    ],
)  # fmt: skip
def test_the_call_at_the_cursor(text: str, call: tuple[str, int] | None) -> None:
    found = call_at(text, len(text))
    assert (found and (found[0].name, found[1])) == call


# -- check -------------------------------------------------------------------------------------


def test_expressions_are_checked(aadsim: Command) -> None:
    ran = aadsim("check", "--expression", 'Left([cn], 2) = "abc"', "--expression", "IIF([cn]")
    assert ran.status == 1
    assert "warning: expression:1:17: never-equal" in ran.out
    assert "error: expression:1:4: syntax: this bracket is never closed" in ran.out
    assert ran.out.endswith("2 expressions: 2 findings\n")
    assert aadsim("check", "-e", "[cn]").out == "1 expression: 0 findings\n"
    assert aadsim("check").status == 2


RULE = """name = "Mine"
direction = "Inbound"
source_object_type = "computer"
target_object_type = "device"
link_type = "Provision"
precedence = 90
join = [[{{ source = "objectGUID", target = "deviceId" }}]]
[[flow]]
target = "{target}"
type = "Expression"
expression = '''{expression}'''
"""


def rule_file(folder: Path, expression: str, target: str = "displayName") -> str:
    file = folder / "mine.toml"
    file.write_text(RULE.format(expression=expression, target=target), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("expression", "code", "place"),
    [
        ("IIF([cn], 1, 2)", "type-mismatch", (11, 21)),
        ('Left([cn], 2) = "abc"', "never-equal", (11, 33)),
        ("Now()", "type-mismatch", (11, 17)),
        ('Split([cn], ",")', "multi-to-single", (11, 17)),
        ("Trim(\n  [description]\n)", "multi-to-single", (11, 17)),
        ("Left([cn]\n, 2) = \n\"abc\"", "never-equal", (13, 1)),
    ],
)  # fmt: skip
def test_a_rule_is_checked_with_its_place_in_the_file(
    tmp_path: Path, expression: str, code: str, place: tuple[int, int]
) -> None:
    findings = check_rules(load_rules(rule_file(tmp_path, expression)))
    found = next(f for f in findings if f.code == code)
    assert found.position() == place
    assert found.place().endswith(f"Mine > displayName:{place[0]}:{place[1]}")


def test_a_rule_that_cannot_be_read_is_a_finding(aadsim: Command, tmp_path: Path) -> None:
    file = rule_file(tmp_path, "IIF(True, 1")
    ran = aadsim("check", file, "--format", "json")
    (found,) = json.loads(ran.out)["findings"]
    assert ran.status == 1
    assert (found["code"], found["line"], found["column"]) == ("syntax", 11, 20)
    assert found["hint"] == "add `)`" and found["severity"] == "error"
    assert aadsim("check", "nowhere").status == 2


def test_sarif_has_what_a_code_host_needs(aadsim: Command, tmp_path: Path) -> None:
    file = rule_file(tmp_path, 'Left([cn], 2) = "abc" || [mail] = NULL')
    ran = aadsim("check", file, "--format", "sarif")
    assert ran.status == 1
    log = json.loads(ran.out)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "aadsim"
    codes = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert codes == sorted(codes) and {"never-equal", "null-compare"} <= set(codes)
    for result in run["results"]:
        assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert codes[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
    found = next(r for r in run["results"] if r["ruleId"] == "never-equal")
    (location,) = found["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "Mine > displayName"}]
    place = location["physicalLocation"]
    assert place["artifactLocation"]["uri"] == Path(file).as_uri()
    assert place["region"] == {"startLine": 11, "startColumn": 33, "endLine": 11, "endColumn": 38}


def test_sarif_of_findings_without_a_place() -> None:
    findings = [
        Diagnostic("a-code", "nowhere", severity=Severity.NOTE),
        Diagnostic("a-code", "in a file", Source("rule", "x", file="a folder/x.toml")),
        Diagnostic("b-code", "at the end", Source("e", "1 +"), Span(3, 4)),
        Diagnostic("b-code", "two lines", Source("e", "a\nb", 5, 7, "/f"), Span(0, 3), "do"),
    ]
    results = sarif(findings, "my rules")["runs"][0]["results"]
    whole = {"artifactLocation": {"uri": "my%20rules"}, "region": {"startLine": 1}}
    assert results[0]["locations"] == [{"physicalLocation": whole}]
    assert results[0]["level"] == "note"
    place = results[1]["locations"][0]["physicalLocation"]
    assert place == {**whole, "artifactLocation": {"uri": "a%20folder/x.toml"}}
    assert results[2]["locations"][0]["physicalLocation"] == whole
    region = results[3]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 5, "startColumn": 7, "endLine": 6, "endColumn": 2}
    assert results[3]["message"]["text"] == "two lines\ndo"


# -- starting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module",
    ["simulator.language.check", "simulator.language.evaluate", "simulator.language.reference",
     "simulator.language.complete", "simulator.cli"],
)  # fmt: skip
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    heavy = "lark regex cryptography prompt_toolkit"
    code = (
        f"import sys, {module}; "
        f"sys.exit(', '.join(m for m in '{heavy}'.split() if m in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.stderr.strip() == "", f"{module} imports {ran.stderr}"
