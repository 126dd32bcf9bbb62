#include "CYAMLEvents.h"

#include <stdlib.h>
#include <yaml.h>

struct cyaml_stream {
  yaml_parser_t parser;
  yaml_event_t event;
};

struct cyaml_stream *cyaml_open(const uint8_t *text, size_t length) {
  struct cyaml_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  if (!yaml_parser_initialize(&stream->parser)) {
    free(stream);
    return NULL;
  }
  yaml_parser_set_encoding(&stream->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&stream->parser, text, length);
  return stream;
}

static cyaml_kind kind(yaml_event_type_t type) {
  switch (type) {
    case YAML_STREAM_END_EVENT: return cyaml_end;
    case YAML_SCALAR_EVENT: return cyaml_scalar;
    case YAML_ALIAS_EVENT: return cyaml_alias;
    case YAML_MAPPING_START_EVENT: return cyaml_group_begin;
    case YAML_MAPPING_END_EVENT: return cyaml_group_end;
    case YAML_SEQUENCE_START_EVENT: return cyaml_list_begin;
    case YAML_SEQUENCE_END_EVENT: return cyaml_list_end;
    default: return cyaml_other;
  }
}

static cyaml_style style(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return cyaml_single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return cyaml_double_quoted;
    case YAML_LITERAL_SCALAR_STYLE: return cyaml_literal;
    case YAML_FOLDED_SCALAR_STYLE: return cyaml_folded;
    default: return cyaml_plain;
  }
}

cyaml_event cyaml_next(struct cyaml_stream *stream) {
  yaml_event_t *event = &stream->event;
  yaml_event_delete(event);
  cyaml_event found = {.kind = cyaml_failed};
  if (!yaml_parser_parse(&stream->parser, event)) return found;
  found.kind = kind(event->type);
  found.line = event->start_mark.line;
  found.column = event->start_mark.column;
  found.begin = event->start_mark.index;
  found.end = event->end_mark.index;
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      found.text = event->data.scalar.value;
      found.length = event->data.scalar.length;
      found.has_anchor = event->data.scalar.anchor != NULL;
      found.has_tag = event->data.scalar.tag != NULL;
      found.style = style(event->data.scalar.style);
      break;
    case YAML_MAPPING_START_EVENT:
      found.has_anchor = event->data.mapping_start.anchor != NULL;
      found.in_brackets = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
      break;
    case YAML_SEQUENCE_START_EVENT:
      found.has_anchor = event->data.sequence_start.anchor != NULL;
      found.in_brackets = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
      break;
    default: break;
  }
  return found;
}

void cyaml_close(struct cyaml_stream *stream) {
  yaml_event_delete(&stream->event);
  yaml_parser_delete(&stream->parser);
  free(stream);
}
