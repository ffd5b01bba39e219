#ifdef CIC_TIFF

#include <stdlib.h>

#include <lcms2.h>

#include "CImageCodecs.h"

struct cic_lab {
  cmsContext context;
  cmsHTRANSFORM transform;
};

cic_lab *cic_lab_open(void) {
  cic_lab *lab = calloc(1, sizeof *lab);
  if (lab == NULL) return NULL;
  lab->context = cmsCreateContext(NULL, NULL);
  cmsHPROFILE from = cmsCreateLab2ProfileTHR(lab->context, NULL), to = cmsCreate_sRGBProfileTHR(lab->context);
  const cmsUInt32Number lab8 = COLORSPACE_SH(PT_LabV2) | CHANNELS_SH(3) | BYTES_SH(1);
  if (from && to) lab->transform = cmsCreateTransformTHR(lab->context, from, lab8, to, TYPE_RGB_8, INTENT_PERCEPTUAL, 0);
  if (from) cmsCloseProfile(from);
  if (to) cmsCloseProfile(to);
  if (lab->transform) return lab;
  cic_lab_close(lab);
  return NULL;
}

void cic_lab_to_rgb(const cic_lab *lab, int32_t plain, const uint8_t *samples, uint8_t *rgb, size_t count) {
  // littleCMS counts a and b from 0, with grey at 128.
  const uint8_t offset = plain ? 0 : 128;
  for (size_t i = 0; i < count; i++) {
    rgb[3 * i] = samples[3 * i];
    rgb[3 * i + 1] = samples[3 * i + 1] ^ offset;
    rgb[3 * i + 2] = samples[3 * i + 2] ^ offset;
  }
  cmsDoTransform(lab->transform, rgb, rgb, (cmsUInt32Number)count);
}

void cic_lab_close(cic_lab *lab) {
  if (lab == NULL) return;
  if (lab->transform) cmsDeleteTransform(lab->transform);
  if (lab->context) cmsDeleteContext(lab->context);
  free(lab);
}

#endif
