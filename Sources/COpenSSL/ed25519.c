// Ed25519 keys and signatures. A key is an EVP_PKEY that is never changed after it is made, so threads may share it.

#include "COpenSSL.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

copenssl_ed25519_key *copenssl_ed25519_from_seed(const uint8_t *seed) {
  ERR_set_mark();
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, copenssl_ed25519_seed_size);
  ERR_pop_to_mark();
  return (copenssl_ed25519_key *)key;
}

// Without a callback of our own OpenSSL would ask for a passphrase on the terminal.
static int refuse_passphrase(char *buffer, int size, int writing, void *context) {
  (void)buffer, (void)size, (void)writing, (void)context;
  return -1;
}

static copenssl_ed25519_key *from_pem(const uint8_t *pem, size_t count, bool private) {
  if (count == 0 || count > INT_MAX) return NULL;
  ERR_set_mark();
  BIO *input = BIO_new_mem_buf(pem, (int)count);
  EVP_PKEY *key = NULL;
  if (input != NULL) {
    key = private ? PEM_read_bio_PrivateKey(input, NULL, refuse_passphrase, NULL)
                  : PEM_read_bio_PUBKEY(input, NULL, refuse_passphrase, NULL);
  }
  if (key != NULL && EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
    EVP_PKEY_free(key);
    key = NULL;
  }
  BIO_free(input);
  ERR_pop_to_mark();
  return (copenssl_ed25519_key *)key;
}

copenssl_ed25519_key *copenssl_ed25519_from_private_pem(const uint8_t *pem, size_t count) {
  return from_pem(pem, count, true);
}

copenssl_ed25519_key *copenssl_ed25519_from_public_pem(const uint8_t *pem, size_t count) {
  return from_pem(pem, count, false);
}

static size_t to_pem(const EVP_PKEY *key, bool private, uint8_t *pem, size_t capacity) {
  ERR_set_mark();
  // Secure memory is wiped when it is freed.
  BIO *output = BIO_new(BIO_s_secmem());
  size_t written = 0;
  if (output != NULL) {
    int done = private ? PEM_write_bio_PKCS8PrivateKey(output, key, NULL, NULL, 0, NULL, NULL)
                       : PEM_write_bio_PUBKEY(output, key);
    int count = done == 1 ? (int)BIO_pending(output) : 0;
    if (count > 0 && (size_t)count <= capacity && BIO_read(output, pem, count) == count) written = (size_t)count;
  }
  BIO_free(output);
  ERR_pop_to_mark();
  return written;
}

size_t copenssl_ed25519_private_pem(const copenssl_ed25519_key *key, uint8_t *pem, size_t capacity) {
  return to_pem((const EVP_PKEY *)key, true, pem, capacity);
}

size_t copenssl_ed25519_public_pem(const copenssl_ed25519_key *key, uint8_t *pem, size_t capacity) {
  return to_pem((const EVP_PKEY *)key, false, pem, capacity);
}

bool copenssl_ed25519_sign(const copenssl_ed25519_key *key, const uint8_t *bytes, size_t count, uint8_t *signature) {
  ERR_set_mark();
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t written = copenssl_ed25519_signature_size;
  bool done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, (EVP_PKEY *)key) == 1 &&
              EVP_DigestSign(context, signature, &written, bytes, count) == 1 &&
              written == copenssl_ed25519_signature_size;
  EVP_MD_CTX_free(context);
  ERR_pop_to_mark();
  return done;
}

bool copenssl_ed25519_verify(
    const copenssl_ed25519_key *key, const uint8_t *signature, size_t signature_count, const uint8_t *bytes,
    size_t count) {
  ERR_set_mark();
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool valid = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, (EVP_PKEY *)key) == 1 &&
               EVP_DigestVerify(context, signature, signature_count, bytes, count) == 1;
  EVP_MD_CTX_free(context);
  ERR_pop_to_mark();
  return valid;
}

void copenssl_ed25519_free(copenssl_ed25519_key *key) { EVP_PKEY_free((EVP_PKEY *)key); }
