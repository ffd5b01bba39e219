#include "layer.h"

#include <string.h>

static const agk_matrix_format *format_of(const layer *l) { return &l->kernels->matrix.formats[l->format]; }

static void expect_margins(const layer *l, const char *when) {
  const arena *const all[] = {&l->weights,   &l->panel_memory, &l->scales, &l->sums, &l->a,      &l->row_scales,
                              &l->row_zeros, &l->remainders,   &l->bias,   &l->out,  &l->scratch};
  static const char *const names[] = {"weights",   "panels",     "scales", "sums", "a",      "row scales",
                                      "row zeros", "remainders", "bias",   "out",  "scratch"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i]->pages && !margins_untouched(all[i]))
      fail("%s: wrote beside %s when %s", level_names[l->level], names[i], when);
}

void pack_weights(layer *l, const float *w, size_t columns, size_t k) {
  const agk_matrix_kernels *const m = &l->kernels->matrix;
  const agk_matrix_format *const f = format_of(l);
  const size_t width = m->panel_columns;
  l->columns = columns;
  l->k = k;
  l->panels = (columns + width - 1) / width;
  l->steps = (k + f->step_elements - 1) / f->step_elements;
  const bool whole = l->format == agk_int8;
  float *const dense = place_floats(&l->weights, columns * k, l->side);
  memcpy(dense, w, columns * k * sizeof *w);
  const size_t lines = l->steps + (f->group_steps ? (l->steps + f->group_steps - 1) / f->group_steps : 0);
  char *const panels = place(&l->panel_memory, l->panels * width * lines * 4, l->side);
  float *const scales = whole ? place_floats(&l->scales, l->panels * width, l->side) : NULL;
  int32_t *const sums = whole ? place(&l->sums, l->panels * width * sizeof(int32_t), l->side) : NULL;
  seal(&l->weights, true);
  // In two parts, as threads share the work.
  const size_t first = below(l->panels + 1), split = at_most(first * width, columns);
  if (first) f->pack(dense, split, k, first, panels, scales, sums);
  if (first < l->panels)
    f->pack(dense + split * k, columns - split, k, l->panels - first, panels + first * width * lines * 4,
            whole ? scales + first * width : NULL, whole ? sums + first * width : NULL);
  expect_margins(l, "packing");
  seal(&l->panel_memory, true);
  if (whole) {
    seal(&l->scales, true);
    seal(&l->sums, true);
  }
}

void prepare_rows(layer *l, const float *x, size_t rows, size_t step, size_t ld, size_t finer) {
  const size_t all = spread(rows, step);
  l->rows = rows;
  l->ld = ld;
  l->row_step = step;
  float *const a = place_floats(&l->a, (all - 1) * ld + l->k, l->side);
  float *const scales = place_floats(&l->row_scales, all, l->side);
  int32_t *const zeros = place(&l->row_zeros, all * sizeof(int32_t), l->side);
  const size_t stride = (l->k + 3) / 4 * 4 + below(2) * 12;
  const size_t room = finer ? (all - 1) / finer * stride + (l->k + 3) / 4 * 4 : 0;
  uint8_t *const remainders = finer ? place(&l->remainders, room, l->side) : NULL;
  l->quantized = (agk_quantized_rows){scales, zeros, remainders, stride, finer};
  for (size_t r = 0; r < all; r++) memcpy(a + r * ld, x + r * ld, l->k * sizeof *x);
  if (format_of(l)->prepare_rows) {
    // In two parts, as threads share the work.
    const size_t first = below(all + 1);
    format_of(l)->prepare_rows(a, 0, first, l->k, ld, &l->quantized);
    format_of(l)->prepare_rows(a, first, all - first, l->k, ld, &l->quantized);
  }
  for (size_t r = 0; r + 1 < all; r++)
    if (!untouched(a + r * ld + l->k, ld - l->k)) fail("%s: prepare_rows wrote between rows", level_names[l->level]);
  expect_margins(l, "preparing rows");
  seal(&l->a, true);
  seal(&l->row_scales, true);
  seal(&l->row_zeros, true);
  if (finer) seal(&l->remainders, true);
}

agk_product new_product(layer *l, const float *bias, size_t ldo) {
  float *copy = NULL;
  if (bias) {
    copy = place_floats(&l->bias, l->columns, l->side);
    memcpy(copy, bias, l->columns * sizeof *bias);
    seal(&l->bias, true);
  }
  const bool whole = l->format == agk_int8;
  return (agk_product){
      .panels = l->panel_memory.block,
      .scales = whole ? (const float *)l->scales.block : NULL,
      .sums = whole ? (const int32_t *)l->sums.block : NULL,
      .bias = copy,
      .columns = l->columns,
      .k = l->k,
      .steps = l->steps,
      .a = l->a.block,
      .lda = l->row_step * l->ld * sizeof(float),
      .quantized = l->quantized,
      .row_step = l->row_step,
      .out = place_floats(&l->out, (l->rows - 1) * ldo + l->columns, l->side),
      .ldo = ldo,
      .activation = agk_linear,
  };
}

void multiply(layer *l, const agk_product *p, size_t first_row, size_t rows, size_t first_panel, size_t panels) {
  float *const scratch = place_floats(&l->scratch, rows * l->kernels->matrix.scratch_columns, l->side);
  format_of(l)->product(p, first_row, rows, first_panel, panels, scratch);
  expect_margins(l, "multiplying");
}

void multiply_plainly(layer *l, float *to) {
  const agk_product p = new_product(l, NULL, l->columns);
  multiply(l, &p, 0, l->rows, 0, l->panels);
  memcpy(to, p.out, l->rows * l->columns * sizeof *to);
}
