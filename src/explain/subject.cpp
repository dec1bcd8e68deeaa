// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/subject.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"
#include "row_copies.hpp"

namespace attune {
namespace {

/// The flags of all subsets, one subset after another. [B * T] bool
Tensor flags_of(std::span<const Keep> keeps, size_t tokens) {
  auto flags = at::empty({static_cast<int64_t>(keeps.size() * tokens)}, at::TensorOptions(at::kBool));
  auto* out = flags.mutable_data_ptr<bool>();
  for (const auto& keep : keeps) out = std::copy(keep.begin(), keep.end(), out);
  return flags;
}

void check_flags(std::span<const Keep> keeps, size_t tokens) {
  for (const auto& keep : keeps) {
    if (keep.size() != tokens)
      throw UsageError("subset of a row: expected a flag for each of the " + std::to_string(tokens) +
                       " tokens, found " + std::to_string(keep.size()));
  }
}

std::vector<std::string_view> views_of(const std::vector<std::string>& cells) { return {cells.begin(), cells.end()}; }

}  // namespace

const LinearClassifier* Subject::linear() const {
  return model_->linear_weight(question_.output) > 0 ? model_->linear(question_.output).get() : nullptr;
}

std::vector<LinearPiece> Subject::linear_pieces() const {
  return linear() == nullptr ? std::vector<LinearPiece>() : linear()->pieces(cells_);
}

std::vector<double> Subject::pooled(std::span<const float> logits, std::span<const double> log_probabilities) const {
  const double temperature = model_->temperature(question_.output), weight = model_->linear_weight(question_.output);
  std::vector<double> scores;
  for (size_t c = 0; c < logits.size(); ++c) {
    scores.push_back(static_cast<double>(logits[c]) / temperature);
    if (!log_probabilities.empty()) scores.back() += weight * log_probabilities[c];
  }
  return scores;
}

std::vector<Scored> Subject::scores(std::span<const Keep> keeps, Executor& executor) const {
  check_flags(keeps, tokens_.size());
  const auto at_once = rows_at_once(std::ssize(tokens_));
  const auto chunks = (std::ssize(keeps) + at_once - 1) / at_once;
  std::vector<Scored> result(keeps.size());
  executor.run(chunks, [&](int64_t chunk) {
    const auto begin = static_cast<size_t>(chunk * at_once);
    const auto part = keeps.subspan(begin, std::min<size_t>(static_cast<size_t>(at_once), keeps.size() - begin));
    const auto scores = chunk_scores(part);
    std::copy(scores.begin(), scores.end(), result.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  return result;
}

std::vector<Scored> Subject::chunk_scores(std::span<const Keep> keeps) const {
  const at::NoGradGuard no_gradients;
  const auto context = model_->forward_context();
  const auto rows = std::ssize(keeps);
  const auto copies = row_copies(embedded_, rows);
  const auto hidden = model_->network().hidden(select(copies, flags_of(keeps, tokens_.size())), context);
  const auto logits = model_->network().head(question_.output).forward(hidden, context).contiguous();  // [B, C]
  const auto width = static_cast<size_t>(logits.size(1));
  std::vector<Scored> result;
  for (size_t b = 0; b < keeps.size(); ++b) {
    const std::span of_row(logits.const_data_ptr<float>() + b * width, width);
    result.push_back(attune::scored(pooled(of_row, linear_opinion(keeps[b])), question_.of_class));
  }
  return result;
}

std::vector<double> Subject::linear_opinion(const Keep& keep) const {
  if (linear() == nullptr) return {};
  std::vector<std::vector<Place>> lost(cells_.size());
  for (size_t t = 0; t < tokens_.size(); ++t) {
    if (!keep[t]) lost[static_cast<size_t>(tokens_[t].place.input)].push_back(tokens_[t].place.place);
  }
  InputCells rest;
  for (size_t i = 0; i < cells_.size(); ++i)
    rest.push_back(lost[i].empty() ? cells_[i] : model_->inputs()[i]->erase(views_of(cells_[i]), lost[i]));
  const auto opinion = linear()->log_probabilities(rest);
  return {opinion.begin(), opinion.end()};
}

}  // namespace attune
