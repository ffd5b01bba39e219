#ifdef CIC_PNG

#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct session {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  const uint8_t *rgb;
  const cic_png_settings *settings;
  cic_output *output;
  cic_result *result;
};

static void on_error(png_structp png, png_const_charp words) {
  struct session *session = png_get_error_ptr(png);
  snprintf(session->result->message, sizeof session->result->message, "%s", words);
  session->result->status = session->output->status != CIC_OK          ? session->output->status
                            : strstr(words, "memory") != NULL ? CIC_NO_MEMORY
                                                              : CIC_UNSUPPORTED;
  longjmp(session->escape, 1);
}

static void on_warning(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  struct session *session = png_get_io_ptr(png);
  if (!cic_output_append(session->output, bytes, count)) png_error(png, "no room for the file");
}

static void on_flush(png_structp png) { (void)png; }

static __attribute__((noinline)) void run(struct session *session) {
  if (setjmp(session->escape) != 0) return;
  session->result->status = CIC_NO_MEMORY;
  session->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, session, on_error, on_warning);
  if (session->png == NULL) return;
  session->info = png_create_info_struct(session->png);
  if (session->info == NULL) return;
  const cic_png_settings *settings = session->settings;
  png_set_user_limits(session->png, settings->width, settings->height);
  png_set_write_fn(session->png, session, on_write, on_flush);
  png_set_compression_level(session->png, settings->level);
  png_set_IHDR(session->png, session->info, settings->width, settings->height, 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(session->png, session->info);
  const size_t stride = (size_t)settings->width * 3;
  for (uint32_t y = 0; y < settings->height; y++) png_write_row(session->png, session->rgb + y * stride);
  png_write_end(session->png, NULL);
  session->result->status = CIC_OK;
}

cic_result cic_png_encode(const uint8_t *rgb, const cic_png_settings *settings, cic_output *output) {
  cic_result result = {.status = CIC_NO_MEMORY};
  struct session *session = calloc(1, sizeof *session);
  if (session == NULL) return result;
  session->rgb = rgb;
  session->settings = settings;
  session->output = output;
  session->result = &result;
  run(session);
  if (session->png != NULL) png_destroy_write_struct(&session->png, &session->info);
  free(session);
  return result;
}

#endif
