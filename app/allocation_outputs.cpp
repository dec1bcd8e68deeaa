// SPDX-License-Identifier: Apache-2.0
#include "allocation_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <vector>

#include "attune/allocate/allocation_step.hpp"
#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "output_files.hpp"

namespace attune::app {
namespace {

constexpr std::string_view kWeightsHeader = "group,row,";
constexpr size_t kPiece = size_t{1} << 20;  // bytes written at once

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string weights_header(const ItemTable& items, const AllocationParameters& parameters) {
  std::string header(kWeightsHeader);
  if (parameters.score_columns() == 1) return header + "weight\n";
  for (const auto& value : items.columns.values) header += csv_cell("weight_" + value) + ",";
  header.back() = '\n';
  return header;
}

/// The weights of all items, [N, C].
std::vector<double> weights_of_items(const ItemGroups& groups, const AllocationParameters& parameters) {
  std::vector<double> weights;
  AllocationPass pass;
  for (int64_t g = 0; g < groups.groups(); ++g) {
    weigh_items(groups.group(g), parameters, pass);
    weights.insert(weights.end(), pass.weights.begin(), pass.weights.end());
  }
  return weights;
}

/// [N] items in the order of the table's rows.
std::vector<size_t> in_order_of_rows(const std::vector<int64_t>& rows) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rows[a] < rows[b]; });
  return order;
}

/// [N] the group of each item.
std::vector<size_t> groups_of_items(const ItemGroups& groups) {
  std::vector<size_t> result;
  for (size_t g = 0; g + 1 < groups.offsets.size(); ++g) result.resize(static_cast<size_t>(groups.offsets[g + 1]), g);
  return result;
}

bool begins_with(const std::string& path, std::string_view text) {
  std::string begin(text.size(), ' ');
  std::ifstream(path, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == text;
}

void check_not_read(const std::string& flag, const std::string& file, const std::string& table,
                    const std::string& start) {
  if (same_file(file, table)) throw UsageError(flag + ": " + file + " is the table that is read; name another file");
  if (same_file(file, start) && flag != "-o")
    throw UsageError(flag + ": " + file + " holds the parameters to start from; name another file");
}

}  // namespace

void write_item_weights(const std::string& path, const ItemTable& items, const AllocationParameters& parameters) {
  const auto weights = weights_of_items(items.groups, parameters);
  const auto groups = groups_of_items(items.groups);
  const auto columns = static_cast<size_t>(parameters.score_columns());
  AtomicFile file(path);
  auto text = weights_header(items, parameters);
  for (const auto item : in_order_of_rows(items.rows)) {
    text += fmt::format("{},{}", csv_cell(items.group_names[groups[item]]), items.rows[item] + 1);
    for (size_t c = 0; c < columns; ++c) text += fmt::format(",{}", weights[item * columns + c]);
    text += '\n';
    if (text.size() < kPiece) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
  file.commit();
}

void check_allocation_outputs(const std::string& table, const std::string& start, const std::string& weights,
                              const std::string& output) {
  if (!weights.empty()) {
    check_not_read("--weights", weights, table, start);
    check_writable("--weights", weights);
    check_replaced("--weights", weights, begins_with(weights, kWeightsHeader), "attune allocate");
  }
  if (output.empty()) return;
  check_not_read("-o", output, table, start);
  if (same_file(output, weights)) throw UsageError("-o: " + output + " is the file of --weights; name another one");
  check_writable("-o", output);
  const bool ours = begins_with(output, "{\n \"attune\": \"allocation\"");
  check_replaced("-o", output, ours, "attune allocate");
}

}  // namespace attune::app
