#include "CCodecLoop.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <libde265/de265.h>
#include <png.h>

struct handler {
  struct jpeg_error_mgr manager;
  jmp_buf refused;
};

static void refuse(j_common_ptr codec) { longjmp(((struct handler *)codec->err)->refused, 1); }

int codec_loop_jpeg(const uint8_t *bytes, size_t count) {
  struct jpeg_decompress_struct codec;
  struct handler handler;
  codec.err = jpeg_std_error(&handler.manager);
  handler.manager.error_exit = refuse;
  uint8_t *volatile row = NULL;
  if (setjmp(handler.refused)) {
    jpeg_destroy_decompress(&codec);
    free(row);
    return 0;
  }
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, bytes, count);
  jpeg_read_header(&codec, TRUE);
  codec.out_color_space = JCS_RGB;
  jpeg_start_decompress(&codec);
  row = malloc((size_t)codec.output_width * 3);
  JSAMPROW rows[1] = {row};
  while (row && codec.output_scanline < codec.output_height) jpeg_read_scanlines(&codec, rows, 1);
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  free(row);
  return 1;
}

struct source {
  const uint8_t *bytes;
  size_t left;
};

static void read_bytes(png_structp codec, png_bytep to, png_size_t count) {
  struct source *source = png_get_io_ptr(codec);
  if (source->left < count) png_error(codec, "truncated");
  memcpy(to, source->bytes, count);
  source->bytes += count;
  source->left -= count;
}

int codec_loop_png(const uint8_t *bytes, size_t count) {
  png_structp codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(codec);
  struct source source = {bytes, count};
  uint8_t *volatile row = NULL;
  if (setjmp(png_jmpbuf(codec))) {
    png_destroy_read_struct(&codec, &info, NULL);
    free(row);
    return 0;
  }
  png_set_read_fn(codec, &source, read_bytes);
  png_read_info(codec, info);
  row = malloc(png_get_rowbytes(codec, info));
  const uint32_t height = png_get_image_height(codec, info);
  for (uint32_t y = 0; row && y < height; y++) png_read_row(codec, row, NULL);
  png_destroy_read_struct(&codec, &info, NULL);
  free(row);
  return 1;
}

int codec_loop_hevc(const uint8_t *bytes, size_t count) {
  de265_decoder_context *codec = de265_new_decoder();
  int more = 1, pictures = 0;
  if (de265_push_data(codec, bytes, (int)count, 0, NULL) == DE265_OK && de265_flush_data(codec) == DE265_OK)
    while (more && de265_decode(codec, &more) == DE265_OK)
      if (de265_get_next_picture(codec)) pictures++;
  de265_free_decoder(codec);
  return pictures > 0;
}
