// SPDX-License-Identifier: Apache-2.0
#include "linear_parts.hpp"

#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two outputs of classes about one of numbers.
struct Parts {
  bool fit(const TimeLimit& limit) {
    return fit_linear_parts(model, training, validation, limit,
                            {*executor, [this] { return stops; }, [this](const auto& note) { notes.push_back(note); }});
  }
  std::shared_ptr<const Table> table = mixed_table(60);
  Model model = fresh_model(*table, mixed_schema({"grade", "price", "city"}));
  LabelledRows training = labelled(model, table), validation = labelled(model, mixed_table(40, "validation.csv"));
  std::unique_ptr<Executor> executor = make_executor(2);
  bool stops = false;
  std::vector<std::string> notes;
};

const TimeLimit kUp(1, TimeLimit::Clock::now() - std::chrono::hours(1));

TEST(LinearParts, AreFittedInTime) {
  for (const auto& limit : {TimeLimit(), TimeLimit(1000, TimeLimit::Clock::now())}) {
    Parts parts;
    EXPECT_EQ(linear_seconds(parts.model, parts.validation, *parts.executor), 0);
    EXPECT_TRUE(parts.fit(limit));
    EXPECT_NE(parts.model.linear(0), nullptr);
    EXPECT_EQ(parts.model.linear(1), nullptr) << "numbers have none";
    EXPECT_NE(parts.model.linear(2), nullptr);
    EXPECT_THAT(parts.notes, IsEmpty());
    EXPECT_GT(linear_seconds(parts.model, parts.validation, *parts.executor), 0);
    EXPECT_EQ(linear_seconds(parts.model, no_rows(parts.model, parts.table), *parts.executor), 0);
  }
}

TEST(LinearParts, AreLeftOutWhenTheTimeIsUp) {
  Parts parts;
  EXPECT_FALSE(parts.fit(kUp));
  for (const size_t output : {0U, 2U}) EXPECT_EQ(parts.model.linear(output), nullptr);
  EXPECT_THAT(parts.notes,
              ElementsAre("time limit: output \"grade\" goes without its linear part, which has half of the time; "
                          "allow more with --time-limit, or leave it out with --no-linear",
                          HasSubstr("output \"city\"")));
}

TEST(LinearParts, AreGivenUpAtAnInterruptWhateverTheTime) {
  for (const auto& limit : {TimeLimit(), kUp}) {
    Parts parts;
    parts.stops = true;
    EXPECT_THROW((void)parts.fit(limit), StoppedError);
    EXPECT_THAT(parts.notes, IsEmpty());
  }
}

/// A table that turns a switch when a row is read.
class TellingTable final : public Table {
 public:
  TellingTable(std::shared_ptr<const Table> table, bool& told) : table_(std::move(table)), told_(told) {
    names_ = table_->names();
  }
  [[nodiscard]] int64_t rows() const override { return table_->rows(); }
  void read(int64_t row, Row& out) const override {
    EXPECT_FALSE(told_) << "another row was read";
    told_ = true;
    table_->read(row, out);
  }
  [[nodiscard]] std::string where(int64_t row) const override { return table_->where(row); }
  [[nodiscard]] std::string name() const override { return table_->name(); }

 private:
  std::shared_ptr<const Table> table_;
  bool& told_;
};

TEST(LinearParts, AreGivenUpBetweenRows) {
  Parts parts;
  parts.executor = make_executor(1);
  parts.training.table = std::make_shared<TellingTable>(parts.table, parts.stops);
  EXPECT_THROW((void)parts.fit({}), StoppedError);
}

}  // namespace
}  // namespace attune::testing
