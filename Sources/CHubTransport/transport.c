#if defined(__linux__)
#define _POSIX_C_SOURCE 200809L  // clock_gettime
#endif
#include "CHubTransport.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(CHUB_CURL)
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>

/// The functions of libcurl, which is loaded when there is something to download: it brings some thirty libraries
/// along, and most runs need none of them.
static struct {
  __typeof__(&curl_global_init) global_init;
  __typeof__(&curl_easy_init) easy_init;
  __typeof__(&curl_easy_setopt) easy_setopt;
  __typeof__(&curl_easy_getinfo) easy_getinfo;
  __typeof__(&curl_easy_reset) easy_reset;
  __typeof__(&curl_easy_cleanup) easy_cleanup;
  __typeof__(&curl_easy_strerror) easy_strerror;
  __typeof__(&curl_multi_init) multi_init;
  __typeof__(&curl_multi_add_handle) multi_add_handle;
  __typeof__(&curl_multi_perform) multi_perform;
  __typeof__(&curl_multi_poll) multi_poll;
  __typeof__(&curl_multi_info_read) multi_info_read;
  __typeof__(&curl_multi_remove_handle) multi_remove_handle;
  __typeof__(&curl_multi_cleanup) multi_cleanup;
  __typeof__(&curl_slist_append) slist_append;
  __typeof__(&curl_slist_free_all) slist_free_all;
} curl;

#if defined(__APPLE__)
static const char library[] = "libcurl.4.dylib";
#else
static const char library[] = "libcurl.so.4";
#endif

/// Why libcurl cannot be used; empty where it can.
static char missing[256];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void load(void) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(missing, sizeof missing, "%s", dlerror());
    return;
  }
#define FIND(name)                                                                                  \
  do {                                                                                              \
    curl.name = (__typeof__(curl.name))dlsym(handle, "curl_" #name);                                \
    if (!curl.name) snprintf(missing, sizeof missing, "%s has no function curl_" #name, library);   \
  } while (0)
  FIND(global_init);
  FIND(easy_init);
  FIND(easy_setopt);
  FIND(easy_getinfo);
  FIND(easy_reset);
  FIND(easy_cleanup);
  FIND(easy_strerror);
  FIND(multi_init);
  FIND(multi_add_handle);
  FIND(multi_perform);
  FIND(multi_poll);
  FIND(multi_info_read);
  FIND(multi_remove_handle);
  FIND(multi_cleanup);
  FIND(slist_append);
  FIND(slist_free_all);
#undef FIND
  if (!*missing && curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    snprintf(missing, sizeof missing, "%s could not be set up", library);
  }
}

struct chub_client {
  CURLM *multi;
  CURL *easy;
  /// libcurl writes here for as long as `easy` lives, not only while a request runs.
  char error[CURL_ERROR_SIZE];
  /// Since when the address of a host is being looked for; 0 while it is not.
  int64_t resolving_since_ms;
};

chub_client *chub_open(void) {
  pthread_once(&loaded, load);
  chub_client *client = calloc(1, sizeof *client);
  if (!client || *missing) return client;
  client->multi = curl.multi_init();
  client->easy = curl.easy_init();
  if (client->multi && client->easy) return client;
  chub_close(client);
  return NULL;
}

void chub_close(chub_client *client) {
  if (!client) return;
  if (client->easy) curl.easy_cleanup(client->easy);
  if (client->multi) curl.multi_cleanup(client->multi);
  free(client);
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  const chub_request *request = context;
  size_t length = size * count, end = length;
  while (end > 0 && (line[end - 1] == '\r' || line[end - 1] == '\n')) end--;
  return request->on_header(request->context, line, end) ? 0 : length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  const chub_request *request = context;
  return request->on_body(request->context, bytes, size * count) ? 0 : size * count;
}

static int64_t now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/// The search for a host's address begins.
static int on_resolver_start(void *state, void *reserved, void *context) {
  (void)state, (void)reserved;
  chub_client *client = context;
  client->resolving_since_ms = now_ms();
  return 0;
}

/// The address is there: there is a socket to connect to it.
static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)socket, (void)purpose;
  chub_client *client = context;
  client->resolving_since_ms = 0;
  return CURL_SOCKOPT_OK;
}

static chub_outcome outcome(CURLcode code) {
  switch (code) {
    case CURLE_OK: return CHUB_DONE;
    case CURLE_WRITE_ERROR: return CHUB_STOPPED;
    case CURLE_OUT_OF_MEMORY: return CHUB_MEMORY;
    case CURLE_COULDNT_RESOLVE_HOST: return CHUB_UNRESOLVED;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY: return CHUB_NETWORK;
    default: return CHUB_REFUSED;
  }
}

/// Runs the request that is set up in `client->easy`. Unlike curl_easy_perform it looks up several times a second
/// whether anybody still wants the result.
static CURLcode run(chub_client *client, const chub_request *request, int *stopped) {
  CURLMcode multi_code = curl.multi_add_handle(client->multi, client->easy);
  CURLcode code = multi_code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
  if (multi_code != CURLM_OK) return code;
  int running = 1;
  while (running) {
    if (request->is_cancelled(request->context)) {
      *stopped = 1;
      break;
    }
    if (curl.multi_perform(client->multi, &running) != CURLM_OK) break;
    if (running && client->resolving_since_ms &&
        now_ms() - client->resolving_since_ms > request->resolve_timeout_ms) {
      snprintf(client->error, sizeof client->error, "the name servers do not answer");
      code = CURLE_COULDNT_RESOLVE_HOST;
      break;
    }
    if (running && curl.multi_poll(client->multi, NULL, 0, 100, NULL) != CURLM_OK) break;
  }
  int left;
  const CURLMsg *message;
  while ((message = curl.multi_info_read(client->multi, &left)))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  // libcurl's own limit for connecting may be the shorter one.
  if (code == CURLE_OPERATION_TIMEDOUT && client->resolving_since_ms) code = CURLE_COULDNT_RESOLVE_HOST;
  curl.multi_remove_handle(client->multi, client->easy);
  return code;
}

/// Sets everything that the request asks for. What cannot be set (a library without a feature, no memory) must not be
/// left out without a word: it may be the certificates to trust.
static CURLcode set_up(chub_client *client, const chub_request *request, struct curl_slist *headers) {
  CURL *easy = client->easy;
  CURLcode code;
#define SET(option, value)                                                                          \
  do {                                                                                              \
    if ((code = curl.easy_setopt(easy, option, value)) != CURLE_OK) return code;                    \
  } while (0)
  SET(CURLOPT_ERRORBUFFER, client->error);
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_HTTPHEADER, headers);
  SET(CURLOPT_NOBODY, (long)request->head);
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
  SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
  SET(CURLOPT_LOW_SPEED_TIME, (request->timeout_ms + 999) / 1000);
  SET(CURLOPT_BUFFERSIZE, 1L << 18);
  if (request->certificates) SET(CURLOPT_CAINFO, request->certificates);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, request);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, request);
  SET(CURLOPT_RESOLVER_START_FUNCTION, on_resolver_start);
  SET(CURLOPT_RESOLVER_START_DATA, client);
  SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
  SET(CURLOPT_SOCKOPTDATA, client);
#undef SET
#if LIBCURL_VERSION_NUM >= 0x075700
  // Not to wait at the end for a name server that does not answer. An older library knows no such option, and waits.
  (void)curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  return CURLE_OK;
}

chub_response chub_perform(chub_client *client, const chub_request *request) {
  chub_response response = {CHUB_MEMORY, 0, ""};
  if (*missing) {
    response.outcome = CHUB_MISSING;
    snprintf(response.message, sizeof response.message, "%s", missing);
    return response;
  }
  struct curl_slist *headers = NULL;
  for (const char *const *line = request->headers; *line; line++) {
    struct curl_slist *longer = curl.slist_append(headers, *line);
    if (!longer) {
      curl.slist_free_all(headers);
      return response;
    }
    headers = longer;
  }
  CURL *easy = client->easy;
  client->error[0] = 0;
  client->resolving_since_ms = 0;
  int stopped = 0;
  CURLcode code = set_up(client, request, headers);
  if (code == CURLE_OK) code = run(client, request, &stopped);
  response.outcome = stopped ? CHUB_STOPPED : outcome(code);
  if (response.outcome != CHUB_DONE) {
    snprintf(response.message, sizeof response.message, "%s",
             *client->error ? client->error : curl.easy_strerror(code));
  }
  curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
  // Connections stay open, and nothing of the request stays in the handle that outlives it.
  curl.easy_reset(easy);
  curl.slist_free_all(headers);
  return response;
}

#else

struct chub_client {
  int unused;
};

chub_client *chub_open(void) { return calloc(1, sizeof(chub_client)); }
void chub_close(chub_client *client) { free(client); }

chub_response chub_perform(chub_client *client, const chub_request *request) {
  (void)client, (void)request;
  return (chub_response){CHUB_MISSING, 0, "this program was built without the trait Hub"};
}

#endif
