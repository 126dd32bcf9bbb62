// What libcurl does not tell by itself: the TLS of a connection, asked of OpenSSL, which Debian's libcurl4-openssl uses.

#include "CCurl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

static void write_name(const X509_NAME *name, char *text, size_t capacity) {
  BIO *output = BIO_new(BIO_s_mem());
  text[0] = 0;
  if (output == NULL) return;
  unsigned long flags = (XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT;
  if (X509_NAME_print_ex(output, name, 0, flags) > 0) {
    int count = BIO_read(output, text, (int)capacity - 1);
    text[count > 0 ? count : 0] = 0;
  }
  BIO_free(output);
}

static int64_t seconds(const ASN1_TIME *time) {
  struct tm parts = {0};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

bool ccurl_get_tls(CURL *easy, ccurl_tls *tls) {
  const struct curl_tlssessioninfo *session = NULL;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL) return false;
  if (session->backend != CURLSSLBACKEND_OPENSSL || session->internals == NULL) return false;
  const SSL *ssl = session->internals;
  memset(tls, 0, sizeof *tls);
  ERR_set_mark();
  X509 *certificate = SSL_is_init_finished(ssl) ? SSL_get0_peer_certificate(ssl) : NULL;
  if (certificate != NULL) {
    strncpy(tls->version, SSL_get_version(ssl), sizeof tls->version - 1);
    strncpy(tls->cipher, SSL_get_cipher_name(ssl), sizeof tls->cipher - 1);
    write_name(X509_get_subject_name(certificate), tls->subject, sizeof tls->subject);
    write_name(X509_get_issuer_name(certificate), tls->issuer, sizeof tls->issuer);
    tls->not_before = seconds(X509_get0_notBefore(certificate));
    tls->not_after = seconds(X509_get0_notAfter(certificate));
  }
  ERR_pop_to_mark();
  return certificate != NULL;
}
