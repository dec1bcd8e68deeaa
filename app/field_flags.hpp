// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "attune/core/fields.hpp"

namespace attune::app {

/// `--skip-bad-rows` of skip_bad_rows, `--no-header` of a header that is false.
[[nodiscard]] std::string flag_name(std::string field, const Json& value = {});

/// A field's help with its choices, or its limits when it is a share.
[[nodiscard]] std::string help_of(const FieldInfo& info);

/// A flag's text as a number within the field's limits. @throws UsageError naming the flag.
[[nodiscard]] int64_t parse_whole_number(const std::string& flag, const FieldInfo& info, const std::string& text);

/// Adds a flag for every field of a struct: its name with dashes, its help, range or choices, and its value as default.
/// What the command line gives is kept in `given`[section] (no section: in `given` itself) and not written into the
/// struct, so that flags can win over a configuration file that is read later. Switches have a --no- form; help shows
/// the one that changes the default.
class FieldFlags : public FieldVisitor {
 public:
  FieldFlags(CLI::App& command, std::string group, std::string section, Json& given)
      : command_(command), group_(std::move(group)), section_(std::move(section)), given_(given) {}

  void field(const FieldInfo& info, bool& value) override;
  void field(const FieldInfo& info, int64_t& value) override;
  void field(const FieldInfo& info, double& value) override;
  void field(const FieldInfo& info, std::string& value) override;
  void field(const FieldInfo& info, std::vector<int64_t>& value) override;

 private:
  /// A flag's text to the field's value. @throws UsageError naming the flag.
  using Parse = std::function<Json(const std::string& flag, const FieldInfo& info, const std::string& text)>;
  void add(const FieldInfo& info, const std::string& type, const std::string& standard, const Parse& parse);

  CLI::App& command_;
  std::string group_, section_;
  Json& given_;
};

}  // namespace attune::app
