#pragma once
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace jejak {

template <class Signature>
class MoveOnlyFunction;

/// A callable that is moved and never copied. What fits in `room` octets is kept inside, so that the usual completion
/// (an owner, a handle, two or three numbers, another completion) costs no allocation; what does not goes to the heap.
/// Calling an empty one is a mistake. Used by one thread at a time.
template <class Result, class... Arguments>
class MoveOnlyFunction<Result(Arguments...)> {
public:
    static constexpr std::size_t room = 56;

    MoveOnlyFunction() = default;
    MoveOnlyFunction(std::nullptr_t) {}
    /// Of an empty std::function: empty.
    template <class Callable>
    requires(!std::same_as<std::remove_cvref_t<Callable>, MoveOnlyFunction> &&
             std::is_invocable_r_v<Result, std::decay_t<Callable>&, Arguments...>)
        MoveOnlyFunction(Callable&& callable) {  // NOLINT(bugprone-forwarding-reference-overload): see requires
        using Held = std::decay_t<Callable>;
        if constexpr (std::same_as<Held, std::function<Result(Arguments...)>>) {
            if (!callable) return;
        }
        if constexpr (fits<Held>) {
            ::new (static_cast<void*>(room_)) Held(std::forward<Callable>(callable));
            kind_ = &Inside<Held>::kind;
        } else {
            ::new (static_cast<void*>(room_)) Held*(new Held(std::forward<Callable>(callable)));
            kind_ = &Outside<Held>::kind;
        }
    }
    MoveOnlyFunction(MoveOnlyFunction&& other) noexcept { take(other); }
    MoveOnlyFunction& operator=(MoveOnlyFunction&& other) noexcept {
        if (this == &other) return *this;
        reset();
        take(other);
        return *this;
    }
    ~MoveOnlyFunction() { reset(); }

    explicit operator bool() const { return kind_ != nullptr; }
    Result operator()(Arguments... arguments) { return kind_->call(room_, std::forward<Arguments>(arguments)...); }

    void reset() noexcept {
        if (kind_ != nullptr) std::exchange(kind_, nullptr)->destroy(room_);
    }

private:
    /// What is to be known of the callable inside.
    struct Kind {
        Result (*call)(void* room, Arguments&&... arguments);
        void (*move)(void* from, void* to) noexcept;  ///< nothing is left at `from`
        void (*destroy)(void* room) noexcept;
    };

    template <class Held>
    static constexpr bool fits =
        sizeof(Held) <= room &&
        alignof(Held) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<Held>;

    template <class Held>
    struct Inside {
        static Held& held(void* room) { return *std::launder(static_cast<Held*>(room)); }
        static Result call(void* room, Arguments&&... arguments) {
            return static_cast<Result>(std::invoke(held(room), std::forward<Arguments>(arguments)...));
        }
        static void move(void* from, void* to) noexcept {
            ::new (to) Held(std::move(held(from)));
            std::destroy_at(&held(from));
        }
        static void destroy(void* room) noexcept { std::destroy_at(&held(room)); }
        static constexpr Kind kind{&call, &move, &destroy};
    };

    template <class Held>
    struct Outside {
        static Held* held(void* room) { return *std::launder(static_cast<Held**>(room)); }
        static Result call(void* room, Arguments&&... arguments) {
            return static_cast<Result>(std::invoke(*held(room), std::forward<Arguments>(arguments)...));
        }
        static void move(void* from, void* to) noexcept { ::new (to) Held*(held(from)); }
        static void destroy(void* room) noexcept { delete held(room); }
        static constexpr Kind kind{&call, &move, &destroy};
    };

    void take(MoveOnlyFunction& other) noexcept {
        if (other.kind_ == nullptr) return;
        kind_ = std::exchange(other.kind_, nullptr);
        kind_->move(other.room_, room_);
    }

    alignas(std::max_align_t) std::byte room_[room];
    const Kind* kind_ = nullptr;
};

}  // namespace jejak
