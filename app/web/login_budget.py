"""How many wrong passwords are borne, from whom: guessing is slow, and nobody locks anybody else out (docs/adr/0016).

Wrong ones are counted by name and address, by address, and in all; a browser that has signed in as that name before has
an account of its own, which strangers cannot use up. A name alone is slowed down and never refused.
"""

import ipaddress
import math
import time
import unicodedata
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

LONGEST_SLOWING_S = 4.0
SLOWED_AFTER, SLOWED_BY_S = 10, 0.5
"""A name's wrong passwords of late that slow nobody, and what each further one adds."""
OWN_TRIES_AT_ONCE = 2
"""Of one known browser: people have two hands."""


@dataclass(frozen=True)
class Rate:
    """So many at once, and one more every `refill_s` seconds."""

    burst: int
    refill_s: float


BY_NAME_AND_ADDRESS = Rate(5, 12.0)
BY_ADDRESS = Rate(60, 10.0)
IN_ALL = Rate(300, 2.0)
BY_NAME = Rate(SLOWED_AFTER + math.ceil(LONGEST_SLOWING_S / SLOWED_BY_S), 30.0)
OF_ONE_BROWSER = Rate(5 + math.ceil(LONGEST_SLOWING_S / SLOWED_BY_S), 30.0)

FORGOTTEN_AFTER_S = max(
    r.burst * r.refill_s for r in (BY_NAME_AND_ADDRESS, BY_ADDRESS, IN_ALL, BY_NAME, OF_ONE_BROWSER)
)
"""By then no account remembers anything."""


@dataclass(frozen=True)
class Attempt:
    """One try, noted as wrong until it turns out right. `browser`: of a known one; None of a stranger's."""

    name: str
    address: str
    browser: str | None = None

    @property
    def spent(self) -> dict[Hashable, Rate]:
        """What it draws on, by account."""
        if self.browser is not None:
            return {("browser", self.browser): OF_ONE_BROWSER}
        return {
            ("name and address", self.name, self.address): BY_NAME_AND_ADDRESS,
            ("address", self.address): BY_ADDRESS,
            "all": IN_ALL,
        }


@dataclass(frozen=True)
class Verdict:
    """Whether a try may go on: refused for `refused_s` seconds, or after `slowed_s`."""

    refused_s: float = 0.0
    slowed_s: float = 0.0


class LoginBudget:
    """Safe to share between threads. Accounts that are full again are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[Hashable, tuple[float, float]] = {}
        """By account: how much of it was spent, at which moment."""
        self._under_way: dict[str, int] = {}
        self._lock = Lock()

    def admit(self, attempt: Attempt) -> Verdict:
        """Note the try and say how it goes on; tries in parallel count at once. `settle` it, unless it is refused."""
        with self._lock:
            now = self._clock()
            self._forget_full(now)
            if attempt.browser is not None:
                return self._admit_known(attempt.browser, attempt, now)
            # all are asked first: a refused try spends nothing
            waits = [self._wait(account, rate, now) for account, rate in attempt.spent.items()]
            if max(waits) > 0:
                return Verdict(refused_s=max(waits))
            slowed = self._slowing(("name", attempt.name), BY_NAME, SLOWED_AFTER, now)
            self._spend(attempt, 1, now)  # as wrong, before anybody looked: tries side by side count
            return Verdict(slowed_s=slowed)

    def settle(self, attempt: Attempt, *, right: bool | None) -> None:
        """What became of it: a right one is given back, and clears the account of that name at that address.

        right: None for one that nobody could check, which is given back too.
        """
        with self._lock:
            now = self._clock()
            if attempt.browser is not None:
                left = self._under_way.pop(attempt.browser) - 1
                self._under_way.update({attempt.browser: left} if left else {})
            if right is not False:
                self._spend(attempt, -1, now)
            if right:
                # the first of `spent`: name and address
                own = ("browser", attempt.browser) if attempt.browser else next(iter(attempt.spent))
                self._spent.pop(own, None)

    def _admit_known(self, browser: str, attempt: Attempt, now: float) -> Verdict:
        """Never refused for what was wrong before: a right password goes through, at worst some seconds later."""
        if self._under_way.get(browser, 0) >= OWN_TRIES_AT_ONCE:
            return Verdict(refused_s=1.0)
        slowed = self._slowing(("browser", browser), OF_ONE_BROWSER, 5, now)
        self._under_way[browser] = self._under_way.get(browser, 0) + 1
        self._spend(attempt, 1, now)
        return Verdict(slowed_s=slowed)

    def _spend(self, attempt: Attempt, count: int, now: float) -> None:
        for account, rate in [*attempt.spent.items(), (("name", attempt.name), BY_NAME)]:
            # never beyond full: a long attack is forgotten as soon as a short one
            spent = min(float(rate.burst), max(0.0, self._spent_of(account, rate, now) + count))
            self._spent.pop(account, None)  # the order is that of the last change
            self._spent[account] = (spent, now)

    def _slowing(self, account: Hashable, rate: Rate, free: int, now: float) -> float:
        return min(LONGEST_SLOWING_S, SLOWED_BY_S * max(0.0, self._spent_of(account, rate, now) - free))

    def _wait(self, account: Hashable, rate: Rate, now: float) -> float:
        """Seconds until one more try fits; 0 now."""
        return max(0.0, (self._spent_of(account, rate, now) + 1 - rate.burst) * rate.refill_s)

    def _spent_of(self, account: Hashable, rate: Rate, now: float) -> float:
        spent, at = self._spent.get(account, (0.0, now))
        return max(0.0, spent - (now - at) / rate.refill_s)

    def _forget_full(self, now: float) -> None:
        while self._spent:
            account, (_, at) = next(iter(self._spent.items()))  # the oldest change comes first
            if now - at < FORGOTTEN_AFTER_S:
                return
            del self._spent[account]


def one_account(name: str) -> str:
    """However its name is typed. One longer than any account's name is nobody's, and takes no more room."""
    return unicodedata.normalize("NFKC", name[:200]).strip().casefold()[:100]  # as `users.authenticate` reads it


def one_sender(address: str) -> str:
    """A household has a whole /64 of IPv6 to itself; an IPv4 address may come as IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:  # ::ffff:1.2.3.4
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
