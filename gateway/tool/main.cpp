#include <iostream>

#include "gateway/tool/tool.hpp"

int main(int argc, char** argv) {
    return jejak::tool::run({argv + 1, argv + argc}, {std::cin, std::cout, std::cerr});
}
