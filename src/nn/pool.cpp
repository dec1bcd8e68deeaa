// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/pool.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/nn/attention.hpp"
#include "attune/ops/packing.hpp"
#include "attune/ops/row_mean.hpp"
#include "split_gate.hpp"

namespace attune {
namespace {

Tensor row_mean(const Tokens& tokens) { return attune::row_mean(tokens.values, tokens.offsets); }

Tensor row_max(const Tokens& tokens) {
  const auto padded = pad_rows(tokens.values, tokens.offsets);  // [B, T, W]
  if (padded.size(1) == 0) return padded.sum(1);                // no token anywhere
  const auto index = at::arange(padded.size(1), at::TensorOptions(at::kLong));
  const auto absent = index.ge(tokens.offsets.diff().unsqueeze(-1));  // [B, T]
  const auto largest = padded.masked_fill(absent.unsqueeze(-1), -std::numeric_limits<double>::infinity()).amax(1);
  return largest.masked_fill(tokens.offsets.diff().eq(0).unsqueeze(-1), 0.0);
}

Tensor row_first(const Tokens& tokens) {
  const auto rows = offsets_view(tokens.offsets, tokens.values.size(0));
  auto first = tokens.offsets.slice(0, 0, tokens.rows());
  const auto empty = tokens.offsets.diff().eq(0);
  if (rows.back() == 0) return row_mean(tokens);
  return take_tokens(tokens.values, first.clamp_max(rows.back() - 1)).masked_fill(empty.unsqueeze(-1), 0.0);
}

Tensor mean_parts(const Tokens& tokens) {
  const auto lengths = tokens.offsets.diff();
  return tokens.values / lengths.repeat_interleave(lengths).unsqueeze(-1);
}

/// The first token's vector, and 0 of all others.
Tensor first_parts(const Tokens& tokens) {
  const auto rows = offsets_view(tokens.offsets, tokens.values.size(0));
  auto is_first = at::zeros({tokens.values.size(0), 1}, tokens.values.options());
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    if (rows[b] < rows[b + 1]) is_first[rows[b]] = 1.0;
  }
  return tokens.values * is_first;
}

Tensor no_parts(const Tokens&) { return {}; }

/// A pool without parameters.
class Summary : public Pool {
 public:
  using Function = Tensor (*)(const Tokens&);
  Summary(Function summary, Function parts_of) : summary_(summary), parts_of_(parts_of) {}
  Tensor operator()(const Tokens& tokens, const ForwardContext&) const override { return summary_(tokens); }
  Tensor parts(const Tokens& tokens, const ForwardContext&) const override { return parts_of_(tokens); }

 private:
  Function summary_, parts_of_;
};

/// A learned query attends to each row.
class AttentionPool : public Pool {
 public:
  AttentionPool(const AttentionSpec& spec, int64_t width, const ParameterScope& scope)
      : query_(scope.add("learned_query", {1, width}, Init::kEmbedding)), attention_(spec, width, width, scope) {}

  Tensor operator()(const Tokens& tokens, const ForwardContext& context) const override {
    const int64_t rows = tokens.rows();
    const auto one_each = at::arange(rows + 1, at::TensorOptions(at::kLong));
    const auto pooled =
        attention_.attend(query_.expand({rows, query_.size(1)}), one_each, attention_.prepare(tokens), context);
    // The output's bias would speak for a row without tokens.
    return pooled.masked_fill(tokens.offsets.diff().eq(0).unsqueeze(-1), 0.0);
  }

  Tensor parts(const Tokens& tokens, const ForwardContext& context) const override {
    const int64_t rows = tokens.rows();
    const auto one_each = at::arange(rows + 1, at::TensorOptions(at::kLong));
    return attention_.parts(query_.expand({rows, query_.size(1)}), one_each, attention_.prepare(tokens), context);
  }

 private:
  Tensor query_;  // [1, W]
  Attention attention_;
};

/// Split attention among four summaries of a row: mean, max, first, and a learned query's.
class SplitPool : public Pool {
 public:
  SplitPool(const AttentionSpec& spec, int64_t width, const ParameterScope& scope)
      : learned_(learned_query_spec(width), width, scope.in("learned")), gate_(spec, 4, width, scope) {}

  Tensor operator()(const Tokens& tokens, const ForwardContext& context) const override {
    const auto summaries =
        at::stack({row_mean(tokens), row_max(tokens), row_first(tokens), learned_(tokens, context)}, 1);
    return gate_(summaries, {}, context);  // [B, 4, W] -> [B, W]
  }
  Tensor parts(const Tokens&, const ForwardContext&) const override { return {}; }

 private:
  static AttentionSpec learned_query_spec(int64_t width) {
    return {.mechanism = "scaled_dot", .heads = 1, .key_width = width, .value_width = width};
  }
  AttentionPool learned_;
  GatedSplit gate_;
};

std::unique_ptr<const Pool> make_attention_pool(const AttentionSpec& spec, int64_t width, const ParameterScope& scope) {
  if (spec.causal) throw UsageError(scope.name() + ": a pool's query has no place in the row, so it cannot be causal");
  if (spec.mechanism == "split") return std::make_unique<SplitPool>(spec, width, scope);
  return std::make_unique<AttentionPool>(spec, width, scope);
}

struct Entry {
  const char* name;
  Summary::Function summary, parts_of;
};
constexpr std::array kSummaries = {Entry{"mean", row_mean, mean_parts}, Entry{"max", row_max, no_parts},
                                   Entry{"first", row_first, first_parts}};

}  // namespace

std::vector<std::string> pool_kinds() { return {"mean", "max", "first", "attention"}; }

std::unique_ptr<const Pool> make_pool(const PoolSpec& spec, int64_t width, const ParameterScope& scope) {
  if (spec.kind == "attention") return make_attention_pool(spec.allocation, width, scope);
  for (const auto& entry : kSummaries) {
    if (spec.kind == entry.name) return std::make_unique<Summary>(entry.summary, entry.parts_of);
  }
  throw UsageError(scope.name() + ": unknown pool \"" + spec.kind + "\"" + suggestion(spec.kind, pool_kinds()));
}

}  // namespace attune
