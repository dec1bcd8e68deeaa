// SPDX-License-Identifier: Apache-2.0
#include "fused_tanh.hpp"

#include <algorithm>
#include <vector>

#include "cpu/choose_isa.hpp"
#include "cpu/forward.hpp"
#include "cpu/scratch.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fused_tanh.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "tanh_scores-inl.hpp"
#include "cpu/forward-inl.hpp"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

const ForwardKernel* fused_tanh_kernel() {
  static const ForwardKernel kernel = make_forward_kernel<TanhScores<FastestTanh>>();
  return &kernel;
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::cpu {
HWY_EXPORT(fused_tanh_kernel);
}  // namespace attune::cpu

namespace attune::bench {
namespace {

/// As cpu::attention() goes about it: keys are packed first, eight panels at a time, then blocks of queries attend.
class FusedTanh {
 public:
  FusedTanh(const cpu::AttentionInputs& in, const cpu::AttentionOutputs& out)
      : in_(in), call_{in, out, nullptr}, kernel_(*HWY_DYNAMIC_DISPATCH(cpu::fused_tanh_kernel)()) {
    for (int64_t b = 0; b < in.sizes.B; ++b) {
      for (int64_t h = 0; h < in.sizes.H; ++h) add_row(b, h);
    }
  }

  void run(Executor& executor) {
    panels_ = cpu::allocate_floats(floats_);
    executor.run(static_cast<int64_t>(packings_.size()), [this](int64_t i) {
      const auto& [b, h, first, end, at] = packings_[static_cast<size_t>(i)];
      kernel_.pack(call_, cpu::Row(in_, b, h), first, end, panels_.get() + at);
    });
    executor.run(static_cast<int64_t>(blocks_.size()), [this](int64_t i) {
      const auto& [queries, keys, at] = blocks_[static_cast<size_t>(i)];
      kernel_.attend(call_, queries, panels_.get() + at,
                     cpu::thread_scratch(cpu::ScratchUse::kTile, kernel_.scratch_floats(in_, keys)));
    });
  }

 private:
  struct Packing {
    int64_t b, h, first, end;  // panels
    int64_t at;
  };
  struct Block {
    cpu::QueryBlock queries;
    int64_t keys, at;
  };

  void add_row(int64_t b, int64_t h) {
    constexpr int64_t kPanelsAtOnce = 8;
    const cpu::Row row(in_, b, h);
    const int64_t panels = (row.Tk + kernel_.panel_keys - 1) / kernel_.panel_keys;
    for (int64_t first = 0; first < panels; first += kPanelsAtOnce)
      packings_.push_back({b, h, first, std::min(first + kPanelsAtOnce, panels), floats_});
    for (int64_t first = 0; first < row.Tq; first += kernel_.most_queries)
      blocks_.push_back({{b, h, first, std::min(kernel_.most_queries, row.Tq - first)}, row.Tk, floats_});
    floats_ += panels * kernel_.panel_floats(in_);
  }

  const cpu::AttentionInputs& in_;
  cpu::ForwardCall call_;
  const cpu::ForwardKernel& kernel_;
  std::vector<Packing> packings_;
  std::vector<Block> blocks_;
  cpu::AlignedFloats panels_;
  int64_t floats_ = 0;
};

}  // namespace

void fused_tanh_attention(const cpu::AttentionInputs& in, const cpu::AttentionOutputs& out, Executor& executor) {
  cpu::choose_isa();
  FusedTanh(in, out).run(executor);
}

}  // namespace attune::bench
#endif
