"""Rule formats that are recognised and not read yet, so that none is passed over in silence."""

import re

from simulator.errors import Source
from simulator.rulefiles.rulefile import Contents, RuleFile, problem, reader
from simulator.rulefiles.toml_text import is_toml

_SCRIPT = re.compile(
    r"^[^#\n]*\b(?:New-ADSyncRule|Add-ADSyncAttributeFlowMapping|New-Object|param\s*\()",
    re.MULTILINE | re.IGNORECASE,
)
_YAML = re.compile(r"(?:---\s*\n)?(?:\s*#.*\n)*Items:", re.IGNORECASE)
_WAY_OUT = "on the server run Get-ADSyncServerConfiguration -Path FOLDER and give that folder"


def _first_line(file: RuleFile) -> str:
    return next((line.strip() for line in file.text.splitlines() if line.strip()), "")


def _is_script(file: RuleFile) -> bool:
    first = _first_line(file)
    if is_toml(file):  # a description may well speak of these commands
        return False
    return first.startswith(("<#", "$", "New-ADSync", "param")) or (
        not first.startswith(("<", "{", "[")) and bool(_SCRIPT.search(file.text))
    )


def _is_json(file: RuleFile) -> bool:
    return bool(re.match(r"\s*(?:\{|\[\s*(?:[{\"\]\d-]|$))", file.text))


def _is_yaml(file: RuleFile) -> bool:
    return bool(_YAML.match(file.text))


def _refused(file: RuleFile, format: str) -> Contents:
    message = f"this is {format}, which this version does not read"
    return Contents(problems=(problem("not-supported", message, Source(file.name, ""), _WAY_OUT),))


@reader("PowerShell script (not read yet)", _is_script)
def read_script(file: RuleFile) -> Contents:
    """Scripts of the Synchronization Rules Editor."""
    return _refused(file, "a PowerShell script")


@reader("JSON (not read yet)", _is_json)
def read_json(file: RuleFile) -> Contents:
    """Settings exports of the installation wizard, and rules written by ConvertTo-Json."""
    return _refused(file, "JSON")


@reader("YAML (not read yet)", _is_yaml)
def read_yaml(file: RuleFile) -> Contents:
    """Rule definitions of AADConnectDsc."""
    return _refused(file, "YAML")
