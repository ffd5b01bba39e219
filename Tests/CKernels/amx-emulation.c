#include "amx-emulation.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// Products and sums of floats are rounded one by one, but for those that AMX fuses.
#pragma STDC FP_CONTRACT OFF

enum { registers = 8, most_rows = 16, most_bytes = 64 };

static struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} shapes;
static uint8_t tiles[registers][most_rows][most_bytes];

static unsigned refuse(const char **refusal, const char *why) {
  *refusal = why;
  return 0;
}

// ---- Moving

static const char *load_shapes(const uint8_t *from) {
  memcpy(&shapes, from, sizeof shapes);
  memset(tiles, 0, sizeof tiles);
  if (shapes.palette == 0) {
    memset(&shapes, 0, sizeof shapes);
    return NULL;
  }
  if (shapes.palette != 1) return "there is one palette";
  for (int i = 0; i < 14; i++)
    if (shapes.reserved[i]) return "reserved bytes are not zero";
  for (int i = 0; i < 16; i++) {
    const unsigned rows = shapes.rows[i], bytes = shapes.row_bytes[i];
    if (i >= registers && (rows || bytes)) return "there are eight registers";
    if (rows > most_rows || bytes > most_bytes) return "a register has 16 rows of 64 bytes at most";
    if (!rows != !bytes) return "a register without rows has bytes, or the other way round";
  }
  return NULL;
}

static void move(unsigned tile, uint8_t *memory, uint64_t stride, bool stores) {
  if (!stores) memset(tiles[tile], 0, sizeof tiles[tile]);
  for (unsigned r = 0; r < shapes.rows[tile]; r++, memory += stride) {
    if (stores)
      memcpy(memory, tiles[tile][r], shapes.row_bytes[tile]);
    else
      memcpy(tiles[tile][r], memory, shapes.row_bytes[tile]);
  }
}

// ---- Multiplying

static float flushed(float x) { return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x; }
static float widened(const uint8_t *bfloat16) {
  const uint32_t bits = (uint32_t)bfloat16[0] << 16 | (uint32_t)bfloat16[1] << 24;
  float x;
  memcpy(&x, &bits, sizeof x);
  return flushed(x);
}

static const char *multiply(unsigned to, unsigned a, unsigned b, bool of_floats, bool a_signed, bool b_signed) {
  if (to == a || to == b || a == b) return "two operands are the same register";
  const unsigned rows = shapes.rows[to], columns = shapes.row_bytes[to] / 4, steps = shapes.row_bytes[a] / 4;
  if (!rows || !steps || !shapes.rows[b]) return "an operand has no shape";
  if (shapes.row_bytes[to] % 4 || shapes.row_bytes[a] % 4 || shapes.row_bytes[b] % 4) return "a row is no whole elements";
  if (shapes.rows[a] != rows || shapes.rows[b] != steps || shapes.row_bytes[b] / 4 != columns) return "shapes do not fit";
  for (unsigned r = 0; r < rows; r++)
    for (unsigned j = 0; j < columns; j++) {
      uint8_t *const at = tiles[to][r] + 4 * j;
      if (of_floats) {
        float even = 0, odd = 0, sum;
        for (unsigned s = 0; s < steps; s++) {
          even = flushed(fmaf(widened(tiles[a][r] + 4 * s), widened(tiles[b][s] + 4 * j), even));
          odd = flushed(fmaf(widened(tiles[a][r] + 4 * s + 2), widened(tiles[b][s] + 4 * j + 2), odd));
        }
        memcpy(&sum, at, sizeof sum);
        sum = flushed(flushed(sum) + flushed(even + odd));
        memcpy(at, &sum, sizeof sum);
      } else {
        uint32_t sum;
        memcpy(&sum, at, sizeof sum);
        for (unsigned s = 0; s < steps; s++)
          for (unsigned i = 0; i < 4; i++) {
            const uint8_t x = tiles[a][r][4 * s + i], y = tiles[b][s][4 * j + i];
            sum += (uint32_t)((a_signed ? (int8_t)x : x) * (b_signed ? (int8_t)y : y));
          }
        memcpy(at, &sum, sizeof sum);
      }
    }
  return NULL;
}

// ---- Decoding: VEX.128 with three bytes, map 0F38, W0

unsigned amx_execute(const uint8_t *code, amx_register *reg, const char **refusal) {
  *refusal = NULL;
  if (code[0] != 0xc4 || (code[1] & 0x1f) != 2 || code[2] & 0x84) return 0;
  const unsigned prefix = code[2] & 3, second = ~(code[2] >> 3) & 15, operation = code[3], modrm = code[4];
  const unsigned mode = modrm >> 6, middle = modrm >> 3 & 7, low = modrm & 7;
  const unsigned high_index = code[1] & 0x40 ? 0 : 8, high_base = code[1] & 0x20 ? 0 : 8;
  enum { none, x66, f3, f2 };

  if (operation == 0x5c || operation == 0x5e) {
    if (mode != 3 || (operation == 0x5c && prefix != f3)) return 0;
    *refusal = multiply(middle, low, second, operation == 0x5c, prefix == f3 || prefix == f2, prefix == x66 || prefix == f2);
    return *refusal ? 0 : 5;
  }
  if (operation != 0x49 && operation != 0x4b) return 0;
  if (mode == 3) {
    if (operation != 0x49 || low || second) return 0;
    if (prefix == none && middle == 0) {
      memset(&shapes, 0, sizeof shapes);
      memset(tiles, 0, sizeof tiles);
      return 5;
    }
    if (prefix != f2) return 0;
    if (!shapes.rows[middle]) return refuse(refusal, "TILEZERO of a register without a shape");
    memset(tiles[middle], 0, sizeof tiles[middle]);
    return 5;
  }

  // An address in memory: base, index times scale, displacement.
  unsigned length = 5;
  uint64_t address, stride = 0;
  if (low == 4) {
    const unsigned sib = code[length++], index = (sib >> 3 & 7) | high_index;
    if ((sib & 7) == 5 && mode == 0) return refuse(refusal, "an address without a base is not emulated");
    address = reg((sib & 7) | high_base);
    // An index names the stride, and is no part of the address.
    if (index != 4) stride = reg(index) << (sib >> 6);
  } else {
    if (operation == 0x4b) return refuse(refusal, "tiles are addressed with an index");
    if (low == 5 && mode == 0) return refuse(refusal, "an address relative to the code is not emulated");
    address = reg(low | high_base);
  }
  int32_t displacement = 0;
  if (mode == 1) displacement = (int8_t)code[length++];
  if (mode == 2) {
    memcpy(&displacement, code + length, 4);
    length += 4;
  }
  uint8_t *const memory = (uint8_t *)(address + (uint64_t)(int64_t)displacement);

  if (operation == 0x49) {
    if (stride) return refuse(refusal, "an index is not emulated here");
    if (prefix == none)
      *refusal = load_shapes(memory);
    else if (prefix == x66)
      memcpy(memory, &shapes, sizeof shapes);
    else
      return 0;
    return *refusal ? 0 : length;
  }
  if (prefix == none) return 0;
  if (!shapes.rows[middle]) return refuse(refusal, "a move of a register without a shape");
  move(middle, memory, stride, prefix == f3);
  return length;
}
