// SPDX-License-Identifier: Apache-2.0
#include "linear_problem.hpp"

#include <linear.h>

#include <algorithm>
#include <memory>

#include "attune/core/error.hpp"

namespace attune {
namespace {

/// liblinear's own default for its Newton method.
constexpr double kTolerance = 0.01;
/// Of a constant that says that all targets are alike: beyond what any fit gives.
constexpr double kCertain = 1e6;

struct ModelDeleter {
  void operator()(model* fitted) const { free_and_destroy_model(&fitted); }
};

/// liblinear prints how it gets on unless told otherwise, once and for all.
void silence() {
  static const bool silent = [] {
    set_print_string_function([](const char*) {});
    return true;
  }();
  static_cast<void>(silent);
}

parameter parameters(LinearLoss loss, double cost, double* start) {
  parameter chosen{};
  chosen.solver_type = loss == LinearLoss::kLogistic ? L2R_LR : L2R_L2LOSS_SVR;
  chosen.eps = kTolerance;
  chosen.C = cost;
  chosen.p = 0;  // without a zone around the target in which errors are free, the squared loss is that of ridge
  chosen.init_sol = start;
  return chosen;
}

bool all_alike(std::span<const double> targets) {
  return std::all_of(targets.begin(), targets.end(), [&](double target) { return target == targets.front(); });
}

}  // namespace

LinearProblem::LinearProblem(const SparseRows& rows) : columns_(static_cast<int>(rows.columns()) + 1) {
  silence();
  nodes_.reserve(rows.entries() + 2 * static_cast<size_t>(rows.rows()));
  for (int64_t r = 0; r < rows.rows(); ++r) {
    begins_.push_back(nodes_.size());
    for (const auto& [column, value] : rows.row(r)) nodes_.push_back({column + 1, static_cast<double>(value)});
    nodes_.push_back({columns_, 1});
    nodes_.push_back({-1, 0});
  }
}

LinearProblem::~LinearProblem() = default;

std::vector<double> LinearProblem::fit(LinearLoss loss, std::span<const int64_t> chosen,
                                       std::span<const double> targets, double cost,
                                       std::span<const double> start) const {
  std::vector<double> weights(static_cast<size_t>(columns_), 0);
  if (targets.empty()) return weights;
  if (loss == LinearLoss::kLogistic && all_alike(targets)) {
    weights.back() = kCertain * targets.front();
    return weights;
  }
  std::vector<double> y(targets.begin(), targets.end()), first(start.begin(), start.end());
  std::vector<feature_node*> x;  // liblinear reads them only
  for (const int64_t row : chosen)
    x.push_back(const_cast<feature_node*>(&nodes_[begins_[static_cast<size_t>(row)]]));  // NOLINT
  const problem data{static_cast<int>(x.size()), columns_, y.data(), x.data(), 1};
  const auto settings = parameters(loss, cost, first.empty() ? nullptr : first.data());
  if (const char* wrong = check_parameter(&data, &settings)) throw Error(std::string("liblinear: ") + wrong);
  const std::unique_ptr<model, ModelDeleter> fitted(train(&data, &settings));
  weights.assign(fitted->w, fitted->w + columns_);
  return weights;
}

}  // namespace attune
