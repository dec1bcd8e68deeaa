// SPDX-License-Identifier: Apache-2.0
// Cuts a forward pass into blocks of queries and lets the executor run them, small rows whole. Keys that more than one
// piece of work reads are packed once, before; others by the piece that reads them. All is decided by shape alone, so
// that the number of threads changes no bit.
#include "attune/kernels/cpu/attention.hpp"

#include <functional>
#include <optional>
#include <vector>

#include "cpu/check.hpp"
#include "cpu/choose_isa.hpp"
#include "cpu/forward.hpp"
#include "cpu/round_up.hpp"
#include "cpu/scratch.hpp"
#include "cpu/tasks.hpp"

namespace attune::cpu {
namespace {

class Forward {
 public:
  Forward(const AttentionInputs& in, const AttentionOutputs& out) : in_(in), call_{in, out, nullptr} {
    if (in.score == Score::kAdditive) call_.fold = &fold_.emplace(in);
    has_large_blocks_ = has_enough_large_blocks();
    for (int64_t b = 0; b < in.sizes.B; ++b) {
      for (int64_t h = 0; h < in.sizes.H; h += heads_a_packing()) add_row(b, h);
    }
  }

  void run(Executor* executor) {
    packed_ = thread_scratch(ScratchUse::kCall, packed_floats_);
    run_tasks(executor, packing_, [this](int64_t i) { pack(packings_[static_cast<size_t>(i)]); });
    run_tasks(executor, attending_, [this](int64_t i) { attend(pieces_[static_cast<size_t>(i)]); });
  }

 private:
  struct Packing {
    int64_t b, h, first, end;  // panels
    int64_t at;
  };
  enum class Panels {
    kByTile,   // by the only block that reads them, tile by tile
    kByPiece,  // by the piece, before its blocks
    kShared,   // before all pieces, in packed_
  };
  struct Piece {
    size_t first, end;  // blocks
    Panels panels;
    int64_t at;  // in packed_
  };

  int64_t length(const int64_t* offsets, int64_t b) const { return offsets[b + 1] - offsets[b]; }
  const ForwardKernel& kernel_of(int64_t b) const { return forward_kernel(in_.score, length(in_.query_offsets, b)); }
  int64_t panels_of(int64_t b, const ForwardKernel& kernel) const {
    return (length(in_.key_offsets, b) + kernel.panel_keys - 1) / kernel.panel_keys;
  }
  /// The signs of u are in a head's exponentials: each query head packs its own.
  int64_t heads_a_packing() const { return in_.score == Score::kAdditive ? 1 : in_.sizes.H / in_.sizes.Hkv; }

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
    for (int64_t h = first_head; h < first_head + heads_a_packing(); ++h) {
      for (int64_t first = 0; first < queries; first += most)
        blocks_.push_back({b, h, first, std::min(most, queries - first)});
    }
    const int64_t width = (in_.score == Score::kAdditive ? 3 : 1) * in_.sizes.D + in_.sizes.Dv;
    const int64_t work = queries * heads_a_packing() * keys * width;
    const auto count = blocks_.size() - first_block;
    if (count > 1 && work > Tasks::kWorth) {
      const int64_t at = add_packing(b, first_head, kernel);
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

  /// Returns where the panels will be.
  int64_t add_packing(int64_t b, int64_t h, const ForwardKernel& kernel) {
    constexpr int64_t kPanelsAtOnce = 8;
    const int64_t at = packed_floats_, panels = panels_of(b, kernel), floats = kernel.panel_floats(in_);
    for (int64_t first = 0; first < panels; first += kPanelsAtOnce) {
      const int64_t end = std::min(first + kPanelsAtOnce, panels);
      packings_.push_back({b, h, first, end, at});
      packing_.add((end - first) * floats);
    }
    packed_floats_ += panels * floats;
    return at;
  }

  void pack(const Packing& packing) const {
    const Row row(in_, packing.b, packing.h);
    kernel_of(packing.b).pack(call_, row, packing.first, packing.end, packed_ + packing.at);
  }

  void attend(const Piece& piece) const {
    const auto& first = blocks_[piece.first];
    const auto& kernel = kernel_of(first.b);
    const int64_t own = piece.panels == Panels::kByPiece ? panels_of(first.b, kernel) : 0;
    const int64_t own_floats = round_up(own * kernel.panel_floats(in_), kAlignment);
    const int64_t tile_floats = kernel.scratch_floats(in_, length(in_.key_offsets, first.b));
    float* scratch = thread_scratch(ScratchUse::kTile, own_floats + tile_floats);
    if (own > 0) kernel.pack(call_, Row(in_, first.b, first.h), 0, own, scratch);
    const float* panels = piece.panels == Panels::kByTile ? nullptr : own > 0 ? scratch : packed_ + piece.at;
    for (size_t i = piece.first; i < piece.end; ++i) kernel.attend(call_, blocks_[i], panels, scratch + own_floats);
  }

  const AttentionInputs& in_;
  std::optional<AdditiveFold> fold_;
  ForwardCall call_;
  bool has_large_blocks_ = false;
  std::vector<Packing> packings_;
  std::vector<QueryBlock> blocks_;
  std::vector<Piece> pieces_;
  Tasks packing_, attending_;
  float* packed_ = nullptr;
  int64_t packed_floats_ = 0;
};

}  // namespace

void attention(const AttentionInputs& in, const AttentionOutputs& out, Executor* executor) {
  check(in);
  check_given(out.context.data != nullptr || in.query_offsets[in.sizes.B] == 0, "context", "[Nq, H, Dv]");
  choose_isa();
  Forward(in, out).run(executor);
}

}  // namespace attune::cpu
