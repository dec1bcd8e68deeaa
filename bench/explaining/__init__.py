# SPDX-License-Identifier: Apache-2.0
"""How far the explanations of attune may be believed on real data, and what they cost."""
