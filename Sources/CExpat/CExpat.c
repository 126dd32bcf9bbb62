#include "CExpat.h"

#include <expat.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { slots = 512, deepest = 200 };

// expat keeps a tag whole until it ends, and begins anew with each piece.
static const XML_Index longest_tag = 1 << 20;

struct name {
  const char *text;
  unsigned char number;
};

struct cexpat_parser {
  XML_Parser expat;
  unsigned char *names;
  struct name table[slots];
  unsigned char *events;
  size_t used, room;
  XML_Index fed;
  int depth;
  enum cexpat_result problem;
};

static unsigned slot(const char *text) {
  uint32_t hash = 2166136261u;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
  return (hash ^ hash >> 16) % slots;
}

/// The number of a name without its prefix.
static unsigned char number(const struct cexpat_parser *parser, const char *name) {
  const char *colon = strrchr(name, ':');
  if (colon) name = colon + 1;
  for (unsigned at = slot(name); parser->table[at].text; at = (at + 1) % slots)
    if (strcmp(parser->table[at].text, name) == 0) return parser->table[at].number;
  return 0;
}

static void stop(struct cexpat_parser *parser, enum cexpat_result problem) {
  if (parser->problem == cexpat_ok) parser->problem = problem;
  XML_StopParser(parser->expat, XML_FALSE);
}

/// Room for `count` more bytes; NULL when there is none.
static unsigned char *room(struct cexpat_parser *parser, size_t count) {
  if (parser->room - parser->used < count) {
    size_t larger = parser->room * 2 + count;
    unsigned char *moved = realloc(parser->events, larger);
    if (!moved) {
      stop(parser, cexpat_out_of_memory);
      return NULL;
    }
    parser->events = moved;
    parser->room = larger;
  }
  unsigned char *place = parser->events + parser->used;
  parser->used += count;
  return place;
}

static void put_length(unsigned char *place, size_t length) {
  for (int byte = 0; byte < 4; byte++) place[byte] = (unsigned char)(length >> (8 * byte));
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes) {
  struct cexpat_parser *parser = user;
  if (parser->problem != cexpat_ok) return;
  if (++parser->depth > deepest) {
    stop(parser, cexpat_too_deep);
    return;
  }
  unsigned char *head = room(parser, 3);
  if (!head) return;
  head[0] = cexpat_start;
  head[1] = number(parser, name);
  head[2] = 0;
  size_t at = parser->used - 1;
  // An element that nobody asked for has no attributes of interest.
  if (!head[1]) return;
  unsigned char count = 0;
  for (; attributes[0] && count < 100; attributes += 2) {
    unsigned char known = number(parser, attributes[0]);
    if (!known) continue;
    size_t length = strlen(attributes[1]);
    unsigned char *place = room(parser, 5 + length);
    if (!place) return;
    place[0] = known;
    put_length(place + 1, length);
    memcpy(place + 5, attributes[1], length);
    count++;
  }
  parser->events[at] = count;
}

static void XMLCALL on_end(void *user, const XML_Char *name) {
  struct cexpat_parser *parser = user;
  if (parser->problem != cexpat_ok) return;
  parser->depth--;
  unsigned char *place = room(parser, 2);
  if (!place) return;
  place[0] = cexpat_end;
  place[1] = number(parser, name);
}

static void XMLCALL on_text(void *user, const XML_Char *text, int count) {
  struct cexpat_parser *parser = user;
  if (parser->problem != cexpat_ok || count <= 0) return;
  unsigned char *place = room(parser, 5 + (size_t)count);
  if (!place) return;
  place[0] = cexpat_text;
  put_length(place + 1, (size_t)count);
  memcpy(place + 5, text, (size_t)count);
}

static void XMLCALL on_document_type(
    void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset) {
  (void)name, (void)system, (void)public, (void)has_subset;
  stop(user, cexpat_document_type);
}

struct cexpat_parser *cexpat_open(const unsigned char *names, size_t size) {
  struct cexpat_parser *parser = calloc(1, sizeof *parser);
  if (!parser) return NULL;
  parser->names = malloc(size + 1);
  parser->expat = XML_ParserCreate(NULL);
  if (!parser->names || !parser->expat) {
    cexpat_close(parser);
    return NULL;
  }
  memcpy(parser->names, names, size);
  parser->names[size] = 0;
  unsigned char next = 1;
  for (size_t at = 0; at < size && next <= 200; at += strlen((const char *)parser->names + at) + 1) {
    const char *text = (const char *)parser->names + at;
    unsigned place = slot(text);
    while (parser->table[place].text) place = (place + 1) % slots;
    parser->table[place] = (struct name){text, next++};
  }
  XML_SetUserData(parser->expat, parser);
  XML_SetElementHandler(parser->expat, on_start, on_end);
  XML_SetCharacterDataHandler(parser->expat, on_text);
  XML_SetStartDoctypeDeclHandler(parser->expat, on_document_type);
  return parser;
}

void cexpat_close(struct cexpat_parser *parser) {
  if (!parser) return;
  if (parser->expat) XML_ParserFree(parser->expat);
  free(parser->names);
  free(parser->events);
  free(parser);
}

enum cexpat_result cexpat_parse(struct cexpat_parser *parser, const unsigned char *bytes, size_t count, int is_last) {
  if (parser->problem != cexpat_ok) return parser->problem;
  parser->used = 0;
  if (XML_Parse(parser->expat, (const char *)bytes, (int)count, is_last) == XML_STATUS_ERROR &&
      parser->problem == cexpat_ok)
    parser->problem =
        XML_GetErrorCode(parser->expat) == XML_ERROR_NO_MEMORY ? cexpat_out_of_memory : cexpat_not_well_formed;
  parser->fed += (XML_Index)count;
  if (parser->problem == cexpat_ok && !is_last && parser->fed - XML_GetCurrentByteIndex(parser->expat) > longest_tag)
    parser->problem = cexpat_tag_too_long;
  return parser->problem;
}

const unsigned char *cexpat_events(const struct cexpat_parser *parser, size_t *size) {
  *size = parser->used;
  return parser->events;
}

uint64_t cexpat_line(const struct cexpat_parser *parser) { return XML_GetCurrentLineNumber(parser->expat); }
