#pragma once
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gateway/understand/pack/pack.hpp"

namespace jejak::understand {

/// A copy of the published packs, to be spoilt.
class SpoiltPack {
public:
    explicit SpoiltPack(std::string name = "sambas") : name_(std::move(name)) {
        static int count = 0;
        packs_ = std::filesystem::temp_directory_path() /
                 ("jejak-pack-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
        std::filesystem::copy(JEJAK_SOURCE_DIR "/deploy/packs", packs_, std::filesystem::copy_options::recursive);
    }
    ~SpoiltPack() { std::filesystem::remove_all(packs_); }
    SpoiltPack(const SpoiltPack&) = delete;
    SpoiltPack& operator=(const SpoiltPack&) = delete;

    void replace(const std::string& file, const std::string& what, const std::string& by) {
        const auto path = path_of(file);
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        auto content = text.str();
        const auto at = content.find(what);
        CAPTURE(file, what);
        REQUIRE(at != content.npos);
        content.replace(at, what.size(), by);
        std::ofstream(path) << content;
    }
    /// To a file of the pack itself, which may be new.
    void append(const std::string& file, const std::string& text) {
        std::ofstream(packs_ / name_ / file, std::ios::app) << text;
    }
    void remove(const std::string& file) { std::filesystem::remove(path_of(file)); }

    std::filesystem::path folder() const { return packs_ / name_; }
    std::shared_ptr<const Pack> load() const {
        std::vector<PackFault> found;
        return Pack::load(folder(), found);
    }
    /// All faults of loading and linting in one text; empty when there is none.
    std::string faults() const {
        std::vector<PackFault> found;
        if (const auto pack = Pack::load(folder(), found)) found = pack->lint();
        std::string text;
        for (const auto& fault : found)
            text += fault.file + ':' + std::to_string(fault.line) + ": " + fault.message + '\n';
        return text;
    }

private:
    /// In the pack itself, or in the folder it includes.
    std::filesystem::path path_of(const std::string& file) const {
        const auto own = folder() / file;
        return std::filesystem::exists(own) ? own : packs_ / "indonesian" / file;
    }

    std::string name_;
    std::filesystem::path packs_;
};

}  // namespace jejak::understand
