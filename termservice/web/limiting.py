"""Rate limits: how often one caller may ask, counted before anything is done for the request.

`limits`, the library under Flask-Limiter, is used directly: remembered answers are given in front of Flask, where
Flask-Limiter does not see them.
"""

from __future__ import annotations

import logging
import math
import time

from limits import parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from termservice.config import Limits, WrongSetting

_log = logging.getLogger(__name__)
_QUIET = 60.0
"""Seconds between complaints about a storage that does not answer."""


class Quota:
    """One kind of limit over all who are counted by it. A sliding window, so that no burst fits around its edge."""

    def __init__(self, kind: str, rate: str, storage: Storage) -> None:
        self._kind = kind
        # the shortest first: what it refuses does not count against the longer ones
        self._limits = sorted(parse_many(rate), key=lambda limit: limit.get_expiry()) if rate else []
        self._window = SlidingWindowCounterRateLimiter(storage)
        self._complained = -_QUIET

    def spend(self, who: str) -> int:
        """Count one request; 0, or the seconds to wait where it is one too many."""
        try:
            for limit in self._limits:
                if not self._window.hit(limit, self._kind, who):
                    ends = self._window.get_window_stats(limit, self._kind, who).reset_time
                    return max(1, math.ceil(ends - time.time()))
        except StorageError as error:  # better unlimited than not at all
            if time.monotonic() - self._complained > _QUIET:
                self._complained = time.monotonic()
                _log.error("requests cannot be counted, nothing is limited: %s", type(error.storage_error).__name__)
        return 0


class Quotas:
    """The limits of one process. In memory each worker counts for itself; a storage by network is shared."""

    def __init__(self, limits: Limits) -> None:
        """Raises `WrongSetting` where the storage is of no known kind, or its client is not installed."""
        try:
            storage = storage_from_string(limits.storage, wrap_exceptions=True)
        except (ConfigurationError, ValueError, AssertionError) as error:
            raise WrongSetting(f"limits.storage cannot be used: {error}") from error
        assert isinstance(storage, Storage)
        self.address = Quota("address", limits.address, storage)
        self.key = Quota("key", limits.key, storage)
        self.refused = Quota("refused", limits.refused, storage)
