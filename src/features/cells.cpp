// SPDX-License-Identifier: Apache-2.0
#include "cells.hpp"

namespace attune {
namespace {

constexpr size_t kLongestQuote = 40;
constexpr std::string_view kBlanks = " \t\n\v\f\r";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

InputError cell_error(const Table& table, int64_t row, int column, std::string_view what) {
  const auto& name = table.names()[static_cast<size_t>(column)];
  return InputError(table.where(row) + ", column \"" + name + "\": " + std::string(what));
}

std::string in_quotes(std::string_view cell) {
  size_t characters = 0;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (!continues_character(cell[i]) && characters++ == kLongestQuote) {
      return "\"" + std::string(cell.substr(0, i)) + "...\"";
    }
  }
  return "\"" + std::string(cell) + "\"";
}

std::string_view without_blanks(std::string_view cell) {
  const auto begin = cell.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return cell.substr(begin, cell.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace attune
