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

/// What a page says it was written by, "attune" of one that does not say it; "" of a file that is no page. Hardly
/// anything else begins as a page does: its policy allows one style by its hash.
std::string writer_of(const std::string& file) {
  constexpr std::string_view kPolicy = "content=\"default-src 'none'; style-src 'sha256-";
  constexpr std::string_view kGenerator = "<meta name=\"generator\" content=\"";
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return "";
  std::string begin(800, ' ');
  std::ifstream(file, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (!begin.starts_with("<!DOCTYPE html>") || begin.find(kPolicy) == std::string::npos) return "";
  const auto generator = begin.find(kGenerator);
  if (generator == std::string::npos) return "attune";
  const auto name = generator + kGenerator.size();
  return begin.substr(name, begin.find('"', name) - name);
}

}  // namespace

void check_page(const std::string& flag, const std::string& file, const std::vector<std::string>& read,
                const std::string& verb) {
  for (const auto& other : read) {
    if (same_file(file, other)) throw UsageError(flag + ": " + file + " is what is read; choose another name");
  }
  check_writable(flag, file);
  const auto writer = writer_of(file);
  if (!writer.empty() && writer != verb && writer != "attune")
    throw UsageError(flag + ": " + file + " is a page of " + writer + "; name another file, or remove it");
  check_replaced(flag, file, !writer.empty(), verb);
}

void write_page(const std::string& file, const std::string& html) {
  AtomicFile page(file);
  page.write(html);
  page.commit();
  print_note("wrote " + file);
}

}  // namespace attune::app
