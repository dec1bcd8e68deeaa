// SPDX-License-Identifier: Apache-2.0
#include "split_method.hpp"

#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/data/split.hpp"

namespace attune {

SplitMethod parse_split_method(const std::string& text) {
  static const std::vector<std::string> kinds{"stratified", "random", "tail", "group:NAME", "column:NAME"};
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const bool takes_column = kind == "group" || kind == "column";
  const bool has_column = colon != std::string::npos && colon + 1 < text.size();
  if (takes_column && has_column) return {kind, text.substr(colon + 1)};
  if (takes_column) throw UsageError("--split " + text + ": expected a column, --split " + kind + ":NAME");
  if (text == "stratified" || text == "random" || text == "tail") return {text, ""};
  throw UsageError("--split " + text + ": unknown method" + suggestion(text, kinds));
}

std::string split_column(const SplitOptions& options) { return parse_split_method(options.method).column; }

}  // namespace attune
