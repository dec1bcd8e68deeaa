// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <numeric>

#include "asked_rows.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "line_groups.hpp"
#include "prediction_text.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

/// Rows of a table that are scored before their lines are printed: bounds memory, and lets results flow.
constexpr int64_t kRowsAtOnce = 8192;

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

int run_predict(const PredictArguments& arguments) {
  const auto& items = arguments.items;
  const auto asked = what_is_asked(items);
  Predictor predictor(arguments, asked == Asked::kTable ? items.front() : "");
  switch (asked) {
    case Asked::kLines:
      LineGroups(predictor.model(), arguments.given, [&](const Table& lines, int64_t first) {
        predictor.answer(lines, first);
      }).read_all();
      break;
    case Asked::kTable:
      predictor.answer_all(*open_with_notes(items.front(), arguments.given));
      break;
    case Asked::kTexts:
      predictor.answer_all(*table_of_texts(predictor.model(), items, arguments.given, "predict"));
      break;
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
