// SPDX-License-Identifier: Apache-2.0
// Cuts a forward pass into blocks of queries and lets the executor run them. Keys that more than one block reads are
// packed once, before; others by the block that reads them. All is decided by shape alone, so that the number of
// threads changes no bit.
#include "attune/kernels/cpu/attention.hpp"

#include <functional>
#include <optional>
#include <vector>

#include "cpu/check.hpp"
#include "cpu/choose_isa.hpp"
#include "cpu/forward.hpp"
#include "cpu/scratch.hpp"
#include "cpu/tasks.hpp"

namespace attune::cpu {
namespace {

class Forward {
 public:
  Forward(const AttentionInputs& in, const AttentionOutputs& out) : in_(in), call_{in, out, nullptr} {
    if (in.score == Score::kAdditive) call_.fold = &fold_.emplace(in);
    for (int64_t b = 0; b < in.sizes.B; ++b) {
      for (int64_t h = 0; h < in.sizes.H; ++h) add_row(b, h);
    }
  }

  void run(Executor* executor) {
    packed_ = allocate_floats(packed_floats_);
    run_tasks(executor, packing_, [this](int64_t i) { pack(packings_[static_cast<size_t>(i)]); });
    run_tasks(executor, attending_, [this](int64_t i) { attend(static_cast<size_t>(i)); });
  }

 private:
  struct Packing {
    int64_t b, h, first, end;  // panels
    int64_t at;
  };

  const ForwardKernel& kernel_of(int64_t b) const {
    return forward_kernel(in_.score, in_.query_offsets[b + 1] - in_.query_offsets[b]);
  }
  /// The signs of u are in a head's exponentials: each query head packs its own.
  int64_t heads_a_packing() const { return in_.score == Score::kAdditive ? 1 : in_.sizes.H / in_.sizes.Hkv; }

  void add_row(int64_t b, int64_t h) {
    const auto& kernel = kernel_of(b);
    const int64_t queries = in_.query_offsets[b + 1] - in_.query_offsets[b];
    const int64_t keys = in_.key_offsets[b + 1] - in_.key_offsets[b];
    const int64_t blocks = (queries + kernel.most_queries - 1) / kernel.most_queries;
    if (blocks == 0) return;
    if (blocks * heads_a_packing() == 1) {
      packed_at_ = -1;
    } else if (h % heads_a_packing() == 0) {
      add_packing(b, h, keys, kernel);
    }
    const int64_t width = (in_.score == Score::kAdditive ? 3 : 1) * in_.sizes.D + in_.sizes.Dv;
    for (int64_t first = 0; first < queries; first += kernel.most_queries) {
      const int64_t count = std::min(kernel.most_queries, queries - first);
      blocks_.push_back({{b, h, first, count}, packed_at_});
      attending_.add(count * keys * width + keys * width);
    }
  }

  void add_packing(int64_t b, int64_t h, int64_t keys, const ForwardKernel& kernel) {
    constexpr int64_t kPanelsAtOnce = 8;
    packed_at_ = packed_floats_;
    const int64_t panels = (keys + kernel.panel_keys - 1) / kernel.panel_keys, floats = kernel.panel_floats(in_);
    for (int64_t first = 0; first < panels; first += kPanelsAtOnce) {
      const int64_t end = std::min(first + kPanelsAtOnce, panels);
      packings_.push_back({b, h, first, end, packed_at_});
      packing_.add((end - first) * floats);
    }
    packed_floats_ += panels * floats;
  }

  void pack(const Packing& packing) const {
    const Row row(in_, packing.b, packing.h);
    kernel_of(packing.b).pack(call_, row, packing.first, packing.end, packed_.get() + packing.at);
  }

  void attend(size_t i) const {
    const auto& [block, packed_at] = blocks_[i];
    const auto& kernel = kernel_of(block.b);
    const int64_t keys = in_.key_offsets[block.b + 1] - in_.key_offsets[block.b];
    kernel.attend(call_, block, packed_at < 0 ? nullptr : packed_.get() + packed_at,
                  thread_scratch(kernel.scratch_floats(in_, keys)));
  }

  struct Block {
    QueryBlock queries;
    int64_t packed_at;  // in packed_; -1: packed on the way
  };

  const AttentionInputs& in_;
  std::optional<AdditiveFold> fold_;
  ForwardCall call_;
  std::vector<Packing> packings_;
  std::vector<Block> blocks_;
  Tasks packing_, attending_;
  AlignedFloats packed_;
  int64_t packed_floats_ = 0, packed_at_ = -1;
};

}  // namespace

void attention(const AttentionInputs& in, const AttentionOutputs& out, Executor* executor) {
  check(in);
  check_given(out.context.data != nullptr || in.query_offsets[in.sizes.B] == 0, "context", "[Nq, H, Dv]");
  choose_isa();
  Forward(in, out).run(executor);
}

}  // namespace attune::cpu
