// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>

#include "asked_rows.hpp"
#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/wording.hpp"
#include "attune/ops/threads.hpp"
#include "attune/report/explain_page.hpp"
#include "attune/report/terminal.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "explain_config.hpp"
#include "explained_rows.hpp"
#include "field_flags.hpp"
#include "honesty_text.hpp"
#include "interrupt.hpp"
#include "model_flow.hpp"
#include "output_files.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct ExplainArguments {
  std::string model, html;
  std::vector<std::string> items;
  Json given = Json::object();
  int threads = 0;
  bool heads = false, matrices = false, json = false;
};

/// Rows that are read and explained together: bounds memory, and lets results flow.
constexpr int64_t kRowsAtOnce = 512;

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

class Explainer {
 public:
  explicit Explainer(const ExplainArguments& arguments)
      : arguments_(arguments),
        asked_(what_is_asked(arguments.items)),
        model_(load_with_notes(arguments.model, asked_ == Asked::kTable ? arguments.items.front() : "")),
        executor_(make_executor(arguments.threads)),
        colours_(colours()) {
    from_json(arguments.given.value("explanation", Json::object()), "command line", config_);
    model_.set_kernels(chosen_kernels(arguments.given));
    question_ = question_of(config_, model_);
    std::vector<std::string> left_out;
    methods_ = chosen_methods(config_, model_, left_out);
    for (const auto& method : left_out) print_note("left out, " + method);
    if (!arguments.html.empty()) check_page();
  }

  int run() {
    catch_interrupts();
    table_ = open();
    const auto rows = chosen_rows();
    if (rows.empty()) print_note("nothing to explain: there are no rows");
    for (size_t first = 0; first < rows.size() && !interrupted(); first += kRowsAtOnce) {
      const auto count = std::min<size_t>(kRowsAtOnce, rows.size() - first);
      explain_rows(std::span(rows).subspan(first, count));
      flush_results();
    }
    if (interrupted()) return kInterrupted;
    finish();
    return kDone;
  }

 private:
  [[nodiscard]] std::shared_ptr<const Table> open() const {
    switch (asked_) {
      case Asked::kLines:
        return table_of_lines(model_, arguments_.given);
      case Asked::kTable:
        return open_with_notes(arguments_.items.front(), arguments_.given);
      case Asked::kTexts:
        break;
    }
    return table_of_texts(model_, arguments_.items, arguments_.given, "explain");
  }

  void check_page() const {
    check_writable("--html", arguments_.html);
    if (same_file(arguments_.html, arguments_.model))
      throw UsageError("--html: " + arguments_.html + " is the model; choose another name");
  }

  [[nodiscard]] std::vector<int64_t> chosen_rows() const {
    const bool is_table = asked_ == Asked::kTable;
    const int64_t first = is_table ? config_.first_row - 1 : 0;
    if (is_table && first >= table_->rows() && table_->rows() > 0) {
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

  void explain_rows(std::span<const int64_t> rows) {
    const auto subjects = read_subjects(model_, *table_, rows, question_, *executor_);
    const MethodControl control{*executor_, needs_typical_change() ? mean_change(subjects, *executor_) : 0};
    std::vector<MethodResult> results;
    for (const auto* method : methods_) results.push_back({method, explain(*method, subjects, control)});
    for (size_t s = 0; s < subjects.size(); ++s) show(subjects[s], s, results, rows[s]);
    measure(subjects, rows, results);
  }

  [[nodiscard]] bool needs_typical_change() const {
    return std::any_of(methods_.begin(), methods_.end(), [](const Method* method) { return method->whole_model; });
  }

  void show(const Subject& subject, size_t index, std::span<const MethodResult> results, int64_t row) {
    if (arguments_.json) {
      print_json(explanation_json(subject, index, results, row + 1));
    } else if (arguments_.html.empty()) {
      print_text(text_of(subject, index, results, row));
    }
    if (arguments_.html.empty()) return;
    auto drawn = drawn_row(subject, index, results, table_->name() + ", row " + std::to_string(row + 1));
    if (arguments_.heads || arguments_.matrices) add_heads(subject, arguments_.matrices, drawn);
    page_.rows.push_back(std::move(drawn));
  }

  [[nodiscard]] std::string text_of(const Subject& subject, size_t index, std::span<const MethodResult> results,
                                    int64_t row) const {
    const auto cells = drawn_cells(subject);
    std::string text = "row " + std::to_string(row + 1) + ": " + on_one_line(explained_answer(subject));
    if (subject.question().of_class) {
      text += " " + fixed(subject.scored().probability, 4);
    } else {
      text += " = " + subject.prediction().text;
    }
    text += "\n";
    for (const auto& result : results) {
      const auto& attribution = result.attributions[index];
      if (results.size() > 1) text += std::string(result.method->name) + "\n";
      text += report::shaded_text(cells, attribution.values, colours_);
      if (config_.top > 0)
        text += report::token_table(cells, attribution.values,
                                    {.most = static_cast<size_t>(config_.top), .colours = colours_});
      for (const auto& note : attribution.notes) text += "  " + note + "\n";
    }
    return text + "\n";
  }

  [[nodiscard]] bool measures() const {
    return config_.honesty == "always" || (config_.honesty == "table" && asked_ == Asked::kTable);
  }

  /// Rows are measured until there are as many as wanted.
  void measure(std::span<const Subject> subjects, std::span<const int64_t> rows,
               std::span<const MethodResult> results) {
    if (!measures()) return;
    faithfulness_.resize(methods_.size());
    for (size_t s = 0; s < subjects.size() && !interrupted(); ++s) {
      if (config_.honesty_rows > 0 && std::ssize(grounds_) >= config_.honesty_rows) return;
      if (subjects[s].tokens().size() < 2) continue;  // one token has one ordering
      const FaithfulnessOptions options{.random_orderings = config_.orderings,
                                        .beam_width = config_.beam,
                                        .key = RandomKey(static_cast<uint64_t>(config_.seed))};
      grounds_.push_back(faithfulness_ground(subjects[s], static_cast<uint64_t>(rows[s]), options, *executor_));
      for (size_t m = 0; m < results.size(); ++m) {
        faithfulness_[m].push_back(
            faithfulness_of(subjects[s], results[m].attributions[s], grounds_.back(), *executor_));
      }
    }
  }

  void finish() {
    std::vector<Honesty> honesty;
    for (size_t m = 0; m < faithfulness_.size() && !grounds_.empty(); ++m)
      honesty.push_back({methods_[m]->name, summary_of(faithfulness_[m], grounds_)});
    if (arguments_.json) {
      for (const auto& method : honesty) print_json({{"honesty", honesty_json(method)}});
    } else {
      print_text(honesty_table(honesty));
      if (!honesty.empty()) {
        for (const auto& sentence : honesty_verdict(honesty.front())) print_line(sentence);
      }
    }
    if (!arguments_.html.empty()) write_page(honesty);
  }

  void write_page(const std::vector<Honesty>& honesty) {
    page_.model = std::filesystem::path(arguments_.model).filename();
    page_.explained = "What the answers to " + counted(std::ssize(page_.rows), "row") + " of " + table_->name() +
                      " rest on, as far as it can be told.";
    for (const auto& method : honesty) {
      const auto figures = honesty_figures(method);
      page_.figures.insert(page_.figures.end(), figures.begin(), figures.end());
    }
    if (!honesty.empty()) page_.verdict = honesty_verdict(honesty.front());
    page_.flow = flow_of(model_, arguments_.model);
    AtomicFile file(arguments_.html);
    file.write(report::html(page_));
    file.commit();
    print_note("wrote " + arguments_.html);
  }

  const ExplainArguments& arguments_;
  Asked asked_;
  Model model_;
  std::unique_ptr<Executor> executor_;
  report::Colours colours_;
  ExplainConfig config_;
  Question question_;
  std::vector<const Method*> methods_;
  std::shared_ptr<const Table> table_;
  std::vector<FaithfulnessGround> grounds_;
  std::vector<std::vector<Faithfulness>> faithfulness_;  // by method
  report::ExplainPage page_;
};

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
  command.add_flag("--heads", arguments->heads, "on the page, what every head of every block and the pool looks at")
      ->group("Explanation");
  command.add_flag("--matrices", arguments->matrices, "the same, and who looks at whom in rows of at most 128 tokens")
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
      "Values speak for (or, below 0, against) the answer; those of attention methods are shares of what was looked\n"
      "at. Every method and figure is defined in docs/explain.md.\n"
      "Examples:\n  attune explain reviews.attune \"the food was cold\"\n  attune explain reviews.attune "
      "reviews-test.csv --html why.html\n  attune explain reviews.attune reviews-test.csv --method all --rows 50");
  command.callback([&action, arguments] { action = [arguments] { return Explainer(*arguments).run(); }; });
}

}  // namespace attune::app
