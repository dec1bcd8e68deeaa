// SPDX-License-Identifier: Apache-2.0
#include "vectors/kept_words.hpp"

#include <algorithm>

#include "text/unicode.hpp"
#include "vocabulary.hpp"

namespace attune {
namespace {

constexpr size_t kFirstWords = 3;

}  // namespace

KeptWords::KeptWords(std::span<const VectorWords> inputs) {
  for (const auto& words : inputs) {
    auto& input = inputs_.emplace_back();
    input.words = &words;
    for (size_t form = 0; form < words.forms.size(); ++form) input.index.emplace(words.forms[form], form);
    input.matches.assign(words.forms.size(), Match::kNone);
    input.kept.rows.assign(words.forms.size(), -1);
  }
}

void KeptWords::add(std::string_view word, std::span<const float> numbers) {
  ++words_;
  if (word.empty() || !is_utf8(word)) {
    ++unreadable_;
    return;
  }
  if (first_words_.size() < kFirstWords) first_words_.emplace_back(word);
  if (word.size() > UnitCounter::kLongestUnit) return;  // no vocabulary holds one
  bool repeated = false;
  for (auto& input : inputs_) repeated |= !offer(input, word, numbers);
  repeated_ += repeated;
}

bool KeptWords::offer(Input& input, std::string_view word, std::span<const float> numbers) {
  const auto exact = input.index.find(word);
  if (exact != input.index.end()) return keep(input, exact->second, Match::kExact, numbers);
  const auto folded = input.index.find(input.words->fold(word));
  if (folded != input.index.end()) (void)keep(input, folded->second, Match::kFolded, numbers);
  return true;
}

bool KeptWords::keep(Input& input, size_t form, Match match, std::span<const float> numbers) {
  auto& known = input.matches[form];
  if (known >= match) return false;
  known = match;
  auto& [rows, values, covered, covered_tokens] = input.kept;
  if (rows[form] >= 0) {  // the very word takes the place of one in other letters
    std::copy(numbers.begin(), numbers.end(), values.begin() + rows[form] * std::ssize(numbers));
    return true;
  }
  rows[form] = covered++;
  covered_tokens += input.words->counts[form];
  values.insert(values.end(), numbers.begin(), numbers.end());
  return true;
}

std::vector<InputVectors> KeptWords::take() {
  std::vector<InputVectors> all;
  for (auto& input : inputs_) all.push_back(std::move(input.kept));
  return all;
}

}  // namespace attune
