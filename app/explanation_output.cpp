// SPDX-License-Identifier: Apache-2.0
#include "explanation_output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "audit_text.hpp"
#include "console.hpp"
#include "prediction_text.hpp"

namespace attune::app {
namespace {

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

/// "row 3: positive 0.8942 (in the table: negative)"
std::string headline(int64_t number, const Subject& subject, const std::optional<std::string>& truth) {
  const bool is_class = subject.question().of_class.has_value();
  const auto& predicted = subject.prediction().text;
  auto text = "row " + std::to_string(number) + ": " + on_one_line(explained_answer(subject));
  text += is_class ? " " + probability_digits(subject.scored().probability) : " = " + predicted;
  if (is_class && explained_answer(subject) != predicted) text += " (predicted: " + brief(on_one_line(predicted)) + ")";
  if (truth) text += truth->empty() ? " (empty in the table)" : " (in the table: " + brief(on_one_line(*truth)) + ")";
  return text + "\n";
}

}  // namespace

struct ExplanationOutput::Shown {
  const RowPlace& place;
  const Subject& subject;
  size_t index;
  std::span<const MethodResult> results;
  std::optional<std::string> truth;
  HeadViews heads;
};

ExplanationOutput::ExplanationOutput(OutputWishes wishes, const std::vector<std::string>& read)
    : wishes_(std::move(wishes)),
      colours_(colours()),
      page_(wishes_.html, wishes_.top, wishes_.of_heads),
      charts_(wishes_.svg) {
  page_.check(read);
  charts_.open(read, wishes_.html);
}

int64_t ExplanationOutput::rows_shown(int64_t count) const {
  return prints() || page_.takes_more() ? count : std::min(count, charts_.rows_left());
}

void ExplanationOutput::show(const RowPlace& place, const Subject& subject, size_t index,
                             std::span<const MethodResult> results) {
  if (page_.wanted() && !page_.takes_more()) page_.skip();
  const bool drawn = page_.takes_more() || charts_.takes_more();
  if (!prints() && !drawn) return;
  Shown row{.place = place,
            .subject = subject,
            .index = index,
            .results = results,
            .truth = truth_of(place.table, place.row, subject),
            .heads = {}};
  if (wishes_.of_heads.any()) row.heads = head_views(subject, wishes_.of_heads);
  if (prints()) print(row);
  if (drawn) draw(row);
}

void ExplanationOutput::print(const Shown& row) {
  if (wishes_.json) {
    auto json = explanation_json(row.subject, row.index, row.results, row.place.number);
    if (row.truth) json["truth"] = *row.truth;
    if (!row.heads.views.empty()) json["heads"] = head_views_json(row.heads);
    if (!row.heads.matrices.empty()) json["matrices"] = matrices_json(row.heads);
    print_json(json);
    return;
  }
  print_text(headline(row.place.number, row.subject, row.truth) +
             explanation_text(row.subject, row.index, row.results, {.top = wishes_.top, .colours = colours_}) +
             head_views_text(row.heads, drawn_cells(row.subject), colours_) + "\n");
  for (const auto& result : row.results) keep_notes(result.attributions[row.index].notes);
}

void ExplanationOutput::draw(const Shown& row) {
  auto drawn = drawn_row(row.subject, row.index, row.results, row_name(row.place.table, row.place.row));
  drawn.truth = row.truth;
  draw_heads(row.heads, drawn);
  if (charts_.takes_more()) charts_.add(drawn, row.place.number);
  if (page_.takes_more()) page_.add(std::move(drawn));
}

void ExplanationOutput::show(const std::vector<Honesty>& honesty) {
  print(honesty);
  for (const auto& note : notes_) print_note(note);
  page_.add(honesty);
}

void ExplanationOutput::show(const Audit& audit) {
  if (wishes_.json) {
    print_json({{"audit", audit_json(audit)}});
  } else {
    print_text("\n" + audit_text(audit));
  }
  page_.add(audit);
}

void ExplanationOutput::write(const Model& model, const std::string& model_file, const std::string& column,
                              const std::string& source) {
  page_.write(model, model_file, column, source);
  charts_.write(model, model_file);
}

void ExplanationOutput::print(const std::vector<Honesty>& honesty) const {
  if (wishes_.json) {
    for (const auto& method : honesty) print_json({{"honesty", honesty_json(method)}});
    return;
  }
  print_text(honesty_table(honesty));
  if (honesty.empty()) return;
  for (const auto& sentence : honesty_verdict(honesty.front())) print_line(sentence);
}

void ExplanationOutput::keep_notes(const std::vector<std::string>& notes) {
  for (const auto& note : notes) {
    if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
  }
}

}  // namespace attune::app
