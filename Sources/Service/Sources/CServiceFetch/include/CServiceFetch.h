#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Says whether a connection may be made: 4 or 16 bytes of an address, in the network's order.
typedef bool (*svc_may_connect)(void *context, const uint8_t *address, size_t count);

typedef struct {
  const char *url;
  /// Of the body.
  size_t byte_limit;
  long milliseconds;
  svc_may_connect may_connect;
  void *context;
} svc_fetch_request;

typedef enum {
  svc_fetched,
  /// `may_connect` said no.
  svc_fetch_refused,
  svc_fetch_too_large,
  svc_fetch_too_slow,
  svc_fetch_failed,
} svc_fetch_outcome;

typedef struct {
  svc_fetch_outcome outcome;
  long status;
  /// From the header, or `NULL`.
  char *location;
  uint8_t *bytes;
  size_t count;
} svc_fetch_answer;

/// One GET by HTTP or HTTPS: no redirect is followed, no proxy asked, nothing is kept for the next one. Blocks.
/// The answer is to be given back with `svc_fetch_free`.
svc_fetch_answer svc_fetch(const svc_fetch_request *request);

void svc_fetch_free(svc_fetch_answer *answer);
