// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error, by value, impossible to ignore.
//
// Why not std::expected: docs/decisions/0002-own-result.md.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/error.hpp"

namespace mailhaul {

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// Precondition of the next three: ok().
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

    /// Precondition: !ok().
    Error& error() & { return std::get<1>(state_); }
    const Error& error() const& { return std::get<1>(state_); }
    Error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    Error& error() & { return *error_; }
    const Error& error() const& { return *error_; }
    Error&& error() && { return std::move(*error_); }

private:
    std::optional<Error> error_;
};

}  // namespace mailhaul

// Statements that declare `name` with the value or return the error. No value-returning form: see
// docs/decisions/0003-coroutine-rules.md.
#define MH_TRY(name, expression)                                      \
    auto name##_result = (expression);                                \
    if (!name##_result.ok()) return std::move(name##_result).error(); \
    auto& name = name##_result.value()

#define MH_TRY_VOID(expression)                                           \
    do {                                                                  \
        auto mh_try_result = (expression);                                \
        if (!mh_try_result.ok()) return std::move(mh_try_result).error(); \
    } while (false)

#define MH_CO_TRY(name, expression)                                      \
    auto name##_result = (expression);                                   \
    if (!name##_result.ok()) co_return std::move(name##_result).error(); \
    auto& name = name##_result.value()

#define MH_CO_TRY_VOID(expression)                                           \
    do {                                                                     \
        auto mh_try_result = (expression);                                   \
        if (!mh_try_result.ok()) co_return std::move(mh_try_result).error(); \
    } while (false)
