#include "CPhotoModel.h"

// #embed is C23, which clang offers as an extension in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char config[] = {
#embed "model/config.json"
};

static const unsigned char preprocessor_config[] = {
#embed "model/preprocessor_config.json"
};

static const unsigned char calibration[] = {
#embed "model/calibration.json"
};

// Aligned so that the reader can use every tensor where it lies.
static const unsigned char weights[] __attribute__((aligned(64))) = {
#embed "model/model.safetensors"
};

agp_file agp_config(void) { return (agp_file){config, sizeof config}; }
agp_file agp_preprocessor_config(void) {
  return (agp_file){preprocessor_config, sizeof preprocessor_config};
}
agp_file agp_calibration(void) { return (agp_file){calibration, sizeof calibration}; }
agp_file agp_weights(void) { return (agp_file){weights, sizeof weights}; }
