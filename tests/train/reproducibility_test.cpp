// SPDX-License-Identifier: Apache-2.0
//
// The same table, options and seed give the same tensor bytes, whatever the number of threads.
#include <gmock/gmock.h>

#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

struct Setting {
  std::string name;
  int64_t rows;
  int64_t batch_size;
  std::string mechanism = "scaled_dot";
  int64_t width = 8;
};
void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }

FitRequest request_for(const Setting& setting, uint64_t seed) {
  FitRequest request;
  request.table = mixed_table(setting.rows);
  request.inputs = {"review:text:unit=words", "city:category", "size,weight:numbers"};
  request.outputs = {"grade:category", "price:number"};
  request.split.fraction = 0.2;
  request.model.width = setting.width;
  request.model.heads = 2;
  request.model.mechanism = setting.mechanism;
  request.model.dropout = 0.3;
  request.model.attention_dropout = 0.1;
  request.model.token_mask = 0.2;
  request.model.unknown_rate = 0.1;
  request.training.epochs = 3;
  request.training.batch_size = setting.batch_size;
  request.seed = seed;
  return request;
}

struct Result {
  std::string digest;
  Json metrics;
  double temperature = 0;
};

Result result_of(const Setting& setting, int threads, uint64_t seed = 1) {
  const auto fitted = fit(request_for(setting, seed), *make_executor(threads));
  return {tensor_digest(fitted.model), fitted.metrics, fitted.model.temperature(0)};
}

class Reproducibility : public ::testing::TestWithParam<Setting> {};

TEST_P(Reproducibility, DoesNotDependOnThreads) {
  const auto one = result_of(GetParam(), 1);
  for (const int threads : {1, 2, 5}) {
    const auto many = result_of(GetParam(), threads);
    EXPECT_EQ(many.digest, one.digest) << threads << " threads";
    EXPECT_EQ(many.metrics, one.metrics) << threads << " threads";
    EXPECT_EQ(many.temperature, one.temperature) << threads << " threads";
  }
  EXPECT_NE(result_of(GetParam(), 1, 2).digest, one.digest) << "another seed is another model";
}

INSTANTIATE_TEST_SUITE_P(Settings, Reproducibility,
                         ::testing::Values(Setting{"two_shards", 200, 32}, Setting{"three_shards", 1000, 420},
                                           Setting{"split", 200, 32, "split"}, Setting{"additive", 200, 32, "additive"},
                                           // Enough parameters for the optimiser to share them among threads.
                                           Setting{"wide", 60, 30, "multiplicative", 200}),
                         case_name);

}  // namespace
}  // namespace attune::testing
