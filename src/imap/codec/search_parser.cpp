// SPDX-License-Identifier: Apache-2.0
// SEARCH, ESEARCH and VANISHED: answers that are sets of numbers (RFC 9051 section 7.3.4, RFC 3501 section 7.2.5,
// RFC 7162 section 3.2.10).
#include <limits>

#include "imap/codec/number_set.hpp"
#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

// search-correlator = SP "(" "TAG" SP tag-string ")"
bool read_correlator(Lexer& in, ESearchResponse& response) {
    if (!in.accept('(')) return true;
    if (!in.accept_word("TAG")) return false;
    auto tag = in.astring();
    if (!tag) return false;
    response.tag = std::move(*tag);
    return in.accept(')');
}

bool read_all(Lexer& in, ESearchResponse& response) {
    const std::string_view set = in.take_word();
    if (set.empty() || equal_ignoring_case(set, "NIL")) return true;
    auto numbers = uid_set_from(set);
    if (numbers) response.all = std::move(*numbers);
    return numbers.has_value();
}

// search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number / ...
bool read_return_data(Lexer& in, ESearchResponse& response) {
    const std::string_view name = in.take_word();
    const auto is = [&](std::string_view item) { return equal_ignoring_case(name, item); };
    if (is("ALL")) return read_all(in, response);
    if (is("MIN")) return (response.min = in.number32()).has_value();
    if (is("MAX")) return (response.max = in.number32()).has_value();
    if (is("COUNT")) return (response.count = in.number32()).has_value();
    if (is("MODSEQ")) {
        response.mod_seq = read_mod_seq(in);
        return true;
    }
    return !name.empty() && (in.at_end() || in.skip_value());
}

}  // namespace

// mailbox-data =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]
std::optional<Response> parse_search(Lexer& in) {
    SearchResponse response;
    for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
        if (in.accept('(')) {
            if (!in.accept_word("MODSEQ")) return in.fail("MODSEQ");
            response.mod_seq = read_mod_seq(in);
            if (!in.accept(')')) return in.fail("`)`");
            continue;
        }
        const auto number = in.number();
        if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return in.fail("a number of at most 32 bits");
        if (*number > 0) response.numbers.push_back(static_cast<std::uint32_t>(*number));
    }
    return response;
}

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
std::optional<Response> parse_esearch(Lexer& in) {
    ESearchResponse response;
    if (!read_correlator(in, response)) return in.fail("(TAG \"...\")");
    response.uid = in.accept_word("UID");
    for (in.skip_blanks(); !in.at_end(); in.skip_blanks())
        if (!read_return_data(in, response)) return in.fail("search data such as ALL, MIN, MAX or COUNT and its value");
    return response;
}

// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
std::optional<Response> parse_vanished(Lexer& in) {
    VanishedResponse response;
    if (in.accept('(')) {
        response.earlier = in.accept_word("EARLIER");
        if (!in.accept(')')) return in.fail("(EARLIER)");
    }
    const std::string_view set = in.take_word();
    if (set.empty()) return response;
    auto uids = uid_set_from(set);
    if (!uids) return in.fail("a set of UIDs");
    response.uids = std::move(*uids);
    return response;
}

}  // namespace mailhaul::imap
