// SPDX-License-Identifier: Apache-2.0
#include "attune/core/tensor_container.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "attune/core/error.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// One tensor of every type, odd sizes first, a scalar and an empty one.
struct Sample {
  std::string bytes = bytes_of<uint8_t>({1, 2, 3});
  std::string floats = bytes_of<float>({0.5F, -1, 1e30F});
  std::string doubles = bytes_of<double>({3.25});
  std::string longs = bytes_of<int64_t>({-1, 1LL << 60});
  std::string ints = bytes_of<int32_t>({7, -7, 0, 1});
  std::vector<TensorView> tensors = {
      {"z.bytes", ElementType::kUInt8, {3}, bytes},      {"floats", ElementType::kFloat32, {1, 3}, floats},
      {"scalar", ElementType::kFloat64, {}, doubles},    {"longs \"quoted\" \n", ElementType::kInt64, {2}, longs},
      {"nothing", ElementType::kFloat32, {4, 0, 2}, ""}, {"a.ints", ElementType::kInt32, {2, 2}, ints}};
  std::map<std::string, std::string> metadata = {{"schema", R"({"inputs": ["Größe"]})"}, {"empty", ""}};
};

std::string message_of_opening(const std::filesystem::path& path) {
  try {
    (void)TensorContainer::open(path);
  } catch (const ModelFileError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TensorContainer, RoundTrip) {
  const TemporaryFolder folder;
  const Sample sample;
  const auto path = folder.path() / "model.attune";
  TensorContainer::write(path, sample.tensors, sample.metadata);
  const auto opened = TensorContainer::open(path);
  const TensorContainer moved = TensorContainer::open(path);
  ASSERT_EQ(moved.tensors().size(), sample.tensors.size());
  for (size_t i = 0; i < sample.tensors.size(); ++i) {
    const auto& expected = sample.tensors[i];
    const auto& found = moved.tensors()[i];
    EXPECT_EQ(found.name, expected.name);
    EXPECT_EQ(found.type, expected.type);
    EXPECT_EQ(found.shape, expected.shape);
    EXPECT_EQ(found.bytes, expected.bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(found.bytes.data()) % element_size(found.type), 0U) << found.name;
  }
  EXPECT_EQ(moved.tensor("scalar").bytes, sample.doubles);
  EXPECT_EQ(moved.metadata().at("schema"), sample.metadata.at("schema"));
  EXPECT_EQ(moved.metadata().at("empty"), "");
  EXPECT_EQ(moved.metadata().at("attune.sha256").size(), 64U);
  EXPECT_EQ(moved.path(), path);
}

TEST(TensorContainer, WritesTheSameBytesTwice) {
  const TemporaryFolder folder;
  const Sample sample;
  TensorContainer::write(folder.path() / "a", sample.tensors, sample.metadata);
  TensorContainer::write(folder.path() / "b", sample.tensors, sample.metadata);
  EXPECT_EQ(read_text_file(folder.path() / "a"), read_text_file(folder.path() / "b"));
}

TEST(TensorContainer, WithoutTensors) {
  const TemporaryFolder folder;
  TensorContainer::write(folder.path() / "x", {}, {});
  EXPECT_TRUE(TensorContainer::open(folder.path() / "x").tensors().empty());
}

TEST(TensorContainer, RefusesEveryTruncationAndExtension) {
  const TemporaryFolder folder;
  const Sample sample;
  TensorContainer::write(folder.path() / "whole", sample.tensors, sample.metadata);
  const auto whole = read_text_file(folder.path() / "whole");
  ASSERT_GT(whole.size(), 100U);
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto message = message_of_opening(folder.write("cut", whole.substr(0, size)));
    ASSERT_THAT(message, HasSubstr((folder.path() / "cut").string())) << size << ": " << message;
  }
  EXPECT_THAT(message_of_opening(folder.write("long", whole + "x")), HasSubstr("1 bytes after the last tensor"));
}

// A changed header may still be a valid one (another name, another metadata text); the tensors' bytes may not change.
TEST(TensorContainer, AlteredBytesAreRefusedOrHarmless) {
  const TemporaryFolder folder;
  const Sample sample;
  TensorContainer::write(folder.path() / "whole", sample.tensors, sample.metadata);
  const auto whole = read_text_file(folder.path() / "whole");
  size_t data_size = 0;
  for (const auto& tensor : sample.tensors) data_size += tensor.bytes.size();
  for (size_t i = 0; i < whole.size(); ++i) {
    constexpr std::string_view kFlips = "\x01\x20\xff";
    auto altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ kFlips[i % kFlips.size()]);
    const auto message = message_of_opening(folder.write("altered", altered));
    if (i + data_size >= whole.size()) {
      ASSERT_THAT(message, HasSubstr("altered: the SHA-256")) << i;
    }
  }
}

TEST(TensorContainer, NamesTheMissingTensor) {
  const TemporaryFolder folder;
  const Sample sample;
  TensorContainer::write(folder.path() / "x", sample.tensors, {});
  const auto container = TensorContainer::open(folder.path() / "x");
  try {
    (void)container.tensor("float");
    FAIL() << "found";
  } catch (const ModelFileError& error) {
    EXPECT_EQ(error.what(), (folder.path() / "x").string() + ": has no tensor \"float\"; the nearest is \"floats\"");
  }
}

TEST(TensorContainer, RefusesToWriteNonsense) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x";
  const std::string four(4, '\0');
  const TensorView good{"a", ElementType::kFloat32, {1}, four};
  EXPECT_THROW(TensorContainer::write(path, {good, good}, {}), UsageError);
  EXPECT_THROW(TensorContainer::write(path, {{"__metadata__", ElementType::kFloat32, {1}, four}}, {}), UsageError);
  EXPECT_THROW(TensorContainer::write(path, {{"a", ElementType::kFloat32, {2}, four}}, {}), ShapeError);
  EXPECT_THROW(TensorContainer::write(path, {{"a", ElementType::kFloat32, {-1}, four}}, {}), ShapeError);
  EXPECT_THROW(TensorContainer::write(path, {{"a\xff", ElementType::kFloat32, {1}, four}}, {}), UsageError);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THROW(TensorContainer::write(folder.path() / "no" / "x", {good}, {}), IoError);
}

TEST(TensorContainer, AMissingFileIsAnInputError) {
  EXPECT_THROW((void)TensorContainer::open("/no/such/model"), InputError);
}

}  // namespace
}  // namespace attune
