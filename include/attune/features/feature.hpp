// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/features/encoding.hpp"
#include "attune/features/word_vectors.hpp"

namespace attune {

/// The cells a feature is fitted on: some columns of some rows.
struct ColumnsView {
  const Table& table;
  std::vector<int> columns;
  std::span<const int64_t> rows;
};

/// Of one row: the tokens of its encoding, and how many more a limit cut off.
struct TokenCount {
  int64_t tokens = 0;
  int64_t cut_off = 0;
};

/// A type of input column(s) at work, free of any tensor library: fitted on training rows, it turns cells into
/// encodings and shows tokens to a person. After fit or load it is immutable and thread-safe.
class InputFeature {
 public:
  virtual ~InputFeature() = default;

  /// "text", "numbers", ..: the name in schemas.
  [[nodiscard]] virtual std::string type() const = 0;

  /// Learns vocabulary, means, classes .. from training rows. `seed` for anything drawn.
  /// @throws InputError naming file, row and column for cells that are not of this type.
  virtual void fit(const ColumnsView& training, uint64_t seed) = 0;

  /// An encoding of zero rows, to append to.
  [[nodiscard]] virtual Encoding empty_encoding() const = 0;

  /// Appends one row. `cells`: one per column bound. @throws InputError (without file and row: the caller adds them).
  virtual void encode(std::span<const std::string_view> cells, Encoding& batch) const = 0;

  /// What encode() would append for the row and cut off from it, which whoever encodes a table reports. Throws as it
  /// does: rows are counted before any work is spent on them.
  [[nodiscard]] virtual TokenCount count_tokens(std::span<const std::string_view> cells) const = 0;

  /// The description of the embedder this encoding needs, e.g. {"kind": "ids", "vocabulary": 3012, ..}
  /// (docs/architecture.md).
  [[nodiscard]] virtual Json embedder() const = 0;

  /// Whether places are ranges of characters (code points) of the one cell, so that tokens can be marked in it.
  [[nodiscard]] virtual bool has_text_places() const { return false; }

  /// The piece of input a token stands for, as a person would read it: `word`, `mean_radius = 17.99`.
  [[nodiscard]] virtual std::string show(std::span<const std::string_view> cells, Place place) const = 0;

  /// The cells without what the tokens at `places` stand for, so that another model can be asked what it makes of the
  /// rest: a text loses those characters (words that they stood between stay apart), a number or a category is missing.
  /// @param places of tokens of these cells, in any order
  [[nodiscard]] virtual std::vector<std::string> erase(std::span<const std::string_view> cells,
                                                       std::span<const Place> places) const = 0;

  /// The words that pretrained vectors can stand for, once it is fitted (not loaded); nothing where a unit is no word
  /// or character.
  [[nodiscard]] virtual std::optional<VectorWords> vector_words() const { return {}; }

  /// Everything fitted, and the options, as JSON; `load_input_feature` restores it.
  [[nodiscard]] virtual Json state() const = 0;

  /// Sentences for the person who loaded it: what differs here from where it was fitted (library versions).
  [[nodiscard]] virtual std::vector<std::string> load_notes() const { return {}; }

  /// Sentences for the person who fitted it: "unit: characters (74 % Han), vocabulary 2,913, ..".
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
};

/// One answer to a row.
struct Choice {
  std::string label;       ///< the class, or empty for a number
  double probability = 0;  ///< of a class
};
struct Prediction {
  std::string text;             ///< the label, or the number printed
  double value = 0;             ///< number outputs, in the column's own unit
  std::vector<Choice> choices;  ///< class outputs: every class, most probable first (ties: order of classes)
};

/// A type of output column.
class OutputFeature {
 public:
  virtual ~OutputFeature() = default;
  [[nodiscard]] virtual std::string type() const = 0;

  /// Classes come from `all` rows given to training, statistics (mean, class counts) from the `training` rows.
  /// @throws InputError: an empty cell (row named), one class only, not a number.
  virtual void fit(const ColumnsView& all, const ColumnsView& training) = 0;

  [[nodiscard]] virtual Targets empty_targets() const = 0;
  /// Appends the row's target. An unseen label is -1. @throws InputError for a cell that is no number.
  virtual void encode(std::string_view cell, Targets& batch) const = 0;

  /// The description of the head this output needs, {"kind": "class", "classes": 2} or {"kind": "value"}.
  [[nodiscard]] virtual Json head() const = 0;

  /// Scores of one row (class: calibrated logits [C]; value: one scaled number) to an answer.
  [[nodiscard]] virtual Prediction decode(std::span<const float> scores) const = 0;

  /// Number outputs: a target in the column's own unit, as it stood in its cell.
  [[nodiscard]] virtual double in_unit(double target) const { return target; }

  /// Class outputs: names, in the order of class numbers. Number outputs: empty.
  [[nodiscard]] virtual std::vector<std::string> classes() const { return {}; }
  /// Class outputs: rows of each class among the training rows.
  [[nodiscard]] virtual std::vector<int64_t> class_counts() const { return {}; }

  [[nodiscard]] virtual Json state() const = 0;
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
};

}  // namespace attune
