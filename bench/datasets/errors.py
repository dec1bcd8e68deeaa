# SPDX-License-Identifier: Apache-2.0
"""What a person can mend: data that is missing, altered or not of the form its README describes."""


class DataError(Exception):
    """The message names the file or folder, what was expected, what was found, and the way out."""
