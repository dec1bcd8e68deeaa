// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/unit_numbers.hpp"

#include <algorithm>
#include <utility>

#include "attune/baselines/ngram_vocabulary.hpp"
#include "attune/core/error.hpp"

namespace attune {
namespace {

// As in the vocabularies of texts: what is longer is data without blanks, and would be kept in every model.
constexpr size_t kLongestUnit = 256;  // bytes

}  // namespace

int32_t UnitNumbers::learn(size_t input, const std::string& form) {
  if (form.size() > kLongestUnit) return UnitRows::kNone;
  if (of_input_.size() <= input) of_input_.resize(input + 1);
  const auto [unit, is_new] = of_input_[input].try_emplace(form, next_);
  if (is_new) ++next_;
  return unit->second;
}

std::vector<int32_t> UnitNumbers::learn(const UnitNumbers& others) {
  std::vector<std::pair<size_t, const std::string*>> by_number(static_cast<size_t>(others.next_));
  for (size_t input = 0; input < others.of_input_.size(); ++input) {
    for (const auto& [form, number] : others.of_input_[input]) by_number[static_cast<size_t>(number)] = {input, &form};
  }
  std::vector<int32_t> numbers;
  for (const auto& [input, form] : by_number) numbers.push_back(learn(input, *form));
  return numbers;
}

int32_t UnitNumbers::find(size_t input, std::string_view form) const {
  if (input >= of_input_.size()) return UnitRows::kNone;
  const auto found = of_input_[input].find(form);
  return found == of_input_[input].end() ? UnitRows::kNone : found->second;
}

Json UnitNumbers::state() const {
  auto inputs = Json::array();
  for (const auto& units : of_input_) {
    std::vector<std::pair<int32_t, std::string_view>> by_number;
    for (const auto& [form, number] : units) by_number.emplace_back(number, form);
    std::sort(by_number.begin(), by_number.end());
    auto forms = Json::array(), numbers = Json::array();
    for (const auto& [number, form] : by_number) numbers.push_back(number), forms.push_back(form);
    inputs.push_back({{"forms", std::move(forms)}, {"numbers", std::move(numbers)}});
  }
  return inputs;
}

UnitNumbers UnitNumbers::load(const Json& state) {
  UnitNumbers units;
  std::vector<int32_t> all;
  for (const auto& input : state) {
    const auto forms = input.at("forms").get<std::vector<std::string>>();
    const auto numbers = input.at("numbers").get<std::vector<int32_t>>();
    if (forms.size() != numbers.size())
      throw ModelFileError("units of a linear model: expected a number for each form");
    auto& of_input = units.of_input_.emplace_back();
    for (size_t i = 0; i < forms.size(); ++i) {
      if (!of_input.emplace(forms[i], numbers[i]).second)
        throw ModelFileError("units of a linear model: \"" + forms[i] + "\" is there twice");
    }
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] != static_cast<int32_t>(i))
      throw ModelFileError("units of a linear model: expected each number from 0 on once");
  }
  units.next_ = static_cast<int32_t>(all.size());
  return units;
}

}  // namespace attune
