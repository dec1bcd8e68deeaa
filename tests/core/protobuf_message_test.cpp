// SPDX-License-Identifier: Apache-2.0
#include "protobuf_message.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace attune {
namespace {

using namespace std::string_literals;

/// The examples of protobuf.dev/programming-guides/encoding: {a: 150}, {b: "testing"}, {c: {a: 150}}.
TEST(ProtobufMessage, IsThatOfItsSpecification) {
  EXPECT_EQ(ProtobufMessage().integer(1, 150).text(), "\x08\x96\x01");
  EXPECT_EQ(ProtobufMessage().bytes(2, "testing").text(), "\x12\x07testing");
  EXPECT_EQ(ProtobufMessage().message(3, ProtobufMessage().integer(1, 150)).text(), "\x1a\x03\x08\x96\x01");
}

/// As protobuf 6.31.1 of Python writes them.
TEST(ProtobufMessage, WritesEveryKindOfField) {
  EXPECT_EQ(ProtobufMessage().real(1, 1.5).text(), "\x09\0\0\0\0\0\0\xf8\x3f"s);
  EXPECT_EQ(ProtobufMessage().single(2, -0.25F).text(), "\x15\0\0\x80\xbe"s);
  EXPECT_EQ(ProtobufMessage().integer(2, 0).text(), "\x10\0"s);
  EXPECT_EQ(ProtobufMessage().integer(2, 127).text(), "\x10\x7f");
  EXPECT_EQ(ProtobufMessage().integer(2, 128).text(), "\x10\x80\x01");
  EXPECT_EQ(ProtobufMessage().integer(2, std::numeric_limits<int64_t>::max()).text(),
            "\x10\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  EXPECT_EQ(ProtobufMessage().bytes(1, "").text(), "\x0a\0"s);
  EXPECT_EQ(ProtobufMessage().bytes(1, std::string(200, 'x')).text(), "\x0a\xc8\x01" + std::string(200, 'x'));
  EXPECT_EQ(ProtobufMessage().integer(16, 1).text(), "\x80\x01\x01") << "a key of two bytes";
}

TEST(ProtobufMessage, KeepsTheOrderOfItsFields) {
  EXPECT_EQ(ProtobufMessage().integer(2, 1).bytes(1, "a").text(), "\x10\x01\x0a\x01\x61");
}

}  // namespace
}  // namespace attune
