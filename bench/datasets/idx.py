# SPDX-License-Identifier: Apache-2.0
"""IDX files, the form MNIST was published in: two zero bytes, a type, the number of dimensions, big-endian sizes, data."""

import math
import struct

from .errors import DataError
from .png import encode_png

BYTES = 8  # the format's code for unsigned bytes, the only type read here


def read_idx(source, name):
    """Returns the dimensions and the bytes of the named file of `source`."""
    content = source.content(name)
    if len(content) < 4 or content[:3] != bytes((0, 0, BYTES)):
        found = content[:3].hex(" ") or "nothing"
        raise DataError(f"{source.folder / name}: expected an IDX file of bytes (00 00 08), found {found}")
    begin = 4 + 4 * content[3]
    sizes = struct.unpack(f">{content[3]}I", content[4:begin]) if len(content) >= begin else None
    if sizes is None or len(content) - begin != math.prod(sizes):
        raise DataError(f"{source.folder / name}: expected as many bytes as its header tells ({sizes}), "
                        f"found {len(content)} in all")
    return sizes, content[begin:]


def read_labels(source, name):
    sizes, labels = read_idx(source, name)
    if len(sizes) != 1:
        raise DataError(f"{source.folder / name}: expected labels in 1 dimension, found {len(sizes)}")
    return list(labels)


def read_pictures(source, name):
    """Every picture of the file as PNG bytes, in order; the file is of 3 dimensions (grey) or 4, the last of which is 3 (RGB)."""
    sizes, pixels = read_idx(source, name)
    if len(sizes) not in (3, 4) or sizes[3:] not in ((), (3,)):
        raise DataError(f"{source.folder / name}: expected pictures of N x height x width bytes, or x 3, found {sizes}")
    shape = (*sizes[1:3], *(sizes[3:] or (1,)))
    step = math.prod(shape)
    return [encode_png(*shape, pixels[i * step:(i + 1) * step]) for i in range(sizes[0])]
