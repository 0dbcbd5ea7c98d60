// SPDX-License-Identifier: Apache-2.0
// Ceiling: how fast can mail get from one server to the other at all, on this machine, now?
//
// A raw copy with nothing in between: every mailbox's messages are asked for with one FETCH, and their octets go on
// into MULTIAPPENDs of non-synchronising literals as they arrive. No answer is waited for before the end. It recognises
// nothing, remembers nothing, and gives every message the same flags and date, so it is no way to move mail; it is the
// number that the real thing is measured against. With --digests 1 it takes the SHA-256 of each message as well, which nobody
// can do without who is to prove later what was copied. Needs LITERAL+, MULTIAPPEND and LIST-STATUS, as the bench lab's servers
// have them.
//
//   ceiling --source USER@PORT --destination USER@PORT [--connections 1,2,4] [--batches 50,1000] [--runs 2]
//           [--ca FILE] [--accounts 50] [--digests 1]
//
// Each run fills a user of its own, USER with a number behind. With --ca it speaks TLS. With --accounts, USER stands for
// USER1, USER2 ... of the source and USERna1, USERna2 ... of the destination, and each connection takes one account after
// the other. Prints JSON: the best run, and all of them.
#include <openssl/evp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "connection.hpp"

namespace {

using namespace bench;

constexpr std::size_t gather_octets = 1 << 17;       // small messages are written together up to this
constexpr std::uint64_t batch_octets = 32ULL << 20;  // an APPEND ends here whatever its number of messages

struct Mailbox {
    string source, destination;
    std::uint64_t messages = 0;
    std::uint64_t first = 1;  ///< sequence number of the first of them
};

/// Those that hold messages, the fullest first, so that the last to finish are small.
std::vector<Mailbox> list_mailboxes(Connection& connection) {
    connection.write("n NAMESPACE\r\nl LIST \"\" \"*\" RETURN (STATUS (MESSAGES))\r\n");
    string prefix;
    char separator = '/';
    std::vector<Mailbox> found;
    while (true) {
        const string_view line = connection.line();
        if (line.starts_with("l ")) {
            if (!line.starts_with("l OK")) fail("LIST: " + string(line));
            break;
        }
        if (line.starts_with("* NAMESPACE ((\"")) {
            const string_view rest = line.substr(15);
            prefix = rest.substr(0, rest.find('"'));
            separator = rest.at(rest.find('"') + 3);
        } else if (line.starts_with("* STATUS ")) {
            const auto open = line.rfind(" (MESSAGES ");
            Mailbox mailbox;
            mailbox.source = line.substr(9, open - 9);
            if (mailbox.source.starts_with('"')) mailbox.source = mailbox.source.substr(1, mailbox.source.size() - 2);
            mailbox.messages = number_of(line.substr(open + 11, line.size() - open - 12));
            mailbox.destination = mailbox.source.starts_with(prefix) ? mailbox.source.substr(prefix.size()) : mailbox.source;
            std::ranges::replace(mailbox.destination, separator, '/');
            if (mailbox.messages > 0) found.push_back(std::move(mailbox));
        }
    }
    std::ranges::sort(found, std::greater{},
                      [](const Mailbox& mailbox) { return std::pair(mailbox.messages, mailbox.source); });
    return found;
}

void create_mailboxes(Connection& connection, const std::vector<Mailbox>& mailboxes) {
    string commands;
    for (const Mailbox& mailbox : mailboxes)
        if (mailbox.destination != "INBOX") commands += "m CREATE " + quoted(mailbox.destination) + "\r\n";
    connection.write(commands + "e NOOP\r\n");
    while (true) {
        const string_view line = connection.line();
        if (line.starts_with("m NO") || line.starts_with("m BAD")) fail("CREATE: " + string(line));
        if (line.starts_with("e ")) return;
    }
}

/// A mailbox that holds more than a connection's share is handed out in parts, one for each connection.
std::vector<Mailbox> parts_of(const std::vector<Mailbox>& mailboxes, std::uint64_t connections) {
    std::uint64_t all = 0;
    for (const Mailbox& mailbox : mailboxes) all += mailbox.messages;
    std::vector<Mailbox> parts;
    for (const Mailbox& mailbox : mailboxes) {
        const std::uint64_t number = mailbox.messages * connections > all ? connections : 1;
        for (std::uint64_t index = 0; index < number; ++index) {
            Mailbox part = mailbox;
            part.first = 1 + mailbox.messages * index / number;
            part.messages = 1 + mailbox.messages * (index + 1) / number - part.first;
            if (part.messages > 0) parts.push_back(std::move(part));
        }
    }
    return parts;
}

struct Totals {
    std::atomic<std::uint64_t> messages{0}, octets{0};
};

/// SHA-256 of one message after the other.
class Digest {
public:
    void begin() { check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }
    void add(string_view octets) { check(EVP_DigestUpdate(context_.get(), octets.data(), octets.size())); }
    void end() {
        unsigned char value[EVP_MAX_MD_SIZE];
        check(EVP_DigestFinal_ex(context_.get(), value, nullptr));
    }

private:
    static void check(int done) {
        if (done != 1) fail("SHA-256 failed");
    }
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

/// How messages are sent on.
struct Manner {
    std::uint64_t batch = 0;  ///< messages an APPEND
    bool digests = false;     ///< taken of each
};

/// Hands out mailboxes to whoever is free.
class Work {
public:
    explicit Work(std::vector<Mailbox> mailboxes) : mailboxes_(std::move(mailboxes)) {}
    const Mailbox* next() {
        const std::size_t index = next_++;
        return index < mailboxes_.size() ? &mailboxes_[index] : nullptr;
    }

private:
    std::vector<Mailbox> mailboxes_;
    std::atomic<std::size_t> next_{0};
};

/// A connection to each server.
struct Pair {
    Pair(const Account& from, const Account& to) : source(from), destination(to) {}
    Connection source, destination;
};

/// The octets between the two of a pair.
class Pump {
public:
    Pump(Pair& pair, Manner manner, Totals& totals)
        : source_(pair.source), destination_(pair.destination), manner_(manner), totals_(totals) {}

    void run(Work& work) {
        string trouble;
        std::thread answers([&] {
            try {
                read_answers();
            } catch (const std::exception& error) {
                trouble = error.what();
                source_.interrupt();
                destination_.interrupt();
            }
        });
        string own;
        try {
            copy(work);
            destination_.write("z NOOP\r\n");  // the answer to this comes after all others
        } catch (const std::exception& error) {
            own = error.what();
            destination_.interrupt();
        }
        answers.join();
        if (!trouble.empty() || !own.empty()) fail(trouble.empty() ? own : trouble);
    }

private:
    void ask(const Mailbox* mailbox) {
        if (mailbox)
            source_.write("x EXAMINE " + quoted(mailbox->source) + "\r\nf FETCH " + std::to_string(mailbox->first) + ":" +
                          std::to_string(mailbox->first + mailbox->messages - 1) + " (BODY.PEEK[])\r\n");
    }

    void copy(Work& work) {
        const Mailbox* mailbox = work.next();
        ask(mailbox);
        while (mailbox) {
            const Mailbox* following = work.next();
            ask(following);  // always one ahead, so that the server never waits for us
            copy_mailbox(*mailbox);
            mailbox = following;
        }
        flush();
    }

    void copy_mailbox(const Mailbox& mailbox) {
        std::uint64_t in_batch = 0, octets_in_batch = 0;
        while (true) {
            if (!source_.has_buffered()) flush();  // before we wait
            const string_view line = source_.line();
            if (line.starts_with("f ")) {
                if (!line.starts_with("f OK")) fail("FETCH: " + string(line));
                break;
            }
            if (line.starts_with("x NO") || line.starts_with("x BAD")) fail("EXAMINE: " + string(line));
            if (!line.ends_with('}') || line.find("BODY[] {") == string_view::npos) continue;
            const string_view digits = line.substr(line.rfind('{') + 1);
            const std::uint64_t size = number_of(digits.substr(0, digits.size() - 1));
            if (in_batch == 0) gathered_ += "a APPEND " + quoted(mailbox.destination);
            gathered_ += " (\\Seen) \"01-Jan-2020 00:00:00 +0000\" {" + std::to_string(size) + "+}\r\n";
            pass(size);
            totals_.messages += 1;
            totals_.octets += size;
            octets_in_batch += size;
            if (++in_batch >= manner_.batch || octets_in_batch >= batch_octets) {
                gathered_ += "\r\n";
                in_batch = octets_in_batch = 0;
            }
        }
        if (in_batch > 0) gathered_ += "\r\n";
    }

    void pass(std::uint64_t left) {
        if (manner_.digests) digest_.begin();
        while (left > 0) {
            if (!source_.has_buffered()) flush();
            const string_view part = source_.some(left);
            left -= part.size();
            if (manner_.digests) digest_.add(part);
            if (part.size() >= gather_octets) {
                flush();
                destination_.write(part);
            } else {
                gathered_ += part;
                if (gathered_.size() >= gather_octets) flush();
            }
        }
        if (manner_.digests) digest_.end();
    }

    void flush() {
        destination_.write(gathered_);
        gathered_.clear();
    }

    void read_answers() {
        while (true) {
            const string_view line = destination_.line();
            if (line.starts_with("z ")) return;
            if (line.starts_with("a NO") || line.starts_with("a BAD") || line.starts_with("* BYE"))
                fail("APPEND: " + string(line));
        }
    }

    Connection &source_, &destination_;
    Manner manner_;
    Totals& totals_;
    string gathered_;
    Digest digest_;
};

struct Outcome {
    std::uint64_t connections = 0, batch = 0, messages = 0, octets = 0;
    double seconds = 0, cpu_seconds = 0;
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Calls it so many times at once; fails where one of them did.
void side_by_side(std::uint64_t times, const std::function<void(std::uint64_t)>& action) {
    std::mutex guard;
    string trouble;
    std::vector<std::thread> threads;
    for (std::uint64_t index = 0; index < times; ++index)
        threads.emplace_back([&, index] {
            try {
                action(index);
            } catch (const std::exception& error) {
                const std::lock_guard lock(guard);
                trouble = error.what();
            }
        });
    for (std::thread& thread : threads) thread.join();
    if (!trouble.empty()) fail(trouble);
}

struct Options {
    std::optional<Account> source, destination;
    std::vector<std::uint64_t> connections{1, 2, 4}, batches{50, 1000};
    std::uint64_t runs = 1;
    std::uint64_t accounts = 0;  ///< zero: one, named as it stands
    bool digests = false;
};

void copy_account(const Account& source, const Account& destination, std::uint64_t connections, Manner manner, Totals& totals) {
    Pair first(source, destination);
    const std::vector<Mailbox> mailboxes = list_mailboxes(first.source);
    create_mailboxes(first.destination, mailboxes);
    Work work(parts_of(mailboxes, connections));
    side_by_side(connections, [&](std::uint64_t index) {
        if (index == 0) return Pump(first, manner, totals).run(work);
        Pair further(source, destination);
        Pump(further, manner, totals).run(work);
    });
}

void copy_accounts(const Options& options, const Account& destination, std::uint64_t connections, Manner manner,
                   Totals& totals) {
    std::atomic<std::uint64_t> taken{0};
    side_by_side(connections, [&](std::uint64_t) {
        for (std::uint64_t number = ++taken; number <= options.accounts; number = ++taken) {
            Account from = *options.source, to = destination;
            from.user += std::to_string(number);
            to.user += "a" + std::to_string(number);
            copy_account(from, to, 1, manner, totals);
        }
    });
}

Outcome copy_once(const Options& options, const Account& destination, std::uint64_t connections, std::uint64_t batch) {
    const double cpu_before = cpu_seconds();
    const auto started = std::chrono::steady_clock::now();
    Totals totals;
    const Manner manner{.batch = batch, .digests = options.digests};
    if (options.accounts > 0) copy_accounts(options, destination, connections, manner, totals);
    else copy_account(*options.source, destination, connections, manner, totals);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    return {.connections = connections,
            .batch = batch,
            .messages = totals.messages,
            .octets = totals.octets,
            .seconds = elapsed.count(),
            .cpu_seconds = cpu_seconds() - cpu_before};
}

string json(const Outcome& outcome) {
    char text[512];
    std::snprintf(text, sizeof text,
                  R"({"connections": %llu, "batch": %llu, "messages": %llu, "octets": %llu, "seconds": %.3f, )"
                  R"("messages_per_second": %.0f, "megabytes_per_second": %.1f, "cpu_seconds": %.3f})",
                  static_cast<unsigned long long>(outcome.connections), static_cast<unsigned long long>(outcome.batch),
                  static_cast<unsigned long long>(outcome.messages), static_cast<unsigned long long>(outcome.octets),
                  outcome.seconds, static_cast<double>(outcome.messages) / outcome.seconds,
                  static_cast<double>(outcome.octets) / 1e6 / outcome.seconds, outcome.cpu_seconds);
    return text;
}

std::vector<std::uint64_t> numbers_of(const string& list) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        numbers.push_back(number_of(string_view(list).substr(at, end - at)));
        at = end + 1;
    }
    return numbers;
}

Options parse(int count, char** words) {
    Options options;
    string authority;
    for (int index = 1; index < count; index += 2) {
        const string name = words[index];
        if (index + 1 == count) fail(name + " needs a value");
        const string value = words[index + 1];
        if (name == "--source") options.source = Account::from(value);
        else if (name == "--destination") options.destination = Account::from(value);
        else if (name == "--connections") options.connections = numbers_of(value);
        else if (name == "--batches") options.batches = numbers_of(value);
        else if (name == "--runs") options.runs = number_of(value);
        else if (name == "--accounts") options.accounts = number_of(value);
        else if (name == "--digests") options.digests = number_of(value) > 0;
        else if (name == "--ca") authority = value;
        else fail("no option " + name);
    }
    if (!options.source || !options.destination) fail("give --source USER@PORT and --destination USER@PORT");
    options.source->authority = options.destination->authority = authority;
    return options;
}

void measure(const Options& options) {
    std::vector<Outcome> outcomes;
    std::uint64_t number = 0;
    for (std::uint64_t run = 0; run < options.runs; ++run)
        for (const std::uint64_t connections : options.connections)
            for (const std::uint64_t batch : options.batches) {
                Account destination = *options.destination;
                destination.user += std::to_string(++number);
                outcomes.push_back(copy_once(options, destination, connections, batch));
                std::fprintf(stderr, "ceiling: %s\n", json(outcomes.back()).c_str());
            }
    if (outcomes.empty()) fail("nothing to run");
    std::printf("{\"best\": %s,\n \"runs\": [", json(std::ranges::min(outcomes, {}, &Outcome::seconds)).c_str());
    for (std::size_t index = 0; index < outcomes.size(); ++index)
        std::printf("%s%s", index ? ",\n  " : "", json(outcomes[index]).c_str());
    std::printf("]}\n");
}

}  // namespace

int main(int count, char** words) {
    try {
        measure(parse(count, words));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ceiling: %s\n", error.what());
        return 1;
    }
}
