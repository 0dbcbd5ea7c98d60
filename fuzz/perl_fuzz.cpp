// SPDX-License-Identifier: Apache-2.0
// Any octets as an operator of Perl's, and any octets as its subject: a line of operator, then the subject. What is taken ends
// within its limits and gives the same twice.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "perl/operators.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mailhaul::perl;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos || input.size() > 4096) return 0;
    const std::string_view text = input.substr(0, end);
    const std::string subject(input.substr(end + 1));
    const Variables variables{{"h1_sep", "/"}, {"user1", "a.b"}};
    if (const auto substitution = Substitution::parse("--x", text, variables); substitution.ok()) {
        const auto made = substitution.value().apply(subject);
        const auto again = substitution.value().apply(subject);
        require(made.ok() == again.ok());
        if (made.ok()) require(made.value() == again.value() && made.value().size() <= longest_result + subject.size());
    }
    if (const auto match = Match::parse("--x", text, variables); match.ok()) static_cast<void>(match.value().matches(subject));
    return 0;
}
