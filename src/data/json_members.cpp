// SPDX-License-Identifier: Apache-2.0
#include "json_members.hpp"

#include "attune/core/json.hpp"

namespace attune {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

JsonMembers::JsonMembers(std::string_view object) : text_(object), at_(object.find('{') + 1) {}

bool JsonMembers::next(JsonMember& out) {
  if (peek() == ',') ++at_;
  if (peek() == '}') return false;
  out.key = take_string();
  (void)peek();
  ++at_;  // the colon
  (void)peek();
  out.value = take_value();
  return true;
}

/// The next character that is not blank.
char JsonMembers::peek() {
  at_ = text_.find_first_not_of(kBlanks, at_);
  return text_[at_];
}

std::string_view JsonMembers::take_value() {
  if (text_[at_] == '"') return take_string();
  if (text_[at_] == '{' || text_[at_] == '[') return take_nested();
  return take_bare();
}

std::string_view JsonMembers::take_string() {
  const auto begin = at_++;
  while (true) {
    at_ = text_.find_first_of("\"\\", at_);
    if (text_[at_] == '"') break;
    at_ += 2;  // a backslash and what it escapes
  }
  ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view JsonMembers::take_nested() {
  const auto begin = at_;
  int depth = 0;
  do {
    at_ = text_.find_first_of("\"{}[]", at_);
    if (text_[at_] == '"') {
      take_string();
      continue;
    }
    depth += text_[at_] == '{' || text_[at_] == '[' ? 1 : -1;
    ++at_;
  } while (depth > 0);
  return text_.substr(begin, at_ - begin);
}

std::string_view JsonMembers::take_bare() {
  const auto begin = at_;
  at_ = text_.find_first_of(",} \t\r\n", at_);
  return text_.substr(begin, at_ - begin);
}

bool is_plain_string(std::string_view token) {
  return token.starts_with('"') && token.find('\\') == std::string_view::npos;
}

std::string decode_json_string(std::string_view token) { return Json::parse(token).get<std::string>(); }

std::string json_cell(std::string_view value) {
  if (value == "null") return "";
  return value.starts_with('"') ? decode_json_string(value) : std::string(value);
}

bool is_json_object(std::string_view line) {
  const auto begin = line.find_first_not_of(kBlanks);
  return begin != std::string_view::npos && line[begin] == '{' && Json::accept(line);
}

std::string describe_no_object(std::string_view line) {
  try {
    const auto value = Json::parse(line);
    return std::string("expected a JSON object {\"column\": value, ..}, found ") + value.type_name();
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();
    const auto begin = what.find("column");
    return "broken JSON, " + std::string(what.substr(begin == std::string_view::npos ? 0 : begin));
  }
}

}  // namespace attune
