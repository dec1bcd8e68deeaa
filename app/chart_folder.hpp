// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace attune::app {

/// A picture, and what its file is called: "loss.svg".
struct ChartFile {
  std::string name, svg;
};

/// What stands for a name, which may be anything, within that of a chart's file: other bytes than ASCII stay as they
/// are, and it is cut between characters to what file systems take.
[[nodiscard]] std::string file_part(const std::string& name);

/// The folder that charts are written into. It is made before the work, so that a folder that cannot be written to is
/// found then, and goes again when nothing came into it.
class ChartFolder {
 public:
  /// @param read  files that are read: none of them may be replaced by a chart
  /// @param page  what --html writes, nor that; "": nothing
  /// @throws UsageError naming flag and folder.
  ChartFolder(std::string flag, std::string folder, const std::vector<std::string>& read, const std::string& page);
  ~ChartFolder();
  ChartFolder(const ChartFolder&) = delete;
  ChartFolder& operator=(const ChartFolder&) = delete;

  /// Replaces files of the same names and leaves all else; charts that were there and are none of these are noted, for
  /// nobody can tell by a file whether it is still wanted. Returns the files, as notes call them too. @throws IoError.
  std::vector<std::string> write(const std::vector<ChartFile>& charts) const;

 private:
  void make();
  void check_not_replaced(const std::string& file, const std::string& what) const;
  void note_others(const std::vector<ChartFile>& charts) const;

  std::string flag_, folder_;
  bool made_ = false;
};

}  // namespace attune::app
