// SPDX-License-Identifier: Apache-2.0
// App passwords as providers show them: Google's come in four groups of four letters, whose blanks are for the eye alone.
#pragma once

#include <string_view>

#include "client/access.hpp"

namespace mailhaul::app {

/// `password` without the blanks that are only shown, where it is an app password of Google's; else as it is.
Secret as_typed(const Secret& password);

/// The same of whatever `source` gives, where `host` is Google's.
client::SecretSource as_typed_for(std::string_view host, client::SecretSource source);

}  // namespace mailhaul::app
