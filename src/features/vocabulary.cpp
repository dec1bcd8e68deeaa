// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

#include <algorithm>

namespace attune {

void UnitCounter::add(std::string_view form) {
  ++tokens_;
  if (form.size() > kLongestUnit) return;
  if (const auto found = counts_.find(form); found != counts_.end()) {
    ++found->second;
    return;
  }
  counts_.emplace(form, 1);
  if (counts_.size() > most_) forget_rare();
}

void UnitCounter::forget_rare() {
  while (counts_.size() > most_) {
    ++forgotten_up_to_;
    std::erase_if(counts_, [this](const auto& entry) { return entry.second <= forgotten_up_to_; });
  }
}

std::vector<CountedUnit> UnitCounter::most_frequent(int64_t min_count, size_t most) const {
  std::vector<CountedUnit> units;
  for (const auto& [form, count] : counts_) {
    if (count >= min_count) units.push_back({form, count});
  }
  std::sort(units.begin(), units.end(), [](const CountedUnit& a, const CountedUnit& b) {
    return a.count != b.count ? a.count > b.count : a.form < b.form;
  });
  if (units.size() > most) units.resize(most);
  return units;
}

Vocabulary::Vocabulary(std::vector<std::string> units) : units_(std::move(units)) {
  ids_.reserve(units_.size());
  for (size_t i = 0; i < units_.size(); ++i) ids_.emplace(units_[i], kFirstUnit + static_cast<int64_t>(i));
}

int64_t Vocabulary::id(std::string_view form) const {
  const auto found = ids_.find(form);
  return found == ids_.end() ? kUnknown : found->second;
}

}  // namespace attune
