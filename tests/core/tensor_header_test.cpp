// SPDX-License-Identifier: Apache-2.0
//
// Files made by hand, each wrong in one way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attune/core/error.hpp"
#include "attune/core/tensor_container.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::string little_endian(uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string file_of(const std::string& header, size_t data_size) {
  return little_endian(header.size()) + header + std::string(data_size, 'x');
}

std::string message_of(const std::string& content) {
  const TemporaryFolder folder;
  const auto path = folder.write("model.attune", content);
  try {
    (void)TensorContainer::open(path);
  } catch (const ModelFileError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TensorHeader, AcceptsWhatOthersWrite) {
  EXPECT_EQ(message_of(file_of("{}", 0)), "accepted");
  EXPECT_EQ(message_of(file_of("{}      ", 0)), "accepted") << "padded";
  EXPECT_EQ(message_of(file_of(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", 3)), "accepted");
  EXPECT_EQ(message_of(file_of(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},)"
                               R"("a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                               3)),
            "accepted")
      << "any order of names";
  EXPECT_EQ(message_of(file_of(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},)"
                               R"("b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                               2)),
            "accepted")
      << "empty at the end";
}

struct Refusal {
  std::string header;
  size_t data_size;
  std::string message;
};

class TensorHeaderRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(TensorHeaderRefuses, WithTheReason) {
  EXPECT_THAT(message_of(file_of(GetParam().header, GetParam().data_size)), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, TensorHeaderRefuses,
    ::testing::Values(
        Refusal{"", 0, "not valid JSON"}, Refusal{R"({"a":1e999})", 0, "not valid JSON"},
        Refusal{"{", 0, "not valid JSON"}, Refusal{"{} x", 0, "not valid JSON"},
        Refusal{"{\"a\xff\":1}", 0, "not valid JSON"}, Refusal{"[]", 0, "not a JSON object"},
        Refusal{"{}", 5, "5 bytes after the last tensor belong to none"},
        Refusal{R"({"a":[[[[[]]]]]})", 0, "nested too deeply"},
        Refusal{std::string(100'000, '['), 0, "nested too deeply"},
        Refusal{R"({"__metadata__":[]})", 0, "metadata is not a JSON object"},
        Refusal{R"({"__metadata__":{"x":1}})", 0, R"(metadata "x" is not a text)"},
        Refusal{R"({"a":1})", 0, R"(tensor "a": expected dtype, shape and data_offsets)"},
        Refusal{R"({"a":{"dtype":"U8","shape":[0]}})", 0, "expected dtype, shape and data_offsets"},
        Refusal{R"({"a":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]}})", 0,
                R"(element type "BF16" is not one of)"},
        Refusal{R"({"a":{"dtype":"U8","shape":3,"data_offsets":[0,3]}})", 3, "shape is not a list"},
        Refusal{R"({"a":{"dtype":"U8","shape":[-3],"data_offsets":[0,3]}})", 3, "shape has an entry"},
        Refusal{R"({"a":{"dtype":"U8","shape":[3.0],"data_offsets":[0,3]}})", 3, "shape has an entry"},
        Refusal{R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,3]}})", 3, "shape has an entry"},
        Refusal{R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[3,0]}})", 3, "are not [begin, end]"},
        Refusal{R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0]}})", 3, "are not [begin, end]"},
        Refusal{R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[-1,2]}})", 3, "data_offsets has an entry"},
        Refusal{R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 3,
                "truncated: tensor \"a\" ends at byte 4"},
        Refusal{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}})", 3,
                "truncated: tensor \"a\" ends at byte 9223372036854775807"},
        Refusal{R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,3]}})", 3, "needs 4 bytes, its offsets span 3"},
        Refusal{R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
                "larger than any file"},
        Refusal{R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})", 0,
                "larger than any file"},
        Refusal{R"({"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", 0,
                "larger than any file"},
        Refusal{
            R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
            3, R"(tensor "b": its bytes overlap)"},
        Refusal{
            R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
            2, "overlap"},
        Refusal{
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
            3, R"(tensor "b": bytes that belong to no tensor lie before it)"},
        Refusal{
            R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
            2, "overlap"},
        Refusal{
            R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
            0, R"(two tensors are called "a")"}));

TEST(TensorHeader, RefusesAbsurdLengths) {
  EXPECT_THAT(message_of(""), HasSubstr("expected at least 8 bytes, found 0"));
  EXPECT_THAT(message_of("1234567"), HasSubstr("expected at least 8 bytes, found 7"));
  EXPECT_THAT(message_of(little_endian(3) + "{}"), HasSubstr("truncated: the header needs 3 bytes, the file has 2"));
  EXPECT_THAT(message_of(little_endian(100'000'001) + "{}"), HasSubstr("would be 100000001 bytes long"));
  EXPECT_THAT(message_of(std::string(8, '\xff') + "{}"), HasSubstr("would be 18446744073709551615 bytes long"));
  EXPECT_THAT(message_of("a csv file, not a model\n1,2,3\n"), HasSubstr("not a model file"));
}

}  // namespace
}  // namespace attune
