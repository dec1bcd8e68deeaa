// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/json_row.hpp"
#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "line_reader.hpp"
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
  int threads = 0;
  bool json = false;
};

/// Answers rows and prints a line for each.
class Predictor {
 public:
  /// @param data the file that is to be answered, if any
  Predictor(const PredictArguments& arguments, const std::string& data)
      : arguments_(arguments),
        model_(load_with_notes(arguments.model, data)),
        executor_(make_executor(arguments.threads)) {
    const auto given = arguments.given.value("answers", Json::object());
    from_json(given, "command line", answers_);
    model_.set_kernels(chosen_kernels(arguments.given));
    for (const auto& [key, value] : given.items()) require_classes(model_, arguments.model, flag_name(key));
  }

  [[nodiscard]] const Model& model() const { return model_; }

  /// All rows of a table; the answers are numbered from `first`.
  void answer(const Table& table, int64_t first) {
    std::vector<int64_t> rows(static_cast<size_t>(table.rows()));
    std::iota(rows.begin(), rows.end(), 0);
    answer(table, rows, first);
  }

  void answer(const Table& table, std::span<const int64_t> rows, int64_t first) {
    int64_t truncated = 0;
    (void)model_.token_counts(table, model_.map_columns(table, /*with_outputs=*/false), rows, *executor_, &truncated);
    const auto scores = model_.score(table, rows, *executor_);
    truncated_ += truncated;  // when nothing was wrong with the rows
    for (int64_t r = 0; r < static_cast<int64_t>(rows.size()); ++r) {
      const auto predictions = decode_row(model_, scores, r);
      if (arguments_.json) {
        print_json(prediction_json(model_, predictions, answers_, first + r));
      } else {
        print_line(prediction_line(model_, predictions, answers_));
      }
    }
  }

  void answer_all(const Table& table) {
    for (int64_t first = 0; first < table.rows(); first += kRowsAtOnce) {
      std::vector<int64_t> rows(static_cast<size_t>(std::min(kRowsAtOnce, table.rows() - first)));
      std::iota(rows.begin(), rows.end(), first);
      answer(table, rows, first + 1);
      flush_results();
    }
  }

  void finish() const { note_truncated(truncated_); }

 private:
  const PredictArguments& arguments_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  AnswerOptions answers_;
  int64_t truncated_ = 0;
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

std::vector<std::string> all_columns(const Model& model) {
  std::vector<std::string> columns;
  for (const auto& input : model.schema().inputs)
    columns.insert(columns.end(), input.columns.begin(), input.columns.end());
  return columns;
}

/// Answers lines in groups of those that are there already. A bad line is named, and left out if bad ones are to be.
class LineAnswers {
 public:
  LineAnswers(Predictor& predictor, bool skips_bad)
      : predictor_(predictor), skips_bad_(skips_bad), columns_(all_columns(predictor.model())) {}

  void answer_all() {
    LineReader reader;
    for (std::string line; reader.next(line);) {
      add(line);
      if (waiting_.size() >= kLinesAtOnce || !reader.waits()) answer_waiting();
    }
    answer_waiting();
    if (skipped_ > 0) print_note("standard input: " + counted(skipped_, "bad line") + " left out");
  }

 private:
  using Cells = std::vector<std::string>;

  void add(const std::string& line) {
    ++lines_;
    const bool is_text = columns_.size() == 1;
    if (!is_text && is_blank_line(line)) {
      answer_waiting();  // which are numbered one after another
      return;
    }
    try {
      auto cells = is_text ? Cells{line} : read_json_row(line, columns_);
      if (waiting_.empty()) first_ = lines_;
      waiting_.push_back(std::move(cells));
    } catch (const InputError& error) {
      answer_waiting();  // the lines before the bad one are not lost with it
      bad_line("standard input, line " + std::to_string(lines_) + ": " + error.what());
    }
  }

  void answer_waiting() {
    const auto group = std::exchange(waiting_, {});
    if (group.empty()) return;
    try {
      answer(group, first_);
    } catch (const InputError&) {
      answer_one_by_one(group);
    }
    flush_results();
  }

  /// Finds the bad lines among those of which one is.
  void answer_one_by_one(const std::vector<Cells>& group) {
    for (int64_t i = 0; i < std::ssize(group); ++i) {
      try {
        answer({group[static_cast<size_t>(i)]}, first_ + i);
      } catch (const InputError& error) {
        bad_line(error.what());
      }
    }
  }

  void answer(std::vector<Cells> group, int64_t first) {
    predictor_.answer(*make_table(columns_, std::move(group), "standard input", {.noun = "line", .first = first}),
                      first);
  }

  void bad_line(const std::string& problem) {
    flush_results();
    if (!skips_bad_) throw InputError(problem + "; mend the line, or pass --skip-bad-rows");
    ++skipped_;
    print_note(problem + "; left out");
  }

  Predictor& predictor_;
  bool skips_bad_;
  Cells columns_;
  std::vector<Cells> waiting_;  ///< lines one after another, the first of which is `first_`
  int64_t first_ = 0, lines_ = 0, skipped_ = 0;
};

bool exists(const std::string& item) {
  std::error_code no_file;  // also a text that is too long for a file's name
  return std::filesystem::exists(item, no_file);
}

int64_t words_of(std::string_view text) {
  int64_t words = 0;
  for (size_t i = 0; i < text.size(); ++i) words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ') ? 1 : 0;
  return words;
}

/// A path (`/data/new`, `../new/`), or a name that ends as files of other kinds do, which are refused when opened.
bool is_path(std::string_view item) {
  static constexpr std::array<std::string_view, 4> kBegins = {"/", "./", "../", "~/"};
  static constexpr std::array<std::string_view, 11> kEnds = {"/",    ".txt", ".json", ".xls", ".xlsx",   ".ods",
                                                             ".zip", ".bz2", ".xz",   ".zst", ".parquet"};
  if (item.find(' ') != std::string_view::npos) return false;
  const auto longer_than = [&](std::string_view part) { return item.size() > part.size(); };
  return std::any_of(kBegins.begin(), kBegins.end(),
                     [&](auto begin) { return longer_than(begin) && item.starts_with(begin); }) ||
         std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return longer_than(end) && item.ends_with(end); });
}

/// Whether the argument can only be meant as a file, so that a mistyped name is not answered as if it were a text. A
/// name with blanks (`my data.csv`) counts only where it stands alone and is shorter than a sentence.
bool is_named_like_file(const std::string& item, bool alone) {
  constexpr size_t kMostBytes = 255;  // of a file's name
  constexpr int64_t kMostWords = 3;
  if (item.size() > kMostBytes || item.find('\n') != std::string::npos) return false;
  if (is_path(item)) return true;
  if (!has_table_name(item) && !has_model_name(item)) return false;
  return item.find(' ') == std::string::npos || (alone && words_of(item) <= kMostWords);
}

/// How a table is read says nothing about texts and lines, but for what is done with bad ones.
void refuse_reading_flags(const Json& given, const std::string& what, bool but_skipping) {
  if (!given.contains("data")) return;
  for (const auto& [key, value] : given.at("data").items()) {
    if (but_skipping && key == "skip_bad_rows") continue;
    throw UsageError(flag_name(key, value) + ": is for tables, and " + what + "; leave it out");
  }
}

void answer_lines(Predictor& predictor, const Json& given) {
  refuse_reading_flags(given, "standard input is read as lines of UTF-8", /*but_skipping=*/true);
  LineAnswers(predictor, given.value("/data/skip_bad_rows"_json_pointer, false)).answer_all();
}

void answer_texts(Predictor& predictor, const PredictArguments& arguments) {
  refuse_reading_flags(arguments.given, "the arguments are texts", /*but_skipping=*/false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& text : arguments.items) {
    if (text == "-") throw UsageError("predict: - stands for standard input and beside other arguments; pass it alone");
    if (exists(text) || is_named_like_file(text, /*alone=*/false))
      throw UsageError("predict: " + text + (exists(text) ? " is a file" : " is named like a file") +
                       " and stands beside other arguments; pass one table alone, or texts");
    rows.push_back({text});
  }
  predictor.answer_all(*make_table({only_column(predictor.model(), "predict")}, std::move(rows)));
}

int run_predict(const PredictArguments& arguments) {
  const auto& items = arguments.items;
  const bool lines = items.empty() || (items.size() == 1 && items.front() == "-");
  const bool table =
      !lines && items.size() == 1 && (exists(items.front()) || is_named_like_file(items.front(), /*alone=*/true));
  Predictor predictor(arguments, table ? items.front() : "");
  if (lines) {
    answer_lines(predictor, arguments.given);
  } else if (table) {
    predictor.answer_all(*open_with_notes(items.front(), arguments.given));
  } else {
    answer_texts(predictor, arguments);
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
  AnswerOptions shown_answers;
  FieldFlags answer_flags(command, "Answers", "answers", arguments->given);
  shown_answers.visit_fields(answer_flags);
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  KernelConfig kernels;
  FieldFlags run_flags(command, "Run", "", arguments->given);
  kernels.visit_fields(run_flags);
  add_threads_flag(command, arguments->threads);
  command.add_flag("--json", arguments->json, "one JSON object per row, with as many choices as --top says");
  command.footer(
      "One line per row: the answer, then (for classes) its probability, with tabs between. With --json,\n"
      "\"row\" is its number: of standard input, the line's.\n"
      "With --abstain, the line of an answer less sure than that begins with \"not sure\" (in JSON the prediction is\n"
      "null); attune evaluate --abstain shows what each confidence is worth.\n"
      "A model that reads several columns takes a table, or JSON objects as lines.\n"
      "Examples:\n  attune predict reviews.attune \"快递很快\" \"太难吃了\"\n  attune predict reviews.attune new.csv "
      "--top 2\n  tail -f log | attune predict reviews.attune -");
  command.callback([&action, arguments] { action = [arguments] { return run_predict(*arguments); }; });
}

}  // namespace attune::app
