#include "pbe.h"

#include <limits.h>
#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

// In one file, over everything in it that is encrypted: about a second.
static const int64_t most_iterations = 3000000;

// Takes a number off what is left.
static bool takes(const ASN1_INTEGER *number, int64_t *left) {
  int64_t value = 0;
  if (number == NULL || ASN1_INTEGER_get_int64(&value, number) != 1 || value < 0 || value > *left) return false;
  *left -= value;
  return true;
}

static bool is_key_function_bounded(const X509_ALGOR *function, int64_t *left) {
  if (OBJ_obj2nid(function->algorithm) == NID_id_pbkdf2) {
    PBKDF2PARAM *parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
    bool bounded = parameters != NULL && takes(parameters->iter, left);
    PBKDF2PARAM_free(parameters);
    return bounded;
  }
  if (OBJ_obj2nid(function->algorithm) == NID_id_scrypt) {
    // OpenSSL bounds its memory to 32 MB, but not how often it goes through it.
    SCRYPT_PARAMS *parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), function->parameter);
    int64_t times = 16;
    bool bounded = parameters != NULL && takes(parameters->parallelizationParameter, &times);
    *left -= most_iterations / 8;
    if (*left < 0) bounded = false;
    SCRYPT_PARAMS_free(parameters);
    return bounded;
  }
  // What OpenSSL does not know it does not compute either.
  return true;
}

static bool is_bounded(const X509_ALGOR *algorithm, int64_t *left) {
  if (algorithm == NULL || algorithm->algorithm == NULL) return true;
  if (OBJ_obj2nid(algorithm->algorithm) == NID_pbes2) {
    PBE2PARAM *parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    bool bounded = parameters != NULL && is_key_function_bounded(parameters->keyfunc, left);
    PBE2PARAM_free(parameters);
    return bounded;
  }
  PBEPARAM *parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
  bool bounded = parameters == NULL || takes(parameters->iter, left);
  PBEPARAM_free(parameters);
  return bounded;
}

static bool are_bags_bounded(const STACK_OF(PKCS12_SAFEBAG) *bags, int depth, int64_t *left) {
  for (int index = 0; index < sk_PKCS12_SAFEBAG_num(bags); index++) {
    const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, index);
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_pkcs8ShroudedKeyBag: {
        const X509_ALGOR *algorithm = NULL;
        X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, NULL);
        if (!is_bounded(algorithm, left)) return false;
        break;
      }
      case NID_safeContentsBag:
        if (depth == 0 || !are_bags_bounded(PKCS12_SAFEBAG_get0_safes(bag), depth - 1, left)) return false;
        break;
      default: break;
    }
  }
  return true;
}

static bool is_part_bounded(PKCS7 *part, const char *passphrase, int64_t *left) {
  STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
  if (PKCS7_type_is_data(part)) {
    bags = PKCS12_unpack_p7data(part);
  } else if (PKCS7_type_is_encrypted(part)) {
    if (part->d.encrypted == NULL || part->d.encrypted->enc_data == NULL) return false;
    if (!is_bounded(part->d.encrypted->enc_data->algorithm, left)) return false;
    bags = PKCS12_unpack_p7encdata(part, passphrase, -1);
  }
  // What cannot be read here cannot be read afterwards.
  bool bounded = bags == NULL || are_bags_bounded(bags, 4, left);
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  return bounded;
}

bool copenssl_pkcs12_is_bounded(const PKCS12 *file, const char *passphrase) {
  ERR_set_mark();
  int64_t left = most_iterations;
  const ASN1_INTEGER *iterations = NULL;
  PKCS12_get0_mac(NULL, NULL, NULL, &iterations, file);
  // One where it is not written.
  bool bounded = iterations == NULL || takes(iterations, &left);
  STACK_OF(PKCS7) *parts = bounded ? PKCS12_unpack_authsafes(file) : NULL;
  for (int index = 0; bounded && index < sk_PKCS7_num(parts); index++) {
    bounded = is_part_bounded(sk_PKCS7_value(parts, index), passphrase, &left);
  }
  sk_PKCS7_pop_free(parts, PKCS7_free);
  ERR_pop_to_mark();
  return bounded;
}

bool copenssl_pem_is_bounded(const uint8_t *pem, size_t count) {
  if (count == 0 || count > INT_MAX) return true;
  bool bounded = true;
  int64_t left = most_iterations;
  ERR_set_mark();
  BIO *input = BIO_new_mem_buf(pem, (int)count);
  char *name = NULL, *header = NULL;
  unsigned char *data = NULL;
  long length = 0;
  while (input != NULL && PEM_read_bio(input, &name, &header, &data, &length) == 1) {
    if (strcmp(name, PEM_STRING_PKCS8) == 0) {
      const unsigned char *start = data;
      X509_SIG *key = d2i_X509_SIG(NULL, &start, length);
      const X509_ALGOR *algorithm = NULL;
      if (key != NULL) X509_SIG_get0(key, &algorithm, NULL);
      if (!is_bounded(algorithm, &left)) bounded = false;
      X509_SIG_free(key);
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)length);
  }
  BIO_free(input);
  ERR_pop_to_mark();
  return bounded;
}
