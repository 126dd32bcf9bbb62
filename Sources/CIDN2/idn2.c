// libidn2's answers as the few results a caller can say something about.

#include "CIDN2.h"

#include <idn2.h>
#include <string.h>

static enum cidn2_result result(int code) {
  switch (code) {
    case IDN2_OK: return cidn2_ok;
    case IDN2_MALLOC: return cidn2_out_of_memory;
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT: return cidn2_label_too_long;
    case IDN2_TOO_BIG_DOMAIN: return cidn2_domain_too_long;
    case IDN2_PUNYCODE_BAD_INPUT:
    case IDN2_PUNYCODE_OVERFLOW:
    case IDN2_INVALID_ALABEL:
    case IDN2_UALABEL_MISMATCH:
    case IDN2_ALABEL_ROUNDTRIP_FAILED: return cidn2_bad_a_label;
    case IDN2_2HYPHEN:
    case IDN2_HYPHEN_STARTEND: return cidn2_hyphens;
    case IDN2_LEADING_COMBINING: return cidn2_combining_first;
    case IDN2_DISALLOWED:
    case IDN2_DOT_IN_LABEL:
    case IDN2_INVALID_NONTRANSITIONAL: return cidn2_disallowed;
    case IDN2_CONTEXTJ:
    case IDN2_CONTEXTJ_NO_RULE:
    case IDN2_CONTEXTO:
    case IDN2_CONTEXTO_NO_RULE: return cidn2_context;
    case IDN2_UNASSIGNED: return cidn2_unassigned;
    case IDN2_BIDI: return cidn2_direction;
    default: return cidn2_other;
  }
}

static enum cidn2_result copy(const char *text, char *buffer, size_t capacity) {
  size_t count = strlen(text) + 1;
  if (count > capacity) return cidn2_domain_too_long;
  memcpy(buffer, text, count);
  return cidn2_ok;
}

enum cidn2_result cidn2_to_ascii(const char *utf8, char *ascii, size_t capacity) {
  uint8_t *mapped = NULL;
  int code = idn2_lookup_u8((const uint8_t *)utf8, &mapped, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (code != IDN2_OK) return result(code);
  enum cidn2_result outcome = copy((const char *)mapped, ascii, capacity);
  idn2_free(mapped);
  return outcome;
}

enum cidn2_result cidn2_to_unicode(const char *ascii, char *utf8, size_t capacity) {
  char *unicode = NULL;
  int code = idn2_to_unicode_8z8z(ascii, &unicode, 0);
  if (code != IDN2_OK) return result(code);
  // Back again by RFC 5891 alone: the U-labels must be valid ones, and lead to the very A-labels they came from.
  uint8_t *again = NULL;
  code = idn2_lookup_u8((const uint8_t *)unicode, &again, IDN2_NFC_INPUT | IDN2_NO_TR46);
  enum cidn2_result outcome = result(code);
  if (code == IDN2_OK) {
    outcome = strcmp((const char *)again, ascii) == 0 ? copy(unicode, utf8, capacity) : cidn2_bad_a_label;
    idn2_free(again);
  }
  idn2_free(unicode);
  return outcome;
}
