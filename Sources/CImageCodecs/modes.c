#include "CImageCodecs.h"

#include <math.h>
#include <string.h>

// Pillow's rounded division by 255 of a product of two levels.
static inline int multiply(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

static inline uint8_t clipped(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static inline void grey(uint8_t *rgb, uint8_t level) { rgb[0] = rgb[1] = rgb[2] = level; }

// The reference's table of 64 * factor * (value - 128), rounded by adding a half and truncating.
static inline int chroma(double factor, uint8_t value) { return (int)(64 * factor * (value - 128) + 0.5); }

static inline uint8_t truncated(float value) {
  return (uint8_t)(isnan(value) || value <= 0.0f ? 0 : value >= 255.0f ? 255 : (int)value);
}

static void convert(int32_t mode, const uint8_t *in, uint8_t *rgb, const uint8_t *palette) {
  switch (mode) {
    case CIC_L:
      grey(rgb, in[0]);
      break;
    case CIC_P:
      memcpy(rgb, palette + 3 * in[0], 3);
      break;
    case CIC_RGB:
      memcpy(rgb, in, 3);
      break;
    case CIC_RGB_PREMULTIPLIED:
      for (int c = 0; c < 3; c++)
        rgb[c] = in[3] == 0 ? 0 : in[3] == 255 ? in[c] : clipped(255 * in[c] / in[3]);
      break;
    case CIC_CMYK: {
      const int white = 255 - in[3];
      for (int c = 0; c < 3; c++) rgb[c] = clipped(white - multiply(in[c], white));
      break;
    }
    case CIC_YCBCR: {
      const int y = in[0];
      rgb[0] = clipped(y + (chroma(1.402, in[2]) >> 6));
      rgb[1] = clipped(y + ((chroma(-0.34414, in[1]) + chroma(-0.71414, in[2])) >> 6));
      rgb[2] = clipped(y + (chroma(1.772, in[1]) >> 6));
      break;
    }
    case CIC_I16: {
      uint16_t value;
      memcpy(&value, in, sizeof value);
      grey(rgb, (uint8_t)(value > 255 ? 255 : value));
      break;
    }
    case CIC_I: {
      int32_t value;
      memcpy(&value, in, sizeof value);
      grey(rgb, clipped(value));
      break;
    }
    case CIC_F: {
      float value;
      memcpy(&value, in, sizeof value);
      grey(rgb, truncated(value));
      break;
    }
    default:
      break;
  }
}

void cic_to_rgb(int32_t mode, const uint8_t *samples, size_t step, uint8_t *rgb, size_t count, const uint8_t *palette) {
  // The loop is written once for each of the modes that matter, so that the compiler sees which one it is.
  switch (mode) {
    case CIC_L:
      for (size_t i = 0; i < count; i++) convert(CIC_L, samples + i * step, rgb + 3 * i, NULL);
      break;
    case CIC_P:
      for (size_t i = 0; i < count; i++) convert(CIC_P, samples + i * step, rgb + 3 * i, palette);
      break;
    case CIC_RGB:
      if (step == 3) {
        memcpy(rgb, samples, 3 * count);
      } else {
        for (size_t i = 0; i < count; i++) convert(CIC_RGB, samples + i * step, rgb + 3 * i, NULL);
      }
      break;
    case CIC_CMYK:
      for (size_t i = 0; i < count; i++) convert(CIC_CMYK, samples + i * step, rgb + 3 * i, NULL);
      break;
    default:
      for (size_t i = 0; i < count; i++) convert(mode, samples + i * step, rgb + 3 * i, palette);
  }
}

void cic_on_white(uint8_t *rgb, const uint8_t *alpha, size_t step, size_t count) {
  for (size_t i = 0; i < count; i++, rgb += 3, alpha += step) {
    const uint32_t a = *alpha;
    // Where nothing is seen of a pixel, rounding must not show it.
    for (int c = 0; c < 3; c++) {
      const uint32_t sum = 128 * (rgb[c] * a + 255 * (255 - a) + 128);
      rgb[c] = a == 0 ? 255 : (uint8_t)((((sum >> 8) + sum) >> 8) >> 7);
    }
  }
}

// MARK: Samples as they are stored

static inline uint8_t reversed(uint8_t byte) {
  byte = (uint8_t)((byte & 0x55) << 1 | (byte >> 1 & 0x55));
  byte = (uint8_t)((byte & 0x33) << 2 | (byte >> 2 & 0x33));
  return (uint8_t)(byte << 4 | byte >> 4);
}

static void expand_bits(const cic_packing *packing, const uint8_t *in, uint8_t *out, size_t count) {
  const unsigned bits = packing->bits, most = (1u << bits) - 1;
  for (size_t i = 0; i < count; i++) {
    const size_t bit = i * bits;
    uint8_t byte = in[bit / 8];
    if (packing->reversed) byte = reversed(byte);
    unsigned value = (unsigned)(byte >> (8 - bits - bit % 8)) & most;
    if (packing->scaled) value = value * 255 / most;
    out[i] = (uint8_t)(packing->inverted ? 255 - value : value);
  }
}

// Two samples of twelve bits in three bytes.
static void expand_twelve(const uint8_t *in, uint8_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *at = in + i / 2 * 3;
    const uint16_t value = (uint16_t)(i % 2 ? (at[1] & 15) << 8 | at[2] : at[0] << 4 | at[1] >> 4);
    memcpy(out + 2 * i, &value, 2);
  }
}

void cic_unpack(const cic_packing *packing, const uint8_t *in, uint8_t *out, size_t count) {
  const unsigned bits = packing->bits;
  if (bits < 8) return expand_bits(packing, in, out, count);
  if (bits == 12) return expand_twelve(in, out, count);
  const size_t bytes = bits / 8;
  const int swapped = packing->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
  for (size_t i = 0; i < count; i++, in += bytes) {
    if (packing->high_byte) {
      *out++ = in[packing->big_endian ? 0 : bytes - 1];
      continue;
    }
    for (size_t b = 0; b < bytes; b++) {
      const uint8_t byte = in[swapped ? bytes - 1 - b : b];
      *out++ = packing->reversed ? reversed(byte) : packing->inverted ? (uint8_t)(255 - byte) : byte;
    }
    // A signed 16-bit sample becomes a 32-bit one.
    if (packing->widened) {
      int16_t value;
      memcpy(&value, out - 2, 2);
      const int32_t wide = value;
      memcpy(out - 2, &wide, 4);
      out += 2;
    }
  }
}
