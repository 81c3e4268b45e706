"""Where the program begins: `aadsim`, and `python -m simulator`."""

import gc
import sys

from simulator.interrupted import INTERRUPTED, TOLD


def main() -> None:
    """Runs the command line; Ctrl-C is told in one line while it is being imported, too."""
    # Objects come by the million and hold no cycles: looking for these less often is much faster.
    # So is the start.
    gc.set_threshold(100_000, 20, 100)
    try:
        from simulator.cli import main as run

        run()
    except KeyboardInterrupt:
        if sys.stderr:
            sys.stderr.write(f"\n{TOLD}\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
