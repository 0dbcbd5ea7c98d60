// SPDX-License-Identifier: Apache-2.0
// Reading one JSON object whose fields are told apart by name. Only src/oauth/ includes this.
#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mailhaul::oauth {

/// Empty where `text` is no JSON object; never throws, and never goes deeper than 32 levels.
std::optional<boost::json::object> object_from(std::string_view text);

/// Empty where there is no such field, or it is no string.
std::string text_in(const boost::json::object& object, std::string_view name);

/// A number of seconds, which some providers write as a string. Bounded to ten years.
std::optional<std::chrono::seconds> seconds_in(const boost::json::object& object, std::string_view name);

}  // namespace mailhaul::oauth
