// RSA and Ed25519 keys that sign SHA-256 digests, as DKIM has it (RFC 6376, RFC 8463). A key is an EVP_PKEY that is never
// changed after it is made, so threads may share it.

#include "COpenSSL.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "pbe.h"
#include "public_key.h"

typedef struct {
  const uint8_t *bytes;
  size_t count;
  bool asked;
} passphrase_source;

// Called only for an encrypted key. Without a callback of our own OpenSSL would ask for a passphrase on the terminal.
static int give_passphrase(char *buffer, int size, int writing, void *context) {
  (void)writing;
  passphrase_source *source = context;
  source->asked = true;
  if (source->bytes == NULL || size < 0 || source->count > (size_t)size) return -1;
  memcpy(buffer, source->bytes, source->count);
  return (int)source->count;
}

copenssl_signing_key *copenssl_signing_key_from_pem(
    const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count, bool *encrypted) {
  *encrypted = false;
  if (count == 0 || count > INT_MAX || !copenssl_pem_is_bounded(pem, count)) return NULL;
  passphrase_source source = {passphrase, passphrase_count, false};
  ERR_set_mark();
  BIO *input = BIO_new_mem_buf(pem, (int)count);
  EVP_PKEY *key = input != NULL ? PEM_read_bio_PrivateKey(input, NULL, give_passphrase, &source) : NULL;
  BIO_free(input);
  ERR_pop_to_mark();
  *encrypted = source.asked;
  return (copenssl_signing_key *)key;
}

copenssl_signing_key *copenssl_signing_key_make_rsa(size_t bits) {
  ERR_set_mark();
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
  ERR_pop_to_mark();
  return (copenssl_signing_key *)key;
}

copenssl_signing_key *copenssl_signing_key_make_ed25519(void) {
  ERR_set_mark();
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  ERR_pop_to_mark();
  return (copenssl_signing_key *)key;
}

copenssl_signing_kind copenssl_signing_key_kind(const copenssl_signing_key *key) {
  switch (EVP_PKEY_get_base_id((const EVP_PKEY *)key)) {
    case EVP_PKEY_RSA: return copenssl_signing_rsa;
    case EVP_PKEY_ED25519: return copenssl_signing_ed25519;
    default: return copenssl_signing_other;
  }
}

size_t copenssl_signing_key_bits(const copenssl_signing_key *key) {
  int bits = EVP_PKEY_get_bits((const EVP_PKEY *)key);
  return bits > 0 ? (size_t)bits : 0;
}

copenssl_key_fault copenssl_signing_key_fault(const copenssl_signing_key *key) {
  return copenssl_fault_of_public_key((EVP_PKEY *)key);
}

size_t copenssl_signing_key_pem(const copenssl_signing_key *key, uint8_t *pem, size_t capacity) {
  ERR_set_mark();
  // Secure memory is wiped when it is freed.
  BIO *output = BIO_new(BIO_s_secmem());
  size_t written = 0;
  if (output != NULL && PEM_write_bio_PKCS8PrivateKey(output, (const EVP_PKEY *)key, NULL, NULL, 0, NULL, NULL) == 1) {
    size_t count = BIO_pending(output);
    if (count <= capacity && BIO_read(output, pem, (int)count) == (int)count) written = count;
  }
  BIO_free(output);
  ERR_pop_to_mark();
  return written;
}

size_t copenssl_signing_key_public(const copenssl_signing_key *key, uint8_t *bytes, size_t capacity) {
  const EVP_PKEY *pair = (const EVP_PKEY *)key;
  size_t written = 0;
  ERR_set_mark();
  if (copenssl_signing_key_kind(key) == copenssl_signing_ed25519) {
    size_t count = capacity;
    if (EVP_PKEY_get_raw_public_key(pair, bytes, &count) == 1) written = count;
  } else {
    int count = i2d_PUBKEY(pair, NULL);
    if (count > 0 && (size_t)count <= capacity && i2d_PUBKEY(pair, &bytes) == count) written = (size_t)count;
  }
  ERR_pop_to_mark();
  return written;
}

size_t copenssl_signing_key_sign(
    const copenssl_signing_key *key, const uint8_t *digest, uint8_t *signature, size_t capacity) {
  EVP_PKEY *pair = (EVP_PKEY *)key;
  size_t written = capacity;
  bool done = false;
  ERR_set_mark();
  if (copenssl_signing_key_kind(key) == copenssl_signing_rsa) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);
    done = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
           EVP_PKEY_sign(context, signature, &written, digest, copenssl_sha256_size) == 1;
    EVP_PKEY_CTX_free(context);
  } else {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, pair) == 1 &&
           EVP_DigestSign(context, signature, &written, digest, copenssl_sha256_size) == 1;
    EVP_MD_CTX_free(context);
  }
  ERR_pop_to_mark();
  return done ? written : 0;
}

bool copenssl_signing_key_verify(
    const copenssl_signing_key *key, const uint8_t *digest, const uint8_t *signature, size_t count) {
  EVP_PKEY *pair = (EVP_PKEY *)key;
  bool valid = false;
  ERR_set_mark();
  if (copenssl_signing_key_kind(key) == copenssl_signing_rsa) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);
    valid = context != NULL && EVP_PKEY_verify_init(context) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
            EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
            EVP_PKEY_verify(context, signature, count, digest, copenssl_sha256_size) == 1;
    EVP_PKEY_CTX_free(context);
  } else {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    valid = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pair) == 1 &&
            EVP_DigestVerify(context, signature, count, digest, copenssl_sha256_size) == 1;
    EVP_MD_CTX_free(context);
  }
  ERR_pop_to_mark();
  return valid;
}

void copenssl_signing_key_free(copenssl_signing_key *key) { EVP_PKEY_free((EVP_PKEY *)key); }
