#include "CFixtureWeights.h"

uint64_t fixture_fnv1a64(uint64_t state, const void *bytes, size_t count) {
  const uint8_t *byte = bytes;
  for (size_t i = 0; i < count; i++) state = (state ^ byte[i]) * 0x100000001b3u;
  return state;
}

// Tests are built without optimisation, where a variable lives in memory: so few of them, and long expressions.
void fixture_weights(
    uint64_t seed, uint64_t first, size_t count, int32_t multiplier, int32_t offset, float *values) {
  uint64_t state = seed + first * 0x9e3779b97f4a7c15u;
  for (float *end = values + count; values != end; values++) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    int32_t sum =
        (int32_t)((z & 0xffff) + (z >> 16 & 0xffff) + (z >> 32 & 0xffff) + (z >> 48)) - 2 * 65535;
    *values = (float)(sum * multiplier + offset) * 0x1p-30f;
  }
}
