// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/model/model.hpp"
#include "attune/report/report_page.hpp"
#include "measurement.hpp"

namespace attune::app {

/// Puts the rows of one output that a person should look at into its evaluation, each with what its answer rests on by
/// the default method of explanation. @param most of each kind
/// @throws StoppedError, and what reading the table throws.
void add_notable_rows(const Model& model, size_t output, const Measurement& measured, int64_t most, Executor& executor,
                      report::Evaluation& evaluation);

}  // namespace attune::app
