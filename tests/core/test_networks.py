"""Addresses that a stranger may and may not have us speak to."""

import pytest

from botpe_app.core.networks import may_reach


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:93.184.215.14", "::ffff:8.8.8.8",
        "64:ff9b::5db8:d70e",
    ],
)  # fmt: skip
def test_public_addresses_may_be_reached(address):
    assert may_reach(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
        "0.0.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:c0a8:101::1", "2001:0:4136:e378::1", "2001:db8::1", "::8.8.8.8", "localhost", "",
    ],
)  # fmt: skip
def test_private_ones_may_not_in_any_spelling(address):
    assert not may_reach(address)


def test_a_network_can_be_allowed_and_others_stay_closed():
    assert may_reach("127.0.0.1", ["127.0.0.0/8"])
    assert may_reach("::ffff:127.0.0.1", ["127.0.0.0/8"])
    assert may_reach("::1", ["::1/128"])
    assert not may_reach("10.0.0.1", ["127.0.0.0/8"])
