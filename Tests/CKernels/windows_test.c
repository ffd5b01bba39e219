// What windows need of attention: tokens found through an index, tokens of no row, a bias, a mask, normalised queries
// and keys. Against float64, in parts, and with the tokens laid one after the other.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reference.h"

static const size_t token_counts[] = {1, 4, 9, 49, 64, 144};
static const size_t head_sizes[] = {8, 20, 32, 64};
enum { most_tokens = 144, most_size = 64, most_map = most_tokens + 5 };

typedef enum { plain, in_order, permuted, padded_with_zeros, padded_with_rows, placing_count } placing;
typedef enum { no_bias, bias_alone, bias_and_mask, bias_count } biasing;
typedef enum { query, key, value, part_count } part;

typedef struct {
  placing placing;
  biasing biasing;
  bool normalizes;
  size_t tokens, size, map;  // rows of the map, of which the tokens are a part
  side side;
  agk_attention task;  // all but where results go
} window;

// What attention reads. Whatever is no token's is NaN, and unreadable before and after.
static arena parts[part_count], index_memory, paddings[part_count], bias_memory, mask_memory;
static float tokens_of[part_count][most_tokens * most_size];
static double exact[most_tokens * most_size], exact_probabilities[most_tokens * most_tokens];

// Rows of a map for the tokens, its first and its last among them. Some of padded tokens have none.
static void choose_rows(const window *w, uint32_t *rows) {
  uint32_t order[most_map];
  for (size_t i = 0; i < w->map; i++) order[i] = (uint32_t)i;
  if (w->placing > in_order) {
    for (size_t i = w->map - 1; i > 0; i--) {
      const size_t other = below(i + 1);
      const uint32_t row = order[i];
      order[i] = order[other];
      order[other] = row;
    }
    for (size_t i = w->tokens; i < w->map; i++)  // the ends are tokens'
      for (size_t j = 0; j < w->tokens && (order[i] == 0 || order[i] == w->map - 1); j++)
        if (order[j] != 0 && order[j] != w->map - 1) {
          const uint32_t row = order[i];
          order[i] = order[j];
          order[j] = row;
        }
  }
  for (size_t t = 0; t < w->tokens; t++) {
    const bool is_end = order[t] == 0 || order[t] == w->map - 1;
    rows[t] = w->placing >= padded_with_zeros && !is_end && below(3) == 0 ? agk_no_row : order[t];
  }
  // At least one token of no row, of one token that one.
  if (w->placing >= padded_with_zeros) rows[below(w->tokens)] = agk_no_row;
}

static void fill_token(const window *w, part p, float *to) {
  for (size_t i = 0; i < w->size; i++) to[i] = uniform(p == value ? 1 : 2);
  if (!w->normalizes || p == value || below(4)) return;
  const float factor = below(2) ? 0 : 1e-14f;  // norms below the least one
  for (size_t i = 0; i < w->size; i++) to[i] *= factor;
}

static void make_window(window *w) {
  const size_t n = w->tokens, size = w->size;
  const size_t ld = size + (w->placing + w->biasing) % 2 * (2 * size + 3);
  uint32_t rows[most_map];
  choose_rows(w, rows);
  w->task = (agk_attention){.ld = ld, .tokens = n, .head_size = size, .normalizes = w->normalizes};
  w->task.scale = w->normalizes ? 10.0f : 1 / sqrtf((float)size);
  const float *in[part_count], *padding[part_count] = {NULL};
  for (part p = 0; p < part_count; p++) {
    float *const x = place_floats(parts + p, (w->map - 1) * ld + size, w->side);
    float row_of_padding[most_size] = {0};
    if (w->placing == padded_with_rows) {
      for (size_t i = 0; i < size; i++) row_of_padding[i] = uniform(1);
      padding[p] = memcpy(place_floats(paddings + p, size, w->side), row_of_padding, size * sizeof(float));
      seal(paddings + p, true);
    }
    for (size_t t = 0; t < n; t++) {
      float *const token = tokens_of[p] + t * size;
      fill_token(w, p, token);
      if (rows[t] == agk_no_row)
        memcpy(token, row_of_padding, size * sizeof(float));
      else
        memcpy(x + rows[t] * ld, token, size * sizeof(float));
    }
    in[p] = x;
    seal(parts + p, true);
  }
  w->task.query = in[query], w->task.key = in[key], w->task.value = in[value];
  w->task.padding_query = padding[query], w->task.padding_key = padding[key], w->task.padding_value = padding[value];
  if (w->placing > plain) {
    w->task.rows = memcpy(place(&index_memory, n * sizeof *rows, w->side), rows, n * sizeof *rows);
    seal(&index_memory, true);
  }
  if (w->biasing == no_bias) return;
  // What pads a row stays NaN.
  const size_t ld_bias = w->task.ld_bias = (n + 15) / 16 * 16;
  float *const bias = place_floats(&bias_memory, n * ld_bias, w->side);
  float *const mask = place_floats(&mask_memory, n * ld_bias, w->side);
  const float separation = below(2) ? -100 : -INFINITY;
  for (size_t r = 0; r < n; r++)
    for (size_t j = 0; j < n; j++) {
      bias[r * ld_bias + j] = uniform(3);
      mask[r * ld_bias + j] = r == j || below(3) ? 0 : separation;
    }
  seal(&bias_memory, true);
  seal(&mask_memory, true);
  w->task.bias = bias;
  if (w->biasing == bias_and_mask) w->task.mask = mask;
}

// Where results go: all that is no result's stays as it is.
static arena out_memory, probabilities_memory, scratch_memory;
static void attend(agk_level level, const window *w, agk_attention task, size_t map, size_t first_row, size_t rows,
                   bool keeps, float *to) {
  const agk_matrix_kernels *const kernels = &tested_kernels(level)->matrix;
  const size_t n = task.tokens, size = task.head_size, ldo = size + (w->biasing + w->normalizes) % 2 * 7;
  task.ldo = ldo;
  task.out = place_floats(&out_memory, (map - 1) * ldo + size, w->side);
  if (keeps) task.probabilities = place_floats(&probabilities_memory, n * n, w->side);
  kernels->attention(&task, first_row, rows,
                     place_floats(&scratch_memory, kernels->attention_scratch(n, size), w->side));
  if (!margins_untouched(&out_memory) || !margins_untouched(&scratch_memory) ||
      (keeps && !margins_untouched(&probabilities_memory)))
    fail("%s: wrote beside a block", level_names[level]);
  bool is_result[most_map] = {false};
  for (size_t t = 0; t < n; t++) {
    const bool inside = t >= first_row && t < first_row + rows;
    const size_t row = task.rows ? task.rows[t] : t;
    if (inside && row != agk_no_row) {
      is_result[row] = true;
      if (to) memcpy(to + t * size, task.out + row * ldo, size * sizeof *to);
    }
    if (keeps && !inside && !untouched(task.probabilities + t * n, n))
      fail("%s: probabilities outside of %zu rows from %zu", level_names[level], rows, first_row);
  }
  for (size_t r = 0; r < map; r++)
    if ((!is_result[r] && !untouched(task.out + r * ldo, size)) ||
        (r + 1 < map && !untouched(task.out + r * ldo + size, ldo - size)))
      fail("%s: wrote to row %zu, which is no result of %zu from %zu", level_names[level], r, rows, first_row);
}

static void check_window(agk_level level, const window *w, float *whole) {
  const size_t n = w->tokens, size = w->size;
  static float others[most_tokens * most_size];
  attend(level, w, w->task, w->map, 0, n, true, whole);
  const float *const p = (const float *)probabilities_memory.block;
  for (size_t r = 0; r < n; r++) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
      const double e = exact_probabilities[r * n + j];
      sum += p[r * n + j];
      if (w->task.int16)
        expect_within(level, "window probability, int16", fabs(p[r * n + j] - e), 4e-3 * e + 1e-9);
      else
        expect_within(level, "window probability", fabs(p[r * n + j] - e), 6e-6 * e + 1e-9);
    }
    expect_within(level, "sum of probabilities", fabs(sum - 1), 1e-6);
    if (w->task.rows && w->task.rows[r] == agk_no_row) continue;
    for (size_t i = 0; i < size; i++)
      if (w->task.int16)
        expect_within(level, "attention in a window, int16", fabs(whole[r * size + i] - exact[r * size + i]), 1e-3);
      else
        expect_within(level, "attention in a window", fabs(whole[r * size + i] - exact[r * size + i]), 4e-6);
  }
  // In parts: the same bits.
  for (int i = 0; i < 3; i++) {
    const size_t first = i ? below(n) : 0, rows = i ? 1 + below(n - first) : n;
    memcpy(others, whole, sizeof others);
    memset(others + first * size, 0, rows * size * sizeof *others);
    attend(level, w, w->task, w->map, first, rows, i == 2, others);
    for (size_t r = first; r < first + rows; r++)
      if (!w->task.rows || w->task.rows[r] != agk_no_row)
        expect_same(level, "window in parts", others + r * size, whole + r * size, size);
  }
  // Laid one after the other: the same bits.
  agk_attention task = w->task;
  task.query = tokens_of[query], task.key = tokens_of[key], task.value = tokens_of[value];
  task.ld = size;
  task.rows = NULL;
  attend(level, w, task, n, 0, n, false, others);
  for (size_t r = 0; r < n; r++)
    if (!w->task.rows || w->task.rows[r] != agk_no_row)
      expect_same(level, "window as a sequence", whole + r * size, others + r * size, size);
}

static void check_levels(window *w) {
  static const char *const placings[] = {"plain", "in order", "permuted", "padded with zeros", "padded with rows"};
  static float results[level_count][most_tokens * most_size];
  make_window(w);
  attend_exactly(&w->task, exact_probabilities, exact);
  for (int int16 = 0; int16 < 2; int16++) {
    context("window of %zu, head size %zu, %s%s%s%s%s", w->tokens, w->size, placings[w->placing],
            w->biasing >= bias_alone ? ", bias" : "", w->biasing == bias_and_mask ? ", mask" : "",
            w->normalizes ? ", normalised" : "", int16 ? ", int16" : "");
    memset(results, 0, sizeof results);
    w->task.int16 = int16;
    const float *fast = NULL;
    for (int level = 0; level < level_count; level++) {
      if (!tested_kernels(level)) continue;
      check_window((agk_level)level, w, results[level]);
      if (level == agk_level_portable) continue;
      if (fast) expect_same((agk_level)level, "window at another level", results[level], fast, w->tokens * w->size);
      fast = results[level];
    }
  }
}

void test_windows(void) {
  size_t number = 0;
  for (size_t t = 0; t < sizeof token_counts / sizeof *token_counts; t++)
    for (size_t s = 0; s < sizeof head_sizes / sizeof *head_sizes; s++) {
      const bool is_large = token_counts[t] > 100;  // a part of those will do, for the sake of emulated CPUs
      if (is_large && (is_brief || s % 2)) continue;
      for (placing p = plain; p < placing_count; p++)
        for (biasing b = is_large ? bias_and_mask : no_bias; b < bias_count; b++)
          for (int normalizes = 0; normalizes < 2; normalizes++) {
            window w = {.placing = p, .biasing = b, .normalizes = normalizes};
            w.tokens = token_counts[t];
            w.size = head_sizes[s];
            w.map = w.tokens + (p > in_order && w.tokens > 1 ? 5 : 0);
            w.side = number++ % 3 ? at_end : at_start;
            check_levels(&w);
          }
    }
}
