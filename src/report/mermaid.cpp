// SPDX-License-Identifier: Apache-2.0
#include <unicode/utf8.h>

#include "attune/core/invisible.hpp"
#include "attune/report/flow.hpp"

namespace attune::report {
namespace {

/// What a quoted label may hold as it is; the rest stands as an entity code: Mermaid's own (#35;), so that nothing is
/// read as markup, Markdown, or the end of the label.
bool is_plain(UChar32 character) {
  if (character >= 0x80) return true;
  constexpr std::string_view kPlain = " .,:+-_()[]/=·'";
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || kPlain.find(static_cast<char>(character)) != std::string_view::npos;
}

std::string label(std::string_view raw) {
  const auto text = with_escapes(raw);
  std::string escaped;
  for (size_t at = 0; at < text.size();) {
    const auto begin = at;
    UChar32 character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    if (character < 0) {
      escaped += "\uFFFD";
    } else if (is_plain(character)) {
      escaped += text.substr(begin, at - begin);
    } else {
      escaped += "#" + std::to_string(character) + ";";
    }
  }
  return escaped;
}

std::string lines_of(const FlowNode& node) {
  std::string text;
  for (const auto& line : node.lines) text += (text.empty() ? "" : "<br/>") + label(line);
  return text;
}

std::string shape(const FlowNode& node) {
  const auto quoted = "\"" + lines_of(node) + "\"";
  switch (node.kind) {
    case FlowKind::kInput:
      return "[/" + quoted + "/]";
    case FlowKind::kAttention:
      return "{{" + quoted + "}}";
    case FlowKind::kResult:
      return "([" + quoted + "])";
    case FlowKind::kStep:
      break;
  }
  return "[" + quoted + "]";
}

std::string id(size_t node) { return "n" + std::to_string(node); }

}  // namespace

std::string mermaid(const Flow& flow) {
  // A title in front matter would be YAML with rules of its own; this is the accessible title, which ends with its
  // line.
  auto text = "flowchart TD\n  accTitle: " + label(flow.title) + "\n";
  for (size_t i = 0; i < flow.nodes.size(); ++i) text += "  " + id(i) + shape(flow.nodes[i]) + "\n";
  for (const auto& edge : flow.edges) {
    text += "  " + id(edge.from) + (edge.label.empty() ? " --> " : " -->|\"" + label(edge.label) + "\"| ") +
            id(edge.to) + "\n";
  }
  return text;
}

}  // namespace attune::report
