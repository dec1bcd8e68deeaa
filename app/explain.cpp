// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "asked_rows.hpp"
#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "explain_config.hpp"
#include "explained_rows.hpp"
#include "explanation_charts.hpp"
#include "explanation_page.hpp"
#include "field_flags.hpp"
#include "head_views.hpp"
#include "honesty_text.hpp"
#include "interrupt.hpp"
#include "measured_faithfulness.hpp"
#include "progress_bar.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct ExplainArguments {
  std::string model, html, svg;
  std::vector<std::string> items;
  Json given = Json::object();
  int threads = 0;
  bool json = false;
};

/// Rows that are read and explained together: bounds memory, and lets results flow.
constexpr size_t kRowsAtOnce = 256;

report::Colours colours() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  return report::terminal_colours({.is_terminal = isatty(STDOUT_FILENO) != 0,
                                   .no_color = variable("NO_COLOR"),
                                   .color_term = variable("COLORTERM"),
                                   .term = variable("TERM")});
}

ExplainConfig config_of(const ExplainArguments& arguments) {
  ExplainConfig config;
  from_json(arguments.given.value("explanation", Json::object()), "command line", config);
  return config;
}

class Explainer {
 public:
  explicit Explainer(const ExplainArguments& arguments)
      : arguments_(arguments),
        asked_(what_is_asked(arguments.items)),
        data_(asked_ == Asked::kTable ? arguments.items.front() : ""),
        model_(load_with_notes(arguments.model, data_)),
        executor_(make_executor(arguments.threads)),
        colours_(colours()),
        config_(config_of(arguments)),
        faithfulness_(config_),
        page_(arguments.html),
        charts_(arguments.svg) {
    model_.set_kernels(chosen_kernels(arguments.given));
    question_ = question_of(config_, model_);
    std::vector<std::string> left_out;
    methods_ = chosen_methods(config_, model_, left_out);
    for (const auto& method : left_out) print_note("left out, " + method);
    page_.check(read_files());
    charts_.open(written_and_read());
  }

  int run() {
    table_ = open();
    catch_interrupts();  // not before: standard input may be waited for
    const auto rows = chosen_rows();
    if (rows.empty()) print_note("nothing to explain: there are no rows");
    ProgressBar progress;
    for (size_t first = 0; first < rows.size() && !interrupted(); first += kRowsAtOnce) {
      if (rows.size() > kRowsAtOnce) progress.show("explaining", std::ssize(rows), static_cast<int64_t>(first));
      explain_rows(rows, std::span(rows).subspan(first, std::min(kRowsAtOnce, rows.size() - first)));
      progress.clear();
      flush_results();
    }
    if (interrupted()) {
      print_note(draws() ? "interrupted: nothing is written" : "interrupted: the other rows are not explained");
      return kInterrupted;
    }
    finish();
    return kDone;
  }

 private:
  [[nodiscard]] std::shared_ptr<const Table> open() const {
    switch (asked_) {
      case Asked::kLines:
        return table_of_lines(model_, arguments_.given);
      case Asked::kTable:
        return open_with_notes(data_, arguments_.given);
      case Asked::kTexts:
        break;
    }
    return table_of_texts(model_, arguments_.items, arguments_.given, "explain");
  }

  [[nodiscard]] std::vector<int64_t> chosen_rows() const {
    const bool is_table = asked_ == Asked::kTable;
    const int64_t first = is_table ? config_.first_row - 1 : 0;
    if (first > 0 && first >= table_->rows()) {
      throw UsageError("--first-row " + std::to_string(config_.first_row) + ": " + table_->name() + " has " +
                       counted(table_->rows(), "row"));
    }
    const int64_t left = table_->rows() - first;
    const int64_t count = !is_table || config_.rows == 0 ? left : std::min(config_.rows, left);
    if (count < left)
      print_note("explaining " + counted(count, "row") + " of " + with_commas(table_->rows()) +
                 "; --rows and --first-row choose, --rows 0 takes all");
    std::vector<int64_t> rows(static_cast<size_t>(count));
    std::iota(rows.begin(), rows.end(), first);
    return rows;
  }

  /// @param all rows that are asked for, of which `rows` are some
  void explain_rows(std::span<const int64_t> all, std::span<const int64_t> rows) {
    int64_t truncated = 0;
    (void)model_.token_counts(*table_, model_.map_columns(*table_, /*with_outputs=*/false), rows, *executor_,
                              &truncated);
    const auto subjects = read_subjects(model_, *table_, rows, question_, *executor_);
    truncated_ += truncated;
    if (rows.front() == all.front()) leave_out_bounded(subjects, all.size());
    check_lengths(subjects, rows);
    const MethodControl control{*executor_, any_leaves_gap() ? mean_change(subjects, *executor_) : 0};
    std::vector<MethodResult> results;
    for (const auto* method : methods_) results.push_back({method, explain(*method, subjects, control)});
    for (size_t s = 0; s < subjects.size(); ++s) show(subjects[s], s, results, rows[s]);
    if (measures()) faithfulness_.add(subjects, numbers_of(rows), results, *executor_);
  }

  static std::vector<int64_t> numbers_of(std::span<const int64_t> rows) {
    std::vector<int64_t> numbers(rows.begin(), rows.end());
    for (auto& number : numbers) ++number;
    return numbers;
  }

  /// When methods are compared, each must be able to explain every row.
  void leave_out_bounded(std::span<const Subject> first_rows, size_t rows) {
    if (methods_.size() == 1) return;
    size_t longest = rows > first_rows.size() ? std::numeric_limits<size_t>::max() : 0;
    for (const auto& subject : first_rows) longest = std::max(longest, subject.tokens().size());
    std::erase_if(methods_, [&](const Method* method) {
      if (method->most_tokens == 0 || longest <= method->most_tokens) return false;
      print_note(std::string("left out, ") + method->name +
                 ": it is compared only where all rows are known to have at most " +
                 counted(static_cast<int64_t>(method->most_tokens), "token"));
      return true;
    });
  }

  /// @throws UsageError naming the row that is too long for a method that was asked for.
  void check_lengths(std::span<const Subject> subjects, std::span<const int64_t> rows) const {
    for (const auto* method : methods_) {
      for (size_t s = 0; method->most_tokens > 0 && s < subjects.size(); ++s) {
        if (subjects[s].tokens().size() <= method->most_tokens) continue;
        throw UsageError(
            fmt::format("--method {}: expected rows of at most {}, found {} in {}; take another method, or "
                        "choose rows by --first-row and --rows",
                        method->name, counted(static_cast<int64_t>(method->most_tokens), "token"),
                        subjects[s].tokens().size(), table_->where(rows[s])));
      }
    }
  }

  [[nodiscard]] bool any_leaves_gap() const {
    return std::any_of(methods_.begin(), methods_.end(), [](const Method* method) { return method->leaves_gap; });
  }

  void show(const Subject& subject, size_t index, std::span<const MethodResult> results, int64_t row) {
    if (page_.wanted() && !page_.takes_more()) page_.skip();
    const bool drawn = page_.takes_more() || charts_.takes_more();
    if (!drawn && draws() && !arguments_.json) return;
    const auto heads = config_.of_heads.any() ? head_views(subject, config_.of_heads, table_->where(row)) : HeadViews{};
    if (arguments_.json) {
      print_json(json_of(subject, index, results, row, heads));
    } else if (!draws()) {
      print_text(headline(subject, row) + explanation_text(subject, index, results, style()) +
                 head_views_text(heads, drawn_cells(subject), colours_) + "\n");
      for (const auto& result : results) keep_notes(result.attributions[index].notes);
    }
    if (drawn) draw(subject, index, results, row, heads);
  }

  [[nodiscard]] Json json_of(const Subject& subject, size_t index, std::span<const MethodResult> results, int64_t row,
                             const HeadViews& heads) const {
    auto json = explanation_json(subject, index, results, row + 1);
    if (const auto truth = truth_of(row)) json["truth"] = *truth;
    if (!heads.views.empty()) json["heads"] = head_views_json(heads);
    if (!heads.matrices.empty()) json["matrices"] = matrices_json(heads);
    return json;
  }

  /// Whether pictures take the place of text.
  [[nodiscard]] bool draws() const { return page_.wanted() || charts_.wanted(); }

  void draw(const Subject& subject, size_t index, std::span<const MethodResult> results, int64_t row,
            const HeadViews& heads) {
    auto drawn = drawn_row(subject, index, results, row_name(*table_, row));
    drawn.truth = truth_of(row);
    draw_heads(heads, drawn);
    if (charts_.takes_more()) charts_.add(drawn, row + 1);
    if (page_.takes_more()) page_.add(std::move(drawn));
  }

  [[nodiscard]] TextStyle style() const { return {.top = static_cast<size_t>(config_.top), .colours = colours_}; }

  /// What the table has in the explained column; nothing where it has no such column.
  [[nodiscard]] std::optional<std::string> truth_of(int64_t row) const {
    const auto& column = model_.schema().outputs[question_.output].columns.front();
    const auto found = std::find(table_->names().begin(), table_->names().end(), column);
    if (found == table_->names().end()) return std::nullopt;
    Row cells;
    table_->read(row, cells);
    return std::string(cells[static_cast<int>(found - table_->names().begin())]);
  }

  /// "row 3: positive 0.8942 (in the table: negative)"
  [[nodiscard]] std::string headline(const Subject& subject, int64_t row) const {
    auto text = "row " + std::to_string(row + 1) + ": " + on_one_line(explained_answer(subject));
    text +=
        subject.question().of_class ? " " + fixed(subject.scored().probability, 4) : " = " + subject.prediction().text;
    if (explained_answer(subject) != subject.prediction().text && subject.question().of_class)
      text += " (predicted: " + brief(on_one_line(subject.prediction().text)) + ")";
    if (const auto truth = truth_of(row)) text += " (in the table: " + brief(on_one_line(*truth)) + ")";
    return text + "\n";
  }

  void keep_notes(const std::vector<std::string>& notes) {
    for (const auto& note : notes) {
      if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
    }
  }

  [[nodiscard]] bool measures() const {
    return config_.honesty == "always" || (config_.honesty == "table" && asked_ == Asked::kTable);
  }

  void finish() {
    const auto honesty = faithfulness_.summary();
    if (arguments_.json) {
      for (const auto& method : honesty) print_json({{"honesty", honesty_json(method)}});
    } else {
      print_text(honesty_table(honesty));
      if (!honesty.empty()) {
        for (const auto& sentence : honesty_verdict(honesty.front())) print_line(sentence);
      }
    }
    for (const auto& note : notes_) print_note(note);
    note_truncated(truncated_);
    page_.add(honesty);
    page_.write(model_, arguments_.model, table_->name());
    charts_.write(model_, arguments_.model);
  }

  /// What no chart may replace.
  [[nodiscard]] std::vector<std::string> written_and_read() const {
    auto files = read_files();
    files.push_back(arguments_.html);
    return files;
  }

  [[nodiscard]] std::vector<std::string> read_files() const { return {arguments_.model, data_}; }

  const ExplainArguments& arguments_;
  Asked asked_;
  std::string data_;  ///< the table's file, where there is one
  Model model_;
  std::unique_ptr<Executor> executor_;
  report::Colours colours_;
  ExplainConfig config_;
  Question question_;
  std::vector<const Method*> methods_;
  std::shared_ptr<const Table> table_;
  MeasuredFaithfulness faithfulness_;
  std::vector<std::string> notes_;  // of all rows, each once
  int64_t truncated_ = 0;           // rows that lost their end
  ExplanationPage page_;
  ExplanationCharts charts_;
};

/// For --help.
std::string method_list() {
  std::string text = "Methods:\n";
  for (const auto& method : explanation_methods()) text += fmt::format("  {:<21} {}\n", method.name, method.meaning);
  return text;
}

}  // namespace

void add_explain(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("explain", "Show what answers rest on, and how far that may be believed");
  auto arguments = std::make_shared<ExplainArguments>();
  command.add_option("MODEL", arguments->model, "model file that train wrote")->required();
  command.add_option("TEXT|DATA|-", arguments->items,
                     "texts to explain; or one table; or - (or nothing) for lines of standard input");
  ExplainConfig shown_config;
  FieldFlags config_flags(command, "Explanation", "explanation", arguments->given);
  shown_config.visit_fields(config_flags);
  command.add_option("--html", arguments->html, "one page to write that shows it all, with a switch between methods")
      ->type_name("FILE")
      ->group("Explanation");
  command.add_option("--svg", arguments->svg, "folder for the charts of the first 20 rows, each a file of its own")
      ->type_name("FOLDER")
      ->group("Explanation");
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  KernelConfig kernels;
  FieldFlags run_flags(command, "Run", "", arguments->given);
  kernels.visit_fields(run_flags);
  add_threads_flag(command, arguments->threads);
  command.add_flag("--json", arguments->json, "one JSON object per row; then one per method, how far to believe it");
  command.footer(
      method_list() +
      "Values speak for (or, below 0, against) the answer; those of attention methods are shares of what was looked\n"
      "at. Every method and figure is defined in docs/explain.md.\n"
      "Examples:\n  attune explain reviews.attune \"the food was cold\"\n  attune explain reviews.attune "
      "reviews-test.csv --html why.html\n  attune explain reviews.attune reviews-test.csv --method all --rows 50");
  command.callback([&action, arguments] { action = [arguments] { return Explainer(*arguments).run(); }; });
}

}  // namespace attune::app
