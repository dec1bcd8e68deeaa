// SPDX-License-Identifier: Apache-2.0
#include "class_folder.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "attune/core/error.hpp"
#include "text_source.hpp"
#include "utf8.hpp"

namespace attune {
namespace {

template <class Accept>
std::vector<std::filesystem::path> visible_entries(const std::filesystem::path& folder, Accept accept) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (accept(entry) && !entry.path().filename().string().starts_with('.')) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string_view without_line_ends(std::string_view text) { return text.substr(0, text.find_last_not_of("\r\n") + 1); }

class ClassFolder final : public Table {
 public:
  ClassFolder(std::filesystem::path folder, const TableOptions& options)
      : folder_(std::move(folder)), encoding_(options.encoding) {
    names_ = {"text", "label", "file"};
    for (const auto& sub_folder : visible_folders(folder_)) {
      for (const auto& path : visible_files(sub_folder)) add(path, options.skip_bad_rows);
    }
    if (files_.empty() && skipped_ > 0) {
      throw InputError(name() + ": none of " + std::to_string(skipped_) +
                       " files in its sub-folders is text; open it without --skip-bad-rows to see why");
    }
  }

  [[nodiscard]] int64_t rows() const override { return static_cast<int64_t>(files_.size()); }
  [[nodiscard]] std::string name() const override { return folder_.string(); }
  [[nodiscard]] int64_t skipped_rows() const override { return skipped_; }
  [[nodiscard]] std::string where(int64_t row) const override { return (folder_ / file(row)).string(); }

  void read(int64_t row, Row& out) const override {
    out.clear();
    out.add_owned(std::string(without_line_ends(checked_text(where(row)).text())));
    out.add_view(std::string_view(file(row)).substr(0, file(row).find('/')));
    out.add_view(file(row));
  }

 private:
  [[nodiscard]] const std::string& file(int64_t row) const { return files_.at(static_cast<size_t>(row)); }

  void add(const std::filesystem::path& path, bool skip_bad) {
    try {
      (void)checked_text(path);
      files_.push_back(path.lexically_relative(folder_).generic_string());
    } catch (const InputError&) {
      if (!skip_bad) throw;
      ++skipped_;
    }
  }

  [[nodiscard]] TextSource checked_text(const std::filesystem::path& path) const {
    TextSource source(path, encoding_);
    const auto position = invalid_utf8(source.text());
    if (position == std::string_view::npos) return source;
    throw InputError(path.string() + ": byte " + std::to_string(position + 1) + " of the text is not " + encoding_ +
                     "; give the encoding of the files (--encoding latin1, gb18030, ..), or pass --skip-bad-rows");
  }

  std::filesystem::path folder_;
  std::string encoding_;
  std::vector<std::string> files_;  // label/name
  int64_t skipped_ = 0;
};

}  // namespace

std::vector<std::filesystem::path> visible_files(const std::filesystem::path& folder) {
  return visible_entries(folder, [](const auto& entry) { return entry.is_regular_file(); });
}

std::vector<std::filesystem::path> visible_folders(const std::filesystem::path& folder) {
  return visible_entries(folder, [](const auto& entry) { return entry.is_directory(); });
}

std::shared_ptr<const Table> open_class_folder(const std::filesystem::path& folder, const TableOptions& options) {
  auto table = std::make_shared<ClassFolder>(folder, options);
  if (table->rows() == 0) return nullptr;
  return table;
}

}  // namespace attune
