#include "CServiceFetch.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef struct {
  const svc_fetch_request *request;
  svc_fetch_answer answer;
  size_t capacity;
} transfer;

// The addresses of a name may change between a look-up and the next, so the one that is connected to is checked, each time.
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  transfer *transfer = context;
  const svc_fetch_request *request = transfer->request;
  bool may_connect = false;
  if (address->family == AF_INET) {
    const struct sockaddr_in *v4 = (const void *)&address->addr;
    may_connect = request->may_connect(request->context, (const uint8_t *)&v4->sin_addr, 4);
  } else if (address->family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const void *)&address->addr;
    may_connect = request->may_connect(request->context, (const uint8_t *)&v6->sin6_addr, 16);
  }
  if (may_connect) return socket(address->family, address->socktype, address->protocol);
  transfer->answer.outcome = svc_fetch_refused;
  return CURL_SOCKET_BAD;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  transfer *transfer = context;
  svc_fetch_answer *answer = &transfer->answer;
  size_t length = size * count;
  if (length > transfer->request->byte_limit - answer->count) {
    answer->outcome = svc_fetch_too_large;
    return 0;
  }
  if (length > transfer->capacity - answer->count) {
    size_t capacity = 2 * (answer->count + length);
    uint8_t *larger = realloc(answer->bytes, capacity);
    if (!larger) return 0;
    answer->bytes = larger;
    transfer->capacity = capacity;
  }
  memcpy(answer->bytes + answer->count, bytes, length);
  answer->count += length;
  return length;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  static const char name[] = "location:";
  transfer *transfer = context;
  size_t length = size * count, start = sizeof name - 1, end = length;
  if (length < start || strncasecmp(line, name, start) != 0 || transfer->answer.location) return length;
  while (start < end && (line[start] == ' ' || line[start] == '\t')) start++;
  while (end > start && (line[end - 1] == '\r' || line[end - 1] == '\n' || line[end - 1] == ' ')) end--;
  transfer->answer.location = strndup(line + start, end - start);
  return transfer->answer.location ? length : 0;
}

svc_fetch_answer svc_fetch(const svc_fetch_request *request) {
  transfer transfer = {.request = request, .answer = {.outcome = svc_fetch_failed}};
  CURL *curl = curl_easy_init();
  if (!curl) return transfer.answer;
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  // Neither a proxy of the environment nor an alternative service may lead elsewhere.
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->milliseconds);
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->byte_limit);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "aiguard-server");
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  CURLcode code = curl_easy_perform(curl);
  svc_fetch_answer *answer = &transfer.answer;
  if (code == CURLE_OK) {
    answer->outcome = svc_fetched;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
  } else if (code == CURLE_FILESIZE_EXCEEDED) {
    answer->outcome = svc_fetch_too_large;
  } else if (code == CURLE_OPERATION_TIMEDOUT) {
    answer->outcome = svc_fetch_too_slow;
  }
  curl_easy_cleanup(curl);
  return *answer;
}

void svc_fetch_free(svc_fetch_answer *answer) {
  free(answer->location);
  free(answer->bytes);
  *answer = (svc_fetch_answer){0};
}
