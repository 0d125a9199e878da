namespace jejak::sim {}
