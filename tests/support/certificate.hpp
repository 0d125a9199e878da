#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace jejak::test {

/// A certificate for `name` ("DNS:localhost", "IP:127.0.0.1") and its key in files that live as long as this: signed by
/// itself, or by `issuer`.
class Certificate {
public:
    explicit Certificate(const std::string& name, long valid_seconds = 3600)
        : Certificate(name, nullptr, valid_seconds) {}
    Certificate(const std::string& name, const Certificate& issuer, long valid_seconds = 3600)
        : Certificate(name, &issuer, valid_seconds) {}
    ~Certificate() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string certificate() const { return (folder_ / "certificate.pem").string(); }
    std::string key() const { return (folder_ / "key.pem").string(); }

    /// Puts another one's certificate and key into the files of this, as whoever renews them does.
    void become(const Certificate& other) const {
        constexpr auto replace = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::copy_file(other.certificate(), certificate(), replace);
        std::filesystem::copy_file(other.key(), key(), replace);
    }

private:
    Certificate(const std::string& name, const Certificate* issuer, long valid_seconds)
        : folder_(std::filesystem::temp_directory_path() /
                  ("jejak-certificate-" + std::to_string(::getpid()) + "-" + std::to_string(counter()++))),
          pair_(EVP_EC_gen("P-256"), EVP_PKEY_free),
          made_(X509_new(), X509_free) {
        std::filesystem::create_directory(folder_);
        X509_set_version(made_.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made_.get()), counter());
        X509_gmtime_adj(X509_getm_notBefore(made_.get()), -86'400);
        X509_gmtime_adj(X509_getm_notAfter(made_.get()), valid_seconds);
        X509_set_pubkey(made_.get(), pair_.get());
        const auto common_name = "test " + std::to_string(counter());
        const auto* common = reinterpret_cast<const unsigned char*>(common_name.c_str());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made_.get()), "CN", MBSTRING_ASC, common, -1, -1, 0);
        const auto& signer = issuer == nullptr ? *this : *issuer;
        X509_set_issuer_name(made_.get(), X509_get_subject_name(signer.made_.get()));
        add(made_.get(), NID_subject_alt_name, name);
        add(made_.get(), NID_basic_constraints, issuer == nullptr ? "CA:TRUE" : "CA:FALSE");
        X509_sign(made_.get(), signer.pair_.get(), EVP_sha256());
        write(certificate(), [&](FILE* file) { return PEM_write_X509(file, made_.get()); });
        write(key(), [&](FILE* file) {
            return PEM_write_PrivateKey(file, pair_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
        std::filesystem::permissions(key(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    static int& counter() {
        static int count = 0;
        return count;
    }
    static void add(X509* to, int nid, const std::string& value) {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
        if (extension == nullptr) throw std::runtime_error("no such extension: " + value);
        X509_add_ext(to, extension, -1);
        X509_EXTENSION_free(extension);
    }
    template <class Write>
    static void write(const std::string& path, Write fill) {
        const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
        if (!file || fill(file.get()) != 1) throw std::runtime_error("cannot write " + path);
    }

    std::filesystem::path folder_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair_;
    std::unique_ptr<X509, decltype(&X509_free)> made_;
};

}  // namespace jejak::test
