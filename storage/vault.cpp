#include "storage/vault.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "protocol/ensure.hpp"

namespace jejak::storage {

namespace {

using Key = std::array<unsigned char, 32>;
static_assert(sizeof(Key) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

constexpr std::string_view key_file_version = "jejak-keys 1";
constexpr std::size_t key_file_max = 65'536;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t block_size = 16;
constexpr std::size_t public_id_size = 26;
constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";

unsigned char* octets(std::byte* data) {
    return reinterpret_cast<unsigned char*>(data);
}
const unsigned char* octets(const std::byte* data) {
    return reinterpret_cast<const unsigned char*>(data);
}
const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void start_sodium() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw KeyError("libsodium does not start on this machine");
}

/// "v1|table|column|row": a sealed value opens only where it was put.
struct AdditionalData {
    AdditionalData(Table table, Column column, Id row) {
        char* at = std::copy_n("v1|", 3, text.data());
        at = std::to_chars(at, end(), static_cast<unsigned>(table)).ptr;
        *at++ = '|';
        at = std::to_chars(at, end(), static_cast<unsigned>(column)).ptr;
        *at++ = '|';
        at = std::to_chars(at, end(), row).ptr;
        size = static_cast<std::size_t>(at - text.data());
    }
    const unsigned char* data() const { return octets(std::string_view(text.data(), size)); }

    std::array<char, 48> text{};
    std::size_t size = 0;

private:
    char* end() { return text.data() + text.size(); }
};

std::string encode_base32(const std::array<unsigned char, block_size>& block) {
    std::string text;
    text.reserve(public_id_size);
    unsigned bits = 0;
    unsigned held = 0;
    for (const unsigned char octet : block) {
        bits = (bits << 8) | octet;
        for (held += 8; held >= 5; held -= 5) text += base32[(bits >> (held - 5)) & 31];
    }
    text += base32[(bits << (5 - held)) & 31];
    return text;
}

std::optional<std::array<unsigned char, block_size>> decode_base32(std::string_view text) {
    if (text.size() != public_id_size) return std::nullopt;
    std::array<unsigned char, block_size> block{};
    std::size_t written = 0;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char letter : text) {
        const std::size_t value = base32.find(letter);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 5) | static_cast<unsigned>(value);
        held += 5;
        if (held < 8) continue;
        held -= 8;
        block.at(written++) = static_cast<unsigned char>(bits >> held);
    }
    const unsigned left_over = bits & ((1u << held) - 1);
    if (left_over != 0) return std::nullopt;  // one spelling per id
    return block;
}

/// AES-256 over one block. A thread keeps one context per direction and re-keys it only when it meets another vault.
class BlockCipher {
public:
    explicit BlockCipher(bool encrypts) : context_(EVP_CIPHER_CTX_new()), encrypts_(encrypts) {
        if (context_ == nullptr) throw std::bad_alloc();
    }
    BlockCipher(const BlockCipher&) = delete;
    BlockCipher& operator=(const BlockCipher&) = delete;
    ~BlockCipher() { EVP_CIPHER_CTX_free(context_); }

    std::array<unsigned char, block_size> run(const std::array<unsigned char, block_size>& in, const Key& key,
                                              std::uint64_t serial) {
        if (serial_ != serial) {
            ensure(EVP_CipherInit_ex(context_, EVP_aes_256_ecb(), nullptr, key.data(), nullptr, encrypts_ ? 1 : 0) ==
                   1);
            EVP_CIPHER_CTX_set_padding(context_, 0);
            serial_ = serial;
        }
        std::array<unsigned char, block_size> out{};
        int size = 0;
        ensure(EVP_CipherUpdate(context_, out.data(), &size, in.data(), static_cast<int>(in.size())) == 1);
        ensure(size == static_cast<int>(block_size));
        return out;
    }

private:
    EVP_CIPHER_CTX* context_;
    bool encrypts_;
    std::uint64_t serial_ = 0;
};

/// A file descriptor that closes itself.
struct File {
    explicit File(int fd) : number(fd) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number >= 0) ::close(number);
    }
    int number;
};

std::string failure(const std::filesystem::path& file, std::string_view what) {
    return "key file " + file.string() + ": " + std::string(what);
}

std::string failure(const std::filesystem::path& file, std::string_view what, int error) {
    return failure(file, what) + " (" + std::strerror(error) + ")";
}

std::string to_base64(const Key& key) {
    std::string text(sodium_base64_ENCODED_LEN(key.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), key.data(), key.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the terminating NUL
    return text;
}

std::optional<Key> from_base64(std::string_view text) {
    Key key{};
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return std::nullopt;
    }
    if (size != key.size() || end != text.data() + text.size()) return std::nullopt;
    return key;
}

/// Text that is wiped when it goes: it holds keys.
struct SecretText {
    SecretText() { text.reserve(key_file_max); }
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    ~SecretText() { sodium_memzero(text.data(), text.size()); }
    std::string text;
};

void write_all(const std::filesystem::path& file, const File& out, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(out.number, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw KeyError(failure(file, "cannot be written", errno));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(out.number) != 0) throw KeyError(failure(file, "cannot be written to disk", errno));
}

void read_all(const std::filesystem::path& file, SecretText& secret) {
    const File in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.number < 0) {
        const int error = errno;
        throw KeyError(
            failure(file, error == ENOENT ? "missing; make one with: jejak keys init" : "cannot be opened", error));
    }
    struct stat about {};
    if (::fstat(in.number, &about) != 0) throw KeyError(failure(file, "cannot be examined", errno));
    if (!S_ISREG(about.st_mode)) throw KeyError(failure(file, "is not a regular file"));
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        throw KeyError(
            failure(file, "can be read by others than its owner; run: chmod 600, and consider the keys known"));
    }
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t size = ::read(in.number, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw KeyError(failure(file, "cannot be read", errno));
        if (size == 0) break;
        if (secret.text.size() + static_cast<std::size_t>(size) > key_file_max)
            throw KeyError(failure(file, "is too long"));
        secret.text.append(piece.data(), static_cast<std::size_t>(size));
    }
    sodium_memzero(piece.data(), piece.size());
}

std::string_view next_word(std::string_view& line) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return {};
    line.remove_prefix(start);
    const auto word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

std::string_view next_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    return line;
}

}  // namespace

/// Data keys by epoch, the newest one seals. Wiped when they go, and kept out of swap where the system allows it.
struct Vault::Keys {
    Keys() { sodium_mlock(this, sizeof *this); }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;
    ~Keys() {
        sodium_memzero(data.data(), sizeof data);
        sodium_memzero(lookup.data(), lookup.size());
        sodium_memzero(ids.data(), ids.size());
        sodium_munlock(this, sizeof *this);
    }

    /// `text` is a whole key file. errors: KeyError naming the line.
    static std::unique_ptr<Keys> parse(const std::filesystem::path& file, std::string_view text);

    std::array<Key, 256> data{};  ///< by epoch; epoch 0 is never used
    std::array<bool, 256> known{};
    std::uint8_t epoch = 0;  ///< the one that seals
    Key lookup{};
    Key ids{};
    std::uint64_t serial = next_serial();  ///< tells a thread's cached contexts that the keys changed

private:
    static std::uint64_t next_serial() {
        static std::atomic<std::uint64_t> last{0};
        return ++last;
    }
};

std::unique_ptr<Vault::Keys> Vault::Keys::parse(const std::filesystem::path& file, std::string_view text) {
    if (next_line(text) != key_file_version) {
        throw KeyError(failure(file, "does not begin with \"jejak-keys 1\": damaged, or from a newer program"));
    }
    auto keys = std::make_unique<Keys>();
    bool lookup_seen = false;
    bool ids_seen = false;
    for (int number = 2; !text.empty(); ++number) {
        std::string_view line = next_line(text);
        const auto bad = [&](std::string_view what) {
            return KeyError(failure(file, "line " + std::to_string(number) + ": " + std::string(what)));
        };
        const auto name = next_word(line);
        if (name.empty() || name.front() == '#') continue;
        unsigned epoch = 0;
        if (name == "data") {
            const auto word = next_word(line);
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), epoch);
            if (error != std::errc() || end != word.data() + word.size() || epoch < 1 || epoch > 255) {
                throw bad("an epoch is a number from 1 to 255");
            }
            if (keys->known[epoch]) throw bad("this epoch came before");
        } else if (name != "lookup" && name != "ids") {
            throw bad("unknown kind of key");
        }
        const auto key = from_base64(next_word(line));
        if (!key || !next_word(line).empty()) throw bad("a key is 32 octets in base64");
        if (name == "data") {
            keys->data[epoch] = *key;
            keys->known[epoch] = true;
            keys->epoch = std::max(keys->epoch, static_cast<std::uint8_t>(epoch));
            continue;
        }
        bool& seen = name == "lookup" ? lookup_seen : ids_seen;
        if (seen) throw bad("this key came before");
        seen = true;
        (name == "lookup" ? keys->lookup : keys->ids) = *key;
    }
    if (keys->epoch == 0 || !lookup_seen || !ids_seen) {
        throw KeyError(failure(file, "a key is missing: data, lookup and ids must all be there"));
    }
    return keys;
}

Vault::Vault(std::unique_ptr<const Keys> keys) : keys_(std::move(keys)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

void Vault::init(const std::filesystem::path& file) {
    start_sodium();
    SecretText secret;
    secret.text.append(key_file_version)
        .append("\n# Whoever has this file reads everything. Keep a copy apart from the backups.\n");
    for (const std::string_view name : {"data 1 ", "lookup ", "ids "}) {
        Key key{};
        randombytes_buf(key.data(), key.size());
        SecretText encoded;
        encoded.text = to_base64(key);
        sodium_memzero(key.data(), key.size());
        secret.text.append(name).append(encoded.text).append("\n");
    }
    const File out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (out.number < 0) {
        const int error = errno;
        throw KeyError(
            failure(file, error == EEXIST ? "is there already and is not overwritten" : "cannot be made", error));
    }
    try {
        if (::fchmod(out.number, S_IRUSR | S_IWUSR) != 0) throw KeyError(failure(file, "cannot be protected", errno));
        write_all(file, out, secret.text);
        const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
        const File folder_file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (folder_file.number < 0 || ::fsync(folder_file.number) != 0) {
            throw KeyError(failure(file, "its folder cannot be written to disk", errno));
        }
    } catch (...) {
        ::unlink(file.c_str());  // half a key file would be taken for a whole one
        throw;
    }
}

Vault Vault::open(const std::filesystem::path& file) {
    start_sodium();
    SecretText secret;
    read_all(file, secret);
    return Vault(Keys::parse(file, secret.text));
}

Vault Vault::for_tests() {
    start_sodium();
    auto keys = std::make_unique<Keys>();
    const auto derive = [](std::string_view name) {
        Key key{};
        crypto_generichash(key.data(), key.size(), octets(name), name.size(), nullptr, 0);
        return key;
    };
    keys->epoch = 1;
    keys->known[1] = true;
    keys->data[1] = derive("tests: data");
    keys->lookup = derive("tests: lookup");
    keys->ids = derive("tests: ids");
    return Vault(std::move(keys));
}

/// Takes random octets from the operating system a page at a time: a system call for each value would cost more than
/// the rest of its sealing. No nonce is handed out twice, and none is secret.
static void fill_nonce(unsigned char* nonce) {
    constexpr std::size_t nonces = 64;
    static thread_local std::array<unsigned char, nonces * nonce_size> drawn;
    static thread_local std::size_t used = drawn.size();
    if (used == drawn.size()) {
        randombytes_buf(drawn.data(), drawn.size());
        used = 0;
    }
    std::copy_n(drawn.data() + used, nonce_size, nonce);
    used += nonce_size;
}

Sealed Vault::seal(Table table, Column column, Id row, std::string_view plain) const {
    const AdditionalData where(table, column, row);
    Sealed sealed(1 + nonce_size + plain.size() + tag_size);
    sealed[0] = static_cast<std::byte>(keys_->epoch);
    unsigned char* nonce = octets(sealed.data() + 1);
    fill_nonce(nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed.data() + 1 + nonce_size), nullptr, octets(plain),
                                               plain.size(), where.data(), where.size, nullptr, nonce,
                                               keys_->data[keys_->epoch].data());
    return sealed;
}

std::optional<SensitiveText> Vault::open(Table table, Column column, Id row, std::span<const std::byte> sealed) const {
    if (sealed.size() < 1 + nonce_size + tag_size) return std::nullopt;
    const auto epoch = static_cast<std::size_t>(sealed[0]);
    if (!keys_->known[epoch]) return std::nullopt;
    const AdditionalData where(table, column, row);
    const auto nonce = sealed.subspan(1, nonce_size);
    const auto cipher = sealed.subspan(1 + nonce_size);
    SensitiveText plain(std::string(cipher.size() - tag_size, '\0'));
    const int damaged = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(plain.reveal().data()), nullptr, nullptr, octets(cipher.data()), cipher.size(),
        where.data(), where.size, octets(nonce.data()), keys_->data[epoch].data());
    if (damaged != 0) return std::nullopt;
    return plain;
}

LookupKey Vault::lookup(std::string_view purpose, std::string_view value) const {
    ensure(purpose.find('|') == std::string_view::npos);
    crypto_generichash_state state;
    LookupKey key{};
    crypto_generichash_init(&state, keys_->lookup.data(), keys_->lookup.size(), key.size());
    crypto_generichash_update(&state, octets(purpose), purpose.size());
    crypto_generichash_update(&state, octets(std::string_view("|")), 1);
    crypto_generichash_update(&state, octets(value), value.size());
    crypto_generichash_final(&state, octets(key.data()), key.size());
    return key;
}

std::string Vault::public_id(Table table, Id row) const {
    thread_local BlockCipher cipher(true);
    std::array<unsigned char, block_size> block{};  // table octet, seven zeros, row big-endian
    block[0] = static_cast<unsigned char>(table);
    for (unsigned i = 0; i < 8; ++i)
        block[8 + i] = static_cast<unsigned char>(static_cast<std::uint64_t>(row) >> (56 - 8 * i));
    return encode_base32(cipher.run(block, keys_->ids, keys_->serial));
}

std::optional<Id> Vault::row_id(Table table, std::string_view public_id) const {
    const auto decoded = decode_base32(public_id);
    if (!decoded) return std::nullopt;
    thread_local BlockCipher cipher(false);
    const auto block = cipher.run(*decoded, keys_->ids, keys_->serial);
    const bool padded =
        std::all_of(block.begin() + 1, block.begin() + 8, [](unsigned char octet) { return octet == 0; });
    if (block[0] != static_cast<unsigned char>(table) || !padded) return std::nullopt;
    std::uint64_t row = 0;
    for (unsigned i = 8; i < block_size; ++i) row = (row << 8) | block[i];
    return static_cast<Id>(row);
}

std::uint64_t Vault::reference_key(std::string_view kind) const {
    constexpr std::string_view purpose = "reference|";
    std::array<unsigned char, 16> hash{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys_->ids.data(), keys_->ids.size(), hash.size());
    crypto_generichash_update(&state, octets(purpose), purpose.size());
    crypto_generichash_update(&state, octets(kind), kind.size());
    crypto_generichash_final(&state, hash.data(), hash.size());
    std::uint64_t key = 0;
    for (unsigned i = 0; i < 8; ++i) key = (key << 8) | hash[i];
    return key;
}

LookupKey Vault::store_mark() const {
    constexpr std::string_view purpose = "store mark|";
    LookupKey mark{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys_->lookup.data(), keys_->lookup.size(), mark.size());
    crypto_generichash_update(&state, octets(purpose), purpose.size());
    crypto_generichash_update(&state, keys_->ids.data(), keys_->ids.size());
    crypto_generichash_final(&state, octets(mark.data()), mark.size());
    return mark;
}

}  // namespace jejak::storage
