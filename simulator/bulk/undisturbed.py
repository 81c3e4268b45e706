"""Starts processes so that Ctrl-C, which reaches all of a terminal, is the affair of one alone."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Lets Ctrl-C wait: a process that is not given all it needs to start tells so at length."""
    if threading.current_thread() is not threading.main_thread():  # signals go to that one
        yield
        return
    came: list[int] = []
    before = {
        each: signal.signal(each, lambda number, _: came.append(number))
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if came:
        signal.raise_signal(came[0])


def start_fork_server() -> None:
    """Starts the process that forks others, unless it runs; Ctrl-C reaches none of them.

    A signal that is blocked stays so in what a process starts, from its first instruction on.
    """
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # would end the blocking
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
