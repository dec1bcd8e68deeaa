// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The library in one include: a table to a model, a model to answers. docs/library.md walks through it.

#include "attune/core/error.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/faithfulness.hpp"
#include "attune/explain/method.hpp"
#include "attune/model/model.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "attune/train/fit.hpp"
#include "attune/train/repeated_fit.hpp"
