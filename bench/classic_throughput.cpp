// SPDX-License-Identifier: Apache-2.0
//
// Rows a second in training the classic network (embedding 16, dot or additive attention without projections, mean,
// dense 16 relu) on waimai_10k, against a bare LibTorch loop over tensors made beforehand. Attune keeps the encodings
// of its rows from before the first epoch as well; what stands before it (schema, vocabulary, encoding) is printed
// apart. The two take turns.
#include <malloc.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>

#include "attune/ops/kernels.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"
#include "bare_loop.hpp"

namespace {

using namespace attune;

struct Contest {
  std::string mechanism;
  double at_least, aim;
  int bare_epochs;  ///< additive attention by single operations takes a quarter of a minute each
};
const std::vector<Contest> kContests = {{"dot", 0.9, 1.5, 4}, {"additive", 8, 15, 1}};

ModelConfig classic_network(const std::string& mechanism) {
  ModelConfig config;
  config.width = 16;
  config.convolution = 0;
  config.blocks = 1;
  config.mechanism = mechanism;
  config.heads = 1;
  config.projections = config.feed_forward = config.norm = config.residual = false;
  config.pool = "mean";
  config.dense = {16};
  config.dropout = config.token_mask = config.unknown_rate = config.label_smoothing = 0;
  config.linear = false;
  return config;
}

TrainConfig plain_training(int epochs, const std::string& kernels) {
  TrainConfig config;
  config.epochs = epochs;
  config.batch_size = 32;
  config.learning_rate = 1e-3;
  config.warmup = 0;
  config.schedule = "constant";
  config.weight_decay = 0;
  config.clip_norm = 0;
  config.patience = 0;
  config.kernels = kernels;
  return config;
}

/// The same units that Attune trains on: encoded by a fitted model's own feature.
bench::EncodedTexts encode_texts(const std::shared_ptr<const Table>& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table->rows()));
  std::iota(rows.begin(), rows.end(), 0);
  Schema schema;
  schema.inputs = {parse_input("review:text:unit=characters", *table)};
  schema.outputs = {parse_output("label:category", *table)};
  const auto model = Model::fit(schema, *table, rows, rows, classic_network("dot"), 1);
  const auto columns = model.map_columns(*table, true);
  const auto inputs = model.encode(*table, columns, rows);
  const auto& encoded = std::get<IdsInput>(inputs.front().encoding);
  bench::EncodedTexts texts;
  const auto* offsets = encoded.offsets.const_data_ptr<int64_t>();
  const auto* ids = encoded.ids.const_data_ptr<int64_t>();
  for (size_t b = 0; b < rows.size(); ++b) texts.ids.emplace_back(ids + offsets[b], ids + offsets[b + 1]);
  texts.labels = std::get<ClassTargets>(model.targets(*table, columns, rows).front());
  texts.vocabulary = model.network().description().at("inputs")[0].at("vocabulary").get<int64_t>();
  return texts;
}

struct AttuneRun {
  std::vector<double> speeds;  ///< rows a second, of each epoch
  double seconds_before = 0;   ///< from the open table to the first epoch
};

/// How both are trained.
struct Pace {
  int rounds = 3, threads = 2;
  std::string kernels = "automatic";  ///< of ours
};

AttuneRun run_attune(const std::shared_ptr<const Table>& table, const std::string& mechanism, int epochs,
                     const Pace& pace) {
  const auto executor = make_executor(pace.threads);
  FitRequest request;
  request.table = table;
  request.inputs = {"review:text:unit=characters"};
  request.outputs = {"label:category"};
  request.split.fraction = 0;
  request.model = classic_network(mechanism);
  request.training = plain_training(epochs, pace.kernels);
  AttuneRun run;
  const auto start = std::chrono::steady_clock::now();
  FitCallbacks callbacks;
  callbacks.training.on_epoch = [&](const EpochRecord& epoch) {
    if (epoch.epoch == 1) {
      const std::chrono::duration<double> until_now = std::chrono::steady_clock::now() - start;
      run.seconds_before = until_now.count() - epoch.seconds;
    }
    run.speeds.push_back(epoch.rows_per_second);
  };
  (void)fit(request, *executor, callbacks);
  return run;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Json run_contest(const Contest& contest, const std::shared_ptr<const Table>& table, const bench::EncodedTexts& texts,
                 const Pace& pace) {
  constexpr int kEpochs = 4;
  std::vector<double> ours, bare, ratios, seconds_before;
  for (int round = 0; round < pace.rounds; ++round) {
    bare.push_back(median(bench::run_bare_loop(texts, contest.mechanism, contest.bare_epochs, pace.threads)));
    const auto run = run_attune(table, contest.mechanism, kEpochs, pace);
    ours.push_back(median(run.speeds));
    seconds_before.push_back(run.seconds_before);
    ratios.push_back(ours.back() / bare.back());
    std::cout << contest.mechanism << ", round " << round + 1 << ": attune " << static_cast<int64_t>(ours.back())
              << " rows/s, bare LibTorch loop " << static_cast<int64_t>(bare.back()) << " rows/s, ratio "
              << ratios.back() << std::endl;
  }
  const bool met = median(ratios) >= contest.at_least;
  std::cout << contest.mechanism << ": median ratio " << median(ratios) << " (at least " << contest.at_least << ", aim "
            << contest.aim << (met ? "), " : ": MISSED), ") << pace.threads << " threads, LibTorch "
            << bench::libtorch_version() << "; " << median(seconds_before) << " s from the table to the first epoch\n";
  return {{"name", "classic_training_" + contest.mechanism},
          {"threads", pace.threads},
          {"kernels", pace.kernels},
          {"ours_rows_per_second", median(ours)},
          {"peer", "bare LibTorch loop"},
          {"peer_version", bench::libtorch_version()},
          {"peer_rows_per_second", median(bare)},
          {"ratio", median(ratios)},
          {"seconds_before_first_epoch", median(seconds_before)},
          {"at_least", contest.at_least},
          {"met", met}};
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder = "../shared/data", output, only;
  Pace pace;
  CLI::App program("Training speed of the classic network against a bare LibTorch loop, in one run");
  program.add_option("--data", folder, "folder that holds waimai_10k/waimai_10k.csv")->capture_default_str();
  program.add_option("--threads", pace.threads, "threads of both")->capture_default_str();
  program.add_option("--rounds", pace.rounds, "times that the two take turns")->capture_default_str();
  program.add_option("--kernels", pace.kernels, "what computes our attention")
      ->check(CLI::IsMember(kernel_names()))
      ->capture_default_str();
  program.add_option("--mechanism", only, "only this one")->check(CLI::IsMember({"dot", "additive"}));
  program.add_option("--output", output, "file to write the rows to, a JSON object a line");
  CLI11_PARSE(program, argc, argv);
  const auto file = std::filesystem::path(folder) / "waimai_10k/waimai_10k.csv";
  if (!std::filesystem::exists(file)) {
    std::cout << "skipped: " << file.string() << " is not there; --data names the folder with waimai_10k\n";
    return 0;
  }
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);

  const auto table = open_table(file);
  const auto texts = encode_texts(table);
  std::vector<Json> rows;
  for (const auto& contest : kContests) {
    if (only.empty() || only == contest.mechanism) rows.push_back(run_contest(contest, table, texts, pace));
  }
  if (!output.empty()) {
    std::ofstream file_of_rows(output);
    for (const auto& row : rows) file_of_rows << row.dump() << '\n';
  }
  return std::all_of(rows.begin(), rows.end(), [](const Json& row) { return row.at("met").get<bool>(); }) ? 0 : 1;
}
