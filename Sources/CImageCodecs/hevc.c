#ifdef CIC_HEIC

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libde265/de265.h>

#include "hevc.h"

struct cic_hevc {
  de265_decoder_context *context;
};

static cic_result failure(int32_t status, const char *words) {
  cic_result result = {.status = status};
  snprintf(result.message, sizeof result.message, "%s", words);
  return result;
}

// libde265 makes its tables for the first of its users and drops them with the last. They are made once, and kept.
static pthread_once_t tables = PTHREAD_ONCE_INIT;
static de265_error tables_error = DE265_OK;

static void hold_tables(void) { tables_error = de265_init(); }

cic_hevc *cic_hevc_open(void) {
  if (pthread_once(&tables, hold_tables) != 0 || tables_error != DE265_OK) return NULL;
  cic_hevc *decoder = calloc(1, sizeof *decoder);
  if (decoder == NULL) return NULL;
  decoder->context = de265_new_decoder();
  if (decoder->context == NULL) {
    free(decoder);
    return NULL;
  }
  return decoder;
}

static cic_result failure_of(de265_error error) {
  if (error == DE265_ERROR_OUT_OF_MEMORY) return failure(CIC_NO_MEMORY, "");
  return failure(CIC_CORRUPT, de265_get_error_text(error));
}

cic_result cic_hevc_push(cic_hevc *decoder, const uint8_t *bytes, size_t count) {
  if (count > INT32_MAX) return failure(CIC_CORRUPT, "a NAL unit is too long");
  const de265_error error = de265_push_NAL(decoder->context, bytes, (int)count, 0, NULL);
  return error == DE265_OK ? (cic_result){.status = CIC_OK} : failure_of(error);
}

static int describe(const struct de265_image *image, cic_hevc_picture *picture) {
  picture->width = (uint32_t)de265_get_image_width(image, 0);
  picture->height = (uint32_t)de265_get_image_height(image, 0);
  picture->chroma = (int32_t)de265_get_chroma_format(image);
  picture->bits = de265_get_bits_per_pixel(image, 0);
  picture->color.matrix = de265_get_image_matrix_coefficients(image);
  picture->color.primaries = de265_get_image_colour_primaries(image);
  picture->color.full_range = de265_get_image_full_range_flag(image);
  if (picture->bits < 8 || picture->bits > 16 || picture->chroma < 0 || picture->chroma > 3) return 0;
  for (int c = 0; c < (picture->chroma == 0 ? 1 : 3); c++) {
    int stride = 0;
    picture->planes[c] = de265_get_image_plane(image, c, &stride);
    if (picture->planes[c] == NULL || stride <= 0 || de265_get_bits_per_pixel(image, c) != picture->bits) return 0;
    picture->strides[c] = (size_t)stride;
    const uint32_t right = c && picture->chroma <= 2, down = c && picture->chroma == 1;
    if ((uint32_t)de265_get_image_width(image, c) < (picture->width + right) >> right ||
        (uint32_t)de265_get_image_height(image, c) < (picture->height + down) >> down)
      return 0;
  }
  return 1;
}

// What libde265 notes of a damaged stream that it decodes all the same. What is missing then comes from memory that
// nobody has written to and differs from run to run, so such a picture is refused. NULL when there is nothing.
static const char *damage(const cic_hevc *decoder) {
  for (;;) {
    const de265_error warning = de265_get_warning(decoder->context);
    if (warning == DE265_OK) return NULL;
    if (warning != DE265_WARNING_NO_WPP_CANNOT_USE_MULTITHREADING && warning != DE265_WARNING_WARNING_BUFFER_FULL)
      return de265_get_error_text(warning);
  }
}

cic_result cic_hevc_decode(cic_hevc *decoder, cic_hevc_picture *picture) {
  de265_flush_data(decoder->context);
  for (int more = 1; more;) {
    more = 0;
    const de265_error error = de265_decode(decoder->context, &more);
    if (error != DE265_OK && error != DE265_ERROR_WAITING_FOR_INPUT_DATA) return failure_of(error);
    const struct de265_image *image = de265_get_next_picture(decoder->context);
    if (image == NULL) continue;
    const char *words = damage(decoder);
    if (words) return failure(CIC_CORRUPT, words);
    *picture = (cic_hevc_picture){0};
    if (!describe(image, picture)) return failure(CIC_UNSUPPORTED, "planes of different depths or sizes");
    return (cic_result){.status = CIC_OK};
  }
  return failure(CIC_TRUNCATED, "the stream holds no picture");
}

void cic_hevc_close(cic_hevc *decoder) {
  if (decoder == NULL) return;
  de265_free_decoder(decoder->context);
  free(decoder);
}

// MARK: Conversion

// The corners of the primaries' triangle and its white point, by which the matrices 12 and 13 are said (H.273, table 2).
static const struct {
  int32_t number;
  float green[2], blue[2], red[2], white[2];
} primaries[] = {
    {1, {0.300f, 0.600f}, {0.150f, 0.060f}, {0.640f, 0.330f}, {0.3127f, 0.3290f}},
    {4, {0.21f, 0.71f}, {0.14f, 0.08f}, {0.67f, 0.33f}, {0.310f, 0.316f}},
    {5, {0.29f, 0.60f}, {0.15f, 0.06f}, {0.64f, 0.33f}, {0.3127f, 0.3290f}},
    {6, {0.310f, 0.595f}, {0.155f, 0.070f}, {0.630f, 0.340f}, {0.3127f, 0.3290f}},
    {7, {0.310f, 0.595f}, {0.155f, 0.070f}, {0.630f, 0.340f}, {0.3127f, 0.3290f}},
    {8, {0.243f, 0.692f}, {0.145f, 0.049f}, {0.681f, 0.319f}, {0.310f, 0.316f}},
    {9, {0.170f, 0.797f}, {0.131f, 0.046f}, {0.708f, 0.292f}, {0.3127f, 0.3290f}},
    {10, {0.0f, 1.0f}, {0.0f, 0.0f}, {1.0f, 0.0f}, {0.333333f, 0.33333f}},
    {11, {0.265f, 0.690f}, {0.150f, 0.060f}, {0.680f, 0.320f}, {0.314f, 0.351f}},
    {12, {0.265f, 0.690f}, {0.150f, 0.060f}, {0.680f, 0.320f}, {0.3127f, 0.3290f}},
    {22, {0.295f, 0.605f}, {0.155f, 0.077f}, {0.630f, 0.340f}, {0.3127f, 0.3290f}},
};

// One fused operation would round once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

// H.273, equations 32 to 37.
static int derived_weights(int32_t number, float *red, float *blue) {
  for (size_t i = 0; i < sizeof primaries / sizeof *primaries; i++) {
    if (primaries[i].number != number) continue;
    const float xr = primaries[i].red[0], yr = primaries[i].red[1], zr = 1 - (xr + yr);
    const float xg = primaries[i].green[0], yg = primaries[i].green[1], zg = 1 - (xg + yg);
    const float xb = primaries[i].blue[0], yb = primaries[i].blue[1], zb = 1 - (xb + yb);
    const float xw = primaries[i].white[0], yw = primaries[i].white[1], zw = 1 - (xw + yw);
    const float whole = yw * (xr * (yg * zb - yb * zg) + xg * (yb * zr - yr * zb) + xb * (yr * zg - yg * zr));
    *red = yr * (xw * (yg * zb - yb * zg) + yw * (xb * zg - xg * zb) + zw * (xg * yb - xb * yg)) / whole;
    *blue = yb * (xw * (yr * zg - yg * zr) + yw * (xg * zr - xr * zg) + zw * (xr * yg - xg * yr)) / whole;
    return *red != 0 || *blue != 0;  // Of XYZ both are 0, and libheif takes those of BT.601.
  }
  return 0;
}

int cic_hevc_luma_weights(const cic_hevc_color *color, float *red, float *blue) {
  switch (color->matrix) {
    case 1: *red = 0.2126f, *blue = 0.0722f; return 1;
    case 4: *red = 0.30f, *blue = 0.11f; return 1;
    case 5:
    case 6: *red = 0.299f, *blue = 0.114f; return 1;
    case 7: *red = 0.212f, *blue = 0.087f; return 1;
    case 9:
    case 10: *red = 0.2627f, *blue = 0.0593f; return 1;
    case 12:
    case 13: return derived_weights(color->primaries, red, blue);
    default: return 0;
  }
}

// Those for which there is a conversion. 2 is that of a file that says nothing.
static int is_known(int32_t matrix) { return matrix >= 0 && matrix <= 13 && matrix != 3 && matrix != 11; }

struct cic_chroma_weights cic_hevc_chroma_weights(const cic_hevc_color *color) {
  float kr, kb;
  if (!cic_hevc_luma_weights(color, &kr, &kb)) return (struct cic_chroma_weights){1.402f, -0.344136f, -0.714136f, 1.772f};
  return (struct cic_chroma_weights){
      2.0f * (-kr + 1.0f),
      2.0f * kb * (-kb + 1.0f) / (kb + kr - 1.0f),
      2.0f * kr * (-kr + 1.0f) / (kb + kr - 1.0f),
      2.0f * (-kb + 1.0f),
  };
}

static inline uint8_t clipped(int value, int most) { return (uint8_t)(value < 0 ? 0 : value > most ? most : value); }

static inline uint8_t rounded(float value, int32_t bits) { return (uint8_t)(nearest(value, bits) >> (bits - 8)); }

static int fixed(float coefficient) {
  return (int)(256.0 * (double)coefficient + (coefficient < 0.0f ? -0.5 : 0.5));
}

int32_t cic_hevc_luma(const cic_hevc_picture *picture, const uint32_t *along, size_t count, uint32_t across, int32_t swaps,
                      uint8_t *luma) {
  const uint32_t most = swaps ? picture->height : picture->width;
  if (across >= (swaps ? picture->width : picture->height)) return 0;
  for (size_t i = 0; i < count; i++) {
    if (along[i] >= most) return 0;
    const uint32_t x = swaps ? across : along[i], y = swaps ? along[i] : across;
    const uint8_t *row = picture->planes[0] + y * picture->strides[0];
    luma[i] = (uint8_t)(sample(row, x, picture->bits > 8) >> (picture->bits - 8));
  }
  return 1;
}

void cic_hevc_unmultiply(uint8_t *rgb, const uint8_t *alpha, size_t count) {
  for (size_t i = 0; i < count; i++, rgb += 3) {
    if (alpha[i] == 0) continue;  // Nothing is seen of such a pixel; a TIFF's is made black.
    for (int c = 0; c < 3; c++) rgb[c] = clipped(255 * rgb[c] / alpha[i], 255);
  }
}

int32_t cic_hevc_to_rgb(const cic_hevc_picture *picture, cic_hevc_color color, uint32_t x, uint32_t y, uint32_t width,
                        uint8_t *rgb) {
  if (x > picture->width || width > picture->width - x || y >= picture->height) return 0;
  const int wide = picture->bits > 8, bits = picture->bits, shift = bits - 8, full_range = color.full_range;
  const uint8_t *luma = picture->planes[0] + y * picture->strides[0];
  if (picture->chroma == 0) {
    for (uint32_t i = 0; i < width; i++, rgb += 3) {
      const int level = sample(luma, x + i, wide);
      rgb[0] = rgb[1] = rgb[2] = clipped(wide && color.widens_grey ? level << (16 - bits) : level >> shift, 255);
    }
    return 1;
  }
  if (!is_known(color.matrix)) return 0;
  const uint32_t right = picture->chroma <= 2, down = picture->chroma == 1;
  const uint8_t *cb_row = picture->planes[1] + (y >> down) * picture->strides[1];
  const uint8_t *cr_row = picture->planes[2] + (y >> down) * picture->strides[2];
  const int middle = 1 << (bits - 1);
  if (color.matrix == 0) {
    const float black = (float)(16 << shift);
    for (uint32_t i = x; i < x + width; i++, rgb += 3) {
      int red = sample(cr_row, i >> right, wide), green = sample(luma, i, wide), blue = sample(cb_row, i >> right, wide);
      if (!full_range) {
        red = nearest(((float)red - black) * 1.1429f, bits);
        green = nearest(((float)green - black) * 1.1689f, bits);
        blue = nearest(((float)blue - black) * 1.1429f, bits);
      }
      rgb[0] = clipped(red >> shift, 255);
      rgb[1] = clipped(green >> shift, 255);
      rgb[2] = clipped(blue >> shift, 255);
    }
    return 1;
  }
  if (color.matrix == 8) {
    // libheif knows no limited range here.
    for (uint32_t i = x; i < x + width; i++, rgb += 3) {
      const int level = sample(luma, i, wide);
      const int cb = sample(cb_row, i >> right, wide) - middle, cr = sample(cr_row, i >> right, wide) - middle;
      rgb[0] = clipped((level - cb + cr) >> shift, 255);
      rgb[1] = clipped((level + cb) >> shift, 255);
      rgb[2] = clipped((level - cb - cr) >> shift, 255);
    }
    return 1;
  }
  const struct cic_chroma_weights k = cic_hevc_chroma_weights(&color);
  // libheif has an integer conversion for what most cameras write, and a float one for the rest.
  if (picture->chroma == 1 && full_range) {
    const int red_cr = fixed(k.red_cr), green_cb = fixed(k.green_cb), green_cr = fixed(k.green_cr);
    const int blue_cb = fixed(k.blue_cb);
    for (uint32_t i = x; i < x + width; i++, rgb += 3) {
      const int level = sample(luma, i, wide) >> shift;
      const int cb = (sample(cb_row, i >> 1, wide) >> shift) - 128, cr = (sample(cr_row, i >> 1, wide) >> shift) - 128;
      rgb[0] = clipped(level + ((red_cr * cr + 128) >> 8), 255);
      rgb[1] = clipped(level + ((green_cb * cb + green_cr * cr + 128) >> 8), 255);
      rgb[2] = clipped(level + ((blue_cb * cb + 128) >> 8), 255);
    }
    return 1;
  }
  for (uint32_t i = x; i < x + width; i++, rgb += 3) {
    float level = (float)sample(luma, i, wide);
    float cb = (float)(sample(cb_row, i >> right, wide) - middle), cr = (float)(sample(cr_row, i >> right, wide) - middle);
    if (!full_range) {
      level = (level - (float)(16 << shift)) * 1.1689f;
      cb *= 1.1429f;
      cr *= 1.1429f;
    }
    rgb[0] = rounded(level + k.red_cr * cr, bits);
    rgb[1] = rounded(level + k.green_cb * cb + k.green_cr * cr, bits);
    rgb[2] = rounded(level + k.blue_cb * cb, bits);
  }
  return 1;
}

const char *cic_hevc_version(void) { return de265_get_version(); }

#endif
