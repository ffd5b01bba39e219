#pragma once
#include <stddef.h>

/// Copies memory of this process as far as its pages are there: a page of a mapping that lies beyond the end of its
/// file is an error here, and not the signal that touching it is.
///
/// Returns the number of bytes copied, which may be fewer than asked for; or -1 with errno, EFAULT where the first
/// page is not there. ENOSYS where the system has no such call.
long cmc_copy(void *destination, const void *source, size_t count);
