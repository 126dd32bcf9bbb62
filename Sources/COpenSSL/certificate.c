// X.509 certificates, as PEM, DER and PKCS #12 hold them. A certificate is an X509 that is never changed after it is read,
// so threads may share it; what OpenSSL caches in it is under locks of its own.

#include "COpenSSL.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "pbe.h"
#include "public_key.h"

copenssl_certificates *copenssl_certificates_from_pem(const uint8_t *pem, size_t count) {
  if (count == 0 || count > INT_MAX) return NULL;
  ERR_set_mark();
  BIO *input = BIO_new_mem_buf(pem, (int)count);
  STACK_OF(X509) *certificates = sk_X509_new_null();
  bool whole = input != NULL && certificates != NULL;
  while (whole) {
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long length = 0;
    if (PEM_read_bio(input, &name, &header, &data, &length) != 1) {
      whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      break;
    }
    if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0) {
      const unsigned char *start = data;
      X509 *certificate = d2i_X509(NULL, &start, length);
      whole = certificate != NULL && start == data + length && sk_X509_push(certificates, certificate) > 0;
      if (!whole) X509_free(certificate);
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)length);
  }
  BIO_free(input);
  if (!whole) {
    sk_X509_pop_free(certificates, X509_free);
    certificates = NULL;
  }
  ERR_pop_to_mark();
  return (copenssl_certificates *)certificates;
}

copenssl_certificates *copenssl_certificates_from_der(const uint8_t *der, size_t count) {
  if (count == 0 || count > LONG_MAX) return NULL;
  ERR_set_mark();
  const unsigned char *start = der;
  X509 *certificate = d2i_X509(NULL, &start, (long)count);
  STACK_OF(X509) *certificates = sk_X509_new_null();
  if (certificate == NULL || start != der + count || certificates == NULL ||
      sk_X509_push(certificates, certificate) <= 0) {
    X509_free(certificate);
    sk_X509_free(certificates);
    certificates = NULL;
  }
  ERR_pop_to_mark();
  return (copenssl_certificates *)certificates;
}

size_t copenssl_certificates_count(const copenssl_certificates *certificates) {
  int count = sk_X509_num((const STACK_OF(X509) *)certificates);
  return count > 0 ? (size_t)count : 0;
}

copenssl_certificate *copenssl_certificates_at(const copenssl_certificates *certificates, size_t index) {
  X509 *certificate = sk_X509_value((const STACK_OF(X509) *)certificates, (int)index);
  if (certificate != NULL) X509_up_ref(certificate);
  return (copenssl_certificate *)certificate;
}

void copenssl_certificates_free(copenssl_certificates *certificates) {
  sk_X509_pop_free((STACK_OF(X509) *)certificates, X509_free);
}

copenssl_pkcs12_result copenssl_pkcs12_open(
    const uint8_t *bytes, size_t count, const uint8_t *passphrase, size_t passphrase_count, copenssl_signing_key **key,
    copenssl_certificates **certificates) {
  *key = NULL;
  *certificates = NULL;
  if (count > LONG_MAX || passphrase_count >= INT_MAX) return copenssl_pkcs12_malformed;
  copenssl_pkcs12_result result = copenssl_pkcs12_malformed;
  EVP_PKEY *found = NULL;
  X509 *certificate = NULL;
  STACK_OF(X509) *others = NULL;
  char *text = NULL;
  ERR_set_mark();
  const unsigned char *start = bytes;
  PKCS12 *file = count > 0 ? d2i_PKCS12(NULL, &start, (long)count) : NULL;
  // PKCS12_parse takes a C string.
  if (file != NULL && (text = OPENSSL_zalloc(passphrase_count + 1)) != NULL) {
    memcpy(text, passphrase, passphrase_count);
    if (!copenssl_pkcs12_is_bounded(file, text)) {
      result = copenssl_pkcs12_unsupported;
    } else if (PKCS12_verify_mac(file, text, -1) != 1) {
      result = PKCS12_mac_present(file) ? copenssl_pkcs12_wrong_passphrase : copenssl_pkcs12_unsupported;
    } else if (PKCS12_parse(file, text, &found, &certificate, &others) != 1) {
      result = copenssl_pkcs12_unsupported;
    } else if (found == NULL) {
      result = copenssl_pkcs12_no_key;
    } else {
      if (others == NULL) others = sk_X509_new_null();
      if (certificate != NULL && others != NULL && sk_X509_unshift(others, certificate) > 0) certificate = NULL;
      if (others == NULL || sk_X509_num(others) <= 0) {
        result = copenssl_pkcs12_no_certificate;
      } else {
        result = copenssl_pkcs12_ok;
        *key = (copenssl_signing_key *)found;
        *certificates = (copenssl_certificates *)others;
        found = NULL;
        others = NULL;
      }
    }
    OPENSSL_clear_free(text, passphrase_count + 1);
  }
  PKCS12_free(file);
  EVP_PKEY_free(found);
  X509_free(certificate);
  sk_X509_pop_free(others, X509_free);
  ERR_pop_to_mark();
  return result;
}

size_t copenssl_certificate_der(const copenssl_certificate *certificate, uint8_t *der, size_t capacity) {
  ERR_set_mark();
  int count = i2d_X509((const X509 *)certificate, NULL);
  size_t written = 0;
  if (count > 0 && (size_t)count <= capacity && i2d_X509((const X509 *)certificate, &der) == count) {
    written = (size_t)count;
  }
  ERR_pop_to_mark();
  return written;
}

size_t copenssl_certificate_name(
    const copenssl_certificate *certificate, bool issuer, uint8_t *text, size_t capacity) {
  const X509_NAME *name =
      issuer ? X509_get_issuer_name((const X509 *)certificate) : X509_get_subject_name((const X509 *)certificate);
  ERR_set_mark();
  BIO *output = BIO_new(BIO_s_mem());
  size_t written = 0;
  if (output != NULL && X509_NAME_print_ex(output, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
    size_t count = BIO_pending(output);
    if (count > 0 && count <= capacity && BIO_read(output, text, (int)count) == (int)count) written = count;
  }
  BIO_free(output);
  ERR_pop_to_mark();
  return written;
}

static size_t copy(const void *bytes, size_t count, uint8_t *text, size_t capacity) {
  // An address with a NUL in it is none; it must not be read as what stands before it.
  if (count == 0 || count > capacity || memchr(bytes, 0, count) != NULL) return 0;
  memcpy(text, bytes, count);
  return count;
}

size_t copenssl_certificate_address(
    const copenssl_certificate *certificate, size_t index, uint8_t *text, size_t capacity) {
  X509 *x509 = (X509 *)certificate;
  size_t written = 0, number = 0;
  bool found = false;
  ERR_set_mark();
  // rfc822Name and the subject's; those with a NUL are left out.
  STACK_OF(OPENSSL_STRING) *ascii = X509_get1_email(x509);
  for (int each = 0; each < sk_OPENSSL_STRING_num(ascii) && !found; each++) {
    const char *address = sk_OPENSSL_STRING_value(ascii, each);
    if (number++ != index) continue;
    written = copy(address, strlen(address), text, capacity);
    found = true;
  }
  X509_email_free(ascii);
  GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
  for (int each = 0; each < sk_GENERAL_NAME_num(names) && !found; each++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, each);
    if (name->type != GEN_OTHERNAME || OBJ_obj2nid(name->d.otherName->type_id) != NID_id_on_SmtpUTF8Mailbox ||
        name->d.otherName->value->type != V_ASN1_UTF8STRING) {
      continue;
    }
    const ASN1_UTF8STRING *address = name->d.otherName->value->value.utf8string;
    if (number++ != index) continue;
    written = copy(ASN1_STRING_get0_data(address), (size_t)ASN1_STRING_length(address), text, capacity);
    found = true;
  }
  GENERAL_NAMES_free(names);
  ERR_pop_to_mark();
  return written;
}

static bool seconds(const ASN1_TIME *time, int64_t *result) {
  struct tm parts;
  if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return false;
  *result = (int64_t)timegm(&parts);
  return true;
}

bool copenssl_certificate_validity(const copenssl_certificate *certificate, int64_t *from, int64_t *until) {
  const X509 *x509 = (const X509 *)certificate;
  ERR_set_mark();
  bool valid = seconds(X509_get0_notBefore(x509), from) && seconds(X509_get0_notAfter(x509), until);
  ERR_pop_to_mark();
  return valid;
}

unsigned copenssl_certificate_usage(const copenssl_certificate *certificate) {
  X509 *x509 = (X509 *)certificate;
  unsigned usage = 0;
  size_t bits;
  ERR_set_mark();
  // Both are all ones when the extension is not there.
  uint32_t key = X509_get_key_usage(x509), extended = X509_get_extended_key_usage(x509);
  bool isRSA = copenssl_certificate_key(certificate, &bits) == copenssl_public_rsa;
  // A certificate whose extensions cannot be read may do nothing.
  if (X509_check_purpose(x509, -1, 0) == 1) {
    if (key & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) usage |= copenssl_usage_signs;
    if (key & (isRSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT)) usage |= copenssl_usage_receives;
    if (extended & (XKU_SMIME | XKU_ANYEKU)) usage |= copenssl_usage_mail;
    if (X509_check_ca(x509) == 1) usage |= copenssl_usage_authority;
  }
  ERR_pop_to_mark();
  return usage;
}

copenssl_public_kind copenssl_certificate_key(const copenssl_certificate *certificate, size_t *bits) {
  copenssl_public_kind kind = copenssl_public_other;
  ERR_set_mark();
  EVP_PKEY *key = X509_get0_pubkey((const X509 *)certificate);
  int count = key != NULL ? EVP_PKEY_get_bits(key) : 0;
  *bits = count > 0 ? (size_t)count : 0;
  int type = key != NULL ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
  if (type == EVP_PKEY_RSA) kind = copenssl_public_rsa;
  if (type == EVP_PKEY_EC) {
    char name[64];
    size_t length = 0;
    int curve = EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1 ? OBJ_txt2nid(name) : NID_undef;
    if (curve == NID_X9_62_prime256v1 || curve == NID_secp384r1 || curve == NID_secp521r1) kind = copenssl_public_curve;
  }
  ERR_pop_to_mark();
  return kind;
}

copenssl_key_fault copenssl_certificate_key_fault(const copenssl_certificate *certificate) {
  ERR_set_mark();
  copenssl_key_fault fault = copenssl_fault_of_public_key(X509_get0_pubkey((const X509 *)certificate));
  ERR_pop_to_mark();
  return fault;
}

bool copenssl_certificate_belongs(const copenssl_certificate *certificate, const copenssl_signing_key *key) {
  ERR_set_mark();
  bool belongs = X509_check_private_key((const X509 *)certificate, (const EVP_PKEY *)key) == 1;
  ERR_pop_to_mark();
  return belongs;
}

bool copenssl_certificate_issued(const copenssl_certificate *issuer, const copenssl_certificate *certificate) {
  ERR_set_mark();
  EVP_PKEY *key = X509_get0_pubkey((const X509 *)issuer);
  bool issued = key != NULL && X509_check_issued((X509 *)issuer, (X509 *)certificate) == X509_V_OK &&
                X509_verify((X509 *)certificate, key) == 1;
  ERR_pop_to_mark();
  return issued;
}

void copenssl_certificate_free(copenssl_certificate *certificate) { X509_free((X509 *)certificate); }
