// SPDX-License-Identifier: Apache-2.0
#include "linear_shares.hpp"

namespace attune {
namespace {

bool overlap(const InputPlace& a, const InputPlace& b) {
  return a.input == b.input && a.place.begin < b.place.end && b.place.begin < a.place.end;
}

}  // namespace

LinearShares::LinearShares(const Subject& subject)
    : linear_(subject.linear()),
      weight_(subject.model().linear_weight(subject.question().output)),
      pieces_(subject.linear_pieces()) {
  const auto& tokens = subject.tokens();
  for (const auto& piece : pieces_) {
    auto& covered = covered_.emplace_back();
    for (size_t t = 0; t < tokens.size(); ++t) {
      if (overlap(piece.place, tokens[t].place)) covered.push_back(t);
    }
  }
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
    if (covered_[p].empty()) attribution.elsewhere += of_pieces[p];
    for (const size_t token : covered_[p])
      attribution.values[token] += of_pieces[p] / static_cast<double>(covered_[p].size());
  }
}

}  // namespace attune
