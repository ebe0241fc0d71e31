"""Which addresses a stranger may have us speak to: public ones, however they are spelled."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Ranges of IPv6 that lead to an IPv4 address inside them, and where in the 128 bits it stands.
_CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),  # v4-mapped
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4
)
# Not for the public, whatever the running Python's tables say.
_CLOSED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other special uses
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)


def may_reach(address: str, allowed: Iterable[str] = ()) -> bool:
    """Whether this is a public IP address, or lies in a network that is `allowed` anyway."""
    try:
        found = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if any(_within(found, network) for network in allowed):
        return True
    usual = found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_unspecified
    )
    return usual and not any(found in closed for closed in _CLOSED)


def _inner(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        for network, shift in _CARRIERS:
            if address in network:
                return IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return address


def _within(address: Address, network: str) -> bool:
    return address in ip_network(network, strict=False)
