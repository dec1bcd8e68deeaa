// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "attune/nn/forward_context.hpp"
#include "attune/nn/layers.hpp"
#include "attune/nn/mechanism.hpp"
#include "attune/nn/tokens.hpp"
#include "attune/ops/keys.hpp"

namespace attune {

/// Attention with its projections at one site: self-attention, cross-attention and pooling are three ways to call it.
/// Immutable after construction; thread-safe.
class Attention {
 public:
  /// Queries are [.., query_width], memory (keys and values) [.., memory_width]; the result has query_width.
  /// @throws UsageError: without projections the widths must agree and heads divide them.
  Attention(const AttentionSpec& spec, int64_t query_width, int64_t memory_width, const ParameterScope& scope);

  /// Every token attends to its row. [N, W] -> [N, W].
  [[nodiscard]] Tensor self(const Tokens& tokens, const ForwardContext& context) const;

  /// Keys and values of a memory, made once and attended to many times.
  [[nodiscard]] Keys prepare(const Tokens& memory) const;

  /// Prepared keys packed for the mechanism's kernels, where several calls with few queries each attend to the same: a
  /// decoder's memory. See pack_for_products() in attune/ops/keys.hpp; append() and reorder() undo it. An
  /// additive u whose signs have changed since, as in training, is refused: pack again.
  [[nodiscard]] Keys pack(const Keys& keys, Executor* executor = nullptr) const {
    return mechanism_->pack(keys, executor);
  }

  /// queries [Nq, W] of rows query_offsets attend to prepared keys. -> [Nq, W]
  [[nodiscard]] Tensor attend(const Tensor& queries, const Tensor& query_offsets, const Keys& keys,
                              const ForwardContext& context) const;

  /// [Nk, W]: what each key's token adds to the results of its row's queries, together: their sum is that of attend()'s
  /// results without the output's bias. No gradients.
  [[nodiscard]] Tensor parts(const Tensor& queries, const Tensor& query_offsets, const Keys& keys,
                             const ForwardContext& context) const;

  [[nodiscard]] const std::string& site() const { return site_; }

 private:
  /// query [Nq, H, D] -> [Nq, W]
  [[nodiscard]] Tensor attend_heads(const Tensor& query, const Tensor& query_offsets, const Keys& keys,
                                    const ForwardContext& context) const;

  AttentionSpec spec_;
  std::string site_;
  std::optional<Linear> query_, key_, value_, output_;
  std::unique_ptr<const Mechanism> mechanism_;
};

}  // namespace attune
