// SPDX-License-Identifier: Apache-2.0
#include "explain_audit.hpp"

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/train/recorded_request.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "progress_bar.hpp"
#include "training_rows.hpp"

namespace attune::app {
namespace {

constexpr const char* kSection = "audit";

/// What the tests that train need; a task without, where it is not at hand.
void add_training(const Model& model, const AuditArguments& arguments, AuditTask& task) {
  auto tables = find_training_tables(model, arguments.training_table, arguments.validation_table);
  if (tables.table == nullptr) {
    task.no_training_why = tables.missing;
    return;
  }
  try {
    task.training = recorded_request(model, tables.table, tables.validation);
  } catch (const UsageError& error) {  // the record is of another version, or of none
    if (!arguments.training_table.empty()) throw;
    task.no_training_why = error.what();
  }
}

}  // namespace

void AuditConfig::visit_fields(FieldVisitor& v) {
  v.field(
      {.name = "audit",
       .help = "test whether attention is an explanation of this model at all, on rows of the table and the answers "
               "that the model gives, whatever --of-class says; trains the model anew as often as --audit-seeds "
               "says, and once with uniform weights"},
      audit);
  v.field({.name = "audit_rows", .help = "rows that are audited, spread evenly over the table", .minimum = 1},
          audit_rows);
  v.field({.name = "audit_seeds", .help = "trainings with other seeds; 0: none", .minimum = 0, .maximum = 100},
          audit_seeds);
}

AuditConfig AuditArguments::config() const {
  AuditConfig config;
  from_json(given.value(kSection, Json::object()), "command line", config);
  return config;
}

void AuditArguments::check(bool has_table) const {
  if (config().audit) {
    if (!has_table) throw UsageError("--audit: expected a table whose rows are audited; name one behind the model");
    return;
  }
  const auto refuse = [](const std::string& flag) {
    throw UsageError(flag + ": has no meaning without --audit; add that, or leave it out");
  };
  if (!training_table.empty()) refuse("--training-table");
  if (!validation_table.empty()) refuse("--validation-table");
  const auto flags = given.value(kSection, Json::object());
  for (const auto& [name, value] : flags.items()) {
    if (name != "audit") refuse(flag_name(name, value));
  }
}

void add_audit_flags(CLI::App& command, AuditArguments& arguments) {
  FieldFlags flags(command, "Audit", kSection, arguments.given);
  AuditConfig shown;
  shown.visit_fields(flags);
  command
      .add_option("--training-table", arguments.training_table,
                  "the table that the model was trained on, to train it anew; as a rule it is found where it was")
      ->type_name("FILE")
      ->group("Audit");
  command
      .add_option("--validation-table", arguments.validation_table,
                  "the table that it was validated on, where there was one; likewise")
      ->type_name("FILE")
      ->group("Audit");
}

AuditRun::AuditRun(const Model& model, std::shared_ptr<const Table> table, size_t output,
                   const AuditArguments& arguments, const FaithfulnessOptions& faithfulness, Executor& executor)
    : task_{.model = model, .table = std::move(table), .output = output, .training = {}, .no_training_why = {}},
      executor_(executor) {
  const auto config = arguments.config();
  options_ = {
      .rows = config.audit_rows, .seeds = config.audit_seeds, .faithfulness = faithfulness, .key = faithfulness.key};
  check_audit(task_, options_, executor);
  add_training(model, arguments, task_);
}

Audit AuditRun::run() const {
  print_note("auditing attention on " + counted(options_.rows, "row") + " at most" +
             (task_.training ? ", with " + counted(1 + options_.seeds, "training") + " of the model"
                             : "; the model is not trained anew: " + task_.no_training_why));
  ProgressBar progress;
  AuditCallbacks callbacks;
  callbacks.on_progress = [&](const AuditProgress& at) { progress.show("audit, " + at.test, at.total, at.done); };
  callbacks.should_stop = interrupted;
  return audit(task_, options_, executor_, callbacks);
}

}  // namespace attune::app
