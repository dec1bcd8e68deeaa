// SPDX-License-Identifier: Apache-2.0
#include "chart_folder.hpp"

#include <cctype>
#include <filesystem>
#include <system_error>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "console.hpp"
#include "output_files.hpp"

namespace attune::app {
std::string file_part(const std::string& name) {
  constexpr size_t kMostBytes = 80;
  std::string part;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_character = (byte & 0xC0U) != 0x80U;
    if (part.size() >= kMostBytes && begins_character) break;
    part += byte >= 0x80U || std::isalnum(byte) != 0 || c == '_' ? c : '-';
  }
  return part;
}

ChartFolder::ChartFolder(std::string flag, std::string folder, const std::vector<std::string>& read)
    : flag_(std::move(flag)), folder_(std::move(folder)) {
  check_not_read(read);
  make();
  try {
    check_writable(flag_, std::filesystem::path(folder_) / "loss.svg");
  } catch (...) {
    if (made_) std::filesystem::remove(folder_);
    throw;
  }
}

ChartFolder::~ChartFolder() {
  std::error_code not_empty;
  if (made_) std::filesystem::remove(folder_, not_empty);
}

void ChartFolder::check_not_read(const std::vector<std::string>& read) const {
  for (const auto& file : read) {
    if (same_file(folder_, file))
      throw UsageError(flag_ + ": " + folder_ + " is what is read; name another folder for the charts");
    const std::filesystem::path path(file);
    const auto beside = path.has_parent_path() ? path.parent_path().string() : ".";
    if (path.extension() == ".svg" && same_file(beside, folder_))
      throw UsageError(flag_ + ": a chart in " + folder_ + " might replace " + file + "; name another folder");
  }
}

void ChartFolder::make() {
  std::error_code failed;
  if (std::filesystem::is_directory(folder_, failed)) return;
  if (std::filesystem::exists(std::filesystem::symlink_status(folder_, failed)))
    throw UsageError(flag_ + ": " + folder_ + " is no folder; name one, or one that is not there yet");
  made_ = std::filesystem::create_directory(folder_, failed);
  if (made_) return;
  const auto parent = std::filesystem::path(folder_).parent_path();
  std::error_code none;
  throw UsageError(flag_ + ": " + folder_ + " cannot be made: " +
                   (!parent.empty() && !std::filesystem::exists(parent, none)
                        ? "there is no folder " + parent.string() + "; make it first"
                        : failed.message()));
}

std::vector<std::string> ChartFolder::write(const std::vector<ChartFile>& charts) const {
  std::vector<std::string> files;
  for (const auto& [name, svg] : charts) {
    files.push_back((std::filesystem::path(folder_) / name).string());
    AtomicFile file(files.back());
    file.write(svg);
    file.commit();
    print_note("wrote " + files.back());
  }
  return files;
}

}  // namespace attune::app
