# SPDX-License-Identifier: Apache-2.0
"""Lists a model file by the library whose format it is: a line per tensor (name, dtype, shape, SHA-256 of its bytes),
then a line per metadata entry (name, length in characters).

Exit code 77: the Python packages safetensors and numpy are not installed.
"""
import hashlib
import sys

try:
    import numpy  # noqa: F401: what safetensors needs for framework="numpy"
    from safetensors import safe_open
except ImportError:
    sys.exit(77)

with safe_open(sys.argv[1], framework="numpy") as file:
    for name in sorted(file.keys()):
        tensor = file.get_tensor(name)
        print(name, tensor.dtype, list(tensor.shape), hashlib.sha256(tensor.tobytes()).hexdigest())
    for key, value in sorted(file.metadata().items()):
        print("metadata", key, len(value))
