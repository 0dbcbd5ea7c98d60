// SPDX-License-Identifier: Apache-2.0
// RFC 2744's C interface, with an owner for each thing that it gives. Without the library: a sentence that says so.
#include "kerberos/open_context.hpp"

#if MAILHAUL_WITH_GSSAPI

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>

#include <utility>

#include "kerberos/explain.hpp"

namespace mailhaul::kerberos {
namespace {

/// A buffer that the library has filled.
class Filled {
public:
    Filled() = default;
    Filled(const Filled&) = delete;
    Filled& operator=(const Filled&) = delete;
    ~Filled() {
        OM_uint32 ignored = 0;
        gss_release_buffer(&ignored, &buffer_);
    }
    gss_buffer_t get() { return &buffer_; }
    [[nodiscard]] std::string text() const { return {static_cast<const char*>(buffer_.value), buffer_.length}; }

private:
    gss_buffer_desc buffer_ = GSS_C_EMPTY_BUFFER;
};

class Name {
public:
    Name() = default;
    Name(const Name&) = delete;
    Name& operator=(const Name&) = delete;
    ~Name() {
        OM_uint32 ignored = 0;
        gss_release_name(&ignored, &name_);
    }
    gss_name_t* out() { return &name_; }
    [[nodiscard]] gss_name_t get() const { return name_; }

private:
    gss_name_t name_ = GSS_C_NO_NAME;
};

/// The library only reads it.
gss_buffer_desc view_of(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }

gss_OID kerberos() { return const_cast<gss_OID>(gss_mech_krb5); }

std::string words_of(OM_uint32 code, int type) {
    std::string words;
    OM_uint32 more = 0;
    do {
        OM_uint32 ignored = 0;
        Filled line;
        if (GSS_ERROR(gss_display_status(&ignored, code, type, kerberos(), &more, line.get()))) break;
        words += (words.empty() ? "" : ", ") + line.text();
    } while (more != 0);
    return words;
}

Error failure(OM_uint32 major, OM_uint32 minor, const std::string& host) {
    const std::string detail = minor == 0 ? "" : words_of(minor, GSS_C_MECH_CODE);
    return explained(words_of(major, GSS_C_GSS_CODE) + (detail.empty() ? "" : ": " + detail), host);
}

class KerberosContext final : public auth::SecurityContext {
public:
    explicit KerberosContext(std::string host) : host_(std::move(host)) {}
    ~KerberosContext() override {
        OM_uint32 ignored = 0;
        gss_delete_sec_context(&ignored, &context_, GSS_C_NO_BUFFER);
        gss_release_cred(&ignored, &credential_);
    }

    Result<void> begin() {
        MH_TRY_VOID(find_ticket());
        gss_buffer_desc service = GSS_C_EMPTY_BUFFER;
        const std::string service_name = "imap@" + host_;
        service = view_of(service_name);
        OM_uint32 minor = 0;
        const OM_uint32 major = gss_import_name(&minor, &service, GSS_C_NT_HOSTBASED_SERVICE, server_.out());
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        MH_TRY(token, step({}));
        first_token_ = std::move(token);
        return {};
    }

    const std::string& principal() const override { return principal_; }
    const Secret& first_token() const override { return first_token_; }
    bool is_established() const override { return established_; }

    Result<Secret> step(std::string_view token) override {
        constexpr OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_SEQUENCE_FLAG;
        gss_buffer_desc input = view_of(token);
        Filled output;
        OM_uint32 minor = 0;
        const OM_uint32 major =
            gss_init_sec_context(&minor, credential_, &context_, server_.get(), kerberos(), flags, GSS_C_INDEFINITE,
                                 GSS_C_NO_CHANNEL_BINDINGS, &input, nullptr, output.get(), nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        established_ = major == GSS_S_COMPLETE;
        return Secret(output.text());
    }

    Result<std::string> unwrap(std::string_view message) override {
        gss_buffer_desc input = view_of(message);
        Filled output;
        OM_uint32 minor = 0;
        const OM_uint32 major = gss_unwrap(&minor, context_, &input, output.get(), nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        return output.text();
    }

    Result<Secret> wrap(std::string_view message) override {
        constexpr int readable = 0;
        gss_buffer_desc input = view_of(message);
        Filled output;
        OM_uint32 minor = 0;
        const OM_uint32 major = gss_wrap(&minor, context_, readable, GSS_C_QOP_DEFAULT, &input, nullptr, output.get());
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        return Secret(output.text());
    }

private:
    /// That of the default cache, and whose it is.
    Result<void> find_ticket() {
        gss_OID_set_desc only_kerberos{1, kerberos()};
        OM_uint32 minor = 0;
        OM_uint32 major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &only_kerberos, GSS_C_INITIATE,
                                           &credential_, nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        Name owner;
        major = gss_inquire_cred(&minor, credential_, owner.out(), nullptr, nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        Filled text;
        major = gss_display_name(&minor, owner.get(), text.get(), nullptr);
        if (GSS_ERROR(major)) return failure(major, minor, host_);
        principal_ = text.text();
        return {};
    }

    std::string host_;
    std::string principal_;
    Secret first_token_;
    Name server_;
    gss_cred_id_t credential_ = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
    bool established_ = false;
};

}  // namespace

bool is_built_in() { return true; }

Result<std::unique_ptr<auth::SecurityContext>> open_context(const std::string& host) {
    auto context = std::make_unique<KerberosContext>(host);
    MH_TRY_VOID(context->begin());
    return std::unique_ptr<auth::SecurityContext>(std::move(context));
}

}  // namespace mailhaul::kerberos

#else

namespace mailhaul::kerberos {

bool is_built_in() { return false; }

Result<std::unique_ptr<auth::SecurityContext>> open_context(const std::string& /*host*/) {
    return Error(
        Errc::login_unavailable, Scope::account, Retry::never,
        "this mailhaul was built without Kerberos, so it has no GSSAPI: build it with -DMAILHAUL_WITH_GSSAPI=ON (needs "
        "libkrb5-dev), or log in another way");
}

}  // namespace mailhaul::kerberos

#endif
