// SPDX-License-Identifier: Apache-2.0
// Any octets as a header: fields lie inside them, the identity is the same in one piece or normalised before, and what is
// shown is valid UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "message/charset.hpp"
#include "message/fingerprint.hpp"

namespace {

using namespace mailhaul::message;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_fields(std::string_view header) {
    const char* const end = header.data() + header_length(header);
    for (const HeaderField& field : scan_header(header)) {
        require(!field.name.empty() && field.name.data() >= header.data() && field.value.data() + field.value.size() <= end);
        const std::string line = normalize_field(field.name, field.value);
        require(normalize_field(field.name, std::string_view(line).substr(field.name.size() + 2)) == line);
    }
}

void check_identity(std::string_view header) {
    const HeaderIdentity identity = identity_of_header(header, {});
    require(identity.fingerprint == identity_of_fields(header, {}).fingerprint);
    require(identity.message_id == identity_of_fields(header.substr(0, header_length(header)), {}).message_id);
    require(imapsync_key(header, {}).size() == 22);
}

void check_digest(std::string_view octets) {
    BodyDigest whole;
    whole.update(octets);
    BodyDigest halves;
    halves.update(octets.substr(0, octets.size() / 2));
    halves.update(octets.substr(octets.size() / 2));
    require(whole.finish() == halves.finish());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header(reinterpret_cast<const char*>(data), size);
    check_fields(header);
    check_identity(header);
    check_digest(header);
    require(is_utf8(display_subject(header)) && is_utf8(display_message_id(header)));
    return 0;
}
