"""Stopping a server whose workers may not have begun to serve."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any


def stop_for_sure() -> None:
    """To be called when the server has set up its signals and not yet begun its workers.

    A worker has its main process's handlers until it serves and has its own. There they would swallow the one signal
    that it gets, and the stop wait for the whole of `stop_timeout` with nobody at work. So a worker that has not got
    that far ends at once. (Workers cannot be told again to be sure: a second signal makes Granian's forget whom they
    are answering.)
    """
    main = os.getpid()
    begun: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, frame: FrameType | None) -> None:
        if os.getpid() != main:
            os._exit(0)
        begun[number](number, frame)

    for number in begun:
        signal.signal(number, told)
