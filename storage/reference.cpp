#include "storage/reference.hpp"
