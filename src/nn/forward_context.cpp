// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/forward_context.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <string>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

void check_row_ids(const Tensor& ids, size_t rows) {
  if (ids.scalar_type() != at::kLong) {
    throw TypeError("row_ids: expected int64, found " + std::string(c10::toString(ids.scalar_type())));
  }
  if (ids.dim() != 1 || ids.size(0) != static_cast<int64_t>(rows) || !ids.is_contiguous()) {
    throw ShapeError("row_ids: expected [B] = [" + std::to_string(rows) + "], contiguous, found " +
                     c10::str(ids.sizes()));
  }
}

/// Calls use(row, key of the row at the site).
template <class Use>
void for_each_row(const ForwardContext& context, std::string_view site, size_t rows, Use use) {
  if (context.row_ids.defined()) check_row_ids(context.row_ids, rows);
  const auto site_key = context.random.with(site);
  const int64_t* ids = context.row_ids.defined() ? context.row_ids.const_data_ptr<int64_t>() : nullptr;
  for (size_t b = 0; b < rows; ++b) use(b, site_key.with(ids != nullptr ? static_cast<uint64_t>(ids[b]) : b));
}

/// Elements of 0 or `scale`, `width` of them a token.
Tensor draws(const Tensor& offsets, int64_t width, double keep, float scale, const ForwardContext& context,
             std::string_view site) {
  const auto rows = offsets_view(offsets);
  auto multipliers = at::empty({rows.back(), width}, at::TensorOptions(at::kFloat));
  auto* out = multipliers.mutable_data_ptr<float>();
  for_each_row(context, site, rows.size() - 1, [&](size_t b, RandomKey key) {
    const auto count = static_cast<size_t>((rows[b + 1] - rows[b]) * width);
    key.fill_dropout({out + rows[b] * width, count}, 0, keep, scale);
  });
  return multipliers;
}

}  // namespace

AttentionOptions ForwardContext::options_at(std::string_view site, double dropout_rate) const {
  AttentionOptions options{
      .wanted = wanted_at(site), .dropout = {}, .intervention = intervention_at(site), .kernels = kernels};
  options.dropout.row_ids = row_ids;  // permuted weights depend on them as well
  if (training) {
    options.dropout.rate = dropout_rate;
    options.dropout.key = random.with(site).with("weights");
  }
  return options;
}

Tensor dropout(const Tensor& values, const Tensor& offsets, double rate, const ForwardContext& context,
               std::string_view site) {
  if (!context.training || rate == 0.0 || values.numel() == 0) return values;
  const double keep = 1.0 - rate;
  const auto multipliers =
      draws(offsets, values.numel() / values.size(0), keep, static_cast<float>(1.0 / keep), context, site);
  return values * multipliers.view(values.sizes()).to(values.scalar_type());
}

Tensor token_mask(const Tensor& offsets, double rate, at::ScalarType type, const ForwardContext& context,
                  std::string_view site) {
  if (!context.training || rate == 0.0) return {};
  return draws(offsets, 1, 1.0 - rate, 1.0F, context, site).to(type);
}

}  // namespace attune
