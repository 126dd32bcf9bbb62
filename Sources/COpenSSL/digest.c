// SHA-256 and HMAC-SHA256. The algorithms are fetched from the provider once for the process: a fetch costs more than
// hashing a short text.

#include "COpenSSL.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_MAC *hmac;

static void fetch(void) {
  ERR_set_mark();
  sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  ERR_pop_to_mark();
}

static bool available(void) {
  pthread_once(&once, fetch);
  return sha256 != NULL && hmac != NULL;
}

bool copenssl_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
  if (!available()) return false;
  ERR_set_mark();
  bool done = EVP_Digest(bytes, count, digest, NULL, sha256, NULL) == 1;
  ERR_pop_to_mark();
  return done;
}

copenssl_sha256_state *copenssl_sha256_new(void) {
  if (!available()) return NULL;
  ERR_set_mark();
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context != NULL && EVP_DigestInit_ex2(context, sha256, NULL) != 1) {
    EVP_MD_CTX_free(context);
    context = NULL;
  }
  ERR_pop_to_mark();
  return (copenssl_sha256_state *)context;
}

copenssl_sha256_state *copenssl_sha256_copy(const copenssl_sha256_state *state) {
  ERR_set_mark();
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context != NULL && EVP_MD_CTX_copy_ex(context, (const EVP_MD_CTX *)state) != 1) {
    EVP_MD_CTX_free(context);
    context = NULL;
  }
  ERR_pop_to_mark();
  return (copenssl_sha256_state *)context;
}

bool copenssl_sha256_update(copenssl_sha256_state *state, const uint8_t *bytes, size_t count) {
  ERR_set_mark();
  bool done = EVP_DigestUpdate((EVP_MD_CTX *)state, bytes, count) == 1;
  ERR_pop_to_mark();
  return done;
}

bool copenssl_sha256_digest(const copenssl_sha256_state *state, uint8_t *digest) {
  copenssl_sha256_state *copy = copenssl_sha256_copy(state);
  if (copy == NULL) return false;
  ERR_set_mark();
  bool done = EVP_DigestFinal_ex((EVP_MD_CTX *)copy, digest, NULL) == 1;
  ERR_pop_to_mark();
  copenssl_sha256_free(copy);
  return done;
}

void copenssl_sha256_free(copenssl_sha256_state *state) { EVP_MD_CTX_free((EVP_MD_CTX *)state); }

copenssl_hmac_key *copenssl_hmac_key_new(const uint8_t *key, size_t count) {
  if (!available()) return NULL;
  ERR_set_mark();
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
      OSSL_PARAM_construct_end(),
  };
  // A NULL key would mean "the key set before"; an empty key is a key.
  if (context != NULL && EVP_MAC_init(context, count > 0 ? key : (const uint8_t *)"", count, parameters) != 1) {
    EVP_MAC_CTX_free(context);
    context = NULL;
  }
  ERR_pop_to_mark();
  return (copenssl_hmac_key *)context;
}

bool copenssl_hmac(const copenssl_hmac_key *key, const uint8_t *bytes, size_t count, uint8_t *digest) {
  ERR_set_mark();
  EVP_MAC_CTX *context = EVP_MAC_CTX_dup((const EVP_MAC_CTX *)key);
  size_t written = 0;
  bool done = context != NULL && EVP_MAC_update(context, bytes, count) == 1 &&
              EVP_MAC_final(context, digest, &written, copenssl_sha256_size) == 1 && written == copenssl_sha256_size;
  EVP_MAC_CTX_free(context);
  ERR_pop_to_mark();
  return done;
}

void copenssl_hmac_key_free(copenssl_hmac_key *key) { EVP_MAC_CTX_free((EVP_MAC_CTX *)key); }

bool copenssl_hmac_md5(const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *digest) {
  ERR_set_mark();
  size_t written = 0;
  bool done = EVP_Q_mac(NULL, "HMAC", NULL, "MD5", NULL, key_count > 0 ? key : (const uint8_t *)"", key_count, bytes, count,
                        digest, copenssl_md5_size, &written) != NULL &&
              written == copenssl_md5_size;
  ERR_pop_to_mark();
  return done;
}
