// The plain kernels: any CPU. They are the fallback, and what the others are tested against.
#define AGK_NAME(x) x##_portable
#define AGK_FMA 0
#include "kernels.inc.h"
