// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "gauss_legendre.hpp"

namespace attune {
namespace {

TEST(GaussLegendre, OfTwoAndThreeNodesAsInTables) {
  const auto two = gauss_legendre(2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_NEAR(two[0].at, (1 - 1 / std::sqrt(3.0)) / 2, 1e-15);
  EXPECT_NEAR(two[1].weight, 0.5, 1e-15);
  const auto three = gauss_legendre(3);
  EXPECT_NEAR(three[1].at, 0.5, 1e-15);
  EXPECT_NEAR(three[1].weight, 4.0 / 9, 1e-15);
  EXPECT_NEAR(three[2].at, (1 + std::sqrt(0.6)) / 2, 1e-15);
}

TEST(GaussLegendre, IntegratesPolynomialsExactly) {
  for (const int64_t count : {1, 2, 4, 8, 64, 1024}) {
    const auto nodes = gauss_legendre(count);
    ASSERT_EQ(std::ssize(nodes), count);
    for (const int64_t degree : {int64_t{0}, count, 2 * count - 1}) {
      double sum = 0, before = -1;
      for (const auto& node : nodes) {
        EXPECT_GT(node.at, before) << "ascending";
        before = node.at;
        sum += node.weight * std::pow(node.at, static_cast<double>(degree));
      }
      EXPECT_NEAR(sum, 1 / static_cast<double>(degree + 1), 1e-13) << count << " nodes, degree " << degree;
    }
  }
}

}  // namespace
}  // namespace attune
