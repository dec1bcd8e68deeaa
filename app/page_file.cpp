// SPDX-License-Identifier: Apache-2.0
#include "page_file.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "console.hpp"
#include "output_files.hpp"

namespace attune::app {
namespace {

/// As every page begins, and hardly anything else: its policy allows one style by its hash.
bool holds_page(const std::string& file) {
  constexpr std::string_view kPolicy = "content=\"default-src 'none'; style-src 'sha256-";
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return false;
  std::string begin(400, ' ');
  std::ifstream(file, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin.starts_with("<!DOCTYPE html>") && begin.find(kPolicy) != std::string::npos;
}

}  // namespace

void check_page(const std::string& flag, const std::string& file, const std::vector<std::string>& read,
                const std::string& verb) {
  for (const auto& other : read) {
    if (same_file(file, other)) throw UsageError(flag + ": " + file + " is what is read; choose another name");
  }
  check_writable(flag, file);
  check_replaced(flag, file, holds_page(file), verb);
}

void write_page(const std::string& file, const std::string& html) {
  AtomicFile page(file);
  page.write(html);
  page.commit();
  print_note("wrote " + file);
}

}  // namespace attune::app
