// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace attune {

/// A member of a JSON object as it stands in the text: strings with their quotes, numbers as written.
struct JsonMember {
  std::string_view key;
  std::string_view value;
};

/// Runs over the members of one object without copying. The text must be a valid JSON object, which the caller has
/// checked once; nested values are passed over, not read.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view object);
  /// False when there is no further member.
  bool next(JsonMember& out);

 private:
  [[nodiscard]] char peek();
  std::string_view take_value();
  std::string_view take_string();
  std::string_view take_nested();
  std::string_view take_bare();

  std::string_view text_;
  size_t at_ = 0;
};

/// True when the token is a string without escapes: what stands between its quotes is the text itself.
[[nodiscard]] bool is_plain_string(std::string_view token);

/// The text of a string token, escapes resolved.
[[nodiscard]] std::string decode_json_string(std::string_view token);

/// The cell that a value stands for: a string's text, nothing for null, anything else as it is written.
[[nodiscard]] std::string json_cell(std::string_view value);

/// Whether a line holds one JSON object, and the message for one that does not: the parser's own words, from the column
/// on.
[[nodiscard]] bool is_json_object(std::string_view line);
[[nodiscard]] std::string describe_no_object(std::string_view line);

}  // namespace attune
