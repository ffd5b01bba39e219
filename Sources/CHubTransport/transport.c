#include "CHubTransport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static chub_outcome outcome(CURLcode code) {
  switch (code) {
    case CURLE_OK: return CHUB_DONE;
    case CURLE_WRITE_ERROR: return CHUB_STOPPED;
    case CURLE_OUT_OF_MEMORY: return CHUB_MEMORY;
    case CURLE_COULDNT_RESOLVE_HOST:
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
    if (running && curl.multi_poll(client->multi, NULL, 0, 100, NULL) != CURLM_OK) break;
  }
  int left;
  const CURLMsg *message;
  while ((message = curl.multi_info_read(client->multi, &left)))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  curl.multi_remove_handle(client->multi, client->easy);
  return code;
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
  char message[CURL_ERROR_SIZE] = "";
  CURL *easy = client->easy;
  curl.easy_reset(easy);  // connections stay open
  curl.easy_setopt(easy, CURLOPT_URL, request->url);
  curl.easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl.easy_setopt(easy, CURLOPT_NOBODY, (long)request->head);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl.easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
  curl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (request->timeout_ms + 999) / 1000);
  curl.easy_setopt(easy, CURLOPT_BUFFERSIZE, 1L << 18);
  curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, message);
  if (request->certificates) curl.easy_setopt(easy, CURLOPT_CAINFO, request->certificates);
  curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl.easy_setopt(easy, CURLOPT_HEADERDATA, request);
  curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl.easy_setopt(easy, CURLOPT_WRITEDATA, request);

  int stopped = 0;
  CURLcode code = run(client, request, &stopped);
  response.outcome = stopped ? CHUB_STOPPED : outcome(code);
  if (response.outcome != CHUB_DONE) {
    snprintf(response.message, sizeof response.message, "%s", *message ? message : curl.easy_strerror(code));
  }
  curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
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
