// SPDX-License-Identifier: Apache-2.0
// ScriptedPeer: a listener that plays octets as written, for tests of clients against broken and malicious servers.
//
//   demo::ScriptedPeer peer(executor);
//   peer.send("* OK hi\r\n").expect("CAPABILITY").send("* CAPABILITY IMAP4rev1\r\n%T OK done\r\n").flood("* 1 EXISTS\r\n");
//   peer.start();
//
// Every connection plays the script from its beginning. Knows nothing of IMAP but the tag at the start of a line.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "async/task_scope.hpp"
#include "base/octets.hpp"
#include "base/result.hpp"

namespace mailhaul::demo {

class ScriptedPeer {
public:
    explicit ScriptedPeer(const asio::any_io_executor& executor);
    ScriptedPeer(const ScriptedPeer&) = delete;
    ScriptedPeer& operator=(const ScriptedPeer&) = delete;

    // The script, step by step; written before start(). After the last step the connection ends.
    ScriptedPeer& send(std::string octets);    ///< `%T` becomes the tag of the line read last
    ScriptedPeer& expect(std::string words);   ///< reads a line; what follows its tag must begin with `words`
    ScriptedPeer& read_octets(Octets octets);  ///< reads so many, whatever they are
    ScriptedPeer& flood(std::string octets);   ///< again and again until the client goes
    ScriptedPeer& hold();                      ///< reads and says nothing until the client goes

    Result<void> start();
    /// Ends every connection and waits for its end.
    Task<void> stop();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t connections() const { return accepted_; }
    [[nodiscard]] Octets sent() const { return sent_; }
    /// Expectations that were not met: what was wanted and what came.
    [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

private:
    struct Step {
        enum class Kind : std::uint8_t { send, expect, read_octets, flood, hold };
        Kind kind = Kind::send;
        std::string text;
        Octets octets;
    };
    class Play;
    ScriptedPeer& add(Step::Kind kind, std::string text, Octets octets = {});
    Task<void> accept_all();
    Task<void> play(asio::ip::tcp::socket socket);

    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::vector<Step> steps_;
    std::vector<std::string> failures_;
    std::uint64_t accepted_ = 0;
    Octets sent_;
    std::set<Play*> plays_;  // each lives in the frame of its play()
    TaskScope scope_;
};

}  // namespace mailhaul::demo
