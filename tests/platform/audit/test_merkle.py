"""Merkle trees.

M1  Roots and proofs are those of the test vectors of Certificate Transparency (google/certificate-transparency,
    `merkletree/merkle_tree_test.cc`).
M2  Roots are those of the definition in RFC 6962, section 2.1, computed here a second time.
M3  Every proof of every small tree holds, and none holds for another leaf, place, size or root.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.platform.audit.merkle import (
    EMPTY,
    Tree,
    consistency_proof,
    consistent,
    inclusion_proof,
    root,
    root_by_inclusion,
)
from banshi.storage.chain import leaf_hash

INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
LEAVES = [leaf_hash(data) for data in INPUTS]
NUMBERED = [leaf_hash(bytes([number])) for number in range(70)]


def hexed(proof: list[bytes]) -> list[str]:
    return [part.hex() for part in proof]


def test_m1_the_roots_of_the_vectors() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root(LEAVES[: size + 1]).hex() for size in range(8)] == ROOTS
    tree = Tree()
    grown = []
    for leaf in LEAVES:
        tree.add(leaf)
        grown.append(tree.root().hex())
    assert grown == ROOTS


@pytest.mark.parametrize(
    ("leaf", "size", "proof"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [D, E, ROOTS[3]]), (3, 3, [ROOTS[1]]), (2, 5, [ROOTS[0], B, D])],
)
def test_m1_the_inclusion_proofs_of_the_vectors(leaf: int, size: int, proof: list[str]) -> None:
    made = inclusion_proof(LEAVES[:size], leaf - 1)
    assert hexed(made) == proof
    assert root_by_inclusion(LEAVES[leaf - 1], leaf - 1, size, made) == bytes.fromhex(ROOTS[size - 1])


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D])],
)
def test_m1_the_consistency_proofs_of_the_vectors(old: int, new: int, proof: list[str]) -> None:
    made = consistency_proof(LEAVES[:new], old)
    assert hexed(made) == proof
    assert consistent(bytes.fromhex(ROOTS[old - 1]), old, bytes.fromhex(ROOTS[new - 1]), new, made)


def defined(leaves: list[bytes]) -> bytes:
    """MTH of the RFC, over the hashes of the leaves."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=200))
def test_m2_roots_are_as_defined(leaves: list[bytes]) -> None:
    assert root(leaves) == defined(leaves)


@pytest.mark.parametrize("size", [*range(1, 20), 33, 64, 70])
def test_m3_a_leaf_is_proven_at_its_place_only(size: int) -> None:
    leaves = NUMBERED[:size]
    whole = root(leaves)
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert root_by_inclusion(leaves[index], index, size, proof) == whole
        assert root_by_inclusion(b"\x02" * 32, index, size, proof) != whole
        assert root_by_inclusion(leaves[index], index + 1, size, proof) != whole
        assert root_by_inclusion(leaves[index], index, size, [*proof, b"\x02" * 32]) is None
        assert not proof or root_by_inclusion(leaves[index], index, size, proof[:-1]) != whole
        for at in range(len(proof)):
            wrong = [part if i != at else b"\x02" * 32 for i, part in enumerate(proof)]
            assert root_by_inclusion(leaves[index], index, size, wrong) != whole


@pytest.mark.parametrize("new", [*range(1, 20), 33, 64, 70])
def test_m3_a_tree_is_proven_to_be_the_beginning_of_its_own_continuation_only(new: int) -> None:
    leaves = NUMBERED[:new]
    whole = root(leaves)
    for old in range(1, new + 1):
        proof, was = consistency_proof(leaves, old), root(leaves[:old])
        assert consistent(was, old, whole, new, proof)
        assert not consistent(b"\x02" * 32, old, whole, new, proof)
        assert not consistent(was, old, b"\x02" * 32, new, proof)
        assert not consistent(was, old, whole, new, [*proof, b"\x02" * 32])
        assert not proof or not consistent(was, old, whole, new, proof[:-1])
        assert not consistent(whole, new, was, old, proof) or old == new
        for at in range(len(proof)):
            wrong = [part if i != at else b"\x02" * 32 for i, part in enumerate(proof)]
            assert not consistent(was, old, whole, new, wrong)


def test_m3_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 9)
    assert root_by_inclusion(LEAVES[0], 0, 0, []) is None
