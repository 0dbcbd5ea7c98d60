// SPDX-License-Identifier: Apache-2.0
// Varints of differences, because UIDs ascend and neighbours are alike; then the digests, which nothing makes smaller.
#include "store/segment.hpp"

#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace mailhaul::store {
namespace {

constexpr std::uint8_t format_version = 2;
constexpr std::uint8_t version_without_repairs = 1;  // is read as well
constexpr std::size_t checksum_octets = 4;

// The head octet of a change.
constexpr std::uint8_t kind_bits = 0x03;
constexpr std::uint8_t has_sha256 = 0x04;
constexpr std::uint8_t has_message_id = 0x08;
constexpr std::uint8_t other_flags = 0x10;  // than the change before
constexpr std::uint8_t other_time = 0x20;
constexpr std::uint8_t was_repaired = 0x40;
constexpr std::uint8_t unused_bits = 0x80;

constexpr std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t number) {
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

void put_varint(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
    out += static_cast<char>(number);
}

template <typename Number>
void put_fixed(std::string& out, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i));
}

void put_digest(std::string& out, const message::Sha256& digest) {
    out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

std::uint32_t checksum(const void* octets, std::size_t size) { return XXH32(octets, size, 0); }

/// Where the differences are counted from.
struct Before {
    std::int64_t source = 0;
    std::int64_t destination = 0;
    std::int64_t flag_set = 0;
    std::int64_t at = 0;
};

/// Reads on until something is missing; `failed` then stays.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> octets) : octets_(octets) {}
    [[nodiscard]] bool at_end() const { return octets_.empty(); }
    [[nodiscard]] bool failed() const { return failed_; }
    void fail() { failed_ = true; }

    std::uint8_t octet() {
        const auto one = take(1);
        return one.empty() ? 0 : one[0];
    }
    std::uint64_t varint() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = octet();
            number |= static_cast<std::uint64_t>(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return number;
        }
        failed_ = true;
        return 0;
    }
    /// The number that stands `varint()` behind `before`, within 0 to `most`.
    std::int64_t behind(std::int64_t before, std::int64_t difference, std::int64_t most) {
        std::int64_t sum = 0;
        if (__builtin_add_overflow(before, difference, &sum) || sum < 0 || sum > most) {
            failed_ = true;
            return 0;
        }
        return sum;
    }
    std::span<const std::uint8_t> take(std::size_t count) {
        if (octets_.size() < count) {
            failed_ = true;
            octets_ = {};
            return {};
        }
        const auto taken = octets_.first(count);
        octets_ = octets_.subspan(count);
        return taken;
    }

private:
    std::span<const std::uint8_t> octets_;
    bool failed_ = false;
};

constexpr std::int64_t largest_uid = std::numeric_limits<std::uint32_t>::max();

void put_change(std::string& out, const Change& change, Before& before) {
    const bool flags_differ = change.kind != Change::Kind::forgotten && change.flag_set != before.flag_set;
    const bool time_differs = change.is_entry() && change.at != before.at;
    std::uint8_t head = std::to_underlying(change.kind);
    if (change.is_entry() && change.sha256) head |= has_sha256;
    if (change.is_entry() && change.message_id) head |= has_message_id;
    if (flags_differ) head |= other_flags;
    if (time_differs) head |= other_time;
    if (change.is_entry() && change.repair) head |= was_repaired;
    out += static_cast<char>(head);
    const std::int64_t source = change.source.value();
    put_varint(out, static_cast<std::uint64_t>(source - std::exchange(before.source, source)));
    if (change.is_entry()) {
        const std::int64_t destination = change.destination.value();
        put_varint(out, zigzag(destination - std::exchange(before.destination, destination)));
    }
    if (flags_differ) put_varint(out, change.flag_set);
    if (flags_differ) before.flag_set = change.flag_set;
    if (time_differs) put_varint(out, zigzag(change.at - std::exchange(before.at, change.at)));
    if ((head & has_sha256) != 0) put_digest(out, *change.sha256);
    if ((head & has_message_id) != 0) put_fixed(out, *change.message_id);
    if ((head & was_repaired) != 0) {
        out += static_cast<char>(change.repair->mended.bits());
        put_digest(out, change.repair->sha256);
    }
}

message::Sha256 take_digest(Reader& in) {
    message::Sha256 digest{};
    std::ranges::copy(in.take(digest.size()), digest.begin());
    return digest;
}

Change take_change(Reader& in, Before& before, std::uint8_t version) {
    const std::uint8_t head = in.octet();
    if ((head & unused_bits) != 0) in.fail();
    if ((head & was_repaired) != 0 && version == version_without_repairs) in.fail();
    Change change;
    change.kind = static_cast<Change::Kind>(head & kind_bits);
    const auto distance = static_cast<std::int64_t>(std::min<std::uint64_t>(in.varint(), largest_uid));
    if (distance == 0) in.fail();
    before.source = in.behind(before.source, distance, largest_uid);
    change.source = imap::Uid{static_cast<std::uint32_t>(before.source)};
    if (change.is_entry()) {
        before.destination = in.behind(before.destination, unzigzag(in.varint()), largest_uid);
        change.destination = imap::Uid{static_cast<std::uint32_t>(before.destination)};
    }
    if ((head & other_flags) != 0) {
        const std::uint64_t flag_set = in.varint();
        if (flag_set > std::numeric_limits<std::uint32_t>::max()) in.fail();
        before.flag_set = static_cast<std::int64_t>(flag_set & 0xFFFFFFFF);
    }
    if ((head & other_time) != 0) before.at = in.behind(before.at, unzigzag(in.varint()), std::numeric_limits<std::int64_t>::max());
    if (change.kind != Change::Kind::forgotten) change.flag_set = static_cast<std::uint32_t>(before.flag_set);
    if (change.is_entry()) change.at = before.at;
    if ((head & has_sha256) != 0) change.sha256 = take_digest(in);
    if ((head & has_message_id) != 0) {
        std::uint64_t digest = 0;
        const auto octets = in.take(sizeof digest);
        for (std::size_t i = 0; i < octets.size(); ++i) digest |= static_cast<std::uint64_t>(octets[i]) << (8 * i);
        change.message_id = digest;
    }
    if ((head & was_repaired) != 0) {
        const message::Defects mended(in.octet());
        change.repair = message::Repair{mended, take_digest(in)};
    }
    return change;
}

/// Ascending by source UID, those of one UID in the order they were made.
std::vector<Change> by_source(std::vector<Change> changes) {
    if (std::ranges::is_sorted(changes, {}, &Change::source)) return changes;
    std::vector<std::size_t> order(changes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(changes[i].source, i); });
    std::vector<Change> sorted;
    sorted.reserve(changes.size());
    for (const std::size_t i : order) sorted.push_back(changes[i]);
    return sorted;
}

/// `later` said after `earlier`, of the same UID.
Change said_after(Change earlier, Change later) {
    if (later.kind != Change::Kind::flags) return later;
    if (earlier.kind == Change::Kind::forgotten) return earlier;
    earlier.flag_set = later.flag_set;
    return earlier;
}

}  // namespace

std::string encode_segment(std::span<const Change> changes) {
    std::string out;
    out.reserve(changes.size() * 48 + 16);
    out += static_cast<char>(format_version);
    Before before;
    for (const Change& change : changes) put_change(out, change, before);
    put_fixed(out, checksum(out.data(), out.size()));
    return out;
}

std::optional<std::vector<Change>> decode_segment(std::span<const std::uint8_t> octets) {
    if (octets.size() < 1 + checksum_octets) return std::nullopt;
    const auto content = octets.first(octets.size() - checksum_octets);
    std::uint32_t told = 0;
    for (std::size_t i = 0; i < checksum_octets; ++i) told |= std::uint32_t{octets[content.size() + i]} << (8 * i);
    if (told != checksum(content.data(), content.size()) ) return std::nullopt;
    const std::uint8_t version = content[0];
    if (version != format_version && version != version_without_repairs) return std::nullopt;

    std::vector<Change> changes;
    Reader in(content.subspan(1));
    Before before;
    while (!in.at_end() && !in.failed()) changes.push_back(take_change(in, before, version));
    if (in.failed()) return std::nullopt;
    return changes;
}

std::vector<Change> fold(std::vector<Change> changes, Fold extent) {
    changes = by_source(std::move(changes));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < changes.size();) {
        Change word = std::move(changes[i++]);
        while (i < changes.size() && changes[i].source == word.source) word = said_after(std::move(word), std::move(changes[i++]));
        if (extent == Fold::part || word.is_entry()) changes[kept++] = std::move(word);
    }
    changes.resize(kept);
    return changes;
}

}  // namespace mailhaul::store
