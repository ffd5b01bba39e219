#include "CHubTransport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(CHUB_CURL)
#include <curl/curl.h>
#include <pthread.h>

struct chub_client {
  CURLM *multi;
  CURL *easy;
};

static pthread_once_t initialized = PTHREAD_ONCE_INIT;
static void initialize(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

chub_client *chub_open(void) {
  pthread_once(&initialized, initialize);
  chub_client *client = calloc(1, sizeof *client);
  if (!client) return NULL;
  client->multi = curl_multi_init();
  client->easy = curl_easy_init();
  if (client->multi && client->easy) return client;
  chub_close(client);
  return NULL;
}

void chub_close(chub_client *client) {
  if (!client) return;
  if (client->easy) curl_easy_cleanup(client->easy);
  if (client->multi) curl_multi_cleanup(client->multi);
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
  CURLMcode multi_code = curl_multi_add_handle(client->multi, client->easy);
  CURLcode code = multi_code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
  if (multi_code != CURLM_OK) return code;
  int running = 1;
  while (running) {
    if (request->is_cancelled(request->context)) {
      *stopped = 1;
      break;
    }
    if (curl_multi_perform(client->multi, &running) != CURLM_OK) break;
    if (running && curl_multi_poll(client->multi, NULL, 0, 100, NULL) != CURLM_OK) break;
  }
  int left;
  const CURLMsg *message;
  while ((message = curl_multi_info_read(client->multi, &left)))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  curl_multi_remove_handle(client->multi, client->easy);
  return code;
}

chub_response chub_perform(chub_client *client, const chub_request *request) {
  chub_response response = {CHUB_MEMORY, 0, ""};
  struct curl_slist *headers = NULL;
  for (const char *const *line = request->headers; *line; line++) {
    struct curl_slist *longer = curl_slist_append(headers, *line);
    if (!longer) {
      curl_slist_free_all(headers);
      return response;
    }
    headers = longer;
  }
  char message[CURL_ERROR_SIZE] = "";
  CURL *easy = client->easy;
  curl_easy_reset(easy);  // connections stay open
  curl_easy_setopt(easy, CURLOPT_URL, request->url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_NOBODY, (long)request->head);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (request->timeout_ms + 999) / 1000);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 1L << 18);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message);
  if (request->certificates) curl_easy_setopt(easy, CURLOPT_CAINFO, request->certificates);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);

  int stopped = 0;
  CURLcode code = run(client, request, &stopped);
  response.outcome = stopped ? CHUB_STOPPED : outcome(code);
  if (response.outcome != CHUB_DONE) {
    snprintf(response.message, sizeof response.message, "%s", *message ? message : curl_easy_strerror(code));
  }
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
  curl_slist_free_all(headers);
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
  return (chub_response){CHUB_MISSING, 0, "this build has no libcurl"};
}

#endif
