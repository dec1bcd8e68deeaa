// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/toml.hpp"

namespace attune {
namespace {

/// JSON's escapes are legal in TOML; TOML escapes DEL (0x7F) besides.
std::string quoted(const std::string& text) {
  std::string escaped;
  try {
    escaped = Json(text).dump();
  } catch (const Json::type_error&) {
    throw UsageError("TOML: a text is not valid UTF-8: " +
                     Json(text).dump(-1, ' ', true, Json::error_handler_t::replace));
  }
  std::string result;
  for (const char c : escaped) result += c == '\x7f' ? std::string("\\u007F") : std::string(1, c);
  return result;
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string key_text(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), is_bare) ? key : quoted(key);
}

/// Shortest text that reads back as the same double, with a point or exponent so that it stays a floating-point number.
std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string integer_text(const Json& json) {
  if (json.is_number_unsigned() && json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    throw UsageError("TOML: integers end at 9223372036854775807, found " + json.dump());
  }
  return json.dump();
}

std::string inline_value(const Json& json);

std::string inline_array(const Json& json) {
  std::string text = "[";
  for (const auto& element : json) text += (text.size() == 1 ? "" : ", ") + inline_value(element);
  return text + "]";
}

std::string inline_table(const Json& json) {
  std::string text = "{";
  for (const auto& item : json.items()) {
    text += (text.size() == 1 ? " " : ", ") + key_text(item.key()) + " = " + inline_value(item.value());
  }
  return text + (json.empty() ? "}" : " }");
}

std::string inline_value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::object:
      return inline_table(json);
    case Json::value_t::array:
      return inline_array(json);
    case Json::value_t::string:
      return quoted(json.get_ref<const std::string&>());
    case Json::value_t::boolean:
      return json.get<bool>() ? "true" : "false";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return integer_text(json);
    case Json::value_t::number_float:
      return number_text(json.get<double>());
    default:
      throw UsageError("TOML: has no word for null or binary data; leave the key out");
  }
}

bool is_array_of_tables(const Json& json) {
  return json.is_array() && !json.empty() &&
         std::all_of(json.begin(), json.end(), [](const Json& element) { return element.is_object(); });
}

bool is_section(const Json& json) { return json.is_object() || is_array_of_tables(json); }

/// Writes tables as sections. Under a section's heading every key belongs to it, so a table that is followed by a plain
/// value of its parent cannot be a section without changing the order of keys: it is written inline.
class Writer {
 public:
  explicit Writer(const std::map<std::string, std::string>& comments) : comments_(comments) {}

  /// `heading` is the path as TOML writes it, `path` the plain one of comments.
  void body(const Json& table, const std::string& heading, const std::string& path) {
    size_t plain = table.size();  // how many of the first keys stand in the body itself
    while (plain > 0 && is_section(std::next(table.begin(), static_cast<ptrdiff_t>(plain) - 1).value())) --plain;
    size_t position = 0;
    for (const auto& item : table.items()) {
      const std::string child_heading = (heading.empty() ? "" : heading + ".") + key_text(item.key());
      const std::string child_path = (path.empty() ? "" : path + ".") + item.key();
      if (position++ < plain) {
        comment(child_path);
        text += key_text(item.key()) + " = " + inline_value(item.value()) + "\n";
      } else {
        sections(item.value(), child_heading, child_path);
      }
    }
  }

  std::string text;

 private:
  void sections(const Json& json, const std::string& heading, const std::string& path) {
    if (json.is_object()) return section(json, "[" + heading + "]", heading, path);
    for (const auto& element : json) section(element, "[[" + heading + "]]", heading, path);
  }

  void section(const Json& json, const std::string& line, const std::string& heading, const std::string& path) {
    if (!text.empty()) text += "\n";
    comment(path);
    text += line + "\n";
    body(json, heading, path);
  }

  void comment(const std::string& path) {
    const auto found = comments_.find(path);
    if (found == comments_.end()) return;
    text += "# ";
    for (const char c : found->second) text += c == '\n' ? std::string("\n# ") : std::string(1, c);
    text += "\n";
  }

  const std::map<std::string, std::string>& comments_;
};

}  // namespace

std::string to_toml(const Json& json, const std::map<std::string, std::string>& comments) {
  if (!json.is_object()) throw UsageError("TOML: expected a table at the top, found " + std::string(json.type_name()));
  Writer writer(comments);
  writer.body(json, "", "");
  return std::move(writer.text);
}

}  // namespace attune
