// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "asked_rows.hpp"
#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/ops/threads.hpp"
#include "audit_text.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "explain_audit.hpp"
#include "explain_config.hpp"
#include "explain_flags.hpp"
#include "explanation_output.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "measured_faithfulness.hpp"
#include "picture_flags.hpp"
#include "progress_bar.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct ExplainArguments {
  AskedArguments asked;
  std::string html, svg;
  AuditArguments audit;
};

/// Rows that are read and explained together: bounds memory, and lets results flow.
constexpr size_t kRowsAtOnce = 256;

ExplainConfig config_of(const ExplainArguments& arguments, Asked asked) {
  const auto given = arguments.asked.given.value("explanation", Json::object());
  ExplainConfig config;
  from_json(given, "command line", config);
  arguments.audit.check(asked == Asked::kTable);
  refuse_idle_flags(given, config,
                    {.of_table = asked == Asked::kTable,
                     .audit = arguments.audit.config().audit,
                     .json = arguments.asked.json,
                     .page = !arguments.html.empty(),
                     .charts = !arguments.svg.empty()});
  return config;
}

std::vector<const Method*> methods_with_notes(const ExplainConfig& config, const Model& model) {
  std::vector<std::string> left_out;
  auto methods = chosen_methods(config, model, left_out);
  for (const auto& method : left_out) print_note("left out, " + method);
  return methods;
}

class Explainer {
 public:
  explicit Explainer(const ExplainArguments& arguments)
      : arguments_(arguments),
        asked_(what_is_asked(arguments.asked.items)),
        data_(asked_ == Asked::kTable ? arguments.asked.items.front() : ""),
        config_(config_of(arguments, asked_)),
        model_(load_with_notes(arguments.asked.model, data_)),
        executor_(make_executor(arguments.asked.threads)),
        question_(question_of(config_, model_)),
        methods_(methods_with_notes(config_, model_)),
        faithfulness_(config_),
        output_({.html = arguments.html,
                 .svg = arguments.svg,
                 .json = arguments.asked.json,
                 .top = static_cast<size_t>(config_.top),
                 .of_heads = config_.of_heads},
                {arguments.asked.model, data_, arguments.audit.training_table, arguments.audit.validation_table}) {
    model_.set_kernels(chosen_kernels(arguments.asked.given));
  }

  int run() {
    if (asked_ == Asked::kLines) {
      source_ = "standard input";
      catch_interrupts();
    }
    for_asked_rows(
        arguments_.asked, model_, "explain",
        {.lines = [this](const Table& lines,
                         int64_t first) { explain_unless_stopped(lines, rows_from(0, lines.rows()), first); },
         .table = [this](const std::shared_ptr<const Table>& table) { explain_table(table); }});
    if (interrupted()) return give_up();
    if (asked_ == Asked::kLines && explained_ == 0) tell_of_no_line();
    show_honesty();
    const bool audited = !audit_ || show_audit();
    output_.write(model_, arguments_.asked.model, model_.schema().outputs[question_.output].name, source_);
    if (audited) return kDone;
    print_note("interrupted: the audit is not finished" +
               std::string(output_.draws() ? "; what is written is without it" : ""));
    return kInterrupted;
  }

 private:
  void tell_of_no_line() const {
    if (output_.draws())
      throw InputError("standard input: there is no row to explain, and so nothing to write; pass it lines");
    print_note("nothing to explain: no row came from standard input");
  }

  /// What an audit refuses is refused before the first row is shown.
  void explain_table(const std::shared_ptr<const Table>& table) {
    if (arguments_.audit.config().audit)
      audit_.emplace(model_, table, question_.output, arguments_.audit, faithfulness_.options(), *executor_);
    if (asked_ == Asked::kTable) source_ = table->name();
    catch_interrupts();  // not before: a pipe in the place of a table may be waited for
    explain_in_groups(*table);
  }

  void explain_in_groups(const Table& table) {
    const auto rows = chosen_rows(table);
    total_ = std::ssize(rows);
    ProgressBar progress;
    for (size_t first = 0; first < rows.size() && !interrupted(); first += kRowsAtOnce) {
      if (rows.size() > kRowsAtOnce) progress.show("explaining", std::ssize(rows), static_cast<int64_t>(first));
      const auto some = std::span(rows).subspan(first, std::min(kRowsAtOnce, rows.size() - first));
      explain_unless_stopped(table, some, some.front() + 1);
      progress.clear();
      flush_results();
    }
  }

  [[nodiscard]] std::vector<int64_t> chosen_rows(const Table& table) const {
    const bool is_table = asked_ == Asked::kTable;
    const int64_t first = is_table ? config_.first_row - 1 : 0;
    if (first > 0 && first >= table.rows()) {
      throw UsageError("--first-row " + std::to_string(config_.first_row) + ": " + table.name() + " has " +
                       counted(table.rows(), "row"));
    }
    const int64_t left = table.rows() - first;
    const int64_t count = !is_table || config_.rows == 0 ? left : std::min(config_.rows, left);
    if (count < left)
      print_note("explaining " + counted(count, "row") + " of " + with_commas(table.rows()) +
                 "; --rows and --first-row choose, --rows 0 takes all");
    return rows_from(first, count);
  }

  /// Of rows among which an interrupt comes while they are explained none is shown; while they are measured, all are.
  void explain_unless_stopped(const Table& table, std::span<const int64_t> rows, int64_t first) {
    try {
      explain_rows(table, rows, first);
    } catch (const StoppedError&) {
      // run() says so, which asks interrupted()
    }
  }

  /// @param rows   that stand one after another
  /// @param first  the number of the first, as people count
  /// @throws InputError for a bad row among them, before anything is shown; StoppedError after an interrupt.
  void explain_rows(const Table& table, std::span<const int64_t> rows, int64_t first) {
    if (interrupted()) return;
    const auto subjects = checked_subjects(table, rows);
    const auto results = results_of(subjects);
    const auto numbers = rows_from(first, std::ssize(rows));
    for (size_t s = 0; s < subjects.size(); ++s)
      output_.show({.table = table, .row = rows[s], .number = numbers[s]}, subjects[s], s, results);
    if (measures(config_, asked_ == Asked::kTable)) faithfulness_.add(subjects, numbers, results, *executor_);
  }

  /// Counted when nothing is wrong with any of them.
  std::vector<Subject> checked_subjects(const Table& table, std::span<const int64_t> rows) {
    const auto cut_off = rows_cut_off(model_, table, rows, *executor_);
    auto subjects = read_subjects(model_, table, rows, question_, *executor_);
    if (explained_ == 0) leave_out_bounded(subjects);
    check_lengths(subjects, table, rows);
    check_token(subjects, table, rows);
    cut_off_ += cut_off, explained_ += std::ssize(rows);
    return subjects;
  }

  [[nodiscard]] std::vector<MethodResult> results_of(std::span<const Subject> subjects) {
    const MethodControl control{*executor_, typical_change(subjects), interrupted};
    std::vector<MethodResult> results;
    for (const auto* method : methods_) results.push_back({method, explain(*method, subjects, control)});
    return results;
  }

  /// When methods are compared, each must be able to explain every row. Of lines nobody knows how long the next will
  /// be.
  void leave_out_bounded(std::span<const Subject> first_rows) {
    if (methods_.size() == 1) return;
    size_t longest = total_ == std::ssize(first_rows) ? 0 : std::numeric_limits<size_t>::max();
    for (const auto& subject : first_rows) longest = std::max(longest, subject.tokens().size());
    std::erase_if(methods_, [&](const Method* method) {
      if (method->most_tokens == 0 || longest <= method->most_tokens) return false;
      print_note(std::string("left out, ") + method->name +
                 ": it is compared only where all rows are known to have at most " +
                 counted(static_cast<int64_t>(method->most_tokens), "token"));
      return true;
    });
  }

  /// @throws UsageError naming the row that is too long for a method that was asked for; a line is a bad one.
  void check_lengths(std::span<const Subject> subjects, const Table& table, std::span<const int64_t> rows) const {
    for (const auto* method : methods_) {
      for (size_t s = 0; method->most_tokens > 0 && s < subjects.size(); ++s) {
        if (subjects[s].tokens().size() <= method->most_tokens) continue;
        const auto expected =
            fmt::format("--method {}: expected rows of at most {}, found {}", method->name,
                        counted(static_cast<int64_t>(method->most_tokens), "token"), subjects[s].tokens().size());
        if (asked_ == Asked::kLines) throw InputError(table.where(rows[s]) + ": " + expected);
        throw UsageError(expected + " in " + table.where(rows[s]) +
                         "; take another method, or choose rows by --first-row and --rows");
      }
    }
  }

  /// Of rows that are shown: what a token looks at is asked of no other. @throws UsageError naming a row without the
  /// token that --token asks for; a line is a bad one.
  void check_token(std::span<const Subject> subjects, const Table& table, std::span<const int64_t> rows) const {
    const auto token = config_.of_heads.token;
    const auto shown = subjects.first(static_cast<size_t>(output_.rows_shown(std::ssize(subjects))));
    for (size_t s = 0; s < shown.size(); ++s) {
      const auto tokens = std::ssize(shown[s].tokens());
      if (token <= tokens) continue;
      const auto where = table.where(rows[s]);
      if (asked_ == Asked::kLines) {
        throw InputError(fmt::format("{}: --token {}: expected rows of at least {}, found {}", where, token,
                                     counted(token, "token"), tokens));
      }
      throw UsageError(fmt::format("--token {}: {} has {}; --json lists them in their order", token, where,
                                   counted(tokens, "token")));
    }
  }

  /// Of the first rows that are read together, so that all rows are held to the same. A line is explained as if it came
  /// alone: which ones come together is chance.
  [[nodiscard]] double typical_change(std::span<const Subject> subjects) {
    const bool any_gap =
        std::any_of(methods_.begin(), methods_.end(), [](const Method* method) { return method->leaves_gap; });
    if (!any_gap || asked_ == Asked::kLines) return 0;
    if (!typical_change_) typical_change_ = mean_change(subjects, *executor_);
    return *typical_change_;
  }

  /// How far to believe what was shown, with what there is to note of the rows.
  void show_honesty() {
    note_truncated(cut_off_);
    if (const auto note = faithfulness_.note(); !note.empty()) print_note(note);
    output_.show(faithfulness_.summary());
  }

  /// False after an interrupt.
  bool show_audit() {
    flush_results();
    try {
      output_.show(audit_->run());
    } catch (const StoppedError&) {
      return false;
    }
    return true;
  }

  [[nodiscard]] int give_up() const {
    print_note(std::string("interrupted: ") +
               (output_.draws() ? "nothing is written" : "the other rows are not explained"));
    return kInterrupted;
  }

  const ExplainArguments& arguments_;
  Asked asked_;
  std::string data_;  ///< the table's file, where there is one
  ExplainConfig config_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  Question question_;
  std::vector<const Method*> methods_;
  MeasuredFaithfulness faithfulness_;
  ExplanationOutput output_;
  std::string source_;  ///< of the rows; empty: texts of the command line
  std::optional<AuditRun> audit_;
  std::optional<double> typical_change_;  ///< of the first rows
  std::optional<int64_t> total_;          ///< rows to explain, where it is known before the last
  int64_t explained_ = 0, cut_off_ = 0;
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
  add_asked_arguments(command, "explain", arguments->asked);
  ExplainConfig shown_config;
  FieldFlags config_flags(command, "Explanation", "explanation", arguments->asked.given);
  shown_config.visit_fields(config_flags);
  add_picture_flag(command, "Explanation", "--html", "FILE",
                   "one page to write that shows it all, with a switch between methods", arguments->html);
  add_picture_flag(command, "Explanation", "--svg", "FOLDER",
                   "folder for the charts of the first 20 rows, each a file of its own", arguments->svg);
  add_audit_flags(command, arguments->audit);
  add_asked_flags(command, "one JSON object per row; then one per method, how far to believe it; then the audit",
                  arguments->asked);
  command.footer(
      method_list() + audit_test_list() +
      "Values speak for (or, below 0, against) the answer; of a number they raise (or lower) it, in deviations of the\n"
      "training targets; those of attention methods are shares of what was looked at. Every method and figure is\n"
      "defined in docs/explain.md.\n"
      "Examples:\n  attune explain reviews.attune \"the food was cold\"\n  attune explain reviews.attune "
      "reviews-test.csv --html why.html\n  attune explain reviews.attune reviews-test.csv --method all --rows 50\n"
      "  attune explain reviews.attune reviews-test.csv --rows 5 --audit --audit-rows 50");
  command.callback([&action, arguments] { action = [arguments] { return Explainer(*arguments).run(); }; });
}

}  // namespace attune::app
