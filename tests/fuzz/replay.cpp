// SPDX-License-Identifier: Apache-2.0
//
// A target without a fuzzer: every file of a folder, then mutations of them, the same in every run.
//
//   fuzz_table FOLDER MUTATIONS
//
// Exits with 1 when a file is refused whose name does not begin with "found-" (the folder is no longer of the format),
// or for an exception that is no error of ours; that of a crash is the system's.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "attune/core/files.hpp"
#include "fuzz_target.hpp"
#include "mutation.hpp"

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Tries an input; says which it was when it finds a bug.
bool attempt(const std::string& bytes, const std::string& name) {
  try {
    return attune::fuzz::try_input(bytes);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: not an error of ours: %s\n", name.c_str(), error.what());
    std::exit(EXIT_FAILURE);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s FOLDER MUTATIONS\n", argv[0]);
    return 2;
  }
  std::vector<std::string> contents;
  for (const auto& file : files_of(argv[1])) {
    contents.push_back(attune::read_text_file(file));
    if (!attempt(contents.back(), file.string()) && !file.filename().string().starts_with("found-")) {
      std::fprintf(stderr, "%s: refused, though it should be good; make it anew with make_corpus\n", file.c_str());
      return EXIT_FAILURE;
    }
  }
  const auto mutations = std::strtoull(argv[2], nullptr, 10);
  uint64_t accepted = 0;
  for (uint64_t number = 0; number < mutations; ++number)
    accepted += attempt(attune::fuzz::mutated(contents, number), "mutation " + std::to_string(number)) ? 1 : 0;
  std::printf("%zu files; %llu of %llu mutations accepted\n", contents.size(),
              static_cast<unsigned long long>(accepted), mutations);
  return EXIT_SUCCESS;
}
