// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>

#include "attune/core/executor.hpp"
#include "attune/core/fields.hpp"
#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/audit.hpp"

namespace attune::app {

struct AuditConfig {
  bool audit = false;
  int64_t audit_rows = AuditOptions{}.rows;
  int64_t audit_seeds = AuditOptions{}.seeds;
  void visit_fields(FieldVisitor& v);
};

/// What the flags of an audit said.
struct AuditArguments {
  Json given = Json::object();
  std::string training_table, validation_table;  ///< "": where the model's record says

  [[nodiscard]] AuditConfig config() const;
  /// @throws UsageError for a flag of an audit without --audit, and for --audit without a table to audit.
  void check(bool has_table) const;
};

void add_audit_flags(CLI::App& command, AuditArguments& arguments);

/// An audit from the command line: what can be refused is refused when it is made, before anything is explained.
class AuditRun {
 public:
  /// @param model, executor must outlive it
  /// @param faithfulness as that of the explanations; its key is that of all the audit draws
  /// @throws as check_audit(); UsageError when a table of the training is given
  /// that is another one.
  AuditRun(const Model& model, std::shared_ptr<const Table> table, size_t output, const AuditArguments& arguments,
           const FaithfulnessOptions& faithfulness, Executor& executor);

  /// Notes what is to be done, and shows how far it is. @throws StoppedError after an interrupt.
  [[nodiscard]] Audit run() const;

 private:
  AuditTask task_;
  AuditOptions options_;
  Executor& executor_;
};

}  // namespace attune::app
