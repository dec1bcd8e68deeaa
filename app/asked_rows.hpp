// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// What the arguments after the model of `predict` and `explain` name.
enum class Asked {
  kLines,  ///< standard input: - or nothing
  kTable,  ///< one argument that is a file, or is called as one
  kTexts,  ///< all else
};
[[nodiscard]] Asked what_is_asked(const std::vector<std::string>& items);

/// What the verbs that ask a model about rows are given.
struct AskedArguments {
  std::string model;               ///< its file
  std::vector<std::string> items;  ///< the arguments after it
  Json given = Json::object();     ///< flags by section and field
  int threads = 0;
  bool json = false;
};

/// Adds MODEL and TEXT|DATA|-. @param purpose  what the texts are for: "answer"
void add_asked_arguments(CLI::App& command, const std::string& purpose, AskedArguments& arguments);
/// Adds how tables are read, what computes, and --json.
void add_asked_flags(CLI::App& command, const std::string& json_help, AskedArguments& arguments);

/// What takes the rows that are asked for.
struct RowTakers {
  std::function<void(const Table& lines, int64_t first)> lines;    ///< as LineGroups::Take
  std::function<void(const std::shared_ptr<const Table>&)> table;  ///< a file, or texts as table_of_texts()
};
/// Hands over lines as they come, or the table or texts. @param verb begins messages
/// @throws UsageError for flags that say nothing about what is asked; InputError, IoError of what is read.
void for_asked_rows(const AskedArguments& arguments, const Model& model, const std::string& verb,
                    const RowTakers& takers);

/// `count` row numbers from `first` on.
[[nodiscard]] std::vector<int64_t> rows_from(int64_t first, int64_t count);

/// How many of the rows lose their end to a max_length; for note_truncated().
[[nodiscard]] int64_t rows_cut_off(const Model& model, const Table& table, std::span<const int64_t> rows,
                                   Executor& executor);

/// Every column that the model reads, in the order of its inputs.
[[nodiscard]] std::vector<std::string> input_columns(const Model& model);

/// A row for each text. `verb` begins messages.
/// @throws UsageError when the model reads several columns, or a text is - or called as a file is, and when flags for
/// reading tables are in `given`.
[[nodiscard]] std::shared_ptr<const Table> table_of_texts(const Model& model, const std::vector<std::string>& texts,
                                                          const Json& given, const std::string& verb);

/// @throws UsageError for flags for reading tables in `given`, but for --skip-bad-rows.
void refuse_reading_flags_for_lines(const Json& given);

}  // namespace attune::app
