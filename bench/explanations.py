#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what attune explain says on real data: how faithful, how true where the truth is known, how fast; see docs/explain.md."""
import sys

from explaining.command import main

sys.exit(main())
