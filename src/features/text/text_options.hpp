// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "attune/core/fields.hpp"
#include "text/ngrams.hpp"

namespace attune {

/// Options of a text input.
struct TextOptions {
  std::string unit = "auto";
  std::string lowercase = "auto";
  std::string normalization = "nfc";
  int64_t min_count = 2;           // a unit seen once teaches nothing of itself, but trains the unknown vector
  int64_t max_vocabulary = 50000;  // 50,000 x 96 floats are 19 MB, more than most tables ever need
  int64_t max_length = 512;
  int64_t pieces = 8000;
  std::string ngrams = "auto";
  int64_t ngrams_min = 0;
  int64_t ngrams_max = 0;
  int64_t ngram_rows = 0;

  void visit_fields(FieldVisitor& visitor);
};

/// @throws UsageError naming the option that is out of range, or a longest n-gram below the shortest.
void check_text_options(const TextOptions& options, std::string_view where);

/// What the n-gram options come to once the unit is known. Words have n-grams unless ngrams = no; the other units with
/// ngrams = yes or any of the three numbers. They are of 3 to 5 characters (for unit = characters, where they are runs
/// of units, 1 to 2), hashed into 8,192 rows unless given.
[[nodiscard]] Ngrams ngrams_for(const TextOptions& options, std::string_view unit);

}  // namespace attune
