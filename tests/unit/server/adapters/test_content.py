from __future__ import annotations

import time

import pytest

from server.adapters.content import PICTURES, RECORDINGS, is_text, media_type
from tests.support.pictures import picture
from tests.support.recordings import sound, video


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (picture(), "x.exe", "image/png"),
        (picture(8, "GIF"), "x", "image/gif"),
        (picture(8, "JPEG"), "x.html", "image/jpeg"),
        (picture(8, "WEBP"), "x.svg", "image/webp"),
        (sound(), "x", "audio/ogg"),
        (sound("wav", "pcm_s16le"), "x", "audio/wav"),
        (sound("mp3", "libmp3lame"), "x", "audio/mpeg"),
        (sound("flac", "flac"), "x", "audio/flac"),
        (sound("adts", "aac"), "x", "audio/aac"),
        (video(), "x", "video/webm"),
        (video("matroska"), "x", "video/x-matroska"),
        (video("mp4", "mpeg4"), "x", "video/mp4"),
        (video("mov", "mpeg4"), "x", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "x.jpg", "image/heic"),
        (b"%PDF-1.7 ...", "a.png", "application/pdf"),
        (b"PK\x03\x04\x14\x00" + bytes(60), "a.zip", "application/zip"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.txt", "text/html"),
        (b"\xef\xbb\xbf <!-- a --> <!-- b -->\n<html>", "a.png", "text/html"),
        (b"<script>alert(1)</script>", "a.png", "text/html"),
        (b"<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "image/svg+xml"),
        (b"<!doctype svg PUBLIC ''><svg/>", "a", "image/svg+xml"),
        ("grüße".encode(), "notes.txt", "text/plain"),
        ("grüße".encode(), "notes.png", "text/plain"),
        ("grü".encode()[:-1], "cut.txt", "text/plain"),
        (b"\x00\x01\x02\x03\xfe", "a.bin", "application/octet-stream"),
        (b"\x00\x01\x02\x03\xfe", "a.png", "application/octet-stream"),
        (b"\x00\x01\x02\x03\xfe", "a.mp4", "application/octet-stream"),
        (b"", "empty.txt", "text/plain"),
    ],
)
def test_the_type_is_found_by_the_content(head: bytes, name: str, expected: str) -> None:
    assert media_type(head[:4096], name) == expected


@pytest.mark.parametrize("head", [b"<!---->" * 600, b" " * 4096, b"<?x?>" * 800, b"<!--" * 1024])
def test_nothing_takes_long(head: bytes) -> None:
    started = time.perf_counter()
    media_type(head, "x")
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(("head", "text"), [(b"a\tb\r\n", True), (b"a\x00b", False), (b"\xff\xfe", False), (b"", True)])
def test_what_is_text(head: bytes, text: bool) -> None:
    assert is_text(head) is text


def test_what_is_looked_into_is_one_or_the_other() -> None:
    assert not PICTURES & RECORDINGS
