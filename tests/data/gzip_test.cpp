// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "attune/core/error.hpp"
#include "compress.hpp"
#include "support/temporary_folder.hpp"
#include "table_matchers.hpp"

namespace attune::testing {
namespace {

const Cells kExpected{{"1", "x"}, {"2", "y"}};

TEST(GzipTable, ReadsEveryFormatByNameAndContent) {
  const TemporaryFolder folder;
  EXPECT_EQ(cells(*open_table(folder.write("t.csv.gz", gzip("a,b\n1,x\n2,y\n")))), kExpected);
  EXPECT_EQ(cells(*open_table(folder.write("t.tsv.gz", gzip("a\tb\n1\tx\n2\ty\n")))), kExpected);
  EXPECT_EQ(cells(*open_table(folder.write("t.jsonl.gz", gzip("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n")))),
            kExpected);
  EXPECT_EQ(cells(*open_table(folder.write("without_a_name", gzip("a\tb\n1\tx\n2\ty\n")))), kExpected);
}

TEST(GzipTable, ReadsSeveralMembersAndPadding) {
  const TemporaryFolder folder;
  const auto members = gzip("a,b\n1,") + gzip("") + gzip("x\n2,y\n");
  EXPECT_EQ(cells(*open_table(folder.write("t.csv.gz", members))), kExpected);
  EXPECT_EQ(cells(*open_table(folder.write("p.csv.gz", members + std::string(512, '\0')))), kExpected);
}

TEST(GzipTable, ReadsMoreThanOnePieceOfOutput) {
  std::string content = "a,b\n";
  for (int i = 0; i < 100000; ++i) content += std::to_string(i) + ",x\n";
  const TemporaryFolder folder;
  const auto table = open_table(folder.write("t.csv.gz", gzip(content)));
  ASSERT_EQ(table->rows(), 100000);
  Row row;
  table->read(99999, row);
  EXPECT_EQ(row[0], "99999");
}

TEST(GzipTable, NamesWhatIsWrongWithTheData) {
  const TemporaryFolder folder;
  const auto whole = gzip("a,b\n1,x\n2,y\n");
  const auto message = [&](const std::string& bytes) {
    const auto path = folder.write("t.csv.gz", bytes);
    auto text = message_of<InputError>([&] { (void)open_table(path); });
    EXPECT_TRUE(text.starts_with(path.string() + ": ")) << text;
    return text.substr(path.string().size() + 2);
  };
  for (const auto cut : {size_t{3}, size_t{12}, whole.size() - 9, whole.size() - 1}) {
    EXPECT_EQ(message(whole.substr(0, cut)), "the gzip data is truncated; fetch or write the file again") << cut;
  }
  auto altered = whole;
  altered[altered.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(message(altered), "the gzip data is corrupt (incorrect data check); fetch or write the file again");
  EXPECT_EQ(message(whole + "tail"),
            "the gzip data is corrupt (4 bytes after its end that are not gzip); fetch or write the file again");
}

}  // namespace
}  // namespace attune::testing
