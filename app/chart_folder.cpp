// SPDX-License-Identifier: Apache-2.0
#include "chart_folder.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <system_error>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/wording.hpp"
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

ChartFolder::ChartFolder(std::string flag, std::string folder, const std::vector<std::string>& read,
                         const std::string& page)
    : flag_(std::move(flag)), folder_(std::move(folder)) {
  for (const auto& file : read) check_not_replaced(file, "is what is read");
  check_not_replaced(page, "is the page that --html writes");
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

void ChartFolder::check_not_replaced(const std::string& file, const std::string& what) const {
  if (file.empty()) return;
  if (same_file(folder_, file))
    throw UsageError(flag_ + ": " + folder_ + " " + what + "; name another folder for the charts");
  const std::filesystem::path path(file);
  const auto beside = path.has_parent_path() ? path.parent_path().string() : ".";
  if (path.extension() == ".svg" && same_file(beside, folder_))
    throw UsageError(flag_ + ": a chart in " + folder_ + " might replace " + file + "; name another folder");
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
  note_others(charts);
  return files;
}

void ChartFolder::note_others(const std::vector<ChartFile>& charts) const {
  constexpr size_t kMostNamed = 3;
  std::set<std::string> written;
  for (const auto& chart : charts) written.insert(chart.name);
  std::vector<std::string> others;
  std::error_code failed;  // a folder that may not be listed
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
    const auto name = entry.path().filename();
    if (name.extension() == ".svg" && !written.contains(name)) others.push_back(name);
  }
  if (others.empty()) return;
  std::sort(others.begin(), others.end());
  print_note(folder_ + " holds " + counted(std::ssize(others), "chart") + " more, which this run did not write: " +
             quoted_list(others, kMostNamed) + "; name a new folder, or remove them, if they are of an earlier run");
}

}  // namespace attune::app
