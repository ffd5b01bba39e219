#include "CImageCodecs.h"

// clang-format off: jpeglib.h needs these two before it
#include <stddef.h>
#include <stdio.h>
// clang-format on
#include <jpeglib.h>
#include <png.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *cic_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return "libjpeg-turbo " TEXT(LIBJPEG_TURBO_VERSION);
#else
  return "libjpeg " TEXT(JPEG_LIB_VERSION);
#endif
}

const char *cic_png_version(void) { return png_get_libpng_ver(NULL); }
