// SPDX-License-Identifier: Apache-2.0
#include "demo/server_options.hpp"

namespace mailhaul::demo {

imap::CapabilitySet capabilities_of(std::string_view words) {
    imap::CapabilitySet capabilities;
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (end > 0) capabilities.insert(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return capabilities;
}

imap::CapabilitySet ServerOptions::everything() {
    return capabilities_of(
        "IMAP4rev1 LITERAL+ MULTIAPPEND BINARY UIDPLUS CONDSTORE QRESYNC ENABLE ESEARCH LIST-EXTENDED LIST-STATUS STATUS=SIZE "
        "CHILDREN SPECIAL-USE CREATE-SPECIAL-USE NAMESPACE ID MOVE UNSELECT QUOTA OBJECTID SASL-IR AUTH=PLAIN AUTH=LOGIN");
}

ServerOptions ServerOptions::poor() {
    ServerOptions options;
    options.capabilities = capabilities_of("IMAP4rev1");
    return options;
}

ServerOptions ServerOptions::old_style() {
    ServerOptions options;
    options.capabilities = capabilities_of("IMAP4rev1 NAMESPACE CHILDREN UIDPLUS QUOTA AUTH=PLAIN AUTH=LOGIN");
    options.store.separator = '.';
    options.store.prefix = "INBOX.";
    options.store.first_uid_validity = imap::UidValidity(1'071'234'000);
    options.greeting_words = "IMAP4 server ready";
    options.id_name = "an old server";
    return options;
}

ServerOptions ServerOptions::new_style() {
    ServerOptions options;
    options.store.first_uid_validity = imap::UidValidity(1'700'000'000);
    options.id_name = "a new server";
    return options;
}

ServerOptions ServerOptions::gmail() {
    ServerOptions options;
    options.capabilities = capabilities_of(
        "IMAP4rev1 UNSELECT NAMESPACE QUOTA ID CHILDREN UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS "
        "LITERAL- "
        "SPECIAL-USE APPENDLIMIT X-GM-EXT-1 SASL-IR AUTH=PLAIN");
    options.store.names.refused_characters = "^\"\\";
    options.store.names.longest = 225;
    options.store.largest_message = Octets{35'651'584};
    options.greeting_words = "Gimap ready for requests from 127.0.0.1 demo";
    options.id_name = "GImap";
    options.most_connections = 15;
    return options;
}

ServerOptions ServerOptions::exchange() {
    ServerOptions options;
    options.capabilities =
        capabilities_of("IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN NAMESPACE LITERAL+");
    options.store.names.refused_characters = "\\";
    options.store.names.deepest = 300;
    options.store.largest_message = Octets{36'700'160};
    options.keywords = Keywords::dropped;
    options.greeting_words = "The Microsoft Exchange IMAP4 service is ready.";
    options.id_name = "Microsoft.Exchange.Imap4.Imap4Server";
    options.most_connections = 20;
    return options;
}

}  // namespace mailhaul::demo
