// Products of rows with packed weights, compiled once for each level; see agk_matrix.h.

// Steps of k whose products are summed before they join the rest. Short sums round less: with 128 products the
// mean error of ViT-B/16's final state is 5.6e-7, with 256 it is 7.3e-7. It is also the piece of a panel that stays
// in the first-level cache while all rows pass over it; for that alone int8's may be longer, and bfloat16's where it is
// multiplied, as its own rounding hides that of the sums.
#define FLOAT32_BLOCK 128
#define BFLOAT16_BLOCK (AGK_BF16 ? 192 : 64)
#define INT8_BLOCK (AGK_VNNI ? 192 : 256 * LANES / PANEL_COLUMNS)  // whole groups; exact whatever the order

// Rows of a block that take more than this many bytes do not stay in the second-level cache; then panels take
// turns, several with each part of k.
#define AGK_CACHED_ROWS (400 * 1024)
#define AGK_PANEL_GROUP 8

static const size_t AGK_NAME(blocks)[3] = {FLOAT32_BLOCK, BFLOAT16_BLOCK, INT8_BLOCK};

// Where bfloat16 cannot be multiplied, or not faster than floats, a piece of a panel is widened before the rows pass over it,
// and the rows are floats that `prepare_rows` rounded.
#define WIDENS !AGK_BF16
static const size_t AGK_NAME(step_bytes)[3] = {4, WIDENS ? 8 : 4, 4};

// What is subtracted from a row's bytes and from their zero, so that the sums of `dequantize` stay the same: NEON
// multiplies only bytes of the same kind, and weights are signed.
#if defined(__aarch64__)
#define AGK_ROW_OFFSET 128
#else
#define AGK_ROW_OFFSET 0
#endif
#define REMAINDER_ZERO (128 - AGK_ROW_OFFSET)

// A step of a panel in bytes, and the lines that some steps take from the start of a group on.
#define LINE (4 * PANEL_COLUMNS)
INLINE size_t panel_lines(agk_format format, size_t steps) {
  return format == agk_int8 ? steps + (steps + GROUP_STEPS - 1) / GROUP_STEPS : steps;
}

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// The rows of a tile when `rows` are dealt out evenly to `tiles`: the first ones get one more, 197 = 2 x 14 + 13 x 13.
INLINE size_t tile_rows(size_t rows, size_t tiles, size_t t) { return rows / tiles + (t < rows % tiles); }

// Integer sums as floats: (sum - zero * column sum) * row scale * column scale.
INLINE vf dequantized(const agk_product *p, size_t column, const float *sums, float row_scale, int32_t zero) {
  const vi whole = load_units((const char *)sums) - zero * load_units((const char *)(p->sums + column));
  return __builtin_convertvector(whole, vf) * (splat(row_scale) * load(p->scales + column));
}

// The same for one row of a panel, in place, where a remainder's sums join before the scales. The panel is read once more for them.
static __attribute__((noinline)) void AGK_NAME(dequantize_finer)(const agk_product *p, size_t row, size_t column,
                                                                 float *sums) {
  const agk_quantized_rows *const q = &p->quantized;
  const size_t panel = column / PANEL_COLUMNS;
  float remainder[PANEL_COLUMNS];
  AGK_NAME(tiles)[agk_int8][0]((const char *)q->remainders + row / q->remainder_step * q->remainder_stride, 0,
                               (const char *)p->panels + panel * panel_lines(agk_int8, p->steps) * LINE, p->steps,
                               (char *)remainder, 0, false, p->panels, 0);
  for (size_t i = 0; i < PANEL_COLUMNS; i += LANES) {
    const vi column_sum = load_units((const char *)(p->sums + column + i));
    const vi whole = load_units((const char *)(sums + i)) - q->zeros[row] * column_sum;
    const vi part = load_units((const char *)(remainder + i)) - REMAINDER_ZERO * column_sum;
    const vf x = __builtin_convertvector(whole, vf) + __builtin_convertvector(part, vf) * 0x1p-8f;
    store(sums + i, x * (splat(q->scales[row]) * load(p->scales + column + i)));
  }
}

// What a row of a tile's finished sums becomes: `integers` ones of bytes.
INLINE void finish_row(const agk_product *p, float *to, size_t column, const float *sums, agk_activation kind, bool adds,
                       bool integers, float row_scale, int32_t zero) {
  const size_t columns = smaller(PANEL_COLUMNS, p->columns - column);
  for (size_t i = 0; i < columns; i += LANES) {
    vf x = integers ? dequantized(p, column + i, sums + i, row_scale, zero) : load(sums + i);
    if (i + LANES <= columns) {
      if (p->bias) x += load(p->bias + column + i);
      x = activate(x, kind);
      store(to + i, adds ? load(to + i) + x : x);
    } else {
      const size_t rest = columns - i;
      if (p->bias) x += load_tail(p->bias + column + i, rest, 0.0f);
      x = activate(x, kind);
      store_tail(to + i, adds ? load_tail(to + i, rest, 0.0f) + x : x, rest);
    }
  }
}

// One function for each activation, of sums of floats and of bytes; see kernels.inc.h for why. `sums`: rows x PANEL_COLUMNS.
INLINE void finish_rows(const agk_product *p, size_t first_row, size_t rows, size_t column, float *sums,
                        agk_activation kind, bool adds, bool int8) {
  const agk_quantized_rows *const q = &p->quantized;
  for (size_t r = 0; r < rows; r++, sums += PANEL_COLUMNS) {
    float *const to = p->out + (first_row + r) * p->ldo + column;
    const size_t row = (first_row + r) * p->row_step;
    const bool finer = int8 && q->remainders && row % q->remainder_step == 0;
    if (finer) AGK_NAME(dequantize_finer)(p, row, column, sums);
    if (int8 && !finer)
      finish_row(p, to, column, sums, kind, adds, true, q->scales[row], q->zeros[row]);
    else
      finish_row(p, to, column, sums, kind, adds, false, 0.0f, 0);
  }
}

typedef void finish_function(const agk_product *p, size_t first_row, size_t rows, size_t column,
                             float *sums);
#define DEFINE_FINISH(name, kind, adds, int8)                                                               \
  static __attribute__((noinline)) void AGK_NAME(finish_##name)(const agk_product *p, size_t first_row,    \
                                                                size_t rows, size_t column,                \
                                                                float *sums) {                             \
    finish_rows(p, first_row, rows, column, sums, agk_##kind, adds, int8);                                  \
  }
#define DEFINE(kind) DEFINE_FINISH(kind, kind, false, false) DEFINE_FINISH(kind##_int8, kind, false, true)
AGK_ACTIVATIONS(DEFINE)
#undef DEFINE
DEFINE_FINISH(adding, linear, true, false)
DEFINE_FINISH(adding_int8, linear, true, true)

// For training. What the activation is applied to goes to rows of its own first.
static void AGK_NAME(finish_keeping)(const agk_product *p, size_t first_row, size_t rows, size_t column, float *sums) {
  agk_product without_bias = *p;
  without_bias.bias = NULL;
  without_bias.out = p->before;
  for (size_t r = 0; p->bias && r < rows; r++)
    for (size_t i = column; i < p->columns && i < column + PANEL_COLUMNS; i += LANES) {
      float *const at = sums + r * PANEL_COLUMNS + i - column;
      store(at, load(at) + load_up_to(p->bias + i, p->columns - i));
    }
  AGK_NAME(finish_linear)(&without_bias, first_row, rows, column, sums);
  without_bias.out = p->out;
  AGK_NAME(bias_activation)(sums, 1, rows * PANEL_COLUMNS, 0, NULL, p->activation);
  AGK_NAME(finish_linear)(&without_bias, first_row, rows, column, sums);
}

// The sums times the activation's slope.
static void AGK_NAME(finish_sloping)(const agk_product *p, size_t first_row, size_t rows, size_t column, float *sums) {
  float at[AGK_TILE_ROWS * PANEL_COLUMNS];
  const size_t columns = smaller(PANEL_COLUMNS, p->columns - column);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < PANEL_COLUMNS; i += LANES)
      store(at + r * PANEL_COLUMNS + i,
            i < columns ? load_up_to(p->slope_at + (first_row + r) * p->ldo + column + i, columns - i) : splat(0.0f));
  AGK_NAME(slope_of)(p->activation)(sums, at, sums, rows * PANEL_COLUMNS);
  AGK_NAME(finish_linear)(p, first_row, rows, column, sums);
}

static finish_function *AGK_NAME(finisher)(const agk_product *p, bool int8) {
  if (p->adds) return int8 ? AGK_NAME(finish_adding_int8) : AGK_NAME(finish_adding);
  if (p->before) return AGK_NAME(finish_keeping);
  if (p->slope_at) return AGK_NAME(finish_sloping);
#define CASE(kind) \
  case agk_##kind: return int8 ? AGK_NAME(finish_##kind##_int8) : AGK_NAME(finish_##kind);
  switch (p->activation) { AGK_ACTIVATIONS(CASE) }
#undef CASE
  return NULL;
}

#if AGK_BF16
#include "tiles_amx.inc.h"
// A piece of a panel for AMX: its sums stay in memory from one to the next, and less often so in longer ones.
#define AMX_BLOCK 128
#endif

// Pairs of bfloat16, some lines of a panel, to two lines of floats each. The even element is in the low half.
INLINE void widen(const char *lines, size_t steps, float *out) {
  for (size_t s = 0; s < steps; s++, lines += LINE, out += 2 * PANEL_COLUMNS)
    for (size_t i = 0; i < PANEL_COLUMNS; i += LANES) {
      const vi pairs = load_units(lines + 4 * i);
      store(out + i, (vf)(pairs << 16));
      store(out + PANEL_COLUMNS + i, (vf)(pairs & (int32_t)0xffff0000));
    }
}

// Panel by panel (or a few at a time), piece by piece of k, and over each piece all rows. The piece stays in the
// first-level cache, the rows, or their part of k, in the second; meanwhile the next piece is fetched, a line now and
// then, as many at once would keep the tile's own lines waiting; and the lines of memory that the tile will add to.
INLINE void product(const agk_product *p, agk_format format, bool amx, size_t first_row, size_t rows, size_t first_panel,
                    size_t panels, float *scratch) {
  size_t most_rows = format == agk_int8 ? INT8_TILE_ROWS : AGK_TILE_ROWS, block = AGK_NAME(blocks)[format];
#if AGK_BF16
  size_t configured = 0;
  if (amx) {
    most_rows = AMX_ROWS;
    block = AMX_BLOCK;
  }
#endif
  const size_t tiles = (rows + most_rows - 1) / most_rows;
  const size_t rows_each = rows / tiles, longer = rows % tiles;
  const size_t step_bytes = AGK_NAME(step_bytes)[format];
  const size_t panel_bytes = panel_lines(format, p->steps) * LINE, end = first_panel + panels;
  const bool widens = WIDENS && format == agk_bfloat16;
  float wide[widens ? 2 * BFLOAT16_BLOCK * PANEL_COLUMNS : 1] __attribute__((aligned(64)));
  tile_function *const *const sum = AGK_NAME(tiles)[widens ? agk_float32 : format];
  finish_function *const finish = AGK_NAME(finisher)(p, format == agk_int8);
  const size_t most = rows * p->steps * step_bytes > AGK_CACHED_ROWS ? AGK_PANEL_GROUP : 1;
  for (size_t group = first_panel, members; group < end; group += members) {
    members = smaller(most, end - group);
    for (size_t s = 0; s < p->steps; s += block) {
      const size_t steps = smaller(block, p->steps - s);
      const bool last = s + steps == p->steps;
      const size_t before = panel_lines(format, s) * LINE, bytes = panel_lines(format, steps) * LINE;
      for (size_t j = group; j < group + members; j++) {
        const char *const piece = (const char *)p->panels + j * panel_bytes + before;
        // The next piece: of the next panel, else of the group's first, else of the next group.
        const char *next = piece + panel_bytes;
        if (j + 1 == group + members) next = last ? next - before : next - members * panel_bytes + bytes;
        if (widens) widen(piece, steps, wide);
        const char *const factors = widens ? (const char *)wide : piece;
        const size_t tile_steps = widens ? smaller(2 * steps, p->k - 2 * s) : steps;
        const size_t fetches = tiles * (tile_steps / 4);
        const size_t stride = fetches == 0 || (last && j + 1 == end) ? 0 : (bytes + fetches - 1) / fetches;
        if (!stride) next = piece;
        const char *a = (const char *)p->a + first_row * p->lda + s * step_bytes;
        float *sums = scratch + (j - group) * rows * PANEL_COLUMNS;
        for (size_t t = 0, start = first_row; t < tiles; t++) {
          const size_t count = rows_each + (t < longer);
          if (last)
            for (size_t r = 0; r < count; r++)
              for (size_t i = 0; i < PANEL_COLUMNS; i += LANES)
                __builtin_prefetch(p->out + (start + r) * p->ldo + j * PANEL_COLUMNS + i, 1, 3);
#if AGK_BF16
          if (amx) {
            if (count != configured) amx_configure(configured = count);
            (format == agk_int8 ? amx_tile_int8 : amx_tile_bfloat16)(count, a, p->lda, factors, tile_steps, (char *)sums,
                                                                     s > 0, next, stride);
          }
#endif
          if (!amx) sum[count - 1](a, p->lda, factors, tile_steps, (char *)sums, LINE, s > 0, next, stride);
          next += tile_steps / 4 * stride;
          if (last) finish(p, start, count, j * PANEL_COLUMNS, sums);
          a += count * p->lda;
          sums += count * PANEL_COLUMNS;
          start += count;
        }
      }
    }
  }
#if AGK_BF16
  // Registers in use would be saved whenever the thread is put aside.
  if (amx) _tile_release();
#endif
}

#define DEFINE(name, format, amx)                                                                        \
  static void AGK_NAME(product_##name)(const agk_product *p, size_t first_row, size_t rows,              \
                                       size_t first_panel, size_t panels, float *scratch) {              \
    product(p, agk_##format, amx, first_row, rows, first_panel, panels, scratch);                        \
  }
DEFINE(float32, float32, false)
DEFINE(bfloat16, bfloat16, false)
DEFINE(int8, int8, false)
#if AGK_BF16
DEFINE(amx_bfloat16, bfloat16, true)
DEFINE(amx_int8, int8, true)
#endif
#undef DEFINE
