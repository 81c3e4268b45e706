"""The command line: parses arguments, prints lines, sets the exit status; computes nothing."""

import gc
import signal
import sys

import click

from simulator.cli.audit import audit
from simulator.cli.check import check
from simulator.cli.doctor import doctor
from simulator.cli.eval import eval_
from simulator.cli.explain import explain
from simulator.cli.functions import functions
from simulator.cli.preview import preview
from simulator.cli.repl import repl
from simulator.cli.rules import rules
from simulator.cli.snapshot import snapshot
from simulator.errors import SimulatorError
from simulator.version import __version__

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="aadsim")
def cli() -> None:
    """Simulates the synchronization rules of Azure AD Connect (Entra Connect Sync).

    Says which computers would sync, which are cloudFiltered, why, and what a rule change does to
    each, before any full synchronization. Reads only: no command writes to a directory.

    Rules (R) are a file or folder, or the name of a shipped set; given several times, later ones
    overlay earlier ones by rule name. Objects (O) are a file or an LDAP URL, for example
    ldaps://dc1.contoso.com/OU=Servers,DC=contoso,DC=com

    Exit status: 0 nothing found, 1 findings, 2 wrong use or unreadable input, 3 incomplete.
    """


for _command in (audit, preview, explain, eval_, check, rules, functions, repl, snapshot, doctor):
    cli.add_command(_command)


def main() -> None:
    """Runs the program; every foreseen failure is one message on standard error and a status."""
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text streams
    # objects come by the million and hold no cycles: looking for these less often is much faster
    gc.set_threshold(100_000, 20, 100)
    # whoever ends the program otherwise than with Ctrl-C gets the same: files whole or not there
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted: nothing was written", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except SimulatorError as error:
        click.echo(f"error: {error.render()}", err=True)
        sys.exit(error.status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
