// SPDX-License-Identifier: Apache-2.0
// Strong<Tag, T>: a number that cannot be mistaken for another kind of number.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace mailhaul {

template <typename Tag, typename T>
class Strong {
public:
    using value_type = T;
    constexpr Strong() = default;
    constexpr explicit Strong(T value) : value_(value) {}
    [[nodiscard]] constexpr T value() const { return value_; }
    constexpr auto operator<=>(const Strong&) const = default;

private:
    T value_{};
};

}  // namespace mailhaul

template <typename Tag, typename T>
struct std::hash<mailhaul::Strong<Tag, T>> {
    std::size_t operator()(mailhaul::Strong<Tag, T> id) const noexcept { return std::hash<T>{}(id.value()); }
};
