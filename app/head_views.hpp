// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/explain/subject.hpp"
#include "attune/report/explained_row.hpp"
#include "attune/report/terminal.hpp"

namespace attune::app {

/// What of single heads is to be shown.
struct HeadWishes {
  bool heads = false;     ///< how much of each token every head reads
  bool matrices = false;  ///< the same, and all weights of rows that are short enough to be read
  int64_t token = 0;      ///< what the token of this number (from 1) looks at; 0: none is asked for
  [[nodiscard]] bool any() const { return heads || matrices || token > 0; }
};

/// One head at one site, seen in one way.
struct HeadView {
  std::string site;            ///< "block.0.self", "pool"
  std::string name;            ///< "head 1", "head 1, from token 3": the same for every row
  std::string meaning;         ///< a sentence
  int64_t head = 1;            ///< counted from 1
  int64_t from_token = 0;      ///< whose look this is, counted from 1; 0: of all together
  std::vector<double> values;  ///< per token
};

struct HeadViews {
  std::vector<HeadView> views;
  std::vector<AttentionMatrix> matrices;
  std::vector<std::string> notes;
};

/// @param wishes  of a token that the row has
[[nodiscard]] HeadViews head_views(const Subject& subject, const HeadWishes& wishes);

/// A shaded text for each view.
[[nodiscard]] std::string head_views_text(const HeadViews& heads, std::span<const report::Cell> cells,
                                          report::Colours colours);
/// [{"site": "block.0.self", "name": "head 1", "values": [..]}]
[[nodiscard]] Json head_views_json(const HeadViews& heads);
/// [{"site": "block.0.self", "head": 1, "weights": [[..]]}]: a list for each query.
[[nodiscard]] Json matrices_json(const HeadViews& heads);
void draw_heads(const HeadViews& heads, report::ExplainedRow& row);

}  // namespace attune::app
