// SPDX-License-Identifier: Apache-2.0
// Any octets as the answer of a token server, as an authorization file, as a form: nothing crashes, and what is read as an
// authorization is read the same after it was written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/answers.hpp"
#include "oauth/authorization.hpp"
#include "oauth/form.hpp"

using namespace mailhaul::oauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const int status : {200, 400, 503}) {
        const TokenAnswer answer = token_answer_from(status, text);
        if (const auto* refusal = std::get_if<TokenRefusal>(&answer)) static_cast<void>(error_from(*refusal, "s", "e"));
        static_cast<void>(device_answer_from(status, text));
    }
    static_cast<void>(tokens_in_json(text));
    static_cast<void>(service_account_from(text, "f"));
    static_cast<void>(field_in(text, "state"));
    const auto read = authorization_from(text, "f");
    if (!read.ok()) return 0;
    const auto again = authorization_from(json_from(read.value()).reveal(), "f");
    if (!again.ok() || again->token_endpoint != read->token_endpoint) std::abort();
    return 0;
}
