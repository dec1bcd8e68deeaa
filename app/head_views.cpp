// SPDX-License-Identifier: Apache-2.0
#include "head_views.hpp"

#include <fmt/format.h>

#include "attune/core/wording.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

constexpr size_t kReadableTokens = 128;  // of a matrix

HeadView looked_at(const AttentionMatrix& matrix, int64_t token) {
  const auto* from = matrix.weights.data() + (token - 1) * matrix.keys;
  return {.site = matrix.site,
          .name = fmt::format("head {}, from token {}", matrix.head + 1, token),
          .meaning = "the share of attention that this token gives to each",
          .head = matrix.head + 1,
          .from_token = token,
          .values = {from, from + matrix.keys}};
}

std::vector<HeadView> looked_at(const Subject& subject, int64_t token) {
  std::vector<HeadView> views;
  for (const auto& site : attention_sites(subject.model())) {
    if (!has_token_queries(site)) continue;
    for (const auto& matrix : attention_matrices(subject, site))  // of one site at a time: they are large
      views.push_back(looked_at(matrix, token));
  }
  return views;
}

}  // namespace

HeadViews head_views(const Subject& subject, const HeadWishes& wishes) {
  HeadViews heads;
  if (wishes.heads || wishes.matrices) {
    for (auto& mass : attention_masses(subject)) {
      heads.views.push_back({.site = mass.site,
                             .name = fmt::format("head {}", mass.head + 1),
                             .meaning = "the mean share of attention that the token receives from the queries there",
                             .head = mass.head + 1,
                             .values = std::move(mass.values)});
    }
    if (heads.views.empty()) heads.notes.emplace_back("no heads: nothing in the model allocates among tokens");
  }
  if (wishes.token > 0) {
    auto views = looked_at(subject, wishes.token);
    // The name of a view is that of a switch for all rows, so that the word of this one stands beside it.
    const auto& word = subject.tokens()[static_cast<size_t>(wishes.token - 1)].text;
    heads.notes.push_back(views.empty() ? "no token looks at others: the model has no block with attention"
                                        : fmt::format("token {} is \"{}\"", wishes.token, brief(on_one_line(word))));
    std::move(views.begin(), views.end(), std::back_inserter(heads.views));
  }
  if (!wishes.matrices) return heads;
  if (subject.tokens().size() > kReadableTokens) {
    heads.notes.push_back("no attention matrices: " + counted(std::ssize(subject.tokens()), "token") +
                          " are more than can be read (128)");
  } else {
    heads.matrices = attention_matrices(subject);
  }
  return heads;
}

std::string head_views_text(const HeadViews& heads, std::span<const report::Cell> cells, report::Colours colours) {
  std::string text;
  for (const auto& view : heads.views)
    text += view.site + ", " + view.name + "\n" + report::shaded_text(cells, view.values, colours);
  for (const auto& note : heads.notes) text += "  " + note + "\n";
  return text;
}

Json head_views_json(const HeadViews& heads) {
  auto json = Json::array();
  for (const auto& view : heads.views) {
    auto& shown = json.emplace_back(Json{{"site", view.site}, {"name", view.name}, {"head", view.head}});
    if (view.from_token > 0) shown["from_token"] = view.from_token;
    shown["values"] = view.values;
  }
  return json;
}

Json matrices_json(const HeadViews& heads) {
  auto json = Json::array();
  for (const auto& matrix : heads.matrices) {
    auto rows = Json::array();
    for (int64_t q = 0; q < matrix.queries; ++q) {
      const auto* row = matrix.weights.data() + q * matrix.keys;
      rows.push_back(std::vector<float>(row, row + matrix.keys));
    }
    json.push_back({{"site", matrix.site}, {"head", matrix.head + 1}, {"weights", std::move(rows)}});
  }
  return json;
}

void draw_heads(const HeadViews& heads, report::ExplainedRow& row) {
  for (const auto& view : heads.views) {
    row.attributions.push_back(
        {.name = view.name, .group = view.site, .meaning = view.meaning, .values = view.values, .forward_passes = 1});
  }
  for (const auto& matrix : heads.matrices) {
    report::AttentionMatrix drawn{.name = fmt::format("{}, head {}", matrix.site, matrix.head + 1),
                                  .weights = {matrix.weights.begin(), matrix.weights.end()}};
    if (matrix.queries == 1 && matrix.keys != 1) drawn.queries = {"the pool's query"};
    row.matrices.push_back(std::move(drawn));
  }
  row.notes.insert(row.notes.end(), heads.notes.begin(), heads.notes.end());
}

}  // namespace attune::app
