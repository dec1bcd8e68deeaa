# SPDX-License-Identifier: Apache-2.0
"""Pictures as PNG files (W3C, Portable Network Graphics, second edition): 8 bits a channel, grey or RGB, no filter."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2  # the standard's colour types


def encode_png(height, width, channels, pixels):
    """`pixels`: height * width * channels bytes, row by row; channels 1 (grey) or 3 (RGB)."""
    stride = width * channels
    assert channels in (1, 3) and len(pixels) == height * stride
    header = struct.pack(">IIBBBBB", width, height, 8, GREY if channels == 1 else RGB, 0, 0, 0)
    lines = b"".join(b"\0" + pixels[at:at + stride] for at in range(0, len(pixels), stride))  # each begins with its filter, none
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
