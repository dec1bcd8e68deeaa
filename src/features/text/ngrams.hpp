// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/segmenter.hpp"

namespace attune {

/// n-grams of `shortest` to `longest` parts, hashed into `rows` (0: none). The hash is FNV-1a of 64 bits modulo rows:
/// the same on every machine, for it is part of what a trained model means.
struct Ngrams {
  int64_t shortest = 0, longest = 0, rows = 0;
};

/// Runs of characters of a unit between the marks "<" and ">" (fastText: Bojanowski and others 2017, arXiv:1607.04606).
/// Only the first 64 of these characters are looked at.
void append_character_ngrams(std::string_view form, const Ngrams& ngrams, std::vector<int64_t>& out);

/// Runs of units that begin at units[0]: for units that are characters themselves.
void append_unit_ngrams(std::span<const Unit> units, const Ngrams& ngrams, std::vector<int64_t>& out);

}  // namespace attune
