#ifndef CEXPAT_H
#define CEXPAT_H

// Parses XML a piece at a time, by expat, into events that are written one after the other into memory of its own.
// Only elements and attributes that were asked for by name have names; prefixes are left out (`x:row` is `row`).
//
// A document type, and so every entity but the five of XML, is an error, and so are elements that are nested too deep
// and a tag that is too long: memory is bounded whatever the document is.

#include <stddef.h>
#include <stdint.h>

struct cexpat_parser;

enum cexpat_result {
  cexpat_ok = 0,
  cexpat_not_well_formed,
  cexpat_document_type,
  cexpat_too_deep,
  cexpat_tag_too_long,
  cexpat_out_of_memory,
};

/// The events, each a byte of what it is, and what belongs to it; numbers are little-endian.
enum cexpat_event {
  /// Name (1 byte), number of attributes (1), each of name (1), length (4) and bytes.
  cexpat_start = 1,
  /// Name (1).
  cexpat_end = 2,
  /// Length (4) and bytes.
  cexpat_text = 3,
};

/// `names` are the known names, each with a zero byte behind it, at most 200; their numbers begin with 1, and 0 is any
/// other. Attributes of other names have no events. NULL when there is no memory. Freed by `cexpat_close`.
struct cexpat_parser *cexpat_open(const unsigned char *names, size_t size);
void cexpat_close(struct cexpat_parser *parser);

/// The events of earlier pieces are gone.
enum cexpat_result cexpat_parse(struct cexpat_parser *parser, const unsigned char *bytes, size_t count, int is_last);

/// The events of the last piece, valid until the next one.
const unsigned char *cexpat_events(const struct cexpat_parser *parser, size_t *size);

/// The line, counted from 1, at which parsing ended.
uint64_t cexpat_line(const struct cexpat_parser *parser);

#endif
