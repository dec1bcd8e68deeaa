// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "prediction_text.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

/// Rows of a table that are scored before their lines are printed: bounds memory, and lets results flow.
constexpr int64_t kRowsAtOnce = 8192;
/// Lines from standard input that are answered together when they are there already.
constexpr size_t kLinesAtOnce = 256;

struct PredictArguments {
  std::string model;
  std::vector<std::string> items;
  Json given = Json::object();
  int64_t top = 1;
  int threads = 0;
  bool json = false;
};

/// Answers rows and prints a line for each.
class Predictor {
 public:
  explicit Predictor(const PredictArguments& arguments)
      : arguments_(arguments), model_(Model::load(arguments.model)), executor_(make_executor(arguments.threads)) {}

  [[nodiscard]] const Model& model() const { return model_; }

  void answer(const Table& table, std::span<const int64_t> rows) {
    const auto scores = model_.score(table, rows, *executor_);
    for (int64_t r = 0; r < static_cast<int64_t>(rows.size()); ++r) {
      ++answered_;
      const auto predictions = decode_row(model_, scores, r);
      if (arguments_.json) {
        print_json(prediction_json(model_, predictions, arguments_.top, answered_));
      } else {
        print_line(prediction_line(model_, predictions, arguments_.top));
      }
    }
  }

  void answer_all(const Table& table) {
    for (int64_t first = 0; first < table.rows() && !interrupted(); first += kRowsAtOnce) {
      std::vector<int64_t> rows(static_cast<size_t>(std::min(kRowsAtOnce, table.rows() - first)));
      std::iota(rows.begin(), rows.end(), first);
      answer(table, rows);
      flush_results();
    }
  }

 private:
  const PredictArguments& arguments_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  int64_t answered_ = 0;
};

/// The one column a bare text stands for. @throws UsageError when the model reads several.
std::string only_column(const Model& model, const std::string& what) {
  const auto& inputs = model.schema().inputs;
  if (inputs.size() == 1 && inputs.front().columns.size() == 1) return inputs.front().columns.front();
  std::string names;
  for (const auto& input : inputs) {
    for (const auto& column : input.columns) names += (names.empty() ? "" : ", ") + column;
  }
  throw UsageError(what + ": the model reads several columns (" + names + "), so a bare text is not enough; pass a table, or JSON objects as lines on standard input");
}

/// A line of standard input as a row: a JSON object by column names when the model reads several columns.
std::vector<std::string> row_of_line(const std::string& line, const std::vector<std::string>& columns, int64_t number) {
  if (columns.size() == 1) return {line};
  const auto where = "standard input, line " + std::to_string(number);
  const auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw InputError(where + ": expected a JSON object with the columns of the model, found \"" + line.substr(0, 40) + "\"");
  std::vector<std::string> cells;
  for (const auto& column : columns) {
    if (!json.contains(column)) throw InputError(where + ": column \"" + column + "\" is missing");
    const auto& value = json.at(column);
    cells.push_back(value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump());
  }
  return cells;
}

bool more_input_waits() {
  if (std::cin.rdbuf()->in_avail() > 0) return true;
  pollfd standard_input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&standard_input, 1, 0) > 0;
}

std::vector<std::string> all_columns(const Model& model) {
  std::vector<std::string> columns;
  for (const auto& input : model.schema().inputs) columns.insert(columns.end(), input.columns.begin(), input.columns.end());
  return columns;
}

void answer_lines(Predictor& predictor) {
  const auto columns = all_columns(predictor.model());
  std::vector<std::vector<std::string>> waiting;
  const auto answer_waiting = [&] {
    if (waiting.empty()) return;
    std::vector<int64_t> rows(waiting.size());
    std::iota(rows.begin(), rows.end(), 0);
    predictor.answer(*make_table(columns, std::move(waiting), "standard input"), rows);
    waiting.clear();
    flush_results();
  };
  std::string line;
  for (int64_t number = 1; std::getline(std::cin, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    waiting.push_back(row_of_line(line, columns, number));
    if (waiting.size() >= kLinesAtOnce || !more_input_waits()) answer_waiting();
  }
  answer_waiting();
}

int run_predict(const PredictArguments& arguments) {
  TableConfig reading;
  if (arguments.given.contains("data")) from_json(arguments.given.at("data"), "command line", reading);
  if (arguments.top < 1) throw UsageError("--top: expected at least 1, found " + std::to_string(arguments.top));
  Predictor predictor(arguments);
  const auto& items = arguments.items;
  if (items.empty() || (items.size() == 1 && items.front() == "-")) {
    answer_lines(predictor);
  } else if (items.size() == 1 && std::filesystem::exists(items.front())) {
    predictor.answer_all(*open_table(items.front(), reading.options));
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const auto& text : items) rows.push_back({text});
    predictor.answer_all(*make_table({only_column(predictor.model(), "predict")}, std::move(rows)));
  }
  return interrupted() ? kInterrupted : kDone;
}

}  // namespace

void add_predict(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("predict", "Answer texts, a table, or lines as they come");
  auto arguments = std::make_shared<PredictArguments>();
  command.add_option("MODEL", arguments->model, "model file that train wrote")->required();
  command.add_option("TEXT|DATA|-", arguments->items, "texts to answer; or one table; or - (or nothing) for lines of standard input");
  command.add_option("--top", arguments->top, "classes to show per row, most probable first")->type_name("K")->default_str("1");
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  add_threads_flag(command, arguments->threads);
  command.add_flag("--json", arguments->json, "one JSON object per row");
  command.footer("One line per row: the answer, then (for classes) its probability, with tabs between.\n"
                 "A model that reads several columns takes a table, or JSON objects as lines.\n"
                 "Examples:\n  attune predict reviews.attune \"快递很快\" \"太难吃了\"\n  attune predict reviews.attune new.csv --top 2\n  tail -f log | attune predict reviews.attune -");
  command.callback([&action, arguments] { action = [arguments] { return run_predict(*arguments); }; });
}

}  // namespace attune::app
