#ifdef CIC_JPEG

#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

enum { PIECE = 1 << 14 };

struct session {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  jmp_buf escape;
  const uint8_t *rgb;
  const cic_jpeg_settings *settings;
  cic_output *output;
  cic_result *result;
  uint8_t piece[PIECE];
};

static _Noreturn void stop(struct session *session, int32_t status) {
  session->result->status = status;
  longjmp(session->escape, 1);
}

// MARK: libjpeg's callbacks

static void on_error(j_common_ptr codec) {
  struct session *session = codec->client_data;
  char words[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, words);
  snprintf(session->result->message, sizeof session->result->message, "%s", words);
  stop(session, codec->err->msg_code == JERR_OUT_OF_MEMORY ? CIC_NO_MEMORY : CIC_UNSUPPORTED);
}

static void on_message(j_common_ptr codec) { (void)codec; }
static void on_warning(j_common_ptr codec, int level) {
  (void)codec;
  (void)level;
}

static void start_piece(struct session *session) {
  session->destination.next_output_byte = session->piece;
  session->destination.free_in_buffer = PIECE;
}

static void append(struct session *session, size_t count) {
  if (!cic_output_append(session->output, session->piece, count)) stop(session, session->output->status);
}

static void destination_start(j_compress_ptr codec) { start_piece(codec->client_data); }

static boolean destination_full(j_compress_ptr codec) {
  // All of the buffer is full when this is called, whatever the counter says.
  append(codec->client_data, PIECE);
  start_piece(codec->client_data);
  return TRUE;
}

static void destination_end(j_compress_ptr codec) {
  struct session *session = codec->client_data;
  append(session, PIECE - session->destination.free_in_buffer);
}

// MARK: Encoding

static void encode(struct session *session) {
  j_compress_ptr codec = &session->codec;
  const cic_jpeg_settings *settings = session->settings;
  codec->image_width = settings->width;
  codec->image_height = settings->height;
  codec->input_components = 3;
  codec->in_color_space = JCS_RGB;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, settings->quality, TRUE);
  codec->comp_info[0].h_samp_factor = settings->luma_across;
  codec->comp_info[0].v_samp_factor = settings->luma_down;
  for (int index = 1; index < 3; index++) {
    codec->comp_info[index].h_samp_factor = 1;
    codec->comp_info[index].v_samp_factor = 1;
  }
  jpeg_start_compress(codec, TRUE);
  const size_t stride = (size_t)settings->width * 3;
  while (codec->next_scanline < codec->image_height) {
    // libjpeg only reads from here, its declaration predates const.
    JSAMPROW row = (JSAMPROW)(uintptr_t)(session->rgb + codec->next_scanline * stride);
    (void)jpeg_write_scanlines(codec, &row, 1);
  }
  jpeg_finish_compress(codec);
}

// A frame of its own, so that no variable lives across setjmp in a register.
static __attribute__((noinline)) void run(struct session *session) {
  if (setjmp(session->escape) == 0) {
    jpeg_create_compress(&session->codec);
    session->codec.dest = &session->destination;
    encode(session);
  }
  jpeg_destroy_compress(&session->codec);
}

cic_result cic_jpeg_encode(const uint8_t *rgb, const cic_jpeg_settings *settings, cic_output *output) {
  cic_result result = {.status = CIC_OK};
  struct session *session = calloc(1, sizeof *session);
  if (session == NULL) {
    result.status = CIC_NO_MEMORY;
    return result;
  }
  session->rgb = rgb;
  session->settings = settings;
  session->output = output;
  session->result = &result;
  session->codec.err = jpeg_std_error(&session->errors);
  session->codec.client_data = session;
  session->errors.error_exit = on_error;
  session->errors.emit_message = on_warning;
  session->errors.output_message = on_message;
  session->destination.init_destination = destination_start;
  session->destination.empty_output_buffer = destination_full;
  session->destination.term_destination = destination_end;
  run(session);
  free(session);
  return result;
}

#endif
