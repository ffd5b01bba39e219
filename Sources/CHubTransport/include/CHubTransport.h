#pragma once
#include <stddef.h>

/// HTTP requests, one after the other, through libcurl.
///
/// Redirects are not followed, bodies are not decoded, and nothing is retried: the caller decides about all that.
/// Proxies are those of the environment, as libcurl reads it.

/// A client and its open connections. For one thread at a time.
typedef struct chub_client chub_client;

/// What a request shall do and whom it tells.
typedef struct {
  /// http or https, in full.
  const char *url;
  /// Lines "Name: value", the last one followed by NULL.
  const char *const *headers;
  /// A file of certificates to trust instead of the system's; NULL for those.
  const char *certificates;
  /// 1 for HEAD, 0 for GET.
  int head;
  /// How long connecting may take, and how long nothing may arrive, in milliseconds.
  long timeout_ms;
  /// How long finding the host's address may take, in milliseconds.
  long resolve_timeout_ms;
  /// What the functions below get.
  void *context;
  /// A header's line without its end, the status line included. Not 0 ends the request.
  int (*on_header)(void *context, const char *line, size_t count);
  /// Some of the body. Not 0 ends the request.
  int (*on_body)(void *context, const void *bytes, size_t count);
  /// Asked several times a second. Not 0 ends the request.
  int (*is_cancelled)(void *context);
} chub_request;

typedef enum {
  /// There is a response, whatever its status.
  CHUB_DONE,
  /// One of the functions ended it.
  CHUB_STOPPED,
  /// The network or the server failed in a way that may pass.
  CHUB_NETWORK,
  /// The host has no address, or nobody says which.
  CHUB_UNRESOLVED,
  /// The URL, the proxy, a certificate or the like is not usable.
  CHUB_REFUSED,
  /// There is no memory.
  CHUB_MEMORY,
  /// There is no libcurl here; the message says why.
  CHUB_MISSING,
} chub_outcome;

typedef struct {
  chub_outcome outcome;
  /// The HTTP status; 0 without a response.
  long status;
  /// What libcurl says of the failure; empty where there is none.
  char message[256];
} chub_response;

/// NULL where there is no memory.
chub_client *chub_open(void);
void chub_close(chub_client *client);
chub_response chub_perform(chub_client *client, const chub_request *request);
