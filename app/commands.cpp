// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune::app {
namespace {

constexpr const char* kDescription =
    "Attune learns where to look: it trains attention models on tables and uses them.\n\n"
    "  attune train reviews.csv --output label -o reviews.attune\n"
    "  attune evaluate reviews.attune more-reviews.csv\n"
    "  attune predict reviews.attune \"a text\"";

std::vector<std::string> verbs(const CLI::App& program) {
  std::vector<std::string> names;
  for (const auto* command : program.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> flags(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_fnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void missing_verb(const std::vector<std::string>& known) {
  throw UsageError("a verb is missing" + suggestion("", known) + "; attune --help says what each does");
}

/// The verb comes first and must be known; CLI11 alone would only say that something was not expected.
void check_verb(const CLI::App& program, int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.starts_with("-")) return;
  const auto known = verbs(program);
  if (first.empty()) missing_verb(known);
  if (std::find(known.begin(), known.end(), first) == known.end()) {
    throw UsageError("unknown verb \"" + first + "\"" + suggestion(first, known) +
                     "; attune --help says what each does");
  }
}

bool is_switch(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

/// --no-header=false would be --no-header, and --abstain=0.9 the same as --abstain.
void refuse_values_of_switches(CLI::App& program) {
  for (auto* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    for (auto* option : command->get_options([](const CLI::Option*) { return true; })) {
      if (is_switch(*option)) option->disable_flag_override();
    }
  }
}

/// What people give to switches of other programs.
bool looks_like_value(const std::string& text) {
  static const std::regex pattern("[-+]?[0-9]*[.,]?[0-9]+%?|true|false|yes|no|on|off");
  return std::regex_match(text, pattern);
}

/// A value behind a switch is taken for an argument, so that another one, or this, is too many.
void explain_switch_value(const CLI::App& command, const std::vector<std::string>& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const auto* option = command.get_option_no_throw(words[i]);
    if (option == nullptr || !is_switch(*option) || !looks_like_value(words[i + 1])) continue;
    throw UsageError(words[i] + ": is a switch and takes no value, found \"" + words[i + 1] +
                     "\" behind it (it means: " + option->get_description() + "); leave the value out");
  }
}

std::string verb_of(const CLI::App& program) { return program.get_subcommands().front()->get_name(); }

/// CLI11 says it in words of its own.
std::string in_words(const CLI::ArgumentMismatch& error) {
  std::string said = error.what();
  for (const auto& [theirs, ours] :
       {std::pair{"1 required (.*) missing$", "a value ($1) is missing"},
        std::pair{"At Most 1 required but received (.*)$", "given $1 times; give it once"},
        std::pair{"^(.*) was given a disallowed flag override$", "--$1: is a switch and takes no value"}}) {
    said = std::regex_replace(said, std::regex(theirs), ours);
  }
  return said;
}

std::string hint(const CLI::App& program) {
  const auto called = program.get_subcommands();
  return "; attune " + (called.empty() ? "" : called.front()->get_name() + " ") + "--help says what it takes";
}

[[noreturn]] void explain_extras(const CLI::App& program, int argc, char** argv) {
  const auto called = program.get_subcommands();
  const auto& command = called.empty() ? program : *called.front();
  const auto extras = command.remaining().empty() ? program.remaining() : command.remaining();
  const auto& extra = extras.empty() ? std::string() : extras.front();
  const auto name = extra.substr(0, extra.find('='));
  if (name.starts_with("-")) {
    const auto near = nearest_name(name, flags(command));
    throw UsageError("unknown flag " + name + (near.empty() ? "" : " (did you mean " + near + "?)") + "; attune " +
                     command.get_name() + " --help lists them");
  }
  explain_switch_value(command, {argv + 1, argv + argc});
  throw UsageError("unexpected argument \"" + extra + "\"; attune " + command.get_name() +
                   " --help says what it takes");
}

}  // namespace

Action parse_command_line(int argc, char** argv) {
  CLI::App program(kDescription, "attune");
  program.set_version_flag("--version", "attune " ATTUNE_VERSION);
  program.require_subcommand(1);
  program.get_formatter()->column_width(36);
  Action action;
  add_train(program, action);
  add_evaluate(program, action);
  add_predict(program, action);
  add_explain(program, action);
  add_report(program, action);
  add_info(program, action);
  add_allocate(program, action);
  refuse_values_of_switches(program);
  check_verb(program, argc, argv);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // help or version
    program.exit(asked, std::cout, std::cerr);
    return [] { return kDone; };
  } catch (const CLI::ExtrasError&) {
    explain_extras(program, argc, argv);
  } catch (const CLI::RequiredError& error) {
    if (program.get_subcommands().empty()) missing_verb(verbs(program));
    throw UsageError(verb_of(program) + ": " + error.what() + hint(program));
  } catch (const CLI::ArgumentMismatch& error) {
    throw UsageError(in_words(error) + hint(program));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what() + hint(program));
  }
  return action;
}

}  // namespace attune::app
