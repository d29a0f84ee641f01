"""Files where they are chosen: another kind is refused at once, and they stand in the order in which they were chosen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASKED = """
## survey
| type | name | label | parameters |
| image | 照片 | 现场照片 | |
| audio | 录音 | 录音 | |
| file | 附件 | 附件 | max-files=4 |
"""
PNG = b"\x89PNG" + b"x" * 20


def file(name: str, kind: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": data}


def test_another_kind_of_file_is_refused_where_it_is_chosen(show: Any) -> None:
    screen = show(ASKED)
    picture, sound, _ = screen.page.locator("input[type=file]").all()
    errors = screen.page.locator(".bf-files .bf-error li")
    picture.set_input_files(file("合同.pdf", "application/pdf", b"%PDF"))
    expect(errors).to_have_text(["“合同.pdf”没有上传。支持 JPG、PNG 等图片格式。"])
    sound.set_input_files(file("说明.txt", "text/plain", b"x"))
    expect(errors.last).to_have_text("“说明.txt”没有上传。支持 MP3、M4A、WAV 音频。")
    picture.set_input_files(file("其实是合同.png", "image/png", b"%PDF"))  # the server looks into it
    expect(errors.first).to_have_text("“其实是合同.png”没有上传。支持 JPG、PNG 等图片格式。")
    assert not screen.call("answersNow")
    picture.set_input_files(file("走廊.png", "image/png", PNG))
    expect(screen.page.get_by_role("link", name="走廊.png").first).to_be_visible()
    expect(errors).to_have_count(1)


def test_files_stand_in_the_order_in_which_they_were_chosen(show: Any) -> None:
    screen = show(ASKED)
    names = ["慢-申请书.pdf", "发票.pdf", "慢-合同.pdf", "清单.pdf"]
    screen.page.locator("input[type=file]").last.set_input_files(
        [file(name, "application/pdf", b"%PDF" + b"x" * at) for at, name in enumerate(names)]
    )
    expect(screen.page.locator(".bf-file a")).to_have_text(names)
    assert [one["name"] for one in screen.call("answersNow")["附件"]] == names
