#ifdef CIC_HEIC

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

cic_hevc *cic_hevc_open(void) {
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
  picture->matrix = de265_get_image_matrix_coefficients(image);
  picture->full_range = de265_get_image_full_range_flag(image);
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

int cic_hevc_luma_weights(int32_t matrix, float *red, float *blue) {
  switch (matrix) {
    case 1: *red = 0.2126f, *blue = 0.0722f; return 1;
    case 4: *red = 0.30f, *blue = 0.11f; return 1;
    case 5:
    case 6: *red = 0.299f, *blue = 0.114f; return 1;
    case 7: *red = 0.212f, *blue = 0.087f; return 1;
    case 9:
    case 10: *red = 0.2627f, *blue = 0.0593f; return 1;
    default: return 0;
  }
}

struct cic_chroma_weights cic_hevc_chroma_weights(int32_t matrix) {
  float kr, kb;
  if (!cic_hevc_luma_weights(matrix, &kr, &kb)) return (struct cic_chroma_weights){1.402f, -0.344136f, -0.714136f, 1.772f};
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

// One fused operation would round once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

void cic_hevc_on_white(const cic_hevc_picture *picture, uint32_t x, uint32_t y, uint32_t width, uint8_t *rgb) {
  const uint8_t *luma = picture->planes[0] + y * picture->strides[0];
  for (uint32_t i = 0; i < width; i++, rgb += 3) {
    const uint8_t alpha = (uint8_t)(sample(luma, x + i, picture->bits > 8) >> (picture->bits - 8));
    cic_on_white(rgb, &alpha, 1, 1);
  }
}

void cic_hevc_to_rgb(const cic_hevc_picture *picture, int32_t matrix, int32_t full_range, uint32_t x, uint32_t y,
                     uint32_t width, uint8_t *rgb) {
  const int wide = picture->bits > 8, bits = picture->bits, shift = bits - 8;
  const uint8_t *luma = picture->planes[0] + y * picture->strides[0];
  if (picture->chroma == 0) {
    for (uint32_t i = 0; i < width; i++, rgb += 3) {
      const int value = sample(luma, x + i, wide) << (wide ? 16 - bits : 0);
      rgb[0] = rgb[1] = rgb[2] = clipped(value, 255);
    }
    return;
  }
  const uint32_t right = picture->chroma <= 2, down = picture->chroma == 1;
  const uint8_t *cb_row = picture->planes[1] + (y >> down) * picture->strides[1];
  const uint8_t *cr_row = picture->planes[2] + (y >> down) * picture->strides[2];
  if (matrix == 0 && full_range) {
    for (uint32_t i = x; i < x + width; i++, rgb += 3) {
      rgb[0] = clipped(sample(cr_row, i >> right, wide) >> shift, 255);
      rgb[1] = clipped(sample(luma, i, wide) >> shift, 255);
      rgb[2] = clipped(sample(cb_row, i >> right, wide) >> shift, 255);
    }
    return;
  }
  const struct cic_chroma_weights k = cic_hevc_chroma_weights(matrix);
  // libheif has an integer conversion for what most cameras write, and a float one for the rest.
  if (picture->chroma == 1 && full_range && matrix != 0 && matrix != 8) {
    const int red_cr = fixed(k.red_cr), green_cb = fixed(k.green_cb), green_cr = fixed(k.green_cr);
    const int blue_cb = fixed(k.blue_cb);
    for (uint32_t i = x; i < x + width; i++, rgb += 3) {
      const int level = sample(luma, i, wide) >> shift;
      const int cb = (sample(cb_row, i >> 1, wide) >> shift) - 128, cr = (sample(cr_row, i >> 1, wide) >> shift) - 128;
      rgb[0] = clipped(level + ((red_cr * cr + 128) >> 8), 255);
      rgb[1] = clipped(level + ((green_cb * cb + green_cr * cr + 128) >> 8), 255);
      rgb[2] = clipped(level + ((blue_cb * cb + 128) >> 8), 255);
    }
    return;
  }
  const int middle = 1 << (bits - 1);
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
}

const char *cic_hevc_version(void) { return de265_get_version(); }

#endif
