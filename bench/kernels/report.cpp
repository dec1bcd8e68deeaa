// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace attune::bench {
namespace {

constexpr size_t kColumns = 9;
using Cells = std::array<std::string, kColumns>;

const Cells kHeader = {"row", "threads", "ours", "peer", "peer's", "ratio", "at least", "of the limit", ""};
constexpr std::array<int, kColumns> kWidths = {72, 7, 10, 58, 10, 7, 8, 12, 0};

std::string milliseconds(const Json& nanoseconds) {
  return nanoseconds.is_null() ? "-" : fmt::format("{:.3f} ms", nanoseconds.get<double>() * 1e-6);
}

std::string megabytes(const Json& bytes) { return fmt::format("{:.1f} MB", bytes.get<double>() * 1e-6); }

std::string number(const Json& value) { return value.is_null() ? "-" : fmt::format("{:.2f}", value.get<double>()); }

/// With no goal missed and nothing else at work, empty.
std::string note(const Json& row) {
  std::vector<std::string> notes;
  if (row["met"] == false) notes.emplace_back("missed");
  if (row["busy"] == true)
    notes.push_back(fmt::format("busy: others took {:.0f} %", 100 * row["others_share"].get<double>()));
  return fmt::format("{}", fmt::join(notes, ", "));
}

std::string peer(const Json& row) {
  if (row["peer"].is_null()) return fmt::format("at most {}", megabytes(row["at_most_bytes"]));
  auto name = row["peer"].get<std::string>();
  if (row["peer_version"].is_null()) return name;
  return name.insert(name.find(','), " " + row["peer_version"].get<std::string>());
}

Cells cells_of(const Json& row) {
  const bool is_memory = row["peer"].is_null();
  return {row["name"],
          fmt::format("{}", row["threads"].get<int>()),
          is_memory ? megabytes(row["extra_bytes"]) : milliseconds(row["ours_ns"]),
          peer(row),
          milliseconds(row["peer_ns"]),
          number(row["ratio"]),
          number(row["at_least"]),
          fmt::format("{:.0f} %", 100 * row["limit"]["share"].get<double>()),
          note(row)};
}

std::string aligned(const Cells& cells) {
  std::string line;
  for (size_t i = 0; i < kColumns; ++i) line += fmt::format("{:<{}}  ", cells[i], kWidths[i]);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string markdown_line(const Cells& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); }

}  // namespace

std::string text_header() { return aligned(kHeader); }
std::string text_line(const Json& row) { return aligned(cells_of(row)); }

std::string markdown(const std::vector<Json>& rows) {
  Cells rule;
  rule.fill("---");
  auto text = markdown_line(kHeader) + markdown_line(rule);
  for (const auto& row : rows) text += markdown_line(cells_of(row));
  const auto& first = rows.front();
  return text + fmt::format("\nMeasured on {}, {}, {}.\n", first["machine"].get<std::string>(),
                            first["isa"].get<std::string>(), first["date"].get<std::string>());
}

}  // namespace attune::bench
