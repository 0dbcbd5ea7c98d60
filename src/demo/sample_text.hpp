// SPDX-License-Identifier: Apache-2.0
// What people in the sample mail are called, write about and say. Invented; no text is anybody's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "demo/dice.hpp"

namespace mailhaul::demo {

struct Person {
    std::string_view name;  ///< UTF-8
    std::string_view address;
};

/// Whose account it is.
const Person& account_owner();
const Person& pick_person(Dice& dice);
/// Names a newsletter and its list.
const Person& pick_newsletter(Dice& dice);

/// UTF-8, at most some sixty octets.
std::string pick_subject(Dice& dice);
std::string pick_newsletter_subject(Dice& dice);

/// Sentences in paragraphs, lines of at most 76 octets ended by CRLF; about `octets` long.
std::string write_paragraphs(Dice& dice, std::size_t octets);

}  // namespace mailhaul::demo
