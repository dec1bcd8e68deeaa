# SPDX-License-Identifier: Apache-2.0
"""How well attune's defaults do on real data, beside simple baselines and beside published scores."""
