// SPDX-License-Identifier: Apache-2.0
// Cuts a backward pass into blocks of keys, each of which alone writes its keys' and values' gradients. Of a row that
// is cut into several, each block adds up the queries' gradients apart, and they are joined in order at the end. All is
// decided by shape alone, so that the number of threads changes no bit.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/kernels/cpu/attention.hpp"
#include "cpu/backward.hpp"
#include "cpu/check.hpp"
#include "cpu/choose_isa.hpp"
#include "cpu/scratch.hpp"
#include "cpu/tasks.hpp"

namespace attune::cpu {
namespace {

constexpr int64_t kLeastBlocks = 8;  // of a call, as far as the next allows
constexpr int64_t kLeastKeys = 512;  // of a block among several of a row: a multiple of every tile's keys
constexpr double kLog2E = 1.4426950408889634;

int64_t length(const int64_t* offsets, int64_t b) { return offsets[b + 1] - offsets[b]; }

class Backward {
 public:
  Backward(const AttentionInputs& in, const ForwardResult& forward, const HeadArray<const float>& d_context,
           const AttentionGradients& gradients)
      : in_(in),
        forward_(forward),
        d_context_(d_context),
        gradients_(gradients),
        group_(in.sizes.H / in.sizes.Hkv),
        by_query_(allocate_floats(3 * in.query_offsets[in.sizes.B] * in.sizes.H)),
        log_sum_exp_(by_query_.get()),
        log_sum_exp_remainder_(log_sum_exp_ + in.query_offsets[in.sizes.B] * in.sizes.H),
        delta_(log_sum_exp_remainder_ + in.query_offsets[in.sizes.B] * in.sizes.H) {
    if (in.score == Score::kAdditive) fold_.emplace(in);
    for (int64_t b = 0; b < in.sizes.B; ++b) {
      for (int64_t h = 0; h < in.sizes.Hkv; ++h) add_row(b, h);
    }
    first_blocks_.push_back(blocks_.size());
  }

  void run(Executor* executor) {
    own_queries_ = allocate_floats(own_query_floats_);
    const int64_t u_floats = gradients_of_u() ? std::ssize(blocks_) * group_ * in_.sizes.D : 0;
    const auto own_u = allocate_floats(u_floats);
    std::fill_n(own_u.get(), u_floats, 0.0F);
    u_ = own_u.get();
    run_tasks(executor, by_row_, [this](int64_t i) { prepare(i / in_.sizes.Hkv, i % in_.sizes.Hkv); });
    const ForwardCall scores{in_, no_outputs_, fold_ ? &*fold_ : nullptr};
    const BackwardCall call{scores, d_context_, gradients_, log_sum_exp_, log_sum_exp_remainder_, delta_};
    run_tasks(executor, by_block_, [&](int64_t i) { run_block(call, static_cast<size_t>(i)); });
    run_tasks(executor, by_row_, [this](int64_t i) { join_queries(i / in_.sizes.Hkv, i % in_.sizes.Hkv); });
    if (gradients_.u != nullptr) join_u();
  }

 private:
  struct Block {
    int64_t b, key_head, first, end;
    int64_t own_queries;  // in own_queries_; -1: none
  };

  bool gradients_of_u() const { return in_.score == Score::kAdditive; }

  void add_row(int64_t b, int64_t h) {
    const int64_t Tq = length(in_.query_offsets, b), Tk = length(in_.key_offsets, b);
    const int64_t wanted = std::max<int64_t>(1, kLeastBlocks / std::max<int64_t>(1, in_.sizes.B * in_.sizes.Hkv));
    const int64_t parts = std::clamp<int64_t>(Tk / kLeastKeys, 1, wanted);
    const int64_t keys = parts == 1 ? Tk : (Tk / parts + kLeastKeys - 1) / kLeastKeys * kLeastKeys;
    const int64_t width = in_.sizes.D + in_.sizes.Dv;
    by_row_.add(Tq * group_ * in_.sizes.Dv);
    first_blocks_.push_back(blocks_.size());
    int64_t first = 0;
    do {  // a row without keys has a block too, which clears its queries' gradients
      const int64_t end = std::min(Tk, first + keys);
      const bool is_whole = first == 0 && end == Tk;
      blocks_.push_back({b, h, first, end, is_whole ? -1 : own_query_floats_});
      if (!is_whole) own_query_floats_ += group_ * Tq * in_.sizes.D;
      by_block_.add(3 * (end - first) * Tq * group_ * width);
      first = end;
    } while (first < Tk);
  }

  /// What the blocks of a row need of each query.
  void prepare(int64_t b, int64_t key_head) const {
    const int64_t Tq = length(in_.query_offsets, b);
    for (int64_t h = key_head * group_; h < (key_head + 1) * group_; ++h) {
      const int64_t at = in_.query_offsets[b] * in_.sizes.H + h * Tq;
      for (int64_t i = 0; i < Tq; ++i) {
        take_log_sum_exp(b, i, h, at + i);
        const float* context = forward_.context.at(in_.query_offsets, b, i, h);
        const float* d_context = d_context_.at(in_.query_offsets, b, i, h);
        double sum = 0;
        for (int64_t c = 0; c < in_.sizes.Dv; ++c) sum += static_cast<double>(context[c]) * d_context[c];
        delta_[at + i] = static_cast<float>(sum);
      }
    }
  }

  void take_log_sum_exp(int64_t b, int64_t query, int64_t h, int64_t at) const {
    double of_forward = *forward_.log_sum_exp.at(in_.query_offsets, b, query, h);
    const bool none = of_forward == -std::numeric_limits<double>::infinity();
    if (forward_.log_sum_exp_remainder.data != nullptr)
      of_forward += *forward_.log_sum_exp_remainder.at(in_.query_offsets, b, query, h);
    const double exact = of_forward * kLog2E;
    log_sum_exp_[at] = none ? std::numeric_limits<float>::infinity() : static_cast<float>(exact);
    log_sum_exp_remainder_[at] = std::isinf(log_sum_exp_[at]) ? 0.0F : static_cast<float>(exact - log_sum_exp_[at]);
  }

  void run_block(const BackwardCall& call, size_t i) const {
    const auto& block = blocks_[i];
    const auto& kernel = backward_kernel(in_.score, length(in_.query_offsets, block.b));
    const KeyBlock keys{.b = block.b,
                        .key_head = block.key_head,
                        .first = block.first,
                        .end = block.end,
                        .d_query = block.own_queries < 0 ? nullptr : own_queries_.get() + block.own_queries,
                        .d_u = gradients_of_u() ? u_ + static_cast<int64_t>(i) * group_ * in_.sizes.D : nullptr};
    kernel.run(call, keys,
               thread_scratch(ScratchUse::kTile, kernel.scratch_floats(in_, length(in_.key_offsets, block.b))));
  }

  void join_queries(int64_t b, int64_t key_head) const {
    if (gradients_.query.data == nullptr) return;
    const int64_t Tq = length(in_.query_offsets, b), D = in_.sizes.D;
    const auto row = static_cast<size_t>(b * in_.sizes.Hkv + key_head);
    for (size_t part = first_blocks_[row]; part < first_blocks_[row + 1]; ++part) {
      if (blocks_[part].own_queries < 0) return;
      const bool is_first = part == first_blocks_[row];
      const float* from = own_queries_.get() + blocks_[part].own_queries;
      for (int64_t h = key_head * group_; h < (key_head + 1) * group_; ++h) {
        for (int64_t i = 0; i < Tq; ++i, from += D) {
          float* to = gradients_.query.at(in_.query_offsets, b, i, h);
          for (int64_t f = 0; f < D; ++f) to[f] = is_first ? from[f] : to[f] + from[f];
        }
      }
    }
  }

  void join_u() const {
    std::vector<double> sums(static_cast<size_t>(in_.sizes.H * in_.sizes.D));
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const float* from = u_ + static_cast<int64_t>(i) * group_ * in_.sizes.D;
      double* to = sums.data() + blocks_[i].key_head * group_ * in_.sizes.D;
      for (int64_t f = 0; f < group_ * in_.sizes.D; ++f) to[f] += from[f];
    }
    std::transform(sums.begin(), sums.end(), gradients_.u, [](double sum) { return static_cast<float>(sum); });
  }

  const AttentionInputs& in_;
  const ForwardResult& forward_;
  const HeadArray<const float>& d_context_;
  const AttentionGradients& gradients_;
  const AttentionOutputs no_outputs_ = {};
  std::optional<AdditiveFold> fold_;
  int64_t group_;
  AlignedFloats by_query_, own_queries_;
  float *log_sum_exp_, *log_sum_exp_remainder_, *delta_;  // by row, head and query, as in BackwardCall
  float* u_ = nullptr;
  std::vector<Block> blocks_;
  std::vector<size_t> first_blocks_;  // of each row and key head; at the end their number
  Tasks by_row_, by_block_;
  int64_t own_query_floats_ = 0;
};

}  // namespace

void attention_backward(const AttentionInputs& in, const ForwardResult& forward,
                        const HeadArray<const float>& d_context, const AttentionGradients& gradients,
                        Executor* executor) {
  check(in);
  const bool has_queries = in.query_offsets[in.sizes.B] > 0;
  check_given(forward.context.data != nullptr || !has_queries, "context", "[Nq, H, Dv]");
  check_given(forward.log_sum_exp.data != nullptr || !has_queries, "log_sum_exp", "[Nq, H, 1]");
  check_given(d_context.data != nullptr || !has_queries, "d_context", "[Nq, H, Dv]");
  if (gradients.u != nullptr && in.score != Score::kAdditive)
    throw UsageError("cpu::attention: the gradient of \"u\" belongs to additive scores; leave it out");
  choose_isa();
  Backward(in, forward, d_context, gradients).run(executor);
}

}  // namespace attune::cpu
