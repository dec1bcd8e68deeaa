// SPDX-License-Identifier: Apache-2.0
#include "page.hpp"

#include <openssl/evp.h>

#include <array>

#include "assets.hpp"
#include "escape.hpp"

namespace attune::report {
namespace {

/// As a content security policy names a script or style: 'sha256-..' in base64.
std::string source_hash(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::array<unsigned char, 2UL * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return "'sha256-" + std::string(text.begin(), text.begin() + length) + "'";
}

std::string head(const std::string& title, const std::string& style, const std::string& script,
                 std::string_view generator) {
  return "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
         "style-src " +
         source_hash(style) + "; script-src " + source_hash(script) +
         "; base-uri 'none'; form-action 'none'\">\n"
         "<meta name=\"generator\" content=\"" +
         markup(generator) +
         "\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n" +
         element("title", "", title) + "\n<style>" + style + "</style>\n";
}

}  // namespace

std::string page(const std::string& title, const std::string& body, std::string_view further_script,
                 const std::string& data, std::string_view generator) {
  const auto style = std::string(kThemeStyle) + std::string(kChartStyle) + std::string(kPageStyle);
  const auto script = std::string(kPageScript) + std::string(further_script);
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" + head(title, style, script, generator) +
                     "</head>\n<body>\n" + body;
  if (!data.empty()) text += "<script type=\"application/json\" id=\"data\">" + data + "</script>\n";
  return text + "<script>" + script + "</script>\n</body>\n</html>\n";
}

std::string page_head(const std::string& title, const std::vector<std::string>& lead) {
  return "<header><div class=\"top-line\">" + element("h1", "", title) +
         "<button type=\"button\" class=\"theme\" hidden></button></div>\n" + sentences(lead, "lead") + "</header>\n";
}

std::string element(const std::string& name, const std::string& style, std::string_view text) {
  return "<" + name + (style.empty() ? "" : " class=\"" + style + "\"") + ">" + markup(text) + "</" + name + ">";
}

std::string heading(std::string_view text) { return element("h2", "", text) + "\n"; }

std::string sentences(const std::vector<std::string>& texts, const std::string& style) {
  std::string body;
  for (const auto& text : texts) body += element("p", style, text) + "\n";
  return body;
}

std::string bullets(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string body = "<ul class=\"notes\">";
  for (const auto& text : texts) body += element("li", "", text);
  return body + "</ul>\n";
}

std::string figures(std::span<const Figure> figures, const std::string& caption) {
  if (figures.empty()) return "";
  auto body = "<table class=\"figures\">" + element("caption", "", caption) +
              "<thead><tr><th scope=\"col\">figure</th><th scope=\"col\" class=\"number\">value</th>"
              "<th scope=\"col\">what it says</th></tr></thead><tbody>\n";
  for (const auto& figure : figures) {
    body += "<tr><th scope=\"row\">" + markup(figure.name) + "</th>" + element("td", "number", figure.value) +
            element("td", "meaning", figure.meaning) + "</tr>\n";
  }
  return body + "</tbody></table>\n";
}

std::string scrolled(std::string_view label) {
  return "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"" + markup(label) + "\">";
}

std::string picture(const Drawing& drawing, const std::string& id) {
  return "<figure class=\"wide\">" + inlined(drawing, id) + "</figure>\n";
}

std::string diagram(const Drawing& drawing, const std::string& id) {
  return "<figure class=\"wide diagram\" tabindex=\"0\">" + inlined(drawing, id) + "</figure>\n";
}

}  // namespace attune::report
