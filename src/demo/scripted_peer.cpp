// SPDX-License-Identifier: Apache-2.0
#include "demo/scripted_peer.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "demo/loopback.hpp"

namespace mailhaul::demo {

// One connection on its way through the script.
class ScriptedPeer::Play {
public:
    Play(asio::ip::tcp::socket socket, ScriptedPeer& peer) : socket_(std::move(socket)), peer_(peer) {}
    Play(const Play&) = delete;
    Play& operator=(const Play&) = delete;

    Task<void> run() {
        const std::vector<Step> steps = peer_.steps_;
        for (const Step& step : steps) {
            if (!is_open_) break;
            switch (step.kind) {
                case Step::Kind::send: co_await write(with_tag(step.text)); break;
                case Step::Kind::expect: co_await expect(step.text); break;
                case Step::Kind::read_octets: co_await discard(step.octets); break;
                case Step::Kind::flood:
                    while (is_open_) co_await write(step.text);
                    break;
                case Step::Kind::hold:
                    while (is_open_) {
                        unread_.clear();
                        co_await read_more();
                    }
                    break;
            }
        }
        close();
    }

    void close() {
        is_open_ = false;
        boost::system::error_code ignored;  // it is gone either way
        socket_.close(ignored);
    }

private:
    [[nodiscard]] std::string with_tag(std::string text) const {
        for (auto place = text.find("%T"); place != std::string::npos; place = text.find("%T", place + tag_.size()))
            text.replace(place, 2, tag_);
        return text;
    }

    Task<void> write(std::string octets) {
        boost::system::error_code failure;
        const auto sent =
            co_await asio::async_write(socket_, asio::buffer(octets), asio::redirect_error(asio::use_awaitable, failure));
        peer_.sent_ += Octets(sent);
        if (failure) close();
    }

    Task<void> read_more() {
        std::string octets(4096, '\0');
        boost::system::error_code failure;
        const auto got =
            co_await socket_.async_read_some(asio::buffer(octets), asio::redirect_error(asio::use_awaitable, failure));
        unread_.append(octets, 0, got);
        if (failure) close();
    }

    Task<void> expect(std::string words) {
        auto end = unread_.find('\n');
        while (is_open_ && end == std::string::npos) {
            co_await read_more();
            end = unread_.find('\n');
        }
        std::string line = unread_.substr(0, end);
        unread_.erase(0, line.size() + 1);
        if (line.ends_with('\r')) line.pop_back();
        const auto blank = std::min(line.find(' '), line.size());
        tag_ = line.substr(0, blank);
        const std::string rest = line.substr(std::min(blank + 1, line.size()));
        if (end != std::string::npos && rest.starts_with(words)) co_return;
        peer_.failures_.push_back("wanted \"" + words + "\", seen \"" + line + "\"");
        close();
    }

    Task<void> discard(Octets octets) {
        const auto count = static_cast<std::size_t>(octets.value());
        while (is_open_ && unread_.size() < count) co_await read_more();
        unread_.erase(0, count);
    }

    asio::ip::tcp::socket socket_;
    ScriptedPeer& peer_;
    std::string unread_;
    std::string tag_;
    bool is_open_ = true;
};

ScriptedPeer::ScriptedPeer(const asio::any_io_executor& executor) : acceptor_(executor), scope_(executor) {}

ScriptedPeer& ScriptedPeer::add(Step::Kind kind, std::string text, Octets octets) {
    steps_.push_back(Step{kind, std::move(text), octets});
    return *this;
}

ScriptedPeer& ScriptedPeer::send(std::string octets) { return add(Step::Kind::send, std::move(octets)); }

ScriptedPeer& ScriptedPeer::expect(std::string words) { return add(Step::Kind::expect, std::move(words)); }

ScriptedPeer& ScriptedPeer::read_octets(Octets octets) { return add(Step::Kind::read_octets, {}, octets); }

ScriptedPeer& ScriptedPeer::flood(std::string octets) { return add(Step::Kind::flood, std::move(octets)); }

ScriptedPeer& ScriptedPeer::hold() { return add(Step::Kind::hold, {}); }

Result<void> ScriptedPeer::start() {
    MH_TRY(port, listen_on_loopback(acceptor_));
    port_ = port;
    scope_.spawn(accept_all());
    return {};
}

Task<void> ScriptedPeer::stop() {
    boost::system::error_code ignored;  // closed is what is wanted
    acceptor_.close(ignored);
    for (Play* each : plays_) each->close();
    co_await scope_.join();
}

Task<void> ScriptedPeer::accept_all() {
    while (acceptor_.is_open()) {
        boost::system::error_code failure;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
        if (!failure) scope_.spawn(play(std::move(socket)));
    }
}

Task<void> ScriptedPeer::play(asio::ip::tcp::socket socket) {
    if (!acceptor_.is_open()) co_return;  // stopped between accept and here
    Play here(std::move(socket), *this);
    plays_.insert(&here);
    ++accepted_;
    co_await here.run();
    plays_.erase(&here);
}

}  // namespace mailhaul::demo
