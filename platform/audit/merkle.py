"""Merkle trees after RFC 6962, section 2.1: the root over many leaves, and proofs that a few hashes are enough for.

Leaves are given as their hashes (`storage.chain.leaf_hash`), so that a tree of a million is computed in one pass with one
hash for each level in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

SIZE = 32
"""Bytes of a hash."""
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Leaves(Protocol):
    """The hashes of leaves in order."""

    def __len__(self) -> int:
        """How many."""
        ...

    def __getitem__(self, index: int, /) -> bytes:
        """One of them."""
        ...


class Packed:
    """Hashes of 32 bytes one after another, as a file holds them: a million take 32 MB."""

    def __init__(self, data: bytes | bytearray = b"") -> None:
        self._data = bytearray(data)

    def extend(self, hashes: Iterable[bytes]) -> None:
        """More hashes."""
        for one in hashes:
            self._data += one

    def since(self, start: int) -> bytes:
        """The bytes of those from `start` on."""
        return bytes(self._data[start * SIZE :])

    def __len__(self) -> int:
        return len(self._data) // SIZE

    def __getitem__(self, index: int, /) -> bytes:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return bytes(self._data[index * SIZE : (index + 1) * SIZE])


class Tree:
    """A tree that grows: full subtrees are kept by their roots, so its memory is the logarithm of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        height, digest = 0, leaf
        while self._full and self._full[-1][0] == height:
            digest = node_hash(self._full.pop()[1], digest)
            height += 1
        self._full.append((height, digest))
        self.size += 1

    def root(self) -> bytes:
        """The hash over all leaves so far."""
        if not self._full:
            return EMPTY
        digest = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            digest = node_hash(left, digest)
        return digest


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over some leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def inclusion_proof(leaves: Leaves, index: int) -> list[bytes]:
    """What proves that a leaf is in the tree of all leaves (2.1.1); IndexError where there is none at `index`."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    start, stop, proof = 0, len(leaves), list[bytes]()
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(_root(leaves, middle, stop))
            stop = middle
        else:
            proof.append(_root(leaves, start, middle))
            start = middle
    return proof[::-1]


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its proof add up to; None where the proof does not fit the place and the size."""
    if not 0 <= index < size:
        return None
    digest, last, rest = leaf, size - 1, list(proof)
    while last:
        if not rest and (index % 2 or index != last):
            return None
        if index % 2:
            digest = node_hash(rest.pop(0), digest)
        elif index != last:
            digest = node_hash(digest, rest.pop(0))
        index, last = index // 2, last // 2
    return None if rest else digest


def consistency_proof(leaves: Leaves, size: int) -> list[bytes]:
    """What proves that the tree of the first `size` leaves is the beginning of the tree of all (2.1.2)."""
    if not 0 < size <= len(leaves):
        raise IndexError(size)
    start, stop, whole, proof = 0, len(leaves), True, list[bytes]()
    while size != stop:
        middle = start + _split(stop - start)
        if size <= middle:
            proof.append(_root(leaves, middle, stop))
            stop = middle
        else:
            proof.append(_root(leaves, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(_root(leaves, start, stop))
    return proof[::-1]


def consistent(old: bytes, old_size: int, new: bytes, new_size: int, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `old_size` leaves with the root `old` is the beginning of the new one.

    The algorithm is that of RFC 9162, section 2.1.4.2.
    """
    if old_size == new_size:
        return old == new and not proof
    if not 0 < old_size < new_size or not proof:
        return False
    rest = list(proof) if old_size & (old_size - 1) else [old, *proof]
    place, last = old_size - 1, new_size - 1
    while place % 2:
        place, last = place // 2, last // 2
    was = now = rest[0]
    for part in rest[1:]:
        if not last:
            return False
        if place % 2 or place == last:
            was, now = node_hash(part, was), node_hash(part, now)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            now = node_hash(now, part)
        place, last = place // 2, last // 2
    return was == old and now == new and not last


def _root(leaves: Leaves, start: int, stop: int) -> bytes:
    return root(leaves[index] for index in range(start, stop))


def _split(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)
