# SPDX-License-Identifier: Apache-2.0
"""Files inside a tar.gz of a data set."""

import io
import re
import tarfile

from .errors import DataError


def read_archive(source, name, pattern):
    """Yields (match of the member's whole name with `pattern`, content) of every file in the archive, in its order.

    A member of any other name is refused, so that none can point out of the folder it is written to.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(source.content(name)), mode="r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                match = re.fullmatch(pattern, member.name)
                if match is None or not member.isfile():
                    raise DataError(f"{source.folder / name}: expected files named like {pattern}, found {member.name}")
                yield match, archive.extractfile(member).read()
    except tarfile.TarError as error:
        raise DataError(f"{source.folder / name}: expected a tar archive: {error}") from None
