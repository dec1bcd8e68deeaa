// SPDX-License-Identifier: Apache-2.0
#include "explained_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "console.hpp"

namespace attune::app {
namespace {

report::Attribution drawn(const Attribution& attribution, const Method& method) {
  return {.name = method.name,
          .group = std::string(report::kMethodGroup),
          .meaning = std::string(method.meaning) + (method.whole_model ? "" : "; of the network alone"),
          .has_sign = method.signed_values,
          .values = attribution.values,
          .forward_passes = attribution.forward_passes,
          .notes = attribution.notes,
          .elsewhere = attribution.elsewhere};
}

/// Tokens that the network did not read: those behind the input's max_length.
int64_t cut_off(const InputFeature& input, const std::vector<std::string>& cells) {
  return input.count_tokens(std::vector<std::string_view>(cells.begin(), cells.end())).cut_off;
}

std::string columns_of(const Binding& binding) {
  std::string names;
  for (const auto& column : binding.columns) names += (names.empty() ? "" : ", ") + column;
  return names;
}

report::Answer answer_of(const Choice& choice) { return {choice.label, choice.probability}; }

/// Rows have many: members are put where they belong without being looked for.
Json tokens_json(const Subject& subject) {
  const auto& model = subject.model();
  Json::array_t tokens;
  tokens.reserve(subject.tokens().size());
  for (const auto& token : subject.tokens()) {
    const auto input = static_cast<size_t>(token.place.input);
    Json::object_t shown;
    shown.reserve(4);
    shown.emplace_back("input", model.schema().inputs[input].columns);
    shown.emplace_back("text", token.text);
    if (model.inputs()[input]->has_text_places()) {
      shown.emplace_back("begin", token.place.place.begin);
      shown.emplace_back("end", token.place.place.end);
    }
    tokens.emplace_back(std::move(shown));
  }
  return tokens;
}

Json attribution_json(const Attribution& attribution) {
  Json json{{"values", attribution.values}, {"forward_passes", attribution.forward_passes}};
  if (attribution.backward_passes > 0) json["backward_passes"] = attribution.backward_passes;
  if (attribution.steps > 0) json["steps"] = attribution.steps;
  if (attribution.elsewhere != 0) json["elsewhere"] = attribution.elsewhere;
  if (attribution.completeness) {
    json["completeness"] = {{"change", attribution.completeness->change},
                            {"gap", attribution.completeness->gap},
                            {"share", attribution.completeness->share}};
  }
  if (!attribution.notes.empty()) json["notes"] = attribution.notes;
  return json;
}

}  // namespace

std::string row_name(const Table& table, int64_t row) {
  const auto folder = (std::filesystem::path(table.name()).parent_path() / "").string();
  const auto where = table.where(row);
  return where.starts_with(folder) ? where.substr(folder.size()) : where;
}

std::optional<std::string> truth_of(const Table& table, int64_t row, const Subject& subject) {
  const auto& column = subject.model().schema().outputs[subject.question().output].columns.front();
  const auto& names = table.names();
  const auto found = std::find(names.begin(), names.end(), column);
  if (found == names.end()) return std::nullopt;
  Row cells;
  table.read(row, cells);
  return std::string(cells[static_cast<int>(found - names.begin())]);
}

std::vector<report::Cell> drawn_cells(const Subject& subject) {
  const auto& model = subject.model();
  std::vector<report::Cell> cells;
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    const bool is_text = model.inputs()[i]->has_text_places();
    cells.push_back({.column = columns_of(model.schema().inputs[i]),
                     .text = is_text ? subject.cells()[i].front() : std::string(),
                     .tokens = {},
                     .cut_off = cut_off(*model.inputs()[i], subject.cells()[i])});
  }
  for (const auto& token : subject.tokens())
    cells[static_cast<size_t>(token.place.input)].tokens.push_back({token.text, token.place.place});
  return cells;
}

std::string explained_answer(const Subject& subject) {
  const auto& question = subject.question();
  if (!question.of_class) return subject.model().schema().outputs[question.output].name;
  return subject.model().outputs()[question.output]->classes()[static_cast<size_t>(*question.of_class)];
}

report::ExplainedRow drawn_row(const Subject& subject, size_t index, std::span<const MethodResult> results,
                               const std::string& name) {
  report::ExplainedRow row{.name = name,
                           .cells = drawn_cells(subject),
                           .answer = {},
                           .explained = explained_answer(subject),
                           .attributions = {}};
  const auto& prediction = subject.prediction();
  if (prediction.choices.empty()) {
    row.answer.label = prediction.text;
  } else {
    row.answer = answer_of(prediction.choices.front());
    for (size_t c = 1; c < std::min<size_t>(prediction.choices.size(), 5); ++c)
      row.others.push_back(answer_of(prediction.choices[c]));
  }
  for (const auto& result : results) row.attributions.push_back(drawn(result.attributions[index], *result.method));
  return row;
}

std::string explanation_text(const Subject& subject, size_t index, std::span<const MethodResult> results,
                             const TextStyle& style) {
  const auto cells = drawn_cells(subject);
  std::string text;
  for (const auto& result : results) {
    const auto& attribution = result.attributions[index];
    if (results.size() > 1) text += std::string(result.method->name) + "\n";
    text += report::shaded_text(cells, attribution.values, style.colours);
    if (style.top > 0)
      text += report::token_table(cells, attribution.values, {.most = style.top, .colours = style.colours});
    if (attribution.elsewhere != 0)
      text += "read by the linear part where no token is: " + fixed(attribution.elsewhere, 3) + "\n";
  }
  return text;
}

Json explanation_json(const Subject& subject, size_t index, std::span<const MethodResult> results, int64_t number) {
  const auto& question = subject.question();
  Json json{{"row", number},
            {"output", subject.model().schema().outputs[question.output].name},
            {"prediction", question.of_class ? Json(subject.prediction().text) : Json(subject.prediction().value)},
            {"score", subject.scored().score}};
  if (question.of_class) {
    json["explained"] = explained_answer(subject);
    json["probability"] = subject.scored().probability;
  }
  json["tokens"] = tokens_json(subject);
  for (const auto& result : results)
    json["methods"][result.method->name] = attribution_json(result.attributions[index]);
  return json;
}

}  // namespace attune::app
