# SPDX-License-Identifier: Apache-2.0
"""The other side of safetensors_test.cpp, by the library whose format it is.

read PATH    prints a line per tensor: name, dtype, shape, bytes in hex; then a line per metadata entry
write PATH   writes three tensors and metadata
Exit code 77: the Python packages safetensors and numpy are not installed.
"""
import sys

try:
    import numpy
    from safetensors import safe_open
    from safetensors.numpy import save_file
except ImportError:
    sys.exit(77)

mode, path = sys.argv[1:]
if mode == "read":
    with safe_open(path, framework="numpy") as file:
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            print(name, tensor.dtype, list(tensor.shape), tensor.tobytes().hex())
        for key, value in sorted(file.metadata().items()):
            if key != "attune.sha256":
                print(key, value)
else:
    tensors = {
        "weight": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
        "odd": numpy.array([1, 2, 3], dtype=numpy.uint8),
        "ids": numpy.array([-1, 2**40], dtype=numpy.int64),
    }
    save_file(tensors, path, metadata={"made by": "safetensors"})
