# SPDX-License-Identifier: Apache-2.0
"""Free Spoken Digit Dataset, a part: WAV files as published. Recordings 0 to 4 of each speaker and digit are test (official).

`speaker` is for leaving one out, not for reading.
"""

from .archive import read_archive

FIRST_OF_TRAINING = 5


def prepare(source, destination):
    parts = {"train": [], "test": []}
    for name, content in read_archive(source, "recordings_idx00_29.tar.gz", r"recordings/(\d)_([a-z]+)_(\d+)\.wav"):
        destination.write_file(name[0], content)
        part = "train" if int(name[3]) >= FIRST_OF_TRAINING else "test"
        parts[part].append((int(name[3]), name[0], name[1], name[2]))
    sorted_parts = {part: [row[1:] for row in sorted(rows)] for part, rows in parts.items()}
    destination.write_parts(("audio", "digit", "speaker"), sorted_parts)
