// SPDX-License-Identifier: Apache-2.0
#include "text/segmenter.hpp"

namespace attune {
namespace {

class WordSegmenter final : public Segmenter {
 public:
  explicit WordSegmenter(UnitForm form) : form_(form) {}

  [[nodiscard]] std::vector<Unit> segment(std::string_view cell) const override {
    const auto text = decode_utf8(cell);
    std::vector<Unit> units;
    for_each_segment(word_breaks(), text, [&](int32_t begin, int32_t end, Place place) {
      if (!is_blank(text, begin, end)) units.push_back({form_(text, begin, end), place});
    });
    return units;
  }

 private:
  UnitForm form_;
};

class CharacterSegmenter final : public Segmenter {
 public:
  explicit CharacterSegmenter(UnitForm form) : form_(form) {}

  [[nodiscard]] std::vector<Unit> segment(std::string_view cell) const override {
    const auto text = decode_utf8(cell);
    std::vector<Unit> units;
    for_each_character(text, [&](int32_t begin, int32_t end, Place place) {
      if (is_blank(text, begin, end)) return;
      if (!units.empty() && units.back().place.end < place.begin) {
        units.push_back({" ", {units.back().place.end, place.begin}});
      }
      units.push_back({form_(text, begin, end), place});
    });
    return units;
  }

 private:
  UnitForm form_;
};

}  // namespace

std::unique_ptr<const Segmenter> make_word_segmenter(UnitForm form) { return std::make_unique<WordSegmenter>(form); }

std::unique_ptr<const Segmenter> make_character_segmenter(UnitForm form) {
  return std::make_unique<CharacterSegmenter>(form);
}

}  // namespace attune
