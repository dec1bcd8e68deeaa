// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attune::bench {

/// Texts as character ids, and their labels.
struct EncodedTexts {
  std::vector<std::vector<int64_t>> ids;
  std::vector<int64_t> labels;
  int64_t vocabulary = 0;
  int64_t classes = 2;
};

/// The classic network in LibTorch alone, as a person would write it by hand for speed: everything encoded before,
/// batches of 32 rows of similar length padded to the longest, attention without projections, mean over the tokens,
/// Adam, LibTorch's own threads. Returns rows trained a second, for each epoch.
/// @param mechanism "dot" or "additive"
std::vector<double> run_bare_loop(const EncodedTexts& texts, const std::string& mechanism, int epochs, int threads);

/// The peer's version, such as "2.11.0".
std::string libtorch_version();

}  // namespace attune::bench
