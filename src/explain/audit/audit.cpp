// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/audit.hpp"

#include <algorithm>
#include <new>

#include "attune/core/error.hpp"
#include "attune/explain/method.hpp"
#include "audit_test.hpp"
#include "retraining.hpp"

namespace attune {
namespace {

void check_options(const AuditOptions& options) {
  const auto check = [](const char* name, int64_t value, int64_t least) {
    if (value < least)
      throw UsageError("audit, " + std::string(name) + ": expected at least " + std::to_string(least) + ", found " +
                       std::to_string(value));
  };
  check("rows", options.rows, 1);
  check("permutations", options.permutations, 1);
  check("redraws", options.redraws, 1);
  check("seeds", options.seeds, 0);
  check("random orderings", options.faithfulness.random_orderings, 2);
  check("beam", options.faithfulness.beam_width, 1);
}

void check_task(const AuditTask& task) {
  const auto outputs = std::ssize(task.model.outputs());
  if (static_cast<int64_t>(task.output) >= outputs)
    throw UsageError("output to audit: expected a number below " + std::to_string(outputs) + ", found " +
                     std::to_string(task.output));
  const auto refusal = explanation_method("attention").refusal(task.model);
  if (!refusal.empty())
    throw UsageError("audit: the method attention does not explain this model, so that there is nothing to judge (" +
                     refusal + ")");
  const auto site = judged_site(task.model);
  if (task.model.forward_context().intervention_at(site).weights != Intervention::Weights::kComputed)
    throw UsageError("audit: the model is under an intervention that sets the weights at " + site +
                     ", so that there is nothing to judge; audit it without, by set_intervention({})");
}

Finding untrained(const std::string& why) {
  return {.sentence = "Not tested, for the model cannot be trained anew: " + why + "."};
}

/// A training that comes to nothing is no reason to lose the other tests.
Finding tested(const AuditTest& test, const AuditContext& context) {
  if (!test.description.trains) return test.run(context);
  try {
    return test.run(context);
  } catch (const StoppedError&) {
    throw;
  } catch (const Error& error) {
    return untrained(error.what());
  } catch (const std::bad_alloc&) {
    return untrained("memory does not suffice");
  }
}

/// @param obstacle to training the model anew; empty: none
Finding run(const AuditTest& test, const AuditContext& context, const std::string& obstacle) {
  context.check_stop();
  context.progress(test.description.name, 0, std::ssize(context.audited.numbers));
  Finding finding;
  if (test.description.trains && !context.task.training) {
    finding.sentence = "Not tested, for it takes the training table: " + context.task.no_training_why + ".";
  } else if (test.description.trains && !obstacle.empty()) {
    finding = untrained(obstacle);
  } else {
    finding = tested(test, context);
  }
  finding.test = test.description.name;
  finding.decisive = test.description.decisive;
  return finding;
}

}  // namespace

AttentionDistance AuditContext::distance_to(const Model& other) const {
  return attention_distance(audited, read_audited(other, *task.table, audited.numbers, task.output, executor),
                            options.permutations, options.key.with("shuffled"));
}

void AuditContext::check_stop() const {
  if (callbacks.should_stop && callbacks.should_stop()) throw StoppedError("the audit was stopped");
}

void AuditContext::progress(const char* test, int64_t done, int64_t total) const {
  if (callbacks.on_progress) callbacks.on_progress({.test = test, .done = done, .total = total});
}

void AuditContext::for_each_row(const char* test, const std::function<void(size_t row)>& of_row) const {
  constexpr int64_t kRowsAtOnce = 16;  // between reports of the progress
  const auto rows = std::ssize(audited.subjects);
  for (int64_t first = 0; first < rows; first += kRowsAtOnce) {
    progress(test, first, rows);
    executor.run(std::min(kRowsAtOnce, rows - first), [&](int64_t i) {
      check_stop();
      of_row(static_cast<size_t>(first + i));
    });
  }
}

void check_audit(const AuditTask& task, const AuditOptions& options, Executor& executor) {
  check_options(options);
  check_task(task);
  (void)choose_rows(task.model, *task.table, options.rows, executor);
}

Audit audit(const AuditTask& task, const AuditOptions& options, Executor& executor, const AuditCallbacks& callbacks) {
  check_options(options);
  check_task(task);
  const auto rows = choose_rows(task.model, *task.table, options.rows, executor);
  const auto audited = read_audited(task.model, *task.table, rows, task.output, executor);
  Audit result{.site = judged_site(task.model), .rows = std::ssize(rows), .findings = {}, .verdict = {}};
  const AuditContext context{task, options, audited, result.site, executor, callbacks};
  const auto obstacle = obstacle_to_training(task, callbacks);
  for (const auto& test : audit_test_table()) result.findings.push_back(run(test, context, obstacle));
  result.verdict = verdict_of(result.findings, result.site);
  return result;
}

}  // namespace attune
