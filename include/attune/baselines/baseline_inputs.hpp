// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "attune/baselines/ngram_vocabulary.hpp"
#include "attune/baselines/unit_numbers.hpp"
#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/core/place.hpp"
#include "attune/data/table.hpp"
#include "attune/features/schema.hpp"
#include "attune/features/text_units.hpp"

namespace attune {

/// Rows of a table as the baselines read them: every text cut into words and into characters, categories as units of
/// their own, and numbers.
struct CutRows {
  UnitRows words, characters;  ///< the texts of a row one after another, with a gap between two
  UnitRows categories;         ///< one unit per category input
  int64_t number_columns = 0;
  std::vector<double> numbers;  ///< [rows, number_columns], NaN where missing
  [[nodiscard]] int64_t rows() const { return words.rows(); }
};

/// The cells of one row: per input of the schema, one for each of its columns.
using InputCells = std::vector<std::vector<std::string>>;

/// Where the units and numbers of one row stand in it, each list in the order of CutRows; of a gap, nowhere.
struct CutPlaces {
  std::vector<InputPlace> words, characters, categories, numbers;
};

/// At most so many training rows are cut, and so many bytes of text: more would say little more, and take minutes.
inline constexpr int64_t kMostBaselineRows = 200'000;
inline constexpr int64_t kMostBaselineBytes = int64_t{32} << 20;

/// Those of the training rows that baselines are fitted on: all, or as many as the two limits allow, drawn evenly by
/// sample_rows(). @param most_bytes of the columns that the schema reads
[[nodiscard]] std::vector<int64_t> baseline_rows(const Schema& schema, const Table& table,
                                                 std::span<const int64_t> training,
                                                 int64_t most_rows = kMostBaselineRows,
                                                 int64_t most_bytes = kMostBaselineBytes);

/// What texts are cut into: words and characters, or only those that a linear model reads (characters of texts without
/// spaces between words, else words).
enum class TextCuts { kAll, kLinear };

/// What the baselines know of the training rows before any is fitted: the units of texts and categories, each with a
/// number, of one input apart from those of the next. Const members are thread-safe.
class BaselineInputs {
 public:
  /// Cuts the training rows. @throws InputError when the table lacks a column, and what reading it throws.
  BaselineInputs(Schema schema, const Table& table, std::span<const int64_t> rows, Executor& executor,
                 TextCuts cuts = TextCuts::kAll);

  [[nodiscard]] const CutRows& training() const { return training_; }
  /// Other rows, of a table with the same columns in any order; a unit that training never held is UnitRows::kNone.
  [[nodiscard]] CutRows cut(const Table& table, std::span<const int64_t> rows, Executor& executor) const;
  /// The same in the calling thread.
  [[nodiscard]] CutRows cut(const Table& table, std::span<const int64_t> rows) const;
  /// One row, of no table.
  [[nodiscard]] CutRows cut(const InputCells& cells) const;
  [[nodiscard]] CutPlaces places(const InputCells& cells) const;
  /// As cut(), but some rows at a time, in their order, so that memory follows neither the number of rows nor the whole
  /// length of their texts: `visit` gets at most 256 rows or 256 KiB of text, or one row that is longer.
  void for_each_cut(const Table& table, std::span<const int64_t> rows, Executor& executor,
                    const std::function<void(const CutRows&)>& visit) const;

  /// All that cut() takes; the training rows are not part of it.
  [[nodiscard]] Json state() const;
  /// @param schema that it was made with. @throws ModelFileError.
  [[nodiscard]] static BaselineInputs load(Schema schema, const Json& state);

  [[nodiscard]] bool has_text() const { return !texts_.empty(); }
  [[nodiscard]] bool has_categories() const { return category_inputs_ > 0; }
  [[nodiscard]] bool has_numbers() const { return training_.number_columns > 0; }
  /// The texts are written without spaces between words, by the rule of the text input; one such input is enough.
  [[nodiscard]] bool spaceless() const { return spaceless_; }

 private:
  struct Cuts {
    TextUnits words, characters;
  };
  struct Units {
    UnitNumbers words, characters, categories;
  };
  struct Columns;

  BaselineInputs() = default;
  void prepare_cuts();
  [[nodiscard]] bool cuts_words() const { return cuts_ == TextCuts::kAll || !spaceless_; }
  [[nodiscard]] bool cuts_characters() const { return cuts_ == TextCuts::kAll || spaceless_; }

  template <class NumberOf>
  [[nodiscard]] Columns columns_of(const NumberOf& number_of) const;
  [[nodiscard]] Columns columns_of(const Table& table) const;
  [[nodiscard]] CutRows no_rows() const;
  template <class NumberOf>
  void append(const Row& row, const Columns& columns, const NumberOf& number_of, CutRows& out) const;
  void append_known(const Row& row, const Columns& columns, CutRows& out) const;
  void append_learning(const Row& row, const Columns& columns, Units& units, CutRows& out) const;
  void learn(const Table& table, std::span<const int64_t> rows, Executor& executor);

  Schema schema_;
  TextCuts cuts_ = TextCuts::kAll;
  std::vector<Cuts> texts_;  // per text input
  Units units_;
  int64_t category_inputs_ = 0;
  bool spaceless_ = false;
  CutRows training_;
};

}  // namespace attune
