# SPDX-License-Identifier: Apache-2.0
"""Public data sets, turned into tables that attune reads, each as the README of its folder says. Python's library alone is used."""
