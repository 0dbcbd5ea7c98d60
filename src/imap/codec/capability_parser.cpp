// SPDX-License-Identifier: Apache-2.0
// CAPABILITY, ENABLED and ID: what the server says of itself (RFC 9051 sections 7.2.1 and 7.2.2, RFC 2971).
#include "imap/codec/response_parsers.hpp"

namespace mailhaul::imap {

std::optional<Response> parse_capability(Lexer& in) {
    auto capabilities = read_capabilities(in);
    if (!capabilities) return std::nullopt;
    return CapabilityResponse{std::move(*capabilities)};
}

std::optional<Response> parse_enabled(Lexer& in) {
    auto capabilities = read_capabilities(in);
    if (!capabilities) return std::nullopt;
    return EnabledResponse{std::move(*capabilities)};
}

// id-response = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
std::optional<Response> parse_id(Lexer& in) {
    IdResponse response;
    if (in.accept_nil()) return response;
    if (!in.accept('(')) return in.fail("NIL or a list of fields");
    while (!in.accept(')') && !in.at_end()) {
        auto name = in.astring();
        if (!name) return in.fail("the name of a field");
        std::optional<std::string> value;
        if (!in.accept_nil()) {
            value = in.astring();
            if (!value) return in.fail("the value of a field");
        }
        response.fields.emplace_back(std::move(*name), std::move(value));
    }
    return response;
}

std::optional<CapabilitySet> read_capabilities(Lexer& in) {
    CapabilitySet capabilities;
    for (auto word = in.take_word(""); !word.empty(); word = in.take_word("")) {
        capabilities.insert(word);
        if (capabilities.size() > most_list_words)
            return in.fail("at most " + std::to_string(most_list_words) + " capabilities");
    }
    return capabilities;
}

}  // namespace mailhaul::imap
