#pragma once
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts what each thread asks the heap for, so that "allocates nothing" is a fact. For one source of a program. The
/// sanitizers have a heap of their own: under them nothing is counted.
namespace jejak::tests {
inline thread_local std::size_t allocations = 0;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
    ++jejak::tests::allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif
