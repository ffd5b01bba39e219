// The tiles of AMX: up to 32 rows by one panel, the sums of 16 rows by 16 columns in a register of its own.
//
// A step of 64 bytes of k is one multiplication of such a register: 16 rows of `a`, as they are, by 16 lines of a panel, whose
// four bytes a column are what the matrix unit wants too. Four sums (tmm0 to tmm3) hide a multiplication's latency of 52
// cycles behind the other three's 16, and each load serves two of them. Rows are dealt evenly to both halves, because a
// multiplication takes a cycle for each of its rows.
//
// int8 sums are the same integers as VNNI's. A bfloat16 sum takes the products of even and odd elements apart for 32 elements
// of k, adds the two, and joins them to the sum so far; each step is rounded, subnormals count as zero.

#define AMX_ROWS 32
#define AMX_STEPS 16

// What LDTILECFG reads.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} amx_shapes;

// Of how many rows registers are, for tiles of `rows` rows: the upper half's sums and rows of `a` in tmm0, tmm1 and tmm4, the
// lower one's, if there is more than one row, in tmm2, tmm3 and tmm5, and in tmm6 and tmm7 lines of the panel.
static void amx_configure(size_t rows) {
  amx_shapes shapes = {.palette = 1};
  const uint8_t upper = (uint8_t)(rows - rows / 2), lower = (uint8_t)(rows / 2);
  const uint8_t rows_of[8] = {upper, upper, lower, lower, upper, lower, AMX_STEPS, AMX_STEPS};
  for (int i = 0; i < 8; i++) {
    shapes.rows[i] = rows_of[i];
    shapes.row_bytes[i] = rows_of[i] ? 64 : 0;
  }
  _tile_loadconfig(&shapes);
}

// Adds the products of `steps` steps to the sums.
INLINE void amx_multiply(agk_format format, size_t rows, const char *a, size_t lda, const char *b, size_t steps,
                         const char *next, size_t stride) {
  char a_rest[AMX_ROWS * 64] __attribute__((aligned(64))), b_rest[AMX_STEPS * LINE] __attribute__((aligned(64)));
  const size_t upper = rows - rows / 2;
  for (size_t s = 0; s < steps; s += AMX_STEPS, a += 64, b += AMX_STEPS * LINE) {
    const size_t here = smaller(AMX_STEPS, steps - s);
    if (here < AMX_STEPS) {
      // The registers' shapes stay, and zeros fill what is missing of k.
      memset(a_rest, 0, sizeof a_rest);
      memset(b_rest, 0, sizeof b_rest);
      for (size_t r = 0; r < rows; r++) memcpy(a_rest + r * 64, a + r * lda, 4 * here);
      memcpy(b_rest, b, here * LINE);
      a = a_rest;
      lda = 64;
      b = b_rest;
    }
    for (size_t i = 0; i < here / 4; i++, next += stride) __builtin_prefetch(next, 0, 3);
    _tile_loadd(6, b, LINE);
    _tile_loadd(4, a, lda);
    _tile_loadd(7, b + 64, LINE);
    if (rows > 1) _tile_loadd(5, a + upper * lda, lda);
    if (format == agk_int8) {
      _tile_dpbusd(0, 4, 6);
      _tile_dpbusd(1, 4, 7);
      if (rows > 1) {
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
      }
    } else {
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      if (rows > 1) {
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
      }
    }
  }
}

INLINE void amx_clear(size_t rows) {
  _tile_zero(0);
  _tile_zero(1);
  if (rows == 1) return;
  _tile_zero(2);
  _tile_zero(3);
}

INLINE void amx_store(char *sums, size_t rows) {
  char *const lower = sums + (rows - rows / 2) * LINE;
  _tile_stored(0, sums, LINE);
  _tile_stored(1, sums + 64, LINE);
  if (rows == 1) return;
  _tile_stored(2, lower, LINE);
  _tile_stored(3, lower + 64, LINE);
}

static __attribute__((noinline)) void amx_tile_bfloat16(size_t rows, const char *a, size_t lda, const char *b, size_t steps,
                                                        char *c, bool accumulate, const char *next, size_t stride) {
  if (accumulate) {
    char *const lower = c + (rows - rows / 2) * LINE;
    _tile_loadd(0, c, LINE);
    _tile_loadd(1, c + 64, LINE);
    if (rows > 1) {
      _tile_loadd(2, lower, LINE);
      _tile_loadd(3, lower + 64, LINE);
    }
  } else {
    amx_clear(rows);
  }
  amx_multiply(agk_bfloat16, rows, a, lda, b, steps, next, stride);
  amx_store(c, rows);
}

// A group's sums are multiplied on their way to the others.
static __attribute__((noinline)) void amx_tile_int8(size_t rows, const char *a, size_t lda, const char *b, size_t steps,
                                                    char *c, bool accumulate, const char *next, size_t stride) {
  char sums[AMX_ROWS * LINE] __attribute__((aligned(64)));
  for (size_t left = steps, here; left > 0; left -= here, accumulate = true) {
    here = smaller(GROUP_STEPS, left);
    const vi first = load_units(b), second = load_units(b + 64);
    b += LINE;
    amx_clear(rows);
    amx_multiply(agk_int8, rows, a, lda, b, here, next, stride);
    amx_store(sums, rows);
    for (size_t r = 0; r < rows; r++) {
      char *const to = c + r * LINE;
      vi x = load_units(sums + r * LINE) * first, y = load_units(sums + r * LINE + 64) * second;
      if (accumulate) {
        x += load_units(to);
        y += load_units(to + 64);
      }
      memcpy(to, &x, sizeof x);
      memcpy(to + 64, &y, sizeof y);
    }
    a += 4 * here;
    b += here * LINE;
    next += here / 4 * stride;
  }
}
