// SPDX-License-Identifier: Apache-2.0
#include "confusion.hpp"

#include <algorithm>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"

namespace attune::report {
namespace {

constexpr size_t kMostClasses = 20;
/// A name stands in two tooltips of every class: a label may be a whole text.
constexpr int64_t kNameColumns = 60;

void check(const ConfusionChart& chart) {
  if (chart.counts.size() == chart.classes.size() * chart.classes.size()) return;
  throw UsageError("confusion chart: expected a count per pair of the " + counted(std::ssize(chart.classes), "class") +
                   ", found " + counted(std::ssize(chart.counts), "count"));
}

/// Which class that is shown each class becomes: those with the most rows stay, the others share the last.
std::vector<size_t> shown_as(const ConfusionChart& all) {
  const auto classes = all.classes.size();
  std::vector<int64_t> rows(classes);
  for (size_t i = 0; i < all.counts.size(); ++i) rows[i / classes] += all.counts[i];
  std::vector<size_t> by_rows(classes), place(classes, kMostClasses - 1);
  std::iota(by_rows.begin(), by_rows.end(), 0);
  std::stable_sort(by_rows.begin(), by_rows.end(), [&](size_t a, size_t b) { return rows[a] > rows[b]; });
  by_rows.resize(kMostClasses - 1);
  std::sort(by_rows.begin(), by_rows.end());  // the given order among those that stay
  for (size_t i = 0; i < by_rows.size(); ++i) place[by_rows[i]] = i;
  return place;
}

ShownConfusion folded(const ConfusionChart& all) {
  const auto place = shown_as(all);
  ShownConfusion few{.classes = std::vector<std::string>(kMostClasses),
                     .counts = std::vector<int64_t>(kMostClasses * kMostClasses),
                     .folded = std::ssize(all.classes) - static_cast<int64_t>(kMostClasses) + 1};
  for (size_t t = 0; t < all.classes.size(); ++t) {
    few.classes[place[t]] = all.classes[t];
    for (size_t p = 0; p < all.classes.size(); ++p)
      few.counts[place[t] * kMostClasses + place[p]] += all.counts[t * all.classes.size() + p];
    if (place[t] == kMostClasses - 1) few.folded_right += all.counts[t * all.classes.size() + t];
  }
  few.classes.back() = with_commas(few.folded) + " others";
  return few;
}

}  // namespace

int64_t ShownConfusion::of_class(size_t t) const {
  const auto line = counts.begin() + static_cast<int64_t>(t * classes.size());
  return std::accumulate(line, line + std::ssize(classes), int64_t{0});
}

int64_t ShownConfusion::rows() const { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

std::string ShownConfusion::sentences() const {
  auto text = "Answered rightly: " + with_commas(right) + " of " + counted(rows(), "row") + ".";
  if (folded > 0)
    text += " The " + with_commas(folded) +
            " classes with the fewest rows share the last line and column; where these meet, right and wrong answers "
            "stand together.";
  return text;
}

ShownConfusion shown_confusion(const ConfusionChart& chart) {
  check(chart);
  const auto classes = chart.classes.size();
  auto shown =
      classes > kMostClasses ? folded(chart) : ShownConfusion{.classes = chart.classes, .counts = chart.counts};
  for (size_t c = 0; c < classes; ++c) shown.right += chart.counts[c * classes + c];
  for (auto& name : shown.classes) name = fitted(name, kNameColumns);
  return shown;
}

}  // namespace attune::report
