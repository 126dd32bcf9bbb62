#include "CPQ.h"

#include <postgresql/libpq-fe.h>
#include <stdlib.h>
#include <string.h>

// The server's words would go to standard error.
static void hear_nothing(void *argument, const PGresult *notice) {
  (void)argument;
  (void)notice;
}

static PGconn *raw(const cpq_connection *connection) { return (PGconn *)connection; }
static PGresult *result_of(const cpq_result *result) { return (PGresult *)result; }

cpq_connection *cpq_connect(const char *settings, int count) {
  const char **keywords = calloc((size_t)count + 1, sizeof(char *));
  const char **values = calloc((size_t)count + 1, sizeof(char *));
  PGconn *connection = NULL;
  if (keywords != NULL && values != NULL) {
    for (int index = 0; index < count; index++) {
      keywords[index] = settings;
      settings += strlen(settings) + 1;
      values[index] = settings;
      settings += strlen(settings) + 1;
    }
    connection = PQconnectdbParams(keywords, values, 0);
  }
  free(keywords);
  free(values);
  if (connection != NULL) PQsetNoticeReceiver(connection, hear_nothing, NULL);
  return (cpq_connection *)connection;
}

void cpq_close(cpq_connection *connection) { PQfinish(raw(connection)); }

bool cpq_is_connected(const cpq_connection *connection) { return PQstatus(raw(connection)) == CONNECTION_OK; }

const char *cpq_fault(const cpq_connection *connection) { return PQerrorMessage(raw(connection)); }

int cpq_version(const cpq_connection *connection) { return PQserverVersion(raw(connection)); }

int cpq_backend(const cpq_connection *connection) { return PQbackendPID(raw(connection)); }

const char *cpq_parameter(const cpq_connection *connection, const char *name) {
  return PQparameterStatus(raw(connection), name);
}

cpq_result *cpq_execute(cpq_connection *connection, const char *sql) {
  return (cpq_result *)PQexec(raw(connection), sql);
}

cpq_result *cpq_prepare(
  cpq_connection *connection, const char *name, const char *sql, const uint32_t *types, int count) {
  return (cpq_result *)PQprepare(raw(connection), name, sql, count, (const Oid *)types);
}

struct parameters {
  const char *values[cpq_parameters_at_most];
  int lengths[cpq_parameters_at_most];
  int formats[cpq_parameters_at_most];
};

static void read_parameters(
  struct parameters *parameters, const uint8_t *bytes, const int32_t *lengths, const uint32_t *types, int count) {
  for (int index = 0; index < count; index++) {
    bool is_null = lengths[index] < 0;
    parameters->values[index] = is_null ? NULL : (const char *)bytes;
    parameters->lengths[index] = is_null ? 0 : lengths[index];
    parameters->formats[index] = types[index] == cpq_bytes;
    if (!is_null) bytes += lengths[index] + 1;
  }
}

cpq_result *cpq_run(
  cpq_connection *connection, const char *name, const uint8_t *bytes, const int32_t *lengths, const uint32_t *types,
  int count) {
  struct parameters parameters;
  read_parameters(&parameters, bytes, lengths, types, count);
  return (cpq_result *)PQexecPrepared(
    raw(connection), name, count, parameters.values, parameters.lengths, parameters.formats, 1);
}

bool cpq_begin_pipeline(cpq_connection *connection) { return PQenterPipelineMode(raw(connection)) == 1; }

bool cpq_end_pipeline(cpq_connection *connection) { return PQexitPipelineMode(raw(connection)) == 1; }

bool cpq_send(
  cpq_connection *connection, const char *name, const uint8_t *bytes, const int32_t *lengths, const uint32_t *types,
  int count) {
  struct parameters parameters;
  read_parameters(&parameters, bytes, lengths, types, count);
  return PQsendQueryPrepared(
           raw(connection), name, count, parameters.values, parameters.lengths, parameters.formats, 1) == 1;
}

bool cpq_finish(cpq_connection *connection) { return PQpipelineSync(raw(connection)) == 1; }

cpq_result *cpq_next(cpq_connection *connection) {
  PGresult *result = PQgetResult(raw(connection));
  // A NULL comes between two statements; the first one after the mark of the end is its own.
  if (result == NULL) result = PQgetResult(raw(connection));
  if (result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
    PQclear(result);
    return NULL;
  }
  return (cpq_result *)result;
}

bool cpq_is_done(const cpq_result *result) {
  ExecStatusType status = PQresultStatus(result_of(result));
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool cpq_was_skipped(const cpq_result *result) { return PQresultStatus(result_of(result)) == PGRES_PIPELINE_ABORTED; }

static const char *field(const cpq_result *result, int code) {
  const char *text = PQresultErrorField(result_of(result), code);
  return text != NULL ? text : "";
}

const char *cpq_state(const cpq_result *result) { return field(result, PG_DIAG_SQLSTATE); }

const char *cpq_words(const cpq_result *result) { return field(result, PG_DIAG_MESSAGE_PRIMARY); }

const char *cpq_constraint(const cpq_result *result) { return field(result, PG_DIAG_CONSTRAINT_NAME); }

int cpq_rows(const cpq_result *result) { return PQntuples(result_of(result)); }

int64_t cpq_changed(const cpq_result *result) { return strtoll(PQcmdTuples(result_of(result)), NULL, 10); }

bool cpq_is_null(const cpq_result *result, int row, int column) {
  return PQgetisnull(result_of(result), row, column) == 1;
}

const uint8_t *cpq_value(const cpq_result *result, int row, int column, int *length) {
  *length = PQgetlength(result_of(result), row, column);
  return (const uint8_t *)PQgetvalue(result_of(result), row, column);
}

void cpq_clear(cpq_result *result) { PQclear(result_of(result)); }
