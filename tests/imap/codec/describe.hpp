// SPDX-License-Identifier: Apache-2.0
// One line of text per response and per streamed body: what tables, transcripts and the fuzzer compare.
//
// `read_all` is the whole way from octets to those lines, with the octets fed in chunks that live no longer than the
// Framer may borrow them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imap/codec/framer.hpp"
#include "imap/codec/parser.hpp"

namespace mailhaul::imap::testing {

/// Printable ASCII as it is; `\r`, `\n`, `\\`, `\"` and `\xNN` for the rest.
inline std::string shown(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '\r') out += "\\r";
        else if (c == '\n') out += "\\n";
        else if (c == '"' || c == '\\') (out += '\\') += c;
        else if (octet >= 0x20 && octet < 0x7F) out += c;
        else ((out += "\\x") += digits[octet >> 4]) += digits[octet & 15];
    }
    return out += '"';
}

/// Writes `name=value` pairs, each with a blank before it, and only those that are there.
class Description {
public:
    explicit Description(std::string kind) : line_(std::move(kind)) {}
    [[nodiscard]] const std::string& line() const { return line_; }

    Description& word(std::string_view text) {
        line_.append(" ").append(text);
        return *this;
    }
    Description& claim(std::string_view name, bool holds) { return holds ? word(name) : *this; }
    Description& text(std::string_view name, std::string_view value) {
        return value.empty() ? *this : word(std::string(name) + "=" + shown(value));
    }
    Description& list(std::string_view name, std::string_view value) {
        return word(std::string(name) + "=(" + std::string(value) + ")");
    }
    template <typename Number>
    Description& number(std::string_view name, const std::optional<Number>& value) {
        return value ? word(std::string(name) + "=" + plain(*value)) : *this;
    }

private:
    static std::string plain(std::uint64_t value) { return std::to_string(value); }
    template <typename Tag, typename T>
    static std::string plain(Strong<Tag, T> value) {
        return std::to_string(value.value());
    }
    std::string line_;
};

inline std::string spelt(const UidSequence& uids) {
    std::string out;
    for (const Uid uid : uids.expand(20)) out += (out.empty() ? "" : ",") + std::to_string(uid.value());
    return uids.size() > 20 ? out + "..." : out;
}

struct DescribeCode {
    std::string operator()(const PlainCode& code) const {
        return code.arguments.empty() ? code.name : code.name + " " + shown(code.arguments);
    }
    std::string operator()(const AppendUidCode& code) const {
        return "APPENDUID " + std::to_string(code.uid_validity.value()) + " " + spelt(code.uids);
    }
    std::string operator()(const CopyUidCode& code) const {
        return "COPYUID " + std::to_string(code.uid_validity.value()) + " " + spelt(code.source) + " " +
               spelt(code.destination);
    }
    std::string operator()(const PermanentFlagsCode& code) const { return "PERMANENTFLAGS (" + code.flags.to_string() + ")"; }
    std::string operator()(const UidNextCode& code) const { return "UIDNEXT " + std::to_string(code.uid.value()); }
    std::string operator()(const UidValidityCode& code) const {
        return "UIDVALIDITY " + std::to_string(code.uid_validity.value());
    }
    std::string operator()(const HighestModSeqCode& code) const {
        return "HIGHESTMODSEQ " + std::to_string(code.mod_seq.value());
    }
    std::string operator()(const CapabilityCode& code) const { return "CAPABILITY " + code.capabilities.to_string(); }
    std::string operator()(const ModifiedCode& code) const { return "MODIFIED " + spelt(code.uids); }
    std::string operator()(const MailboxIdCode& code) const { return "MAILBOXID " + code.id; }
};

inline std::string spelt(const std::vector<Namespace>& group) {
    std::string out;
    for (const auto& entry : group)
        out += (out.empty() ? "" : " ") + shown(entry.prefix) + (entry.separator ? std::string(1, *entry.separator) : "NIL");
    return out;
}

inline std::string named(std::string_view kind, std::string_view value) {
    return value.empty() ? std::string(kind) : Description(std::string(kind)).word(value).line();
}

struct DescribeResponse {
    std::string operator()(const StatusResponse& r) const {
        constexpr std::string_view kinds[] = {"ok", "no", "bad", "bye", "preauth"};
        Description out{std::string(kinds[static_cast<std::size_t>(r.kind)])};
        if (!r.tag.empty()) out.word("tag=" + r.tag);
        if (r.code) out.word("[" + std::visit(DescribeCode{}, *r.code) + "]");
        return out.text("text", r.text).line();
    }
    std::string operator()(const ContinuationRequest& r) const { return Description("continue").text("text", r.text).line(); }
    std::string operator()(const CapabilityResponse& r) const { return named("capability", r.capabilities.to_string()); }
    std::string operator()(const EnabledResponse& r) const { return named("enabled", r.capabilities.to_string()); }
    std::string operator()(const ListResponse& r) const;
    std::string operator()(const NamespaceResponse& r) const;
    std::string operator()(const MailboxStatusResponse& r) const;
    std::string operator()(const FlagsResponse& r) const { return "flags (" + r.flags.to_string() + ")"; }
    std::string operator()(const ExistsResponse& r) const { return "exists " + std::to_string(r.count); }
    std::string operator()(const RecentResponse& r) const { return "recent " + std::to_string(r.count); }
    std::string operator()(const ExpungeResponse& r) const { return "expunge " + std::to_string(r.seq.value()); }
    std::string operator()(const VanishedResponse& r) const {
        return named(r.earlier ? "vanished earlier" : "vanished", r.uids.to_string());
    }
    std::string operator()(const SearchResponse& r) const;
    std::string operator()(const ESearchResponse& r) const;
    std::string operator()(const FetchResponse& r) const;
    std::string operator()(const IdResponse& r) const;
    std::string operator()(const QuotaResponse& r) const;
    std::string operator()(const QuotaRootResponse& r) const;
    std::string operator()(const UnknownResponse& r) const { return "unknown " + r.name + " " + shown(r.raw); }
    std::string operator()(const UnreadableResponse& r) const { return "unreadable " + shown(r.raw) + ": " + r.reason; }
};

inline std::string DescribeResponse::operator()(const ListResponse& r) const {
    constexpr std::string_view kinds[] = {"list", "lsub", "xlist"};
    const MailboxInfo& info = r.info;
    Description out{std::string(kinds[static_cast<std::size_t>(r.kind)])};
    out.word(shown(info.name.raw())).word(info.separator ? "separator=" + std::string(1, *info.separator) : "flat");
    out.claim("noselect", info.no_select).claim("nonexistent", info.non_existent).claim("noinferiors", info.no_inferiors);
    out.claim("subscribed", info.subscribed).claim("children", info.has_children == true);
    out.claim("childless", info.has_children == false);
    for (const SpecialUse use : info.special_uses) out.word("use=" + std::string(to_string(use)));
    return out.line();
}

inline std::string DescribeResponse::operator()(const NamespaceResponse& r) const {
    return Description("namespace")
        .list("personal", spelt(r.namespaces.personal))
        .list("others", spelt(r.namespaces.other_users))
        .list("shared", spelt(r.namespaces.shared))
        .line();
}

inline std::string DescribeResponse::operator()(const MailboxStatusResponse& r) const {
    const MailboxStatus& status = r.status;
    Description out("status " + shown(status.name.raw()));
    out.number("messages", status.messages).number("uidnext", status.uid_next).number("uidvalidity", status.uid_validity);
    out.number("modseq", status.highest_mod_seq).number("size", status.size).number("unseen", status.unseen);
    out.number("recent", status.recent).number("deleted", status.deleted).number("appendlimit", status.append_limit);
    return out.text("mailboxid", status.mailbox_id.value_or("")).line();
}

inline std::string DescribeResponse::operator()(const SearchResponse& r) const {
    Description out("search");
    for (const auto number : r.numbers) out.word(std::to_string(number));
    return out.number("modseq", r.mod_seq).line();
}

inline std::string DescribeResponse::operator()(const ESearchResponse& r) const {
    Description out("esearch");
    out.text("tag", r.tag).claim("uid", r.uid).number("min", r.min).number("max", r.max).number("count", r.count);
    if (!r.all.empty()) out.word("all=" + r.all.to_string());
    return out.number("modseq", r.mod_seq).line();
}

inline std::string DescribeResponse::operator()(const FetchResponse& r) const {
    Description out("fetch " + std::to_string(r.seq.value()));
    out.number("uid", r.uid);
    if (r.flags) out.list("flags", r.flags->to_string());
    if (r.internal_date) out.word("date=" + shown(r.internal_date->to_string()));
    out.number("size", r.size).number("modseq", r.mod_seq).text("emailid", r.email_id.value_or(""));
    for (const BodySection& body : r.sections) {
        const std::string origin = body.origin ? "<" + std::to_string(*body.origin) + ">" : "";
        const std::string octets = std::to_string(body.size.value());
        const std::string value = body.nil ? "nil" : body.streamed ? "streamed:" + octets : octets + ":" + shown(body.text);
        out.word("[" + body.section + "]" + origin + "=" + value);
    }
    return out.line();
}

inline std::string DescribeResponse::operator()(const IdResponse& r) const {
    Description out("id");
    for (const auto& [name, value] : r.fields) out.word(shown(name) + "=" + (value ? shown(*value) : "nil"));
    return out.line();
}

inline std::string DescribeResponse::operator()(const QuotaResponse& r) const {
    Description out("quota " + shown(r.root));
    for (const auto& [name, used, limit] : r.resources)
        out.word(name + "=" + std::to_string(used) + "/" + std::to_string(limit));
    return out.line();
}

inline std::string DescribeResponse::operator()(const QuotaRootResponse& r) const {
    Description out("quotaroot " + shown(r.mailbox.raw()));
    for (const auto& root : r.roots) out.word(shown(root));
    return out.line();
}

inline std::string describe(const Response& response) { return std::visit(DescribeResponse{}, response); }

/// Collects what a Framer and the parser make of a conversation: a line per response, a line per streamed body.
class Reader {
public:
    explicit Reader(Limits limits = {}) : limits_(limits), framer_(limits) {}

    /// `octets` is copied for as long as the Framer may borrow it and freed right after, so that a view kept too long
    /// is caught by the address sanitizer.
    void feed(std::string_view octets) {
        const std::vector<char> lent(octets.begin(), octets.end());
        framer_.feed({lent.data(), lent.size()});
        while (!failed_ && take_next()) {
        }
    }
    void close() {
        if (body_) finish_body("cut ");
    }
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] const Framer& framer() const { return framer_; }

private:
    bool take_next() {
        auto frame = framer_.next();
        if (!frame.ok()) {
            failed_ = true;
            lines_.push_back("error " + frame.error().message);
            return false;
        }
        if (!frame->has_value()) return false;
        if (const auto* begin = std::get_if<BodyBegin>(&**frame)) {
            body_ = *begin;
        } else if (const auto* data = std::get_if<BodyData>(&**frame)) {
            octets_ += data->octets;
        } else if (std::holds_alternative<BodyEnd>(**frame)) {
            finish_body("");
        } else {
            lines_.push_back(describe(parse_response(std::get<RawResponse>(**frame), limits_)));
        }
        return true;
    }
    void finish_body(std::string_view how) {
        Description out(std::string(how) + "body of " + std::to_string(body_->seq.value()));
        out.number("uid", body_->uid).number("origin", body_->origin).number("size", std::optional(body_->size));
        lines_.push_back(out.word(shown(octets_)).line());
        octets_.clear();
        body_.reset();
    }

    Limits limits_;
    Framer framer_;
    std::optional<BodyBegin> body_;
    std::string octets_;
    std::vector<std::string> lines_;
    bool failed_ = false;
};

/// `next_chunk` says how many octets (1 or more) are fed next.
inline std::vector<std::string> read_all(std::string_view wire, const std::function<std::size_t()>& next_chunk,
                                         Limits limits = {}) {
    Reader reader(limits);
    while (!wire.empty() && !reader.failed()) {
        const std::string_view chunk = wire.substr(0, next_chunk());
        reader.feed(chunk);
        wire.remove_prefix(chunk.size());
    }
    reader.close();
    return reader.lines();
}

inline std::vector<std::string> read_all(std::string_view wire, std::size_t chunk, Limits limits = {}) {
    return read_all(wire, [chunk] { return chunk; }, limits);
}

/// What one line (CRLF is added) is read as.
inline std::string read_line(std::string_view line) {
    const auto lines = read_all(std::string(line) + "\r\n", line.size() + 2);
    return lines.empty() ? "nothing" : lines.back();
}

}  // namespace mailhaul::imap::testing
