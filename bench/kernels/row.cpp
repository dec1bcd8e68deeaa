// SPDX-License-Identifier: Apache-2.0
#include "row.hpp"

#include <torch/version.h>

#include "agreement.hpp"
#include "attune/kernels/cpu/isa.hpp"
#include "extra_memory.hpp"
#include "machine.hpp"

namespace attune::bench {
namespace {

constexpr int kThreadsOfGoals = 2;
/// Of the processors' time: with more taken by others a row is flagged.
constexpr double kBusy = 0.04;
constexpr double kNanosecond = 1e-9;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json version_of(Peer peer, const Arena& arena) {
  if (peer == Peer::kOnnxruntime) return arena.onnxruntime->version();
  if (peer == Peer::kLibTorch) return TORCH_VERSION;
  return nullptr;
}

/// Whether the row reaches its goal; null: it has none.
Json met(const Json& row) {
  if (!row["at_most_bytes"].is_null()) return row["extra_bytes"] <= row["at_most_bytes"];
  if (row["at_least"].is_null()) return nullptr;
  return row["ratio"] >= row["at_least"];
}

}  // namespace

Json measure_row(const Case& about, const Arena& arena, const Pace& pace) {
  const auto contest = about.prepare(arena);
  Json extra_bytes;
  if (about.at_most_bytes) extra_bytes = extra_memory(contest->ours.run);
  check_agreement(*contest, about.name + ", " + about.peer_name);
  const auto figures = measure(*contest, arena.executor, pace);

  const double limit_ns = about.multiply_adds / figures.peak / kNanosecond;
  const double peer_ns = about.peer == Peer::kPeak ? limit_ns : figures.peer_ns;
  const bool has_peer = about.peer != Peer::kNone;
  Json row = {{"name", about.name},
              {"threads", arena.threads},
              {"ours_ns", figures.ours_ns},
              {"peer", has_peer ? Json(about.peer_name) : Json(nullptr)},
              {"peer_version", version_of(about.peer, arena)},
              {"peer_ns", has_peer ? Json(peer_ns) : Json(nullptr)},
              {"ratio", has_peer ? Json(peer_ns / figures.ours_ns) : Json(nullptr)},
              {"at_least", arena.threads == kThreadsOfGoals ? or_null(about.at_least) : Json(nullptr)},
              {"limit",
               {{"multiply_adds", about.multiply_adds},
                {"multiply_adds_per_second", figures.peak},
                {"ns", limit_ns},
                {"share", limit_ns / figures.ours_ns}}},
              {"extra_bytes", extra_bytes},
              {"at_most_bytes", or_null(about.at_most_bytes)},
              {"others_share", figures.others_share},
              {"busy", figures.others_share > kBusy},
              {"machine", machine_name()},
              {"isa", cpu::isa()},
              {"date", today()}};
  row["met"] = met(row);
  return row;
}

}  // namespace attune::bench
