// SPDX-License-Identifier: Apache-2.0
#include "linear_shares.hpp"

#include <algorithm>

namespace attune {
namespace {

/// Tokens stand in the order of inputs and places, none within another: bisected, for a long text has as many pieces.
TokenRange covered_by(const InputPlace& piece, const std::vector<SubjectToken>& tokens) {
  const auto before = [&](const SubjectToken& token) {
    return token.place.input != piece.input ? token.place.input < piece.input
                                            : token.place.place.end <= piece.place.begin;
  };
  const auto not_behind = [&](const SubjectToken& token) {
    return token.place.input != piece.input ? token.place.input < piece.input
                                            : token.place.place.begin < piece.place.end;
  };
  const auto begin = std::partition_point(tokens.begin(), tokens.end(), before);
  const auto end = std::partition_point(begin, tokens.end(), not_behind);
  return {static_cast<size_t>(begin - tokens.begin()), static_cast<size_t>(end - tokens.begin())};
}

}  // namespace

LinearShares::LinearShares(const Subject& subject)
    : linear_(subject.linear()),
      weight_(subject.model().linear_weight(subject.question().output)),
      pieces_(subject.linear_pieces()) {
  for (const auto& piece : pieces_) covered_.push_back(covered_by(piece.place, subject.tokens()));
}

std::vector<double> LinearShares::log_probabilities(double share) const {
  return linear_ == nullptr ? std::vector<double>() : linear_->log_probabilities(pieces_, share);
}

void LinearShares::add_slopes(double share, double factor, std::span<const double> slopes,
                              Attribution& attribution) const {
  if (linear_ == nullptr) return;
  std::vector<double> direction;
  for (const double slope : slopes) direction.push_back(factor * weight_ * slope);
  const auto of_pieces = linear_->slopes(pieces_, share, direction);
  for (size_t p = 0; p < of_pieces.size(); ++p) {
    const auto [begin, end] = covered_[p];
    if (begin == end) attribution.elsewhere += of_pieces[p];
    for (size_t token = begin; token < end; ++token)
      attribution.values[token] += of_pieces[p] / static_cast<double>(end - begin);
  }
}

}  // namespace attune
