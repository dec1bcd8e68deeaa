// SPDX-License-Identifier: Apache-2.0
// The example of docs/pictures.md, which document_excerpt_test.cpp holds to this file.
#include <gmock/gmock.h>

#include <string>

#include "attune/report/charts.hpp"
#include "attune/report/explain_page.hpp"
#include "attune/report/explained_charts.hpp"

namespace {

using ::testing::HasSubstr;

std::string page_of_one_review() {
  attune::report::ExplainedRow row;
  row.name = "review 7";
  row.cells = {{.column = "review",
                .text = "Lovely cake, cold soup.",
                .tokens = {{"Lovely", {0, 6}}, {"cake", {7, 11}}, {"cold", {13, 17}}, {"soup", {18, 22}}}}};
  row.answer = {"positive", 0.62};
  row.explained = "negative";  // what the values speak for; left out, the answer
  row.attributions = {{.name = "my method",
                       .group = "methods",
                       .meaning = "how far the score falls without the word",
                       .has_sign = true,
                       .values = {-0.41, 0.02, 0.53, 0.07}}};
  attune::report::ExplainPage page;
  page.model = "my model";
  page.explained = "What speaks for \"negative\".";
  page.rows = {row};
  return attune::report::html(page);  // all of the page; write it to a file
}

TEST(ReportDocument, APageFromPlainStructs) {
  const auto page = page_of_one_review();
  EXPECT_THAT(page, HasSubstr("Where my model looked"));
  EXPECT_THAT(page, HasSubstr("<i class=p8>cold</i>"));
  EXPECT_THAT(page, HasSubstr("<i class=n6>Lovely</i>"));
}

}  // namespace
