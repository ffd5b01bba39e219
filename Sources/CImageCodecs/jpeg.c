#ifdef CIC_JPEG

#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

struct session {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  const cic_jpeg_request *request;
  cic_rows *rows;
  uint8_t *row;  // one row of samples for images that are not RGB
  int counted_scan;     // the last one whose blocks are in `scan_blocks`
  int64_t scan_blocks;
  cic_result *result;
};

static struct session *session_of(j_common_ptr codec) { return codec->client_data; }

static _Noreturn void stop(struct session *session, int32_t status) {
  session->result->status = status;
  longjmp(session->escape, 1);
}

// MARK: libjpeg's callbacks

static void on_error(j_common_ptr codec) {
  struct session *session = session_of(codec);
  char words[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, words);
  snprintf(session->result->message, sizeof session->result->message, "%s", words);
  switch (codec->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
      stop(session, CIC_NO_MEMORY);
    case JERR_NO_BACKING_STORE:
      session->result->needed = session->request->max_intermediate_bytes + 1;
      stop(session, CIC_MEMORY_LIMIT);
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_ARITH_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
      stop(session, CIC_UNSUPPORTED);
    default:
      stop(session, CIC_CORRUPT);
  }
}

// Warnings stay silent: the reference decodes through them.
static void on_warning(j_common_ptr codec, int level) {
  if (level < 0) codec->err->num_warnings++;
}
static void on_message(j_common_ptr codec) { (void)codec; }

static void on_progress(j_common_ptr codec) {
  struct session *session = session_of(codec);
  const j_decompress_ptr decoder = (j_decompress_ptr)codec;
  if (decoder->input_scan_number > session->request->max_scans) stop(session, CIC_SCAN_LIMIT);
  if (decoder->input_scan_number == session->counted_scan) return;
  // A scan whose header has been read, before its first block.
  session->counted_scan = decoder->input_scan_number;
  for (int index = 0; index < decoder->comps_in_scan; index++) {
    const jpeg_component_info *component = decoder->cur_comp_info[index];
    session->scan_blocks += (int64_t)component->width_in_blocks * component->height_in_blocks;
  }
  if (session->scan_blocks > session->request->max_scan_blocks) {
    session->result->needed = session->scan_blocks;
    stop(session, CIC_SCAN_BLOCK_LIMIT);
  }
}

// The source holds the whole file from the start, so a request for more means that the file is cut.
// It suspends: inventing an end-of-image marker, as libjpeg's own memory source does, would let cut
// files pass.
static void source_nothing(j_decompress_ptr codec) { (void)codec; }
static boolean source_suspend(j_decompress_ptr codec) {
  (void)codec;
  return FALSE;
}
static void source_skip(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  size_t step = (size_t)count;
  if (step > codec->src->bytes_in_buffer) step = codec->src->bytes_in_buffer;
  codec->src->next_input_byte += step;
  codec->src->bytes_in_buffer -= step;
}

// MARK: Decoding

// Multi-scan files keep every coefficient in memory until the last scan is in.
static int64_t coefficient_bytes(j_decompress_ptr codec) {
  if (!jpeg_has_multiple_scans(codec)) return 0;
  int64_t bytes = 0;
  for (int index = 0; index < codec->num_components; index++) {
    const jpeg_component_info *component = &codec->comp_info[index];
    const int64_t h = component->h_samp_factor, v = component->v_samp_factor;
    const int64_t across = ((int64_t)component->width_in_blocks + h - 1) / h * h;
    const int64_t down = ((int64_t)component->height_in_blocks + v - 1) / v * v;
    bytes += across * down * (int64_t)sizeof(JBLOCK);
  }
  return bytes;
}

// A generous count of the rows that libjpeg holds while upsampling: three groups of up to 32 rows.
static int64_t working_bytes(j_decompress_ptr codec) {
  return (int64_t)codec->image_width * codec->num_components * 96;
}

static void decode(struct session *session) {
  j_decompress_ptr codec = &session->codec;
  const cic_jpeg_request *request = session->request;
  int header;
  do {
    header = jpeg_read_header(codec, FALSE);
  } while (header == JPEG_HEADER_TABLES_ONLY);
  if (header == JPEG_SUSPENDED) stop(session, CIC_TRUNCATED);

  if (codec->image_width != request->width || codec->image_height != request->height ||
      codec->num_components != request->components) {
    snprintf(session->result->message, sizeof session->result->message,
             "the markers contradict each other about the image's size");
    stop(session, CIC_CORRUPT);
  }
  if (request->width > session->rows->stride / 3 || request->height > session->rows->height ||
      (request->components != 1 && request->components != 3 && request->components != 4)) {
    snprintf(session->result->message, sizeof session->result->message, "an image larger than its rows");
    stop(session, CIC_CORRUPT);
  }
  const int64_t needed = coefficient_bytes(codec) + working_bytes(codec);
  if (needed > request->max_intermediate_bytes) {
    session->result->needed = needed;
    stop(session, CIC_MEMORY_LIMIT);
  }
  // libjpeg counts a little more than the estimate; the slack keeps its own check from refusing first.
  const int64_t allowance = needed + needed / 4 + (1 << 22);
  codec->mem->max_memory_to_use = (long)allowance;

  codec->out_color_space = request->components == 1   ? JCS_GRAYSCALE
                           : request->components == 3 ? JCS_RGB
                                                      : JCS_CMYK;
  codec->dct_method = JDCT_ISLOW;
  codec->do_fancy_upsampling = TRUE;
  codec->do_block_smoothing = TRUE;
  if (!jpeg_start_decompress(codec)) stop(session, CIC_TRUNCATED);

  if (request->components != 3) {
    session->row = malloc((size_t)request->width * (size_t)request->components);
    if (session->row == NULL) stop(session, CIC_NO_MEMORY);
  }
  while (codec->output_scanline < codec->output_height) {
    uint8_t *out = cic_row(session->rows, codec->output_scanline);
    JSAMPROW row = request->components == 3 ? out : session->row;
    if (jpeg_read_scanlines(codec, &row, 1) != 1) stop(session, CIC_TRUNCATED);
    if (request->components == 1) cic_to_rgb(CIC_L, row, 1, out, request->width, NULL);
    if (request->components == 4) {
      // Stored CMYK is always taken as inverted, Adobe marker or not, as Pillow does.
      for (size_t i = 0; i < (size_t)request->width * 4; i++) row[i] = (JSAMPLE)(255 - row[i]);
      cic_to_rgb(CIC_CMYK, row, 4, out, request->width, NULL);
    }
  }
  // What follows the last row may be damaged, which is an error, but need not be there. Most files without
  // their end-of-image marker still count as cut, since the last blocks want to read beyond their own bits.
  (void)jpeg_finish_decompress(codec);
}

// A frame of its own, so that no variable lives across setjmp in a register.
static __attribute__((noinline)) void run(struct session *session) {
  if (setjmp(session->escape) == 0) {
    jpeg_create_decompress(&session->codec);
    session->codec.src = &session->source;
    session->codec.progress = &session->progress;
    decode(session);
  }
  jpeg_destroy_decompress(&session->codec);
}

cic_result cic_jpeg_decode(
    const uint8_t *bytes, size_t count, const cic_jpeg_request *request, cic_rows *rows) {
  cic_result result = {.status = CIC_OK};
  struct session *session = calloc(1, sizeof *session);
  if (session == NULL) {
    result.status = CIC_NO_MEMORY;
    return result;
  }
  session->request = request;
  session->rows = rows;
  session->result = &result;
  session->codec.err = jpeg_std_error(&session->errors);
  session->codec.client_data = session;
  session->errors.error_exit = on_error;
  session->errors.emit_message = on_warning;
  session->errors.output_message = on_message;
  session->source.next_input_byte = bytes;
  session->source.bytes_in_buffer = count;
  session->source.init_source = source_nothing;
  session->source.fill_input_buffer = source_suspend;
  session->source.skip_input_data = source_skip;
  session->source.resync_to_restart = jpeg_resync_to_restart;
  session->source.term_source = source_nothing;
  session->progress.progress_monitor = on_progress;
  run(session);
  free(session->row);
  free(session);
  return result;
}

#endif
