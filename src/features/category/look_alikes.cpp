// SPDX-License-Identifier: Apache-2.0
#include "attune/features/look_alikes.hpp"

#include "text/unicode.hpp"

namespace attune {
namespace {

/// The name without blanks and case.
std::string skeleton(std::string_view name) {
  const auto text = decode_utf8(name);
  icu::UnicodeString visible;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (!is_blank(text.char32At(i))) visible.append(text.char32At(i));
  }
  return UnitForm(false, true)(visible, 0, visible.length());
}

}  // namespace

LookAlikes::LookAlikes(std::span<const std::string> names) {
  for (const auto& name : names) add(name);
}

const std::string* LookAlikes::add(const std::string& name) {
  const auto [first, is_new] = first_with_.emplace(skeleton(name), name);
  return is_new ? nullptr : &first->second;
}

const std::string* LookAlikes::find(std::string_view name) const {
  const auto found = first_with_.find(skeleton(name));
  return found == first_with_.end() ? nullptr : &found->second;
}

}  // namespace attune
