#include "CGMime.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cgmime_mail {
  unsigned char *events;
  size_t size;
  size_t capacity;
  struct cgmime_limits limits;
  uint32_t parts;
  uint32_t text_left;
  int out_of_memory;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) { g_mime_init(); }

static void put(struct cgmime_mail *mail, const void *bytes, size_t count) {
  if (mail->out_of_memory || count == 0) return;
  if (count > mail->capacity - mail->size) {
    size_t capacity = mail->capacity * 2 + count + 1024;
    unsigned char *grown = realloc(mail->events, capacity);
    if (grown == NULL) {
      mail->out_of_memory = 1;
      return;
    }
    mail->events = grown;
    mail->capacity = capacity;
  }
  memcpy(mail->events + mail->size, bytes, count);
  mail->size += count;
}

static void put_byte(struct cgmime_mail *mail, unsigned char byte) { put(mail, &byte, 1); }

static void put_counted(struct cgmime_mail *mail, const void *bytes, size_t count) {
  unsigned char length[4] = {count & 0xFF, count >> 8 & 0xFF, count >> 16 & 0xFF, count >> 24 & 0xFF};
  put(mail, length, 4);
  put(mail, bytes, count);
}

static size_t at_most(const char *text, size_t limit) { return text == NULL ? 0 : strnlen(text, limit); }

static void put_headers(struct cgmime_mail *mail, GMimeObject *object) {
  GMimeHeaderList *list = g_mime_object_get_header_list(object);
  int count = g_mime_header_list_get_count(list);
  for (int number = 0; number < count && (uint32_t)number < mail->limits.headers; number++) {
    GMimeHeader *header = g_mime_header_list_get_header_at(list, number);
    const char *name = g_mime_header_get_name(header);
    const char *raw = g_mime_header_get_raw_value(header);
    // A value that is too long is not worth decoding.
    int is_long = raw != NULL && strnlen(raw, mail->limits.header_size + 1) > mail->limits.header_size;
    const char *value = is_long ? raw : g_mime_header_get_value(header);
    put_byte(mail, cgmime_header);
    put_counted(mail, name, at_most(name, 256));
    put_counted(mail, value, at_most(value, mail->limits.header_size));
  }
}

static void put_part(struct cgmime_mail *mail, int depth, enum cgmime_kind kind, GMimeObject *object) {
  mail->parts++;
  GMimeContentType *type = kind == cgmime_message ? NULL : g_mime_object_get_content_type(object);
  char *name = type != NULL ? g_mime_content_type_get_mime_type(type) : g_strdup("message/rfc822");
  char *lower = g_ascii_strdown(name, -1);
  put_byte(mail, cgmime_part);
  put_byte(mail, depth > 255 ? 255 : (unsigned char)depth);
  put_byte(mail, kind);
  put_counted(mail, lower, at_most(lower, 256));
  g_free(lower);
  g_free(name);
  put_headers(mail, object);
}

/// The decoded bytes of a part, at most `limit`; NULL when it has none.
static GByteArray *decoded(GMimePart *part, size_t limit) {
  GMimeDataWrapper *content = g_mime_part_get_content(part);
  GMimeStream *source = content != NULL ? g_mime_data_wrapper_get_stream(content) : NULL;
  if (source == NULL) return NULL;
  g_mime_stream_reset(source);
  GMimeStream *stream = g_mime_stream_filter_new(source);
  GMimeContentEncoding encoding = g_mime_data_wrapper_get_encoding(content);
  if (encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
      encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
    GMimeFilter *filter = g_mime_filter_basic_new(encoding, FALSE);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
    g_object_unref(filter);
  }
  GByteArray *bytes = g_byte_array_new();
  unsigned char piece[4096];
  while (bytes->len < limit) {
    ssize_t count = g_mime_stream_read(stream, (char *)piece, sizeof piece);
    if (count <= 0) break;
    g_byte_array_append(bytes, piece, (size_t)count < limit - bytes->len ? (guint)count : (guint)(limit - bytes->len));
  }
  g_object_unref(stream);
  return bytes;
}

/// The same bytes as UTF-8, where their character set is known.
static GByteArray *as_utf8(GByteArray *bytes, const char *charset) {
  if (charset == NULL || g_ascii_strcasecmp(charset, "utf-8") == 0 || g_ascii_strcasecmp(charset, "us-ascii") == 0) {
    return bytes;
  }
  GMimeFilter *filter = g_mime_filter_charset_new(charset, "UTF-8");
  if (filter == NULL) return bytes;
  char *output = NULL;
  size_t size = 0;
  size_t prespace = 0;
  g_mime_filter_complete(filter, (char *)bytes->data, bytes->len, 0, &output, &size, &prespace);
  GByteArray *converted = g_byte_array_new();
  if (output != NULL && size > 0) g_byte_array_append(converted, (guint8 *)output, (guint)size);
  g_object_unref(filter);
  g_byte_array_free(bytes, TRUE);
  return converted;
}

static int is_text(GMimeContentType *type) {
  return type == NULL || g_mime_content_type_is_type(type, "text", "*") ||
         g_mime_content_type_is_type(type, "message", "*") ||
         // What some servers call a delivery status, and mails whose type cannot be read.
         g_mime_content_type_is_type(type, "application", "octet-stream");
}

static void put_text(struct cgmime_mail *mail, GMimePart *part) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
  size_t limit = mail->limits.text_size < mail->text_left ? mail->limits.text_size : mail->text_left;
  if (limit == 0 || !is_text(type)) return;
  GByteArray *bytes = decoded(part, limit);
  if (bytes == NULL) return;
  bytes = as_utf8(bytes, type != NULL ? g_mime_content_type_get_parameter(type, "charset") : NULL);
  size_t size = bytes->len < limit ? bytes->len : limit;
  mail->text_left -= (uint32_t)size;
  put_byte(mail, cgmime_text);
  put_counted(mail, bytes->data, size);
  g_byte_array_free(bytes, TRUE);
}

static void walk(struct cgmime_mail *mail, GMimeObject *object, int depth) {
  if (object == NULL || mail->parts >= mail->limits.parts || (uint32_t)depth > mail->limits.depth) return;
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *inside = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inside == NULL) return;
    put_part(mail, depth, cgmime_message, GMIME_OBJECT(inside));
    walk(mail, g_mime_message_get_mime_part(inside), depth + 1);
  } else if (GMIME_IS_MULTIPART(object)) {
    put_part(mail, depth, cgmime_multipart, object);
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int count = g_mime_multipart_get_count(multipart);
    for (int number = 0; number < count && mail->parts < mail->limits.parts; number++) {
      walk(mail, g_mime_multipart_get_part(multipart, number), depth + 1);
    }
    // What stands before the first boundary is the report, where a server has forgotten the parts.
    const char *prologue = g_mime_multipart_get_prologue(multipart);
    if (count == 0 && prologue != NULL) {
      size_t size = at_most(prologue, mail->limits.text_size < mail->text_left ? mail->limits.text_size : mail->text_left);
      mail->text_left -= (uint32_t)size;
      put_byte(mail, cgmime_text);
      put_counted(mail, prologue, size);
    }
  } else {
    put_part(mail, depth, cgmime_leaf, object);
    if (GMIME_IS_PART(object)) put_text(mail, GMIME_PART(object));
  }
}

struct cgmime_mail *cgmime_read(const unsigned char *bytes, size_t count, const struct cgmime_limits *limits) {
  pthread_once(&once, load);
  struct cgmime_mail *mail = calloc(1, sizeof *mail);
  if (mail == NULL) return NULL;
  mail->limits = *limits;
  mail->text_left = limits->all_text_size;
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  g_object_unref(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  g_object_unref(parser);
  if (message != NULL) {
    put_part(mail, 0, cgmime_message, GMIME_OBJECT(message));
    walk(mail, g_mime_message_get_mime_part(message), 1);
    g_object_unref(message);
  }
  if (mail->out_of_memory) {
    cgmime_free(mail);
    return NULL;
  }
  return mail;
}

void cgmime_free(struct cgmime_mail *mail) {
  if (mail == NULL) return;
  free(mail->events);
  free(mail);
}

const unsigned char *cgmime_events(const struct cgmime_mail *mail, size_t *size) {
  *size = mail->size;
  return mail->events;
}
