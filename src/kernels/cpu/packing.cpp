// SPDX-License-Identifier: Apache-2.0
#include "cpu/packing.hpp"

#include <algorithm>

namespace attune::cpu {

int64_t heads_a_packing(const AttentionInputs& in) {
  return in.score == Score::kAdditive ? 1 : in.sizes.H / in.sizes.Hkv;
}

int64_t panels_of(const AttentionInputs& in, int64_t b, const ForwardKernel& kernel) {
  const int64_t keys = in.key_offsets[b + 1] - in.key_offsets[b];
  return (keys + kernel.panel_keys - 1) / kernel.panel_keys;
}

int64_t Packing::add(int64_t b, int64_t h, const ForwardKernel& kernel) {
  constexpr int64_t kPanelsAtOnce = 8;
  const int64_t at = floats_, panels = panels_of(in_, b, kernel), floats = kernel.panel_floats(in_);
  for (int64_t first = 0; first < panels; first += kPanelsAtOnce) {
    const int64_t end = std::min(first + kPanelsAtOnce, panels);
    parts_.push_back({&kernel, b, h, first, end, at});
    tasks_.add((end - first) * floats);
  }
  floats_ += panels * floats;
  return at;
}

void Packing::run(const ForwardCall& call, float* panels, Executor* executor) const {
  run_tasks(executor, tasks_, [&](int64_t i) {
    const auto& part = parts_[static_cast<size_t>(i)];
    part.kernel->pack(call, Row(in_, part.b, part.h), part.first, part.end, panels + part.at);
  });
}

}  // namespace attune::cpu
