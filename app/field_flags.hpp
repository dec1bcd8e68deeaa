// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "attune/core/fields.hpp"

namespace attune::app {

/// Adds a flag for every field of a struct: its name with dashes, its help, range or choices, and its value as default.
/// What the command line gives is kept in `given`[section] and not written into the struct, so that flags can win over
/// a configuration file that is read later. Switches have a --no- form; help shows the one that changes the default.
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
  template <class T>
  void add(const FieldInfo& info, const std::string& type, const std::string& standard,
           std::function<Json(const T&)> to_json);

  CLI::App& command_;
  std::string group_, section_;
  Json& given_;
};

}  // namespace attune::app
