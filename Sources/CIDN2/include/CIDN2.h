#ifndef CIDN2_H
#define CIDN2_H

// Domain names between A-labels and U-labels, by libidn2. No pointer is kept or handed out: results are copied into the
// caller's buffer as a zero-terminated string.

#include <stddef.h>

enum cidn2_result {
  cidn2_ok = 0,
  cidn2_out_of_memory,
  cidn2_label_too_long,
  cidn2_domain_too_long,
  /// An `xn--` label that is not the one A-label of a U-label.
  cidn2_bad_a_label,
  cidn2_hyphens,
  cidn2_combining_first,
  cidn2_disallowed,
  /// A character allowed only beside certain others (RFC 5892, appendix A).
  cidn2_context,
  cidn2_unassigned,
  /// Left-to-right and right-to-left characters mixed against RFC 5893.
  cidn2_direction,
  cidn2_other,
};

/// IDNA2008 with the mapping of UTS #46, non-transitional: letters are lower-cased, `ß` stays itself. The outcome is then
/// checked by the rules of RFC 5891 alone, which refuse symbols UTS #46 would let pass.
enum cidn2_result cidn2_to_ascii(const char *utf8, char *ascii, size_t capacity);

/// `ascii` with every A-label turned into its U-label, checked by RFC 5891.
enum cidn2_result cidn2_to_unicode(const char *ascii, char *utf8, size_t capacity);

#endif
