#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>

#if defined(__linux__)
#include <sys/uio.h>
#include <unistd.h>

long cpl_copy(void *destination, const void *source, size_t count) {
  // The system copies at most 2 GiB in one call.
  const size_t most = (size_t)1 << 30;
  if (count > most) count = most;
  struct iovec local = {destination, count};
  struct iovec remote = {(void *)source, count};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
}
#else
long cpl_copy(void *destination, const void *source, size_t count) {
  (void)destination, (void)source, (void)count;
  errno = ENOSYS;
  return -1;
}
#endif
