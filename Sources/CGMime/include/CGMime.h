#ifndef CGMIME_H
#define CGMIME_H

// Takes one mail apart by GMime, into events that are written one after the other into memory of its own: its parts in
// their order, each with its headers and, where it is text, its text. Transfer encodings, encoded words and character
// sets are decoded; what cannot be decoded is kept as it is.
//
// Memory and time are bounded by the limits and the size of the mail, whatever the mail is.

#include <stddef.h>
#include <stdint.h>

struct cgmime_mail;

/// What is left out of a mail that has more.
struct cgmime_limits {
  /// Parts, and how deep they are nested.
  uint32_t parts;
  uint32_t depth;
  /// Headers of one part, and bytes of one header's value.
  uint32_t headers;
  uint32_t header_size;
  /// Bytes of one part's text, and of all texts together.
  uint32_t text_size;
  uint32_t all_text_size;
};

/// The events, each a byte of what it is, and what belongs to it; numbers are little-endian.
enum cgmime_event {
  /// A part begins: depth (1 byte), kind (1), length (4) and bytes of its content type in lower case, as `text/plain`.
  cgmime_part = 1,
  /// Of that part: length (4) and bytes of the name, length (4) and bytes of the value.
  cgmime_header = 2,
  /// Of that part: length (4) and bytes.
  cgmime_text = 3,
};

enum cgmime_kind {
  cgmime_leaf = 0,
  cgmime_multipart = 1,
  /// A mail: the whole one, with depth 0, or one inside it. What it contains is one deeper.
  cgmime_message = 2,
};

/// NULL when there is no memory. Freed by `cgmime_free`; `bytes` are not needed any more.
struct cgmime_mail *cgmime_read(const unsigned char *bytes, size_t count, const struct cgmime_limits *limits);
void cgmime_free(struct cgmime_mail *mail);

/// Valid as long as the mail.
const unsigned char *cgmime_events(const struct cgmime_mail *mail, size_t *size);

#endif
