#pragma once

#include <tiffio.h>

#include "CImageCodecs.h"

// Pillow has no mode of more samples.
enum { CIC_TIFF_MAX_PLANES = 6 };

struct cic_tiff_session {
  const uint8_t *bytes;
  size_t count, position;
  const cic_tiff_request *request;
  cic_rows *rows;
  TIFF *tiff;
  uint16_t compression;
  cic_lab *lab;  // only where the mode needs it
  cic_result result;
};

void cic_tiff_fail(struct cic_tiff_session *s, int32_t status, const char *words);

// Decodes the samples of each row, which are then converted here.
void cic_tiff_decode_rows(struct cic_tiff_session *s);

// libtiff's own conversion, a strip or a row of tiles at a time.
void cic_tiff_decode_rgba(struct cic_tiff_session *s);
