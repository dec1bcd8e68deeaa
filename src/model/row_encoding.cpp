// SPDX-License-Identifier: Apache-2.0
#include "row_encoding.hpp"

#include <ATen/ops/from_blob.h>

#include <utility>

#include "attune/ops/packing.hpp"

namespace attune {
namespace {

Tensor to_tensor(std::vector<float>&& values, std::vector<int64_t> shape) {
  auto* owned = new std::vector<float>(std::move(values));
  return at::from_blob(
      owned->data(), shape, [owned](void*) { delete owned; }, at::TensorOptions(at::kFloat));
}

NetworkInput to_network(Ids&& ids, bool places) {
  NetworkInput input;
  IdsInput tensors{
      .offsets = make_offsets(ids.offsets), .ids = make_offsets(ids.ids), .further_offsets = {}, .further = {}};
  if (!ids.further_offsets.empty()) {
    tensors.further_offsets = make_offsets(ids.further_offsets);
    tensors.further = make_offsets(ids.further);
  }
  input.encoding = std::move(tensors);
  if (places) input.places = std::make_shared<const std::vector<Place>>(std::move(ids.places));
  return input;
}

NetworkInput to_network(Scalars&& scalars, bool places) {
  NetworkInput input;
  const auto rows = scalars.columns == 0 ? 0 : static_cast<int64_t>(scalars.values.size()) / scalars.columns;
  if (places) {
    auto all = std::make_shared<std::vector<Place>>();
    for (int64_t token = 0; token < rows * scalars.columns; ++token) {
      const auto column = static_cast<int32_t>(token % scalars.columns);
      all->push_back({.begin = column, .end = column + 1});
    }
    input.places = std::move(all);
  }
  input.encoding = ScalarsInput{to_tensor(std::move(scalars.values), {rows, scalars.columns})};
  return input;
}

/// The elements that row `row` of a ragged run owns.
std::span<const int64_t> run_of(const std::vector<int64_t>& values, const std::vector<int64_t>& offsets, size_t row) {
  return std::span(values).subspan(static_cast<size_t>(offsets[row]),
                                   static_cast<size_t>(offsets[row + 1] - offsets[row]));
}

void append(std::span<const int64_t> run, std::vector<int64_t>& values, std::vector<int64_t>& offsets) {
  values.insert(values.end(), run.begin(), run.end());
  offsets.push_back(static_cast<int64_t>(values.size()));
}

void append_row(const Ids& from, size_t row, Ids& to) {
  if (!from.further_offsets.empty()) {
    for (auto token = from.offsets[row]; token < from.offsets[row + 1]; ++token) {
      append(run_of(from.further, from.further_offsets, static_cast<size_t>(token)), to.further, to.further_offsets);
    }
  }
  append(run_of(from.ids, from.offsets, row), to.ids, to.offsets);
}

void append_row(const Scalars& from, size_t row, Scalars& to) {
  const auto width = static_cast<size_t>(from.columns);
  const auto values = std::span(from.values).subspan(row * width, width);
  to.values.insert(to.values.end(), values.begin(), values.end());
}

}  // namespace

void gather_cells(const Row& row, const std::vector<int>& columns, std::vector<std::string_view>& cells) {
  cells.clear();
  for (const int column : columns) cells.push_back(row[column]);
}

std::vector<Encoding> empty_encodings(const InputFeatures& inputs) {
  std::vector<Encoding> encodings;
  for (const auto& input : inputs) encodings.push_back(input->empty_encoding());
  return encodings;
}

std::vector<Encoding> encode_rows(const InputFeatures& inputs, const Table& table, const ColumnMap& columns,
                                  std::span<const int64_t> rows) {
  auto encodings = empty_encodings(inputs);
  std::vector<std::string_view> cells;
  for_each_row(table, rows, [&](size_t, const Row& row) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      gather_cells(row, columns.inputs[i], cells);
      inputs[i]->encode(cells, encodings[i]);
    }
  });
  return encodings;
}

void append_row(const Encoding& from, int64_t row, Encoding& to) {
  std::visit([&]<class Kind>(const Kind& kind) { append_row(kind, static_cast<size_t>(row), std::get<Kind>(to)); },
             from);
}

std::vector<NetworkInput> to_network(std::vector<Encoding>&& encodings, bool places) {
  std::vector<NetworkInput> result;
  for (auto& encoding : encodings) {
    result.push_back(std::visit([&](auto&& kind) { return to_network(std::move(kind), places); }, std::move(encoding)));
  }
  return result;
}

}  // namespace attune
