// SPDX-License-Identifier: Apache-2.0
// The certificate as a page for people: one HTML file that loads nothing from anywhere. Says what the document says; the
// document is what is signed.
#pragma once

#include <string>
#include <string_view>

#include "proof/certificate.hpp"

namespace mailhaul::proof {

/// `document` is the certificate's, whose SHA-256 the page names.
std::string page_of(const Certificate& certificate, std::string_view document);

}  // namespace mailhaul::proof
