// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/place.hpp"

/// What explanations, training reports and flow diagrams look like: plain structs in, HTML, SVG, Mermaid and terminal
/// text out. Nothing here knows a model, and nothing is computed but the drawing. All text is UTF-8 and may hold
/// anything: what comes out is escaped for where it stands. All functions are thread-safe.
namespace attune::report {

/// One thing attention could allocate to.
struct Token {
  std::string label;  ///< as a person reads it: `word`, `mean_radius = 17.99`
  Place place = {};   ///< code points of its cell's text; empty: it has none there and is shown by its label
};

/// One input of a row: a text with its tokens in it; or an empty one and tokens that are shown by their labels,
/// whatever their places (numbers, categories).
struct Cell {
  std::string column;
  std::string text;
  std::vector<Token> tokens;
  int64_t cut_off = 0;  ///< tokens of the text that the model did not read; then what lies behind the last is shown as
                        ///< cut off
};

/// An answer beside its probability; none for a number.
struct Answer {
  std::string label;
  std::optional<double> probability;
};

/// The group of what explains the whole model; others are those of single heads.
inline constexpr std::string_view kMethodGroup = "methods";

/// How much each token of a row got, by one method, or by one head at one site.
struct Attribution {
  std::string name;            ///< unique within its group: "integrated_gradients", "head 2"
  std::string group;           ///< what the switch lists it under: kMethodGroup, "block.0.self", "pool"
  std::string meaning;         ///< a sentence: what a value says
  bool has_sign = false;       ///< a token may speak against what is explained
  std::vector<double> values;  ///< one per token of the row, the cells' one after another; not finite: not known
  int64_t forward_passes = 0;  ///< that it took; 0: not said
  std::vector<std::string> notes = {};
  double elsewhere = 0;  ///< what belongs to no token (blanks, text behind the last one); as values; 0: nothing
};

/// All weights of one head: a row per query, a column per token of the row.
struct AttentionMatrix {
  std::string name;                       ///< "block.0.self, head 2"
  std::vector<std::string> queries = {};  ///< their labels; none: the tokens themselves
  std::vector<double> weights;            ///< [queries, tokens] row-major
};

/// One row of a table, what was answered, and what that answer, or another, may rest on.
struct ExplainedRow {
  std::string name;  ///< "reviews.csv, row 12"
  std::vector<Cell> cells;
  Answer answer;
  std::string explained = {};       ///< what the values speak for: a class, or the name of a number; empty: the answer
  std::vector<Answer> others = {};  ///< further answers, most probable first
  std::optional<std::string> truth = {};  ///< where it is known
  std::vector<Attribution> attributions;
  std::vector<AttentionMatrix> matrices = {};
  std::vector<std::string> notes = {};
};

/// A figure that says what it is.
struct Figure {
  std::string name;
  std::string value;    ///< with its unit or spread: "0.412 ± 0.021"
  std::string meaning;  ///< a sentence
};

/// The same figures of several things, say of methods.
struct Comparison {
  std::string caption;
  std::string compared;         ///< what a line is of: "method"
  std::vector<Figure> figures;  ///< a column each, without values
  struct Line {
    std::string name;
    std::vector<std::string> values;  ///< one per figure
  };
  std::vector<Line> lines;
};

}  // namespace attune::report
