"""How long somebody waits after wrong passwords, and what counts as one place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.accounts import rules


def test_a_name_waits_after_five_failures_and_then_twice_as_long() -> None:
    waits = [rules.wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 13, 14)]
    assert waits == [0, 0, 2, 4, 8, 512, 900]
    assert rules.wait_after(10**9) == rules.LONGEST_WAIT


def test_a_network_waits_after_three_hundred_and_twice_as_long_each_thirty() -> None:
    waits = [
        rules.wait_of_network(failures).total_seconds()
        for failures in (0, 50, 299, 300, 329, 330, 360)
    ]
    assert waits == [0, 0, 0, 2, 2, 4, 8]
    assert rules.wait_of_network(10**9) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("::ffff:192.0.2.10", "192.0.2.10"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_is_an_address_or_a_64(address: str, network: str) -> None:
    assert rules.network_of(address) == network
