#ifndef CCURL_H
#define CCURL_H

// libcurl as Swift can call it: curl_easy_setopt and curl_easy_getinfo are variadic, so each kind of value that is used
// has a function of its own here. Everything else imports as it is.

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

/// libcurl copies `value`; NULL takes a default away.
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

/// For CURLOPT_ERRORBUFFER and CURLOPT_HEADERDATA: libcurl keeps the pointer until curl_easy_cleanup.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_header_function(CURL *easy, curl_write_callback function) {
  return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}

static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_socket(CURL *easy, curl_socket_t *value) {
  return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

/// What TLS came to on a connection.
typedef struct {
  char version[16];
  char cipher[64];
  /// Distinguished names of the relay's certificate, UTF-8, controls escaped.
  char subject[512];
  char issuer[512];
  /// Seconds since 1970.
  int64_t not_before;
  int64_t not_after;
} ccurl_tls;

/// Only while libcurl itself works on the connection, as inside its callbacks. False without TLS, and before its handshake
/// is over.
bool ccurl_get_tls(CURL *easy, ccurl_tls *tls);

static inline CURLcode ccurl_get_string(CURL *easy, CURLINFO info, char **value) {
  return curl_easy_getinfo(easy, info, value);
}

#endif
