// SPDX-License-Identifier: Apache-2.0
//
// A training that was stopped, however often, and resumed ends with the same bytes as one that never was.
#include <gmock/gmock.h>

#include <atomic>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/tensor_container.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"
#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Crash {};

/// 4 epochs of 4 steps (50 rows by 16), with all that is drawn, and early stopping.
FitRequest request_beside(const std::filesystem::path& model_file) {
  FitRequest request;
  request.table = mixed_table(60);
  request.validation = mixed_table(40, "validation.csv");
  request.inputs = {"review:text:unit=words", "city:category", "size,weight:numbers"};
  request.outputs = {"grade:category", "price:number"};
  request.model = small_config();
  request.model.dropout = 0.3;
  request.model.attention_dropout = 0.1;
  request.model.token_mask = 0.2;
  request.training.epochs = 4;
  request.training.batch_size = 16;
  request.training.patience = 2;
  request.training.checkpoint_minutes = 0;
  request.model_file = model_file;
  return request;
}
constexpr int64_t kSteps = 16, kStepsAnEpoch = 4;

class Resume : public ::testing::Test {
 protected:
  FitResult run(int threads = 2) {
    notes_.clear();
    callbacks_.on_note = [this](const std::string& note) { notes_.push_back(note); };
    return fit(request_, *make_executor(threads), callbacks_);
  }
  /// As if the process ended after some steps of this run.
  void crash_after(int64_t steps) {
    callbacks_.training.on_step = [steps, done = int64_t{0}](const TrainProgress&) mutable {
      if (++done == steps) throw Crash();
    };
    EXPECT_THROW((void)run(), Crash);
    callbacks_ = {};
  }
  FitResult interrupted_after(int64_t steps) {
    auto done = std::make_shared<std::atomic<int64_t>>(0);
    callbacks_.training.on_step = [=](const TrainProgress&) { ++*done; };
    callbacks_.training.should_stop = [=] { return *done == steps; };
    auto result = run();
    callbacks_ = {};
    return result;
  }
  FitResult resumed(int threads = 2) {
    request_.resume = true;
    auto result = run(threads);
    request_.resume = false;
    return result;
  }
  void expect_same(const FitResult& result, const FitResult& whole) {
    EXPECT_EQ(tensor_digest(result.model), tensor_digest(whole.model));
    EXPECT_EQ(result.model.temperature(0), whole.model.temperature(0));
    EXPECT_EQ(result.metrics, whole.metrics);
    EXPECT_EQ(result.training.end, whole.training.end);
    EXPECT_EQ(result.training.steps, whole.training.steps);
    EXPECT_EQ(result.training.best_epoch, whole.training.best_epoch);
    ASSERT_EQ(result.training.history.size(), whole.training.history.size());
    for (size_t e = 0; e < whole.training.history.size(); ++e) {
      EXPECT_EQ(result.training.history[e].training_loss, whole.training.history[e].training_loss) << e;
      EXPECT_EQ(result.training.history[e].validation_loss, whole.training.history[e].validation_loss) << e;
      EXPECT_EQ(result.training.history[e].best, whole.training.history[e].best) << e;
    }
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  /// What a run without a model file gives.
  FitResult whole() {
    auto request = request_;
    request.model_file.clear();
    return fit(request, *make_executor(1));
  }

  TemporaryFolder folder_;
  std::filesystem::path model_file_ = folder_.path() / "m.attune";
  FitRequest request_ = request_beside(model_file_);
  FitCallbacks callbacks_;
  std::vector<std::string> notes_;
};

TEST_F(Resume, SaysWhichEpochsAreComplete) {
  std::vector<int64_t> told;
  bool first = true;
  (void)interrupted_after(kStepsAnEpoch * 2 + 1);
  callbacks_.training.on_resume = [&](const std::vector<EpochRecord>& epochs) {
    EXPECT_TRUE(first) << "after a step";
    for (const auto& epoch : epochs) told.push_back(epoch.epoch);
  };
  callbacks_.training.on_step = [&](const TrainProgress&) { first = false; };
  const auto result = resumed();
  EXPECT_THAT(told, ElementsAre(1, 2));
  EXPECT_GT(result.training.history.size(), 2U);
  told.clear();
  (void)run();
  EXPECT_THAT(told, IsEmpty()) << "of a training that was not resumed";
}

TEST_F(Resume, AfterAnInterruptAtAnyStep) {
  const auto expected = whole();
  ASSERT_EQ(expected.training.steps, kSteps);
  for (int64_t steps = 1; steps <= kSteps; ++steps) {
    const auto stopped = interrupted_after(steps);
    EXPECT_EQ(stopped.training.end, TrainEnd::kInterrupted);
    EXPECT_EQ(stopped.training.checkpoint_step, steps);
    EXPECT_EQ(stopped.training.best_epoch > 0, steps > kStepsAnEpoch);
    const auto result = resumed(/*threads=*/1);
    EXPECT_THAT(notes_, Contains(HasSubstr("after " + std::to_string(steps) + " step")));
    expect_same(result, expected);
    remove_checkpoints(model_file_);
  }
}

TEST_F(Resume, AfterCrashesOneAfterAnother) {
  const auto expected = whole();
  request_.training.checkpoint_minutes = 1e-9;  // after every step
  crash_after(1);
  EXPECT_THAT(files(), IsEmpty()) << "before the first checkpoint";
  request_.resume = true;
  crash_after(3);
  EXPECT_THAT(notes_, Contains("there is no checkpoint to go on from: the training starts anew"));
  for (const int64_t steps : {1, 2, 5, 4}) crash_after(steps);
  EXPECT_THAT(notes_, Contains(HasSubstr("after 7 steps")));
  EXPECT_THAT(files(), ElementsAre("m.attune.checkpoint-a", "m.attune.checkpoint-b"));
  const auto result = resumed();
  EXPECT_THAT(notes_, Contains(HasSubstr("after 10 steps")));
  expect_same(result, expected);
}

TEST_F(Resume, FromBetweenEpochsAlone) {
  const auto expected = whole();
  crash_after(2 * kStepsAnEpoch + 2);
  const auto result = resumed();
  EXPECT_THAT(notes_, Contains(HasSubstr("steps")));
  expect_same(result, expected);
}

TEST_F(Resume, WithoutValidationAndWithTheLastEpoch) {
  for (const bool validated : {true, false}) {
    if (!validated) request_.validation = nullptr;
    request_.split.fraction = 0;
    request_.training.select = "last";
    const auto expected = whole();
    interrupted_after(7);
    expect_same(resumed(), expected);
    remove_checkpoints(model_file_);
  }
}

/// Patience runs out at the end of an epoch, and must do so in a run that begins there.
TEST_F(Resume, StopsEarlyWhereTheWholeRunDid) {
  request_.training.learning_rate = 3;  // gets worse
  request_.training.schedule = "constant";
  request_.training.patience = 1;
  request_.training.epochs = 9;
  const auto expected = whole();
  ASSERT_EQ(expected.training.end, TrainEnd::kEarly);
  for (int64_t steps = kStepsAnEpoch; steps <= expected.training.steps; ++steps) {
    interrupted_after(steps);
    expect_same(resumed(), expected);
    expect_same(resumed(), expected);  // from the last checkpoint of the resumed run
    remove_checkpoints(model_file_);
  }
}

TEST_F(Resume, AfterATimeLimit) {
  const auto expected = whole();
  request_.training.time_limit = 1e-9;
  for (int64_t steps = 1; steps < kSteps; ++steps) {
    const auto part = resumed();
    EXPECT_EQ(part.training.end, TrainEnd::kTimeLimit);
    EXPECT_EQ(part.training.checkpoint_step, steps);
    EXPECT_EQ(part.model.record.at("training").at("end"), "time limit");
  }
  request_.training.time_limit = 0;  // leaves time for the baselines
  expect_same(resumed(), expected);
}

TEST_F(Resume, PassesOverATornCheckpoint) {
  const auto expected = whole();
  request_.training.checkpoint_minutes = 1e-9;
  crash_after(7);
  std::filesystem::resize_file(folder_.path() / "m.attune.checkpoint-b", 200);  // of step 6
  expect_same(resumed(), expected);
  EXPECT_THAT(notes_, Contains(HasSubstr("checkpoint-b: ")));
  EXPECT_THAT(notes_, Contains(HasSubstr("after 5 steps")));
}

TEST_F(Resume, WithoutAWholeCheckpointStartsAnew) {
  const auto expected = whole();
  folder_.write("m.attune.checkpoint-a", "torn");
  expect_same(resumed(), expected);
  EXPECT_THAT(notes_, Contains(AllOf(HasSubstr("warning: " + model_file_.string() + ".checkpoint-a: not a model file"),
                                     EndsWith("; there is no other one to go on from"))));
  EXPECT_THAT(notes_, Contains("there is no checkpoint to go on from: the training starts anew"));
}

/// What this program cannot read may be of use to another.
TEST_F(Resume, ReplacesNoCheckpointOfAnotherVersion) {
  const auto a = model_file_.string() + ".checkpoint-a", b = model_file_.string() + ".checkpoint-b";
  TensorContainer::write(b, {}, {{"attune.checkpoint", "2"}});
  const auto refused = [&] { return message_of<UsageError>([&] { (void)resumed(); }); };
  EXPECT_EQ(refused(), b +
                           ": not a checkpoint this attune can read: expected version 1, found \"2\"; the program that "
                           "wrote it can go on from it; to start anew delete " +
                           b + ", or leave out --resume");
  folder_.write("m.attune.checkpoint-a", "torn");
  EXPECT_THAT(refused(), AllOf(HasSubstr(b + ": "), HasSubstr("to start anew delete " + a + " and " + b + ", or")));
  EXPECT_THAT(notes_, Not(Contains(HasSubstr("warning: "))));

  remove_checkpoints(model_file_);
  request_.resume = false;
  interrupted_after(kStepsAnEpoch + 1);
  TensorContainer::write(b, {}, {{"attune.checkpoint", "2"}});
  ASSERT_TRUE(std::filesystem::exists(a));
  EXPECT_EQ(resumed().training.end, TrainEnd::kFinished) << "the other one can be read";

  std::filesystem::remove(a);
  std::filesystem::remove(b);
  std::filesystem::create_directory(a);  // as one that may not be opened
  EXPECT_THAT(refused(), AllOf(HasSubstr(a + ": expected a file, found a folder"), HasSubstr("or leave out --resume")));
}

TEST_F(Resume, OfADoneTrainingReturnsItsModel) {
  const auto expected = run();
  expected.model.save(model_file_);
  callbacks_.training.on_step = [](const TrainProgress&) { FAIL() << "a step was taken"; };
  const auto result = resumed();
  EXPECT_TRUE(result.was_done);
  expect_same(result, expected);
  EXPECT_THAT(notes_, Not(Contains(HasSubstr("anew"))));

  callbacks_ = {};
  remove_checkpoints(model_file_);
  request_.seed = 2;
  EXPECT_THAT(message_of<UsageError>([&] { (void)resumed(); }),
              AllOf(HasSubstr(model_file_.string() + ": the model of another training, which is over: "),
                    HasSubstr("seed: 1 in the model, 2 now"), HasSubstr("or leave out --resume to replace it")));
}

TEST_F(Resume, OfAnInterruptedModelGoesOn) {
  interrupted_after(9).model.save(model_file_);
  EXPECT_FALSE(resumed().was_done);
}

TEST_F(Resume, RefusesOtherOptionsAndTables) {
  interrupted_after(5);
  const auto original = request_;
  request_.training.batch_size = 32;
  EXPECT_EQ(message_of<UsageError>([&] { (void)resumed(); }),
            model_file_.string() +
                ".checkpoint-b: a checkpoint of another training: training.batch_size: 16 in the checkpoint, 32 now; "
                "give the same options and tables, or leave out --resume to start anew");
  request_ = original;
  request_.table = mixed_table(61);
  EXPECT_THAT(message_of<UsageError>([&] { (void)resumed(); }),
              HasSubstr("the table had 60 rows, it has 61 now; give"));
  request_ = original;
  request_.validation = mixed_table(39);
  EXPECT_THAT(message_of<UsageError>([&] { (void)resumed(); }), HasSubstr("the validation table had 40 rows"));
  request_ = original;
  request_.training.time_limit = 1000;
  EXPECT_EQ(resumed().training.end, TrainEnd::kFinished) << "what changes no weight may differ";
}

TEST_F(Resume, LeftOutSaysWhatIsReplaced) {
  const auto expected = whole();
  interrupted_after(5);
  interrupted_after(2);
  EXPECT_THAT(notes_, Contains(HasSubstr("an unfinished training is kept in ")));
  EXPECT_THAT(notes_, Contains(HasSubstr("of the earlier training stay")));
  request_.resume = true;
  callbacks_.training.should_stop = [] { return true; };
  EXPECT_THROW((void)run(), StoppedError);
  callbacks_ = {};
  interrupted_after(1);
  EXPECT_THAT(notes_, Contains(HasSubstr("after 5 steps"))) << "an interrupt loses nothing";

  request_.resume = false;
  request_.seed = 2;
  crash_after(kStepsAnEpoch + 1);
  EXPECT_THAT(files(), ElementsAre(HasSubstr("m.attune.checkpoint-"))) << "nothing of the earlier training is left";
  request_.resume = true;
  interrupted_after(1);
  EXPECT_THAT(notes_, Contains(HasSubstr("after 4 steps")));
}

TEST_F(Resume, AFullDiskEndsNoTraining) {
  const auto expected = whole();
  request_.training.checkpoint_minutes = 1e-9;
  const auto limited = [&] {
    const FileSizeLimit limit(1000);
    return run();
  }();
  expect_same(limited, expected);
  EXPECT_FALSE(limited.training.checkpoint_step.has_value());
  EXPECT_THAT(files(), IsEmpty());
  const auto told = std::count_if(notes_.begin(), notes_.end(), [](const std::string& note) {
    return note.starts_with("warning: no checkpoint: ") &&
           note.find("File too large; the training goes on") != note.npos;
  });
  EXPECT_EQ(told, 1) << "once";
}

TEST_F(Resume, ADiskThatIsFullForAWhileIsTriedAgain) {
  request_.training.checkpoint_minutes = 1e-9;
  auto limit = std::make_unique<FileSizeLimit>(1000);
  callbacks_.training.on_step = [&, steps = 0](const TrainProgress&) mutable {
    if (++steps == 6) limit.reset();
    if (steps == 9) throw Crash();
  };
  EXPECT_THROW((void)run(), Crash);
  EXPECT_THAT(files(), ElementsAre("m.attune.checkpoint-a", "m.attune.checkpoint-b"));
}

}  // namespace
}  // namespace attune::testing
