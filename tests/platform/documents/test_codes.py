"""Codes of papers and the drawings on them."""

from __future__ import annotations

import base64
import io
from collections import Counter

import zxingcpp
from PIL import Image

from banshi.platform.documents import drawings
from banshi.platform.documents.codes import LENGTH, SIGNS, grouped, new_code, new_pickup, read_code


def test_codes_are_read_however_they_are_typed() -> None:
    code = new_code()
    assert len(code) == LENGTH
    assert read_code(f" {grouped(code).lower()} ") == code
    full = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert read_code(f"{full[:4]}－{full[4:8]} {full[8:]}") == code
    assert read_code("") == read_code(code[:-1]) == read_code(code + "2") == read_code("O" * 12) == ""
    assert not set("01OIL") & set(SIGNS)
    assert len(set(SIGNS)) == 31


def test_every_slip_of_one_sign_and_every_swap_is_seen() -> None:
    """All 360 single errors and all swaps of neighbours, of twenty codes."""
    for _ in range(20):
        code = new_code()
        for at in range(LENGTH):
            assert [sign for sign in SIGNS if read_code(code[:at] + sign + code[at + 1 :])] == [code[at]]
        for at in range(LENGTH - 1):
            if code[at] != code[at + 1]:
                assert read_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :]) == ""


def test_codes_are_by_chance_and_all_signs_come_up() -> None:
    codes = [new_code() for _ in range(2000)]
    assert len(set(codes)) == 2000
    counts = Counter("".join(code[:-1] for code in codes))
    assert set(counts) == set(SIGNS)
    assert max(counts.values()) < 1.3 * 22000 / 31
    assert {len(new_pickup()) for _ in range(50)} == {6}


def test_the_qr_code_is_read_by_another_program() -> None:
    address = "https://banshi.example.edu.cn/check/ABCD2345EFGH"
    head, _, data = drawings.qr(address).partition(",")
    assert head == "data:image/png;base64"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(data))))
    assert found.text == address


def test_what_is_written_on_a_seal_is_no_markup() -> None:
    made = base64.b64decode(drawings.seal("<script>甲", "</text><image href='x'/>").partition(",")[2]).decode()
    assert "<script" not in made
    assert "<image" not in made
    assert "&lt;" in made


def test_only_dots_are_pictures() -> None:
    assert drawings.picture(b"\x89PNG\r\n\x1a\n123").startswith("data:image/png;base64,")
    assert drawings.picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == ""
    assert drawings.picture(b"GIF89a") == ""
