// CMS messages (RFC 5652) as S/MIME has them (RFC 8551): from given bytes, keys and a given time to the same DER each time.

#include "COpenSSL.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

static size_t to_der(const CMS_ContentInfo *cms, uint8_t *der, size_t capacity) {
  int count = i2d_CMS_ContentInfo(cms, NULL);
  if (count <= 0 || (size_t)count > capacity) return 0;
  return i2d_CMS_ContentInfo(cms, &der) == count ? (size_t)count : 0;
}

// What an answer may be encrypted with (RFC 8551 §2.5.2). OpenSSL's own list has RC2 and DES in it.
static bool add_capabilities(CMS_SignerInfo *signer) {
  static const int ciphers[] = {NID_aes_256_cbc, NID_aes_192_cbc, NID_aes_128_cbc};
  STACK_OF(X509_ALGOR) *capabilities = NULL;
  bool added = true;
  for (size_t each = 0; added && each < sizeof ciphers / sizeof *ciphers; each++) {
    added = CMS_add_simple_smimecap(&capabilities, ciphers[each], -1) == 1;
  }
  added = added && CMS_add_smimecap(signer, capabilities) == 1;
  sk_X509_ALGOR_pop_free(capabilities, X509_ALGOR_free);
  return added;
}

// Set here, or OpenSSL would put in the time of the clock.
static bool add_time(CMS_SignerInfo *signer, int64_t seconds) {
  ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)seconds);
  bool added = time != NULL && CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time, -1) == 1;
  ASN1_TIME_free(time);
  return added;
}

size_t copenssl_cms_sign(
    const copenssl_certificate *certificate, const copenssl_signing_key *key,
    const copenssl_certificate *const *chain, size_t chain_count, const uint8_t *content, size_t count,
    int64_t signing_time, uint8_t *der, size_t capacity) {
  if (count > INT_MAX) return 0;
  const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;
  size_t written = 0;
  ERR_set_mark();
  BIO *input = BIO_new_mem_buf(content, (int)count);
  CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
  bool done = input != NULL && cms != NULL;
  for (size_t each = 0; done && each < chain_count; each++) done = CMS_add1_cert(cms, (X509 *)chain[each]) == 1;
  CMS_SignerInfo *signer =
      done ? CMS_add1_signer(cms, (X509 *)certificate, (EVP_PKEY *)key, EVP_sha256(), flags) : NULL;
  done = signer != NULL && add_capabilities(signer) && add_time(signer, signing_time) &&
         CMS_final(cms, input, NULL, flags) == 1;
  if (done) written = to_der(cms, der, capacity);
  CMS_ContentInfo_free(cms);
  BIO_free(input);
  ERR_pop_to_mark();
  return written;
}

// A library context of its own whose random numbers are those given: OpenSSL's TEST-RAND, a generator that gives out what it
// was filled with and fails once that is used up. What the rest of the process draws is not touched by it.
static bool fill(EVP_RAND_CTX *generator, const uint8_t *randomness, size_t count) {
  unsigned strength = 256;
  OSSL_PARAM parameters[] = {
      // Only read; the parameter's type has no const.
      OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, (void *)randomness, count),
      OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
      OSSL_PARAM_construct_end(),
  };
  return generator != NULL && EVP_RAND_CTX_set_params(generator, parameters) == 1 &&
         EVP_RAND_instantiate(generator, strength, 0, NULL, 0, NULL) == 1;
}

static OSSL_LIB_CTX *context_with(const uint8_t *randomness, size_t count) {
  OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
  bool done = context != NULL && RAND_set_DRBG_type(context, "TEST-RAND", NULL, NULL, NULL) == 1 &&
              fill(RAND_get0_public(context), randomness, count / 2) &&
              fill(RAND_get0_private(context), randomness + count / 2, count / 2);
  if (!done) {
    OSSL_LIB_CTX_free(context);
    context = NULL;
  }
  return context;
}

static bool add_recipient(CMS_ContentInfo *cms, const X509 *certificate, OSSL_LIB_CTX *context) {
  unsigned char *der = NULL;
  int count = i2d_X509(certificate, &der);
  const unsigned char *start = der;
  // Read again, so that its key works with the random numbers of the context.
  X509 *own = X509_new_ex(context, NULL);
  EVP_MD *digest = EVP_MD_fetch(context, "SHA256", NULL);
  CMS_RecipientInfo *recipient = NULL;
  if (count > 0 && own != NULL && digest != NULL && d2i_X509(&own, &start, count) != NULL) {
    recipient = CMS_add1_recipient_cert(cms, own, CMS_KEY_PARAM);
  }
  bool added = recipient != NULL;
  if (added && CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_AGREE) {
    // RFC 5753 §7.1.4: SHA-1 is the default of OpenSSL only.
    added = EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(recipient), digest) == 1;
  }
  EVP_MD_free(digest);
  X509_free(own);
  OPENSSL_free(der);
  return added;
}

size_t copenssl_cms_encrypt(
    const copenssl_certificate *const *recipients, size_t recipient_count, const uint8_t *content, size_t count,
    const uint8_t *randomness, size_t randomness_count, uint8_t *der, size_t capacity) {
  if (count > INT_MAX || recipient_count == 0) return 0;
  const unsigned flags = CMS_BINARY | CMS_PARTIAL;
  size_t written = 0;
  ERR_set_mark();
  OSSL_LIB_CTX *context = context_with(randomness, randomness_count);
  EVP_CIPHER *cipher = context != NULL ? EVP_CIPHER_fetch(context, "AES-256-CBC", NULL) : NULL;
  BIO *input = BIO_new_mem_buf(content, (int)count);
  CMS_ContentInfo *cms = cipher != NULL ? CMS_encrypt_ex(NULL, NULL, cipher, flags, context, NULL) : NULL;
  bool done = input != NULL && cms != NULL;
  for (size_t each = 0; done && each < recipient_count; each++) {
    done = add_recipient(cms, (const X509 *)recipients[each], context);
  }
  if (done && CMS_final(cms, input, NULL, flags) == 1) written = to_der(cms, der, capacity);
  CMS_ContentInfo_free(cms);
  BIO_free(input);
  EVP_CIPHER_free(cipher);
  OSSL_LIB_CTX_free(context);
  ERR_pop_to_mark();
  return written;
}
