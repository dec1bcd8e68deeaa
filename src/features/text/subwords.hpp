// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/segmenter.hpp"

namespace attune {

/// What training subwords gave: a serialised sentencepiece model (empty when there was no text to learn from), and
/// sentences about it.
struct SubwordModel {
  std::string bytes;
  std::vector<std::string> notes;
};

/// Cells one after another, each given to the function it is called with.
using ForEachCell = std::function<void(const std::function<void(std::string_view)>&)>;

/// Trains a unigram model (Kudo 2018, arXiv:1804.10959). The same cells give the same bytes: the number of threads is
/// constant and nothing is drawn. At most 64 MiB of text are learnt from.
[[nodiscard]] SubwordModel train_subwords(const ForEachCell& cells, UnitForm form, int64_t pieces);

/// @throws ModelFileError when the bytes are no sentencepiece model. Without bytes every run of text is one unit.
[[nodiscard]] std::unique_ptr<const Segmenter> make_subword_segmenter(UnitForm form, const std::string& model_bytes);

[[nodiscard]] std::string sentencepiece_version();

}  // namespace attune
