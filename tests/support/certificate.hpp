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

/// A self-signed certificate for `name` ("DNS:localhost", "IP:127.0.0.1") and its key in files that live as long as
/// this.
class Certificate {
public:
    explicit Certificate(const std::string& name, long valid_seconds = 3600)
        : folder_(std::filesystem::temp_directory_path() /
                  ("jejak-certificate-" + std::to_string(::getpid()) + "-" + std::to_string(counter()++))) {
        std::filesystem::create_directory(folder_);
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -86'400);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), valid_seconds);
        X509_set_pubkey(made.get(), pair.get());
        auto* subject = X509_get_subject_name(made.get());
        const auto* common = reinterpret_cast<const unsigned char*>("test");
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0);
        X509_set_issuer_name(made.get(), subject);
        add(made.get(), NID_subject_alt_name, name);
        add(made.get(), NID_basic_constraints, "CA:TRUE");
        X509_sign(made.get(), pair.get(), EVP_sha256());
        write(certificate(), [&](FILE* file) { return PEM_write_X509(file, made.get()); });
        write(key(), [&](FILE* file) {
            return PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    ~Certificate() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string certificate() const { return (folder_ / "certificate.pem").string(); }
    std::string key() const { return (folder_ / "key.pem").string(); }

private:
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
};

}  // namespace jejak::test
