#include "gateway/understand/dialogue/ask.hpp"

#include <algorithm>

#include "gateway/understand/intents.hpp"

namespace jejak::understand {
namespace {

/// What the sender tells may be happening to them.
bool in_danger(const Reading& reading) {
    return reading.intent == Intent::sos || has(reading.flags, Flag::self_victim) ||
           has(reading.flags, Flag::phone_monitored) || has(reading.flags, Flag::duress);
}

/// True while the slot that the field fills is empty.
bool is_open(const FormField& field, const Reading& reading) {
    const auto& when = reading.when;
    if (field.name == "place") {
        const bool told = !reading.place.empty() || !reading.place_name.empty();
        return !told && (reading.intent != Intent::arrived || reading.destination.empty());
    }
    if (field.name == "people") return !reading.people;
    if (field.name == "time") return !when.at && !when.since && !when.now;
    if (field.name == "what") return reading.category == Category::none;
    if (field.name == "subject") return reading.subject.empty();
    if (field.name == "destination") return reading.destination.empty();
    if (field.name == "code") return reading.reference.empty();
    return true;
}

bool concerns(const FormField& field, Category category) {
    return field.categories.empty() ||
           std::find(field.categories.begin(), field.categories.end(), category) != field.categories.end();
}

const FormField* first_open(const Form& form, const Reading& reading, std::span<const std::string> done) {
    for (const FormField& field : form.fields) {
        if (!field.asked || !concerns(field, reading.category) || !is_open(field, reading)) continue;
        if (std::find(done.begin(), done.end(), field.name) == done.end()) return &field;
    }
    return nullptr;
}

}  // namespace

bool ask_gently(const Reading& reading) {
    // Word from whoever is on the way: asking where they are is no danger to them, for they told us first.
    return in_danger(reading) || (has(reading.flags, Flag::from_abroad) && !of_the_way(reading.intent));
}

const FormField* next_question(const Pack& pack, const Reading& reading, std::span<const std::string> done) {
    if (reading.intent == Intent::unclear || done.size() >= questions_max) return nullptr;
    const Form* own = pack.form_for(reading.intent);
    const FormField* wanted = own == nullptr ? nullptr : first_open(*own, reading, done);
    if (!ask_gently(reading)) return wanted;
    // Whoever is in danger is asked whether they may be called. A text from abroad that says it all needs no question.
    if (!in_danger(reading) && wanted == nullptr) return nullptr;
    const Form* gentle = pack.form_for(Intent::sos);
    return gentle == nullptr ? nullptr : first_open(*gentle, reading, done);
}

}  // namespace jejak::understand
