// SPDX-License-Identifier: Apache-2.0
#include "oauth/json_reader.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>

namespace mailhaul::oauth {
namespace {

constexpr std::int64_t ten_years = 10LL * 366 * 24 * 3600;

}  // namespace

std::optional<boost::json::object> object_from(std::string_view text) {
    boost::json::error_code broken;
    boost::json::value value = boost::json::parse(boost::json::string_view(text.data(), text.size()), broken);
    if (broken || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

std::string text_in(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(boost::json::string_view(name.data(), name.size()));
    if (value == nullptr || !value->is_string()) return {};
    return std::string(value->as_string().data(), value->as_string().size());
}

std::optional<std::chrono::seconds> seconds_in(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(boost::json::string_view(name.data(), name.size()));
    if (value == nullptr) return std::nullopt;
    std::int64_t seconds = -1;
    if (value->is_int64()) {
        seconds = value->as_int64();
    } else if (value->is_double()) {
        if (value->as_double() >= 0 && value->as_double() <= static_cast<double>(ten_years))
            seconds = static_cast<std::int64_t>(value->as_double());
    } else if (value->is_string()) {
        const auto& text = value->as_string();
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
    }
    if (seconds < 0 || seconds > ten_years) return std::nullopt;
    return std::chrono::seconds(seconds);
}

}  // namespace mailhaul::oauth
