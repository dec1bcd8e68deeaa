// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "asked_rows.hpp"
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

/// Answers rows and prints a line for each.
class Predictor {
 public:
  /// @param data the file that is to be answered, if any
  Predictor(const AskedArguments& arguments, const std::string& data)
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
  void answer(const Table& table, int64_t first) { answer(table, rows_from(0, table.rows()), first); }

  void answer(const Table& table, std::span<const int64_t> rows, int64_t first) {
    const auto cut_off = rows_cut_off(model_, table, rows, *executor_);
    const auto scores = model_.score(table, rows, *executor_);
    cut_off_ += cut_off;  // when nothing was wrong with the rows
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
      answer(table, rows_from(first, std::min(kRowsAtOnce, table.rows() - first)), first + 1);
      flush_results();
    }
  }

  void finish() const { note_truncated(cut_off_); }

 private:
  const AskedArguments& arguments_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  AnswerOptions answers_;
  int64_t cut_off_ = 0;
};

int run_predict(const AskedArguments& arguments) {
  const auto& items = arguments.items;
  Predictor predictor(arguments, what_is_asked(items) == Asked::kTable ? items.front() : "");
  for_asked_rows(arguments, predictor.model(), "predict",
                 {.lines = [&](const Table& lines, int64_t first) { predictor.answer(lines, first); },
                  .table = [&](const std::shared_ptr<const Table>& table) { predictor.answer_all(*table); }});
  predictor.finish();
  return kDone;
}

}  // namespace

void add_predict(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("predict", "Answer texts, a table, or lines as they come");
  auto arguments = std::make_shared<AskedArguments>();
  add_asked_arguments(command, "answer", *arguments);
  AnswerOptions shown_answers;
  FieldFlags answer_flags(command, "Answers", "answers", arguments->given);
  shown_answers.visit_fields(answer_flags);
  add_asked_flags(command, "one JSON object per row, with as many choices as --top says", *arguments);
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
