#pragma once

// The bits of a weight that the lower of its two 16-bit parts holds.
#define CIK_LOW_BITS 12
