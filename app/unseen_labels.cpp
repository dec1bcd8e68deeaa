// SPDX-License-Identifier: Apache-2.0
#include "unseen_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "attune/core/invisible.hpp"
#include "attune/core/wording.hpp"
#include "attune/features/look_alikes.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

constexpr size_t kMostNamed = 5;
/// A column of texts taken for labels would otherwise be held in memory whole.
constexpr size_t kMostCounted = 10000;

struct UnseenLabels {
  int64_t rows = 0;
  std::map<std::string, int64_t> counts;  ///< of the first kMostCounted different ones
  bool all_counted = true;
};

UnseenLabels find_unseen(const LabelledRows& data, const ClassTargets& targets, int column) {
  UnseenLabels unseen;
  Row row;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] >= 0) continue;
    ++unseen.rows;
    data.table->read(data.rows[i], row);
    const std::string label(row[column]);
    const auto found = unseen.counts.find(label);
    if (found != unseen.counts.end()) {
      ++found->second;
    } else if (unseen.counts.size() < kMostCounted) {
      unseen.counts.emplace(label, 1);
    } else {
      unseen.all_counted = false;
    }
  }
  return unseen;
}

/// By counts, the most frequent first.
std::vector<std::pair<std::string, int64_t>> most_frequent(const UnseenLabels& unseen) {
  std::vector<std::pair<std::string, int64_t>> labels(unseen.counts.begin(), unseen.counts.end());
  std::stable_sort(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return labels;
}

std::string shown_label(const std::string& label) {
  const auto text = brief(label);
  return text.find_first_not_of(' ') == std::string::npos ? "an empty label" : "\"" + text + "\"";
}

/// "maybe" (12), an empty label (5) and 3 others
std::string named(const UnseenLabels& unseen) {
  const auto labels = most_frequent(unseen);
  std::string text;
  for (size_t i = 0; i < std::min(labels.size(), kMostNamed); ++i)
    text += fmt::format("{}{} ({})", i > 0 ? ", " : "", shown_label(labels[i].first), with_commas(labels[i].second));
  if (labels.size() <= kMostNamed) return text;
  const auto others = static_cast<int64_t>(labels.size() - kMostNamed);
  return text + (unseen.all_counted ? " and " + counted(others, "other") : " and many others");
}

/// With what cannot be seen, which may be all the difference.
std::string exact(const std::string& label) { return "\"" + with_escapes(brief(label)) + "\""; }

/// "Pos" is the class "pos" but for blanks or case, and " neg" the class "neg"; empty when there are no such pairs.
std::string look_alike_classes(const UnseenLabels& unseen, const std::vector<std::string>& classes) {
  const LookAlikes known(classes);
  std::vector<std::string> pairs;
  for (const auto& [label, count] : most_frequent(unseen)) {
    const auto* meant = known.find(label);
    if (meant == nullptr) continue;
    pairs.push_back(exact(label) + (pairs.empty() ? " is the class " + exact(*meant) + " but for blanks or case"
                                                  : " the class " + exact(*meant)));
  }
  std::string text;
  for (size_t i = 0; i < std::min(pairs.size(), kMostNamed); ++i) text += (i > 0 ? ", " : "") + pairs[i];
  if (pairs.size() > kMostNamed) text += " and " + counted(static_cast<int64_t>(pairs.size() - kMostNamed), "other");
  return text;
}

}  // namespace

std::vector<std::string> unseen_label_warnings(const Model& model, const LabelledRows& data) {
  std::vector<std::string> warnings;
  for (size_t o = 0; o < data.targets.size(); ++o) {
    const auto* targets = std::get_if<ClassTargets>(&data.targets[o]);
    if (targets == nullptr) continue;
    const auto unseen = find_unseen(data, *targets, data.columns.outputs[o]);
    if (unseen.rows == 0) continue;
    const auto output = data.targets.size() > 1 ? on_one_line(model.schema().outputs[o].name) + ": " : "";
    warnings.push_back(fmt::format("warning: {}{} {} a label that the model never saw; {} as wrong: {}", output,
                                   counted(unseen.rows, "row"), unseen.rows == 1 ? "has" : "have",
                                   unseen.rows == 1 ? "it counts" : "they count", named(unseen)));
    if (const auto pairs = look_alike_classes(unseen, model.outputs()[o]->classes()); !pairs.empty())
      warnings.push_back(fmt::format("warning: {}{}; write labels as the training table does", output, pairs));
  }
  return warnings;
}

}  // namespace attune::app
