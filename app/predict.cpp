// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "prediction_text.hpp"
#include "reading.hpp"
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
      : arguments_(arguments), model_(load_with_notes(arguments.model)), executor_(make_executor(arguments.threads)) {}

  [[nodiscard]] const Model& model() const { return model_; }

  void answer(const Table& table, std::span<const int64_t> rows) {
    int64_t truncated = 0;
    (void)model_.token_counts(table, model_.map_columns(table, /*with_outputs=*/false), rows, *executor_, &truncated);
    truncated_ += truncated;
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
    for (int64_t first = 0; first < table.rows(); first += kRowsAtOnce) {
      std::vector<int64_t> rows(static_cast<size_t>(std::min(kRowsAtOnce, table.rows() - first)));
      std::iota(rows.begin(), rows.end(), first);
      answer(table, rows);
      flush_results();
    }
  }

  void finish() const { note_truncated(truncated_); }

 private:
  const PredictArguments& arguments_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  int64_t answered_ = 0, truncated_ = 0;
};

/// The one column a bare text stands for. @throws UsageError when the model reads several.
std::string only_column(const Model& model, const std::string& what) {
  const auto& inputs = model.schema().inputs;
  if (inputs.size() == 1 && inputs.front().columns.size() == 1) return inputs.front().columns.front();
  std::string names;
  for (const auto& input : inputs) {
    for (const auto& column : input.columns) names += (names.empty() ? "" : ", ") + column;
  }
  throw UsageError(what + ": the model reads several columns (" + names +
                   "), so a bare text is not enough; pass a table, or JSON objects as lines on standard input");
}

/// A line of standard input as a row: a JSON object by column names when the model reads several columns.
std::vector<std::string> row_of_line(const std::string& line, const std::vector<std::string>& columns, int64_t number) {
  if (columns.size() == 1) return {line};
  const auto where = "standard input, line " + std::to_string(number);
  const auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    throw InputError(where + ": expected a JSON object with the columns of the model, found \"" + line.substr(0, 40) +
                     "\"");
  std::vector<std::string> cells;
  for (const auto& column : columns) {
    if (!json.contains(column)) throw InputError(where + ": column \"" + column + "\" is missing");
    const auto& value = json.at(column);
    cells.push_back(value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump());
  }
  return cells;
}

/// Lines of standard input, and whether the next one is there already, so that nothing waits for a line to come.
class LineReader {
 public:
  /// False at the end of input.
  bool next(std::string& line) {
    while (!has_line()) {
      if (ended_ || !fill()) return take_rest(line);
    }
    const auto end = buffer_.find('\n', begin_);
    line.assign(buffer_, begin_, end - begin_);
    begin_ = end + 1;
    return true;
  }

  /// True when a whole line can be had without waiting.
  bool waits() {
    while (!has_line() && !ended_ && readable()) (void)fill();
    return has_line();
  }

 private:
  bool has_line() const { return buffer_.find('\n', begin_) != std::string::npos; }

  static bool readable() {
    pollfd standard_input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return poll(&standard_input, 1, 0) > 0;
  }

  bool fill() {
    buffer_.erase(0, std::exchange(begin_, 0));
    std::array<char, 65536> bytes;
    ssize_t count = 0;
    do {
      count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) throw IoError(std::string("standard input: cannot be read: ") + std::strerror(errno));
    ended_ = count == 0;
    buffer_.append(bytes.data(), static_cast<size_t>(count));
    return count > 0;
  }

  bool take_rest(std::string& line) {
    if (begin_ >= buffer_.size()) return false;
    line = buffer_.substr(begin_);
    begin_ = buffer_.size();
    return true;
  }

  std::string buffer_;
  size_t begin_ = 0;
  bool ended_ = false;
};

std::vector<std::string> all_columns(const Model& model) {
  std::vector<std::string> columns;
  for (const auto& input : model.schema().inputs)
    columns.insert(columns.end(), input.columns.begin(), input.columns.end());
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
  LineReader reader;
  std::string line;
  for (int64_t number = 1; reader.next(line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    try {
      waiting.push_back(row_of_line(line, columns, number));
    } catch (const InputError&) {
      answer_waiting();  // the lines before the bad one are not lost with it
      throw;
    }
    if (waiting.size() >= kLinesAtOnce || !reader.waits()) answer_waiting();
  }
  answer_waiting();
}

/// A file or folder, or a name that can only be meant as a table: a mistyped one is not answered as if it were a text.
bool names_a_table(const std::string& item) {
  std::error_code no_file;  // also a text that is too long for a file's name
  if (std::filesystem::exists(item, no_file)) return true;
  if (item.size() > 255 || item.find_first_of(" \n") != std::string::npos) return false;
  for (const char* suffix : {".csv", ".tsv", ".jsonl", ".csv.gz", ".tsv.gz", ".jsonl.gz"}) {
    if (item.ends_with(suffix)) return true;
  }
  return false;
}

int run_predict(const PredictArguments& arguments) {
  if (arguments.top < 1) throw UsageError("--top: expected at least 1, found " + std::to_string(arguments.top));
  Predictor predictor(arguments);
  const auto& items = arguments.items;
  if (items.empty() || (items.size() == 1 && items.front() == "-")) {
    answer_lines(predictor);
  } else if (items.size() == 1 && names_a_table(items.front())) {
    predictor.answer_all(*open_with_notes(items.front(), arguments.given));
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const auto& text : items) {
      if (names_a_table(text))
        throw UsageError("predict: " + text + " is a table beside other arguments; pass one table alone, or texts");
      rows.push_back({text});
    }
    predictor.answer_all(*make_table({only_column(predictor.model(), "predict")}, std::move(rows)));
  }
  predictor.finish();
  return kDone;
}

}  // namespace

void add_predict(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("predict", "Answer texts, a table, or lines as they come");
  auto arguments = std::make_shared<PredictArguments>();
  command.add_option("MODEL", arguments->model, "model file that train wrote")->required();
  command.add_option("TEXT|DATA|-", arguments->items,
                     "texts to answer; or one table; or - (or nothing) for lines of standard input");
  command.add_option("--top", arguments->top, "classes to show per row, most probable first")
      ->type_name("K")
      ->default_str("1");
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  add_threads_flag(command, arguments->threads);
  command.add_flag("--json", arguments->json, "one JSON object per row");
  command.footer(
      "One line per row: the answer, then (for classes) its probability, with tabs between.\n"
      "A model that reads several columns takes a table, or JSON objects as lines.\n"
      "Examples:\n  attune predict reviews.attune \"快递很快\" \"太难吃了\"\n  attune predict reviews.attune new.csv "
      "--top 2\n  tail -f log | attune predict reviews.attune -");
  command.callback([&action, arguments] { action = [arguments] { return run_predict(*arguments); }; });
}

}  // namespace attune::app
