#include "maps/demo/demo.h"

#include <math.h>

/* SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere. */
uint64_t epo_demo_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double epo_demo_uniform(uint64_t *state, double from, double to) {
    return from + (to - from) * ((double)(epo_demo_random(state) >> 11) / 9007199254740992.0);
}

bool epo_demo_chance(uint64_t *state, double probability) {
    return epo_demo_uniform(state, 0, 1) < probability;
}

static double corner(uint64_t seed, int64_t x, int64_t y) {
    uint64_t state = seed ^ ((uint64_t)x * 0x8da6b343u) ^ ((uint64_t)y * 0xd8163841u << 16);
    epo_demo_random(&state);
    return epo_demo_uniform(&state, -1, 1);
}

double epo_demo_noise(uint64_t seed, double x, double y) {
    double fx = floor(x), fy = floor(y);
    double u = x - fx, v = y - fy;
    int64_t ix = (int64_t)fx, iy = (int64_t)fy;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    double low = corner(seed, ix, iy) * (1 - u) + corner(seed, ix + 1, iy) * u;
    double high = corner(seed, ix, iy + 1) * (1 - u) + corner(seed, ix + 1, iy + 1) * u;
    return low * (1 - v) + high * v;
}
