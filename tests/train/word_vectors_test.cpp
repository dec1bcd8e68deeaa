// SPDX-License-Identifier: Apache-2.0
// Trainings with pretrained word vectors.
#include <gmock/gmock.h>

#include <atomic>

#include "attune/core/error.hpp"
#include "attune/model/model.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kVectors = "5 4\ngreat 1 2 3 4\nthe -1 2 0 0.5\nbroken 0 0 1 1\npoor -1 -2 1 0\nbox 1 0 0 0\n";

class FitWithVectors : public ::testing::Test {
 protected:
  FitRequest request(bool frozen) const {
    FitRequest request;
    request.table = mixed_table(120);
    request.inputs = {"review:text:unit=words", "size:numbers"};
    request.outputs = {"grade"};
    request.split.fraction = 0.25;
    request.model = small_config();
    request.model.vectors = path_.string();
    request.model.vectors_frozen = frozen;
    request.training = steady(2);
    return request;
  }
  /// The parameter's bytes after training and before.
  static std::pair<std::vector<float>, std::vector<float>> numbers(const FitRequest& request, const std::string& name) {
    const auto result = fit(request, *make_executor(2));
    auto first = request;
    first.training.learning_rate = 1e-9;
    first.training.epochs = 1;
    return {values_of(result.model, name), values_of(fit(first, *make_executor(2)).model, name)};
  }
  static FitResult interrupted(const FitRequest& request, int64_t steps) {
    std::atomic<int64_t> done = 0;
    FitCallbacks callbacks;
    callbacks.training.on_step = [&](const TrainProgress&) { ++done; };
    callbacks.training.should_stop = [&] { return done == steps; };
    return fit(request, *make_executor(2), callbacks);
  }
  static std::vector<float> values_of(const Model& model, const std::string& name) {
    const auto& tensor = model.network().parameters().get(name);
    return {tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel()};
  }
  static double furthest(const std::vector<float>& a, const std::vector<float>& b) {
    double most = 0;
    for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
    return most;
  }

  const TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.write("v.txt", kVectors);
};

TEST_F(FitWithVectors, LeavesFrozenOnesAsTheyAre) {
  const auto [after, before] = numbers(request(true), "input.0.vectors");
  ASSERT_FALSE(after.empty());
  EXPECT_EQ(after, before);
  EXPECT_GT(furthest(after, std::vector<float>(after.size())), 0.1) << "not all zeros";
  const auto [projection, drawn] = numbers(request(true), "input.0.projection.weight");
  EXPECT_GT(furthest(projection, drawn), 0.01) << "the projection learns";
}

TEST_F(FitWithVectors, TrainsTheOthers) {
  const auto [after, before] = numbers(request(false), "input.0.vectors");
  EXPECT_GT(furthest(after, before), 0.01);
}

TEST_F(FitWithVectors, GivesTheSameBytesForEveryNumberOfThreads) {
  for (const bool frozen : {false, true}) {
    const auto one = tensor_digest(fit(request(frozen), *make_executor(1)).model);
    for (const int threads : {2, 5}) {
      EXPECT_EQ(tensor_digest(fit(request(frozen), *make_executor(threads)).model), one) << threads << " threads";
    }
  }
}

/// Frozen vectors are in no checkpoint: a resumed training reads them again.
TEST_F(FitWithVectors, EndsWithTheSameBytesWhenResumed) {
  for (const bool frozen : {false, true}) {
    auto resumed = request(frozen);
    const auto whole = fit(resumed, *make_executor(2));
    resumed.model_file = folder_.path() / "m.attune";
    const auto stopped = interrupted(resumed, /*steps=*/whole.training.steps - 1);
    EXPECT_EQ(stopped.training.end, TrainEnd::kInterrupted);
    EXPECT_NE(tensor_digest(stopped.model), tensor_digest(whole.model));
    resumed.resume = true;
    const auto result = fit(resumed, *make_executor(1));
    EXPECT_EQ(tensor_digest(result.model), tensor_digest(whole.model));
    EXPECT_EQ(result.model.record.at("vectors"), whole.model.record.at("vectors"));
    result.model.save(resumed.model_file);
    EXPECT_TRUE(fit(resumed, *make_executor(1)).was_done);
    remove_checkpoints(resumed.model_file);
    std::filesystem::remove(resumed.model_file);
  }
}

TEST_F(FitWithVectors, GoesOnFromACheckpointOfTheSameFileOnly) {
  auto resumed = request(/*frozen=*/true);
  resumed.model_file = folder_.path() / "m.attune";
  (void)interrupted(resumed, 1);
  resumed.resume = true;
  const auto refusal = [&] { return message_of<UsageError>([&] { (void)fit(resumed, *make_executor(1)); }); };
  folder_.write("v.txt", "great 1 2 3 4\nthe -1 2 0 0.25\n");
  EXPECT_THAT(refusal(), HasSubstr("a checkpoint of another training: the file of vectors has other bytes; give the"));
  folder_.write("v.txt", "great 1 2\nthe -1 2\n");
  EXPECT_THAT(refusal(), HasSubstr("another training: the vectors had 4 numbers, they have 2 now; give the"));
  std::filesystem::rename(path_, folder_.path() / "other.txt");
  resumed.model.vectors = folder_.write("renamed.txt", kVectors).string();
  EXPECT_EQ(fit(resumed, *make_executor(1)).training.end, TrainEnd::kFinished);
}

TEST_F(FitWithVectors, LeavesTheLinearPartAlone) {
  auto without = request(false);
  without.model.vectors = "";
  const auto a = fit(request(false), *make_executor(2)).model, b = fit(without, *make_executor(2)).model;
  ASSERT_TRUE(a.linear(0) && b.linear(0));
  const auto with = a.linear(0)->stored(), alone = b.linear(0)->stored();
  ASSERT_FALSE(alone.weights.empty());
  EXPECT_EQ(with.weights, alone.weights);
  EXPECT_EQ(with.ngrams, alone.ngrams);
  EXPECT_EQ(with.fields, alone.fields);
}

TEST_F(FitWithVectors, NotesWhatIsCovered) {
  std::vector<std::string> notes;
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) { notes.push_back(note); };
  const auto result = fit(request(false), *make_executor(1), callbacks);
  const auto file = path_.string() + ": ";
  EXPECT_THAT(notes, ::testing::Contains(file + "5 word vectors of 4 numbers (text with a first line)"));
  EXPECT_THAT(notes, ::testing::Contains(HasSubstr(file + "column \"review\": 5 of ")));
  EXPECT_EQ(result.model.record.at("vectors").at("notes").size(), 2U);
  EXPECT_TRUE(result.model.record.contains("training")) << "beside the rest of the record";
}

TEST_F(FitWithVectors, CanBeStoppedWhileTheyAreRead) {
  const std::vector<int64_t> rows = rows_up_to(120);
  EXPECT_EQ(message_of<StoppedError>([&] {
              (void)Model::fit(mixed_schema(), *mixed_table(120), rows, rows, request(false).model, 1,
                               [] { return true; });
            }),
            path_.string() + ": stopped while it was read");
}

TEST_F(FitWithVectors, NamesAMissingFileBeforeAnythingIsRead) {
  auto wrong = request(false);
  wrong.model.vectors = (folder_.path() / "u.txt").string();
  std::vector<std::string> notes;
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) { notes.push_back(note); };
  EXPECT_EQ(message_of<InputError>([&] { (void)fit(wrong, *make_executor(1), callbacks); }),
            wrong.model.vectors + ": no such file (did you mean \"" + path_.string() + "\"?)");
  EXPECT_TRUE(notes.empty());
}

TEST_F(FitWithVectors, RefusesToFreezeNone) {
  auto wrong = request(true);
  wrong.model.vectors = "";
  EXPECT_EQ(message_of<UsageError>([&] { (void)fit(wrong, *make_executor(1)); }),
            "vectors_frozen = true has no meaning here: vectors names no file; leave it out");
}

}  // namespace
}  // namespace attune::testing
