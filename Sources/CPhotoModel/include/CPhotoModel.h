#pragma once
// The files of the model for photographs, compiled in.

#include <stddef.h>

typedef struct {
  const unsigned char *bytes;
  size_t count;
} agp_file;

agp_file agp_config(void);
agp_file agp_preprocessor_config(void);
agp_file agp_calibration(void);
agp_file agp_weights(void);
