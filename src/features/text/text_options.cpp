// SPDX-License-Identifier: Apache-2.0
#include "text/text_options.hpp"

#include <algorithm>

#include "attune/core/error.hpp"

namespace attune {

void TextOptions::visit_fields(FieldVisitor& visitor) {
  visitor.field({.name = "unit",
                 .help = "what a token is; auto: characters where the script has no spaces, else words",
                 .choices = {"auto", "characters", "words", "subwords"}},
                unit);
  visitor.field({.name = "lowercase",
                 .help = "fold upper and lower case into one; auto: for words only",
                 .choices = {"auto", "yes", "no"}},
                lowercase);
  visitor.field({.name = "normalization",
                 .help = "Unicode form in which units are compared; nfkc also joins full-width and ligature forms",
                 .choices = {"nfc", "nfkc"}},
                normalization);
  visitor.field(
      {.name = "min_count", .help = "units seen fewer times in training share the unknown vector", .minimum = 1},
      min_count);
  visitor.field({.name = "max_vocabulary", .help = "most units to know, the most frequent first", .minimum = 1},
                max_vocabulary);
  visitor.field({.name = "max_length",
                 .help = "tokens of a text that the network reads; the rest is cut off and counted, and read by the "
                         "linear part alone",
                 .minimum = 1},
                max_length);
  visitor.field({.name = "pieces", .help = "pieces to train for unit = subwords", .minimum = 16, .maximum = 1000000},
                pieces);
  visitor.field(
      {.name = "ngrams",
       .help = "n-grams of characters added to each token; auto: to words, or when any of the next three is given",
       .choices = {"auto", "yes", "no"}},
      ngrams);
  visitor.field(
      {.name = "ngrams_min", .help = "shortest n-gram, 0: 3 characters, or 1 unit", .minimum = 0, .maximum = 16},
      ngrams_min);
  visitor.field(
      {.name = "ngrams_max", .help = "longest n-gram, 0: 5 characters, or 2 units", .minimum = 0, .maximum = 16},
      ngrams_max);
  visitor.field(
      {.name = "ngram_rows", .help = "rows that n-grams are hashed into, 0: 8192", .minimum = 0, .maximum = 1 << 24},
      ngram_rows);
}

namespace {

bool gives_numbers(const TextOptions& options) {
  return options.ngrams_min != 0 || options.ngrams_max != 0 || options.ngram_rows != 0;
}

}  // namespace

void check_text_options(const TextOptions& options, std::string_view where) {
  check(options, where);
  if (options.ngrams == "no" && gives_numbers(options)) {
    throw UsageError(std::string(where) +
                     ": ngrams=no stands beside ngrams_min, ngrams_max or ngram_rows; leave one of them out");
  }
  if (options.ngrams_max != 0 && options.ngrams_min > options.ngrams_max) {
    throw UsageError(std::string(where) + ": ngrams_min is " + std::to_string(options.ngrams_min) +
                     ", more than ngrams_max, " + std::to_string(options.ngrams_max) +
                     "; give ngrams_min <= ngrams_max");
  }
}

Ngrams ngrams_for(const TextOptions& options, std::string_view unit) {
  const bool wanted =
      options.ngrams == "yes" || (options.ngrams == "auto" && (unit == "words" || gives_numbers(options)));
  if (!wanted) return {};
  Ngrams ngrams{options.ngrams_min, options.ngrams_max, options.ngram_rows};
  const int64_t shortest = unit == "characters" ? 1 : 3, longest = unit == "characters" ? 2 : 5;
  const bool longest_given = ngrams.longest != 0;
  if (ngrams.shortest == 0) ngrams.shortest = longest_given ? std::min(shortest, ngrams.longest) : shortest;
  if (!longest_given) ngrams.longest = std::max(longest, ngrams.shortest);
  if (ngrams.rows == 0) ngrams.rows = 8192;
  return ngrams;
}

}  // namespace attune
