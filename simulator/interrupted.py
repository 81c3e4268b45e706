"""How the program ends when somebody stops it, at whatever moment."""

INTERRUPTED = 130  # the exit status
TOLD = "interrupted: nothing was written"
