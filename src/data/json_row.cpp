// SPDX-License-Identifier: Apache-2.0
#include "attune/data/json_row.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/wording.hpp"
#include "json_members.hpp"
#include "utf8.hpp"

namespace attune {

namespace {

constexpr size_t kShownBytes = 40;  // of a line, in a message

}  // namespace

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

std::vector<std::string> read_json_row(std::string_view line, const std::vector<std::string>& columns) {
  if (const auto bad = invalid_utf8(line); bad != std::string_view::npos)
    throw InputError("byte " + std::to_string(bad + 1) + " (" + hex_byte(line[bad]) + ") is not UTF-8");
  if (line.find_first_not_of(" \t") == std::string_view::npos || line[line.find_first_not_of(" \t")] != '{') {
    throw InputError("expected a JSON object {\"column\": value, ..}, found \"" + shortened(line, kShownBytes) + "\"");
  }
  if (!is_json_object(line)) throw InputError(describe_no_object(line));
  std::vector<std::string> cells(columns.size());
  std::string stranger;
  bool knows_one = false;
  JsonMembers members(line);
  for (JsonMember member; members.next(member);) {
    const auto key = decode_json_string(member.key);
    const auto found = std::find(columns.begin(), columns.end(), key);
    if (found == columns.end()) {
      if (stranger.empty()) stranger = key;
      continue;
    }
    knows_one = true;
    cells[static_cast<size_t>(found - columns.begin())] = json_cell(member.value);
  }
  if (!knows_one && !stranger.empty())
    throw InputError("key \"" + stranger + "\" is none of the columns, nor is another key of the line" +
                     suggestion(stranger, columns));
  return cells;
}

}  // namespace attune
