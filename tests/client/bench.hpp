// SPDX-License-Identifier: Apache-2.0
// Bench: a client and its peers on one thread, with deadlines short enough for a test.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "client/connection.hpp"

namespace mailhaul::client {

/// Runs `task` on `io` to its end, which must come within a minute.
inline void run(asio::io_context& io, Task<void> task) {
    bool ended = false;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown) {
        ended = true;
        if (thrown) std::rethrow_exception(thrown);
    });
    io.restart();
    io.run_for(std::chrono::seconds(60));
    EXPECT_TRUE(ended) << "the coroutine still waits";
}

inline SecretSource always(std::string text) {
    return [text = std::move(text)] { return Result<Secret>(Secret(text)); };
}

/// ann, who says "secret", in clear text on the loopback interface.
inline Access access_to(std::uint16_t port) {
    Access access;
    access.host = "127.0.0.1";
    access.port = port;
    access.security = Security::plaintext;
    access.user = "ann";
    access.password = always("secret");
    for (auto* each : {&access.deadlines.greeting, &access.deadlines.command, &access.deadlines.slow})
        *each = std::chrono::milliseconds(1'000);
    access.deadlines.connect = std::chrono::milliseconds(5'000);
    return access;
}

/// The dialogue as a user of `--protocol` sees it.
struct Transcript {
    ProtocolLog log() {
        return [this](char direction, std::string_view line) {
            text += std::string(1, direction) + ": " + std::string(line) + "\n";
        };
    }
    std::string text;
};

/// open() and login() in one.
inline Task<Result<std::unique_ptr<Connection>>> connect(Access access, ProtocolLog log = {}) {
    auto opened = co_await Connection::open(std::move(access), std::move(log));
    if (!opened.ok()) co_return std::move(opened).error();
    std::unique_ptr<Connection> connection = std::move(opened).value();
    auto in = co_await connection->login();
    if (!in.ok()) {
        co_await connection->close();
        co_return std::move(in).error();
    }
    co_return std::move(connection);
}

/// Octets from memory, in pieces; then, where `failing` is set, that error.
class TextSource : public BodySource {
public:
    explicit TextSource(std::vector<std::string> pieces, std::optional<Error> failing = std::nullopt)
        : pieces_(std::move(pieces)), failing_(std::move(failing)) {}
    Task<Result<std::string>> next() override {
        if (at_ < pieces_.size()) co_return pieces_[at_++];
        if (failing_) co_return *failing_;
        co_return std::string();
    }

private:
    std::vector<std::string> pieces_;
    std::optional<Error> failing_;
    std::size_t at_ = 0;
};

inline imap::Command append_command(Octets size, imap::LiteralMode literals) {
    imap::CommandBuilder builder("APPEND", imap::CommandKind::append, literals);
    builder.mailbox(imap::MailboxName("INBOX")).external_literal(size, false);
    return std::move(builder).build();
}

}  // namespace mailhaul::client
