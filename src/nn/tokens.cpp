// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/tokens.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <string>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

/// The tokens numbered `index` of `tokens`, now in rows `offsets`.
Tokens take(const Tokens& tokens, const std::vector<int64_t>& index, const std::vector<int64_t>& offsets) {
  Tokens taken{
      .values = take_tokens(tokens.values, make_offsets(index)), .offsets = make_offsets(offsets), .origins = {}};
  if (tokens.origins == nullptr) return taken;
  auto origins = std::make_shared<std::vector<TokenOrigin>>();
  origins->reserve(index.size());
  for (const int64_t token : index) origins->push_back((*tokens.origins)[static_cast<size_t>(token)]);
  taken.origins = std::move(origins);
  return taken;
}

void check_parts(std::span<const Tokens> parts) {
  if (parts.empty()) throw ShapeError("concatenate: expected at least one part");
  for (const auto& part : parts) {
    if (part.rows() != parts[0].rows() || part.values.size(1) != parts[0].values.size(1)) {
      throw ShapeError("concatenate: expected " + std::to_string(parts[0].rows()) + " rows of width " +
                       std::to_string(parts[0].values.size(1)) + ", found " + std::to_string(part.rows()) + " rows, " +
                       c10::str(part.values.sizes()));
    }
  }
}

/// Parts one after another (not yet row by row), with origins when all parts have them.
Tokens stack(std::span<const Tokens> parts) {
  std::vector<Tensor> values;
  auto origins = std::make_shared<std::vector<TokenOrigin>>();
  bool complete = true;
  for (const auto& part : parts) {
    values.push_back(part.values);
    complete = complete && part.origins != nullptr;
    if (complete) origins->insert(origins->end(), part.origins->begin(), part.origins->end());
  }
  return {at::cat(values), {}, complete ? origins : nullptr};
}

}  // namespace

Tokens select(const Tokens& tokens, const Tensor& keep) {
  if (keep.scalar_type() != at::kBool)
    throw TypeError("keep: expected bool, found " + std::string(c10::toString(keep.scalar_type())));
  if (keep.dim() != 1 || keep.size(0) != tokens.values.size(0)) {
    throw ShapeError("keep: expected [N] = [" + std::to_string(tokens.values.size(0)) + "], found " +
                     c10::str(keep.sizes()));
  }
  const auto flags_tensor = keep.contiguous();
  const bool* flags = flags_tensor.const_data_ptr<bool>();
  const auto rows = offsets_view(tokens.offsets, tokens.values.size(0));
  std::vector<int64_t> index, offsets{0};
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    for (int64_t token = rows[b]; token < rows[b + 1]; ++token) {
      if (flags[token]) index.push_back(token);
    }
    offsets.push_back(static_cast<int64_t>(index.size()));
  }
  return take(tokens, index, offsets);
}

Tokens rows_of(const Tokens& tokens, int64_t begin, int64_t end) {
  const auto all =
      offsets_view(tokens.offsets);  // read, not sliced: an operation for each number costs more than the copy
  const int64_t first = all[static_cast<size_t>(begin)], last = all[static_cast<size_t>(end)];
  std::vector<int64_t> offsets;
  for (int64_t row = begin; row <= end; ++row) offsets.push_back(all[static_cast<size_t>(row)] - first);
  Tokens rows{.values = tokens.values.slice(0, first, last), .offsets = make_offsets(offsets), .origins = {}};
  if (tokens.origins != nullptr) {
    rows.origins = std::make_shared<const std::vector<TokenOrigin>>(tokens.origins->begin() + first,
                                                                    tokens.origins->begin() + last);
  }
  return rows;
}

Tokens concatenate(std::span<const Tokens> parts) {
  check_parts(parts);
  if (parts.size() == 1) return parts[0];
  std::vector<std::span<const int64_t>> rows;
  std::vector<int64_t> part_begin{0};
  for (const auto& part : parts) {
    rows.push_back(offsets_view(part.offsets, part.values.size(0)));
    part_begin.push_back(part_begin.back() + part.values.size(0));
  }
  std::vector<int64_t> index, offsets{0};
  for (size_t b = 0; b + 1 < rows[0].size(); ++b) {
    for (size_t p = 0; p < parts.size(); ++p) {
      for (int64_t token = rows[p][b]; token < rows[p][b + 1]; ++token) index.push_back(part_begin[p] + token);
    }
    offsets.push_back(static_cast<int64_t>(index.size()));
  }
  return take(stack(parts), index, offsets);
}

}  // namespace attune
