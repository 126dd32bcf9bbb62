// The events of a YAML text, one after the other, as libyaml finds them (it is part of the package Yams).
#ifndef CYAMLEVENTS_H
#define CYAMLEVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cyaml_stream;

typedef enum {
  cyaml_end,
  // A syntax error, or no memory.
  cyaml_failed,
  cyaml_scalar,
  cyaml_alias,
  cyaml_group_begin,
  cyaml_list_begin,
  cyaml_group_end,
  cyaml_list_end,
  // Where a stream or document begins or ends.
  cyaml_other,
} cyaml_kind;

// How a scalar is written.
typedef enum { cyaml_plain, cyaml_single_quoted, cyaml_double_quoted, cyaml_literal, cyaml_folded } cyaml_style;

typedef struct {
  cyaml_kind kind;
  // Where it begins, both from 0; the column is counted in characters.
  size_t line, column;
  // Where it begins and ends in the whole text, in characters; a scalar with its anchor, tag and quotes.
  size_t begin, end;
  bool has_anchor, has_tag;
  // Of a group or a list: written in brackets.
  bool in_brackets;
  // Of a scalar.
  cyaml_style style;
  // Of a scalar: UTF-8, possibly with zeros; valid until the next call.
  const uint8_t *text;
  size_t length;
} cyaml_event;

// The UTF-8 text must stay where it is until cyaml_close. NULL when there is no memory.
struct cyaml_stream *cyaml_open(const uint8_t *text, size_t length);
// After cyaml_end or cyaml_failed there is nothing more.
cyaml_event cyaml_next(struct cyaml_stream *stream);
void cyaml_close(struct cyaml_stream *stream);

#endif
