// SPDX-License-Identifier: Apache-2.0
// Cuts a forward pass into blocks of queries and lets the executor run them, small rows whole. Keys that more than one
// piece of work reads are packed once, before, or were packed before the call; others by the piece that reads them. All
// is decided by shape alone, so that the number of threads changes no bit.
#include "attune/kernels/cpu/attention.hpp"

#include <functional>
#include <optional>
#include <vector>

#include "attune/kernels/cpu/packed_keys.hpp"
#include "cpu/check.hpp"
#include "cpu/choose_isa.hpp"
#include "cpu/forward.hpp"
#include "cpu/packed_panels.hpp"
#include "cpu/packing.hpp"
#include "cpu/round_up.hpp"
#include "cpu/scratch.hpp"
#include "cpu/tasks.hpp"

namespace attune::cpu {
namespace {

class Forward {
 public:
  /// @param given panels; null: keys are packed
  Forward(const AttentionInputs& in, const AttentionOutputs& out, const PackedKeys::Panels* given)
      : in_(in),
        given_(given),
        call_{in, out, nullptr},
        packing_(in),
        shared_(given == nullptr ? nullptr : given->data()) {
    if (in.score == Score::kAdditive) call_.fold = &fold_.emplace(in);
    has_large_blocks_ = has_enough_large_blocks();
    for (int64_t b = 0; b < in.sizes.B; ++b) {
      for (int64_t h = 0; h < in.sizes.H; h += heads_a_packing(in)) add_row(b, h);
    }
  }

  void run(Executor* executor) {
    if (given_ == nullptr) pack(executor);
    run_tasks(executor, attending_, [this](int64_t i) { attend(pieces_[static_cast<size_t>(i)]); });
  }

 private:
  enum class Panels {
    kByTile,   // by the only block that reads them, tile by tile
    kByPiece,  // by the piece, before its blocks
    kShared,   // before all pieces, or given
  };
  struct Piece {
    size_t first, end;  // blocks
    Panels panels;
    int64_t at;  // in shared_
  };

  int64_t length(const int64_t* offsets, int64_t b) const { return offsets[b + 1] - offsets[b]; }
  const ForwardKernel& kernel_of(int64_t b) const {
    if (given_ != nullptr) return packed_keys_kernel(in_.score);
    return forward_kernel(in_.score, length(in_.query_offsets, b));
  }

  /// Large blocks read keys and values fewer times, but there should be some for every thread of a large machine.
  bool has_enough_large_blocks() const {
    constexpr int64_t kEnough = 32;
    int64_t blocks = 0;
    for (int64_t b = 0; b < in_.sizes.B && blocks < kEnough; ++b) {
      const int64_t most = kernel_of(b).most_queries;
      blocks += in_.sizes.H * ((length(in_.query_offsets, b) + most - 1) / most);
    }
    return blocks >= kEnough;
  }

  /// Cuts the heads from `first_head` on that read the same panels.
  void add_row(int64_t b, int64_t first_head) {
    const auto& kernel = kernel_of(b);
    const int64_t queries = length(in_.query_offsets, b), keys = length(in_.key_offsets, b);
    const int64_t most = has_large_blocks_ ? kernel.most_queries : kernel.fewer_queries;
    const auto first_block = blocks_.size();
    for (int64_t h = first_head; h < first_head + heads_a_packing(in_); ++h) {
      for (int64_t first = 0; first < queries; first += most)
        blocks_.push_back({b, h, first, std::min(most, queries - first)});
    }
    const int64_t width = (in_.score == Score::kAdditive ? 3 : 1) * in_.sizes.D + in_.sizes.Dv;
    const int64_t work = queries * heads_a_packing(in_) * keys * width;
    const auto count = blocks_.size() - first_block;
    if (given_ != nullptr || (count > 1 && work > Tasks::kWorth)) {
      const int64_t at = given_ != nullptr ? given_->at(in_, b, first_head) : packing_.add(b, first_head, kernel);
      for (size_t i = first_block; i < blocks_.size(); ++i)
        add_piece({i, i + 1, Panels::kShared, at}, (blocks_[i].count + 1) * keys * width);
    } else if (count > 0) {
      add_piece({first_block, blocks_.size(), count == 1 ? Panels::kByTile : Panels::kByPiece, 0}, work + keys * width);
    }
  }

  void add_piece(const Piece& piece, int64_t work) {
    pieces_.push_back(piece);
    attending_.add(work);
  }

  void pack(Executor* executor) {
    float* panels = thread_scratch(ScratchUse::kCall, packing_.floats());
    packing_.run(call_, panels, executor);
    shared_ = panels;
  }

  void attend(const Piece& piece) const {
    const auto& first = blocks_[piece.first];
    const auto& kernel = kernel_of(first.b);
    const int64_t own = piece.panels == Panels::kByPiece ? panels_of(in_, first.b, kernel) : 0;
    const int64_t own_floats = round_up(own * kernel.panel_floats(in_), kAlignment);
    const int64_t tile_floats = kernel.scratch_floats(in_, length(in_.key_offsets, first.b));
    float* scratch = thread_scratch(ScratchUse::kTile, own_floats + tile_floats);
    if (own > 0) kernel.pack(call_, Row(in_, first.b, first.h), 0, own, scratch);
    const float* panels = piece.panels == Panels::kByTile ? nullptr : own > 0 ? scratch : shared_ + piece.at;
    for (size_t i = piece.first; i < piece.end; ++i) kernel.attend(call_, blocks_[i], panels, scratch + own_floats);
  }

  const AttentionInputs& in_;
  const PackedKeys::Panels* given_;
  std::optional<AdditiveFold> fold_;
  ForwardCall call_;
  bool has_large_blocks_ = false;
  Packing packing_;
  std::vector<QueryBlock> blocks_;
  std::vector<Piece> pieces_;
  Tasks attending_;
  const float* shared_;  // where pieces of Panels::kShared read
};

void check_call(const AttentionInputs& in, const AttentionOutputs& out) {
  check(in);
  check_given(out.context.data != nullptr || in.query_offsets[in.sizes.B] == 0, "context", "[Nq, H, Dv]");
  choose_isa();
}

}  // namespace

void attention(const AttentionInputs& in, const AttentionOutputs& out, Executor* executor) {
  check_call(in, out);
  Forward(in, out, nullptr).run(executor);
}

void attention(const AttentionInputs& in, const PackedKeys& packed_keys, const AttentionOutputs& out,
               Executor* executor) {
  check_call(in, out);
  packed_keys.panels().check(in);
  Forward(in, out, &packed_keys.panels()).run(executor);
}

}  // namespace attune::cpu
