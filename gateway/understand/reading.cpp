#include "gateway/understand/reading.hpp"
