#pragma once

#include <stddef.h>
#include <stdint.h>

// Weights out of integers: the same bits here and in Fixtures/vit-base/make.py, so that a full-size model needs
// no stored weights. Element i of the tensor `key` is
//
//   z     = splitmix64's output number i + 1 for the seed fnv1a64(key)
//   s     = the sum of z's four 16-bit parts - 2 * 65535      (like a normal, standard deviation 37837.2)
//   value = (float)(s * multiplier + offset) * 2^-30          (one rounding, then an exact scaling)
//
// |s * multiplier + offset| must stay below 2^31.

/// The 64-bit FNV-1a hash of `count` bytes, continuing from `state` (start with `fixture_fnv1a64_start`).
uint64_t fixture_fnv1a64(uint64_t state, const void *_Nonnull bytes, size_t count);

static const uint64_t fixture_fnv1a64_start = 0xcbf29ce484222325u;

/// Writes the elements `first ..< first + count` of the tensor with the given seed to `values`.
void fixture_weights(
    uint64_t seed, uint64_t first, size_t count, int32_t multiplier, int32_t offset, float *_Nonnull values);
