// SPDX-License-Identifier: Apache-2.0
//
// make bench-kernels: the fused kernels against onnxruntime, LibTorch and simpler code of our own, in one process that
// lets them take turns. docs/performance.md explains every row.
#include <malloc.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "cases.hpp"
#include "report.hpp"
#include "row.hpp"

namespace {

using namespace attune;
using namespace attune::bench;

constexpr int kDone = 0, kFailed = 1, kUsage = 2;

struct Options {
  std::vector<std::string> only;
  int rounds = Pace().rounds;
  bool quick = false, markdown = false;
  std::string output = "build/bench/kernels.json", onnxruntime = ".deps/onnxruntime/libonnxruntime.so";
};

void add_options(CLI::App& program, Options& options) {
  program.add_option("--only", options.only, "only rows whose name or peer holds one of these words")
      ->delimiter(',')
      ->type_name("WORDS,..");
  program.add_option("--rounds", options.rounds, "times that the two take turns")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  program.add_flag("--quick", options.quick, "tiny sizes, one round: to see that everything works, not to measure");
  program.add_flag("--markdown", options.markdown, "only print what was measured before, as Markdown");
  program.add_option("--output", options.output, "JSON file of the rows")->type_name("FILE")->capture_default_str();
  program.add_option("--onnxruntime", options.onnxruntime, "its library; scripts/fetch-onnxruntime fetches it")
      ->type_name("FILE")
      ->capture_default_str();
}

std::unique_ptr<Onnxruntime> open_onnxruntime(const std::string& library) {
  if (std::filesystem::exists(library)) return std::make_unique<Onnxruntime>(std::filesystem::absolute(library));
  std::cerr << "kernels: " << library << " is not there, so the rows of onnxruntime are left out; "
            << "scripts/fetch-onnxruntime fetches it\n";
  return nullptr;
}

bool is_chosen(const Case& about, const std::vector<std::string>& words) {
  const auto names_it = [text = about.name + ", " + about.peer_name](const std::string& word) {
    return text.find(word) != std::string::npos;
  };
  return words.empty() || std::any_of(words.begin(), words.end(), names_it);
}

std::vector<Case> chosen_cases(const Options& options, bool has_onnxruntime) {
  auto cases = all_cases(options.quick);
  std::erase_if(cases, [&](const Case& about) { return !is_chosen(about, options.only); });
  if (cases.empty()) {
    std::string names;
    for (const auto& about : all_cases(options.quick)) names += "\n  " + about.name + ", " + about.peer_name;
    throw UsageError("--only: no row holds these words; the rows are" + names);
  }
  std::erase_if(cases, [&](const Case& about) { return about.peer == Peer::kOnnxruntime && !has_onnxruntime; });
  return cases;
}

void write(const std::filesystem::path& path, const std::vector<Json>& rows) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path);
  file << Json(rows).dump(1) << '\n' << std::flush;
  if (!file) throw IoError(path.string() + ": cannot be written");
}

void measure_all(const Options& options) {
  const auto onnxruntime = open_onnxruntime(options.onnxruntime);
  const auto cases = chosen_cases(options, onnxruntime != nullptr);
  Pace pace{.rounds = options.rounds};
  if (options.quick) pace = {.rounds = 1, .turn = {}, .calls = 1, .pause = {}};
  const auto one = make_executor(1), two = make_executor(2);
  std::vector<Json> rows;
  std::cout << text_header() << std::endl;
  for (const auto& about : cases) {
    for (Executor* executor : {one.get(), two.get()}) {
      rows.push_back(measure_row(about, {executor->threads(), *executor, onnxruntime.get()}, pace));
      std::cout << text_line(rows.back()) << std::endl;
      write(options.output, rows);  // what was measured is kept, whatever comes after
    }
  }
}

void print_kept(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw UsageError(path.string() + ": nothing was measured yet; run make bench-kernels");
  const auto rows = Json::parse(file).get<std::vector<Json>>();
  if (rows.empty()) throw UsageError(path.string() + ": holds no rows; run make bench-kernels");
  std::cout << markdown(rows);
}

/// As the program does, and without its limit of a gigabyte: the allocator keeps large tensors. Else it gives them back
/// and faults them in again at every call, at several times the price of the work, which would flatter us.
void keep_large_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App program(
      "The fused attention kernels against their peers, in one run; docs/performance.md explains the rows");
  add_options(program, options);
  CLI11_PARSE(program, argc, argv);
  keep_large_memory();
  try {
    if (options.markdown) {
      print_kept(options.output);
    } else {
      measure_all(options);
    }
    return kDone;
  } catch (const UsageError& error) {
    std::cerr << "kernels: " << error.what() << '\n';
    return kUsage;
  } catch (const std::exception& error) {
    std::cerr << "kernels: " << error.what() << '\n';
    return kFailed;
  }
}
