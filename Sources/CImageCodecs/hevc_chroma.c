// Before libheif turns an image whose pixels share chroma samples, it may interpolate them to one for each pixel. Then an
// image of limited range goes through RGB and becomes one of full range, but is taken for one of limited range again. What
// the stream says counts then, and only afterwards what the file says.
#ifdef CIC_HEIC

#include "hevc.h"

struct plane {
  const uint8_t *base;
  size_t stride;
  int wide;
};

static inline int at(const struct plane *plane, uint32_t x, uint32_t y) {
  return sample(plane->base + y * plane->stride, x, plane->wide);
}

static inline void put(uint8_t *row, uint32_t x, int wide, int value) {
  const uint16_t two = (uint16_t)value;
  if (wide) {
    memcpy(row + 2 * (size_t)x, &two, 2);
  } else {
    row[x] = (uint8_t)value;
  }
}

// Samples lie between two pixels. The outermost pixels have that of the edge, the others three parts of the near one.
static int along(const struct plane *plane, uint32_t i, uint32_t count, int is_row, uint32_t other) {
  const uint32_t near = i / 2, last = (count - 1) / 2;
  const uint32_t far = i % 2 ? (near < last ? near + 1 : near) : (near > 0 ? near - 1 : near);
  const int a = is_row ? at(plane, near, other) : at(plane, other, near);
  const int b = is_row ? at(plane, far, other) : at(plane, other, far);
  return (3 * a + b + 2) / 4;
}

static int interpolated_420(const struct plane *plane, uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
  const int ends_across = width % 2 == 0 && x == width - 1, ends_down = height % 2 == 0 && y == height - 1;
  if (y == 0 || ends_down) return along(plane, x, width, 1, y / 2);
  if (x == 0 || ends_across) return along(plane, y, height, 0, x / 2);
  const uint32_t cx = (x - 1) / 2, cy = (y - 1) / 2;
  const int right = x % 2 ? 1 : 3, down = y % 2 ? 1 : 3;
  const int top = at(plane, cx, cy) * (4 - right) + at(plane, cx + 1, cy) * right;
  const int bottom = at(plane, cx, cy + 1) * (4 - right) + at(plane, cx + 1, cy + 1) * right;
  return (top * (4 - down) + bottom * down + 8) / 16;
}

// One fused operation would round once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

struct luma_chroma {
  float luma[3], cb[3], cr[3];
};

static struct luma_chroma weights_of(const cic_hevc_color *color) {
  float kr, kb;
  if (!cic_hevc_luma_weights(color, &kr, &kb))
    return (struct luma_chroma){{0.299f, 0.587f, 0.114f}, {-0.168735f, -0.331264f, 0.5f}, {0.5f, -0.418688f, -0.081312f}};
  const float kg = 1.0f - kr - kb;
  return (struct luma_chroma){
      {kr, kg, kb},
      {-kr / (1 - kb) / 2, -kg / (1 - kb) / 2, 0.5f},
      {0.5f, -kg / (1 - kr) / 2, -kb / (1 - kr) / 2},
  };
}

static inline float sum(const float *weights, const float *rgb) {
  return rgb[0] * weights[0] + rgb[1] * weights[1] + rgb[2] * weights[2];
}

// A row of limited range to RGB and from there to full range, each time rounded.
static void widen_range(const cic_hevc_picture *row, const cic_hevc_color *color, uint32_t x, uint32_t width,
                        uint8_t *const *to) {
  const int wide = row->bits > 8, bits = row->bits, middle = 1 << (bits - 1);
  const struct cic_chroma_weights k = cic_hevc_chroma_weights(color);
  const struct luma_chroma back = weights_of(color);
  for (uint32_t i = x; i < x + width; i++) {
    const float level = ((float)sample(row->planes[0], i, wide) - (float)(16 << (bits - 8))) * 1.1689f;
    const float cb = (float)(sample(row->planes[1], i, wide) - middle) * 1.1429f;
    const float cr = (float)(sample(row->planes[2], i, wide) - middle) * 1.1429f;
    const float rgb[3] = {
        (float)nearest(level + k.red_cr * cr, bits),
        (float)nearest(level + k.green_cb * cb + k.green_cr * cr, bits),
        (float)nearest(level + k.blue_cb * cb, bits),
    };
    put(to[0], i, wide, nearest(sum(back.luma, rgb), bits));
    put(to[1], i, wide, nearest(sum(back.cb, rgb) + (float)middle, bits));
    put(to[2], i, wide, nearest(sum(back.cr, rgb) + (float)middle, bits));
  }
}

int32_t cic_hevc_interpolated_to_rgb(const cic_hevc_picture *picture, cic_hevc_color color, uint32_t x, uint32_t y,
                                     uint32_t width, uint8_t *scratch, size_t scratch_bytes, uint8_t *rgb) {
  if (picture->chroma != 1 && picture->chroma != 2) return 0;
  if (x > picture->width || width > picture->width - x || y >= picture->height) return 0;
  const int wide = picture->bits > 8;
  const size_t row_bytes = (size_t)picture->width * (wide ? 2 : 1);
  if (scratch_bytes / 3 < row_bytes) return 0;
  uint8_t *const rows[3] = {scratch, scratch + row_bytes, scratch + 2 * row_bytes};
  for (int c = 1; c < 3; c++) {
    const struct plane plane = {picture->planes[c], picture->strides[c], wide};
    for (uint32_t i = x; i < x + width; i++)
      put(rows[c], i, wide, picture->chroma == 1 ? interpolated_420(&plane, i, y, picture->width, picture->height)
                                                 : along(&plane, i, picture->width, 1, y));
  }
  cic_hevc_picture row = *picture;
  row.chroma = 3;
  row.planes[0] += y * row.strides[0];
  row.planes[1] = rows[1];
  row.planes[2] = rows[2];
  row.strides[0] = row.strides[1] = row.strides[2] = 0;
  if (!picture->color.full_range) {
    widen_range(&row, &picture->color, x, width, rows);
    row.planes[0] = rows[0];
  }
  return cic_hevc_to_rgb(&row, color, x, 0, width, rgb);
}

int32_t cic_hevc_crop(cic_hevc_picture *picture, uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
  if (x > picture->width || width > picture->width - x) return 0;
  if (y > picture->height || height > picture->height - y) return 0;
  const size_t size = picture->bits > 8 ? 2 : 1;
  for (int c = 0; c < (picture->chroma == 0 ? 1 : 3); c++) {
    const uint32_t right = c && picture->chroma <= 2, down = c && picture->chroma == 1;
    picture->planes[c] += (y >> down) * picture->strides[c] + (x >> right) * size;
  }
  picture->width = width;
  picture->height = height;
  return 1;
}

int32_t cic_hevc_paste(const cic_hevc_picture *tile, const cic_hevc_picture *picture, uint8_t *const *planes, uint32_t x,
                       uint32_t y) {
  if (tile->chroma != picture->chroma || tile->bits != picture->bits) return 0;
  const size_t size = tile->bits > 8 ? 2 : 1;
  for (int c = 0; c < (tile->chroma == 0 ? 1 : 3); c++) {
    const uint32_t right = c && tile->chroma <= 2, down = c && tile->chroma == 1;
    const uint32_t width = (picture->width + right) >> right, height = (picture->height + down) >> down;
    const uint32_t left = x >> right, top = y >> down;
    if (left >= width || top >= height) continue;
    const uint32_t wanted = (tile->width + right) >> right, high = (tile->height + down) >> down;
    const uint32_t columns = wanted < width - left ? wanted : width - left;
    for (uint32_t row = 0; row < high && row < height - top; row++)
      memcpy(planes[c] + (top + row) * picture->strides[c] + left * size, tile->planes[c] + row * tile->strides[c],
             columns * size);
  }
  return 1;
}

#endif
