// SPDX-License-Identifier: Apache-2.0
#include "checkpoint.hpp"

#include <ATen/ops/full.h>
#include <gmock/gmock.h>

#include <bit>
#include <functional>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/sha256.hpp"
#include "checkpoint_files.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Json kRun = {{"options", {{"seed", 3}}}};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Gives every field another value than the one before it.
class Filler : public StateVisitor {
 public:
  explicit Filler(int64_t start) : next_(start) {}
  void field(const char*, int64_t& value) override { value = ++next_; }
  void field(const char*, double& value) override { value = static_cast<double>(++next_) / 3; }
  void field(const char*, std::vector<EpochRecord>& value) override {
    value = {record(++next_, 0.1, {}), record(++next_, kInfinity, 1.0 / 3)};
  }
  void field(const char*, std::vector<Tensor>& value) override {
    value = {at::full({2, 3}, static_cast<double>(++next_) / 7, at::kFloat),
             at::full({}, static_cast<double>(++next_), at::kFloat), at::full({0, 4}, 1.0, at::kFloat)};
  }

 private:
  static EpochRecord record(int64_t epoch, double loss, std::optional<double> validation) {
    return {.epoch = epoch,
            .training_loss = loss,
            .validation_loss = validation,
            .validation_metric = validation,
            .metric = validation ? "accuracy" : "",
            .learning_rate = 1e-3 / 3,
            .rows_per_second = 7,
            .seconds = 0.1,
            .best = true};
  }
  int64_t next_;
};

/// Every field as text, bit for bit.
class Lister : public StateVisitor {
 public:
  void field(const char* name, int64_t& value) override { add(name, std::to_string(value)); }
  void field(const char* name, double& value) override { add(name, std::to_string(std::bit_cast<uint64_t>(value))); }
  void field(const char* name, std::vector<EpochRecord>& value) override {
    for (const auto& record : value) {
      add(name, to_json(record).dump() + std::to_string(std::bit_cast<uint64_t>(record.training_loss)));
    }
  }
  void field(const char* name, std::vector<Tensor>& value) override {
    for (const auto& tensor : value) {
      const std::string_view bytes(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
      add(name, Json(tensor.sizes().vec()).dump() + " " + sha256_hex(bytes));
    }
  }
  std::vector<std::string> lines;

 private:
  void add(const std::string& name, const std::string& value) { lines.push_back(name + " " + value); }
};

TrainingState filled(int64_t start) {
  TrainingState state;
  Filler filler(start);
  state.visit(filler);
  state.best_epoch = 1 + start % 2;  // of the two in its history
  return state;
}

std::vector<std::string> listed(TrainingState state) {
  Lister lister;
  state.visit(lister);
  return lister.lines;
}

std::filesystem::path written(const TemporaryFolder& folder, const TrainingState& state, int64_t sequence = 1) {
  auto path = folder.path() / "checkpoint";
  Checkpoint::write(path, sequence, kRun, state);
  return path;
}

TEST(Checkpoint, RefusesCountsThatCannotBe) {
  struct Case {
    const char* field;
    std::function<void(TrainingState&)> change;
  };
  for (const auto& [field, change] : std::vector<Case>{{"epoch", [](auto& s) { s.epoch = 0; }},
                                                       {"batch", [](auto& s) { s.batch = -1; }},
                                                       {"steps", [](auto& s) { s.steps = -7; }},
                                                       {"rows_done", [](auto& s) { s.rows_done = -1; }},
                                                       {"best_epoch", [](auto& s) { s.best_epoch = 3; }},
                                                       {"best_epoch", [](auto& s) { s.best_epoch = -1; }},
                                                       {"best", [](auto& s) { s.best_epoch = 0; }},
                                                       {"best", [](auto& s) { s.best.pop_back(); }},
                                                       {"best", [](auto& s) {
                                                          s.best[0] = at::full({3, 2}, 1.0, at::kFloat);
                                                        }}}) {
    const TemporaryFolder folder;
    auto state = filled(1);
    change(state);
    const auto path = written(folder, state);
    TrainingState restored;
    const auto message = message_of<ModelFileError>([&] { Checkpoint::open(path).restore(restored); });
    EXPECT_THAT(message, HasSubstr(path.string()));
    EXPECT_THAT(message, HasSubstr("\"" + std::string(field) + "\" does not fit the rest of the state"));
  }
}

TEST(Checkpoint, GivesBackEveryField) {
  const TemporaryFolder folder;
  const auto state = filled(1);
  ASSERT_NE(listed(state), listed(filled(100)));
  ASSERT_GE(listed(state).size(), 20U);
  const auto checkpoint = Checkpoint::open(written(folder, state, 41));
  EXPECT_EQ(checkpoint.sequence(), 41);
  EXPECT_EQ(checkpoint.run(), kRun);
  auto other = filled(100);
  const auto* shared = other.means[0].const_data_ptr();
  checkpoint.restore(other);
  EXPECT_EQ(listed(other), listed(state));
  EXPECT_EQ(other.means[0].const_data_ptr(), shared) << "the optimiser would not see it";
  TrainingState empty;
  checkpoint.restore(empty);
  EXPECT_EQ(listed(empty), listed(state));
}

TEST(Checkpoint, KeepsNumbersThatJsonHasNoWordsFor) {
  const TemporaryFolder folder;
  for (const double score : {kInfinity, -kInfinity, -0.0, std::numeric_limits<double>::min(), 1.0 / 3}) {
    auto state = filled(1);
    state.best_score = score;
    TrainingState other;
    Checkpoint::open(written(folder, state)).restore(other);
    EXPECT_EQ(std::bit_cast<uint64_t>(other.best_score), std::bit_cast<uint64_t>(score)) << score;
  }
}

TEST(Checkpoint, OfNoEpochHasNoBest) {
  const TemporaryFolder folder;
  auto state = filled(1);
  state.best.clear();
  state.best_epoch = 0;
  auto other = state;
  Checkpoint::open(written(folder, state)).restore(other);
  EXPECT_THAT(other.best, IsEmpty());
}

TEST(Checkpoint, AlteredAnywhereIsRefused) {
  const TemporaryFolder folder;
  const auto good = read_text_file(written(folder, filled(1)));
  const auto text = good.find("loss_sum");
  ASSERT_NE(text, std::string::npos);
  struct Case {
    std::string content, what;
  };
  auto in_metadata = good, in_tensors = good;
  in_metadata[text] = 'L';
  in_tensors.back() ^= 1;
  for (const auto& [content, what] :
       {Case{in_metadata, "not a checkpoint this attune can read: altered: the SHA-256 of its metadata"},
        Case{in_tensors, "altered: the SHA-256 of its tensors"}, Case{good.substr(0, good.size() - 1), "truncated"},
        Case{good.substr(0, text), "truncated"}, Case{"", "not a model file"}}) {
    const auto path = folder.write("altered", content);
    EXPECT_THAT(message_of<ModelFileError>([&] { (void)Checkpoint::open(path); }), HasSubstr(path.string() + ": "));
    EXPECT_THAT(message_of<ModelFileError>([&] { (void)Checkpoint::open(path); }), HasSubstr(what));
  }
}

TEST(Checkpoint, OfAnotherKindOrVersionIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "other";
  TensorContainer::write(path, {}, {});
  EXPECT_THAT(message_of<ModelFileError>([&] { (void)Checkpoint::open(path); }),
              HasSubstr("a safetensors file of another kind"));
  TensorContainer::write(path, {}, {{"attune.checkpoint", "2"}});
  EXPECT_THAT(message_of<OtherVersionError>([&] { (void)Checkpoint::open(path); }),
              HasSubstr("expected version 1, found \"2\""));
  TensorContainer::write(path, {}, {{"attune.checkpoint", "1"}});
  EXPECT_THAT(message_of<ModelFileError>([&] { (void)Checkpoint::open(path); }),
              HasSubstr("\"attune.metadata.sha256\" is missing"));
}

TEST(Checkpoint, OfAnotherNetworkIsRefused) {
  const TemporaryFolder folder;
  const auto checkpoint = Checkpoint::open(written(folder, filled(1)));
  auto fewer = filled(1), other = filled(1);
  fewer.parameters.pop_back();
  other.squares[0] = at::full({3, 2}, 1.0, at::kFloat);
  EXPECT_THAT(message_of<ModelFileError>([&] { checkpoint.restore(fewer); }),
              HasSubstr("\"parameters\" does not fit the network"));
  EXPECT_THAT(message_of<ModelFileError>([&] { checkpoint.restore(other); }),
              HasSubstr("\"squares.0\" does not fit the network"));
}

/// The files beside a model, and the epoch of the newest.
class CheckpointFilesTest : public ::testing::Test {
 protected:
  void write(int64_t epoch) {
    CheckpointFiles files(model_);
    auto state = filled(1);
    state.epoch = epoch;
    files.write(kRun, state);
  }
  int64_t newest_epoch() const {
    auto newest = CheckpointFiles(model_).take_newest();
    if (!newest) return 0;
    TrainingState state;
    newest->restore(state);
    return state.epoch;
  }
  void tear(const std::string& name) const { std::filesystem::resize_file(folder_.path() / name, 100); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& path : CheckpointFiles(model_).names()) names.push_back(std::filesystem::path(path).filename());
    return names;
  }

  TemporaryFolder folder_;
  std::filesystem::path model_ = folder_.path() / "m.attune";
};

TEST_F(CheckpointFilesTest, KeepTheLastTwo) {
  EXPECT_EQ(newest_epoch(), 0);
  for (int64_t epoch = 1; epoch <= 5; ++epoch) {
    write(epoch);
    EXPECT_EQ(newest_epoch(), epoch);
  }
  EXPECT_THAT(names(), ElementsAre("m.attune.checkpoint-a", "m.attune.checkpoint-b"));
  tear("m.attune.checkpoint-a");  // written first, third and fifth
  EXPECT_EQ(newest_epoch(), 4);
  EXPECT_THAT(CheckpointFiles(model_).faults(),
              ElementsAre(Field(&CheckpointFault::text, HasSubstr("checkpoint-a: "))));
  write(6);
  EXPECT_EQ(newest_epoch(), 6);
  EXPECT_THAT(CheckpointFiles(model_).faults(), IsEmpty()) << "the torn one is overwritten first";
  tear("m.attune.checkpoint-a");
  EXPECT_EQ(newest_epoch(), 4);
  tear("m.attune.checkpoint-b");
  EXPECT_EQ(newest_epoch(), 0);
  EXPECT_EQ(CheckpointFiles(model_).faults().size(), 2U);
}

TEST_F(CheckpointFilesTest, CanBeRemoved) {
  write(1);
  write(2);
  CheckpointFiles files(model_);
  files.remove_older();
  EXPECT_EQ(newest_epoch(), 2);
  EXPECT_THAT(names(), ElementsAre("m.attune.checkpoint-b"));
  CheckpointFiles::remove(model_);
  EXPECT_THAT(names(), IsEmpty());
  CheckpointFiles::remove(model_);
}

}  // namespace
}  // namespace attune::testing
