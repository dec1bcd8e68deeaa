// SPDX-License-Identifier: Apache-2.0
#include "explain_flags.hpp"

#include <initializer_list>
#include <string>

#include "attune/core/error.hpp"
#include "field_flags.hpp"

namespace attune::app {
namespace {

void refuse(const Json& given, std::initializer_list<const char*> fields, const std::string& why) {
  for (const auto* field : fields) {
    if (given.contains(field)) throw UsageError(flag_name(field) + ": " + why);
  }
}

}  // namespace

bool measures(const ExplainConfig& config, bool of_table) {
  return config.honesty == "always" || (config.honesty == "table" && of_table);
}

void refuse_idle_flags(const Json& given, const ExplainConfig& config, const ExplainSetting& setting) {
  if (!setting.of_table)
    refuse(given, {"rows", "first_row"},
           "chooses rows of a table, and texts and lines are all explained; leave it out");
  if (!measures(config, setting.of_table)) {
    const std::string why =
        config.honesty == "never"
            ? "is for measuring explanations, which --honesty never leaves out; leave out one of them"
            : "is for measuring explanations, and those of texts and lines are not; add --honesty always, or leave "
              "it out";
    refuse(given, {"honesty_rows"}, why);
    if (!setting.audit) refuse(given, {"orderings", "beam", "seed"}, why);  // which an audit takes as well
  }
  // A page lists tokens, whatever stands beside it.
  if (setting.page) return;
  if (setting.json) refuse(given, {"top"}, "is for text and pages, and --json has all tokens; leave it out");
  if (setting.charts) refuse(given, {"top"}, "is for text and pages, and charts have all tokens; leave it out");
}

}  // namespace attune::app
