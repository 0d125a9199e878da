#include "gateway/gateway.hpp"

int main(int argc, char** argv) {
    return jejak::run_daemon(argc, argv);
}
