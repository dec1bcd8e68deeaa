// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/fields.hpp"
#include "attune/core/json.hpp"

namespace attune {

/// Reads the fields of a stored object. Every getter throws ModelFileError naming `where` and the field when it is
/// missing or of another kind.
class StateReader {
 public:
  /// `where`: how the object is called in messages, "state of the text input".
  StateReader(const Json& json, std::string where);

  [[nodiscard]] std::string text(std::string_view field) const;
  [[nodiscard]] bool boolean(std::string_view field) const;
  [[nodiscard]] double number(std::string_view field) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view field) const;
  [[nodiscard]] std::vector<int64_t> integers(std::string_view field) const;
  [[nodiscard]] std::vector<double> numbers(std::string_view field) const;
  [[nodiscard]] const Json& object(std::string_view field) const;
  [[nodiscard]] const Json& array(std::string_view field) const;

  /// A struct of options under "options".
  template <Fields Options>
  [[nodiscard]] Options options() const {
    Options options;
    try {
      from_json(object("options"), where_, options);
      check(options, where_);
    } catch (const UsageError& error) {
      throw ModelFileError(error.what());
    }
    return options;
  }

  [[noreturn]] void fail(std::string_view field, std::string_view expected) const;

 private:
  [[nodiscard]] const Json& field(std::string_view name, bool (Json::*is_kind)() const noexcept,
                                  std::string_view expected) const;
  const Json& json_;
  std::string where_;
};

}  // namespace attune
