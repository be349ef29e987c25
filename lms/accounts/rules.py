"""Plain rules of getting in: how long a name must wait after wrong passwords."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address

FREE_FAILURES = 5
FREE_FAILURES_OF_A_NETWORK = 300
"""In an hour. A town hall of a thousand people is one address, and Monday morning is one hour."""
FAILURES_A_STEP = 30
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)
"""Who came in from a network is not slowed there, that long, by what others do wrong."""


def wait_after(failures: int) -> timedelta:
    """How long to wait after this many failures: none for five, then doubling to 15 minutes."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES + 1, 10)  # the tenth is past the longest wait
    return min(timedelta(seconds=2**doublings), LONGEST_WAIT)


def wait_of_network(failures: int) -> timedelta:
    """The same for a network with this many failures in an hour, of whatever names."""
    steps = max(0, failures - FREE_FAILURES_OF_A_NETWORK + FAILURES_A_STEP) // FAILURES_A_STEP
    return wait_after(FREE_FAILURES - 1 + steps)


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that one IPv6 household gets.

    Anything that is no address is taken as it is written.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
        found = found.ipv4_mapped
    return str(found)


def normalise_email(typed: str) -> str:
    return typed.strip().casefold()
