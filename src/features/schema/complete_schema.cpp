// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/features/schema.hpp"
#include "schema/column_guess.hpp"
#include "type_table.hpp"

namespace attune {
namespace {

void demand_output(const Schema& schema, const Table& table) {
  if (!schema.outputs.empty()) return;
  throw UsageError(table.name() + ": no output column is named; give the one to predict as --output COLUMN, one of " +
                   quoted_list(table.names(), table.names().size()));
}

/// Marks every column of the bindings as bound to `side`.
void bind_once(const std::vector<Binding>& bindings, const std::string& side, const Table& table,
               std::vector<std::string>& bound) {
  for (const auto& binding : bindings) {
    for (const auto& name : binding.columns) {
      auto& before = bound[static_cast<size_t>(table.column(name))];
      if (before.empty()) {
        before = side;
        continue;
      }
      throw UsageError(table.name() + ", column \"" + name + "\": " +
                       (before == side ? "bound twice as " + side + "; name it once"
                                       : "both input and output; what is to be predicted cannot be read"));
    }
  }
}

/// What each column is bound to: "input", "output" or "". @throws UsageError for a column bound twice.
std::vector<std::string> check_bound_once(const Schema& schema, const Table& table) {
  std::vector<std::string> bound(static_cast<size_t>(table.columns()));
  bind_once(schema.outputs, "output", table, bound);
  bind_once(schema.inputs, "input", table, bound);
  return bound;
}

Binding one_column(const Binding& from, std::string type, const std::string& column) {
  return {column, std::move(type), {column}, from.options};
}

/// Fills types, and cuts a binding of several columns whose type reads one into a binding per column.
class Completion {
 public:
  Completion(const Table& table, std::vector<std::string>& notes, std::string split_column)
      : table_(table), guess_(table), notes_(notes), split_column_(std::move(split_column)) {}

  [[nodiscard]] std::vector<Binding> outputs(const std::vector<Binding>& given) const;
  [[nodiscard]] std::vector<Binding> inputs(const std::vector<Binding>& given) const;
  /// Every column that is bound to nothing yet, but for those better left out.
  [[nodiscard]] std::vector<Binding> all_inputs(const std::vector<std::string>& bound) const;
  [[nodiscard]] std::string why_leave_out(int column, const std::vector<std::string>& bound) const;

 private:
  void add_guessed(const Binding& given, std::vector<Binding>& inputs) const;
  void note_strays(const std::string& column, const std::string& way_out) const;
  void note_guess(const std::string& side, const std::string& column, const TypeGuess& guess) const;
  void note_joined(const std::vector<std::string>& columns, const TypeGuess& guess) const;

  const Table& table_;
  ColumnGuess guess_;
  std::vector<std::string>& notes_;
  std::string split_column_;
};

std::vector<Binding> Completion::outputs(const std::vector<Binding>& given) const {
  std::vector<Binding> outputs;
  for (const auto& binding : given) {
    if (!binding.type.empty() && !output_type(binding.type).one_column) {
      outputs.push_back(binding);
      continue;
    }
    for (const auto& column : binding.columns) {
      auto type = binding.type;
      if (type.empty()) {
        auto guess = guess_.output(table_.column(column));
        note_guess("output", column, guess);
        note_strays(column, "mend that, or give --output " + column + ":category if the column holds classes");
        type = std::move(guess.type);
      }
      outputs.push_back(one_column(binding, std::move(type), column));
    }
  }
  return outputs;
}

std::vector<Binding> Completion::inputs(const std::vector<Binding>& given) const {
  std::vector<Binding> inputs;
  for (const auto& binding : given) {
    if (binding.type.empty()) {
      add_guessed(binding, inputs);
    } else if (input_type(binding.type).one_column) {
      for (const auto& column : binding.columns) inputs.push_back(one_column(binding, binding.type, column));
    } else {
      inputs.push_back(binding);
    }
  }
  return inputs;
}

void Completion::add_guessed(const Binding& given, std::vector<Binding>& inputs) const {
  Binding joined;  // the numeric columns, where the first of them stood
  TypeGuess first_guess;
  auto place_of_joined = inputs.size();
  for (const auto& column : given.columns) {
    auto guess = guess_.input(table_.column(column));
    if (input_type(guess.type).one_column) {
      note_guess("input", column, guess);
      note_strays(column, "with that mended, or left empty, the column is read as numbers");
      inputs.push_back(one_column(given, std::move(guess.type), column));
      continue;
    }
    if (joined.columns.empty()) place_of_joined = inputs.size();
    if (joined.columns.empty()) first_guess = guess;
    joined.type = std::move(guess.type);
    joined.columns.push_back(column);
  }
  if (joined.columns.empty()) return;
  note_joined(joined.columns, first_guess);
  joined.name = joined.columns.size() == 1 ? joined.columns.front() : joined.type;
  inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(place_of_joined), std::move(joined));
}

std::vector<Binding> Completion::all_inputs(const std::vector<std::string>& bound) const {
  Binding open;
  std::string left_out;
  for (int column = 0; column < table_.columns(); ++column) {
    if (!bound[static_cast<size_t>(column)].empty()) continue;
    const auto& name = table_.names()[static_cast<size_t>(column)];
    const auto reason = why_leave_out(column, bound);
    if (reason.empty()) {
      open.columns.push_back(name);
      continue;
    }
    left_out += "; \"" + name + "\" is left out: " + reason;
    notes_.push_back("column \"" + name + "\" is left out: " + reason + "; --input names it if it is wanted");
  }
  if (open.columns.empty()) {
    throw UsageError(table_.name() + ": no column remains as input" + left_out + "; name one with --input COLUMN");
  }
  return inputs({open});
}

std::string Completion::why_leave_out(int column, const std::vector<std::string>& bound) const {
  if (table_.names()[static_cast<size_t>(column)] == split_column_) return "rows are split by it";
  auto reason = guess_.why_leave_out(column);
  for (int output = 0; output < table_.columns() && reason.empty(); ++output) {
    if (bound[static_cast<size_t>(output)] == "output") reason = guess_.why_leave_out(column, output);
  }
  return reason;
}

void Completion::note_guess(const std::string& side, const std::string& column, const TypeGuess& guess) const {
  notes_.push_back(side + " \"" + column + "\" is read as " + guess.type + ", " + guess.reason);
}

/// A slip in one cell makes words of a whole column of numbers.
void Completion::note_strays(const std::string& column, const std::string& way_out) const {
  const auto strays = guess_.stray_cells(table_.column(column));
  if (!strays.empty()) notes_.push_back("warning: column \"" + column + "\": " + strays + "; " + way_out);
}

/// One sentence for all of them: a table of measurements has dozens.
void Completion::note_joined(const std::vector<std::string>& columns, const TypeGuess& guess) const {
  if (columns.size() == 1) return note_guess("input", columns.front(), guess);
  notes_.push_back("inputs " + quoted_list(columns) + " are read together as " + guess.type + ", " + guess.reason);
}

/// Names are sites of explanations and keys of files: a binding of several columns gets a name that no other has.
void make_names_differ(Schema& schema) {
  std::set<std::string> taken;
  for (const auto* side : {&schema.outputs, &schema.inputs}) {
    for (const auto& binding : *side) {
      if (binding.columns.size() == 1) taken.insert(binding.name);
    }
  }
  for (auto* side : {&schema.outputs, &schema.inputs}) {
    for (auto& binding : *side) {
      if (binding.columns.size() == 1) continue;
      const auto wanted = binding.name;
      for (int i = 2; !taken.insert(binding.name).second; ++i) binding.name = wanted + "_" + std::to_string(i);
    }
  }
}

/// @param one_column whether the type reads one alone
void check_binding(const Binding& binding, const std::string& side, bool one_column, std::set<std::string>& names) {
  const auto where = "schema, " + side + " \"" + binding.name + "\": ";
  if (binding.columns.empty() || (one_column && binding.columns.size() > 1)) {
    throw UsageError(where + "expected " + (one_column ? "one column" : "at least one column") + " for type " +
                     binding.type + ", found " + std::to_string(binding.columns.size()));
  }
  if (binding.name.empty() || !names.insert(binding.name).second)
    throw UsageError(where + "expected a name that no other input or output has");
}

}  // namespace

void check_complete(const Schema& schema, const Table& table) {
  if (schema.inputs.empty() || schema.outputs.empty())
    throw UsageError("schema: expected at least one input and one output, found " +
                     std::to_string(schema.inputs.size()) + " and " + std::to_string(schema.outputs.size()));
  std::set<std::string> names;
  for (const auto& input : schema.inputs) check_binding(input, "input", input_type(input.type).one_column, names);
  for (const auto& output : schema.outputs) check_binding(output, "output", output_type(output.type).one_column, names);
  (void)check_bound_once(schema, table);
}

Schema complete_schema(const Schema& given, const Table& table, std::vector<std::string>& notes,
                       const std::string& split_column) {
  demand_output(given, table);
  const auto bound = check_bound_once(given, table);
  const Completion completion(table, notes, split_column);
  Schema schema;
  schema.outputs = completion.outputs(given.outputs);
  schema.inputs = given.inputs.empty() ? completion.all_inputs(bound) : completion.inputs(given.inputs);
  make_names_differ(schema);
  return schema;
}

}  // namespace attune
